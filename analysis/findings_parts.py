"""What the checks on the runs share: their limit for chance, and which settings they look at."""

from __future__ import annotations

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


def shown(value: object) -> str:
    """A value as it is written in a sentence."""
    return f"{value:.3g}" if isinstance(value, float) else str(value)
