"""What the checks on the runs share: their limit for chance, and which settings they look at."""

from __future__ import annotations

import math

import numpy as np

from analysis.frame import Frame
from analysis.space import NONE, Parameter

ALPHA = 0.002
"""Chance of a false alarm per check and frame (Bonferroni within a check)."""
ALIASED = 0.95
"""Association from which two parameters, or a parameter and a block, cannot be told apart."""
MAX_ROWS = 5000
"""Pairs are looked at in at most so many configurations, evenly taken; more tells nothing new."""


def thinned(frame: Frame) -> np.ndarray:
    """(at most MAX_ROWS, n_parameters) codes, evenly taken from all configurations."""
    codes = frame.configuration_codes
    step = -(-len(codes) // MAX_ROWS) if len(codes) else 1
    return codes[::step]


def conditioned(left: Parameter, right: Parameter) -> bool:
    """One exists only where the other has certain values; that is said, not found."""
    return any(
        a.condition is not None and a.condition.parent == b.name
        for a, b in ((left, right), (right, left))
    )


def valued(column: np.ndarray) -> np.ndarray:
    """(n,) bool: where a numeric column of codes holds a number (not NaN, not the atom)."""
    return np.asarray(~np.isnan(column) & (column != NONE))


def grouped(column: np.ndarray, parameter: Parameter, *, n: int) -> np.ndarray:
    """(n_configurations,) int group of each code; -1 where the parameter is inactive.

    Levels are groups; numbers fall into ``n`` groups of equal counts (0 to n - 1, fewer where ties
    are many), and the atom (no value, or "none") is group ``n``.
    """
    groups = np.full(len(column), -1)
    if not parameter.numeric:
        here = ~np.isnan(column)
        groups[here] = column[here].astype(int)
        return groups
    here = valued(column)
    if here.any():
        cuts = np.quantile(column[here], np.arange(1, n) / n)
        groups[here] = np.searchsorted(cuts, column[here], side="right")
    groups[column == NONE] = n
    return groups


def numbers_run(frame: Frame, parameter: Parameter) -> list[int | float]:
    """The different numbers on the parameter's axis, in order and as they were recorded."""
    place = frame.space.names.index(parameter.name)
    found = {row[place] for row in frame.values if row[place] != parameter.atom}
    numbers = (v for v in found if isinstance(v, int | float) and not isinstance(v, bool))
    return sorted(number for number in numbers if abs(number) < math.inf)
