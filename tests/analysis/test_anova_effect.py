"""Effect sizes, their intervals, and p values of many tests: against distributions and peers."""

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest
from scipy import stats
from statsmodels.stats.multitest import multipletests
from statsmodels.stats.oneway import confint_noncentrality

from analysis.anova import Anova
from analysis.anova_data import data_of_frame
from analysis.anova_effect import (
    LARGEST_NONCENTRALITY,
    adjusted_p,
    noncentralities,
    noncentrality,
    omega_squared,
    share_of,
)
from analysis.anova_terms import Rung
from tests.analysis.planted import framed


def test_the_interval_inverts_the_noncentral_distribution():
    low, high = noncentralities(6.0, df=3, error_df=40)
    assert stats.ncf.cdf(6.0, 3, 40, low) == pytest.approx(0.975)
    assert stats.ncf.cdf(6.0, 3, 40, high) == pytest.approx(0.025)
    assert noncentralities(0.02, df=3, error_df=40) == (0.0, 0.0)


def test_the_interval_is_statsmodels():
    """Which holds its own against R's MBESS."""
    theirs = confint_noncentrality(11.221, (4, 55), alpha=0.05)
    assert noncentralities(11.221, df=4, error_df=55) == pytest.approx(theirs, rel=1e-3)


@pytest.mark.parametrize("effect", [2.0, 30.0])
def test_the_interval_covers(effect):
    F = stats.ncf.rvs(3, 40, effect, size=400, random_state=1)
    hits = [
        low <= effect <= high for low, high in (noncentralities(f, df=3, error_df=40) for f in F)
    ]
    assert np.mean(hits) == pytest.approx(0.95, abs=0.03)


@pytest.mark.parametrize("strength", [0.3, 1.0])
def test_the_intervals_of_both_effect_sizes_cover(strength, rng):
    """y = strength (a + b) + noise, a and b +-1 in a balanced design: omega squared is known."""
    a, b = np.tile([-1.0, 1.0], 30), np.repeat([-1.0, 1.0], 30)
    data = data_of_frame(framed(pd.DataFrame({"a": a, "b": b, "x": rng.random(60)}), a + b))
    anova = Anova(interactions="none", rung=Rung(1, 1))
    whole = 2 * strength**2 + 1
    hits = []
    for _ in range(300):
        row = anova.fit(replace(data, y=strength * (a + b) + rng.normal(size=60)))["a"]
        partial = strength**2 / (strength**2 + 1)
        hits.append(
            (
                row.omega_low <= strength**2 / whole <= row.omega_high,
                row.partial_eta_low <= partial <= row.partial_eta_high,
            )
        )
        assert row.omega_low <= row.omega_squared <= row.omega_high
    assert np.mean(hits, axis=0) == pytest.approx([0.95, 0.95], abs=0.035)


@pytest.mark.parametrize("m", [1, 2, 12])
def test_adjusted_p_values_equal_statsmodels(rng, m):
    p = np.r_[rng.random(m) ** 3, 0.01, 0.01, 1.0]
    assert adjusted_p(p, method="holm") == pytest.approx(multipletests(p, method="holm")[1])
    assert adjusted_p(p, method="bh") == pytest.approx(multipletests(p, method="fdr_bh")[1])


def test_omega_squared_by_hand():
    """SS 12 on 2 degrees, error 3, total 33: (12 - 6) / 36."""
    assert omega_squared(12.0, df=2, error_ms=3.0, total_ss=33.0) == pytest.approx(1 / 6)
    assert omega_squared(1.0, df=2, error_ms=3.0, total_ss=33.0) == 0.0


@pytest.mark.parametrize("df", [1, 5, 50])
@pytest.mark.parametrize("error_df", [50, 80_000])
def test_a_large_effect_goes_by_a_chi_square_that_meets_the_exact_noncentral_f(df, error_df):
    """Just below the largest noncentrality the exact one is summed; just above, approximated."""
    for probability in (0.025, 0.975):
        below, above = (
            noncentrality(
                edge * LARGEST_NONCENTRALITY / df,
                df=df,
                error_df=error_df,
                probability=probability,
            )
            for edge in (0.9999, 1.0001)
        )
        assert above == pytest.approx(below, rel=1e-3)


def test_an_overwhelming_effect_among_many_runs_has_an_interval():
    low, high = (
        share_of(found, 80_006) for found in noncentralities(2000.0, df=5, error_df=80_000)
    )
    assert low < 10_000 / 90_000 < high
    assert high - low < 0.01
