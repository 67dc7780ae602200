"""The linear model behind the analysis of variance: one fit, and the sums of squares of its terms.

The design is reduced once to the triangle R of its QR decomposition; a submodel is then some
columns of R, so that each sum of squares costs a least-squares problem of the size of the model
and not of the data. Nothing depends on the order of the columns.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import pairwise

import numpy as np
import statsmodels.api as sm
from scipy import linalg

from analysis.anova_terms import Term

RANK_TOLERANCE = 1e-9
"""Relative to the largest singular value, for columns of equal length."""


@dataclass(frozen=True, eq=False)
class LinearModel:
    """Weighted least squares of (n,) y on an intercept and the terms' columns."""

    y: np.ndarray
    weights: np.ndarray
    terms: tuple[Term, ...]

    @cached_property
    def slices(self) -> tuple[slice, ...]:
        """Which columns of the design belong to each term; column 0 is the intercept."""
        ends = np.cumsum([1, *(term.n_columns for term in self.terms)])
        return tuple(slice(int(a), int(b)) for a, b in pairwise(ends))

    @cached_property
    def design(self) -> np.ndarray:
        """(n, 1 + k) intercept and columns, unweighted."""
        ones = np.ones((len(self.y), 1))
        return np.hstack([ones, *(term.columns for term in self.terms)])

    @cached_property
    def _qr(self) -> tuple[np.ndarray, np.ndarray]:
        """QR of the weighted design, its columns scaled to unit length."""
        weighted = self.design * np.sqrt(self.weights)[:, None]
        length = np.linalg.norm(weighted, axis=0)
        q, r = np.linalg.qr(weighted / np.where(length > 0, length, 1.0))
        return q, r

    @cached_property
    def _triangle(self) -> tuple[np.ndarray, np.ndarray]:
        """R, and Q'y of the weighted response."""
        q, r = self._qr
        return r, q.T @ (self.y * np.sqrt(self.weights))

    @cached_property
    def basis(self) -> np.ndarray:
        """(n, rank) orthonormal columns that span the weighted design."""
        q, r = self._qr
        if self.rank == r.shape[1]:
            return q
        return np.asarray(q @ self.span(range(len(self.terms))))

    @cached_property
    def fit(self) -> sm.regression.linear_model.RegressionResults:
        """The full model, fitted by statsmodels; on a basis where columns are dependent."""
        full = self.rank == self.design.shape[1]
        design = self.design if full else self.basis / np.sqrt(self.weights)[:, None]
        return sm.WLS(self.y, design, weights=self.weights).fit(method="qr")

    @cached_property
    def rank(self) -> int:
        """Independent columns, the intercept included."""
        return _rank(self._qr[1])

    @property
    def residual_df(self) -> int:
        """Rows less independent columns."""
        return len(self.y) - self.rank

    @cached_property
    def residual_ss(self) -> float:
        """Weighted residual sum of squares of the full model."""
        return float(self.fit.ssr)

    @cached_property
    def total_ss(self) -> float:
        """Weighted sum of squares about the weighted mean."""
        mean = np.average(self.y, weights=self.weights)
        return float(np.sum(self.weights * (self.y - mean) ** 2))

    def without(self, index: int, *, marginal: bool) -> tuple[list[int], list[int]]:
        """The larger and the smaller model, as term indices, whose difference is this term's.

        marginal: leave out of both every interaction that contains the term (type II); otherwise
        only the term itself is left out of the smaller one (type III).
        """
        own = set(self.terms[index].parameters)
        larger = [
            other
            for other, term in enumerate(self.terms)
            if other == index or not (marginal and own < set(term.parameters))
        ]
        return larger, [other for other in larger if other != index]

    def difference(self, index: int, *, marginal: bool) -> tuple[float, int]:
        """Sum of squares and degrees of freedom of one term, of type II or III."""
        larger, smaller = self.without(index, marginal=marginal)
        if len(larger) == len(self.terms) and self.rank == self.design.shape[1]:
            return self._last(self.slices[index])
        more, more_rank = self._explained(larger)
        less, less_rank = self._explained(smaller)
        return max(more - less, 0.0), more_rank - less_rank

    @cached_property
    def _inverse(self) -> np.ndarray:
        """R^-1, whose rows give coefficients and, times their transposes, covariances."""
        r, _ = self._triangle
        return np.asarray(linalg.solve_triangular(r, np.eye(len(r))))

    def _last(self, columns: slice) -> tuple[float, int]:
        """What these columns explain beside all others: b' C^-1 b, C = (X'X)^-1 of the columns."""
        rows = self._inverse[columns]
        b = rows @ self._triangle[1]
        return float(b @ np.linalg.solve(rows @ rows.T, b)), len(b)

    def span(self, members: Sequence[int]) -> np.ndarray:
        """(k, rank) orthonormal columns, in the coordinates of `rows`, that a submodel spans."""
        r, _ = self._triangle
        columns = r[:, np.r_[0, *(self.slices[member] for member in members)]]
        if self.rank == r.shape[1]:
            return np.linalg.qr(columns)[0]
        u, s, _ = np.linalg.svd(columns, full_matrices=False)
        return np.asarray(u[:, s > RANK_TOLERANCE * s[0]])

    @property
    def rows(self) -> np.ndarray:
        """(n, k) orthonormal columns of which every submodel is made."""
        return self._qr[0]

    def columns_of(self, index: int) -> np.ndarray:
        """(k, m) a term's columns, in the coordinates of `rows`."""
        return self._qr[1][:, self.slices[index]]

    def _explained(self, members: Sequence[int]) -> tuple[float, int]:
        span = self.span(members)
        return float(np.sum((span.T @ self._triangle[1]) ** 2)), span.shape[1]


def _rank(matrix: np.ndarray) -> int:
    s = np.linalg.svd(matrix, compute_uv=False)
    return int(np.sum(s > RANK_TOLERANCE * s[0]))
