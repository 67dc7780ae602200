"""Exact functional ANOVA of any function that is a sum of products of one-parameter functions.

Both surrogates have this shape. A Gaussian process with zero-mean kernels:

    f(x) = sum_n a_n [r1 e1(A_.(x, n)) + r2 e2(A_.(x, n)) + r3 (orders above two)]

and a forest, whose every leaf is a box: value times prod_i (1 + A_i) with
1 + A_i(x, n) = [x_i in leaf n] / volume_i(n). The A_i have mean zero under the measure, so the
component over u has variance r_|u|^2 a' [prod_{i in u} M_i] a with the overlaps
M_i[n, m] = integral A_i(x, n) A_i(x, m) dp(x) (Durrande et al. 2013, eq. 13; for trees Hutter, Hoos
& Leyton-Brown 2014 use the same boxes, tree by tree). Sums over all u that contain j are products
again, and the 1/|u| of the Shapley effect is the integral of t^(|u|-1) over [0, 1], exact by
Gauss-Legendre quadrature of enough nodes.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np

from analysis.decomposition import Decomposition

BLOCK = 65_536
"""Entries of an overlap matrix treated at once: small enough to stay in a core's cache share."""
DENSE = 0.7
"""Above this share of terms that depend on a parameter, leaving the others out costs more."""
TINY = 1e-12
MAX_NODES = 6
"""Exact for interactions of up to 12 parameters; beyond, a component's weight in a Shapley effect
is approximated with an error far below the report's rounding."""


def decompose_products(
    amplitude: np.ndarray,
    factors: Sequence[tuple[np.ndarray, np.ndarray]],
    *,
    orders: tuple[float, float, float] = (1.0, 1.0, 1.0),
) -> Decomposition:
    """Every index of f, in squared units of `amplitude`.

    amplitude: (n,) a_n.
    factors: per parameter (A, w): A (n_cells, n) values of A_i on a quadrature, w (n_cells,).
    orders: r1, r2 and r3 for orders one, two and above.
    """
    d = len(factors)
    r1, r2, r3 = (order**2 for order in orders)
    nodes, weights = np.polynomial.legendre.leggauss(min(d // 2 + 1, MAX_NODES))
    nodes, weights = np.append((nodes + 1) / 2, 1.0), weights / 2
    sums = np.zeros((4, d))
    members = [np.flatnonzero(cross.any(axis=0)) for cross, _ in factors]
    for rows in _blocks(len(amplitude)):
        pull = np.multiply.outer(amplitude[rows], amplitude[rows.start :])
        # The matrix is symmetric: what lies right of the diagonal block counts twice.
        pull[:, rows.stop - rows.start :] *= 2
        overlaps = [
            _overlap(cross, weight, rows, member)
            for (cross, weight), member in zip(factors, members, strict=True)
        ]
        sums += _block_sums(pull.ravel(), overlaps, nodes, weights)
    quadratic, pairwise, every, averaged = sums
    # First order and pairs come from the components themselves, which are linear in the amplitudes:
    # amplitudes that nearly cancel (no noise, many runs) would ruin a difference of large squares.
    first = r1 * np.array([weight @ (cross @ amplitude) ** 2 for cross, weight in factors])
    pairs = r2 * pair_variances(amplitude, factors)
    second = pairs.sum(axis=0)
    rest = np.maximum(r3 * (every - quadratic - pairwise), 0.0)
    shared = np.clip(r3 * (averaged - quadratic - pairwise / 2), rest / max(d, 1), rest / 3)
    shapley = first + second / 2 + shared
    return Decomposition(float(shapley.sum()), first, first + second + rest, shapley, pairs)


@dataclass(frozen=True, eq=False)
class _Overlap:
    """M of one parameter in a block of the matrix, and where in the block it is not 0.

    Boxes that span the whole axis are left out: most leaves of a forest constrain few parameters.
    Blocks and values are flat: one index is looked up in half the time of a row and a column.
    """

    values: np.ndarray
    at: np.ndarray | slice


def _overlap(cross: np.ndarray, weight: np.ndarray, rows: slice, member: np.ndarray) -> _Overlap:
    if len(member) > DENSE * cross.shape[1]:
        right = weight[:, None] * cross[:, rows.start :]
        return _Overlap((cross[:, rows].T @ right).ravel(), slice(None))
    right_of = member[member >= rows.start]
    inside = right_of[right_of < rows.stop]
    values = cross[:, inside].T @ (weight[:, None] * cross[:, right_of])
    at = np.add.outer((inside - rows.start) * (cross.shape[1] - rows.start), right_of - rows.start)
    return _Overlap(values.ravel(), at.ravel())


def _block_sums(
    pull: np.ndarray, overlaps: list[_Overlap], nodes: np.ndarray, weights: np.ndarray
) -> np.ndarray:
    """(4, d) sums over a flat block: orders one, two, all, and all over their size."""
    out = np.zeros((4, len(overlaps)))
    summed = np.zeros_like(pull)
    for overlap in overlaps:
        summed[overlap.at] += overlap.values
    for index, overlap in enumerate(overlaps):
        own = pull[overlap.at] * overlap.values
        out[0, index] = own.sum()
        out[1, index] = own @ (summed[overlap.at] - overlap.values)
    for node, weight in zip(nodes, np.append(weights, 0.0), strict=True):
        product = pull.copy()
        parts = [_factor(overlap.values, node) for overlap in overlaps]
        for overlap, factor in zip(overlaps, parts, strict=True):
            product[overlap.at] *= factor
        for index, (overlap, factor) in enumerate(zip(overlaps, parts, strict=True)):
            value = float(product[overlap.at] @ (overlap.values / factor))
            out[3, index] += weight * value
            if node == 1.0:
                out[2, index] = value
    return out


def _blocks(n: int) -> Iterator[slice]:
    """Rows of the upper triangle, so many that every block has about `BLOCK` entries."""
    start = 0
    while start < n:
        stop = min(n, start + max(1, BLOCK // (n - start)))
        yield slice(start, stop)
        start = stop


def _factor(overlap: np.ndarray, node: float) -> np.ndarray:
    """1 + t M, never exactly 0 (disjoint boxes at t = 1), so that it can be divided out again."""
    factor = 1 + node * overlap
    factor[np.abs(factor) < TINY] = TINY
    return np.asarray(factor)


def pair_variances(
    amplitude: np.ndarray, factors: Sequence[tuple[np.ndarray, np.ndarray]]
) -> np.ndarray:
    """(d, d) variance of each pair's component: the component itself, on the two quadratures."""
    d = len(factors)
    out = np.zeros((d, d))
    roots = [np.sqrt(weight)[:, None] * cross for cross, weight in factors]
    starts = np.cumsum([0, *map(len, roots)])
    columns = np.concatenate(roots).T.copy()
    for left, root in enumerate(roots[:-1]):
        # All later parameters at once, of the terms that depend on this one.
        member = np.flatnonzero(root.any(axis=0))
        later = columns[:, starts[left + 1] :]
        if len(member) <= DENSE * len(amplitude):
            root, later, own = root[:, member], later[member], amplitude[member]
        else:
            own = amplitude
        squares = np.square((root * own) @ later).sum(axis=0)
        out[left, left + 1 :] = np.add.reduceat(squares, starts[left + 1 : -1] - starts[left + 1])
    return out + out.T
