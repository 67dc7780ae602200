"""Do runs fail where two parameters meet, far more than where either alone is as it is there?

A learning rate above .03 without clipping: told of each alone, 17 of 17 become a third of each.
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import combinations

import numpy as np
from scipy.stats import hypergeom

from analysis.failure_groups import binned, spanned
from analysis.findings_parts import valued
from analysis.frame import Frame
from analysis.results_runs import FailureCorner

MOST_NAMES = 5
"""Parameters, those on which failures depend most, of which every two are looked at."""
LEAST = 4
"""Configurations in the corner, and beside it along either parameter."""
FAILING = 0.5
"""Share that fails there, at least."""
LEVEL = 0.01
CUTS = 20
"""Parts of equal counts between which an order is cut."""

Part = tuple[str, np.ndarray]
"""A setting or range as text, and (n_runs,) bool, which runs lie in it."""


def corner(yes_no: Frame, names: Sequence[str]) -> FailureCorner | None:
    """Where two of these parameters make runs fail together; None where no two do.

    yes_no: a frame whose objective is 1 for a failed run and 0 for one that was used; names: those
    on which failures depend, most first. Of each two, every group of the one with every group of
    the other (`failure_groups`), and all on one side of a cut in an order. Configurations fail more
    often there than where either parameter is as it is there and the other is not: Fisher's exact
    test (1935) of each, the larger p, times the number of corners that were looked at.
    """
    parts = {name: _parts(yes_no, name) for name in names[:MOST_NAMES]}
    first = yes_no.first_rows
    inside = {name: np.array([runs[first] for _, runs in own]) for name, own in parts.items()}
    fails = (yes_no.means > FAILING).astype(float)
    pairs = list(combinations(parts, 2))
    p = [_exact(inside[a].astype(float), inside[b].astype(float), fails) for a, b in pairs]
    looked_at = sum(int(np.isfinite(of_pair).sum()) for of_pair in p)
    if not looked_at:
        return None
    least = [float(np.nanmin(of_pair, initial=1.0)) for of_pair in p]
    place = int(np.argmin(least))
    if least[place] * looked_at > LEVEL:
        return None
    (a, b), of_pair = pairs[place], p[place]
    row, column = np.unravel_index(int(np.nanargmin(of_pair)), of_pair.shape)
    (at_a, in_a), (at_b, in_b) = parts[a][row], parts[b][column]
    there = in_a & in_b
    return FailureCorner(
        parameters=((a, at_a), (b, at_b)),
        failed=int(yes_no.objective[there].sum()),
        runs=int(there.sum()),
    )


def _exact(left: np.ndarray, right: np.ndarray, fails: np.ndarray) -> np.ndarray:
    """(n_left, n_right) P of as many failures in every corner; NaN of what is not looked at.

    left, right: (n, n_configurations) which lie in the parts of two parameters; fails: 0 or 1.
    """
    n, failed = left @ right.T, (left * fails) @ right.T
    p = []
    for whole, of_them in (
        (left.sum(axis=1)[:, None], (left @ fails)[:, None]),
        (right.sum(axis=1)[None], (right @ fails)[None]),
    ):
        enough = (n >= LEAST) & (whole - n >= LEAST) & (failed >= FAILING * n)
        p.append(np.where(enough, hypergeom.sf(failed - 1, whole, of_them, n), np.nan))
    return np.asarray(np.maximum(*p))


def _parts(yes_no: Frame, name: str) -> list[Part]:
    """Every group of a parameter, and what lies on either side of a cut in an order."""
    parameter, column = yes_no.space[name], yes_no.codes[:, yes_no.space.index(name)]
    groups, labels = binned(column, parameter)
    parts = [(label, groups == group) for group, label in enumerate(labels)]
    if not parameter.ordered:
        return parts
    there = valued(column)
    if None in parameter.levels:
        there &= column != parameter.levels.index(None)
    for cut in np.unique(np.quantile(column[there], np.arange(1, CUTS) / CUTS, method="nearest")):
        for side in (column < cut, column >= cut):
            inside = there & side
            if inside.any():
                parts.append((spanned(column[inside], parameter), inside))
    return parts
