"""The run that an id, or an end of one, stands for."""

from __future__ import annotations

from collections.abc import Sequence

from journal.errors import RunNotFound
from journal.ids import ends_told, is_called
from journal.runs import Run


def find_run(runs: Sequence[Run], told: str) -> Run:
    """The one run whose id begins or ends so. Raises RunNotFound."""
    ends = ends_told([told])
    found = [run for run in runs if is_called(run.id, ends)]
    if len(found) == 1:
        return found[0]
    if not found:
        hint = "knobwise ls shows the ids' last digits"
        raise RunNotFound(f"no run has the id {told}", hint=hint)
    raise RunNotFound(f"{len(found)} runs have an id like {told}", hint="give more of its digits")
