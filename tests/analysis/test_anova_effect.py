"""Effect sizes, their intervals, and p values of many tests: against distributions and peers."""

import numpy as np
import pytest
from scipy import stats
from statsmodels.stats.multitest import multipletests

from analysis.anova_effect import (
    LARGEST_NONCENTRALITY,
    adjusted_p,
    noncentrality,
    omega_squared,
    partial_eta_interval,
)


@pytest.fixture
def rng():
    return np.random.default_rng(0)


def test_the_interval_inverts_the_noncentral_distribution():
    low, high = partial_eta_interval(6.0, df=3, error_df=40)
    n = 44
    assert stats.ncf.cdf(6.0, 3, 40, low / (1 - low) * n) == pytest.approx(0.975)
    assert stats.ncf.cdf(6.0, 3, 40, high / (1 - high) * n) == pytest.approx(0.025)
    assert partial_eta_interval(0.02, df=3, error_df=40) == (0.0, 0.0)


@pytest.mark.parametrize("effect", [2.0, 30.0])
def test_the_interval_covers(effect):
    F = stats.ncf.rvs(3, 40, effect, size=400, random_state=1)
    truth = effect / (effect + 44)
    hits = [
        low <= truth <= high
        for low, high in (partial_eta_interval(f, df=3, error_df=40) for f in F)
    ]
    assert np.mean(hits) == pytest.approx(0.95, abs=0.03)


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
    low, high = partial_eta_interval(2000.0, df=5, error_df=80_000)
    assert low < 10_000 / 90_000 < high
    assert high - low < 0.01
