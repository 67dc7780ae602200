"""F tests and contrasts that hold where the variance differs between settings.

What an estimate scatters by is learned from the squared residuals of the rows that it is made of (a
sandwich), each raised by what the fit took of it: HC2, or CR2 where rows of one setting stand in
several blocks and go together (MacKinnon & White 1985; Bell & McCaffrey 2002). Of few settings that
is itself uncertain, which the residual's degrees of freedom ignore: of ten levels of three settings
each, all alike, HC3 finds a difference in a fifth of journals. So the test is Hotelling's, with the
degrees of freedom that match how much the sandwich would vary if variances were equal after all
(Zhang 2013; Pustejovsky & Tipton 2018, section 3).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import cached_property

import numpy as np

from analysis.anova_fit import NEW, LinearModel

SPENT = 1e-6
"""Part of a row that the fit leaves, below which nothing is left to learn its variance from."""
TOLD = 0.5
"""Part of an estimate's rows that residuals must tell of. Of a level of one setting they tell
nothing, and what they tell of the others is no measure of it."""
MOST_SINGULAR = 1e-9
MOST_WORK = 2e9
MOST_GROUPS = 1500
"""Multiplications for the degrees of freedom of one test. Where it would take more, correlations
count among the rows (or settings, as many as that pays for) that weigh most, and of the others
their own variance; they are many, so that each weighs little."""


@dataclass(frozen=True)
class RobustTest:
    """A term's F, held against F(df, error_df); error_ms: the mean square that it has if idle."""

    F: float
    df: int
    error_ms: float
    error_df: float


@dataclass(frozen=True, eq=False)
class Robust:
    """Tests and errors of one model that do not take variances for equal."""

    model: LinearModel
    _sandwiches: dict[tuple[int, ...], _Sandwich] = field(default_factory=dict, repr=False)

    def test(self, index: int, *, marginal: bool) -> RobustTest | None:
        """The test of a term in the submodel of type II (marginal) or III.

        None where too few settings stand behind the term to tell how much it scatters.
        """
        model = self.model
        larger, smaller = model.without(index, marginal=marginal)
        others, columns = model.span(smaller), model.columns_of(index)
        left = columns - others @ (others.T @ columns)
        u, s, _ = np.linalg.svd(left, full_matrices=False)
        own = model.rows @ u[:, s > NEW]
        q = own.shape[1]
        sandwich = self._of(larger)
        raised = sandwich.raised(own) if q else None
        if raised is None:
            return None
        error_df = q * (q + 1) / sandwich.varies(raised) - (q - 1)
        _, s, turned = np.linalg.svd(sandwich.scores(raised), full_matrices=False)
        if error_df < 1 or len(s) < q or s[-1] <= MOST_SINGULAR * s[0]:
            return None
        square = float(np.sum((turned @ (own.T @ sandwich.y) / s) ** 2))
        F = square * error_df / (error_df + q - 1) / q
        return RobustTest(F, q, error_ms=float(np.sum(s**2)) / q, error_df=error_df)

    def errors(self, pulls: Sequence[np.ndarray]) -> tuple[np.ndarray, np.ndarray]:
        """(m,) variances of estimates, pull (n,) times the scaled rows each, and their df (m,).

        The degrees of freedom are Satterthwaite's. Both are NaN where residuals do not tell.
        """
        sandwich = self._of(range(len(self.model.terms)))
        variance, df = np.full((2, len(pulls)), np.nan)
        for place, pull in enumerate(pulls):
            length = float(np.linalg.norm(pull))
            raised = sandwich.raised(pull[:, None] / length)
            if raised is not None:
                variance[place] = length**2 * float(np.sum(sandwich.scores(raised) ** 2))
                df[place] = 2 / sandwich.varies(raised)
        return variance, df

    def _of(self, members: Sequence[int]) -> _Sandwich:
        """The one of a submodel: nearly all terms share theirs."""
        key = tuple(members)
        if key not in self._sandwiches:
            fitted = self.model.rows @ self.model.span(members)
            self._sandwiches[key] = _Sandwich(self.model, fitted)
        return self._sandwiches[key]


