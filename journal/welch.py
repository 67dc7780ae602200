"""Which means does no other exceed by more than Welch's allowance for the two?

Each mean has a squared standard error of its own, with degrees of freedom, and two of them differ
by chance by no more than t sqrt(e_i + e_j), where t has

    (e_i + e_j)^2 / (e_i^2 / df_i + e_j^2 / df_j)

degrees of freedom. Not every pair is looked at: of means whose errors lie close together it is
known how small an allowance can be at most, and the greatest of them mostly lies within it. Halves
of halves, sorted by error, make it n log n.

Welch, B. L. (1947). The generalization of Student's problem when several different population
variances are involved. Biometrika 34, eq. 28.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

from journal.student import t_quantile

_ROUNDING = 1e-8
"""By so much a bound is drawn back, so as to stay one however it was rounded."""


@dataclass(frozen=True, slots=True)
class Mean:
    """A mean, the greater the better; its squared standard error, with degrees of freedom."""

    value: float
    error: float
    df: float


def allowance(one: Mean, other: Mean, *, tail: float) -> float:
    """How far they lie apart with probability ``tail``, where the expectations are equal."""
    error = one.error + other.error
    if error == 0.0:
        return 0.0
    share = one.error / error
    df = 1 / (share**2 / one.df + (1 - share) ** 2 / other.df)
    return t_quantile(tail, float(f"{df:.3g}")) * math.sqrt(error)


def unexceeded(means: Sequence[Mean], tail: float) -> list[bool]:
    """For each of the means: is no other further above it than the allowance for the two?"""
    tree = _tree(sorted(means, key=lambda mean: (mean.error, mean.df)))
    return [not tree.exceeds(mean, tail) for mean in means]


@dataclass(frozen=True, slots=True)
class _Tree:
    """Means by their error, from ``low`` to ``high``; without halves they have all one error.

    ``top``: the greatest value, and the most degrees of freedom, which need not be one mean's.
    """

    low: float
    high: float
    top: Mean
    halves: tuple[_Tree, ...] = ()

    def exceeds(self, mean: Mean, tail: float) -> bool:
        """Does one of them exceed this mean by more than its allowance?"""
        ahead = self.top.value - mean.value
        if not self.halves:
            return ahead > 0 and ahead > allowance(mean, self.top, tail=tail)
        if ahead <= self._least(mean, tail):
            return False
        return any(half.exceeds(mean, tail) for half in self.halves)

    def _least(self, mean: Mean, tail: float) -> float:
        """No allowance is smaller: the smallest error, the t of the most degrees of freedom."""
        if mean.error + self.low == 0.0:
            return 0.0
        most = min(max(mean.error * self.top.df / mean.df, self.low), self.high)
        share = mean.error / (mean.error + most)
        df = (1 + _ROUNDING) / (share**2 / mean.df + (1 - share) ** 2 / self.top.df)
        t = t_quantile(tail, float(f"{df:.3g}"))
        return (1 - _ROUNDING) * t * math.sqrt(mean.error + self.low)


def _tree(means: Sequence[Mean]) -> _Tree:
    """Of means sorted by error and degrees of freedom."""
    first, last = means[0], means[-1]
    if (first.error, first.df) == (last.error, last.df):
        value = max(mean.value for mean in means)
        return _Tree(first.error, first.error, Mean(value, first.error, first.df))
    middle = len(means) // 2
    halves = _tree(means[:middle]), _tree(means[middle:])
    value, df = (max(getattr(half.top, name) for half in halves) for name in ("value", "df"))
    return _Tree(first.error, last.error, Mean(value, last.error, df), halves)
