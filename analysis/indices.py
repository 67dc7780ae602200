"""First-order and total indices of every draw, from its slices."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from analysis.decomposition import Decomposition, assembled
from analysis.results import Share
from analysis.slices import Slices, switched
from analysis.space import Space

LEVEL = 0.95
RESOLUTION = 0.01
"""One point: shares are not told apart more finely, however much the draws agree."""


@dataclass(frozen=True, eq=False)
class Indices:
    """(n_draws, d) first order and total, (n_draws, d, d) pairs, as shares of each draw's V."""

    variance: np.ndarray
    first: np.ndarray
    total: np.ndarray
    pairs: np.ndarray


def indices(slices: Slices) -> Indices:
    """Indices of each draw.

    T_j V = E Var(f | all but j): the variance over the settings of j at each setting of the others,
    averaged (Jansen 1999, exact in j). S_j V = variance of the means over the others, less what
    their finite number adds to it (the interaction mean square, as in a two-way table).
    """
    n_draws, d = len(slices.values[0]), len(slices.values)
    variance = np.zeros((n_draws, d))
    first, total = np.zeros((n_draws, d)), np.zeros((n_draws, d))
    for index, (values, weight) in enumerate(zip(slices.values, slices.weights, strict=True)):
        n_others = values.shape[2]
        # Far from zero the squares below would keep nothing of what varies.
        values = values - values.mean(axis=(1, 2), keepdims=True)
        column = np.einsum("svm,v->sm", values, weight)
        row = values.mean(axis=2)
        grand = row @ weight
        square = np.einsum("svm,v->s", values**2, weight) / n_others
        total[:, index] = square - (column**2).mean(axis=1)
        between = row**2 @ weight - grand**2
        across = column.var(axis=1)
        interaction = np.maximum(square - grand**2 - between - across, 0.0)
        first[:, index] = np.maximum(between - interaction / max(n_others - 1, 1), 0.0)
        variance[:, index] = square - grand**2
    whole = np.maximum(variance.mean(axis=1), 1e-300)
    return Indices(
        variance=whole,
        # Held before they are divided: rounding may leave of a variance next to nothing.
        first=np.minimum(first, whole[:, None]) / whole[:, None],
        total=np.clip(total, 0.0, whole[:, None]) / whole[:, None],
        pairs=np.clip(slices.pairs, 0.0, whole[:, None, None]) / whole[:, None, None],
    )


def with_parents(found: Indices, space: Space) -> Indices:
    """The same with the pairs of conditional parameters and the ones that switch them.

    A kernel that is zero where its parameter does not exist holds this pair within what looks like
    the parameter's own effect. Of an effect with variance V in a share q of the space and none in
    the rest, q^2 V is first order and q (1 - q) V belongs to the pair.
    """
    pairs = found.pairs.copy()
    for child, parent, q in switched(space):
        held = np.maximum(pairs[:, parent, child], found.first[:, child] * (1 - q) / q)
        pairs[:, parent, child] = pairs[:, child, parent] = np.minimum(held, 1.0)
    return replace(found, pairs=pairs)


def averaged(found: Indices) -> Decomposition:
    """The estimate: the mean over the plausible functions.

    Their mean function alone would say too little of what the runs leave open, and nothing of
    parameters that are idle in some of them (row 0; docs/decisions/0066).
    """
    drawn = slice(1, None)
    return assembled(
        float(found.variance[drawn].mean()),
        found.first[drawn].mean(axis=0),
        total=found.total[drawn].mean(axis=0),
        pairs=found.pairs[drawn].mean(axis=0),
    )


def interval(estimate: float, draws: np.ndarray, *, plug_in: float) -> tuple[float, float]:
    """Interval from posterior draws that also covers around the plug-in, the mean function's.

    Draws carry the variance that the runs have not resolved, spread over the parameters; the
    plug-in carries none of it. Truth lies between sparse and spread, so the interval is the union
    of the draws' quantiles and of the same deviations about the plug-in. Its coverage stands in
    `docs/methods/measured.md`.
    """
    tail = (1 - LEVEL) / 2
    low, high = np.quantile(draws, [tail, 1 - tail])
    shift = plug_in - float(np.mean(draws))
    return (
        min(float(low), float(low) + shift, plug_in, estimate),
        max(float(high), float(high) + shift, plug_in, estimate),
    )


def share(
    estimate: float,
    draws: np.ndarray,
    *,
    plug_in: float,
    stretch: float = 1.0,
    above: float = 0.0,
) -> Share:
    """A share with its interval, no finer than `RESOLUTION`, kept within 0 and 1.

    stretch, above: the interval's upper reach is so many times longer, and so much besides.
    """
    low, high = interval(estimate, draws, plug_in=plug_in)
    high = estimate + stretch * (high - estimate) + above
    return Share(
        share=float(np.clip(estimate, 0, 1)),
        low=max(0.0, low - RESOLUTION),
        high=min(1.0, high + RESOLUTION),
    )
