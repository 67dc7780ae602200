"""Variance of every pair's component, from a sample of the space.

The component of {i, j} is projected on products of a few orthonormal functions of each parameter
(Legendre polynomials for numbers, contrasts for levels): V_ij = sum of squared coefficients, each
less the variance that a finite sample adds to its square (polynomial chaos by projection; Sudret
2008, "Global sensitivity analysis using polynomial chaos expansions", eq. 30).
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from analysis.kernels import Axis

DEGREE = 4
MOST_CONTRASTS = 6


def pair_components(axes: Sequence[Axis], codes: np.ndarray, *, sample: np.ndarray) -> np.ndarray:
    """(n_functions, d, d) component variances, >= 0.

    codes: (m, d) settings spread by the measure; sample: (n_functions, m) values there.
    """
    d, m = len(axes), codes.shape[0]
    bases = [basis(axis, codes[:, index]) for index, axis in enumerate(axes)]
    remainder = sample - sample.mean(axis=1, keepdims=True)
    main = np.concatenate(bases, axis=1)
    # Take the main effects out first: what is left of them would only be noise to the pairs.
    solved = np.linalg.lstsq(main, remainder.T, rcond=None)[0]
    remainder = remainder - (main @ solved).T
    out = np.zeros((len(sample), d, d))
    for left in range(d):
        for right in range(left + 1, d):
            products = (bases[left][:, :, None] * bases[right][:, None, :]).reshape(m, -1)
            coefficients = remainder @ products / m
            chance = (remainder**2) @ (products**2) / m**2 - coefficients**2 / m
            value = np.maximum((coefficients**2 - chance).sum(axis=1), 0.0)
            out[:, left, right] = out[:, right, left] = value
    return out


def basis(axis: Axis, codes: np.ndarray) -> np.ndarray:
    """(n, r) functions of one parameter, orthonormal and of mean zero under its measure."""
    nodes = axis.nodes
    weights = axis.weights / axis.weights.sum()
    count = min(len(nodes) - 1, MOST_CONTRASTS if axis.parameter.kind == "categorical" else DEGREE)
    if count < 1:
        return np.zeros((len(codes), 0))
    at_nodes, at_codes = (_raw(axis, values, count) for values in (nodes, codes))
    root = np.sqrt(weights)[:, None]
    mean = weights @ at_nodes
    triangle = np.linalg.qr(root * (at_nodes - mean), mode="r")
    keep = np.abs(np.diag(triangle)) > 1e-9
    inverse = np.linalg.pinv(triangle)
    values = np.asarray((at_codes - mean) @ inverse)[:, keep]
    values[np.isnan(codes)] = 0.0
    return values


def _raw(axis: Axis, codes: np.ndarray, count: int) -> np.ndarray:
    """Functions that are not orthonormal yet: powers, or indicators of levels."""
    if axis.parameter.kind == "categorical":
        return np.asarray(codes[:, None] == axis.nodes[None, :count], dtype=float)
    top = max(float(axis.nodes.max()), 1.0)
    unit = np.clip(np.nan_to_num(codes), 0.0, None) / top
    powers = unit[:, None] ** np.arange(1, count + 1)
    if axis.parameter.none_share > 0:
        absent = codes < 0
        powers[absent] = 0.5 ** np.arange(1, count + 1)
        powers = np.column_stack([powers, absent.astype(float)])
    return np.asarray(powers)
