"""Did settings change with time, and something else with it?

In the weeks of a campaign people change their minds about settings and, at the same time, the code,
the data, the machine. A parameter whose values are others now than at first then takes the credit
for what time did. That time did something is seen among runs that are alike in all that changed
with it; how much of a parameter's effect may be time's, by what is left of it beside time.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import partial

import numpy as np

from analysis.additive import additive_design, apart
from analysis.drift import MIN_DF, across, added_p, looked_at, passes, trend, within
from analysis.findings_parts import grouped
from analysis.frame import Frame
from analysis.remembered import once_per_frame
from analysis.results import Finding, Said
from analysis.sampling import crowded, moved
from analysis.sentences import finding, said
from analysis.space import Space, group_rows

PARTS = 5
"""Groups of equal counts that a number is cut into."""
PERIODS = 6
"""Parts of the whole time, of equally many configurations each."""
SETTLED = 2.0
"""How many times what time did a parameter may owe to it that changed with time alone."""
MOVES = 0.05
"""P, over all parameters, below which one moves with time among runs alike in the others."""


@dataclass(frozen=True)
class TimesPart:
    """How far time may have made or hidden a parameter's risk and its effect's spread (sd)."""

    risk: float
    sd: float


@dataclass(frozen=True, eq=False)
class Passing:
    """parts: of each parameter that changed with time; change, correlation: of the objective.

    repeated: whether repeated runs show it.
    """

    repeated: bool
    parts: Mapping[str, TimesPart]
    change: float
    correlation: float


@once_per_frame
def passing(frame: Frame) -> Passing | None:
    """Whether the objective changed with time, and which parameters did as well.

    It drifts among repeated runs; or across configurations, after an additive model. Where settings
    moved with time or crowd, as an optimizer's do, what that model leaves moves with them: then
    across those with equal values of all that changed (levels, or fifths of numbers, in all
    combinations). The other parameters have to be the same at all times there. Not so where runs
    were stopped at some times more than at others, as those left are the better ones there. Chance
    finds a drift less than once in a thousand frames.
    """
    space = frame.space
    if frame.n_runs == 0 or np.ptp(frame.order) == 0 or np.ptp(frame.objective) == 0:
        return None
    names = moved(frame)
    columns = [space.index(name) for name in names if space[name].condition is None]
    alike = columns or crowded(frame)
    looks = [within]
    if (alike or not names) and not frame.thinned_out:
        looks.append(partial(_beside, columns=columns) if alike else across)
    for look in looks:
        found = look(frame)
        if found is not None and passes(found):
            correlation, _, change = found
            parts = {space.names[j]: _part(frame, j, change=abs(change)) for j in columns}
            return Passing(look is within, parts, change=change, correlation=correlation)
    return None


def times(frame: Frame) -> Mapping[str, TimesPart]:
    """What of each parameter's effect may be time's; nothing of those that are not named."""
    found = passing(frame)
    return found.parts if found is not None else {}


def drifted(frame: Frame) -> list[Finding]:
    """Says that results changed with time, and names what changed with it."""
    found = passing(frame)
    if found is None:
        return []
    told = partial(
        finding, metric=frame.metric, by=_by(found.change, frame), correlation=found.correlation
    )
    if found.parts:
        return [told("drift.moved", *found.parts, names=tuple(found.parts))]
    return [told("drift.repeated" if found.repeated else "drift.after")]


def _by(change: float, frame: Frame) -> Said:
    """How far the objective went, in words of its scale."""
    if frame.transform == "log10":
        return said("drift.by.log10", factor=float(10.0**change))
    return said("drift.by" if frame.transform == "none" else "drift.by.rank", change=change)


def _beside(frame: Frame, *, columns: list[int]) -> tuple[float, float, float] | None:
    """Trend of the configurations' means among those alike in the columns that changed."""
    codes, y, order = looked_at(frame)
    parts = [grouped(codes[:, j], frame.space.parameters[j], n=PARTS) + 1 for j in columns]
    cells = group_rows(parts, len(codes))
    every = range(len(frame.space))
    design = _inner(codes, frame.space, columns=every, cells=cells)
    df = len(y) - int(cells.max()) - 1 - int(np.linalg.matrix_rank(design)) - 1
    if df < MIN_DF:
        return None
    moved_too = partial(_moves, codes, order, space=frame.space, columns=columns, cells=cells)
    if any(moved_too(j) for j in every if j not in columns):
        return None
    return trend(y, order, beside=design, df=df, alike=cells)


def _inner(
    codes: np.ndarray, space: Space, *, columns: Sequence[int], cells: np.ndarray
) -> np.ndarray:
    """What an additive model of these columns has within cells; what rounding leaves is none."""
    here = Space(tuple(space.parameters[j] for j in columns))
    return apart(additive_design(codes[:, columns], here, powers=2), cells).round(12)


def _moves(
    codes: np.ndarray,
    order: np.ndarray,
    j: int,
    *,
    space: Space,
    columns: Sequence[int],
    cells: np.ndarray,
) -> bool:
    """Whether a parameter moves with time among runs alike in those that do."""
    beside = _inner(codes, space, columns=columns, cells=cells)
    values = _inner(codes, space, columns=[j], cells=cells)
    rank = apart(order.argsort().argsort()[:, None].astype(float), cells)[:, 0]
    p = added_p(rank, beside, groups=values, taken=int(cells.max()) + 1)
    return p is not None and p * len(space) < MOVES


def _part(frame: Frame, j: int, *, change: float) -> TimesPart:
    """What a parameter's groups differ by without time in the model and not with it.

    Where time settles the parameter nothing of it is left: then `SETTLED` times what time did from
    the first run to the last.
    """
    (codes, y, order), space = looked_at(frame), frame.space
    others = Space(tuple(p for k, p in enumerate(space.parameters) if k != j))
    beside = additive_design(np.delete(codes, j, axis=1), others, powers=2)
    cut = grouped(codes[:, j], space.parameters[j], n=PARTS)
    groups = (cut[:, None] == np.unique(cut)).astype(float)
    rank = order.argsort(kind="stable").argsort()
    times = (rank * PERIODS // len(y))[:, None] == np.arange(1, PERIODS)
    timed = np.column_stack([beside, times])
    whole = np.column_stack([timed, groups[:, 1:]])
    free = np.linalg.matrix_rank(whole) - np.linalg.matrix_rank(timed)
    if free < groups.shape[1] - 1:
        most = SETTLED * change
        return TimesPart(risk=min(most, float(np.ptp(y))), sd=min(most / 2, float(y.std())))
    effects = [_effects(y, design, groups) for design in (beside, timed)]
    false = frame.sign * (effects[0] - effects[1])
    return TimesPart(risk=float(false.max() - false.mean()), sd=float(false.std()))


def _effects(y: np.ndarray, beside: np.ndarray, groups: np.ndarray) -> np.ndarray:
    """(n_groups,) effects of groups beside a model, the first one's taken for 0."""
    design = np.column_stack([groups[:, 1:], beside])
    fitted = np.linalg.lstsq(design, y, rcond=None)[0]
    return np.append(0.0, fitted[: groups.shape[1] - 1])
