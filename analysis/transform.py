"""On which scale should the objective be analysed: as it is, its logarithm, or its rank?

Variance shares describe the scale they are taken on. Where a few values hold nearly all the
variance, the shares describe those runs and nothing else. The rule of `auto`, in order:

- log10 if every value is positive, and the variance is less concentrated on the log scale, and
  (the values span two decades or more, or their bad side is heavy-tailed, or they span one decade
  and the spread among replicates grows with the level, Spearman's rho above 0.5);
- rank if the bad side is heavy-tailed and no logarithm cures it, or if a few bad results lie far
  from all others with nothing between (`far_group`), on the log scale as well if that was chosen;
- none otherwise.

Heavy-tailed: the 5 % of the configurations farthest from the mean hold 60 % or more of the sum of
squares (a normal distribution gives 28 %, an exponential one 50 %). They count by the weights that
undo crowding (`evenness`): most runs of an optimizer are near the best and alike, and its first
ones would pass for a tail. The bad side is, if that is
still so with good results drawn in to three robust standard deviations of the median, or if a few
good results lie far from all others with nothing between. Where few settings are good and the
others are all alike, the good ones are what is asked about, and ranks would be spent on the order
of the noise among the others (docs/decisions/0080).

The two decades are counted up from the lowest fortieth of the values. Where replicates say that the
noise is the same at all levels, what lies below twice its standard deviation is not told from zero,
and counts as that.
"""

from __future__ import annotations

from dataclasses import replace
from typing import Literal, get_args

import numpy as np
from scipy.stats import rankdata, spearmanr

from analysis.blocking import without_blocks
from analysis.errors import InputError, Misused, chosen
from analysis.evenness import sampling_weights
from analysis.far_group import far_above
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
REACH = 3.0
"""Robust standard deviations (1.4826 MAD) to which good results are drawn in."""
LOWEST = 0.025
"""Share of the values below which no decades are counted: a lucky run near zero makes none."""
TOLD = 2.0
"""Standard deviations of even noise from which a value is told from zero."""
EVEN = 2.0
"""Log-likelihood by which replicates must prefer even noise to noise that grows with the level."""
LEAST_DF = 5
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
                where="transform",
                flag="--transform log",
                hint='"rank" works with any values',
                typed="--transform rank works with any values",
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
    weights = sampling_weights(plain)
    tail, heavy = tail_share(means, weights), heavy_where(plain, weights) == "bad"
    apart = far_above(-frame.sign * plain.objective) is not None
    if frame.objective.min() > 0:
        logs = without_blocks(replace(frame, objective=np.log10(frame.objective)))[0]
        why = _logarithm(logs, plain, weights, tail=tail, heavy=heavy)
        apart_in_logs = far_above(-frame.sign * logs.objective) is not None
        if why is not None and not apart_in_logs:
            return "log10", why
        apart = apart or (why is not None and apart_in_logs)
    if apart:
        return "rank", said("scale_reason.apart")
    if heavy:
        return "rank", said("scale_reason.tail", share=tail, tail=TAIL)
    return "none", None


def _logarithm(
    logs: Frame, plain: Frame, weights: np.ndarray, *, tail: float, heavy: bool
) -> Said | None:
    """Why logarithms describe the runs better, or None; tail, heavy: what `choose` knows."""
    if tail_share(logs.means) >= tail_share(plain.means):
        return None
    told, growth = told_decades(logs, plain), noise_growth(_of_one(plain))
    if told >= DECADES:
        return said("scale_reason.spans", decades=told)
    if heavy and tail_share(logs.means, weights) < HEAVY:
        return said("scale_reason.tail", share=tail, tail=TAIL)
    if np.ptp(logs.objective) >= 1 and growth is not None and growth > GROWTH:
        return said("scale_reason.noise", growth=growth)
    return None


def heavy_where(frame: Frame, weights: np.ndarray) -> Literal["bad", "good"] | None:
    """On which side the few configurations lie that hold most of the sum of squares, if any do.

    weights: (n_configurations,) as `tail_share` takes them.
    "good" only if the bad side is not heavy by itself, and values lead up to the good ones: a few
    far from all others, with nothing between, are no small region but something else.
    """
    if tail_share(frame.means, weights) < HEAVY:
        return None
    quality = frame.sign * frame.means
    middle = float(np.median(quality))
    limit = middle + REACH * 1.4826 * float(np.median(np.abs(quality - middle)))
    by_itself = tail_share(np.minimum(quality, limit), weights) >= HEAVY
    return "bad" if by_itself or far_above(quality) is not None else "good"


def told_decades(logs: Frame, plain: Frame) -> float:
    """Decades that the values span, as far as even noise tells them from zero.

    logs: the runs on the log10 scale; plain: the same runs as they were measured.
    """
    low, high = float(np.quantile(logs.objective, LOWEST)), float(logs.objective.max())
    even = even_noise(_of_one(plain))
    if even is not None and even > 0:
        least = np.log10(TOLD * even) + np.log10(float(np.abs(plain.objective).max()))
        low = min(max(low, float(least)), high)
    return high - low


def even_noise(frame: Frame) -> float | None:
    """The noise's standard deviation, if replicates say that it is the same at all levels.

    They do where normal noise of one standard deviation is the likelier, by `EVEN`, than one in
    proportion to the level: of both the pooled estimate, over the same replicates. None otherwise,
    and with fewer than `LEAST_DF` degrees of freedom.
    """
    sums, dfs = replicate_squares(frame)
    known = (dfs > 0) & (frame.means > 0)
    df = float(dfs[known].sum())
    if df < LEAST_DF or not (sums[known] > 0).any():
        return None
    level = np.log(frame.means[known])
    even = float(sums[known].sum()) / df
    growing = float((sums[known] / np.exp(2 * level)).sum()) / df
    likelier = df / 2 * (np.log(growing) - np.log(even)) + float(dfs[known] @ level)
    return float(np.sqrt(even)) if likelier > EVEN else None


def _of_one(frame: Frame) -> Frame:
    """The frame in units of its largest value, where squares of any metric exist."""
    return replace(frame, objective=frame.objective / float(np.abs(frame.objective).max()))


def tail_share(values: np.ndarray, weights: np.ndarray | None = None) -> float:
    """Share of the sum of squares held by the 5 % of (n,) values farthest from the mean.

    weights: (n,) how much each counts, 1 on average; of the last within the 5 % a part may.
    """
    weights = np.ones(len(values)) if weights is None else weights
    unit = float(np.abs(values).max()) or 1.0  # of values near 1e200 the squares are infinite
    squares = (values / unit - np.average(values / unit, weights=weights)) ** 2
    farthest = np.argsort(-squares)
    weights, squares = weights[farthest], squares[farthest]
    room = max(1, round(TAIL * len(values))) - (np.cumsum(weights) - weights)
    held, total = np.clip(room, 0, weights) @ squares, weights @ squares
    return float(held / total) if total > 0 else 0.0


def noise_growth(frame: Frame) -> float | None:
    """Spearman's rank correlation of replicates' spread with their mean; None below 20 of them."""
    sums, dfs = replicate_squares(frame)
    known = dfs > 0
    if known.sum() < MIN_CONFIGURATIONS or np.ptp(sums[known]) == 0:
        return None
    return float(spearmanr(frame.means[known], sums[known] / dfs[known]).statistic)
