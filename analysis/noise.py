"""How much does the objective vary when nothing but the seed changes?

Runs equal in every studied parameter (and block) are replicates. Their pooled spread is the noise
floor; below it nothing is claimed. Noise is often far larger among bad runs than among good ones,
so it is also given near the best, and as a function of how good a configuration is; or by level,
where one optimizer, say, is far more at the mercy of its seed than another (`noise_shape`).

Pooled variance s² = Σ SSᵢ / Σ (rᵢ - 1), with Σ (rᵢ - 1) degrees of freedom (any text on the
analysis of variance). The function is found by pooling in bins of the rank of the configurations'
means, then shrinking the bins' logarithms towards their common mean by empirical Bayes: with equal
noise everywhere the bins collapse to the pooled value (Smyth 2004, Stat. Appl. Genet. Mol. Biol. 3,
article 3, section 3, uses the same moments).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import numpy as np
from scipy.stats import chi2

from analysis import results
from analysis.crossing import between_blocks, cells
from analysis.errors import NoiseUnknown, require_kind
from analysis.frame import Frame
from analysis.noise_shape import LevelNoise, by_level, by_rank, drawn_in
from analysis.sentences import said

BEST = 0.25
"""The share of configurations that is "near the best"."""
FEW_DF = 5
"""Fewer degrees of freedom near the best, and the better half, then all, speak for it."""
FEWEST = 10
"""Configurations below which nothing is fitted."""
LEAST_DF = 3
"""With fewer degrees of freedom among replicates the misfit of a fit speaks, where there is one."""
IDENTICAL, MIN_REPLICATED, COARSE = 0.5, 3, 0.1
"""Repetitions are copies if at least this share of them, and so many, agree to all digits, though
two configurations at that level have one result less often than in this share of all pairs."""
FINEST, ONE_RESULT = 1e-9, 1e-6
"""Results closer than this share of their size, or of the spread of all, are one."""
FAINT = 0.01
"""Share of the variance of the means below which a mean's own noise gives it no more weight."""


@dataclass(frozen=True, kw_only=True, eq=False)
class NoiseModel:
    """One standard deviation of a single run, overall, near the best, and per configuration.

    variance: (n_configurations,) noise variance of one run there; of a mean, divide by replicates,
    and add between: (n_configurations,) what a mean over these blocks differs by from one over all;
    apart: (n_configurations,) the part of that by which it differs from those of other settings
    share_of_single_run: noise variance over all variance of a single run, 0 to 1
    effective_df: as many repeats of even noise would tell the pooled variance as well
    levels: the parameter by whose levels the noise differs; then `variance` goes by them
    """

    sd: float
    df: int
    source: Literal["replicates", "residual"]
    sd_near_best: float
    share_of_single_run: float
    effective_df: float
    variance: np.ndarray
    levels: LevelNoise | None = None
    between: np.ndarray | float = 0.0
    apart: np.ndarray | float = 1.0

    def precision(self, frame: Frame) -> np.ndarray | None:
        """(n_configurations,) weights of the means, 1 on average; None where all are alike.

        Where one level is far noisier than others its runs would decide by themselves whether
        anything is predicted.
        """
        if self.levels is None:
            return None
        least = FAINT * float(np.var(frame.means))
        weight = 1 / np.maximum(self.of_means(frame.replicates), least)
        return np.asarray(weight / weight.mean())

    def of_means(self, replicates: np.ndarray) -> np.ndarray:
        """(n_configurations,) variance of each configuration's mean."""
        return np.asarray(self.variance / replicates + self.between)

    def left_of_means(self, replicates: np.ndarray) -> np.ndarray:
        """The same of the means over the blocks that were run, of which some was never known."""
        return np.asarray(self.variance / replicates + self.between * self.apart)

    def summary(self) -> results.Noise:
        """What the report says of it."""
        return results.Noise(
            sd=self.sd,
            df=self.df,
            source=self.source,
            share_of_single_run=self.share_of_single_run,
            sd_near_best=self.sd_near_best,
        )


