"""Is there enough to say anything at all? What is asked before any number is given."""

from __future__ import annotations

import numpy as np

from analysis.errors import ConstantObjective, TooFewRuns, Withheld
from analysis.frame import Frame
from analysis.study import FEWEST, Study

EVIDENCE = 2.5
"""Standard errors by which predictions must beat the mean before anything is said."""


def require_enough(frame: Frame) -> None:
    """Raises `Withheld` where runs are too few to fit anything, or the objective is constant."""
    if frame.n_runs == 0:
        raise TooFewRuns(
            f"no finished run has a usable {frame.metric}", hint="log some runs that finish"
        )
    if not len(frame.space):
        raise TooFewRuns("no parameter varies", hint="log runs with different settings")
    needed = max(FEWEST, len(frame.space) + 2)
    if frame.n_configurations < needed:
        raise TooFewRuns(
            f"{frame.n_configurations} different configurations are too few "
            f"for {len(frame.space)} parameters",
            hint=f"log at least {needed - frame.n_configurations} more, at random settings",
        )
    if np.ptp(frame.objective) == 0:
        raise ConstantObjective(
            f"{frame.metric} is {frame.objective[0]:g} in every run",
            hint="choose a metric that changes, or widen the ranges",
        )


def require_skill(whole: Study) -> None:
    """Raises `Withheld` where nothing predicts runs it has not seen."""
    if whole.choice.evidence < EVIDENCE:
        raise Withheld(
            "predictions of unseen configurations are no better than the mean "
            f"(skill {whole.choice.skill:.2f})",
            hint="log more configurations, widen the ranges, or repeat some with other seeds",
        )
