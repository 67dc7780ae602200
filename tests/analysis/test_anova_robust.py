"""Tests for variances that differ: by definition, by drawing, and how often they are wrong."""

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest
import statsmodels.api as sm
import statsmodels.formula.api as smf
from scipy import stats
from statsmodels.stats.oneway import anova_oneway

from analysis.anova import Anova
from analysis.anova_data import data_of_frame
from analysis.anova_terms import Rung
from analysis.anova_welch import Welch
from tests.analysis.planted import crossed, framed, rate

pytestmark = pytest.mark.usefixtures("one_thread")

LINE = Anova(interactions="none", rung=Rung(1, 1))
ROBUST = replace(LINE, covariance="robust")


def hc2(rows, fitted, own):
    """The sandwich of an estimate own'y of which `fitted` spans the model, by its definition."""
    left = np.eye(len(rows)) - fitted @ fitted.T
    squares = (left @ rows) ** 2 / np.diag(left)
    return np.einsum("iq,i,ir->qr", own, squares, own), left


def test_a_robust_test_is_hotellings_of_hc2(rng):
    table = pd.DataFrame({"x": rng.random(80), "c": rng.choice(["a", "b", "c"], 80)})
    table["y"] = table["x"] + rng.normal(size=80) * (0.1 + table["x"])
    mine = ROBUST(framed(table))
    fit = smf.ols("y ~ x + C(c)", table).fit(cov_type="HC2", use_t=True)
    assert pytest.approx(float(fit.f_test("x = 0").fvalue)) == mine["x"].F
    both = 2 * float(fit.f_test("C(c)[T.b] = 0, C(c)[T.c] = 0").fvalue)
    df = mine["c"].error_df + 1  # Wishart's: Hotelling's T^2 is (df - 1) / (2 df) times an F
    assert pytest.approx(both * (df - 1) / (2 * df)) == mine["c"].F
    assert mine["c"].p == pytest.approx(stats.f.sf(mine["c"].F, 2, df - 1))


def test_its_degrees_of_freedom_are_those_by_which_a_sandwich_varies(rng):
    """By drawing: twice the squared mean of a chi square over its variance."""
    table = pd.DataFrame({"x": rng.random(24) ** 3, "z": rng.random(24)})
    design = np.column_stack([np.ones(24), table["z"], table["x"]])
    fitted = np.linalg.qr(design)[0]
    drawn = [
        hc2(y, fitted, fitted[:, 2:])[0][0, 0] for y in rng.normal(size=(20_000, 24))
    ]  # fmt: skip
    found = ROBUST(framed(table, rng.normal(size=24)))["x"].error_df
    assert found == pytest.approx(2 * np.mean(drawn) ** 2 / np.var(drawn), rel=0.05)
    assert found < 15  # of the residual's 21


def test_robust_tests_keep_their_rate_where_few_settings_are_wild_and_the_classical_does_not(rng):
    x = np.r_[np.zeros(40), np.ones(10)]
    data = data_of_frame(framed(pd.DataFrame({"x": x, "z": rng.random(50)}), rng.random(50)))

    def draw():
        return rng.normal(size=50) * np.where(x == 1, 5.0, 1.0)

    assert rate(ROBUST, data, draw) < 0.09
    assert rate(LINE, data, draw) > 0.15


def test_robust_tests_keep_their_rate_with_three_settings_a_level_and_hc3_does_not(rng):
    levels = np.repeat(list("abcdefghij"), 3)
    data = data_of_frame(framed(pd.DataFrame({"a": levels, "x": rng.random(30)}), rng.random(30)))
    assert rate(ROBUST, data, lambda: rng.normal(size=30), n=120, term="a") < 0.05
    design = pd.get_dummies(levels).to_numpy(float)
    across = np.eye(10)[:-1] - np.eye(10)[1:]

    def hc3() -> float:
        fit = sm.OLS(rng.normal(size=30), design).fit(cov_type="HC3", use_t=True)
        return float(fit.f_test(across).pvalue)

    assert np.mean([hc3() < 0.05 for _ in range(200)]) > 0.1


def test_levels_of_two_settings_are_not_tested_robustly_and_that_is_said(rng):
    levels = np.repeat([f"l{i}" for i in range(15)], 2)
    frame = framed(pd.DataFrame({"a": levels, "x": rng.random(30)}), rng.random(30))
    (left,) = ROBUST(frame).dropped
    assert left.parameters == ("a",)
    assert "too few settings" in left.reason
    assert LINE(frame).dropped == ()


def test_a_level_of_one_setting_is_not_tested_with_what_others_scatter(rng):
    """The control: two settings of it, and they are as wild as they are."""
    for alone, left in (([14, 14, 1], [("a",)]), ([14, 13, 2], [])):
        frame = framed(
            pd.DataFrame({"a": np.repeat(list("pqr"), alone), "x": rng.random(29)}), rng.random(29)
        )
        assert [one.parameters for one in ROBUST(frame).dropped] == left


def test_a_robust_share_of_variance_is_of_the_mean_square_not_of_how_sure_it_is(rng):
    table = crossed(rng, n_settings=24)
    y = (2 * table["x"] + table["b"].map("abcde".index) + rng.normal(size=120) * 0.1).to_numpy()
    robust, plain = ROBUST(framed(table, y, blocks=["b"])), LINE(framed(table, y, blocks=["b"]))
    for name in ("x", "z", "b"):
        found = robust[name]
        assert 0 <= found.omega_low <= found.omega_squared <= found.omega_high < 1
        assert found.omega_squared == pytest.approx(plain[name].omega_squared, abs=0.02)