def noise(frame: Frame) -> NoiseModel | None:
    """The noise as replicates tell it; None where they tell nothing.

    Repetitions that agree to all digits although the metric is fine (`copied`) do not, and one or
    two degrees of freedom say less than the misfit of many configurations: 95 % of such standard
    deviations lie between .03 and 2.2 times the true one, or .16 and 1.9 times.
    """
    require_kind(frame, Frame, what="what has noise", hint="see Frame.from_table")
    sums, dfs = replicate_squares(frame)
    if copied(frame):
        dfs = np.where(sums == 0, 0, dfs)
    least = LEAST_DF if frame.n_configurations >= FEWEST else 1
    if dfs.sum() < least:
        return None
    known = dfs.astype(float)
    levels = by_level(frame, sums=sums, dfs=known)
    means = frame.means
    if levels is not None:  # or the luckiest runs of the noisiest level would be the best
        means = drawn_in(means, levels.variance / frame.replicates)
    return _model(
        frame,
        sums=sums,
        dfs=known,
        quality=frame.sign * means,
        source="replicates",
        levels=levels,
    )


def identical(frame: Frame) -> tuple[int, int]:
    """Of the configurations that were run again: how many agree to all digits, and how many."""
    sums, dfs = replicate_squares(frame)
    return int(((sums == 0) & (dfs > 0)).sum()), int((dfs > 0).sum())


def copied(frame: Frame) -> bool:
    """Whether repetitions agree to all digits though a metric so fine would tell seeds apart.

    Then the seed does not reach the training, or runs were recorded twice without one.
    """
    same, replicated = identical(frame)
    if replicated < MIN_REPLICATED or same < IDENTICAL * replicated:
        return False
    there = frame.objective[frame.first_rows][_at_the_level_of_copies(frame)]
    values, counts = np.unique(there, return_counts=True)
    ties = float(((counts / len(there)) ** 2).sum()) - 1 / len(there)
    return ties <= COARSE and len(values) > 1


def _at_the_level_of_copies(frame: Frame) -> np.ndarray:
    """(n_configurations,) bool: no better than the best that agrees with itself, and no worse.

    Near a ceiling a metric is coarser than elsewhere.
    """
    sums, dfs = replicate_squares(frame)
    agreeing = frame.means[(sums == 0) & (dfs > 0)]
    near = FINEST * float(np.abs(agreeing).max())
    low, high = agreeing.min() - near, agreeing.max() + near
    return np.asarray((low <= frame.means) & (frame.means <= high))


def residual_noise(
    frame: Frame, *, residuals: np.ndarray, fitted: np.ndarray, df: float
) -> NoiseModel:
    """The noise as a surrogate's misfit tells it, where there are no replicates.

    residuals, fitted: (n_configurations,), of configuration means, out of sample if possible;
    df: what the fit left of n_configurations. The misfit holds what the surrogate failed to
    learn too, so this noise is too large rather than too small.
    Raises `NoiseUnknown` with fewer than one degree of freedom or no finite residual.
    """
    if df < 1 or not np.isfinite(residuals).all():
        raise NoiseUnknown.said(said("withheld.noise", df=df))
    dfs = np.full(len(residuals), df / len(residuals))
    sums = residuals**2 * frame.replicates
    return _model(frame, sums=sums, dfs=dfs, quality=frame.sign * fitted, source="residual")


def replicate_squares(frame: Frame) -> tuple[np.ndarray, np.ndarray]:
    """Per configuration: sum of squares about its mean, and what of them is free to differ.

    Both (n_configurations,); about its mean in each block, where parameters act differently there.
    """
    deviations = frame.objective - frame.means[frame.configuration]
    if frame.unlike is not None:
        there = cells(frame, frame.unlike)
        deviations = frame.objective - there.means[there.of_run]
    sums = np.bincount(frame.configuration, weights=deviations**2, minlength=frame.n_configurations)
    tiny = (np.abs(frame.means) * 1e-14) ** 2  # a mean of equal numbers may differ in its last bit
    return np.where(sums <= tiny * frame.replicates, 0.0, sums), replicate_df(frame)


def replicate_df(frame: Frame) -> np.ndarray:
    """(n_configurations,) how many repeats each has: runs less one, in each block that counts.

    Where the distances between blocks were learned from these very repeats, all give of theirs.
    """
    if frame.unlike is not None:
        return np.asarray(frame.replicates - cells(frame, frame.unlike).blocks_of, dtype=float)
    repeats = frame.replicates - 1.0
    return np.asarray(repeats * (1 - min(frame.taken_df / max(repeats.sum(), 1.0), 1.0)))


