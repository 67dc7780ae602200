"""Student's t and Fisher's F, where the package names no scientific library.

Both are the regularized incomplete beta function I_x(a, b), here by its continued fraction:
Press et al., Numerical Recipes, section 6.4; DLMF 8.17.22.
"""

from __future__ import annotations

import math
from functools import lru_cache

_TINY = 1e-300


def f_tail(value: float, above: float, *, below: float) -> float:
    """P(F > value) with so many degrees of freedom above and below the line."""
    if math.isinf(below):
        below = 1e9
    return _beta(below / (below + above * value), below / 2, above / 2)


@lru_cache(maxsize=4096)
def t_quantile(tail: float, df: float) -> float:
    """The t that is exceeded with probability ``tail`` (below one half)."""
    low, high = 0.0, 1.0
    while _t_tail(high, df) > tail:
        low, high = high, 2 * high
    while high - low > 1e-9 * high:
        middle = (low + high) / 2
        if _t_tail(middle, df) > tail:
            low = middle
        else:
            high = middle
    return high


def _t_tail(t: float, df: float) -> float:
    return f_tail(t * t, 1.0, below=df) / 2


def _beta(x: float, a: float, b: float) -> float:
    """I_x(a, b)."""
    if x <= 0.0 or x >= 1.0:
        return min(max(x, 0.0), 1.0)
    logs = math.lgamma(a + b) - math.lgamma(a) - math.lgamma(b)
    front = math.exp(logs + a * math.log(x) + b * math.log1p(-x))
    if x < (a + 1) / (a + b + 2):
        return front * _fraction(x, a, b) / a
    return 1.0 - front * _fraction(1.0 - x, b, a) / b


def _fraction(x: float, a: float, b: float) -> float:
    """The continued fraction, by Lentz's method."""
    c, d = 1.0, 1.0 / _away_from_zero(1.0 - (a + b) * x / (a + 1))
    value = d
    for m in range(1, 10_000):
        even = m * (b - m) * x / ((a + 2 * m - 1) * (a + 2 * m))
        odd = -(a + m) * (a + b + m) * x / ((a + 2 * m) * (a + 2 * m + 1))
        step = 1.0
        for term in (even, odd):
            d = 1.0 / _away_from_zero(1.0 + term * d)
            c = _away_from_zero(1.0 + term / c)
            step = c * d
            value *= step
        if abs(step - 1.0) < 1e-14:
            break
    return value


def _away_from_zero(value: float) -> float:
    return value if abs(value) > _TINY else _TINY
