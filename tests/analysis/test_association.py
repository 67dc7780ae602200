"""Ties between columns against closed forms and scipy."""

import numpy as np
import pytest
from scipy.stats import chi2_contingency, f_oneway, pearsonr, rankdata, spearmanr

from analysis.association import associate, correlation_ratio, cramers_v, ranks
from analysis.space import NONE, Parameter

NUMBER = Parameter(name="x", kind="continuous", scale="linear", domain=(0.0, 1.0))
LEVELS = Parameter(name="c", kind="categorical", scale="levels", levels=("a", "b", "c"))


def test_ranks_are_scipys():
    values = np.array([3.0, 1, 2, 2, 5, 2])
    assert (ranks(values) + 1).tolist() == rankdata(values).tolist()


def test_correlation_is_the_larger_of_pearson_and_spearman():
    rng = np.random.default_rng(0)
    x = rng.uniform(size=50)
    y = x**6 + 0.02 * rng.uniform(size=50)
    found = associate(x, y, axes=(NUMBER, NUMBER))
    assert found is not None
    assert found.strength == pytest.approx(max(pearsonr(x, y)[0], spearmanr(x, y)[0]))
    assert found.n == 50


def test_cramers_v_p_is_the_chi_square_one_and_a_bijection_is_one():
    rng = np.random.default_rng(0)
    left, right = rng.integers(0, 3, 80), rng.integers(0, 4, 80)
    table = np.zeros((3, 4))
    np.add.at(table, (left, right), 1)
    assert cramers_v(left, right).p == pytest.approx(chi2_contingency(table).pvalue)
    assert cramers_v(left, (left + 1) % 3).strength == 1.0


def test_correlation_ratio_p_is_that_of_one_way_anova():
    rng = np.random.default_rng(0)
    levels = rng.integers(0, 3, 60)
    y = levels + rng.normal(size=60)
    found = correlation_ratio(levels, y)
    groups = [y[levels == level] for level in range(3)]
    assert found.p == pytest.approx(f_oneway(*groups).pvalue)
    assert correlation_ratio(levels, levels * 2.0).strength == 1.0


def test_independent_columns_come_out_near_zero_despite_many_levels():
    strengths = {"corrected": [], "plain": []}  # type: dict[str, list[float]]
    for seed in range(50):
        rng = np.random.default_rng(seed)
        left, right = np.arange(60) % 8, rng.integers(0, 8, 60)
        strengths["corrected"].append(cramers_v(left, right).strength)
        table = np.zeros((8, 8))
        np.add.at(table, (left, right), 1)
        table = table[:, table.sum(0) > 0]
        chi = chi2_contingency(table, correction=False).statistic
        strengths["plain"].append(np.sqrt(chi / 60 / (min(table.shape) - 1)))
    assert np.mean(strengths["corrected"]) < 0.15
    assert np.mean(strengths["plain"]) > 0.3  # what the correction is for


def test_rows_without_a_value_are_left_out():
    x = np.array([NONE, np.nan, 0.1, 0.2, 0.3, 0.4, 0.5])
    found = associate(x, x, axes=(NUMBER, NUMBER))
    assert found is not None
    assert found.n == 5
    assert found.strength == pytest.approx(1.0)
    assert associate(x[:6], x[:6], axes=(NUMBER, NUMBER)) is None
    assert associate(np.zeros(9), np.arange(9.0), axes=(LEVELS, NUMBER)) is None


def test_levels_run_once_each_are_no_tie_for_meeting_now_and_then():
    """A base run 30 times, nine other values of each: chi-square calls a tenth of draws ties."""
    rng = np.random.default_rng(0)
    levels = np.concatenate([np.zeros(30, dtype=int), np.arange(1, 10)])
    p = np.array([cramers_v(levels, rng.permutation(levels)).p for _ in range(2000)])
    assert (p < 0.002).mean() < 0.004
    assert 0.05 < (p < 0.1).mean() < 0.15


def test_levels_that_move_together_are_a_tie_however_rare():
    rng = np.random.default_rng(1)
    left = rng.choice(6, 60, p=[0.6, 0.2, 0.05, 0.05, 0.05, 0.05])
    found = cramers_v(left, np.where(rng.random(60) < 0.05, 0, left))
    assert found.strength > 0.8
    assert found.p < 1e-6
