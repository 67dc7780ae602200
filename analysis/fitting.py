"""Which surrogate speaks: the one that predicts configurations it has not seen best.

All are fitted to configuration means, replicates together, so seeds of one configuration are never
on both sides of a fold. Skill is 1 - mean squared error / variance, out of sample.

Shares and risks are two questions about two regions: shares are dominated by bad runs, risks live
among good ones. So the surrogate that answers for the shares is chosen by skill on the objective's
own scale, and the one that answers for the risks by skill on the scale of normal scores.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from analysis.forest import Forest
from analysis.frame import Frame
from analysis.gaussian import Data
from analysis.gaussian_draws import GaussianSurrogate
from analysis.gaussian_fit import Gaussian
from analysis.noise import NoiseModel
from analysis.slices import Surrogate
from analysis.space import Space
from analysis.warp import NormalScores, WarpedSurrogate, scored

MOST_ROWS = 600
"""Configurations a Gaussian process is conditioned on; beyond, a random subset speaks for all."""
PREFER_SMOOTH = 0.02
"""The forest is taken only when its skill is higher by more than this."""


@dataclass(frozen=True, eq=False)
class Candidate:
    """A fitted surrogate with its skill; rows: the configurations it holds predictions for."""

    surrogate: Surrogate
    rows: np.ndarray
    skill: float
    skill_of_scores: float


@dataclass(frozen=True, eq=False)
class Choice:
    """The surrogates taken for shares and for risks, and what all candidates reached.

    rows, target: (n,) the configurations that skill was measured on, and their means.
    gains: by how much less the squared error is than that of predicting the mean, (n,) on the
    objective's scale and (n,) on that of normal scores.
    """

    for_shares: Surrogate
    for_risks: Surrogate
    rows: np.ndarray
    target: np.ndarray
    skill: float
    candidates: tuple[tuple[str, float], ...]
    gains: tuple[np.ndarray, np.ndarray]

    @property
    def evidence(self) -> float:
        """How many standard errors the gain over predicting the mean lies above zero.

        The larger of both scales: a few diverged runs can hide any skill on the objective's own.
        """
        return max(_standard_errors(gain) for gain in self.gains)


def choose(
    frame: Frame, model: NoiseModel | None, rng: np.random.Generator, *, workers: int = 1
) -> Choice:
    """Fit every candidate, keep the best for each question, and learn its uncertainty."""
    smooth_rng, warped_rng, forest_rng, shares_rng, risks_rng = rng.spawn(5)
    data = configuration_data(frame, model)
    scores, on_scores = scored(frame)
    smooth, rows = fit_gaussian(frame.space, data, smooth_rng, workers=workers)
    inner, warped_rows = fit_gaussian(
        frame.space,
        configuration_data(on_scores, None),
        warped_rng,
        workers=workers,
        like=smooth,
    )
    fitted: list[tuple[Surrogate, np.ndarray]] = [
        (smooth, rows),
        (WarpedSurrogate(scores, inner), warped_rows),
        (Forest(workers=workers)(frame.space, data, forest_rng), np.arange(len(data.target))),
    ]
    candidates = [_candidate(surrogate, at, data, scores) for surrogate, at in fitted]
    taken = max(candidates, key=lambda item: item.skill - _handicap(item))
    for_risks = max(candidates[:2], key=lambda item: item.skill_of_scores)
    for_shares = explored(taken.surrogate, shares_rng)
    same = for_risks is taken
    return Choice(
        for_shares=for_shares,
        for_risks=for_shares if same else explored(for_risks.surrogate, risks_rng),
        rows=taken.rows,
        target=data.target[taken.rows],
        skill=taken.skill,
        candidates=tuple((item.surrogate.name, item.skill) for item in candidates),
        gains=(
            _gain(data.target[taken.rows], taken.surrogate.held_out),
            _gain(scores(data.target[for_risks.rows]), scores(for_risks.surrogate.held_out)),
        ),
    )


def configuration_data(frame: Frame, model: NoiseModel | None) -> Data:
    """Means, codes and the noise of each mean; without a noise model it has to be learned."""
    spread = float(np.var(frame.means)) or 1.0
    variance = 1.0 if model is None else max(model.sd**2, 1e-9 * spread)
    df = 0.0 if model is None else float(model.df)
    return Data(frame.configuration_codes, frame.means, variance / frame.replicates, df)


def fit_gaussian(
    space: Space,
    data: Data,
    rng: np.random.Generator,
    *,
    workers: int = 1,
    like: GaussianSurrogate | None = None,
) -> tuple[GaussianSurrogate, np.ndarray]:
    """A Gaussian process at its most probable weights, and the rows it was conditioned on."""
    rows = np.arange(len(data.target))
    if len(rows) > MOST_ROWS:
        rows = np.sort(rng.choice(len(rows), MOST_ROWS, replace=False))
    subset = data.take(rows)
    fit = Gaussian()(space, subset, rng, like=None if like is None else like.fit)
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


def explored(surrogate: Surrogate, rng: np.random.Generator) -> Surrogate:
    """The surrogate with draws of its weights, where it has weights."""
    if isinstance(surrogate, WarpedSurrogate):
        inner = _explored(surrogate.inner, rng)
        return replace(surrogate, inner=inner)
    return _explored(surrogate, rng) if isinstance(surrogate, GaussianSurrogate) else surrogate


def _explored(surrogate: GaussianSurrogate, rng: np.random.Generator) -> GaussianSurrogate:
    return replace(surrogate, fit=Gaussian().explore(surrogate.fit, surrogate.data, rng))


def _candidate(
    surrogate: Surrogate, rows: np.ndarray, data: Data, scores: NormalScores
) -> Candidate:
    target = data.target[rows]
    return Candidate(
        surrogate=surrogate,
        rows=rows,
        skill=_skill(target, surrogate.held_out),
        skill_of_scores=_skill(scores(target), scores(surrogate.held_out)),
    )


def _gain(target: np.ndarray, held_out: np.ndarray) -> np.ndarray:
    """(n,) squared error of the other configurations' mean, less that of the prediction."""
    without = (target.sum() - target) / max(len(target) - 1, 1)
    return np.asarray((target - without) ** 2 - (target - held_out) ** 2)


def _standard_errors(gain: np.ndarray) -> float:
    spread = float(np.std(gain, ddof=1)) / np.sqrt(len(gain))
    return float(np.mean(gain)) / spread if spread > 0 else 0.0


def _handicap(candidate: Candidate) -> float:
    return PREFER_SMOOTH if candidate.surrogate.name == "random forest" else 0.0


def _skill(target: np.ndarray, held_out: np.ndarray) -> float:
    variance = float(np.var(target))
    return 1 - float(np.mean((target - held_out) ** 2)) / variance if variance > 0 else 0.0
