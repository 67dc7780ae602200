"""Is there enough to say anything at all? What is asked before any number is given.

Usually: that predictions of unseen configurations beat the mean. Where every combination of levels
was run, and some with several seeds, no configuration is unseen and the question is another: do the
configurations differ by more than their seeds (the F test of a one-way analysis of variance)?
"""

from __future__ import annotations

import math

import numpy as np
from scipy.stats import f, norm

from analysis.errors import ConstantObjective, TooFewRuns, Withheld
from analysis.fitted import Fitted
from analysis.fitting import EVIDENCE
from analysis.frame import Frame
from analysis.noise import FEWEST, replicate_squares
from analysis.sentences import Fact, said

WITH_STEP = {
    "withheld.all_failed": "withheld.all_failed.stopped",
    "withheld.no_runs": "withheld.no_runs.stopped",
    "withheld.too_few": "withheld.too_few.stopped",
}
"""Why there is no answer, and the same with the cure where most runs were stopped."""


def require_enough(frame: Frame) -> None:
    """Raises `Withheld` where runs are too few to fit anything, or the objective is constant."""
    if frame.n_runs == 0:
        key = "withheld.all_failed" if frame.n_failed else "withheld.no_runs"
        raise _too_few(frame, key, metric=frame.metric, n=frame.n_failed)
    if not len(frame.space):
        raise TooFewRuns.said(said("withheld.nothing_varies"))
    n, d = frame.n_configurations, len(frame.space)
    needed = max(FEWEST, d + 2)
    if n < needed and not (frame.complete and frame.n_runs > n):
        if frame.complete:
            raise TooFewRuns.said(said("withheld.one_seed", n=n))
        raise _too_few(frame, "withheld.too_few", n=n, d=d, more=needed - n)
    low, high = float(frame.objective.min()), float(frame.objective.max())
    if low == high:
        raise ConstantObjective.said(said("withheld.constant", metric=frame.metric, value=low))
    if not frame.measurable:
        raise Withheld.said(said("withheld.extreme", metric=frame.metric, low=low, high=high))


def _too_few(frame: Frame, key: str, **facts: Fact) -> TooFewRuns:
    """The reason; where most runs were stopped, the cure is to ask where they still went on."""
    told = (f.says for f in frame.notes if f.says and f.says.key == "says.budgets.stopped")
    cut = next(told, None)
    if cut is None:
        return TooFewRuns.said(said(key, **facts))
    of = dict(cut.facts)
    step = f"{of['name']}@{of['step']}"
    return TooFewRuns.said(said(WITH_STEP[key], step=step, **facts))


def require_skill(there: Fitted, *, apart_in: tuple[str, str] | None = None) -> None:
    """Raises `Withheld` where nothing predicts runs it has not seen, though some are unseen.

    apart_in: the block in which parameters act differently, and the filter of a part of it; each
    may have an answer.
    """
    frame = there.frame
    predicted = there.choice.evidence >= EVIDENCE and frame.n_configurations >= FEWEST
    if predicted or (frame.complete and apart(frame)):
        return
    if frame.complete and frame.n_configurations < FEWEST:
        raise Withheld.said(said("withheld.apart", metric=frame.metric, n=frame.n_configurations))
    if apart_in is not None:
        facts = {"block": apart_in[0], "one": apart_in[1]}
        raise Withheld.said(said("withheld.skill.apart", skill=there.choice.skill, **facts))
    skill, times = there.choice.skill, there.choice.evidence
    if min(skill, times) <= 0:
        raise Withheld.said(said("withheld.skill", skill=skill))
    below = math.floor(10 * times) / 10  # it is not to read as if it were enough
    short = said("withheld.skill.short", skill=skill, times=below, needed=EVIDENCE)
    raise Withheld.said(short)


def apart(frame: Frame) -> bool:
    """Whether the configurations differ by more than their seeds, as surely as skill is asked."""
    sums, dfs = replicate_squares(frame)
    between, within = frame.n_configurations - 1, float(dfs.sum())
    if between < 1 or within <= 0:
        return False
    means = frame.means[frame.configuration]
    inner = float(sums.sum()) / within
    outer = float(np.sum((means - frame.objective.mean()) ** 2)) / between
    return bool(f.sf(outer / max(inner, 1e-300), between, within) < norm.sf(EVIDENCE))
