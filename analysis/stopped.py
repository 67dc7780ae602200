"""Were runs stopped by lot, or where a pruner, a person or a time limit saw no use in them?

Runs that were stopped have no result and are left out. Where they lie elsewhere than the others,
those are no sample of what was searched: the bad end of a learning rate is missing, and how much it
matters seems less than it is (selection on the outcome; Heckman 1979, Econometrica 47:153).
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from scipy.stats import chi2_contingency, ks_2samp

from analysis.inference import Inference
from analysis.results import Finding, Scalar
from analysis.runs import Runs
from analysis.sentences import finding
from analysis.space import Parameter, factorize, numbers_of

STOPPED = ("killed", "interrupted")
FEWEST = 5
"""Runs of either kind below which nothing is compared."""
PARTS = 5
CHANCE = 0.002
"""Of naming a parameter although runs were stopped by lot, over all parameters."""


def stopped(runs: Runs, reasons: Sequence[str | None], *, inference: Inference) -> list[Finding]:
    """Names the parameters on which it depends whether a run was stopped.

    reasons: per run, None if it is used. Each parameter alone, by Kolmogorov and Smirnov's test
    and chi-square of fifths (what is stopped at both ends moves no distribution far) for numbers,
    chi-square for levels.
    """
    rows = [k for k, reason in enumerate(reasons) if reason is None or reason in STOPPED]
    ended = np.array([reasons[k] is None for k in rows], dtype=bool)
    if min(ended.sum(), (~ended).sum()) < FEWEST:
        return []
    asked = [p for p in inference.studied if p.condition is None]
    names = [
        p.name
        for p in asked
        if _apart([runs.columns[p.name][k] for k in rows], ended, parameter=p) * len(asked) < CHANCE
    ]
    if not names:
        return []
    n = int((~ended).sum())
    return [finding("stopped", *names, n=n, runs=len(rows), names=tuple(names), metric=runs.metric)]


def _apart(column: Sequence[Scalar], ended: np.ndarray, *, parameter: Parameter) -> float:
    """P of values as unlike as these between the runs that ended and those that were stopped."""
    if not parameter.numeric:
        return _uneven(factorize(column)[0], ended)
    numbers = numbers_of(column)
    known = np.isfinite(numbers)
    numbers, ended = numbers[known], ended[known]
    if min(ended.sum(), (~ended).sum()) < FEWEST:
        return 1.0
    moved = float(ks_2samp(numbers[ended], numbers[~ended], method="asymp").pvalue)
    cuts = np.quantile(numbers, np.arange(1, PARTS) / PARTS)
    return min(1.0, 2 * min(moved, _uneven(np.searchsorted(cuts, numbers, side="right"), ended)))


def _uneven(groups: np.ndarray, ended: np.ndarray) -> float:
    """P of as uneven parts of stopped runs in (n,) groups."""
    used = np.unique(groups, return_inverse=True)[1]
    table = np.array(
        [np.bincount(used[kind], minlength=used.max() + 1) for kind in (ended, ~ended)]
    )
    return float(chi2_contingency(table).pvalue) if table.shape[1] > 1 else 1.0
