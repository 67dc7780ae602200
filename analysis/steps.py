"""A metric at a step: what a run had reached there, however it went on."""

from __future__ import annotations

import math
from collections.abc import Sequence

from analysis.errors import UnknownMetric
from analysis.results import Finding
from analysis.runs import Outcome
from analysis.sentences import finding

Series = Sequence[tuple[int, float]]
"""A metric's (step, value), by step."""
MIXED = 1.5
"""Budgets are mixed from this ratio of the largest to the smallest."""
BEHIND = 0.1
"""Share of the runs that may be left out of an answer at one step."""
CUT = 2.0
"""So many times the finished runs can be compared at a step before those that were stopped are
what should be asked about."""


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


def mixed(ends: Sequence[float], metric: str) -> list[Finding]:
    """Says so where the metric's series of finished runs end at different steps."""
    shortest, longest = (min(ends), max(ends)) if ends else (0.0, 0.0)
    if len(ends) < 2 or longest < MIXED * max(shortest, 1):
        return []
    few, step = sum(end < longest for end in ends), nearly_all(ends)
    low, high = int(shortest), int(longest)
    key = "budgets.steps" if step == low else "budgets.steps.nearly"
    key = "budgets.steps.most" if step == high else key
    return [finding(key, name=metric, low=low, high=high, few=few, n=len(ends), step=step)]


def cut_off(ends: Sequence[float], metric: str, *, finished: int) -> list[Finding]:
    """Says so where most runs were stopped, as successive halving does, and can be compared.

    ends: where the metric's series end, of runs that finished and that were stopped alike.
    """
    if not ends:
        return []
    step = nearly_all(ends)
    there = sum(end >= step for end in ends)
    if len(ends) <= finished or there < CUT * finished:
        return []
    cut = len(ends) - finished
    return [finding("budgets.stopped", name=metric, step=step, there=there, cut=cut, n=len(ends))]


def nearly_all(ends: Sequence[float]) -> int:
    """The last step that all but `BEHIND` of the runs reached."""
    return int(sorted(ends)[int(BEHIND * len(ends))])
