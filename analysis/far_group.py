"""Do a few results lie far from all others, with nothing between?

Runs that diverged and still wrote a number, or a metric in another unit. A law with a heavy tail
has values of every size between its largest and the rest; these have none, and no scale makes a
smooth function of both groups.
"""

from __future__ import annotations

import numpy as np

FEWEST_FAR = 3
"""One or two values may lie anywhere."""
HANDFUL = 0.2
"""No more than this share of the values is a few."""
MIN_VALUES, MIN_DIFFERENT = 20, 10
"""With fewer values, or fewer different ones (a metric of passed and failed), none is far."""


def far_above(values: np.ndarray) -> float | None:
    """The middle of the gap below a few of (n,) values that lie far above the others, or None.

    The gap is at least as wide as all others together, and as the few.
    """
    ordered = np.sort(values)
    n = len(ordered)
    few = np.arange(FEWEST_FAR, int(HANDFUL * n) + 1)
    if n < MIN_VALUES or not len(few):
        return None
    gap = ordered[n - few] - ordered[n - few - 1]
    rest, width = ordered[n - few - 1] - ordered[0], ordered[-1] - ordered[n - few]
    apart = np.flatnonzero((gap > 0) & (gap >= rest) & (gap >= width))
    if not len(apart):
        return None
    first = n - int(few[apart[np.argmax(gap[apart])]])
    if len(np.unique(ordered[:first])) < MIN_DIFFERENT:
        return None
    return float(ordered[first - 1] + (ordered[first] - ordered[first - 1]) / 2)
