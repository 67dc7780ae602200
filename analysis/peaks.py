"""Where are a parameter's settings looked at more closely? Around the best of them.

A tuning risk is measured from the best setting, and that is recommended; on a coarse grid a narrow
optimum between two settings is cut off, the risk is too low, and the setting recommended is not the
surrogate's own best.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from analysis.blend import Blend
from analysis.risk import Quality
from analysis.slices import Surrogate

N_CLOSER = 8
"""Settings put between the best one and those beside it."""


def closer(
    surrogates: Sequence[Surrogate],
    blend: Blend,
    *,
    others: np.ndarray,
    quality: Quality,
    tolerance: float,
    rng: np.random.Generator,
) -> tuple[np.ndarray, ...]:
    """(n,) codes per parameter at which to slice it too; none where little changes near its best.

    blend: who speaks for risks; tolerance: what is lost beside the best setting without being
    looked at, in the objective's unit.
    """
    expected: list[np.ndarray] = []
    codes: tuple[np.ndarray, ...] = ()
    for surrogate, stream in zip(surrogates, rng.spawn(len(surrogates)), strict=True):
        weight = blend.part(surrogate, 0).weight
        if weight > 0:
            found = surrogate.slices(others, 0, rng=stream)
            rows = [weight * quality.expected_best(v)[0] for v in found.values]
            expected = [a + b for a, b in zip(expected, rows, strict=True)] if expected else rows
            codes = found.codes
    return tuple(
        _around(at[at >= 0], best[at >= 0], tolerance) if parameter.numeric else np.zeros(0)
        for parameter, at, best in zip(blend.space.parameters, codes, expected, strict=True)
    )


def _around(codes: np.ndarray, expected: np.ndarray, tolerance: float) -> np.ndarray:
    """Codes between the neighbours of the best one, if either of them is worse by the tolerance."""
    best = int(np.argmax(expected))
    first, last = max(best - 1, 0), min(best + 1, len(codes) - 1)
    if expected[best] - min(expected[first], expected[last]) <= tolerance:
        return np.zeros(0)
    return np.linspace(codes[first], codes[last], N_CLOSER + 2)[1:-1]
