"""Is there enough to say anything at all? What is asked before any number is given."""

from __future__ import annotations

import numpy as np

from analysis.errors import ConstantObjective, TooFewRuns, Withheld
from analysis.frame import Frame
from analysis.sentences import said
from analysis.study import FEWEST, Study

EVIDENCE = 2.5
"""Standard errors by which predictions must beat the mean before anything is said."""


def require_enough(frame: Frame) -> None:
    """Raises `Withheld` where runs are too few to fit anything, or the objective is constant."""
    if frame.n_runs == 0:
        key = "withheld.all_failed" if frame.n_failed else "withheld.no_runs"
        raise TooFewRuns.said(said(key, metric=frame.metric, n=frame.n_failed))
    if not len(frame.space):
        raise TooFewRuns.said(said("withheld.nothing_varies"))
    needed = max(FEWEST, len(frame.space) + 2)
    if frame.n_configurations < needed:
        n, d = frame.n_configurations, len(frame.space)
        raise TooFewRuns.said(said("withheld.too_few", n=n, d=d, more=needed - n))
    if np.ptp(frame.objective) == 0:
        value = float(frame.objective[0])
        raise ConstantObjective.said(said("withheld.constant", metric=frame.metric, value=value))


def require_skill(whole: Study) -> None:
    """Raises `Withheld` where nothing predicts runs it has not seen."""
    if whole.choice.evidence < EVIDENCE:
        raise Withheld.said(said("withheld.skill", skill=whole.choice.skill))
