"""How the noise differs between configurations: by how good they are, and by level.

Some optimizers, schedules or heads are far more at the mercy of their seed than others, whatever
their results. A setting's noise is then told by its level, not by its rank; a parameter is believed
to do that if the replicates of its levels differ by more than chance, and if its levels explain
what the rank of the configurations does not.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy.special import digamma, polygamma
from scipy.stats import chi2, norm, pearson3, rankdata

from analysis.frame import Frame
from analysis.results import Scalar

DF_PER_BIN = 6
MAX_BINS = 10
FLOOR = 1e-6
"""A bin's variance is at least this share of the pooled one; equal replicates are no certainty."""
MIN_REPLICATED = 3
"""Replicated configurations that a level needs to be compared."""
SURE = 0.01
"""Chance of a difference by the test alone; with `LEAST_RATIO` and `CLEARER`, which levels have to
pass as well, even noise is found uneven in less than one of five hundred journals (measured)."""
LEAST_RATIO = 2.0
"""Standard deviations that differ by less change no weight noticeably."""
CLEARER = 2.0
"""Log-likelihood by which levels must explain the replicates better than ranks do."""


@dataclass(frozen=True, kw_only=True, eq=False)
class LevelNoise:
    """The parameter by whose levels the noise differs: its noisiest level and its quietest.

    ratio: of their standard deviations. variance: (n_configurations,) of a single run.
    """

    name: str
    level: Scalar
    quiet: Scalar
    ratio: float
    variance: np.ndarray


def by_level(frame: Frame, *, sums: np.ndarray, dfs: np.ndarray) -> LevelNoise | None:
    """The noise by level of the parameter whose levels differ most surely in it; None for none.

    sums, dfs: (n_configurations,) as `replicate_squares` has them. `different` for each level
    against the others, with Bonferroni's correction, of the places of the sums of squares in their
    chi-square law: whatever the number of replicates, even noise has one law of places.
    """
    pooled, found = float(sums.sum() / dfs.sum()), {}
    places = chi2.cdf(sums / pooled, np.maximum(dfs, 1)) if pooled > 0 else sums
    for index, parameter in enumerate(frame.space.parameters):
        if not parameter.ordered:  # along an order the noise changes as results do
            column = frame.configuration_codes[:, index]
            here = (dfs > 0) & ~np.isnan(column)
            for level, rows in _groups(column, dfs).items():
                if here.sum() - len(rows) >= MIN_REPLICATED:
                    found[index, level] = different(places[here], column[here] == level)
    if not found:
        return None
    (index, _), least = min(found.items(), key=lambda item: (item[1], item[0]))
    if least * len(found) >= SURE:
        return None
    return _of_levels(frame, index, sums=sums, dfs=dfs)


def different(places: np.ndarray, marked: np.ndarray) -> float:
    """P of the hypothesis that (n,) spreads are exchangeable between the marked and the others.

    Klotz's test of scale (1962, Annals of Mathematical Statistics 33:498) on ranks of spreads, so
    that noise with long tails deceives it no more than any other; two-sided, by the first three
    moments of the sum of the marked ones' scores under permutation (Pearson's type III).
    """
    n, k = len(places), int(marked.sum())
    scores = norm.ppf((1 + rankdata(places) / (n + 1)) / 2) ** 2
    off = scores - scores.mean()
    variance = k * (n - k) / (n * (n - 1)) * float((off**2).sum())
    if np.ptp(scores) == 0 or not 0 < k < n:
        return 1.0
    third = k * (n - k) * (n - 2 * k) / (n * (n - 1) * (n - 2)) * float((off**3).sum())
    z, skew = float(off[marked].sum()) / variance**0.5, third / variance**1.5
    law = pearson3(skew)
    return float(min(1.0, 2 * min(law.sf(z), law.cdf(z))))


def _groups(column: np.ndarray, dfs: np.ndarray) -> dict[int, np.ndarray]:
    """The replicated configurations at each level that has enough of them."""
    known = (dfs > 0) & ~np.isnan(column)
    levels = {int(level): np.flatnonzero(known & (column == level)) for level in set(column[known])}
    return {
        level: levels[level] for level in sorted(levels) if len(levels[level]) >= MIN_REPLICATED
    }


