"""How large is a term, beyond its p value: omega squared, partial eta squared and its interval."""

from __future__ import annotations

from typing import Literal

import numpy as np
from scipy import optimize, special, stats

LARGEST_NONCENTRALITY = 3e3
"""Above this the noncentral F sums for long or gives up (NaN), and a chi square is as good."""


def omega_squared(ss: float, *, df: int, error_ms: float, total_ss: float) -> float:
    """Share of all variance that a term holds, corrected for what noise gives it; at least 0.

    (SS - df MSE) / (SS_total + MSE): Hays 1963; Olejnik & Algina 2003, equation 5.
    """
    whole = total_ss + error_ms
    return max((ss - df * error_ms) / whole, 0.0) if whole > 0 else 0.0


def partial_eta_squared(ss: float, *, error_ss: float) -> float:
    """Share that a term holds of its own and the error's sum of squares."""
    return ss / (ss + error_ss) if ss + error_ss > 0 else 0.0


def noncentralities(
    F: float, *, df: int, error_df: float, level: float = 0.95
) -> tuple[float, float]:
    """Confidence interval of the noncentrality, lambda = SS of the true effect / error variance.

    The noncentralities at which the observed F is a (1 + level)/2 and a (1 - level)/2 quantile
    (Steiger 2004, equation 4; Smithson 2003). Exact for normal errors and a fixed design. Partial
    eta squared is lambda / (lambda + n) (`share_of`; Steiger's equation 16). Omega squared has
    everything beside the term in the place of n: (SS_total - SS) / MSE + df + 1, which gives
    `omega_squared` at lambda = (SS - df MSE) / MSE.
    """
    tail = (1.0 - level) / 2.0
    low = noncentrality(F, df=df, error_df=error_df, probability=1.0 - tail)
    high = noncentrality(F, df=df, error_df=error_df, probability=tail)
    return low, high


def share_of(noncentral: float, n: float) -> float:
    """The share of a term beside n of everything else, lambda / (lambda + n)."""
    return noncentral / (noncentral + n) if noncentral > 0 else 0.0


def noncentrality(F: float, *, df: int, error_df: float, probability: float) -> float:
    """The noncentrality at which P(F' <= F) is `probability`; 0 where none is that small."""
    if special.fdtr(df, error_df, F) <= probability:
        return 0.0
    if F * df > LARGEST_NONCENTRALITY:
        return _large_noncentrality(F, df=df, error_df=error_df, probability=probability)

    def excess(noncentral: float) -> float:
        return float(special.ncfdtr(df, error_df, noncentral, F)) - probability

    upper = max(F * df, 1.0)
    while excess(upper) > 0:
        upper *= 2.0
    return float(optimize.brentq(excess, 0.0, upper, xtol=1e-9 * upper, rtol=1e-10))


def _large_noncentrality(F: float, *, df: int, error_df: float, probability: float) -> float:
    """For large F: numerator over its mean and denominator together are one chi square.

    Its degrees of freedom match the relative variance of both: 2/e = 2/error_df + 4/lambda. The
    numerator's own degrees of freedom, less one, are no part of lambda.
    """
    centre = F * df
    effective = 2.0 / (2.0 / error_df + 4.0 / centre)
    return centre * float(stats.chi2.ppf(1.0 - probability, effective)) / effective - (df - 1)


def adjusted_p(p_values: np.ndarray, *, method: Literal["holm", "bh"]) -> np.ndarray:
    """(m,) p values adjusted for being m of them: family-wise (holm) or false discovery (bh).

    Holm 1979; Benjamini & Hochberg 1995. Not by statsmodels' multipletests, which collects the
    interpreter's garbage at each call and so takes longer than the whole analysis of variance.
    """
    m = len(p_values)
    if m == 0:
        return np.zeros(0)
    order = np.argsort(p_values, kind="stable")
    steps = np.arange(m)
    if method == "holm":
        raised = np.maximum.accumulate(p_values[order] * (m - steps))
    else:
        raised = np.minimum.accumulate((p_values[order] * m / (steps + 1))[::-1])[::-1]
    adjusted = np.empty(m)
    adjusted[order] = np.minimum(raised, 1.0)
    return adjusted
