"""F tests that hold where the variance differs between settings."""

from __future__ import annotations

import numpy as np

from analysis.anova_fit import LinearModel
from analysis.anova_says import WHERE
from analysis.errors import TooFewRuns
from analysis.sentences import said

MOST_LEVERAGE = 1.0 - 1e-6
"""A row fitted exactly has no residual to learn its variance from."""
MOST_SINGULAR = 1e-9


def robust_f(model: LinearModel, index: int, *, marginal: bool) -> float:
    """Wald F of a term with the HC3 covariance, in the submodel of type II (marginal) or III.

    F = b' V^-1 b / df with V the sandwich of squared residuals over (1 - leverage)^2
    (MacKinnon & White 1985; Long & Ervin 2000). Degrees of freedom as in the classical test.
    Raises `TooFewRuns` where the residuals do not vary enough to give V.
    """
    larger, smaller = model.without(index, marginal=marginal)
    y = model.scaled(model.y)
    rows = model.rows @ model.span(larger)
    leverage = np.minimum((rows * rows).sum(axis=1), MOST_LEVERAGE)
    residual = (y - rows @ (rows.T @ y)) / (1.0 - leverage)
    others = model.span(smaller)
    columns = model.columns_of(index)
    left = columns - others @ (others.T @ columns)
    u, s, _ = np.linalg.svd(left, full_matrices=False)
    own = model.rows @ u[:, s > 1e-7]
    effect = own.T @ y
    scores = own * residual[:, None]
    _, s, turned = np.linalg.svd(scores, full_matrices=False)
    if s[-1] <= MOST_SINGULAR * s[0]:
        exact = said("classical.exact", names=model.terms[index].parameters)
        raise TooFewRuns.said(exact, where=WHERE)
    return float(np.sum((turned @ effect / s) ** 2)) / int(own.shape[1])


def robust_covariance(model: LinearModel, index: int) -> np.ndarray:
    """(m, m) HC3 covariance of a term's coefficients in the full model, which has full rank."""
    leverage = np.minimum((model.rows * model.rows).sum(axis=1), MOST_LEVERAGE)
    y = model.scaled(model.y)
    residual = (y - model.rows @ (model.rows.T @ y)) / (1.0 - leverage)
    pull = model.influence(index) * residual
    return np.asarray(pull @ pull.T)
