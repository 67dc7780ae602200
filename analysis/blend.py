"""Several surrogates answering as one, each with the probability that it predicts best.

Which of two surrogates predicts unseen configurations better is itself uncertain. Taking one says
more than the runs do: where they nearly tie, its intervals leave out what the other would have
said. So each speaks with a weight, the share of Bayesian-bootstrap samples of the configurations
(Rubin 1981) in which its held-out squared error is the smallest (the weights of pseudo-BMA+, Yao,
Vehtari, Simpson & Gelman 2018, section 3.4, with the sharper vote instead of the softmax).
Estimates are weighted means over the surrogates, and draws are taken from each in proportion.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from analysis.decomposition import Decomposition
from analysis.slices import Surrogate
from analysis.space import Space

N_VOTES = 1000
"""Bootstrap samples that vote."""
LEAST = 0.1
"""A surrogate with a smaller weight is left out."""


@dataclass(frozen=True)
class Part:
    """One surrogate's say: its weight, and how many of the draws are its own."""

    weight: float
    n_draws: int


@dataclass(frozen=True, eq=False)
class Blend:
    """Surrogates of one space with weights that sum to one, heaviest first."""

    parts: tuple[tuple[Surrogate, float], ...]

    @property
    def name(self) -> str:
        """As the report says it."""
        if len(self.parts) == 1:
            return self.parts[0][0].name
        return " and ".join(f"{part.name} ({weight:.0%})" for part, weight in self.parts)

    @property
    def space(self) -> Space:
        """The space that codes refer to."""
        return self.parts[0][0].space

    def mean(self, codes: np.ndarray) -> np.ndarray:
        """(n,) prediction of the objective's mean."""
        return self._mean([part.mean(codes) for part, _ in self.parts])

    def along(self, index: int, *, codes: np.ndarray, others: np.ndarray) -> np.ndarray:
        """(n_settings, n_others) `mean` as one parameter moves over codes, the others held."""
        return self._mean([part.along(index, codes=codes, others=others) for part, _ in self.parts])

    def draws(self, codes: np.ndarray, n_draws: int, *, rng: np.random.Generator) -> np.ndarray:
        """(n_draws, n) plausible functions, from each surrogate in proportion to its weight."""
        return np.concatenate(
            [
                part.draws(codes, size, rng=stream)
                for (part, _), size, stream in zip(
                    self.parts, self.sizes(n_draws), rng.spawn(len(self.parts)), strict=True
                )
            ]
        )

    def decompose(self) -> Decomposition:
        """The mean of the surrogates' components, as shares of each one's own variance."""
        return mixed([(part.decompose(), weight) for part, weight in self.parts])

    def part(self, surrogate: Surrogate, n_draws: int) -> Part:
        """The part of one surrogate in an answer of n_draws; none if it is not in the blend."""
        for (known, weight), size in zip(self.parts, self.sizes(n_draws), strict=True):
            if known is surrogate:
                return Part(weight, size)
        return Part(0.0, 0)

    def sizes(self, n: int) -> list[int]:
        """How many of n draws each surrogate gives; they sum to n, and come in pairs."""
        ends = 2 * np.rint(n / 2 * np.cumsum([weight for _, weight in self.parts])).astype(int)
        ends[-1] = n
        return [int(size) for size in np.diff(ends, prepend=0)]

    def _mean(self, values: Sequence[np.ndarray]) -> np.ndarray:
        pairs = zip(values, self.parts, strict=True)
        return np.asarray(sum(weight * value for value, (_, weight) in pairs))


def blend(
    surrogates: Sequence[Surrogate], errors: np.ndarray, *, rng: np.random.Generator
) -> Blend:
    """The surrogates weighted by how often each predicts best.

    errors: (n_configurations, n_surrogates) held-out squared errors.
    """
    votes = rng.exponential(size=(N_VOTES, len(errors))) @ errors
    weights = np.bincount(votes.argmin(axis=1), minlength=len(surrogates)) / N_VOTES
    kept = [at for at in np.argsort(-weights, kind="stable") if weights[at] >= LEAST]
    whole = float(weights[kept].sum())
    return Blend(tuple((surrogates[at], float(weights[at]) / whole) for at in kept))


def mixed(parts: Sequence[tuple[Decomposition, float]]) -> Decomposition:
    """Weighted mean of shares; S <= Sh <= T and sum Sh = 1 hold because they hold in each."""
    if len(parts) == 1:
        return parts[0][0]
    variance = sum(weight * part.variance for part, weight in parts)

    def mean(values: list[np.ndarray]) -> np.ndarray:
        pairs = zip(values, parts, strict=True)
        return np.asarray(variance * sum(weight * value for value, (_, weight) in pairs))

    return Decomposition(
        variance=float(variance),
        first=mean([part.first_order for part, _ in parts]),
        total=mean([part.total_order for part, _ in parts]),
        shapley=mean([part.shapley_effect for part, _ in parts]),
        pairs=mean([part.second_order for part, _ in parts]),
    )
