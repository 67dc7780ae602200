"""Which interactions enter the model? Chosen by a stated rule, never by eye.

Strong heredity: a pair is a candidate if both its parameters have a significant main effect
(adjusted p below alpha). Each candidate is added to the main effects alone; those whose adjusted
F test is significant enter together, by increasing p, as long as five degrees of freedom are left.
Products take all columns where every candidate's stay within a third of the configurations', else
columns of degree two or one.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import combinations
from typing import Literal

import numpy as np
from scipy import special

from analysis.anova_effect import adjusted_p
from analysis.anova_fit import NEW, LinearModel
from analysis.anova_robust import Robust
from analysis.anova_says import left_out
from analysis.anova_terms import CONFIGURATIONS_PER_DF, MIN_RESIDUAL_DF, Term, product_term
from analysis.results_detail import Dropped

DEGREES: tuple[int | None, ...] = (None, 2, 1)


@dataclass(frozen=True, eq=False)
class PairChoice:
    """terms that entered; p values of the candidates that did not; what found no room."""

    terms: tuple[Term, ...]
    other_p: tuple[float, ...]
    dropped: tuple[Dropped, ...]


def choose_pairs(
    model: LinearModel,
    active: Sequence[str],
    *,
    n_configurations: int,
    alpha: float,
    adjust: Literal["holm", "bh"],
    robust: bool,
) -> PairChoice:
    """The interactions of the active parameters that the main-effects model needs.

    model: main effects (and blocks); active: names with a significant main effect; robust: by the
    test that does not take variances for equal (`anova_robust`).
    """
    mains = sorted(
        (t for t in model.terms if not t.block and t.parameters[0] in set(active)),
        key=lambda term: term.name,
    )
    third = (n_configurations - 1) // CONFIGURATIONS_PER_DF
    candidates = _candidates(mains, third - (model.rank - 1))
    room = n_configurations - MIN_RESIDUAL_DF - model.rank
    entry = _robust_entry if robust else _entry_test
    tests = [entry(model, term) for term in candidates]
    known = [(term, p) for term, p in zip(candidates, tests, strict=True) if p is not None]
    adjusted = adjusted_p(np.array([p for _, p in known]), method=adjust)
    ordered = sorted(
        zip(known, adjusted, strict=True), key=lambda item: (item[0][1], item[0][0].name)
    )
    entered: list[Term] = []
    other_p: list[float] = []
    omitted: list[Dropped] = []
    for (term, p), p_adjusted in ordered:
        if p_adjusted >= alpha:
            other_p.append(p)
        elif term.n_columns > room:
            other_p.append(p)
            omitted.append(left_out(term.parameters, "beside", n=n_configurations))
        else:
            entered.append(term)
            room -= term.n_columns
    entered.sort(key=lambda term: term.name)
    return PairChoice(tuple(entered), tuple(other_p), tuple(omitted))


def _candidates(mains: Sequence[Term], room: int) -> list[Term]:
    for degree in DEGREES:
        pairs = [product_term(pair, degree=degree) for pair in combinations(mains, 2)]
        pairs = [pair for pair in pairs if pair.n_columns]
        if sum(pair.n_columns for pair in pairs) <= room:
            break
    return pairs


def _entry_test(model: LinearModel, term: Term) -> float | None:
    """The p value of the F test that adds the term to the model; None if it adds nothing new."""
    columns = model.scaled(term.columns)
    length = np.linalg.norm(columns, axis=0)
    left = columns - model.basis @ (model.basis.T @ columns)
    u, s, _ = np.linalg.svd(left / length, full_matrices=False)
    u = u[:, s > NEW]
    df = u.shape[1]
    error_df, residual_df = model.error_df - df, model.residual_df - df
    if df == 0 or error_df < 1:
        return None
    ss = float(np.sum((u.T @ model.scaled(model.y)) ** 2))
    error_ms = max(model.residual_ss - ss, 1e-30) / residual_df
    return float(special.fdtrc(df, error_df, ss / df / error_ms))


def _robust_entry(model: LinearModel, term: Term) -> float | None:
    """The same, whatever the variances."""
    larger = replace(model, terms=(*model.terms, term))
    last = len(model.terms)
    _, df = larger.difference(last, marginal=False)
    found = Robust(larger).test(last, marginal=False) if df and larger.error_df >= 1 else None
    return None if found is None else float(special.fdtrc(found.df, found.error_df, found.F))
