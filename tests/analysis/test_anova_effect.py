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
from analysis.anova_effect import adjusted_p, noncentralities, noncentrality, omega_squared
from analysis.anova_terms import Rung
from tests.analysis.planted import framed


@pytest.fixture
def rng():
    return np.random.default_rng(0)


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


@pytest.mark.parametrize(("df", "error_df"), [(1, 6), (4, 200), (3, 5000)])
@pytest.mark.parametrize("probability", [0.025, 0.975])
def test_very_large_f_values_join_on_smoothly(df, error_df, probability):
    at = {"df": df, "error_df": error_df, "probability": probability}
    exact = noncentrality(0.99e6 / df, **at)
    assert noncentrality(1.01e6 / df, **at) == pytest.approx(exact * 1.01 / 0.99, rel=2e-3)


@pytest.mark.parametrize("m", [1, 2, 12])
def test_adjusted_p_values_equal_statsmodels(rng, m):
    p = np.r_[rng.random(m) ** 3, 0.01, 0.01, 1.0]
    assert adjusted_p(p, method="holm") == pytest.approx(multipletests(p, method="holm")[1])
    assert adjusted_p(p, method="bh") == pytest.approx(multipletests(p, method="fdr_bh")[1])


def test_omega_squared_by_hand():
    """SS 12 on 2 degrees, error 3, total 33: (12 - 6) / 36."""
    assert omega_squared(12.0, df=2, error_ms=3.0, total_ss=33.0) == pytest.approx(1 / 6)
    assert omega_squared(1.0, df=2, error_ms=3.0, total_ss=33.0) == 0.0
