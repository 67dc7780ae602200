"""A metric at a step: what a run had reached there, however it went on."""

from __future__ import annotations

import math
from collections.abc import Sequence

from analysis.errors import UnknownMetric
from analysis.runs import Outcome

Series = Sequence[tuple[int, float]]
"""A metric's (step, value), by step."""


def check(series: Sequence[Series], *, metric: str, step: int, where: str) -> None:
    """Raises `UnknownMetric` for a step before all of the series, none of them empty, or behind."""
    if not series:
        hint = "its values have no steps; run.log(step, ...) gives them"
        raise UnknownMetric(f"no run logged {metric} up to step {step}", where=where, hint=hint)
    first, last = min(points[0][0] for points in series), max(points[-1][0] for points in series)
    if step > last:
        hint = f"the longest went to step {last}"
        raise UnknownMetric(f"no run logged {metric} up to step {step}", where=where, hint=hint)
    if step < first:
        said = f"no run logged {metric} at step {step} or before"
        raise UnknownMetric(said, where=where, hint=f"the earliest begins at step {first}")


def value(points: Series, step: int) -> float | None:
    """The last value logged at the step or before; None for a run that did not get there."""
    if not points or points[-1][0] < step:
        return None
    reached = [found for at, found in points if at <= step]
    return reached[-1] if reached else None


def ended(outcome: Outcome, value: float | None) -> Outcome:
    """What a run was at the step where it had this value, by what became of it in the end.

    It had finished that budget, but for one that failed and had no number there any more.
    """
    if value is None or (outcome == "failed" and not math.isfinite(value)):
        return outcome
    return "finished"