def _model(
    frame: Frame,
    *,
    sums: np.ndarray,
    dfs: np.ndarray,
    quality: np.ndarray,
    source: Literal["replicates", "residual"],
    levels: LevelNoise | None = None,
) -> NoiseModel:
    pooled = float(sums.sum() / dfs.sum())
    near_best = _near_best(sums, dfs, quality)
    if source == "residual":
        near_best = min(near_best, pooled, _typical(sums, dfs, quality))
    if levels is not None:
        near_best = _precise(levels.variance, quality)
    # Rounded results that agree are no certainty: rounding alone has a variance of step^2 / 12.
    near_best = max(near_best, metric_step(frame) ** 2 / 12)
    spread_of_means = float(np.var(frame.means, ddof=1)) if frame.n_configurations > 1 else 0.0
    across = between_blocks(frame)
    between = (
        np.zeros(frame.n_configurations)
        if across is None
        else np.maximum(across.variance - pooled / frame.replicates, 0.0)
    )
    of_means = float(np.mean(pooled / frame.replicates + between))
    signal = max(spread_of_means - of_means, 0.0)
    variance = by_rank(sums, dfs, quality=quality) if levels is None else levels.variance
    return NoiseModel(
        sd=float(np.sqrt(pooled)),
        df=round(float(dfs.sum())),
        source=source,
        sd_near_best=float(np.sqrt(near_best)),
        share_of_single_run=pooled / (pooled + signal) if pooled + signal > 0 else 0.0,
        effective_df=_effective(dfs, variance),
        variance=variance,
        levels=levels,
        between=between,
        apart=1.0 if across is None else across.apart,
    )


def _effective(dfs: np.ndarray, variance: np.ndarray) -> float:
    """Degrees of freedom of a pooled variance, of which noisy configurations decide the most.

    Satterthwaite (1946, Biometrics Bulletin 2:110), with the variances as they are found.
    """
    parts = dfs * variance
    squares = float(parts @ variance)
    return float(parts.sum()) ** 2 / squares if squares > 0 else float(dfs.sum())


def metric_step(frame: Frame) -> float:
    """The smallest difference between two results: one of a coarse metric, next to none of a fine.

    Taken-out blocks hide the steps; they are those of before.
    """
    if frame.step is not None:
        return frame.step
    gaps = np.diff(np.unique(frame.objective))
    size, spread = float(np.abs(frame.objective).max()), float(np.ptp(frame.objective))
    apart = gaps > max(FINEST * size, ONE_RESULT * spread)
    return float(gaps[apart].min()) if apart.any() else 0.0


def _precise(variance: np.ndarray, quality: np.ndarray) -> float:
    """The variance in the best quarter, each configuration counting for as much as it says.

    Of levels that do as well the quiet one is taken, and a handful of noisy runs is no margin.
    """
    return 1 / float(np.mean(1 / variance[_best(quality)]))


def _typical(sums: np.ndarray, dfs: np.ndarray, quality: np.ndarray) -> float:
    """The variance that the median misfit near the best tells.

    One optimum that a surrogate does not see is missed by far, and is no noise: as a margin it
    would make the parameter that it lies along forgiving.
    """
    best = _best(quality)
    return float(np.median(sums[best] / dfs[best]) / chi2(1).median())


def _best(quality: np.ndarray, share: float = BEST) -> np.ndarray:
    """The best quarter of the configurations, or another share of them; one at least."""
    order = np.argsort(-quality, kind="stable")
    return order[: max(1, int(np.ceil(share * len(order))))]


def _near_best(sums: np.ndarray, dfs: np.ndarray, quality: np.ndarray) -> float:
    """Pooled variance in the best quarter; in the better half, then of all, if that says little."""
    needed = min(FEW_DF, float(dfs.sum()))
    for share in (BEST, 2 * BEST, 1.0):
        best = _best(quality, share)
        if dfs[best].sum() >= needed:
            break
    return float(sums[best].sum() / dfs[best].sum())
