"""Which metrics of a tracker are series: those that some run logged more than once.

A run that ended after its first step has one value of its loss, too, and it has a step: the others
say that it is a series. What every run logged once is a result.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

from journal.importers import Foreign


def with_series(runs: Iterable[Foreign]) -> tuple[Foreign, ...]:
    """The runs, whose ``series`` are all that was logged, with those that are series."""
    told = tuple(runs)
    kept = {name for run in told for name, points in run.series.items() if len(points) > 1}
    return tuple(
        replace(run, series={name: points for name, points in run.series.items() if name in kept})
        for run in told
    )
