"""On which scale should the objective be analysed: as it is, its logarithm, or its rank?

Variance shares describe the scale they are taken on. Where a few values hold nearly all the
variance, the shares describe those runs and nothing else. The rule of `auto`, in order:

- log10 if every value is positive, and the variance is less concentrated on the log scale, and
  (the values span two decades or more, or they are heavy-tailed, or they span one decade and the
  spread among replicates grows with the level, Spearman's rho above 0.5);
- rank if the values are heavy-tailed and no logarithm cures it;
- none otherwise.

Heavy-tailed: the 5 % of the configurations farthest from the mean hold 60 % or more of the sum of
squares (a normal distribution gives 28 %, an exponential one 50 %).
"""

from __future__ import annotations

from dataclasses import replace
from typing import Literal, get_args

import numpy as np
from scipy.stats import rankdata, spearmanr

from analysis.blocking import without_blocks
from analysis.errors import InputError, Misused, chosen
from analysis.frame import Frame
from analysis.noise import replicate_squares
from analysis.results import Finding, Said, Transform
from analysis.sentences import finding, said

How = Literal["auto", "none", "log10", "rank"]
HOWS: dict[str, How] = {how: how for how in get_args(How)}

HEAVY = 0.6
TAIL = 0.05
DECADES = 2.0
GROWTH = 0.5
MIN_CONFIGURATIONS = 20
"""With fewer, tails cannot be told from chance, and `auto` leaves the metric as it is."""


def transformed(frame: Frame, how: How) -> tuple[Frame, tuple[Finding, ...]]:
    """The frame on the chosen scale, and what must be said about the choice.

    "log10" and "rank" keep the direction: both maps increase. Ranks are the share of used runs with
    a lower value, ties halved, so they lie between 0 and 1.
    Raises `Misused` for a scale that is none, and for log10 of a value that is not positive.
    """
    if frame.transform != "none":
        raise InputError(f"{frame.metric} is on the {frame.transform} scale already")
    how = chosen(how, HOWS, where="transform")
    scale, reason = choose(frame) if how == "auto" else (how, None)
    if scale == "none":
        return frame, ()
    if scale == "log10":
        if frame.n_runs and frame.objective.min() <= 0:
            raise Misused(
                f"log10 needs positive values; the lowest {frame.metric} is "
                f"{frame.objective.min():g}",
                where="--transform log",
                hint="--transform rank works with any values",
            )
        objective = np.log10(frame.objective)
    else:
        objective = (rankdata(frame.objective) - 0.5) / max(frame.n_runs, 1)
    done = replace(frame, objective=objective, transform=scale)
    if how != "auto":
        return done, ()
    return done, (finding(f"transform.{scale}", level="note", metric=frame.metric, reason=reason),)


def choose(frame: Frame) -> tuple[Transform, Said | None]:
    """The scale that `auto` takes, and why, as a clause; see the module for the rule.

    What blocks add on either scale is not looked at: it is taken out later.
    """
    plain = without_blocks(frame)[0]
    means = plain.means
    if frame.transform != "none" or len(means) < MIN_CONFIGURATIONS or np.ptp(means) == 0:
        return "none", None
    tail = tail_share(means)
    if frame.objective.min() > 0:
        logs = without_blocks(replace(frame, objective=np.log10(frame.objective)))[0]
        span = float(np.ptp(logs.objective))
        growth = noise_growth(_of_one(plain))
        log_tail = tail_share(logs.means)
        if log_tail < tail:
            if span >= DECADES:
                return "log10", said("scale_reason.spans", decades=span)
            if tail >= HEAVY and log_tail < HEAVY:
                return "log10", said("scale_reason.tail", share=tail, tail=TAIL)
            if span >= 1 and growth is not None and growth > GROWTH:
                return "log10", said("scale_reason.noise", growth=growth)
    if tail >= HEAVY:
        return "rank", said("scale_reason.tail", share=tail, tail=TAIL)
    return "none", None


def _of_one(frame: Frame) -> Frame:
    """The frame in units of its largest value, where squares of any metric exist."""
    return replace(frame, objective=frame.objective / float(np.abs(frame.objective).max()))


def tail_share(values: np.ndarray) -> float:
    """Share of the sum of squares held by the 5 % of (n,) values farthest from the mean."""
    unit = float(np.abs(values).max()) or 1.0  # of values near 1e200 the squares are infinite
    squares = np.sort((values / unit - (values / unit).mean()) ** 2)[::-1]
    total = squares.sum()
    return float(squares[: max(1, round(TAIL * len(values)))].sum() / total) if total > 0 else 0.0


def noise_growth(frame: Frame) -> float | None:
    """Spearman's rank correlation of replicates' spread with their mean; None below 20 of them."""
    sums, dfs = replicate_squares(frame)
    known = dfs > 0
    if known.sum() < MIN_CONFIGURATIONS or np.ptp(sums[known]) == 0:
        return None
    return float(spearmanr(frame.means[known], sums[known] / dfs[known]).statistic)