def _of_levels(frame: Frame, index: int, *, sums: np.ndarray, dfs: np.ndarray) -> LevelNoise | None:
    """The noise by the levels of one parameter, if these tell more of it than the rank does."""
    column, parameter = frame.configuration_codes[:, index], frame.space.parameters[index]
    groups = _groups(column, dfs)
    pooled = float(sums.sum() / dfs.sum())
    df = np.array([dfs[rows].sum() for rows in groups.values()], float)
    own = np.array([sums[rows].sum() for rows in groups.values()]) / df
    shrunk = np.exp(shrink(np.maximum(own, FLOOR * pooled), df))
    variance = np.full(len(column), pooled)
    for level, of_level in zip(groups, shrunk, strict=True):
        variance[column == level] = of_level
    loud, quiet = int(shrunk.argmax()), int(shrunk.argmin())
    ratio = float(np.sqrt(shrunk[loud] / shrunk[quiet]))
    ranked = by_rank(sums, dfs, quality=frame.sign * frame.means)
    gained = _log_likelihood(variance, sums, dfs=dfs) - _log_likelihood(ranked, sums, dfs=dfs)
    if ratio < LEAST_RATIO or own[quiet] == 0 or gained < CLEARER:
        return None
    levels = list(groups)
    return LevelNoise(
        name=parameter.name,
        level=parameter.levels[levels[loud]],
        quiet=parameter.levels[levels[quiet]],
        ratio=ratio,
        variance=variance,
    )


def _log_likelihood(variance: np.ndarray, sums: np.ndarray, *, dfs: np.ndarray) -> float:
    """Of normal replicates with these variances, but for a constant."""
    return float(-0.5 * np.sum(dfs * np.log(variance) + sums / variance))


def drawn_in(means: np.ndarray, variance: np.ndarray) -> np.ndarray:
    """(n,) means, each drawn towards the common one as far as its own noise explains its distance.

    variance: (n,) of each mean. By the spread that is not noise, by moments (DerSimonian & Laird
    1986, Controlled Clinical Trials 7:177).
    """
    weight = 1 / variance
    centre = float(np.average(means, weights=weight))
    excess = float(weight @ (means - centre) ** 2) - (len(means) - 1)
    spread = max(excess / float(weight.sum() - (weight**2).sum() / weight.sum()), 0.0)
    return np.asarray(centre + (means - centre) * (spread / (spread + variance)))


def by_rank(sums: np.ndarray, dfs: np.ndarray, *, quality: np.ndarray) -> np.ndarray:
    """(n_configurations,) variance as a piecewise log-linear function of the rank of quality."""
    pooled = sums.sum() / dfs.sum()
    n_bins = int(min(MAX_BINS, dfs.sum() // DF_PER_BIN))
    if n_bins < 2 or pooled == 0:
        return np.full(len(sums), pooled)
    place = np.argsort(np.argsort(-quality, kind="stable"), kind="stable")
    rank = place / max(len(sums) - 1, 1)
    known = np.flatnonzero(dfs > 0)
    known = known[np.argsort(rank[known], kind="stable")]
    # Bins of about equal degrees of freedom.
    cumulative = np.cumsum(dfs[known])
    which = np.minimum((cumulative - dfs[known] / 2) / cumulative[-1] * n_bins, n_bins - 1e-9)
    bins = which.astype(int)
    bin_df = np.bincount(bins, weights=dfs[known], minlength=n_bins)
    bin_sum = np.bincount(bins, weights=sums[known], minlength=n_bins)
    bin_rank = np.bincount(bins, weights=rank[known] * dfs[known], minlength=n_bins)
    filled = bin_df > 0
    bin_df, bin_sum, centre = bin_df[filled], bin_sum[filled], bin_rank[filled] / bin_df[filled]
    logs = shrink(np.maximum(bin_sum / bin_df, FLOOR * pooled), bin_df)
    return np.asarray(np.exp(np.interp(rank, centre, logs)))


def shrink(variances: np.ndarray, dfs: np.ndarray) -> np.ndarray:
    """Logarithms of (n,) variances, drawn to their common value as far as chance explains them.

    E[log s²] = log σ² + ψ(ν/2) - log(ν/2) and Var[log s²] = ψ′(ν/2) for normal data; whatever
    spread of the logarithms exceeds ψ′ is taken for real (method of moments).
    """
    chance = polygamma(1, dfs / 2)
    logs = np.log(variances) - digamma(dfs / 2) + np.log(dfs / 2)
    common = np.log(np.sum(variances * dfs) / dfs.sum())
    real = max(float(np.var(logs, ddof=1) - chance.mean()), 0.0) if len(logs) > 1 else 0.0
    if real == 0.0:
        return np.full(len(logs), common)
    weight = 1 / (real + chance)
    centre = float(np.sum(weight * logs) / weight.sum())
    keep = real / (real + chance)
    return np.asarray(keep * logs + (1 - keep) * centre)
