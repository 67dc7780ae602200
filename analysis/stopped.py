"""Were runs stopped by lot, or where a pruner, a person or a time limit saw no use in them?

Runs that were stopped have no result and are left out. Where they lie elsewhere than the others,
those are no sample of what was searched: the bad end of a learning rate is missing, and how much it
matters seems less than it is (selection on the outcome; Heckman 1979, Econometrica 47:153).
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from scipy.stats import hypergeom, ks_2samp

from analysis.inference import Inference
from analysis.results import Finding, Scalar
from analysis.runs import Runs
from analysis.sentences import finding
from analysis.space import Parameter, factorize, numbers_of
from analysis.steps import nearly_all

STOPPED = ("killed", "interrupted")
FEWEST = 5
"""Runs of either kind below which nothing is compared."""
FEW = 0.25
"""Share of the runs below which those that were stopped leave the others as they are."""
PARTS = 5
NOWHERE = -1
"""The step that a run without steps has reached."""
CHANCE = 0.002
"""Of naming a parameter although runs were stopped by lot, over all parameters."""


def stopped(runs: Runs, reasons: Sequence[str | None], *, inference: Inference) -> list[Finding]:
    """Names the parameters on which it depends whether a run was stopped.

    reasons: per run, None if it is used. Each parameter alone: levels by how many of the runs at
    each were stopped, numbers so by fifths and their special value (what is stopped at both ends
    moves no distribution far), and by Kolmogorov and Smirnov's test.
    """
    rows, ended = _compared(reasons)
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
    reached = runs.reached[rows] if len(runs.reached) else np.full(len(rows), np.nan)
    step = nearly_all(np.nan_to_num(reached, nan=NOWHERE).tolist())
    return [
        finding(
            "stopped.step" if step > NOWHERE else "stopped",
            *names,
            n=int((~ended).sum()),
            runs=len(rows),
            names=tuple(names),
            metric=runs.metric,
            step=step,
        )
    ]


def thinned_out(order: np.ndarray, reasons: Sequence[str | None]) -> bool:
    """Whether runs were stopped at some times more than at others, and not just a few.

    order: (n_runs,) when each was run. As by brackets of hyperband one after the other, of which
    the first stops most: what is left of one time is then chosen by its results, of another not.
    """
    rows, ended = _compared(reasons)
    when = order[rows]
    if ended.sum() < FEWEST or (~ended).sum() < max(FEWEST, FEW * len(ended)):
        return False
    return float(ks_2samp(when[ended], when[~ended], method="asymp").pvalue) < CHANCE


def _compared(reasons: Sequence[str | None]) -> tuple[list[int], np.ndarray]:
    """The runs that were used or stopped, and (n,) bool which of them were used."""
    rows = [k for k, reason in enumerate(reasons) if reason is None or reason in STOPPED]
    return rows, np.array([reasons[k] is None for k in rows], dtype=bool)


def _apart(column: Sequence[Scalar], ended: np.ndarray, *, parameter: Parameter) -> float:
    """P of values as unlike as these between the runs that ended and those that were stopped."""
    if not parameter.numeric:
        return _uneven(factorize(column)[0], ended)
    numbers = numbers_of(column)
    known = np.isfinite(numbers)
    cuts = np.quantile(numbers[known], np.arange(1, PARTS) / PARTS)
    groups = np.where(known, np.searchsorted(cuts, numbers, side="right"), PARTS)
    here = known | (parameter.none_share > 0)  # else who has no number did not record it
    left, gone = numbers[known & ended], numbers[known & ~ended]
    enough = min(len(left), len(gone)) >= FEWEST
    moved = float(ks_2samp(left, gone, method="asymp").pvalue) if enough else 1.0
    return min(1.0, 2 * min(moved, _uneven(groups[here], ended[here])))


def _uneven(groups: np.ndarray, ended: np.ndarray) -> float:
    """P of a group of (n,) with so many or so few of the stopped runs, over all groups.

    Exact, as a table of rare levels and few stopped runs has no chi-square distribution.
    """
    used = np.unique(groups, return_inverse=True)[1]
    sizes, gone = np.bincount(used), np.bincount(used, ~ended).astype(int)
    lot = hypergeom(len(used), int(gone.sum()), sizes)
    tails = np.minimum(lot.cdf(gone), lot.sf(gone - 1))
    return min(1.0, 2 * len(sizes) * float(tails.min()))
