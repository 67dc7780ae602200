"""From a space to the terms of a linear model: one block of columns per parameter or pair.

A numeric parameter enters on its own scale, coded in [0, 1], as Legendre polynomials of low degree;
ordered levels as orthogonal polynomials in their rank; unordered levels as a sum-coded factor; the
atom of a numeric axis (None, "auto", 0 on a log scale) as an indicator. A conditional parameter is
a nested term: zero where it does not exist, centred on its own measure where it does, so that it
takes nothing from its parent, which is then always a full factor.

Degrees follow one ladder for all parameters, chosen by counts alone and never by the response, so
that the tests stay valid: the highest rung on which the terms' degrees of freedom stay below a
third of those of the configurations (`CONFIGURATIONS_PER_DF`).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import combinations
from math import prod

import numpy as np

from analysis.anova_says import WHERE, left_out
from analysis.errors import TooFewRuns
from analysis.results_detail import Dropped
from analysis.sentences import said
from analysis.space import NONE, Parameter, Space

CONFIGURATIONS_PER_DF = 3
MIN_RESIDUAL_DF = 5


@dataclass(frozen=True)
class Rung:
    """Highest degree of numeric axes, and of ordered levels (None: as many as they have)."""

    numeric: int
    ordinal: int


LADDER = (Rung(3, 5), Rung(3, 3), Rung(2, 2), Rung(1, 1))


@dataclass(frozen=True, eq=False)
class Term:
    """Columns that are tested together.

    columns: (n, k) float; degrees: (k,) int, the polynomial degree of each column, 0 for the
    columns of a factor or an indicator.
    """

    parameters: tuple[str, ...]
    columns: np.ndarray
    degrees: np.ndarray
    block: bool = False

    @property
    def name(self) -> str:
        """The term as statisticians write it."""
        return " x ".join(self.parameters)

    @property
    def n_columns(self) -> int:
        """Coefficients; the degrees of freedom unless the term is aliased."""
        return int(self.columns.shape[1])


def main_terms(
    space: Space,
    codes: np.ndarray,
    *,
    n_configurations: int,
    rung: Rung | None = None,
    factors: frozenset[str] = frozenset(),
    least_df: int = MIN_RESIDUAL_DF,
) -> tuple[list[Term], list[Dropped]]:
    """One term per parameter, and the parameters that could not have one.

    codes: (n, n_parameters); factors: level axes to be coded without an order. Where even straight
    lines leave fewer than `least_df` degrees of freedom, the factors with most levels go
    first, those of equal size together.
    Raises `TooFewRuns` when nothing is left to drop.
    """
    parents = {p.condition.parent for p in space.parameters if p.condition is not None}
    for step in (rung,) if rung else LADDER:
        terms, dropped = _terms_on(space, codes, rung=step, factors=parents | factors)
        n_df = sum(term.n_columns for term in terms)
        if n_df * CONFIGURATIONS_PER_DF <= n_configurations - 1:
            return terms, dropped
    asked = terms
    while sum(term.n_columns for term in terms) > n_configurations - 1 - least_df:
        largest = max((term.n_columns for term in terms), default=1)
        if largest == 1:
            n, d = n_configurations, len({name for term in asked for name in term.parameters})
            df = len(terms) or min((t.n_columns for t in asked), default=1)
            least = 1 + min(df + least_df, df * CONFIGURATIONS_PER_DF)
            most = None if any(p.numeric for p in space.parameters) else prod(
                len(p.levels) for p in space.parameters
            )  # fmt: skip
            short = said("classical.carry", n=n, d=d, least=least)
            if most is not None and most < least:
                short = said("classical.carry.levels", n=n, d=d, most=most, least=MIN_RESIDUAL_DF)
            raise TooFewRuns.said(short, where=WHERE)
        dropped += [
            left_out(term.parameters, "needs", df=largest, n=n_configurations)
            for term in terms
            if term.n_columns == largest
        ]
        terms = [term for term in terms if term.n_columns < largest]
    return terms, dropped


def _terms_on(
    space: Space, codes: np.ndarray, *, rung: Rung, factors: set[str]
) -> tuple[list[Term], list[Dropped]]:
    terms, dropped = [], []
    for index, parameter in enumerate(space.parameters):
        term = term_of(parameter, codes[:, index], rung=rung, factor=parameter.name in factors)
        if term.n_columns:
            terms.append(term)
        else:
            dropped.append(left_out((parameter.name,), "single"))
    return terms, dropped


def term_of(parameter: Parameter, codes: np.ndarray, *, rung: Rung, factor: bool) -> Term:
    """The columns of one parameter's main effect.

    codes: (n,), see `analysis.space`; factor: code its levels without an order.
    """
    if parameter.numeric:
        columns, degrees = _numeric(codes, degree=rung.numeric)
    elif parameter.kind == "ordinal" and not factor:
        none = parameter.levels[-1:] == (None,)
        columns, degrees = _ordinal(codes, degree=rung.ordinal, last_is_none=none)
    else:
        return factor_term(parameter.name, codes)
    return Term((parameter.name,), columns, degrees)


def factor_term(name: str, codes: np.ndarray, *, block: bool = False) -> Term:
    """The codes that occur as levels without an order."""
    columns = factor_columns(codes)
    return Term((name,), columns, np.zeros(columns.shape[1], dtype=int), block=block)


def _numeric(codes: np.ndarray, *, degree: int) -> tuple[np.ndarray, np.ndarray]:
    """Legendre polynomials on [0, 1], zero at the atom and where inactive; then the atom."""
    present = np.isfinite(codes) & (codes != NONE)
    degree = min(degree, len(np.unique(codes[present])) - 1)
    unit = 2.0 * np.where(present, codes, 0.5) - 1.0
    basis = np.polynomial.legendre.legvander(unit, max(degree, 0))
    return _with_atom(np.where(present[:, None], basis[:, 1:], 0.0), codes)


def _ordinal(
    codes: np.ndarray, *, degree: int, last_is_none: bool
) -> tuple[np.ndarray, np.ndarray]:
    """Orthogonal polynomials in the rank of the level; None, which has no rank, as an atom."""
    if last_is_none:
        none = codes == codes[np.isfinite(codes)].max()
        codes = np.where(none, NONE, codes)
    present = np.isfinite(codes) & (codes != NONE)
    levels, rank = np.unique(codes[present], return_inverse=True)
    degree = max(min(degree, len(levels) - 1), 0)
    ranks = np.linspace(-1.0, 1.0, max(len(levels), 1))
    q, _ = np.linalg.qr(np.polynomial.legendre.legvander(ranks, degree))
    columns = np.zeros((len(codes), degree))
    columns[present] = (q[:, 1:] * np.sqrt(len(levels)))[rank]
    return _with_atom(columns, codes)


def _with_atom(columns: np.ndarray, codes: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Columns of degree 1, 2, …, then the atom against the rest, centred; and all degrees.

    No atom where every active row has it, or none. Where inactive it is zero.
    """
    active, atom = np.isfinite(codes), codes == NONE
    degrees = np.arange(1, columns.shape[1] + 1)
    if not atom.any() or np.array_equal(atom, active):
        return columns, degrees
    contrast = np.where(active, atom - atom.sum() / active.sum(), 0.0)
    return np.column_stack([columns, contrast]), np.append(degrees, 0)


