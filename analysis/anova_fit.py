"""The linear model behind the analysis of variance: one fit, and the sums of squares of its terms.

The design is reduced once to the triangle R of its QR decomposition; a submodel is then some
columns of R, so that each sum of squares costs a least-squares problem of the size of the model
and not of the data. Nothing depends on the order of the columns.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from itertools import pairwise

import numpy as np
from scipy import linalg

from analysis.anova_terms import Term

TALL = 20
SAFE_PIVOT = 0.01
RANK_TOLERANCE = 1e-9
"""Relative to the largest singular value, for columns of equal length."""
NEW = 1e-7
"""Part of a column's length that must be left beside a model, or it adds nothing new."""


@dataclass(frozen=True, eq=False)
class Grouping:
    """Groups of rows that share a random part: its variance over that of a row of weight one.

    groups: (n,) int from 0 without gaps; between: the parameters do not change within a group, so
    that groups, not rows, are the evidence about them; own_df: degrees of freedom within groups,
    beside the blocks.
    """

    groups: np.ndarray
    ratio: float
    between: bool = True
    own_df: int = 0

    @property
    def n_groups(self) -> int:
        """Different groups."""
        return int(np.max(self.groups)) + 1

    def parted(self, rows: np.ndarray, root: np.ndarray) -> np.ndarray:
        """Rows already times `root` (n,), made independent.

        (I + ratio u u')^(-1/2) = I - c u u' / u'u with c = 1 - (1 + ratio u'u)^(-1/2), per group.
        """
        length = np.bincount(self.groups, weights=root**2)
        c = (1.0 - 1.0 / np.sqrt(1.0 + self.ratio * length)) / length  # infinite: means removed
        columns = rows if rows.ndim == 2 else rows[:, None]
        sums = np.zeros((len(length), columns.shape[1]))
        np.add.at(sums, self.groups, columns * root[:, None])
        taken = columns - root[:, None] * (c[:, None] * sums)[self.groups]
        return np.asarray(taken if rows.ndim == 2 else taken[:, 0])


