"""Do a handful of runs carry the variance? Which ones, and what changes without them.

Shares describe variance. A few diverged runs can hold most of it, and then the shares say which
parameter makes runs diverge and nothing on what makes good runs better.
"""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from analysis.findings_parts import finding
from analysis.frame import Frame
from analysis.results import Finding

ROBUST_SDS = 5.0
"""Far off is beyond so many robust standard deviations (1.4826 MAD) of the median."""
HANDFUL = 0.2
"""No more than this share of the configurations is a handful."""
CARRIES = 0.5
"""They carry the variance from this share of the sum of squares."""
MIN_CONFIGURATIONS = 20
MOVED = 0.1
"""A share that moves by so much without them is named."""


def leverage_rows(frame: Frame) -> np.ndarray | None:
    """The runs (positions) of the few far-off configurations that carry the variance, or None.

    Take the others by `frame.take(np.setdiff1d(np.arange(frame.n_runs), rows))` and ask again.
    """
    means = frame.means
    if len(means) < MIN_CONFIGURATIONS:
        return None
    centre = np.median(means)
    robust_sd = 1.4826 * float(np.median(np.abs(means - centre)))
    if robust_sd == 0:
        return None
    far = np.abs(means - centre) > ROBUST_SDS * robust_sd
    squares = (means - means.mean()) ** 2
    if not 0 < far.mean() <= HANDFUL or squares[far].sum() < CARRIES * squares.sum():
        return None
    return np.flatnonzero(far[frame.configuration])


def leverage(
    frame: Frame,
    *,
    with_them: Mapping[str, float] | None = None,
    without_them: Mapping[str, float] | None = None,
) -> list[Finding]:
    """Says so, and what changes without them if the shares are given (parameter -> total share)."""
    rows = leverage_rows(frame)
    if rows is None:
        return []
    few = np.unique(frame.configuration[rows])
    squares = (frame.means - frame.means.mean()) ** 2
    carried = squares[few].sum() / squares.sum()
    message = (
        f"{len(few)} of {frame.n_configurations} configurations hold {100 * carried:.0f} % of the "
        f"variance of {frame.metric}"
    )
    if with_them and without_them:
        moved = _moved(with_them, without_them)
        changes = (
            f"the total share of {'; '.join(moved)}"
            if moved
            else f"no total share moves by {MOVED:g}"
        )
        message += f"; without them {changes}"
    elif with_them:
        message += "; without them no answer can be given"
    return [
        finding(
            "leverage",
            f"{message}.",
            "analyse the others alone with --where, or all of them with --transform rank",
        )
    ]


def _moved(before: Mapping[str, float], after: Mapping[str, float]) -> list[str]:
    change = {name: after[name] - before[name] for name in before if name in after}
    names = sorted(change, key=lambda name: -abs(change[name]))
    return [
        f"{name} goes from {before[name]:.2f} to {after[name]:.2f}"
        for name in names[:3]
        if abs(change[name]) >= MOVED
    ]
