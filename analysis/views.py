"""What each surrogate's slices say, reduced as soon as they are made, and mixed into one answer."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from analysis.blend import Part
from analysis.fitting import Choice
from analysis.indices import Indices, indices, with_parents
from analysis.risk import Quality
from analysis.slices import More, Surrogate


@dataclass(frozen=True, eq=False)
class View:
    """What one surrogate's slices say, and its part in the answer about shares and about risks.

    Row 0 of every array is the plug-in, draws follow. codes, weights, means, expected: one array
    per parameter, as in `Slices`, averaged over the others or reduced to the expected best of them.
    """

    share: Part
    risk: Part
    codes: tuple[np.ndarray, ...]
    weights: tuple[np.ndarray, ...]
    indices: Indices
    means: tuple[np.ndarray, ...]
    expected: tuple[np.ndarray, ...]

    @classmethod
    def of(
        cls,
        surrogate: Surrogate,
        others: np.ndarray,
        *,
        choice: Choice,
        n_draws: int,
        rng: np.random.Generator,
        quality: Quality,
        more: More,
    ) -> View:
        """Slice one surrogate, and keep the means, the expected best and the indices.

        more: as `Surrogate.slices` has it.
        """
        share = choice.for_shares.part(surrogate, n_draws)
        risk = choice.for_risks.part(surrogate, n_draws)
        slices = surrogate.slices(others, max(share.n_draws, risk.n_draws), rng=rng, more=more)
        return cls(
            share=share,
            risk=risk,
            codes=slices.codes,
            weights=slices.weights,
            indices=with_parents(indices(slices), surrogate.space),
            means=tuple(values.mean(axis=2) for values in slices.values),
            expected=tuple(map(quality.expected_best, slices.values)),
        )


def mixed(parts: Sequence[tuple[Part, np.ndarray]]) -> np.ndarray:
    """Several surrogates' rows as one: the weighted mean of the estimates, then draws of each."""
    estimate = np.sum([part.weight * rows[0] for part, rows in parts], axis=0)
    drawn = [(part.n_draws, rows[1:]) for part, rows in parts if part.n_draws]
    told = [rows if len(drawn) == 1 else _spread(rows, n) for n, rows in drawn]
    return np.concatenate([estimate[None], *told])


def _spread(draws: np.ndarray, n: int) -> np.ndarray:
    """So many of the draws, evenly out of all; each more than once where there are fewer.

    They come in pairs (`Blend.sizes`). A forest is refitted at most so often (`MOST_DRAWS`), and
    would count less than its weight; the first of a chain's draws are of its first states alone.
    """
    place, pairs = np.arange(n), (len(draws) + 1) // 2
    pair = place // 2 * pairs // max((n + 1) // 2, 1)
    return np.asarray(draws[np.minimum(2 * pair + place % 2, len(draws) - 1)])


def mixed_indices(parts: Sequence[tuple[Part, Indices]]) -> Indices:
    """Several surrogates' indices as one."""
    return Indices(
        variance=mixed([(part, found.variance) for part, found in parts]),
        first=mixed([(part, found.first) for part, found in parts]),
        total=mixed([(part, found.total) for part, found in parts]),
        pairs=mixed([(part, found.pairs) for part, found in parts]),
    )
