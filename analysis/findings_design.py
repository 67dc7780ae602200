"""Which parameters can these runs not tell apart, and is there a configuration for every term?

Each function takes a frame and gives what it found; nothing found is no finding. The limits are
chosen so that a clean random design (50 to 500 configurations of 5 to 20 parameters) raises a
warning in fewer than one case in twenty, over all checks together; `docs/methods/findings.md` has
the measured figure.
"""

from __future__ import annotations

from itertools import combinations
from math import comb

import numpy as np

from analysis import blocking
from analysis.additive import additive_design
from analysis.association import associate
from analysis.findings_parts import ALIASED, ALPHA, conditioned, thinned, valued
from analysis.frame import Frame
from analysis.results import Finding
from analysis.sentences import finding
from analysis.space import Parameter, Space, is_number

COLLINEAR = 0.7
EXACTLY, MISSED = 0.99, 0.02
"""Adjusted R² from which the others settle a parameter exactly; what each of them adds to it."""
SETTLED = 0.9
"""Adjusted R² from which the others settle a parameter."""
MIN_LEFT = 15
ONE_AT_A_TIME = 0.8
"""Share of configurations that leave the base in at most one parameter."""


def aliased(frame: Frame) -> list[Finding]:
    """Pairs of studied parameters that these runs (nearly) cannot tell apart."""
    codes = thinned(frame)
    parameters = frame.space.parameters
    n_pairs = max(comb(len(parameters), 2), 1)
    findings = []
    for i, j in combinations(range(len(parameters)), 2):
        pair = (parameters[i], parameters[j])
        if conditioned(*pair):
            continue
        tie = associate(codes[:, i], codes[:, j], axes=pair)
        if tie is None or tie.strength < COLLINEAR:
            continue
        exact = tie.strength > 1 - 1e-9
        if not exact and tie.p * n_pairs > ALPHA:
            continue
        key = "aliased" if tie.strength >= ALIASED else "collinear.pair"
        a, b = (parameter.name for parameter in pair)
        findings.append(finding(key, a, b, a=a, b=b, strength=tie.strength, n=tie.n))
    return findings


def twins(frame: Frame) -> dict[str, frozenset[str]]:
    """Parameters that move together with another in (nearly) all configurations, and which ones."""
    found: dict[str, frozenset[str]] = {}
    for pair in aliased(frame):
        if pair.code == "aliased":
            for name in pair.parameters:
                found[name] = found.get(name, frozenset()) | set(pair.parameters) - {name}
    return found


def untold(frame: Frame) -> dict[str, frozenset[str]]:
    """Parameters of which these runs tell no effect from that of others: name -> the others."""
    found = dict(inseparable(frame))
    for name, others in twins(frame).items():
        found[name] = found.get(name, frozenset()) | others
    return found


def confounded(frame: Frame) -> list[Finding]:
    """Parameters that these runs (nearly) never changed within a block."""
    return [
        finding("aliased.block", name, name=name, blocks=blocks)
        for name, blocks in blocking.confounded(frame).items()
    ]


def settled(frame: Frame) -> list[Finding]:
    """Ordered parameters that all others together (nearly) settle, though no single one does.

    The adjusted R² of an additive model of the others: total = batch x steps in logarithms.
    """
    codes, space = thinned(frame), frame.space
    findings = [
        finding("collinear.settled", parameter.name, name=parameter.name, explained=explained)
        for j, parameter in enumerate(space.parameters)
        if (explained := _explained(codes, space, j)) >= SETTLED
    ]
    return findings if len(findings) < len(space) else findings[:1]


def inseparable(frame: Frame) -> dict[str, frozenset[str]]:
    """Parameters of which no effect can be told apart: one that others settle exactly, and those.

    name -> the others of its group. Those settle it that the additive model misses.
    """
    codes, space = thinned(frame), frame.space
    found: dict[str, frozenset[str]] = {}
    for j in range(len(space)):
        explained = _explained(codes, space, j)
        if explained < EXACTLY:
            continue
        group = {j} | {
            k
            for k in range(len(space))
            if k != j and _explained(codes, space, j, without=k) < explained - MISSED
        }
        for k in group:
            found[space.names[k]] = found.get(space.names[k], frozenset()) | {
                space.names[other] for other in group - {k}
            }
    return found