@dataclass(frozen=True, eq=False)
class LinearModel:
    """Least squares of (n,) y on an intercept and the terms' columns.

    Rows have variance 1 / weights; where `grouping` is given, rows of one group share a further
    random part, and the fit is generalised least squares.
    """

    y: np.ndarray
    weights: np.ndarray
    terms: tuple[Term, ...]
    grouping: Grouping | None = None

    def scaled(self, values: np.ndarray) -> np.ndarray:
        """Rows, (n,) or (n, k), turned so that they are independent with variance one."""
        root = np.sqrt(self.weights)
        rows = values * (root if values.ndim == 1 else root[:, None])
        return rows if self.grouping is None else self.grouping.parted(rows, root)

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
        """QR of the weighted design, its columns scaled to unit length.

        Of a tall design by Cholesky's factor of X'X, several times faster, where its smallest pivot
        shows that the columns are far from dependent: Q'Q is then I to about 1e-10.
        """
        columns = self._weighted / self._lengths
        if len(columns) > TALL * columns.shape[1]:
            factor, failed = linalg.lapack.dpotrf(columns.T @ columns)
            if not failed and np.diag(factor).min() > SAFE_PIVOT:
                r = np.triu(factor)
                return linalg.solve_triangular(r, columns.T, trans="T").T, r
        q, r = np.linalg.qr(columns)
        return q, r

    @cached_property
    def _weighted(self) -> np.ndarray:
        return self.scaled(self.design)

    @cached_property
    def _lengths(self) -> np.ndarray:
        length = np.linalg.norm(self._weighted, axis=0)
        return np.where(length > 0, length, 1.0)

    @cached_property
    def _response(self) -> np.ndarray:
        """Q'y of the weighted response: its coordinates of `rows`."""
        return np.asarray(self.rows.T @ self.scaled(self.y))

    @cached_property
    def basis(self) -> np.ndarray:
        """(n, rank) orthonormal columns that span the weighted design."""
        q, r = self._qr
        if self.rank == r.shape[1]:
            return q
        return np.asarray(q @ self.span(range(len(self.terms))))

    @cached_property
    def rank(self) -> int:
        """Independent columns, the intercept included."""
        s = np.linalg.svd(self._qr[1], compute_uv=False)
        return int(np.sum(s > RANK_TOLERANCE * s[0]))

    @property
    def residual_df(self) -> int:
        """Rows less independent columns."""
        return len(self.y) - self.rank

    @property
    def error_df(self) -> int:
        """Degrees of freedom of the parameters' F tests.

        Where groups carry the evidence: groups less the parameters' columns; where they are random
        blocks: what is left within them.
        """
        if self.grouping is None:
            return self.residual_df
        if not self.grouping.between:
            return self.residual_df - (self.grouping.n_groups - 1)
        own = [i for i, term in enumerate(self.terms) if not term.block]
        return min(self.residual_df, self.grouping.n_groups - int(self.span(own).shape[1]))

    @cached_property
    def plain(self) -> LinearModel:
        """The model without what settings share: sums of squares of the rows as they are."""
        if self.grouping is None or not self.grouping.between:
            return self
        return replace(self, grouping=None)

    @cached_property
    def _by_group(self) -> np.ndarray:
        """(n_groups, k) U' of the plain model's rows: summed within each group."""
        assert self.grouping is not None
        rows = self.plain.rows * np.sqrt(self.weights)[:, None]
        sums = np.zeros((self.grouping.n_groups, rows.shape[1]))
        np.add.at(sums, self.grouping.groups, rows)
        return sums

    def stratum(self, index: int, *, df: int, marginal: bool) -> tuple[float, int]:
        """What a term's mean square is held against, over a row's own variance; and its df.

        Where the term does nothing its mean square is 1 + ratio tr(P U U') / df of that: P projects
        on the term beside the others, U sums the rows of a group (Henderson 1953, method 3). With
        settings in every block that is 1 + ratio * blocks for parameters and 1 for the blocks.
        """
        grouping = self.grouping
        if grouping is None or not grouping.between:
            return 1.0, self.error_df
        more, less = (
            float(np.sum((self._by_group @ self.plain.span(members)) ** 2))
            for members in self.without(index, marginal=marginal)
        )
        own = self.terms[index].block and grouping.own_df > 0
        return 1.0 + grouping.ratio * max(more - less, 0.0) / df, (
            grouping.own_df if own else self.error_df
        )

    @cached_property
    def residual_ss(self) -> float:
        """Residual sum of squares of the full model, of the scaled rows."""
        explained = self._response
        if self.rank < self.rows.shape[1]:
            span = self.span(range(len(self.terms)))
            explained = span @ (span.T @ explained)
        left = self.scaled(self.y) - self.rows @ explained
        return float(left @ left)

    @cached_property
    def total_ss(self) -> float:
        """Sum of squares of the scaled rows about the mean."""
        y, ones = self.scaled(self.y), self.scaled(np.ones(len(self.y)))
        return float(np.sum((y - ones * (ones @ y) / (ones @ ones)) ** 2))

    @cached_property
    def within_ss(self) -> float:
        """The same, of what blocks leave: all of it where there are none."""
        blocks = [index for index, term in enumerate(self.terms) if term.block]
        if not blocks:
            return self.total_ss
        y = self.scaled(self.y)
        return float(y @ y) - self._explained(blocks)[0]

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
        _, r = self._qr
        return np.asarray(linalg.solve_triangular(r, np.eye(len(r))))

    def coefficients(self, index: int) -> tuple[np.ndarray, np.ndarray]:
        """(m,) coefficients of a term and their (m, m) covariance over the error variance.

        Only where the design has full rank.
        """
        rows = self._solving(index)
        return rows @ self._response, rows @ rows.T

    def influence(self, index: int) -> np.ndarray:
        """(m, n) by which a term's coefficients are made of the scaled rows."""
        return np.asarray(self._solving(index) @ self.rows.T)

    def _solving(self, index: int) -> np.ndarray:
        """(m, k) from the response's coordinates of `rows` to a term's coefficients."""
        own = self.slices[index]
        return np.asarray(self._inverse[own] / self._lengths[own, None])

    def _last(self, columns: slice) -> tuple[float, int]:
        """What these columns explain beside all others: b' C^-1 b, C = (X'X)^-1 of the columns."""
        rows = self._inverse[columns]
        b = rows @ self._response
        return float(b @ np.linalg.solve(rows @ rows.T, b)), len(b)

    def span(self, members: Sequence[int]) -> np.ndarray:
        """(k, rank) orthonormal columns, in the coordinates of `rows`, that a submodel spans."""
        _, r = self._qr
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
        return float(np.sum((span.T @ self._response) ** 2)), span.shape[1]