def factor_columns(codes: np.ndarray) -> np.ndarray:
    """(n, L - 1) sum-to-zero coding of the L codes that occur; zero where inactive (NaN)."""
    active = np.isfinite(codes)
    if not active.any():
        return np.zeros((len(codes), 0))
    levels, rank = np.unique(codes[active], return_inverse=True)
    coding = np.vstack([np.eye(len(levels) - 1), -np.ones(len(levels) - 1)])
    columns = np.zeros((len(codes), len(levels) - 1))
    columns[active] = coding[rank]
    return columns


def product_term(terms: Sequence[Term], *, degree: int | None = None) -> Term:
    """The interaction of main terms: all products of their columns.

    degree: leave out columns of a higher degree than this (None: take all).
    """
    columns = np.ones((terms[0].columns.shape[0], 1))
    degrees = np.zeros(1, dtype=int)
    for term in terms:
        keep = term.degrees <= degree if degree is not None else np.ones(len(term.degrees), bool)
        part = term.columns[:, keep]
        columns = (columns[:, :, None] * part[:, None, :]).reshape(len(columns), -1)
        degrees = np.add.outer(degrees, term.degrees[keep]).ravel()
    alive = np.any(columns != 0.0, axis=0)
    names = tuple(name for term in terms for name in term.parameters)
    return Term(names, columns[:, alive], degrees[alive])


def all_products(terms: Sequence[Term], *, order: int) -> list[Term]:
    """Every interaction of two to `order` of the main terms, with every column."""
    return [
        product_term(group) for size in range(2, order + 1) for group in combinations(terms, size)
    ]
