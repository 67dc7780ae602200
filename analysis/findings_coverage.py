"""Which part of the space was never run: rare levels, holes in an axis, missing combinations."""

from __future__ import annotations

from itertools import combinations
from math import prod

import numpy as np
from scipy.stats import binom

from analysis.findings_parts import ALPHA, conditioned, grouped, numbers_run, thinned, valued
from analysis.frame import Frame
from analysis.narrowing import without
from analysis.results import Finding, Scalar
from analysis.sentences import finding, said
from analysis.space import Parameter, numbers_of
from journal.filter_writer import filter_text

RARE = 0.25
"""A level is rare below this share of the runs that equal weights would give it."""
GAP = 0.25
"""An empty stretch of an axis counts from this share of it."""
UNIT, EACH = 50.0, 5
"""How many times as large as before values are in another unit (60, 100, 1000), each in so many
runs at least."""
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
                    where=without(parameter, "=", value=parameter.levels[rare[0]]),
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
    findings = [
        _stretch(frame, parameter, codes=ends, at_end=at_end)
        for index, parameter in enumerate(frame.space.parameters)
        for ends, at_end in empty_stretches(frame, index)
    ]
    return findings + _empty_corners(frame, codes)


def empty_stretches(frame: Frame, index: int) -> list[tuple[tuple[float, float], bool]]:
    """Codes between which no run is, though a quarter of the axis or more, in which chance has one.

    And whether they lie at an end, which only a declared range has beyond the runs. Between two
    integers side by side there is nothing to run. Levels have none.
    """
    parameter = frame.space.parameters[index]
    column = frame.configuration_codes[:, index]
    column = np.sort(column[valued(column)])
    n, edges = len(column), np.concatenate([[0.0], column, [1.0]])
    n_axes, found = sum(p.numeric for p in frame.space.parameters), []
    for place in np.flatnonzero(np.diff(edges) >= GAP) if parameter.numeric and n >= 3 else ():
        low, high = float(edges[place]), float(edges[place + 1])
        start, end = (_number(parameter.decode(code)) for code in (low, high))
        within = place not in (0, n)
        beside = within and parameter.kind == "integer" and end == start + 1
        if n * (1 - (high - low)) ** (n - 1) * n_axes < ALPHA and not beside:
            found.append(((low, high), not within))
    return found


def _stretch(
    frame: Frame, parameter: Parameter, *, codes: tuple[float, float], at_end: bool
) -> Finding:
    """A stretch without a run, with a filter, or the declaration, that narrows the question."""
    name, numbers = parameter.name, numbers_run(frame, parameter)
    low, high = (parameter.typed(parameter.decode(code)) for code in codes)
    share = codes[1] - codes[0]
    if at_end:
        run = f"{numbers[0]!r}:{numbers[-1]!r}"
        return finding("gaps.end", name, name=name, low=low, high=high, share=share, run=run)
    middle = (_number(low) + _number(high)) / 2
    # An end as it was recorded: one decoded may lie a rounding beside it.
    where = without(parameter, ">=", value=next(number for number in numbers if number > middle))
    unit = _another_unit(frame, parameter, middle=middle, where=where)
    return unit or finding(
        "gaps.stretch", name, name=name, low=low, high=high, share=share, where=where
    )


def _another_unit(
    frame: Frame, parameter: Parameter, *, middle: float, where: str
) -> Finding | None:
    """Says so where all runs on one side of a stretch were made before those on the other, far off.

    Nothing where values are of about the same size, or where runs of both sides were made in turn.
    """
    place = frame.space.index(parameter.name)
    every = numbers_of([row[place] for row in frame.values])
    below, above = (np.flatnonzero(beyond) for beyond in (every < middle, every > middle))
    first, then = sorted((below, above), key=lambda rows: float(frame.order[rows].min()))
    in_turn = frame.order[first].max() >= frame.order[then].min()
    if in_turn or min(len(first), len(then)) < EACH or every[below].min() <= 0:
        return None
    if np.median(every[above]) < UNIT * np.median(every[below]):
        return None
    ends = [end for rows in (first, then) for end in (every[rows].min(), every[rows].max())]
    low, high, new_low, new_high = (parameter.typed(float(end)) for end in ends)
    old = filter_text(parameter.name, "<" if first is below else ">", value=middle)
    name, n = parameter.name, len(first)
    return finding(
        "unit", name, name=name, n=n, low=low, high=high, then_low=new_low, then_high=new_high,
        old=old, where=where,
    )  # fmt: skip


def _number(value: Scalar) -> float:
    assert isinstance(value, int | float)
    return float(value)


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
    parts = grouped(column, parameter, n=CELLS)
    return np.where(parts == CELLS, -1, parts) if parameter.numeric else parts


def _grid_size(frame: Frame) -> int | None:
    parameters = frame.space.parameters
    if (
        not parameters
        or any(p.numeric or p.condition for p in parameters)
        or len(frame.blocks.columns)
    ):
        return None
    return prod(len(p.levels) for p in parameters)
