"""What do two parameters do only together, whoever else has a part in it?

The share of all components that hold both: their pair's, and those of three and more parameters.
Where it is nothing, the one's best value does not hang on the other's, and they can be tuned one
after the other. Of f = (a - 1/2)(b - 1/2)(c - 1/2) every pair's component is 0 and every such share
is 1. "Superset importance": Hooker 2004; as an expectation, Liu & Owen 2006, theorem 1:
V_ij+ = E[(f(x) - f(x with x_i') - f(x with x_j') + f(x with both))^2] / 4.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from analysis.estimates import room_for_pairs
from analysis.indices import LEVEL, RESOLUTION
from analysis.sensitivity import Sensitivity
from analysis.slices import gate
from analysis.study import Study

N_POINTS = 96
"""Settings x, each with another value x' of every parameter."""
N_DRAWS = 40
"""Plausible functions that are asked."""

Columns = tuple[int, int]


def highs(study: Study, pairs: Sequence[Columns], *, margin: float) -> dict[Columns, float]:
    """Upper ends of what these pairs do together with others, where that may reach the margin.

    margin: as a share of the variance. Left out are pairs of which the components of order three
    and more of one of both lie below it with their pair's own: nothing has to be computed there.
    """
    most, (_, room) = at_most(study), room_for_pairs(study)
    asked = [(i, j) for i, j in pairs if _upper(most[:, i, j]) + room >= margin]
    if not asked:
        return {}
    shares = joint_shares(study, asked)
    return {pair: _upper(shares[:, at]) + room for at, pair in enumerate(asked)}


def at_most(study: Sensitivity) -> np.ndarray:
    """(n_draws, d, d) bound of what two parameters do together, from the indices at hand.

    Their pair's component, and the smaller of the two parameters' shares of orders above two.
    """
    drawn = study.indices
    beyond = np.clip(drawn.total - drawn.first - drawn.pairs.sum(axis=2), 0.0, 1.0)
    return np.asarray((drawn.pairs + np.minimum(beyond[:, :, None], beyond[:, None, :]))[1:])


def partners(study: Sensitivity) -> np.ndarray:
    """(d, d) bool: which others a parameter does something with; what is good hangs on them."""
    found = at_most(study).mean(axis=0) >= RESOLUTION
    np.fill_diagonal(found, val=False)
    return np.asarray(found)


def joint_shares(study: Study, pairs: Sequence[Columns]) -> np.ndarray:
    """(n_draws, n_pairs) share of the variance in all components that hold both parameters."""
    rng = np.random.default_rng(0)  # a design, the same for every study
    there = study.others[:N_POINTS]
    instead = rng.permuted(study.others, axis=0)[: len(there)]
    columns = sorted({column for pair in pairs for column in pair})
    moves: list[tuple[int, ...]] = [(), *((column,) for column in columns), *pairs]
    codes = np.repeat(there[None], len(moves), axis=0)
    for block, moved in zip(codes, moves, strict=True):
        for column in moved:
            block[:, column] = instead[:, column]
    surrogate = study.choice.for_shares
    settings = gate(study.frame.space, codes.reshape(-1, there.shape[1]))
    drawn = surrogate.draws(settings, N_DRAWS, rng=rng)
    f = dict(zip(moves, np.moveaxis(drawn.reshape(len(drawn), len(moves), -1), 1, 0), strict=True))
    whole = np.maximum(np.var([f[()], *(f[(column,)] for column in columns)], axis=(0, 2)), 1e-300)
    parts = [np.mean((f[()] - f[(i,)] - f[(j,)] + f[(i, j)]) ** 2, axis=1) / 4 for i, j in pairs]
    return np.asarray(np.minimum(np.stack(parts, axis=1) / whole[:, None], 1.0))


def _upper(draws: np.ndarray) -> float:
    return float(np.quantile(draws, (1 + LEVEL) / 2)) + RESOLUTION
