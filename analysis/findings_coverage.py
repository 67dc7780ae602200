"""Which part of the space was never run: rare levels, holes in an axis, missing combinations."""

from __future__ import annotations

from itertools import combinations
from math import prod

import numpy as np
from scipy.stats import binom

from analysis.filter_text import filter_text, numbers_run
from analysis.findings_parts import ALPHA, conditioned, thinned, valued
from analysis.frame import Frame
from analysis.results import Finding, Scalar
from analysis.sentences import finding, said
from analysis.space import Parameter

RARE = 0.25
"""A level is rare below this share of the runs that equal weights would give it."""
GAP = 0.25
"""An empty stretch of an axis counts from this share of it."""
CELLS = 3
"""Numeric axes are cut into so many parts of equal counts to look for combinations never run."""


def unbalanced(frame: Frame) -> list[Finding]:
    """Levels that were hardly run, in configurations and in runs, and grids with holes."""
    codes = frame.configuration_codes
    level_axes = [(j, p) for j, p in enumerate(frame.space.parameters) if not p.numeric]
    n_levels = sum(len(p.levels) for _, p in level_axes)
    findings = []
    for j, parameter in level_axes:
        column = codes[~np.isnan(codes[:, j]), j].astype(int)
        counts = np.bincount(column, minlength=len(parameter.levels))
        expected = len(column) / len(parameter.levels)
        chance = binom.cdf(counts, len(column), 1 / len(parameter.levels)) * n_levels
        runs = frame.codes[~np.isnan(frame.codes[:, j]), j].astype(int)
        hardly = np.bincount(runs, minlength=len(counts)) <= RARE * len(runs) / len(counts)
        rare = np.flatnonzero((counts <= RARE * expected) & (chance < ALPHA) & hardly)
        if len(rare):
            findings.append(
                finding(
                    "unbalanced.rare",
                    parameter.name,
                    name=parameter.name,
                    rare=tuple(
                        said("unbalanced.level", value=parameter.levels[k], n=counts[k])
                        for k in rare[:4]
                    ),
                    n=len(column),
                    expected=expected,
                    where=filter_text(parameter.name, "!=", parameter.levels[rare[0]]),
                )
            )
    return findings + _holes(frame)


def _holes(frame: Frame) -> list[Finding]:
    """A grid of levels of which most, but not all, combinations were run."""
    grid = _grid_size(frame)
    if grid is None or not grid / 2 <= frame.n_configurations < grid:
        return []
    return [
        finding(
            "unbalanced.holes",
            level="note",
            n=grid - frame.n_configurations,
            grid=grid,
        )
    ]


def gaps(frame: Frame) -> list[Finding]:
    """Stretches of one axis, and combinations of two, that were never run although chance would."""
    codes = thinned(frame)
    findings = []
    numeric = [(j, p) for j, p in enumerate(frame.space.parameters) if p.numeric]
    for j, parameter in numeric:
        column = np.sort(codes[valued(codes[:, j]), j])
        edges = np.concatenate([[0.0], column, [1.0]])
        widths = np.diff(edges)
        if len(column) < 3:
            continue
        widest = int(widths.argmax())
        gap, n = float(widths[widest]), len(column)
        if gap >= GAP and n * (1 - gap) ** (n - 1) * len(numeric) < ALPHA:
            low, high = parameter.decode(edges[widest]), parameter.decode(edges[widest + 1])
            findings.append(
                finding(
                    "gaps.stretch",
                    parameter.name,
                    name=parameter.name,
                    low=parameter.typed(low),
                    high=parameter.typed(high),
                    share=gap,
                    where=_beside(frame, parameter, low, high),
                )
            )
    return findings + _empty_corners(frame, codes)


def _beside(frame: Frame, parameter: Parameter, low: Scalar, high: Scalar) -> str:
    """A filter that keeps the runs on one side of the stretch: those below it, where there are any.

    Its end is a number as it was recorded: one decoded may lie a rounding beside it.
    """
    assert isinstance(low, int | float)
    assert isinstance(high, int | float)
    numbers = numbers_run(frame, parameter)
    above = [number for number in numbers if number > (low + high) / 2]
    if not above:
        return filter_text(parameter.name, "<=", numbers[-1])
    return filter_text(parameter.name, "<" if len(above) < len(numbers) else ">=", above[0])


def _empty_corners(frame: Frame, codes: np.ndarray) -> list[Finding]:
    """Pairs of which a combination of levels (or thirds) is empty where chance would fill it."""
    parameters = frame.space.parameters
    parts = [_parts(codes[:, j], p) for j, p in enumerate(parameters)]
    found = []
    n_cells = sum(a.max() * b.max() for a, b in combinations([p + 1 for p in parts], 2))
    for i, j in combinations(range(len(parameters)), 2):
        both = (parts[i] >= 0) & (parts[j] >= 0)
        if both.sum() == 0 or conditioned(parameters[i], parameters[j]):
            continue
        left, right = parts[i][both], parts[j][both]
        table = np.zeros((left.max() + 1, right.max() + 1))
        np.add.at(table, (left, right), 1)
        expected = np.outer(table.sum(1), table.sum(0)) / table.sum()
        holes = (table == 0) & (np.exp(-expected) * n_cells < ALPHA)
        if holes.any():
            names = (parameters[i].name, parameters[j].name)
            found.append(
                finding(
                    "gaps.corners",
                    *names,
                    names=names,
                    n=int(holes.sum()),
                    cells=table.size,
                    expected=float(expected[holes].mean()),
                )
            )
    return found


def _parts(column: np.ndarray, parameter: Parameter) -> np.ndarray:
    """(n,) int: level, or third of equal count; -1 for no value."""
    here = valued(column) if parameter.numeric else ~np.isnan(column)
    parts = np.full(len(column), -1)
    if not here.any():
        return parts
    if parameter.numeric:
        cuts = np.quantile(column[here], np.arange(1, CELLS) / CELLS)
        parts[here] = np.searchsorted(cuts, column[here], side="right")
    else:
        parts[here] = column[here].astype(int)
    return parts


def _grid_size(frame: Frame) -> int | None:
    parameters = frame.space.parameters
    if (
        not parameters
        or any(p.numeric or p.condition for p in parameters)
        or len(frame.blocks.columns)
    ):
        return None
    return prod(len(p.levels) for p in parameters)
