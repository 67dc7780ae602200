"""Which numbers count the runs as they were made, and are no settings?

The number that a script or a tracker gives each run (`trial`, `job`), recorded beside its settings.
Studied, it takes the credit for whatever changed with time, makes a configuration of every
repetition, and is planned like a setting.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence

import numpy as np
from scipy.stats import spearmanr

from analysis.results import Scalar
from analysis.space import group_rows, numbers_of

MANY = 20
"""At most so many different numbers count nothing."""
DENSE = 0.5
"""Runs that failed leave gaps in the count, up to this part of it."""
IN_ORDER = 0.99
"""Rank correlation with time; runs side by side may start out of turn."""
WITH_TIME = 0.9
"""Another parameter that moves with time so far is swept, as a count could be, and says nothing."""
VARIED = 10
"""Settings of the others; with fewer the number may be what was swept."""

Coded = tuple[np.ndarray, Sequence[Scalar]]


def counters(
    coded: Mapping[str, Coded],
    *,
    studied: Sequence[str],
    said: Collection[str],
    time: np.ndarray,
) -> list[str]:
    """Integers, many and one after the other as time went on, each with one setting of the others.

    coded: name -> the values as `factorize` gives them. said: those of which something was
    declared, which count nothing. time: (n_runs,) when each was run.
    """
    rising = [name for name in studied if name not in said and _counts_up(coded[name], time)]
    if not rising:
        return []
    others = [coded[name][0] for name in studied if not _swept(coded[name], time)]
    if group_rows(others, len(time)).max() + 1 <= VARIED:
        return []
    return [
        name
        for name in rising
        if group_rows([coded[name][0], *others], len(time)).max() + 1 == len(coded[name][1])
    ]


def _counts_up(coded: Coded, time: np.ndarray) -> bool:
    codes, distinct = coded
    if len(distinct) <= MANY:
        return False
    numbers = numbers_of(distinct)
    if not np.isfinite(numbers).all() or (numbers % 1 != 0).any():
        return False
    first = np.full(len(numbers), np.inf)
    np.minimum.at(first, codes, time)
    dense = np.ptp(numbers) + 1 <= len(numbers) / DENSE
    return bool(dense) and _follows(numbers, first) >= IN_ORDER


def _swept(coded: Coded, time: np.ndarray) -> bool:
    """Whether a number moves with time, as one that counts does itself."""
    codes, distinct = coded
    numbers = numbers_of(distinct)[codes]
    return bool(np.isfinite(numbers).all()) and abs(_follows(numbers, time)) > WITH_TIME


def _follows(numbers: np.ndarray, time: np.ndarray) -> float:
    if np.ptp(numbers) == 0 or np.ptp(time) == 0:
        return 0.0
    return float(spearmanr(numbers, time).statistic)
