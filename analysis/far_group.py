"""Do a few results lie far from all others, or some seeds far from others, with nothing between?

Runs that diverged and still wrote a number, or a metric in another unit. A law with a heavy tail
has values of every size between its largest and the rest; these have none, and no scale makes a
smooth function of both groups. Seeds of one setting of which some never learn have two such groups,
of any size: no parameter tells them apart there, and noise of one kind leaves no gap.
"""

from __future__ import annotations

import numpy as np

FEWEST_FAR = 3
"""One or two values may lie anywhere."""
HANDFUL = 0.2
"""No more than this share of the values is a few."""
MIN_VALUES, MIN_DIFFERENT = 20, 10
"""With fewer values, or fewer different ones (a metric of passed and failed), none is far."""
SMALLEST, FEWEST = 0.05, 5
"""Of two groups of seeds each has at least this share of the runs, and so many."""
WIDE, MIN_DF = 6.0, 10
"""The gap between them in standard deviations of seeds on one side, and the d.f. to know these."""
BOTH = 3
"""Settings that have seeds on both sides."""


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


def parts_seeds(values: np.ndarray, settings: np.ndarray) -> float | None:
    """The middle of a gap in (n,) values with runs of equal settings on either side, or None.

    settings: (n,) int, which configuration each run is of. Taken is the widest gap that leaves
    enough runs on either side.
    """
    ordered, n = np.sort(values), len(values)
    smallest = max(FEWEST, int(np.ceil(SMALLEST * n)))
    gaps = np.diff(ordered)[smallest - 1 : n - smallest]
    if n < MIN_VALUES or not len(gaps) or len(np.unique(ordered)) < MIN_DIFFERENT:
        return None
    at = smallest - 1 + int(gaps.argmax())
    cut = float(ordered[at] + (ordered[at + 1] - ordered[at]) / 2)
    _, sides, counts = np.unique(
        2 * settings + (values > cut), return_inverse=True, return_counts=True
    )
    df = n - len(counts)
    if len(counts) - len(np.unique(settings)) < BOTH or df < MIN_DF:
        return None
    within = values - (np.bincount(sides, weights=values) / counts)[sides]
    return cut if gaps.max() > WIDE * np.sqrt((within @ within) / df) else None