def _explained(codes: np.ndarray, space: Space, j: int, *, without: int | None = None) -> float:
    """Adjusted R² of an ordered parameter by all others, one left out; 0 where it has none.

    The larger of two: on the axes' own scales, and in logarithms, where a product is a sum (a width
    that is heads x their size) on whatever scale it was searched.
    """
    parameter, column = space.parameters[j], codes[:, j]
    if (
        not parameter.ordered
        or len(space) < 3
        or np.isnan(column).any()
        or parameter.none_share > 0
    ):
        return 0.0
    kept = [k for k in range(len(space)) if k not in (j, without)]
    others = Space(tuple(space.parameters[k] for k in kept))
    own = _additive(column, codes[:, kept], others)
    logarithm = _logarithm(column, parameter)
    if logarithm is None:
        return own
    logs = [_logarithm(codes[:, k], space.parameters[k]) for k in kept]
    taken = [codes[:, k] if log is None else log for k, log in zip(kept, logs, strict=True)]
    return max(own, _additive(logarithm, np.column_stack(taken), others))


def _additive(column: np.ndarray, codes: np.ndarray, others: Space) -> float:
    """Adjusted R² of (n,) values by an additive model of (n, others) codes; 0 if rows are few."""
    design = additive_design(codes, others, powers=2)
    left = len(column) - int(np.linalg.matrix_rank(design))
    spread = float(((column - column.mean()) ** 2).sum())
    if left < max(MIN_LEFT, design.shape[1]) or spread == 0:
        return 0.0
    rest = column - design @ np.linalg.lstsq(design, column, rcond=None)[0]
    return 1 - float(rest @ rest) / left / (spread / (len(column) - 1))


def _logarithm(column: np.ndarray, parameter: Parameter) -> np.ndarray | None:
    """(n,) codes as on a log axis, of levels their logarithms; None where a value has none."""
    if parameter.numeric:
        low, high = parameter.domain or (0.0, 0.0)
        if parameter.scale == "log":
            return column
        if not 0 < low < high:
            return None
        made, here = column.copy(), valued(column)
        logs = np.log(low + column[here] * (high - low)) - np.log(low)
        made[here] = logs / (np.log(high) - np.log(low))  # high / low may be no float
        return made
    levels = [float(level) for level in parameter.levels if is_number(level)]
    numbers = [level for level in levels if 0 < level < np.inf]
    if len(numbers) < len(parameter.levels) or np.isnan(column).any():
        return None
    return np.asarray(np.log(numbers)[column.astype(int)])


def one_at_a_time(frame: Frame) -> list[Finding]:
    """Was one parameter changed at a time, from one base? Then interactions cannot be seen."""
    share, alone = changed_alone(frame)
    if share is not None:
        n = frame.n_configurations
        return [finding("one_at_a_time.base", *alone, share=share, n=n)]
    return [finding("one_at_a_time.alone", name, name=name) for name in alone]


def changed_alone(frame: Frame) -> tuple[float | None, tuple[str, ...]]:
    """Parameters that left their usual value only while all others stood at theirs.

    First, where that is the whole design, the share of configurations that leave the base in one
    parameter at most; else None. Conditional parameters are not looked at: they leave when what
    switches them does.
    """
    kept = [j for j, p in enumerate(frame.space.parameters) if p.condition is None]
    codes = frame.configuration_codes[:, kept]
    names = tuple(frame.space.names[j] for j in kept)
    if len(kept) < 3 or len(codes) < 5:
        return None, ()
    away = codes != np.array([_mode(column) for column in codes.T])
    share = float((away.sum(1) <= 1).mean())
    if share >= ONE_AT_A_TIME:
        return share, names
    several = away.sum(1) > 1
    if several.sum() < len(codes) / 4:
        return None, ()
    lonely = (away.sum(0) >= 3) & ((away & several[:, None]).sum(0) == 0)
    return None, tuple(name for name, one in zip(names, lonely, strict=True) if one)


def few_configurations(frame: Frame) -> list[Finding]:
    """Are there enough configurations for one effect per parameter, and for the pairs?

    An ordered parameter counts one term, a category one for each level but the first.
    """
    n = frame.n_configurations
    terms = [
        max(len(p.levels) - 1, 1) if p.kind == "categorical" else 1 for p in frame.space.parameters
    ]
    main = sum(terms)
    if not terms or n == 0:
        return []
    if n < 2 * main:
        return [
            finding(
                "few_configurations.main",
                level="warning" if n <= main + 1 else "note",
                n=n,
                terms=main,
                each=n / main,
                more=max(10, 5 * main) - n,
            )
        ]
    pairs = sum(a * b for a, b in combinations(terms, 2))
    if n < pairs:
        return [finding("few_configurations.pairs", level="note", n=n, terms=pairs)]
    return []


def _mode(column: np.ndarray) -> float:
    values, counts = np.unique(column, return_counts=True)
    return float(values[counts.argmax()])
