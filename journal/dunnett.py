"""How far below the best may a mean lie and still be the best? Dunnett's critical value.

With k means, each of n_i values with one common spread, the one with the greatest expectation is
among those that no other exceeds by more than d standard errors of their difference, with
probability ``confidence`` at least, when

    P(max_j T_j <= d) = confidence,    T_j = (Z_j sqrt(1 - l_j^2) + l_j Z_0) / (S / sigma),

l_j = sqrt(n_j / (n_0 + n_j)) and df S^2 / sigma^2 chi-squared. Both integrals are taken by the
trapezoidal rule, which is exact to many digits for these smooth integrands.

Gupta, S. S. (1965). On some multiple decision (selection and ranking) rules. Technometrics 7, eq. 7
(the subset). Dunnett, C. W. (1955). A multiple comparison procedure for comparing several
treatments with a control. JASA 50, eq. 1 (the distribution).
"""

from __future__ import annotations

import functools
import math
from collections.abc import Mapping, Sequence

_POINTS = 48
_NORMAL = 6.5
"""Beyond so many standard deviations there is nothing."""
_ROOT2 = math.sqrt(2)


def critical_value(
    n: int, others: Mapping[int, int], *, df: float, confidence: float = 0.95
) -> float:
    """One-sided d for a mean of ``n`` values against others: {values in the mean: how many such}.

    ``df`` is the degrees of freedom of the common spread; infinite where the spread is known.
    """
    return _solve(n, tuple(sorted(others.items())), df, confidence) if others else 0.0


@functools.lru_cache(maxsize=1024)
def _solve(n: int, others: tuple[tuple[int, int], ...], df: float, confidence: float) -> float:
    spreads = _chi(df)

    def excess(d: float) -> float:
        return _probability(d, n, others, spreads) - confidence

    low, high = 0.0, 3.0
    below, above = excess(low), excess(high)
    while above < 0:
        low, below, high = high, above, 2 * high
        above = excess(high)
    while high - low > 1e-6 and above > 1e-7:
        d = high - above * (high - low) / (above - below)
        found = excess(d)
        if found < 0:
            low, below, above = d, found, above / 2  # Illinois: neither end stays for good
        else:
            high, above, below = d, found, below / 2
    return high


def _probability(
    d: float, n: int, others: Sequence[tuple[int, int]], spreads: list[tuple[float, float]]
) -> float:
    """P(max_j T_j <= d)."""
    terms = []
    for m, count in others:
        share = m / (n + m)
        scale = _ROOT2 * math.sqrt(1 - share)
        terms.append((math.sqrt(share) / scale, 1 / scale, count))
    step = 2 * _NORMAL / _POINTS
    total = 0.0
    for place in range(_POINTS + 1):
        z = place * step - _NORMAL
        weight = math.exp(-z * z / 2) * step / math.sqrt(2 * math.pi)
        for spread, share_of_spread in spreads:
            inside = 0.0
            for slope, scale, count in terms:
                below = math.erfc(-(slope * z + scale * d * spread)) / 2
                if below <= 0.0:
                    inside = -math.inf
                    break
                inside += count * math.log(below)
            total += weight * share_of_spread * math.exp(inside)
    return total


def _chi(df: float) -> list[tuple[float, float]]:
    """S / sigma at points, with their probabilities (which sum to 1)."""
    if df > 2000:
        return [(1.0, 1.0)]
    wide = 5.5 / math.sqrt(2 * df)
    low, high = max(1e-4, 1 - wide), 1 + wide + 2 / df
    step = (high - low) / _POINTS
    points = [low + place * step for place in range(_POINTS + 1)]
    # In logarithms: the density's constant underflows for large df, and cancels in the sum.
    logs = [(df - 1) * math.log(s) - df * (s * s - 1) / 2 for s in points]
    top = max(logs)
    weights = [math.exp(value - top) for value in logs]
    whole = sum(weights)
    return [(s, weight / whole) for s, weight in zip(points, weights, strict=True)]
