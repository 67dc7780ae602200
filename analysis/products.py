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

import numpy as np

from analysis.decomposition import Decomposition

BLOCK = 65_536
"""Entries of an overlap matrix treated at once: small enough to stay in a core's cache share."""
TINY = 1e-12
MAX_NODES = 6
"""Exact for interactions of up to 12 parameters; beyond, a component's weight in a Shapley effect
is approximated with an error far below the report's rounding."""


def decompose_products(
    amplitude: np.ndarray,
    factors: Sequence[tuple[np.ndarray, np.ndarray]],
    orders: tuple[float, float, float] = (1.0, 1.0, 1.0),
    *,
    max_order: int | None = None,
) -> Decomposition:
    """Every index of f, in squared units of `amplitude`.

    amplitude: (n,) a_n.
    factors: per parameter (A, w): A (n_cells, n) values of A_i on a quadrature, w (n_cells,).
    orders: r1, r2 and r3 for orders one, two and above.
    max_order: no product has more parameters than this (None: all d); fewer need fewer nodes.
    """
    d = len(factors)
    top = d if max_order is None else min(d, max_order)
    r1, r2, r3 = (order**2 for order in orders)
    nodes, weights = np.polynomial.legendre.leggauss(min(max(top // 2 + 1, 1), MAX_NODES))
    nodes, weights = (nodes + 1) / 2, weights / 2
    first, total, shapley = np.zeros(d), np.zeros(d), np.zeros(d)
    for rows in _blocks(len(amplitude)):
        pull = np.multiply.outer(amplitude[rows], amplitude)
        overlaps = [cross[:, rows].T @ (weight[:, None] * cross) for cross, weight in factors]
        summed = np.sum(overlaps, axis=0) if d else np.zeros_like(pull)
        full = _product(overlaps, 1.0, pull)
        partial = [_product(overlaps, node, pull) for node in nodes]
        for index, overlap in enumerate(overlaps):
            own = pull * overlap
            one, two = r1 * own.sum(), r2 * np.vdot(own, summed - overlap)
            others = own.sum() + np.vdot(own, summed - overlap)
            rest = np.vdot(overlap, _without(full, overlap, 1.0)) - others
            shared = sum(
                weight * np.vdot(overlap, _without(part, overlap, node))
                for node, weight, part in zip(nodes, weights, partial, strict=True)
            )
            shared -= own.sum() + np.vdot(own, summed - overlap) / 2
            first[index] += one
            total[index] += one + two + r3 * rest
            shapley[index] += one + two / 2 + r3 * shared
    pairs = r2 * pair_variances(amplitude, factors)
    return Decomposition(float(shapley.sum()), first, total, shapley, pairs)


def _blocks(n: int) -> Iterator[slice]:
    step = max(1, BLOCK // max(n, 1))
    for start in range(0, n, step):
        yield slice(start, min(start + step, n))


def _product(overlaps: list[np.ndarray], node: float, pull: np.ndarray) -> np.ndarray:
    product = pull.copy()
    for overlap in overlaps:
        product *= _factor(overlap, node)
    return product


def _without(product: np.ndarray, overlap: np.ndarray, node: float) -> np.ndarray:
    return np.asarray(product / _factor(overlap, node))


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
    for left in range(d):
        scaled = roots[left] * amplitude
        for right in range(left + 1, d):
            out[left, right] = out[right, left] = float(((scaled @ roots[right].T) ** 2).sum())
    return out
