"""F tests that hold where the variance differs between settings."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from analysis.anova_fit import LinearModel

MOST_LEVERAGE = 1.0 - 1e-6
"""A row fitted exactly has no residual to learn its variance from."""


def robust_f(model: LinearModel, index: int, *, members: Sequence[int]) -> float:
    """Wald F of a term in the submodel of `members`, with the HC3 covariance.

    F = b' V^-1 b / df with V the sandwich of squared residuals over (1 - leverage)^2
    (MacKinnon & White 1985; Long & Ervin 2000). Degrees of freedom as in the classical test.
    """
    sub = LinearModel(model.y, model.weights, tuple(model.terms[i] for i in sorted(members)))
    rows = sub.basis
    root = np.sqrt(model.weights)
    y = model.y * root
    leverage = np.minimum((rows * rows).sum(axis=1), MOST_LEVERAGE)
    residual = (y - rows @ (rows.T @ y)) / (1.0 - leverage)
    others = [i for i in members if i != index]
    smaller = LinearModel(model.y, model.weights, tuple(model.terms[i] for i in sorted(others)))
    own = _orthogonal(smaller.basis, model.terms[index].columns * root[:, None])
    effect = own.T @ y
    scores = own * residual[:, None]
    return float(effect @ np.linalg.solve(scores.T @ scores, effect)) / own.shape[1]


def _orthogonal(basis: np.ndarray, columns: np.ndarray) -> np.ndarray:
    """(n, df) orthonormal columns of the term that the basis does not span."""
    left = columns - basis @ (basis.T @ columns)
    u, s, _ = np.linalg.svd(left / np.linalg.norm(columns, axis=0), full_matrices=False)
    return np.asarray(u[:, s > 1e-7])
