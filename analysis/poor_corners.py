"""Was a level run only where others are poor too, so that it looks worse than it may be?

An optimizer leaves a level that began badly, and all its runs may lie where another parameter is
set badly. What the level would do at good settings no run shows; a surrogate guesses.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from math import comb

import numpy as np
from scipy.stats import kruskal

from analysis.findings_parts import conditioned, valued
from analysis.frame import Frame
from analysis.narrowing import without
from analysis.numerals import setting
from analysis.remembered import once_per_frame
from analysis.results import Finding
from analysis.sampling import led, step_by_step
from analysis.sentences import finding
from analysis.space import Parameter

CHANCE = 0.05
"""Chance of a corner by lot, over all levels and parameters that matter (Bonferroni)."""
MATTERS = 0.01
"""P of Kruskal and Wallis' test below which a parameter matters to the other levels' runs."""
GOOD = 0.25
FEWEST_GOOD = 5
FEWEST = 2
"""A level of fewer configurations is hardly run; nothing tells lot from a corner there."""
PARTS = 3
NEAR = 0.1
"""So much of an axis beyond the good settings is still near them."""
FEW_PLACES = 0.25
"""A level run at this share of the places of the others, or less, may be better at the rest."""


@dataclass(frozen=True)
class Corner:
    """A level of a category that was run away from the good settings of another parameter.

    code: the level's; n: its configurations; good: lowest and highest code of the other parameter
    among the best configurations with other levels. at: the few places along it at which the level
    was run, where some are good ones for the others.
    """

    parameter: Parameter
    code: float
    other: Parameter
    n: int
    good: tuple[float, float]
    at: tuple[float, ...] = ()


@once_per_frame
def corners(frame: Frame) -> list[Corner]:
    """Levels that were run in a poor corner alone, though not by lot.

    The best quarter of the runs with other levels is better than all of the level's, and lies
    elsewhere along another parameter, which matters. Or the level was run at a few places along it
    alone, as where one thing is changed at a time: its own best may lie anywhere else. Where an
    optimizer, or a person step by step, chose the settings (`analysis.sampling`) that is enough.
    Elsewhere it must be no chance: n settings lie beyond all but m of N others, at one end or the
    other, with probability 2 (m+1)...(m+n) / ((N+1)...(N+n)), if labels are exchangeable; ties
    count against it.
    """
    asked = [
        found
        for parameter in frame.space.parameters
        if not parameter.ordered
        for other in frame.space.parameters
        if _in_order(other) and not conditioned(parameter, other)
        for found in _of_levels(frame, parameter, other)
    ]
    found = [(chance * len(asked), corner) for chance, corner in asked if corner is not None]
    lots = any(chance >= CHANCE for chance, _ in found)
    if lots and not led(frame) and not step_by_step(frame):
        found = [(chance, corner) for chance, corner in found if chance < CHANCE]
    return [corner for _, corner in found]


def _of_levels(
    frame: Frame, parameter: Parameter, other: Parameter
) -> Iterator[tuple[float, Corner | None]]:
    """For every level that can be in a corner along another parameter: its chance, and whether."""
    column, along = (
        frame.configuration_codes[:, frame.space.index(p.name)] for p in (parameter, other)
    )
    better = frame.sign * frame.means
    for code in range(len(parameter.levels)):
        own = column == code
        rest = ~own & ~np.isnan(column) & valued(along)
        if own.sum() < FEWEST or rest.sum() < FEWEST_GOOD / GOOD or not valued(along[own]).all():
            continue
        if _everywhere(along[own], other) or not _matters(along[rest], other, better[rest]):
            continue
        good = _good(along[rest], better[rest], than=float(better[own].max()))
        chance, corner = _chance(along[own], along[rest]), None
        if good is not None and not _near(along[own], other, good=good):
            corner = Corner(parameter, float(code), other, int(own.sum()), good)
        elif good is not None and (at := _few_places(along, other, own=own, rest=rest)):
            chance = _chance_of_places(
                _places(along[own | rest], other), _places(along[own], other)
            )
            corner = Corner(parameter, float(code), other, int(own.sum()), good, at)
        yield chance, corner


def poor_corners(frame: Frame) -> list[Finding]:
    """Says of which levels it is unknown what they do at good settings of another parameter."""
    return [_told(corner) for corner in corners(frame)]


def _told(corner: Corner) -> Finding:
    name, other = corner.parameter.name, corner.other
    value = corner.parameter.decode(corner.code)
    low, high = (other.typed(other.decode(code)) for code in corner.good)
    key = "poor_corner.at" if low == high else "poor_corner"
    return finding(
        "poor_corner.few" if corner.at else key,
        name,
        other.name,
        name=name,
        value=value,
        other=other.name,
        n=corner.n,
        low=low,
        high=high,
        values=tuple(setting(other.typed(other.decode(code))) for code in corner.at),
        where=without(corner.parameter, "=", value=value),
    )


def _in_order(parameter: Parameter) -> bool:
    """Whether settings along it lie near each other, or not; None is near no level."""
    return parameter.ordered and (parameter.numeric or None not in parameter.levels)


def _matters(column: np.ndarray, parameter: Parameter, better: np.ndarray) -> bool:
    """Do results differ along a parameter, by ranks, between parts of equal width or levels?"""
    groups = np.minimum(column * PARTS, PARTS - 1).astype(int) if parameter.numeric else column
    values = [better[groups == k] for k in np.unique(groups)]
    if len(values) < 2 or np.ptp(better) == 0:
        return False
    return float(kruskal(*values).pvalue) < MATTERS


def _good(column: np.ndarray, better: np.ndarray, *, than: float) -> tuple[float, float] | None:
    """The range of the best quarter's settings, if all of them are better `than` that."""
    best = np.argsort(-better, kind="stable")[: max(FEWEST_GOOD, round(GOOD * len(better)))]
    if better[best].min() <= than:
        return None
    return float(column[best].min()), float(column[best].max())


