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

from analysis.additive import additive_design
from analysis.association import associate
from analysis.findings_parts import ALPHA, conditioned, finding, thinned
from analysis.frame import Frame
from analysis.results import Finding
from analysis.space import Space

ALIASED = 0.95
COLLINEAR = 0.7
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
        names = (pair[0].name, pair[1].name)
        if tie.strength >= ALIASED:
            text = f"{names[0]} and {names[1]} move together (association {tie.strength:.2f})"
            findings.append(
                finding(
                    "aliased",
                    f"{text} in {tie.n} configurations: their effects cannot be told apart.",
                    f"run combinations that vary {names[0]} while {names[1]} stays: knobwise plan",
                    *names,
                )
            )
        else:
            text = f"{names[0]} and {names[1]} are tied (association {tie.strength:.2f})"
            findings.append(
                finding(
                    "collinear",
                    f"{text} in {tie.n} configurations: their shares are partly interchangeable.",
                    "run the combinations that are missing: knobwise plan",
                    *names,
                )
            )
    return findings


def settled(frame: Frame) -> list[Finding]:
    """Ordered parameters that all others together (nearly) settle, though no single one does.

    The adjusted R² of an additive model of the others: total = batch x steps on log scales.
    """
    codes, space = thinned(frame), frame.space
    findings = []
    for j, parameter in enumerate(space.parameters):
        column = codes[:, j]
        ordered = parameter.numeric or parameter.kind == "ordinal"
        if not ordered or len(space) < 3 or np.isnan(column).any() or parameter.none_share > 0:
            continue
        others = Space(tuple(p for p in space.parameters if p is not parameter))
        design = additive_design(np.delete(codes, j, axis=1), others, powers=2)
        left = len(column) - int(np.linalg.matrix_rank(design))
        spread = float(((column - column.mean()) ** 2).sum())
        if left < max(MIN_LEFT, design.shape[1]) or spread == 0:
            continue
        rest = column - design @ np.linalg.lstsq(design, column, rcond=None)[0]
        explained = 1 - float(rest @ rest) / left / (spread / (len(column) - 1))
        if explained >= SETTLED:
            findings.append(
                finding(
                    "collinear",
                    f"the other parameters together settle {parameter.name} (R² "
                    f"{explained:.2f}): its effect cannot be told apart from theirs.",
                    f"vary {parameter.name} on its own, or study one fewer: knobwise declare "
                    f"parameter {parameter.name} --role nuisance",
                    parameter.name,
                )
            )
    return findings if len(findings) < len(space) else findings[:1]


def one_at_a_time(frame: Frame) -> list[Finding]:
    """Was one parameter changed at a time, from one base? Then interactions cannot be seen."""
    codes = np.nan_to_num(frame.configuration_codes, nan=-2.0)
    n, d = codes.shape
    if d < 3 or n < 5:
        return []
    base = np.array([_mode(codes[:, j]) for j in range(d)])
    away = codes != base
    share = float((away.sum(1) <= 1).mean())
    if share >= ONE_AT_A_TIME:
        return [
            finding(
                "one_at_a_time",
                f"{100 * share:.0f} % of {n} configurations differ from one base in a single "
                "parameter: effects hold at that base only, and interactions cannot be seen.",
                "run random combinations as well: knobwise plan",
                *frame.space.names,
            )
        ]
    alone = [
        frame.space.names[j]
        for j in range(d)
        if away[:, j].sum() >= 3
        and (away[:, j] & (away.sum(1) > 1)).sum() == 0
        and (away.sum(1) > 1).sum() >= n / 4
    ]
    return [
        finding(
            "one_at_a_time",
            f"{name} was changed only while every other parameter stood at its usual value: "
            "its interactions cannot be seen.",
            f"run {name} in random combinations with the others: knobwise plan",
            name,
        )
        for name in alone
    ]


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
                "few_configurations",
                f"{n} configurations stand against {main} main-effect terms "
                f"({n / main:.1f} each): most parameters will stay undetermined.",
                f"run about {max(10, 5 * main) - n} more: knobwise plan",
                level="warning" if n <= main + 1 else "note",
            )
        ]
    pairs = sum(a * b for a, b in combinations(terms, 2))
    if n < pairs:
        return [
            finding(
                "few_configurations",
                f"{n} configurations stand against {pairs} pair terms: only strong interactions "
                "can be seen.",
                "more configurations, not more seeds, would show them: knobwise plan",
                level="note",
            )
        ]
    return []


def _mode(column: np.ndarray) -> float:
    values, counts = np.unique(column, return_counts=True)
    return float(values[counts.argmax()])
