"""How closely are two parameters tied in these runs?

For axes with an order, the larger of Pearson's |r| on the parameter's own scale and Spearman's |ρ|;
for two level axes, Cramér's V; for levels against numbers, the correlation ratio η. V and η are
corrected for the bias that many levels and few runs give them (Bergsma 2013, J. Korean Stat. Soc.
42, eq. 5; ε² of Kelley 1935), so independent parameters come out near 0, not near √((L-1)/n).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

# The laws of scipy.stats, at a tenth of the time.
from scipy.special import chdtrc, fdtrc, gammaincc, stdtr

from analysis.space import NONE, Parameter

MIN_ROWS = 5
SPARSE = 0.2
"""Chi-square holds where every cell expects one, and but so many of them less than five (Cochran
1954, Biometrics 10, 417)."""


@dataclass(frozen=True)
class Association:
    """strength: 0 (independent) to 1 (one settles the other); p: of no association."""

    strength: float
    p: float
    n: int


def associate(
    left: np.ndarray, right: np.ndarray, *, axes: tuple[Parameter, Parameter]
) -> Association | None:
    """The tie between two columns of codes (n,), over the rows where both parameters have a value.

    None with fewer than `MIN_ROWS` such rows, or where either does not vary there.
    """
    both = _present(left, axes[0]) & _present(right, axes[1])
    left, right = left[both], right[both]
    if len(left) < MIN_ROWS or np.ptp(left) == 0 or np.ptp(right) == 0:
        return None
    ordered = [_ordered(axis) for axis in axes]
    found = []
    if all(ordered):
        found.append(_correlation(left, right))
    if not axes[0].numeric and not axes[1].numeric:
        found.append(cramers_v(left.astype(int), right.astype(int)))
    elif not all(ordered):
        levels, numbers = (right, left) if ordered[0] else (left, right)
        found.append(correlation_ratio(levels.astype(int), ranks(numbers)))
    return max(found, key=lambda item: item.strength)


def _present(codes: np.ndarray, axis: Parameter) -> np.ndarray:
    return np.asarray(~np.isnan(codes) & ((codes != NONE) | (not axis.numeric)))


def _ordered(axis: Parameter) -> bool:
    return axis.numeric or (axis.kind in ("ordinal", "boolean") and None not in axis.levels)


def _correlation(left: np.ndarray, right: np.ndarray) -> Association:
    pearson = abs(_pearson(left, right))
    spearman = abs(_pearson(ranks(left), ranks(right)))
    r, n = min(max(pearson, spearman), 1.0), len(left)
    statistic = r * np.sqrt((n - 2) / max(1 - r * r, 1e-15))
    return Association(r, min(1.0, 2 * float(2 * stdtr(n - 2, -statistic))), n)


def _pearson(left: np.ndarray, right: np.ndarray) -> float:
    left, right = left - left.mean(), right - right.mean()
    return float(left @ right / np.sqrt((left @ left) * (right @ right)))


def ranks(values: np.ndarray) -> np.ndarray:
    """(n,) ranks from 0, ties at their mean."""
    _, inverse, counts = np.unique(values, return_inverse=True, return_counts=True)
    return np.asarray((np.cumsum(counts) - (counts + 1) / 2)[inverse])


def cramers_v(left: np.ndarray, right: np.ndarray) -> Association:
    """Bias-corrected Cramér's V of two columns of level codes (n,) int; 1 if one settles the other.

    A pair in which each level settles the other exactly has V = 1 whatever the number of runs.
    """
    left, right = _dense(left), _dense(right)
    n, rows, columns = len(left), int(left.max()) + 1, int(right.max()) + 1
    table = np.bincount(left * columns + right, minlength=rows * columns).reshape(rows, columns)
    expected = np.outer(table.sum(1), table.sum(0)) / n
    statistic = float(((table - expected) ** 2 / expected).sum())
    p = _p_of(statistic, expected, margins=(table.sum(1), table.sum(0)))
    if rows == columns == int((table > 0).sum()):
        return Association(1.0, p, n)
    phi2 = max(0.0, statistic / n - (rows - 1) * (columns - 1) / (n - 1))
    smaller = min(rows - (rows - 1) ** 2 / (n - 1), columns - (columns - 1) ** 2 / (n - 1)) - 1
    strength = min(1.0, float(np.sqrt(phi2 / smaller))) if smaller > 0 else 0.0
    return Association(strength, p, n)


def _p_of(
    statistic: float, expected: np.ndarray, *, margins: tuple[np.ndarray, np.ndarray]
) -> float:
    """P of Pearson's statistic by chi-square, or by a gamma where cells expect too little for that.

    Of levels run once each the statistic scatters far more than chi-square: one coincidence counts
    n. Its mean and variance among all tables with these margins are known (Haldane 1940).
    """
    n, (rows, columns) = float(margins[0].sum()), expected.shape
    if expected.min() >= 1 and (expected < 5).mean() <= SPARSE:
        return float(chdtrc((rows - 1) * (columns - 1), statistic))
    spread = [(len(m) - 1) * (n - len(m)) / (n - 1) for m in margins]
    uneven = [((n / m).sum() - len(m) ** 2) / (n - 2) for m in margins]
    mean = n * (rows - 1) * (columns - 1) / (n - 1)
    variance = 2 * n / (n - 3) * (spread[0] - uneven[0]) * (spread[1] - uneven[1])
    variance += n**2 / (n - 1) * uneven[0] * uneven[1]
    if variance <= 1e-12 * mean**2:  # every table with these margins is as far from even
        return 1.0
    return float(gammaincc(mean**2 / variance, statistic * mean / variance))


def correlation_ratio(levels: np.ndarray, numbers: np.ndarray) -> Association:
    """Bias-corrected η of (n,) numbers given (n,) level codes: the root of ε²; p of the F test."""
    levels = _dense(levels)
    n, k = len(levels), int(levels.max()) + 1
    if n <= k:
        return Association(0.0, 1.0, n)
    counts = np.bincount(levels)
    means = np.bincount(levels, weights=numbers) / counts
    within = float(((numbers - means[levels]) ** 2).sum())
    total = float(((numbers - numbers.mean()) ** 2).sum())
    if within <= 1e-12 * total:
        return Association(1.0, 0.0, n)
    ratio = (total - within) / (k - 1) / (within / (n - k))
    epsilon2 = 1 - (within / (n - k)) / (total / (n - 1))
    return Association(float(np.sqrt(max(epsilon2, 0.0))), float(fdtrc(k - 1, n - k, ratio)), n)


def _dense(codes: np.ndarray) -> np.ndarray:
    return np.asarray(np.unique(codes, return_inverse=True)[1])
