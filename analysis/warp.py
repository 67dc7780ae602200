"""A surrogate of normal scores: the good region stays visible however bad the bad runs are.

The objective is mapped to normal scores (`scores`), a Gaussian process is fitted there, and every
prediction is mapped back by the inverse. Runs that diverged then weigh no more than runs that were
merely poor, a ceiling such as accuracy 1 stays a ceiling, and noise that grows among bad runs is
nearly even. Shares remain shares of the objective's own variance.

The mapped-back function has no closed form: first order and total are exact along each parameter
and quasi-Monte-Carlo over the others (`slices`), pairs are projections on orthonormal polynomials
(`pairs`).
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from analysis.decomposition import Decomposition, assembled
from analysis.frame import Frame
from analysis.gaussian_draws import GaussianSurrogate
from analysis.indices import indices, with_parents
from analysis.pairs import pair_components
from analysis.scores import NormalScores
from analysis.slices import More, Slices, gate, sobol_settings
from analysis.space import Space

N_SETTINGS = 1024
"""Quasi-Monte-Carlo settings behind a decomposition."""


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

    def without_folds(self, rng: np.random.Generator) -> WarpedSurrogate:
        """As the process of scores has it."""
        return replace(self, inner=self.inner.without_folds(rng))

    def explored(self, rng: np.random.Generator) -> WarpedSurrogate:
        """As the process of scores has it."""
        return replace(self, inner=self.inner.explored(rng))

    def carried(self, variance: np.ndarray) -> np.ndarray:
        """(n,) what noise of the runs' means, in the objective's unit squared, is among scores."""
        predicted = self.scores.back(self.inner.posterior.mean(self.inner.data.codes))
        return self.scores.spread(predicted, variance=variance)

    def mean(self, codes: np.ndarray) -> np.ndarray:
        """(n,) prediction: the mapped-back posterior mean."""
        return self.scores.back(self.inner.mean(codes))

    def along(self, index: int, *, codes: np.ndarray, others: np.ndarray) -> np.ndarray:
        """(n_settings, n_others) `mean` along one axis."""
        return self.scores.back(self.inner.along(index, codes=codes, others=others))

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
        codes = gate(space, sobol_settings(space, N_SETTINGS // 2, rng=pair_rng))
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
        slices = self.slices(sobol_settings(space, N_SETTINGS, rng=rng), 0, rng=rng)
        found = with_parents(indices(slices), space)
        return assembled(
            float(found.variance[0]), found.first[0], total=found.total[0], pairs=found.pairs[0]
        )
