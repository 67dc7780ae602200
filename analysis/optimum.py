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


def best_setting(
    surrogate: Predicts, start: np.ndarray, *, axes: Sequence[np.ndarray], sign: float
) -> np.ndarray:
    """(d,) codes: the best of some settings, then improved one parameter after the other.

    start: (n, d) settings, gated or not; axes[j]: (n_settings_j,) the codes that parameter j may
    have; sign: +1 where high is good. A local optimum, as every hill climb's.
    """
    space = surrogate.space
    best = start[int(np.argmax(sign * surrogate.mean(gate(space, start))))]
    for column in list(range(len(space))) * SWEEPS:
        moved = np.repeat(best[None], 1 + len(axes[column]), axis=0)
        moved[1:, column] = axes[column]
        best = moved[int(np.argmax(sign * surrogate.mean(gate(space, moved))))]
    return np.asarray(best)