@dataclass(frozen=True, eq=False)
class _Sandwich:
    """What residuals tell of the variance of estimates that are sums of scaled rows.

    fitted: (n, k) orthonormal columns that the model spans.
    """

    model: LinearModel
    fitted: np.ndarray

    @cached_property
    def y(self) -> np.ndarray:
        """(n,) scaled rows."""
        return self.model.scaled(self.model.y)

    @cached_property
    def residual(self) -> np.ndarray:
        """(n,) scaled rows less what is fitted."""
        return np.asarray(self.y - self.fitted @ (self.fitted.T @ self.y))

    @cached_property
    def settings(self) -> list[np.ndarray]:
        """The rows of each setting, where settings were run in several blocks; else nothing."""
        grouping = self.model.grouping
        if grouping is None or not grouping.between:
            return []
        order = np.argsort(grouping.groups, kind="stable")
        return list(np.split(order, np.cumsum(np.bincount(grouping.groups))[:-1]))

    @cached_property
    def _spare(self) -> np.ndarray:
        """(n,) what the fit leaves of each row's variance."""
        return np.asarray((1 - (self.fitted**2).sum(axis=1)).clip(0))

    def raised(self, own: np.ndarray) -> np.ndarray | None:
        """(n, q) orthonormal weights of estimates, raised by what the fit takes of residuals.

        With equal variances the products of the scores then have I for their mean, the estimates'
        covariance. None where the residuals tell too little of one of the estimates.
        """
        raised, kept = np.zeros_like(own), np.zeros_like(own)
        if not self.settings:
            known = self._spare > SPENT
            kept[known] = own[known]
            raised[known] = own[known] / np.sqrt(self._spare[known, None])
        for rows, values, vectors in self._halves:
            turned = vectors.T @ own[rows]
            kept[rows] = vectors @ turned
            raised[rows] = vectors @ (turned / np.sqrt(values)[:, None])
        told, vectors = np.linalg.eigh(kept.T @ kept)
        if told[0] < TOLD:
            return None
        return np.asarray(raised @ (vectors / np.sqrt(told)) @ vectors.T)

    @cached_property
    def _halves(self) -> list[tuple[np.ndarray, np.ndarray, np.ndarray]]:
        """Per setting its rows, and what the fit leaves of them: eigenvalues and vectors."""
        found = []
        for rows in self.settings:
            part = self.fitted[rows]
            values, vectors = np.linalg.eigh(np.eye(len(rows)) - part @ part.T)
            found.append((rows, values[values > SPENT], vectors[:, values > SPENT]))
        return found

    def scores(self, raised: np.ndarray) -> np.ndarray:
        """(n or n_settings, q) of which the sum of squares is the estimates' covariance."""
        products = np.asarray(raised * self.residual[:, None])
        if not self.settings:
            return products
        return np.array([products[rows].sum(axis=0) for rows in self.settings])

    def varies(self, raised: np.ndarray) -> float:
        """The summed variance of the covariance's entries under equal variances and normal errors.

        Of scores z_s with covariances G_st: sum of (tr G_st)^2 + tr G_st G_st over s and t. Apart
        from s = t, G_st is -A_s' A_t, and the sum needs the A only as the moments sum_s A_s x A_s.
        """
        left, took = self._alone(raised)
        k, q = self.fitted.shape[1], raised.shape[1]
        if len(left) * (k * q) ** 2 > MOST_WORK:
            return float(left.sum()) + self._among(raised, np.argsort(-left - took))
        every = self._shared(raised, np.arange(len(left))).reshape(-1, k * q)
        moments = (every.T @ every).reshape(k, q, k, q)
        everything = np.sum(moments * (moments + moments.transpose(0, 3, 2, 1)))
        return float(left.sum() + max(everything - took.sum(), 0.0))

    def _among(self, raised: np.ndarray, order: np.ndarray) -> float:
        """The part of s apart from t, of as many settings as can be paid, the first ones."""
        most = order[:MOST_GROUPS]
        if not self.settings:
            fitted, own = self.fitted[most], raised[most]
            products = (fitted @ fitted.T) * (own @ own.T)
            np.fill_diagonal(products, 0)
            return 2 * float(np.sum(products**2))
        price = self.fitted.shape[1] * raised.shape[1] ** 2
        shared = self._shared(raised, most[: int(max((MOST_WORK / price) ** 0.5, 1))])
        found = 0.0
        for place, one in enumerate(shared[1:], start=1):
            covariance = np.einsum("ka,tkb->tab", one, shared[:place])
            found += 2 * float(_with_itself(covariance).sum())
        return found

    def _alone(self, raised: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """(n or n_settings,) each one's part with itself, and that of what the fit takes of it."""
        if not self.settings:
            weight = (raised**2).sum(axis=1)
            left = weight * self._spare
            return 2 * left**2, 2 * (weight - left) ** 2
        shared = self._shared(raised, np.arange(len(self.settings)))
        own = np.array([raised[rows].T @ raised[rows] for rows in self.settings])
        taken = np.einsum("ska,skb->sab", shared, shared)
        return _with_itself(own - taken), _with_itself(taken)

    def _shared(self, raised: np.ndarray, some: np.ndarray) -> np.ndarray:
        """(m, k, q) what the fit's columns and the estimates share in each of some settings."""
        if not self.settings:
            return np.asarray(self.fitted[some][:, :, None] * raised[some][:, None, :])
        settings = [self.settings[place] for place in some]
        return np.array([self.fitted[rows].T @ raised[rows] for rows in settings])


def _with_itself(covariances: np.ndarray) -> np.ndarray:
    """(m,) of (m, q, q) covariances G: (tr G)^2 + tr G G."""
    trace = np.trace(covariances, axis1=1, axis2=2)
    return np.asarray(trace**2 + np.einsum("sab,sba->s", covariances, covariances))
