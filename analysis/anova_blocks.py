"""Blocks (dataset, machine, code version), and settings that were run in several of them.

Settings run in several blocks share whatever the model misses of them, as the seeds of one
configuration do. They are then given a random part of their own, so that 20 settings on 5 datasets
are 20 pieces of evidence and not 100.
"""

from __future__ import annotations

import warnings
from collections.abc import Sequence

import numpy as np
import pandas as pd

from analysis.anova_data import AnovaData
from analysis.anova_fit import Grouping, LinearModel
from analysis.anova_says import WHERE
from analysis.anova_terms import Term, factor_term
from analysis.blocking import TIED, within
from analysis.errors import TooFewRuns
from analysis.frame import block_codes
from analysis.sentences import said

LARGEST_RATIO = 1e6
"""Of the shared to the row's own variance; beyond, rows of a group are the same number."""


def block_terms(blocks: pd.DataFrame) -> list[Term]:
    """Each block column as a factor; columns with one value are none."""
    codes = {name: block_codes(blocks[[name]]) for name in sorted(map(str, blocks.columns))}
    terms = [factor_term(name, own.astype(float), block=True) for name, own in codes.items()]
    return [term for term in terms if term.n_columns]


def only_between(terms: Sequence[Term], blocks: pd.DataFrame) -> list[Term]:
    """Terms that do not, or not in all their columns, change within blocks.

    With few blocks nothing tells them from the blocks' own differences, random or not.
    """
    codes = block_codes(blocks)
    known = (codes[:, None] == np.unique(codes)).astype(float)

    def rank(columns: np.ndarray) -> int:
        lengths = np.linalg.norm(columns, axis=0)
        return int(np.linalg.matrix_rank(columns / np.where(lengths > TIED, lengths, np.inf)))

    return [
        term
        for term in terms
        if rank(within(term.columns, known)) < rank(term.columns - term.columns.mean(axis=0))
    ]


def settings_grouping(data: AnovaData, model: LinearModel) -> Grouping:
    """How much settings share across blocks, by moments.

    The row's own variance sigma^2 is what settings and blocks together leave; the shared tau^2 is
    the excess of the model's residual over it: E[RSS] = sigma^2 (n - p) + tau^2 tr(Z'MZ)
    (Henderson 1953, method 3; Searle, Casella & McCulloch 1992, section 5.5). model: main effects
    and blocks, without a grouping.
    """
    root = np.sqrt(model.weights)
    alone = Grouping(data.settings, ratio=np.inf)
    blocks = [term.columns for term in model.terms if term.block]
    y = alone.parted(model.y * root, root)
    left = y
    rank = data.n_settings
    if blocks:
        moved = alone.parted(np.hstack(blocks) * root[:, None], root)
        u, s, _ = np.linalg.svd(moved, full_matrices=False)
        u = u[:, s > 1e-9 * max(float(s[0]), 1e-300)]
        left = y - u @ (u.T @ y)
        rank += u.shape[1]
    own_df = len(y) - rank
    own = float(left @ left) / own_df if own_df > 0 else 0.0
    if own <= 0:
        ratio = LARGEST_RATIO if own_df > 0 else 0.0
        return Grouping(data.settings, ratio=ratio, own_df=own_df)
    sums = np.zeros((data.n_settings, model.basis.shape[1]))
    np.add.at(sums, data.settings, model.basis * root[:, None])
    trace = float(model.weights.sum() - np.sum(sums**2))
    excess = model.residual_ss - own * model.residual_df
    shared = max(excess / trace, 0.0) if trace > 0 else 0.0
    ratio = min(shared / own, LARGEST_RATIO)
    return Grouping(data.settings, ratio=ratio, own_df=own_df)


def random_blocks(data: AnovaData, model: LinearModel) -> Grouping:
    """The variance between blocks over a row's own, by REML (statsmodels' MixedLM).

    model: without block terms. All block columns together make one random intercept.
    Raises `TooFewRuns` where the search meets a singular matrix.
    """
    # Few reports have random blocks, and all would load formulas for them.
    from statsmodels.regression.mixed_linear_model import MixedLM
    from statsmodels.tools.sm_exceptions import ConvergenceWarning

    groups = block_codes(data.blocks)
    root = np.sqrt(model.weights)
    with warnings.catch_warnings():
        # At a variance of zero the search ends on the edge; that is an answer here.
        warnings.simplefilter("ignore", ConvergenceWarning)
        warnings.simplefilter("ignore", UserWarning)
        warnings.simplefilter("ignore", RuntimeWarning)
        mixed = MixedLM(model.y * root, model.basis, groups=groups, exog_re=root)
        try:
            fit = mixed.fit(reml=True, method=["lbfgs", "powell"])
        except np.linalg.LinAlgError as error:
            untold = said("classical.untold", n=len(model.y))
            raise TooFewRuns.said(untold, where=WHERE) from error
    ratio = float(np.asarray(fit.cov_re)[0, 0]) / float(fit.scale)
    return Grouping(groups, ratio=min(max(ratio, 0.0), LARGEST_RATIO), between=False)