def _everywhere(column: np.ndarray, parameter: Parameter) -> bool:
    """Whether some of these settings lie near any range of good ones: there is no corner then."""
    n = round(1 / NEAR) if parameter.numeric else len(parameter.levels)
    return len(np.unique(_places(column, parameter))) == n


def _places(column: np.ndarray, parameter: Parameter) -> np.ndarray:
    """(n,) int: levels, or tenths of a range."""
    n = round(1 / NEAR)
    return (np.minimum(column * n, n - 1) if parameter.numeric else column).astype(int)


def _few_places(
    column: np.ndarray, parameter: Parameter, *, own: np.ndarray, rest: np.ndarray
) -> tuple[float, ...]:
    """A setting at each place where the level was run, if those are few beside the others'."""
    places = _places(column[own], parameter)
    there = np.unique(places)
    if len(there) > FEW_PLACES * len(np.unique(_places(column[rest], parameter))):
        return ()
    return tuple(float(np.median(column[own][places == place])) for place in there)


def _chance_of_places(every: np.ndarray, own: np.ndarray) -> float:
    """P of at most so many places for so many of all settings, at most (Boole's inequality)."""
    n, k = len(own), len(np.unique(own))
    counts = np.sort(np.bincount(every))[::-1]
    steps = np.arange(n)
    held = counts[:k].sum() - steps
    one = float(np.exp(np.log(held / (len(every) - steps)).sum())) if held[-1] > 0 else 0.0
    return min(1.0, comb(int((counts > 0).sum()), k) * one)


def _near(column: np.ndarray, parameter: Parameter, *, good: tuple[float, float]) -> bool:
    """Does any of these settings lie among the good ones, or near them?"""
    beside = NEAR if parameter.numeric else 0.0
    return bool(((column >= good[0] - beside) & (column <= good[1] + beside)).any())


def _chance(own: np.ndarray, others: np.ndarray) -> float:
    """P of so many settings so near one end of all others."""
    beyond = min(int((others >= own.min()).sum()), int((others <= own.max()).sum()))
    steps = np.arange(1, len(own) + 1)
    return float(2 * np.exp(np.log((beyond + steps) / (len(others) + steps)).sum()))
