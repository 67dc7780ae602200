"""Do the residuals form two groups, such as converged and not converged?

A surrogate's mean then lies between the groups, where no run is. The split is the two-means one of
the sorted residuals; it counts if the groups hold most of the spread and the middle is empty, which
neither a normal, a uniform nor an exponential distribution gives.
"""

from __future__ import annotations

import numpy as np

from analysis.frame import Frame
from analysis.results import Finding
from analysis.sentences import finding

BETWEEN = 0.8
"""Share of the spread between the groups (normal 0.64, uniform 0.75)."""
EMPTY = 0.05
"""Share of the residuals in the middle third between the groups' means (normal 0.21)."""
SMALLEST = 0.05
"""Each group holds at least this share of the residuals, and five of them."""
MIN_RESIDUALS = 30


def split(residuals: np.ndarray) -> float | None:
    """The value between two groups of (n,) residuals, or None for one group."""
    ordered = np.sort(residuals[np.isfinite(residuals)])
    n = len(ordered)
    if n < MIN_RESIDUALS or ordered[0] == ordered[-1]:
        return None
    smallest = max(5, int(np.ceil(SMALLEST * n)))
    sizes = np.arange(smallest, n - smallest + 1)
    sums = np.cumsum(ordered)
    left, right = sums[sizes - 1] / sizes, (sums[-1] - sums[sizes - 1]) / (n - sizes)
    between = sizes * (n - sizes) / n * (right - left) ** 2
    best = int(between.argmax())
    low, high = left[best], right[best]
    total = float(((ordered - ordered.mean()) ** 2).sum())
    middle = (ordered > low + (high - low) / 3) & (ordered < high - (high - low) / 3)
    if between[best] < BETWEEN * total or middle.mean() > EMPTY:
        return None
    return float((ordered[sizes[best] - 1] + ordered[sizes[best]]) / 2)


def two_groups(frame: Frame, residuals: np.ndarray) -> list[Finding]:
    """Says so; residuals: (n_configurations,), observed mean minus prediction out of sample."""
    cut = split(residuals)
    if cut is None:
        return []
    upper = residuals > cut
    gap = float(residuals[upper].mean() - residuals[~upper].mean())
    return [
        finding(
            "two_groups",
            metric=frame.metric,
            lower=int((~upper).sum()),
            upper=int(upper.sum()),
            gap=gap,
        )
    ]
