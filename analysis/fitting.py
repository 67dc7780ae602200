"""Which surrogate speaks: the one that predicts configurations it has not seen best.

Both are fitted to configuration means, replicates together, so seeds of one configuration are never
on both sides of a fold. Skill is 1 - mean squared error / variance, out of sample.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from analysis.forest import Forest
from analysis.frame import Frame
from analysis.gaussian import Data
from analysis.gaussian_draws import GaussianSurrogate
from analysis.gaussian_fit import Gaussian
from analysis.noise import NoiseModel
from analysis.slices import Surrogate
from analysis.space import Space

MOST_ROWS = 600
"""Configurations a Gaussian process is conditioned on; beyond, a random subset speaks for all."""
PREFER_SMOOTH = 0.02
"""The forest is taken only when its skill is higher by more than this."""


@dataclass(frozen=True, eq=False)
class Choice:
    """The surrogate taken, its skill, and what the others reached.

    better: (n,) by how much less the squared error is than that of predicting the mean.
    """

    surrogate: Surrogate
    target: np.ndarray
    skill: float
    candidates: tuple[tuple[str, float], ...]
    better: np.ndarray

    @property
    def evidence(self) -> float:
        """How many standard errors the gain over predicting the mean lies above zero."""
        spread = float(np.std(self.better, ddof=1)) / np.sqrt(len(self.better))
        return float(np.mean(self.better)) / spread if spread > 0 else 0.0


def configuration_data(frame: Frame, model: NoiseModel | None) -> Data:
    """Means, codes and the noise of each mean; without replicates the noise has to be learned."""
    spread = float(np.var(frame.means)) or 1.0
    if model is None:
        variance, df = np.ones(frame.n_configurations), 0.0
    else:
        variance, df = np.maximum(model.variance, 1e-9 * spread), float(model.df)
    return Data(frame.configuration_codes, frame.means, variance / frame.replicates, df)


def choose(space: Space, data: Data, rng: np.random.Generator, *, workers: int = 1) -> Choice:
    """Fit both surrogates and keep the one with the higher skill."""
    smooth_rng, forest_rng = rng.spawn(2)
    smooth, rows = fit_gaussian(space, data, smooth_rng, workers=workers)
    forest = Forest(workers=workers)(space, data, forest_rng)
    scored: list[tuple[Surrogate, np.ndarray, float]] = [
        (smooth, data.target[rows], _skill(data.target[rows], smooth.held_out)),
        (forest, data.target, _skill(data.target, forest.held_out)),
    ]
    pick = 1 if scored[1][2] > scored[0][2] + PREFER_SMOOTH else 0
    surrogate, target, skill = scored[pick]
    n = len(target)
    without = (target.sum() - target) / max(n - 1, 1)
    return Choice(
        surrogate=surrogate,
        target=target,
        skill=skill,
        candidates=tuple((item[0].name, item[2]) for item in scored),
        better=(target - without) ** 2 - (target - surrogate.held_out) ** 2,
    )


def fit_gaussian(
    space: Space, data: Data, rng: np.random.Generator, *, workers: int = 1
) -> tuple[GaussianSurrogate, np.ndarray]:
    """A Gaussian process and the rows it was conditioned on."""
    rows = np.arange(len(data.target))
    if len(rows) > MOST_ROWS:
        rows = np.sort(rng.choice(len(rows), MOST_ROWS, replace=False))
    subset = data.take(rows)
    fit = Gaussian()(space, subset, rng)
    posterior = fit.posterior(subset)
    surrogate = GaussianSurrogate(
        space=space,
        fit=fit,
        data=subset,
        posterior=posterior,
        held_out=posterior.leave_one_out,
        workers=workers,
    )
    return surrogate, rows


def _skill(target: np.ndarray, held_out: np.ndarray) -> float:
    variance = float(np.var(target))
    return 1 - float(np.mean((target - held_out) ** 2)) / variance if variance > 0 else 0.0
