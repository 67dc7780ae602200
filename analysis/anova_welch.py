"""Does a parameter's level change the mean, whatever the variances? Welch's test, one way.

Each parameter alone, not adjusted for the others: under random settings the others only add to the
spread, so the test stays valid, with less power than the table's. Blocks are taken out first, and a
setting that was run in several of them is one piece of evidence.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Literal

import numpy as np
from statsmodels.stats.oneway import anova_oneway

from analysis import anova_says
from analysis.anova_data import data_of_frame, ranked, standardised
from analysis.anova_effect import adjusted_p, noncentralities, share_of
from analysis.anova_says import left_out
from analysis.blocking import usable_blocks, without_blocks
from analysis.errors import require_kind, require_known
from analysis.findings_parts import grouped
from analysis.frame import Frame
from analysis.results_detail import ClassicalTerm, Dropped
from analysis.results_runs import Said

N_GROUPS = 4
FEWEST_PER_GROUP = 3
N_BOOTSTRAP = 20_000


@dataclass(frozen=True, kw_only=True)
class Welch:
    """Settings of the test; calling it on a frame gives a row per parameter and what has none.

    Levels are groups; numbers are cut into `N_GROUPS` groups of equal size; runs without the
    parameter (inactive) are left out, an atom (None) is a group. Groups with fewer than
    `FEWEST_PER_GROUP` configurations are left out. A group whose results are all the same has no
    variance to weigh it by: then there is no test, and that is said. response: "ranks" makes it
    robust to heavy tails (Zimmerman & Zumbo 1993). Reference: Welch 1951; by statsmodels'
    anova_oneway. His F is too often large where groups are many and small (ten of three that do not
    differ: in 14 % of journals at 5 %), so p is the parametric bootstrap's where a group has fewer
    configurations than there are groups.
    """

    response: Literal["means", "ranks"] = "means"
    adjust: Literal["holm", "bh"] = "holm"

    def __post_init__(self) -> None:
        require_known(self)

    def __call__(self, frame: Frame) -> tuple[tuple[ClassicalTerm, ...], tuple[Dropped, ...]]:
        """Raises `TooFewRuns`, `ConstantObjective` like the table."""
        require_kind(frame, Frame, what="what is tested", hint="see Frame.from_table")
        y, _ = standardised(frame.objective)  # blocks are taken out by sums of squares
        frame = replace(frame, objective=y)
        level = without_blocks(frame)[0]
        data, spent = data_of_frame(level), _spent(frame, level)
        if self.response == "ranks":
            data = ranked(data)
        tests, dropped = [], []
        for index, parameter in enumerate(frame.space.parameters):
            groups = grouped(data.codes[:, index], parameter, n=N_GROUPS)
            parts = [data.y[groups == group] for group in np.unique(groups[groups >= 0])]
            parts = [y for y in parts if len(y) >= FEWEST_PER_GROUP]
            if len(parts) < 2:
                dropped.append(left_out((parameter.name,), "groups", n=FEWEST_PER_GROUP))
            elif still := sum(np.ptp(y) == 0 for y in parts):
                dropped.append(left_out((parameter.name,), "still", still=still, n=len(parts)))
            elif sum(map(len, parts)) - len(parts) <= spent:
                dropped.append(left_out((parameter.name,), "scatter"))
            else:
                tests.append(_test(parameter.name, _as_wide(parts, spent)))
        adjusted = adjusted_p(np.array([test.p for test in tests]), method=self.adjust)
        rows = [replace(t, p_adjusted=float(p)) for t, p in zip(tests, adjusted, strict=True)]
        return tuple(rows), tuple(dropped)

    def said(self, *, blocks: bool = False) -> Said:
        """What is done; blocks: were any taken out?"""
        return anova_says.welch(rows=self.response, blocks=blocks, adjust=self.adjust)


def _spent(frame: Frame, level: Frame) -> int:
    """Degrees of freedom of the settings' means that went into the blocks' distances.

    None where every setting was run in every block: their means then have all blocks alike.
    """
    codes, n_blocks = usable_blocks(frame)
    if n_blocks < 2:
        return 0
    shares = np.zeros((level.n_configurations, n_blocks))
    np.add.at(shares, (level.configuration, codes), 1.0)
    shares /= shares.sum(axis=1, keepdims=True)
    return int(np.linalg.matrix_rank(shares - shares.mean(axis=0)))


def _as_wide(parts: list[np.ndarray], spent: int) -> list[np.ndarray]:
    """The groups as they would scatter had no blocks been fitted to them."""
    free = sum(map(len, parts)) - len(parts)
    wider = np.sqrt(free / (free - spent))
    return [part.mean() + wider * (part - part.mean()) for part in parts] if spent else parts


def _test(name: str, parts: list[np.ndarray]) -> ClassicalTerm:
    """One parameter before the p values are adjusted.

    Sizes weigh groups by what is known of their means (Kulinskaya & Staudte 2006): with N
    configurations, lambda / (lambda + N), its interval from the noncentral F at Welch's degrees of
    freedom.
    """
    found = anova_oneway(parts, use_var="unequal", welch_correction=True)
    n, df, F = sum(map(len, parts)), len(parts) - 1, float(found.statistic)
    error_df, p = float(found.df_denom), float(found.pvalue)
    if min(map(len, parts)) < len(parts):
        p = _bootstrapped(parts)
    low, high = (share_of(x, n) for x in noncentralities(F, df=df, error_df=error_df))
    return ClassicalTerm(
        parameters=(name,),
        block=False,
        df=df,
        error_df=error_df,
        F=F,
        p=p,
        p_adjusted=p,
        omega_squared=share_of(max(df * (F - 1.0), 0.0), n),
        omega_low=low,
        omega_high=high,
        partial_eta_squared=share_of(df * F, n - len(parts)),
        partial_eta_low=low,
        partial_eta_high=high,
    )


def _bootstrapped(parts: list[np.ndarray]) -> float:
    """P of differences as large, between groups of these variances whose means do not differ.

    The parametric bootstrap of Welch's statistic (Krishnamoorthy, Lu & Mathew 2007), from one
    stream, so that the same runs have the same p; at least 1 / (`N_BOOTSTRAP` + 1).
    """
    rng = np.random.default_rng(0)
    df = np.array([len(part) - 1 for part in parts])
    variance = np.array([part.var(ddof=1) / len(part) for part in parts])
    size = N_BOOTSTRAP, len(parts)
    means = rng.standard_normal(size) * np.sqrt(variance)
    drawn = _between(means, variance * rng.chisquare(df, size) / df)
    seen = _between(np.array([part.mean() for part in parts]), variance)
    return float((1 + np.sum(drawn >= seen)) / (1 + N_BOOTSTRAP))


def _between(means: np.ndarray, variance: np.ndarray) -> np.ndarray:
    """(..., n_groups) means' squared distances from what they have in common, each by its error."""
    weight = 1 / variance
    common = (weight * means).sum(axis=-1, keepdims=True) / weight.sum(axis=-1, keepdims=True)
    return np.asarray((weight * (means - common) ** 2).sum(axis=-1))
