"""Where do conditional parameters exist, and what do the runs there say?

A region is the part of the space where one or several of them exist: what they hang on, near and
far, keeps the levels that they need. There they are ordinary, and shares are of the variance there.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np

from analysis.errors import Withheld
from analysis.fitted import fitted
from analysis.fitting import EVIDENCE
from analysis.frame import Frame
from analysis.noise import FEWEST
from analysis.poor_corners import Corner
from analysis.results import Said, Scalar
from analysis.sentences import said
from analysis.slices import needs
from analysis.space import Condition, Parameter, Space, level_key
from analysis.study import Study, study

Needs = Mapping[int, np.ndarray]
"""Column of a level axis -> the codes that it may have."""


@dataclass(frozen=True, eq=False)
class Region:
    """What the runs say where `names` exist: a study, or the reason why there is none."""

    names: tuple[str, ...]
    study: Study | None
    because: Said | None = None


def asked(
    names: tuple[str, ...],
    part: Frame,
    *,
    rng: np.random.Generator,
    workers: int,
    corners: tuple[Corner, ...] = (),
) -> Region:
    """What do the runs of a region say of the parameters that exist there?

    corners: those of all runs. Too little evidence in a region withholds nothing elsewhere.
    """
    n = part.n_configurations
    if n < max(FEWEST, len(part.space) + 2):
        return Region(names, None, said("silent.few", n=n))
    try:
        there = fitted(part, rng.spawn(1)[0], workers=workers)
    except Withheld as reason:
        return Region(names, None, reason.says)
    if there.choice.evidence < EVIDENCE:
        return Region(names, None, said("silent.skill", n=n))
    known = set(part.space.names)
    here = tuple(one for one in corners if {one.parameter.name, one.other.name} <= known)
    return Region(names, study(there, workers=workers, corners=here))


def regions(
    frame: Frame, rng: np.random.Generator, *, workers: int, corners: tuple[Corner, ...] = ()
) -> tuple[Region, ...]:
    """One for every condition, in the order of `active_frames`."""
    return tuple(
        asked(names, part, rng=rng, workers=workers, corners=corners)
        for names, part in active_frames(frame)
    )


def active_frames(frame: Frame) -> list[tuple[tuple[str, ...], Frame]]:
    """For every condition: the parameters it governs, and the frame of the runs where it holds.

    There the governed parameters are ordinary, and the parent keeps only its switching levels
    (it is left out where one level remains).
    """
    space = frame.space
    return [(names, within(frame, where(space, *names))) for names in governed(space)]


def governed(space: Space) -> list[tuple[str, ...]]:
    """The parameters of every condition that something in the space decides."""
    found: dict[Condition, list[str]] = {}
    for parameter in space.parameters:
        if parameter.condition is not None and where(space, parameter.name):
            found.setdefault(parameter.condition, []).append(parameter.name)
    return [tuple(names) for names in found.values()]


def n_active(frame: Frame, parameter: Parameter) -> int:
    """In how many configurations does a parameter exist? In all, unless it has a condition."""
    if parameter.condition is None:
        return frame.n_configurations
    space = Space((*frame.space.parameters, parameter))  # a constant is not in the frame's
    return len(np.unique(frame.configuration[_rows(frame, where(space, parameter.name))]))


def where(space: Space, *names: str) -> dict[int, np.ndarray]:
    """What parameters need to exist all at once; no code at all where they never do."""
    found: dict[int, np.ndarray] = {}
    for name in names:
        for column, active in needs(space, space.index(name)).items():
            found[column] = np.intersect1d(found.get(column, active), active)
    return found


def within(frame: Frame, kept: Needs) -> Frame:
    """The runs where everything has one of the levels kept, in the space of those levels."""
    return frame.take(_rows(frame, kept), space=_space(frame.space, kept))


def _rows(frame: Frame, kept: Needs) -> np.ndarray:
    """The runs, by position."""
    held = np.ones(frame.n_runs, dtype=bool)
    for column, active in kept.items():
        held &= np.isin(frame.codes[:, column], active)
    return np.flatnonzero(held)


def _space(space: Space, kept: Needs) -> Space:
    """The space where some axes keep some levels only, left out where one level remains.

    What those levels switch off does not exist there, and what they switch on always does.
    """
    levels = {
        space.names[column]: tuple(space.parameters[column].levels[int(code)] for code in active)
        for column, active in kept.items()
    }
    parameters = []
    for parameter in space.parameters:
        if parameter.name in levels:
            parameter = parameter.restricted(levels[parameter.name])
            if len(parameter.levels) < 2:
                continue
        left = [_left(part, levels.get(part.parent)) for part in parameter.conditions]
        if not any(part is not None and not part.values for part in left):
            parameters.append(replace(parameter, condition=_joined(left)))
    return Space(tuple(parameters))


def _left(condition: Condition, kept: tuple[Scalar, ...] | None) -> Condition | None:
    """A condition where its parent keeps some levels only; None where all of those meet it."""
    if kept is None:
        return replace(condition, also=())
    keys = {level_key(value) for value in condition.values}
    values = tuple(value for value in kept if level_key(value) in keys)
    return None if len(values) == len(kept) else Condition(condition.parent, values)


def _joined(conditions: Sequence[Condition | None]) -> Condition | None:
    """One condition that holds where all of them do; None of none."""
    left = [condition for condition in conditions if condition is not None]
    return replace(left[0], also=tuple(left[1:])) if left else None
