"""A metric at a step: what a run had reached there, however it went on."""

from __future__ import annotations

import math
from collections.abc import Sequence

from analysis.errors import UnknownMetric
from analysis.runs import Outcome

Series = Sequence[tuple[int, float]]
"""A metric's (step, value), by step."""


def check(series: Sequence[Series], *, metric: str, step: int, where: str) -> None:
    """Raises `UnknownMetric` where none of the series, each with a point, has a value there."""
    if any(value(points, step) is not None for points in series):
        return
    said = f"no run logged {metric} up to step {step}"
    if not series:
        hint = "its values have no steps; run.log(step, ...) gives them"
    elif not (longer := [points for points in series if points[-1][0] >= step]):
        hint = f"the longest went to step {max(points[-1][0] for points in series)}"
    else:
        said = f"no run that went to step {step} logged {metric} there or before"
        hint = f"the first of them begins at step {min(points[0][0] for points in longer)}"
    raise UnknownMetric(said, where=where, hint=hint)


def value(points: Series, step: int) -> float | None:
    """The last value logged at the step or before; None for a run that did not get there."""
    if not points or points[-1][0] < step:
        return None
    reached = [found for at, found in points if at <= step]
    return reached[-1] if reached else None


def ended(outcome: Outcome, value: float | None) -> Outcome:
    """What a run was at the step where it had this value, by what became of it in the end.

    It had finished that budget, unless it never finished and had no number there any more.
    """
    return outcome if value is None or not math.isfinite(value) else "finished"
