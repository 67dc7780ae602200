"""Do a handful of runs carry the variance? Which ones, and what changes without them.

Shares describe variance. A few diverged runs can hold most of it, and then the shares say which
parameter makes runs diverge and nothing on what makes good runs better.
"""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from analysis.frame import Frame
from analysis.narrowing import but
from analysis.results import Finding, Said
from analysis.sentences import finding, said

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
    logged: Frame | None = None,
    with_them: Mapping[str, float] | None = None,
    without_them: Mapping[str, float] | None = None,
) -> list[Finding]:
    """Says so, and what changes without them if the shares are given (parameter -> total share).

    logged: the same runs as they were logged, if the frame's are not, for the filter that leaves
    these out.
    """
    rows = leverage_rows(frame)
    if rows is None:
        return []
    few = np.unique(frame.configuration[rows])
    squares = (frame.means - frame.means.mean()) ** 2
    carried = squares[few].sum() / squares.sum()
    moved: tuple[Said, ...] = ()
    case = "holds"
    if with_them and without_them:
        moved = _moved(with_them, without_them)
        case = "moves" if moved else "stays"
    elif with_them:
        case = "blind"
    case = f"one.{case}" if len(few) == 1 else case
    better = frame.sign * (frame.means[few] - np.median(frame.means)) > 0
    if squares[few][better].sum() > squares[few].sum() / 2:
        case = f"good.{case}"  # ranks, the remedy for bad ones, would be of the others' noise
    return [
        finding(
            f"leverage.{case}",
            metric=_on_scale(frame),
            few=len(few),
            n=frame.n_configurations,
            share=float(carried),
            moved=moved,
            where=but(frame if logged is None else logged, np.isin(np.arange(frame.n_runs), rows)),
        )
    ]


def _on_scale(frame: Frame) -> Said | str:
    """The metric with the scale that its variance is taken on, where that is not its own."""
    if frame.transform == "none":
        return frame.metric
    return said(f"metric.{frame.transform}", name=frame.metric)


def _moved(before: Mapping[str, float], after: Mapping[str, float]) -> tuple[Said, ...]:
    change = {name: after[name] - before[name] for name in before if name in after}
    names = sorted(change, key=lambda name: -abs(change[name]))
    return tuple(
        said("leverage.share", name=name, before=before[name], after=after[name])
        for name in names[:3]
        if abs(change[name]) >= MOVED
    )
