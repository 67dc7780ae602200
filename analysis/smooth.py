"""The Gaussian processes of a frame: of its objective, and of the objective's normal scores.

Noise that is even on the objective's own scale is uneven among scores: small where the map is flat,
large where it is steep. A process of scores that believes in even noise smooths away the best of
runs that it could trust, so what even noise becomes there is tried too.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from analysis.crossing import between_blocks
from analysis.frame import Frame
from analysis.gaussian import Data
from analysis.gaussian_draws import GaussianSurrogate
from analysis.gaussian_fit import Gaussian
from analysis.noise import BEST, FAINT, NoiseModel, noise
from analysis.noise_shape import CLEARER
from analysis.space import Space
from analysis.warp import WarpedSurrogate, scored

QUIETER = 0.8
"""Noise near the best, as a share of the mean noise, from which uneven noise is asked for."""
LEAST_NOISE = 1e-3
"""The same at the quietest run: no result is exact."""


def configuration_data(frame: Frame, model: NoiseModel | None) -> Data:
    """Means, codes and the noise of each mean; without a noise model it has to be learned.

    A mean over blocks in which parameters act differently is as sure as these blocks are many.
    Where hardly any setting was run in several, what lies between them is learned with the noise:
    beside that of runs in one block it would pass for what parameters do.
    """
    spread = float(np.var(frame.means)) or 1.0
    across = between_blocks(frame)
    if across is not None:
        return Data(frame.configuration_codes, frame.means, across.variance, across.df)
    if frame.unlike is not None:
        return Data(frame.configuration_codes, frame.means, np.ones(len(frame.means)), 0.0)
    variance = 1.0 if model is None else max(model.sd**2, 1e-9 * spread)
    df = 0.0 if model is None else model.effective_df
    if model is not None and model.levels is not None:
        variance, df = np.maximum(model.variance, 1e-9 * spread), float(model.df)
    return Data(frame.configuration_codes, frame.means, variance / frame.replicates, df)


def fit_gaussian(
    space: Space,
    data: Data,
    *,
    rng: np.random.Generator,
    workers: int = 1,
    like: GaussianSurrogate | None = None,
) -> GaussianSurrogate:
    """A Gaussian process at its most probable weights."""
    fit = Gaussian()(space, data, rng=rng, like=None if like is None else like.fit)
    posterior = fit.posterior(data)
    return GaussianSurrogate(
        space=space,
        fit=fit,
        data=data,
        posterior=posterior,
        held_out=posterior.leave_one_out,
        workers=workers,
    )


@dataclass(frozen=True, eq=False)
class Scored:
    """A process of normal scores, and how far each of its rows is to be trusted.

    precision: (n,) 1 on average; None where all rows are alike.
    """

    surrogate: WarpedSurrogate
    precision: np.ndarray | None


def fit_scores(
    frame: Frame,
    rows: np.ndarray,
    *,
    like: GaussianSurrogate,
    rng: np.random.Generator,
    workers: int = 1,
) -> Scored:
    """A Gaussian process of a frame's normal scores, given these of its configurations.

    like: the process of the objective itself, whose weights are a start and whose noise, carried to
    the scores, is the alternative to noise that is even there. It is taken where it is smaller near
    the best, and predicts each run without it clearly better (`docs/decisions/0082`).
    """
    scores, on_scores = scored(frame)
    model = noise(on_scores)
    data = replace(configuration_data(on_scores, model).take(rows), rarity=like.data.rarity)
    even = fit_gaussian(frame.space, data, rng=rng, workers=workers, like=like)
    surrogate = WarpedSurrogate(scores, even)
    carried = surrogate.carried(_noise_of_means(like))
    if _quieter_near_the_best(carried, surrogate, sign=frame.sign):
        shaped = replace(data, noise=np.maximum(carried, LEAST_NOISE * carried.mean()))
        uneven = fit_gaussian(frame.space, shaped, rng=rng, workers=workers, like=even)
        gained = uneven.posterior.log_predictive - even.posterior.log_predictive
        if gained > CLEARER:
            weight = 1 / np.maximum(shaped.noise, FAINT * float(np.var(data.target)))
            return Scored(WarpedSurrogate(scores, uneven), weight / weight.mean())
    return Scored(surrogate, trusted(on_scores, rows, model=model))


def _noise_of_means(known: GaussianSurrogate) -> np.ndarray:
    """(n,) variance of each mean: as replicates tell it, else as the process learned it."""
    if known.data.noise_df > 0:
        return known.data.noise
    return np.asarray(known.posterior.noise * known.posterior.scale**2)


def _quieter_near_the_best(noise: np.ndarray, surrogate: WarpedSurrogate, *, sign: float) -> bool:
    good = sign * surrogate.inner.posterior.mean(surrogate.inner.data.codes)
    best = good >= np.quantile(good, 1 - BEST)
    return bool(noise[best].mean() < QUIETER * noise.mean())


def trusted(frame: Frame, rows: np.ndarray, *, model: NoiseModel | None) -> np.ndarray | None:
    """(n,) how far each row's mean is to be trusted, 1 on average; None where all are alike."""
    whole = None if model is None else model.precision(frame)
    return None if whole is None else np.asarray(whole[rows] / whole[rows].mean())
