"""A surrogate of normal scores: the good region stays visible however bad the bad runs are.

The objective is mapped to normal scores (van der Waerden 1952), a Gaussian process is fitted there,
and every prediction is mapped back by the inverse. Runs that diverged then weigh no more than runs
that were merely poor, a ceiling such as accuracy 1 stays a ceiling, and noise is nearly even.
Shares remain shares of the objective's own variance.

The mapped-back function has no closed form: first order and total are exact along each parameter
and quasi-Monte-Carlo over the others (`slices`), pairs are projections on orthonormal polynomials
(`pairs`).
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import cached_property

import numpy as np
from scipy.stats import norm, rankdata

from analysis.decomposition import Decomposition, assembled
from analysis.frame import Frame
from analysis.gaussian_draws import GaussianSurrogate
from analysis.indices import indices, with_parents
from analysis.pairs import pair_components
from analysis.slices import More, Slices, gate, settings
from analysis.space import Space

OUTER = 0.1
"""Share of the sample whose slope carries the map on beyond its ends."""
FAR = 10.0
"""Scores to which it is carried."""
N_SETTINGS = 1024
"""Quasi-Monte-Carlo settings behind a decomposition."""


@dataclass(frozen=True, eq=False)
class NormalScores:
    """A monotone map: values (n,) ascending and distinct, scores (n,) ascending."""

    values: np.ndarray
    scores: np.ndarray

    @classmethod
    def of(cls, objective: np.ndarray) -> NormalScores:
        """The map of a sample; ties share the score of their mean rank."""
        scores = norm.ppf((rankdata(objective) - 0.5) / len(objective))
        values, first = np.unique(objective, return_index=True)
        return cls(values, scores[first])

    def __call__(self, objective: np.ndarray) -> np.ndarray:
        """Values to scores, linear between the sample's."""
        return np.asarray(np.interp(objective, self.values, self.scores))

    def back(self, scores: np.ndarray) -> np.ndarray:
        """Scores to values; beyond the sample's ends, straight on at the slope of its outer tenth.

        Settings that nobody tried may well be better than the best run: an end that held would
        hide it. Where the runs crowd against a ceiling the slope there is nearly flat.
        """
        return np.asarray(np.interp(scores, *self._extended))

    @cached_property
    def _extended(self) -> tuple[np.ndarray, np.ndarray]:
        """The map with one more point far beyond either end."""
        z, y = self.scores, self.values
        step = min(max(2, round(OUTER * len(z))), len(z) - 1)
        if step < 1:
            return z, y
        low, high = (
            (y[step] - y[0]) / (z[step] - z[0]),
            (y[-1] - y[-1 - step]) / (z[-1] - z[-1 - step]),
        )
        return (
            np.concatenate([[z[0] - FAR], z, [z[-1] + FAR]]),
            np.concatenate([[y[0] - FAR * low], y, [y[-1] + FAR * high]]),
        )


def scored(frame: Frame) -> tuple[NormalScores, Frame]:
    """The map of a frame's runs, and the frame on the score scale."""
    scores = NormalScores.of(frame.objective)
    return scores, replace(frame, objective=scores(frame.objective))


@dataclass(frozen=True, eq=False)
class WarpedSurrogate:
    """A Gaussian process of normal scores, read in the objective's unit."""

    scores: NormalScores
    inner: GaussianSurrogate
    name: str = "gaussian process of normal scores"

    @property
    def space(self) -> Space:
        """The space that codes refer to."""
        return self.inner.space

    @property
    def held_out(self) -> np.ndarray:
        """(n_configurations,) leave-one-out predictions."""
        return self.scores.back(self.inner.held_out)

    def mean(self, codes: np.ndarray) -> np.ndarray:
        """(n,) prediction: the mapped-back posterior mean."""
        return self.scores.back(self.inner.mean(codes))

    def draws(self, codes: np.ndarray, n_draws: int, *, rng: np.random.Generator) -> np.ndarray:
        """(n_draws, n) mapped-back posterior functions."""
        return self.scores.back(self.inner.draws(codes, n_draws, rng=rng))

    def slices(
        self, others: np.ndarray, n_draws: int, *, rng: np.random.Generator, more: More = ()
    ) -> Slices:
        """Mapped-back slices, with pairs from a sample of the space."""
        space, axes = self.inner.space, self.inner.posterior.model.axes
        slice_rng, pair_rng = rng.spawn(2)
        inner = self.inner.slices(others, n_draws, rng=slice_rng, more=more)
        codes = gate(space, settings(space, N_SETTINGS // 2, rng=pair_rng))
        sample = self.mean(codes)[None]
        if n_draws:
            sample = np.concatenate([sample, self.draws(codes, n_draws, rng=pair_rng)])
        return replace(
            inner,
            values=tuple(self.scores.back(values) for values in inner.values),
            pairs=pair_components(axes, codes, sample=sample),
        )

    def decompose(self) -> Decomposition:
        """Components of the mapped-back mean.

        Orders above two are known through each parameter's total only; a Shapley effect gives every
        parameter its part of them in proportion to its total of them.
        """
        space = self.inner.space
        rng = np.random.default_rng(0)
        slices = self.slices(settings(space, N_SETTINGS, rng=rng), 0, rng=rng)
        found = with_parents(indices(slices), space)
        return assembled(
            float(found.variance[0]), found.first[0], total=found.total[0], pairs=found.pairs[0]
        )
