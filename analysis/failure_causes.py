"""On which parameters do failures depend, given all the others? A test, no estimate.

The null: a configuration's failure rate does not depend on parameter j given its other parameters.
What the others foresee is taken out (a forest without j, each configuration read by trees that did
not see it), which leaves residuals e. Statistics are sums of e over the groups of j (levels, or
fifths), over all groups on one side of a cut, and over the cells that the groups form with those of
another parameter, each in units of its standard error given e, so that a yes/no objective needs no
equal variances. What moves together with j is none of its others: given its twin nothing would
depend on it, and both are named. Their null distribution comes from drawing j anew given the others
(conditional randomization, Candes, Fan, Janson & Lv 2018): by permuting it where they do not
foresee it, and from a forest's probabilities where they do. The groups enter less their
probabilities (Shah & Peters 2020), so that an error in one of the two forests does little harm by
itself.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from joblib import Parallel, delayed
from scipy.stats import chi2_contingency

from analysis.anova_effect import adjusted_p
from analysis.failure_groups import binned
from analysis.findings_design import twins
from analysis.fitted import canonical
from analysis.forest import Forest, trust
from analysis.frame import Frame
from analysis.space import Space

LEVEL = 0.025
"""Chance that an idle parameter is named in a journal (Holm's correction). Half of the usual one:
where parameters depend on each other the test is not exact."""
DRAWS, DRAWS_EACH = 1000, 160
"""Draws of a parameter: at least so many for each, or Holm's correction could not be met: the best
draws of three statistics may tie with what no draw of one of them reaches."""
FEW_DRAWS, HOPELESS = 200, 0.1
"""So many come first, and are all where they leave a p above this."""
AT_ONCE = 4000
"""Draws looked at at once, so that memory does not grow with the parameters."""
LEAST = 1e-3
"""Smallest probability of a group."""
MOST_ROWS = 600
"""Configurations tested; failed ones may be half of them, which says nothing of the others."""
TIED = 0.1
"""Chance of looking for what the others foresee of a parameter that depends on none of them."""
MOST_PARTNERS, MOST_TESTED = 30, 40
"""Others whose cells with a parameter are looked at, and parameters that are tested: those with the
largest effects alone."""
FOREST = Forest(min_leaf=5)


@dataclass(frozen=True, eq=False)
class _Runs:
    """Configurations: codes (n, d), failure rates (n,), and per parameter its groups (n,).

    same: per parameter its own column and those of parameters that move together with it.
    """

    space: Space
    codes: np.ndarray
    rates: np.ndarray
    groups: tuple[np.ndarray, ...]
    same: tuple[frozenset[int], ...]

    @classmethod
    def of(cls, yes_no: Frame, rng: np.random.Generator) -> _Runs:
        ordered = canonical(yes_no)
        rows = _rows(ordered.means, rng)
        codes = ordered.configuration_codes[rows]
        parameters = enumerate(ordered.space.parameters)
        groups = tuple(binned(codes[:, j], parameter)[0] for j, parameter in parameters)
        tied, space = twins(ordered), ordered.space
        same = (frozenset(map(space.index, {n, *tied.get(n, ())})) for n in space.names)
        return cls(space, codes, ordered.means[rows], groups, tuple(same))

    def others(self, j: int) -> list[int]:
        return [index for index in range(len(self.space)) if index not in self.same[j]]

    def without(self, j: int) -> Space:
        return Space(tuple(self.space.parameters[index] for index in self.others(j)))


def causes(yes_no: Frame, *, rng: np.random.Generator, workers: int = 1) -> frozenset[str]:
    """The parameters on which failures depend given the others.

    yes_no: a frame whose objective is 1 for a failed run and 0 for one that was used.
    """
    runs = _Runs.of(yes_no, rng)
    names = runs.space.names
    partners = _partners(runs)
    tested = partners[:MOST_TESTED]
    found = Parallel(n_jobs=workers, prefer="threads")(
        delayed(_p_value)(runs, j, partners, stream)
        for j, stream in zip(tested, rng.spawn(len(tested)), strict=True)
    )
    p = np.ones(len(names))
    p[tested] = found
    adjusted = adjusted_p(p, method="holm")
    return frozenset(name for name, found in zip(names, adjusted, strict=True) if found <= LEVEL)


def _rows(rates: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    """At most `MOST_ROWS` rows: by chance among those with failures, and among those without."""
    if len(rates) <= MOST_ROWS:
        return np.arange(len(rates))
    sides = [rng.permutation(np.flatnonzero(side)) for side in (rates > 0, rates == 0)]
    n_failed = min(len(sides[0]), max(MOST_ROWS // 2, MOST_ROWS - len(sides[1])))
    kept = np.concatenate([sides[0][:n_failed], sides[1][: MOST_ROWS - n_failed]])
    return np.asarray(np.sort(kept))


def _partners(runs: _Runs) -> list[int]:
    """The parameters by how far rates differ between their groups, most first."""
    e = runs.rates - runs.rates.mean()
    alone = [
        sum(e[group == g].sum() ** 2 / max((group == g).sum(), 1) for g in np.unique(group))
        for group in runs.groups
    ]
    return [int(j) for j in np.argsort(-np.array(alone), kind="stable")]


def _p_value(runs: _Runs, j: int, partners: list[int], rng: np.random.Generator) -> float:
    """How often a parameter drawn anew given the others tells as much of the failures as it does.

    Its groups, its most telling cut and its cells with the most telling partner are held against
    the draws each, and the smallest of these ranks against those of the draws (Westfall & Young
    1993).
    """
    parameter, here = runs.space.parameters[j], np.flatnonzero(runs.groups[j] >= 0)
    group = runs.groups[j][here]
    if len(np.unique(group)) < 2:
        return 1.0
    chances, foreseen = _chances(runs, j, here, group, rng)
    e = _residuals(runs, j, rng)[here]
    others = [k for k in partners if k not in runs.same[j]][:MOST_PARTNERS]
    cells = [[np.ones(len(here), dtype=bool)]]
    cells += [[runs.groups[k][here] == g for g in np.unique(runs.groups[k][here])] for k in others]
    ordered = parameter.ordered

    def p_of(n_draws: int) -> float:
        parts = []
        for start in range(0, n_draws, AT_ONCE):
            size = min(AT_ONCE, n_draws - start)
            drawn = _drawn(group, chances if foreseen else None, size, rng)
            # What was run is the first column, once.
            parts.append(_told(e - e.mean(), cells, drawn[:, min(start, 1) :], chances))
        told, cuts = (np.concatenate(part, axis=-1) for part in zip(*parts, strict=True))
        return _combined(told, cuts if ordered else None)

    first = p_of(FEW_DRAWS)
    return first if first > HOPELESS else p_of(max(DRAWS, DRAWS_EACH * len(runs.space)))


def _combined(told: np.ndarray, cuts: np.ndarray | None) -> float:
    """P of the first column: how often the smallest of a draw's ranks is as small as its own."""
    ranks = _ranks(told[0])
    if cuts is not None:
        ranks = np.minimum(ranks, _ranks(cuts))
    if len(told) > 1:
        pairs = told[1:] - told[1:].mean(axis=1, keepdims=True)
        pairs /= told[1:].std(axis=1, keepdims=True) + 1e-12
        ranks = np.minimum(ranks, _ranks(pairs.max(axis=0)))
    return float(np.mean(ranks <= ranks[0] + 1e-9))


def _residuals(runs: _Runs, j: int, rng: np.random.Generator) -> np.ndarray:
    """(n,) failure rates less what the other parameters foresee."""
    others = runs.others(j)
    if not others:
        return np.asarray(runs.rates - runs.rates.mean())
    known = runs.rates - runs.rates.mean()
    off = FOREST.held_out(runs.without(j), runs.codes[:, others], target=known, rng=rng)
    return np.asarray(known - trust(known, off, certain=0.0) * off)


def _chances(
    runs: _Runs, j: int, here: np.ndarray, group: np.ndarray, rng: np.random.Generator
) -> tuple[np.ndarray, bool]:
    """(n, n_groups) probability of a parameter's groups given the others; whether they tell any.

    A forest's deviations from the groups' shares, shrunk by what they foresee of held-out rows; no
    forest where the groups depend on those of no other parameter.
    """
    groups = (group[:, None] == np.arange(group.max() + 1)).astype(float)
    shares = groups.mean(axis=0)
    same = np.broadcast_to(shares, groups.shape)
    others = runs.others(j)
    if not any(_tied(group, runs.groups[k][here], TIED / len(others)) for k in others):
        return same, False
    codes = runs.codes[here][:, others]
    off = FOREST.held_out(runs.without(j), codes, target=groups, rng=rng) - shares
    part = trust(groups - shares, off)
    if part == 0:
        return same, False
    chances = np.maximum(shares + part * off, LEAST)
    return chances / chances.sum(axis=1, keepdims=True), True


def _tied(left: np.ndarray, right: np.ndarray, level: float) -> bool:
    """Whether the groups of two parameters depend on each other (chi-square)."""
    table = np.zeros((left.max() + 1, right.max() + 2))  # the last column is of inactive ones
    np.add.at(table, (left, right), 1)
    table = table[table.any(axis=1)][:, table.any(axis=0)]
    if min(table.shape) < 2:
        return False
    return float(chi2_contingency(table, correction=False).pvalue) < level


def _drawn(
    group: np.ndarray, chances: np.ndarray | None, n_draws: int, rng: np.random.Generator
) -> np.ndarray:
    """(n, 1 + n_draws) groups: as they are, then permuted, or drawn with their chances."""
    if chances is None:
        draws = rng.permuted(np.repeat(group[:, None], n_draws, axis=1), axis=0)
    else:
        uniform = rng.random((len(group), n_draws))
        draws = np.zeros(uniform.shape, dtype=group.dtype)
        for edge in np.cumsum(chances, axis=1).T[:-1]:
            draws += uniform > edge[:, None]
    return np.column_stack([group, draws])


def _told(
    e: np.ndarray, cells: list[list[np.ndarray]], drawn: np.ndarray, chances: np.ndarray
) -> tuple[np.ndarray, np.ndarray]:
    """What a parameter and its draws tell: (n_partners, n_draws), and (n_draws,) of the best cut.

    Squared standardised sums of e: over the cells with each partner, the first of which is one cell
    of everything; and over all groups up to the cut.
    cells: per partner its groups as (n,) bool; drawn: (n, n_draws); chances: (n, n_groups).
    """
    rows = np.array([e * inside for partner in cells for inside in partner])
    squares = np.zeros((len(rows), drawn.shape[1]))
    summed, cuts = np.zeros(drawn.shape[1]), np.zeros(drawn.shape[1])
    for g, chance in enumerate(chances.T):
        sums = rows @ (drawn == g).astype(float) - (rows @ chance)[:, None]
        squares += sums**2 * (1 - chance.mean()) / _variances(rows, chance)[:, None]
        summed += sums[0]
        if g < chances.shape[1] - 1:
            below = chances[:, : g + 1].sum(axis=1)
            cuts = np.maximum(cuts, summed**2 / _variances(rows[:1], below))
    starts = np.cumsum([0, *(len(partner) for partner in cells[:-1])])
    return np.asarray(np.add.reduceat(squares, starts, axis=0)), cuts


def _variances(rows: np.ndarray, chance: np.ndarray) -> np.ndarray:
    """(n_rows,) variance of each row's sum over what is there with so much chance."""
    return np.asarray(np.maximum(rows**2 @ (chance * (1 - chance)), 1e-12))


def _ranks(told: np.ndarray) -> np.ndarray:
    """(n,) share of all that reach at least as much."""
    below = np.searchsorted(np.sort(told), told - 1e-9, side="left")
    return np.asarray(1 - below / len(told))
