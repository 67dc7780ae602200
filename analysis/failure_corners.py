"""Do runs fail where two parameters meet, far more than where either alone is as it is there?

A learning rate above .03 without clipping: told of each alone, 17 of 17 become a third of each.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations

import numpy as np
from scipy.special import xlogy
from scipy.stats import hypergeom

from analysis.failure_groups import binned, spanned
from analysis.findings_parts import valued
from analysis.frame import Frame
from analysis.results_runs import FailureCorner

MOST = 3
"""Corners that are told."""
MOST_NAMES = 5
"""Parameters, those on which failures depend most, of which every two are looked at."""
MOST_ROWS = 4000
"""Configurations that are counted, evenly out of all."""
LEAST = 4
"""Configurations in the corner, and beside it along either parameter."""
FAILING = 0.5
"""Share that fails there, at least."""
LEVEL = 0.01
CUTS = 20
"""Parts of equal counts between which an order is cut."""

Part = tuple[str, np.ndarray]
"""A setting or range as text, and (n_runs,) bool, which runs lie in it."""


@dataclass(frozen=True, eq=False)
class _Tables:
    """Of every corner of two parameters: failed and all configurations in it and beside it.

    failed, n: (n_left, n_right) in the corner; beside: the same along the one and the other.
    """

    failed: np.ndarray
    n: np.ndarray
    beside: tuple[tuple[np.ndarray, np.ndarray], ...]

    @classmethod
    def of(cls, left: np.ndarray, right: np.ndarray, fails: np.ndarray) -> _Tables:
        """left, right: (n, n_configurations) which lie in the parts; fails: 0 or 1."""
        n, failed = left @ right.T, (left * fails) @ right.T
        along = ((left @ fails)[:, None] - failed, left.sum(axis=1)[:, None] - n)
        across = ((right @ fails)[None] - failed, right.sum(axis=1)[None] - n)
        return cls(failed, n, (along, across))

    @property
    def looked_at(self) -> np.ndarray:
        """(n_left, n_right) bool: enough lie in the corner and beside it, and there they fail."""
        enough = [self.n >= LEAST, self.failed >= FAILING * self.n]
        enough += [n >= LEAST for _, n in self.beside]
        return np.asarray(np.logical_and.reduce(enough))

    @property
    def clear(self) -> np.ndarray:
        """(n_left, n_right) how clearly more fail there: the smaller log likelihood ratio."""
        ratios = [_ratio(self.failed, self.n, failed, n) for failed, n in self.beside]
        return np.where(self.looked_at, np.minimum(*ratios), -1.0)

    def p(self, place: tuple[int, int]) -> float:
        """Fisher's exact test of one corner: the larger p."""
        inside, n = self.failed[place], self.n[place]
        return max(
            float(hypergeom.sf(inside - 1, n + whole[place], inside + failed[place], n))
            for failed, whole in self.beside
        )


def corners(yes_no: Frame, names: Sequence[str]) -> tuple[FailureCorner, ...]:
    """Where two of these parameters make runs fail together, the clearest first; at most three.

    yes_no: a frame whose objective is 1 for a failed run and 0 for one that was used; names: those
    on which failures depend, most first. Of each two, every group of the one with every group of
    the other (`failure_groups`), and all on one side of a cut in an order. Configurations fail more
    often there than where either parameter is as it is there and the other is not: the corner with
    the largest likelihood ratio (of two, the smaller) is told if Fisher's exact test (1935) agrees:
    the larger p, times the number of corners that were looked at. Then the next one, of the runs
    that lie outside.
    """
    parts = {name: _parts(yes_no, name) for name in names[:MOST_NAMES]}
    pairs = list(combinations(parts, 2))
    outside, found = np.ones(yes_no.n_runs, dtype=bool), list[FailureCorner]()
    while len(found) < MOST and (both := _clearest(yes_no, parts, pairs, outside)):
        there = both[0][2] & both[1][2]
        outside &= ~there
        pairs.remove((both[0][0], both[1][0]))  # what is left of it is no corner of its own
        told = tuple((name, label) for name, label, _ in both)
        failed, runs = int(yes_no.objective[there].sum()), int(there.sum())
        found.append(FailureCorner(parameters=told, failed=failed, runs=runs))
    return tuple(found)


def _clearest(
    yes_no: Frame,
    parts: Mapping[str, list[Part]],
    pairs: Sequence[tuple[str, str]],
    outside: np.ndarray,
) -> list[tuple[str, str, np.ndarray]]:
    """(name, setting or range, (n_runs,) which runs lie in it) of both; none where none is clear.

    outside: (n_runs,) the runs that count.
    """
    kept = np.flatnonzero(outside[yes_no.first_rows])
    some = kept[np.unique(np.linspace(0, len(kept) - 1, MOST_ROWS).astype(int))]
    fails = (yes_no.means[some] > FAILING).astype(float)
    inside = {
        name: np.array([runs[yes_no.first_rows[some]] for _, runs in own], dtype=float)
        for name, own in parts.items()
        if own  # of a parameter without a value there is none
    }
    found, looked_at = [], 0
    for a, b in pairs:
        if a in inside and b in inside:
            tables = _Tables.of(inside[a], inside[b], fails)
            looked_at, clear = looked_at + int(tables.looked_at.sum()), tables.clear
            at = divmod(int(np.argmax(clear)), len(parts[b]))
            one, other = (a, *parts[a][at[0]]), (b, *parts[b][at[1]])
            found.append((float(clear[at]), tables.p(at), one, other))
    best, p, *both = max(found, key=lambda item: item[0], default=(0.0, 1.0))
    return both if best > 0 and p * looked_at <= LEVEL else []


def _ratio(a: np.ndarray, n: np.ndarray, b: np.ndarray, m: np.ndarray) -> np.ndarray:
    """Log likelihood ratio of a of n failing more often than b of m; 0 where they do not."""

    def fit(failed: np.ndarray, whole: np.ndarray) -> np.ndarray:
        rate = failed / np.maximum(whole, 1.0)
        return np.asarray(xlogy(failed, rate) + xlogy(whole - failed, 1 - rate))

    more = a * m > b * n
    return np.where(more, fit(a, n) + fit(b, m) - fit(a + b, n + m), 0.0)


def _parts(yes_no: Frame, name: str) -> list[Part]:
    """Every group of a parameter, and what lies on either side of a cut in an order."""
    parameter, column = yes_no.space[name], yes_no.codes[:, yes_no.space.index(name)]
    groups, labels = binned(column, parameter)
    parts = [(label, groups == group) for group, label in enumerate(labels)]
    there = valued(column)
    if None in parameter.levels:
        there &= column != parameter.levels.index(None)
    if parameter.ordered and there.any():
        cuts = np.quantile(column[there], np.arange(1, CUTS) / CUTS, method="nearest")
        sides = [there & side for cut in np.unique(cuts) for side in (column < cut, column >= cut)]
        parts += [(spanned(column[side], parameter), side) for side in sides if side.any()]
    return list({inside.tobytes(): (label, inside) for label, inside in parts}.values())
