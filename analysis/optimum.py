"""Which setting does the surrogate think best, all parameters together?

One parameter's best value may hang on another's (of three that act only together either end is
best, for the right ends of the others), so the values that a report recommends have to be of one
setting.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

import numpy as np

from analysis.slices import gate
from analysis.space import Space

SWEEPS = 2
"""Times that every parameter is moved to its best value, the others held."""


class Predicts(Protocol):
    """A surrogate, or several that answer as one."""

    @property
    def space(self) -> Space:
        """The space that codes refer to."""

    def mean(self, codes: np.ndarray) -> np.ndarray:
        """(n,) prediction of the objective's mean."""

    def along(self, index: int, *, codes: np.ndarray, others: np.ndarray) -> np.ndarray:
        """(n_settings, n_others) the same as one parameter moves over codes, the others held."""


def best_setting(
    surrogate: Predicts, start: np.ndarray, *, axes: Sequence[np.ndarray], sign: float
) -> np.ndarray:
    """(d,) codes: the best of some settings, then improved one parameter after the other.

    start: (n, d) settings, inactive codes included; axes[j]: (n_settings_j,) the codes that
    parameter j may have; sign: +1 where high is good. A local optimum, as every hill climb's.
    """
    space = surrogate.space
    best = start[int(np.argmax(sign * surrogate.mean(gate(space, start))))].copy()
    for column in list(range(len(space))) * SWEEPS:
        codes = np.append(best[column], axes[column])  # as good as where it is, it stays
        reached = sign * surrogate.along(column, codes=codes, others=best[None])[:, 0]
        best[column] = codes[int(np.argmax(reached))]
    return np.asarray(best)
