"""From a fitted linear model to the rows of its table: the test of every term."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np
from scipy import special

from analysis.anova_blocks import block_terms
from analysis.anova_data import AnovaData
from analysis.anova_effect import (
    adjusted_p,
    noncentralities,
    omega_squared,
    partial_eta_squared,
    share_of,
)
from analysis.anova_fit import LinearModel
from analysis.anova_robust import Robust
from analysis.anova_says import left_out
from analysis.anova_table import AnovaTerm, Misfit
from analysis.results_detail import Dropped

SMALLEST_ERROR = 1e-26
"""Error mean square of a response scaled to 1 below which only rounding is left."""


@dataclass(frozen=True, eq=False)
class Evidence:
    """What the terms are held against.

    marginal: type II; pure: the error among replicates; robust: `anova_robust`; other_p: p values
    of interactions that were candidates and did not enter.
    """

    data: AnovaData
    marginal: bool
    pure: bool
    robust: bool
    adjust: Literal["holm", "bh"]
    other_p: tuple[float, ...]

    def error(self, model: LinearModel) -> tuple[float, float]:
        """Mean square and degrees of freedom of the yardstick."""
        if self.pure:
            ms, df = self.data.pure_ss / self.data.pure_df, self.data.pure_df
        else:
            ms, df = model.residual_ss / model.residual_df, model.error_df
        return max(ms, SMALLEST_ERROR), df


@dataclass(frozen=True)
class _Test:
    """One term before the p values are adjusted.

    error_ms, error_df: what its mean square is held against, in the unit of the rows.
    """

    index: int
    df: int
    ss: float
    error_ms: float
    error_df: float
    F: float

    @property
    def p(self) -> float:
        """The chance of such an F where the term does nothing."""
        return float(special.fdtrc(self.df, self.error_df, self.F))

    @property
    def effect(self) -> float:
        """The sum of squares that has this F."""
        return self.F * self.df * self.error_ms


def rows_of(
    model: LinearModel, evidence: Evidence
) -> tuple[tuple[AnovaTerm, ...], tuple[Dropped, ...]]:
    """The rows of all terms that can be told from the others, and those that cannot."""
    robust = Robust(model) if evidence.robust else None
    found = [_test(model, index, evidence, robust) for index in range(len(model.terms))]
    tests = [test for test in found if isinstance(test, _Test)]
    dropped = tuple(test for test in found if isinstance(test, Dropped))
    families = _adjusted(model, tests, evidence)
    rows = [_row(model, test, families[test.index], evidence=evidence) for test in tests]
    order = sorted(rows, key=lambda row: (row.block, len(row.parameters), row.parameters))
    return tuple(order), dropped


def _test(
    model: LinearModel, index: int, evidence: Evidence, robust: Robust | None
) -> _Test | Dropped:
    names = model.terms[index].parameters
    ss, df = model.difference(index, marginal=evidence.marginal)
    if df == 0:
        return left_out(names, "same")
    ms, error_df = evidence.error(model)
    F, more = ss / df / ms, 1.0
    if not evidence.pure:
        more, error_df = model.stratum(index, df=df, marginal=evidence.marginal)
    if robust is not None:
        found = robust.test(index, marginal=evidence.marginal)
        if found is None:
            return left_out(names, "scatter")
        if found.df != df:
            return left_out(names, "same")
        F, ms, error_df = found.F, found.error_ms, found.error_df
    return _Test(index, df, ss * more, ms * more, error_df, F=F)


def _adjusted(model: LinearModel, tests: Sequence[_Test], evidence: Evidence) -> dict[int, float]:
    """Adjusted p per term; main effects, interactions and blocks are a family each."""
    adjusted: dict[int, float] = {}
    kinds = {test.index: _family(model, test.index) for test in tests}
    for kind in sorted(set(kinds.values())):
        members = [test for test in tests if kinds[test.index] == kind]
        others = evidence.other_p if kind == "interactions" else ()
        p = adjusted_p(np.array([*(t.p for t in members), *others]), method=evidence.adjust)
        adjusted |= {t.index: float(value) for t, value in zip(members, p, strict=False)}
    return adjusted


def _family(model: LinearModel, index: int) -> str:
    term = model.terms[index]
    if term.block:
        return "blocks"
    return "main effects" if len(term.parameters) == 1 else "interactions"


def _row(model: LinearModel, test: _Test, p_adjusted: float, *, evidence: Evidence) -> AnovaTerm:
    ms, error_df = test.error_ms, test.error_df
    total_ss = model.plain.total_ss if model.terms[test.index].block else model.plain.within_ss
    spread = noncentralities(test.F, df=test.df, error_df=error_df)
    n = test.df + error_df + 1
    partial = [share_of(value, n) for value in spread]
    others = (total_ss - test.ss) / ms + test.df + 1
    part = test.ss / test.effect if test.effect > 0 else 1.0  # robust F is not of the mean square
    whole = [share_of(value * part, max(others, 0.0)) for value in spread]
    term = model.terms[test.index]
    return AnovaTerm(
        parameters=term.parameters,
        block=term.block,
        df=test.df,
        error_df=float(error_df),
        sum_squares=test.ss * evidence.data.scale * evidence.data.scale,
        F=test.F,
        p=test.p,
        p_adjusted=p_adjusted,
        omega_squared=omega_squared(test.ss, df=test.df, error_ms=ms, total_ss=total_ss),
        omega_low=whole[0],
        omega_high=whole[1],
        partial_eta_squared=partial_eta_squared(test.effect, error_ss=ms * error_df),
        partial_eta_low=partial[0],
        partial_eta_high=partial[1],
    )


def lack_of_fit(model: LinearModel, data: AnovaData) -> Misfit | None:
    """Does the model miss the configurations' means by more than the replicates' noise?

    F = (misfit of the means, weighted by runs, per its degrees of freedom) / pure error
    (Draper & Smith 1998, section 2.1). What random blocks add is no misfit: they enter as terms.
    Nor is what settings share across blocks a part of the noise: it is what the model misses.
    None without replicates or without free configurations.
    """
    if data.pure_df < 1:
        return None
    if model.grouping is not None and not model.grouping.between:
        terms = (*model.terms, *block_terms(data.blocks))
        weighted = LinearModel(data.y, data.replicates, terms)
    elif np.array_equal(data.weights, data.replicates):
        weighted = model.plain
    else:
        weighted = LinearModel(data.y, data.replicates, model.terms)
    by_run = len(data.y) == data.n_runs != data.n_configurations
    df = weighted.residual_df - (data.pure_df if by_run else 0)
    ss = max(weighted.residual_ss - (data.pure_ss if by_run else 0.0), 0.0)
    if df < 1:
        return None
    F = ss / df / max(data.pure_ss / data.pure_df, SMALLEST_ERROR)
    unit = data.scale * data.scale
    return Misfit(
        df=df,
        pure_df=data.pure_df,
        sum_squares=ss * unit,
        pure_sum_squares=data.pure_ss * unit,
        F=F,
        p=float(special.fdtrc(df, data.pure_df, F)),
    )
