"""Settings in groups along one parameter, and how far failure rates differ between them."""

from __future__ import annotations

import numpy as np

from analysis.findings_parts import grouped, valued
from analysis.numerals import resolving, setting, telling
from analysis.space import NONE, Parameter

BINS = 5
MIN_PER_BIN = 4


def binned(column: np.ndarray, parameter: Parameter) -> tuple[np.ndarray, list[str]]:
    """(n,) group of each code, -1 where the parameter is inactive; and the groups' names.

    Levels are groups; numbers fall into fifths of equal counts (fewer where runs are few).
    """
    if not parameter.numeric:
        digits = telling(parameter.levels)
        levels = [setting(level, digits=digits) for level in parameter.levels]
        return grouped(column, parameter, n=BINS), levels
    here = valued(column)
    values = column[here]
    n_bins = int(np.clip(len(values) // MIN_PER_BIN, 1, BINS))
    groups = grouped(column, parameter, n=n_bins)
    groups[here] = np.unique(groups[here], return_inverse=True)[1]
    n_groups = int(groups[here].max(initial=-1)) + 1
    labels = [spanned(values[groups[here] == group], parameter) for group in range(n_groups)]
    if (column == NONE).any():
        groups[column == NONE] = len(labels)
        labels.append(setting(parameter.atom))
    return groups, labels


def spanned(codes: np.ndarray, parameter: Parameter) -> str:
    """What the values of an ordered axis reach from and to."""
    digits = telling(parameter.levels)
    if parameter.numeric:
        digits = resolving(parameter.domain, parameter.scale)
    ends = (parameter.decode(float(end)) for end in (codes.min(), codes.max()))
    low, high = (setting(end, digits=digits) for end in ends)
    return low if low == high else f"{low} … {high}"


def epsilon_squared(rates: np.ndarray, groups: np.ndarray) -> float:
    """Bias-corrected share of the variance of (n,) rates between groups; 0 to 1."""
    here = groups >= 0
    y, g = rates[here], groups[here]
    counts = np.bincount(g)
    k, n = int((counts > 0).sum()), len(y)
    total = float(((y - y.mean()) ** 2).sum()) if n else 0.0
    if k < 2 or n <= k or total == 0:
        return 0.0
    means = np.bincount(g, weights=y) / np.maximum(counts, 1)
    within = float(((y - means[g]) ** 2).sum())
    return max(0.0, 1 - within / (n - k) / (total / (n - 1)))