def test_parameters_that_are_nearly_copies_are_named(rng):
    table = pd.DataFrame({"x": rng.random(60), "c": rng.choice(list("ab"), 60)})
    for apart in (1e-8, 3e-9, 1e-9):
        copied = table.assign(z=table["x"] + apart * rng.normal(size=60))
        found = ROBUST(framed(copied, rng.normal(size=60)))
        assert found["c"].p > 0
        assert {"x", "z"} >= {name for left in found.dropped for name in left.parameters}


def test_of_many_rows_those_that_weigh_most_tell_the_degrees_of_freedom(rng, monkeypatch):
    rows = framed(pd.DataFrame({"x": rng.random(300) ** 6, "z": rng.random(300)}), rng.random(300))
    table = crossed(rng, n_settings=40)
    blocks = framed(table, rng.random(200), blocks=["b"])
    exact = [ROBUST(frame)["x"].error_df for frame in (rows, blocks)]
    monkeypatch.setattr("analysis.anova_robust.MOST_WORK", 1_000)
    assert ROBUST(rows)["x"].error_df == pytest.approx(exact[0], rel=1e-9)
    monkeypatch.setattr("analysis.anova_robust.MOST_GROUPS", 30)
    for frame, known in zip((rows, blocks), exact, strict=True):
        found = ROBUST(frame)["x"].error_df
        assert found == pytest.approx(known, rel=0.05)
        assert found != known


def test_settings_in_several_blocks_may_differ_in_how_they_scatter(rng):
    """The control: rows, not settings, whose variances differ."""
    table = crossed(rng, n_settings=40)
    table["x"] = np.repeat(np.r_[np.zeros(32), np.ones(8)], 5)
    data = data_of_frame(framed(table, rng.random(200), blocks=["b"]))
    wild = np.where(data.codes[:, data.space.index("x")] == 1, 5.0, 1.0)[::5]

    def draw():
        return np.repeat(rng.normal(size=40) * wild, 5) + rng.normal(size=200) * 0.3

    assert rate(ROBUST, data, draw, n=150) < 0.1
    assert rate(LINE, data, draw, n=150) > 0.15


def test_pairs_enter_a_robust_table_by_a_robust_test(rng):
    x, z = rng.random((2, 120))
    data = data_of_frame(framed(pd.DataFrame({"x": x, "z": z}), x))
    wild = np.where((x > 0.8) & (z > 0.8), 5.0, 0.3)
    made = {"robust": 0, "classical": 0}
    for _ in range(60):
        again = replace(data, y=3 * x + 3 * z + rng.normal(size=120) * wild)
        for covariance in made:
            terms = Anova(covariance=covariance, rung=Rung(1, 1)).fit(again).terms
            made[covariance] += len(terms) > 2
    assert made["robust"] < 10
    assert made["classical"] > made["robust"] + 6


def test_welch_takes_blocks_out_and_counts_a_setting_once(rng):
    """The control: each row for itself, a parameter that never repeats beside it."""
    table = crossed(rng)
    table["x"] = np.repeat(["p", "q"] * 10, 5)
    rows = table.drop(columns="b").assign(k=rng.random(100))

    def p_of(frame):
        return next(row.p for row in Welch()(frame)[0] if row.parameters == ("x",))

    wrong = []
    for _ in range(50):
        y = np.repeat(rng.normal(size=20), 5) + rng.normal(size=100) * 0.3
        wrong.append([p_of(framed(table, y, blocks=["b"])) < 0.05, p_of(framed(rows, y)) < 0.05])
    assert np.mean(wrong, axis=0)[0] < 0.13
    assert np.mean(wrong, axis=0)[1] > 0.2
    apart = 10.0 * table["b"].map("abcde".index) + (table["x"] == "q")
    y = apart.to_numpy() + rng.normal(size=100) * 0.3
    assert p_of(framed(table, y, blocks=["b"])) < 1e-6
    assert p_of(framed(rows, y)) > 0.1


def test_welch_counts_what_blocks_took_where_settings_are_in_one_each(monkeypatch):
    """The control: what they took is not counted."""

    def wrong() -> float:
        found = []
        for seed in range(120):
            rng = np.random.default_rng(seed)
            table = pd.DataFrame({"c": rng.choice(list("ab"), 60), "x": rng.random(60)})
            table["b"] = rng.choice([f"d{i}" for i in range(16)], 60)
            rows, _ = Welch()(framed(table, rng.normal(size=60), blocks=["b"]))
            found += [row.p < 0.05 for row in rows]
        return float(np.mean(found))

    assert wrong() < 0.085
    monkeypatch.setattr("analysis.anova_welch._spent", lambda frame, level: 0)
    assert wrong() > 0.1


def test_welch_keeps_its_rate_with_many_small_groups(rng):
    table = pd.DataFrame({"a": np.repeat(list("abcdefghij"), 3), "z": rng.random(30)})
    wrong, theirs = [], []
    for _ in range(150):
        y = rng.normal(size=30)
        wrong.append(Welch()(framed(table, y))[0][0].p < 0.05)
        theirs.append(anova_oneway(list(y.reshape(10, 3)), use_var="unequal").pvalue < 0.05)
    assert np.mean(wrong) < 0.09
    assert np.mean(theirs) > 0.09
    y = rng.normal(size=30)
    assert Welch()(framed(table, y)) == Welch()(framed(table, y))
