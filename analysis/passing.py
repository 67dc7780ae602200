"""Did settings change with time, and something else with it?

In the weeks of a campaign people change their minds about settings and, at the same time, the code,
the data, the machine. A parameter whose values are others now than at first then takes the credit
for what time did. That time did something is seen among runs that are alike in all that changed
with it; how much of a parameter's effect may be time's, by what is left of it beside time.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import partial
from weakref import WeakKeyDictionary

import numpy as np

from analysis.additive import additive_design
from analysis.drift import MIN_DF, added_p, drift, passes, trend, within
from analysis.findings_parts import grouped, thinned
from analysis.frame import Frame
from analysis.results import Finding
from analysis.sampling import crowded, moved
from analysis.sentences import finding
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
    """What of a parameter's risk, and of its effect's standard deviation, may be what time did."""

    risk: float
    sd: float


@dataclass(frozen=True, eq=False)
class Passing:
    """parts: of each parameter that changed with time; change, correlation: of the objective."""

    parts: Mapping[str, TimesPart]
    change: float
    correlation: float


_FOUND: WeakKeyDictionary[Frame, Passing | None] = WeakKeyDictionary()
"""What the findings ask is asked again by the assessment."""


def passing(frame: Frame) -> Passing | None:
    """The parameters that changed with time, if time did something too; none if settings crowd.

    The objective drifts among repeated runs, or across the configurations with equal values of all
    that changed (levels, or fifths of numbers, in all combinations) after an additive model. The
    other parameters have to be the same at all times there: then what the model misses is no drift.
    """
    if frame not in _FOUND:
        _FOUND[frame] = _passing(frame)
    return _FOUND[frame]


def times(frame: Frame) -> Mapping[str, TimesPart]:
    """What of each parameter's effect may be time's; nothing of those that are not named."""
    found = passing(frame)
    return found.parts if found is not None else {}


def drifted(frame: Frame) -> list[Finding]:
    """Says that results changed with time, and names what changed with it."""
    found = passing(frame)
    if found is None:
        return drift(frame)
    change, correlation = found.change, found.correlation
    if not found.parts:
        told = finding("drift.after", metric=frame.metric, change=change, correlation=correlation)
        return [told]
    return [
        finding(
            "drift.moved",
            *found.parts,
            names=tuple(found.parts),
            metric=frame.metric,
            change=change,
            correlation=correlation,
        )
    ]


def _passing(frame: Frame) -> Passing | None:
    space = frame.space
    if frame.n_runs == 0 or np.ptp(frame.order) == 0 or np.ptp(frame.objective) == 0:
        return None
    columns = [space.index(name) for name in moved(frame) if space[name].condition is None]
    looks = [within] if columns else []
    looks += [partial(_beside, columns=columns)] if columns or crowded(frame) else []
    for look in (look(frame) for look in looks):
        if look is not None and passes(look):
            parts = {space.names[j]: _part(frame, j, change=abs(look[2])) for j in columns}
            return Passing(parts, change=look[2], correlation=look[0])
    return None


def _beside(frame: Frame, *, columns: list[int]) -> tuple[float, float, float] | None:
    """Trend of the configurations' means among those alike in the columns that changed."""
    codes, space = thinned(frame), frame.space
    step = -(-frame.n_configurations // len(codes))
    y, order = frame.means[::step], frame.order[frame.first_rows][::step]
    parts = [grouped(codes[:, j], space.parameters[j], n=PARTS) + 1 for j in columns]
    cells = group_rows(parts, len(codes))
    alike = (cells[:, None] == np.arange(cells.max() + 1)).astype(float)
    here = Space(tuple(space.parameters[j] for j in columns))
    beside = np.column_stack([additive_design(codes[:, columns], here, powers=2), alike])
    design = np.column_stack([additive_design(codes, space, powers=2), alike])
    df = len(y) - int(np.linalg.matrix_rank(design)) - 1
    others = [j for j in range(len(space)) if j not in columns]
    if df < MIN_DF or any(_moves(order, beside, frame=frame, j=j) for j in others):
        return None
    return trend(y, order, beside=design, df=df)


def _moves(order: np.ndarray, beside: np.ndarray, *, frame: Frame, j: int) -> bool:
    """Whether a parameter moves with time among runs alike in those that do."""
    alone = Space((frame.space.parameters[j],))
    values = additive_design(thinned(frame)[:, [j]], alone, powers=2)[:, 1:]
    p = added_p(order.argsort().argsort().astype(float), beside, groups=values)
    return p is not None and p * len(frame.space) < MOVES


def _part(frame: Frame, j: int, *, change: float) -> TimesPart:
    """What a parameter's groups differ by without time in the model and not with it.

    Where time settles the parameter nothing of it is left: then `SETTLED` times what time did from
    the first run to the last.
    """
    codes, space, y = frame.configuration_codes, frame.space, frame.means
    others = Space(tuple(p for k, p in enumerate(space.parameters) if k != j))
    beside = additive_design(np.delete(codes, j, axis=1), others, powers=2)
    cut = grouped(codes[:, j], space.parameters[j], n=PARTS)
    groups = (cut[:, None] == np.unique(cut)).astype(float)
    rank = frame.order[frame.first_rows].argsort(kind="stable").argsort()
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
