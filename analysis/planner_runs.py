"""A planned run with every parameter it needs."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np

from analysis.frame import Frame
from analysis.results import PlannedRun, Said, Scalar
from analysis.sentences import english
from analysis.space import Parameter, level_key


def planned_run(
    frame: Frame, codes: np.ndarray, *, values: Sequence[Scalar], seed: int, reason: Said
) -> PlannedRun:
    """One planned run, with every parameter it needs: those that never changed as they were.

    The seed is one of them where a parameter sets it (`Frame.seed_name`).
    codes: (d,), NaN where a parameter does not exist in this setting; it is then left out, and so
    is one that never changed where it exists, if it does not exist here.
    """
    own = zip(frame.space.names, codes, values, strict=True)
    named = {name: value for name, code, value in own if not np.isnan(code)}
    named |= _constants(frame, named) | ({frame.seed_name: seed} if frame.seed_name else {})
    parameters = tuple((name, named[name]) for name in sorted(named))
    return PlannedRun(parameters=parameters, seed=seed, reason=english(reason), says=reason)


def _constants(frame: Frame, named: Mapping[str, Scalar]) -> dict[str, Scalar]:
    """Parameters that never changed where they exist, of those that exist beside these."""
    held = {p.name: p for p in frame.constants if p.levels}

    def exists(parameter: Parameter, below: frozenset[str]) -> bool:
        return all(
            level_key(value_of(condition.parent, below)) in map(level_key, condition.values)
            for condition in parameter.conditions
            if condition.parent in frame.space.names or condition.parent in held.keys() - below
        )

    def value_of(name: str, below: frozenset[str]) -> Scalar:
        if name in held and exists(held[name], below | {name}):
            return held[name].levels[0]
        return named.get(name)

    return {name: p.levels[0] for name, p in held.items() if exists(p, frozenset({name}))}
