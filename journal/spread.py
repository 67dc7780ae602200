"""How far does each configuration scatter, when it was run only two or three times?

Neither answer at hand will do. Its own variance rests on one or two degrees of freedom; one
variance for all is wrong where some configurations are noisier than others. Between the two:
variances are taken to come from a scaled inverse chi-squared distribution with d0 degrees of
freedom and scale s0^2, both estimated from how the observed variances differ, and each
configuration's variance is the mean of its own and s0^2, weighted by their degrees of freedom,

    (d0 s0^2 + d_i s_i^2) / (d0 + d_i),    with d0 + d_i degrees of freedom.

Where the variances differ no more than chance makes them, d0 is infinite and there is one variance
for all. One so large that the distribution does not explain it (F test, 5 % for all together)
stands alone, with its own degrees of freedom.

Smyth, G. K. (2004). Linear models and empirical Bayes methods for assessing differential expression
in microarray experiments. Stat. Appl. Genet. Mol. Biol. 3(1), section 6.2 (the estimates). Phipson,
B. et al. (2016). Robust hyperparameter estimation protects against hypervariable genes. Ann. Appl.
Stat. 10, 946 (variances that stand alone).
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

from journal.student import f_tail

_VARIANCES_AT_LEAST = 3
"""Fewer than this do not say how variances differ."""
_OUTLYING = 0.05


@dataclass(frozen=True, slots=True)
class Spread:
    """A variance with its degrees of freedom. With df 0, nothing was observed."""

    variance: float
    df: float


def moderated(
    observed: Sequence[Spread], typical: Sequence[Spread], *, pooled: Spread
) -> list[Spread]:
    """The spread of each of the observed; ``pooled`` itself for all where they are alike.

    typical: those from which d0 and s0² are estimated. Those of df 0 get s0² and d0.
    """
    prior = _prior([spread for spread in typical if spread.df and spread.variance > 0])
    if prior is None:
        prior = pooled
    shares = sum(spread.df > 0 for spread in observed)
    return [_moderate(spread, prior, pooled, shares) for spread in observed]


def _moderate(own: Spread, prior: Spread, pooled: Spread, shares: int) -> Spread:
    if own.df and prior.variance > 0:
        chance = f_tail(own.variance / prior.variance, own.df, below=prior.df)
        if chance < _OUTLYING / shares:
            return own
    if prior is pooled:
        return pooled
    df = prior.df + own.df
    return Spread((prior.df * prior.variance + own.df * own.variance) / df, df)


def _prior(told: Sequence[Spread]) -> Spread | None:
    """s0² with d0; None where the variances differ no more than by chance, or are too few."""
    if len(told) < _VARIANCES_AT_LEAST:
        return None
    logs = [
        math.log(spread.variance) - digamma(spread.df / 2) + math.log(spread.df / 2)
        for spread in told
    ]
    mean = math.fsum(logs) / len(logs)
    chance = math.fsum(trigamma(spread.df / 2) for spread in told) / len(told)
    excess = math.fsum((log - mean) ** 2 for log in logs) / (len(logs) - 1) - chance
    if excess <= 0:
        return None
    half = inverse_trigamma(excess)
    return Spread(math.exp(mean + digamma(half) - math.log(half)), 2 * half)


def digamma(x: float) -> float:
    """The logarithmic derivative of the gamma function. DLMF 5.5.2, 5.11.2."""
    below = 0.0
    while x < 8:
        below -= 1 / x
        x += 1
    f = 1 / (x * x)
    return below + math.log(x) - 0.5 / x - f * (1 / 12 - f * (1 / 120 - f / 252))


def trigamma(x: float) -> float:
    """Its derivative. DLMF 5.15.5, 5.15.8."""
    below = 0.0
    while x < 8:
        below += 1 / (x * x)
        x += 1
    f = 1 / (x * x)
    return below + 1 / x + f / 2 + f / x * (1 / 6 - f * (1 / 30 - f / 42))


def inverse_trigamma(value: float) -> float:
    """The x, between 1e-3 and 1e6, whose trigamma this is."""
    low, high = 1e-3, 1e6
    while high / low > 1 + 1e-12:
        middle = math.sqrt(low * high)
        if trigamma(middle) > value:
            low = middle
        else:
            high = middle
    return low
