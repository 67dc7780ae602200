"""Rank, Welch and blocked versions, terms, interactions: each against its formula."""

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest
import statsmodels.api as sm
import statsmodels.formula.api as smf
from scipy import stats

from analysis.anova import Anova
from analysis.anova_data import data_of_frame
from analysis.anova_terms import Rung
from analysis.anova_welch import Welch
from analysis.errors import Misused
from tests.analysis.planted import crossed, framed, rate

pytestmark = pytest.mark.usefixtures("one_thread")

LINE = Anova(interactions="none", rung=Rung(1, 1))


# --- variances that differ ----------------------------------------------------------------------


def test_welch_of_two_levels_is_the_unequal_variance_t_test(rng):
    y = np.r_[rng.normal(size=30), rng.normal(size=15) * 4 + 1]
    table = pd.DataFrame({"a": np.r_[["p"] * 30, ["q"] * 15], "z": rng.random(45)})
    rows, dropped = Welch()(framed(table, y))
    t = stats.ttest_ind(y[:30], y[30:], equal_var=False)
    assert pytest.approx(t.statistic**2) == rows[0].F
    assert rows[0].error_df == pytest.approx(t.df)
    assert rows[0].p == pytest.approx(t.pvalue)
    assert rows[1].df == 3  # four groups
    assert dropped == ()


def test_ranks_make_no_interaction_of_effects_that_add_up(rng):
    table = pd.DataFrame({"a": rng.choice(list("uv"), 150), "x": rng.random(150)})
    y = 2.0 * (table["a"] == "u").to_numpy() + 3 * table["x"].to_numpy()
    frame = framed(table, y + rng.normal(size=150) * 0.3)
    found = Anova(response="ranks")(frame)
    assert [term.name for term in found.terms] == ["a", "x"]
    assert "interactions are not tested" in found.notes[0]
    ranks = replace(frame, objective=stats.rankdata(frame.objective))
    assert Anova()(ranks)["a x x"].p < 0.001  # the control: what ranking makes
    with pytest.raises(Misused):
        Anova(response="ranks", interactions="all")


def test_the_rank_version_ignores_how_far_off_the_worst_run_is(rng):
    x = rng.random(60)
    y = x + rng.normal(size=60) * 0.2
    wild = y.copy()
    wild[np.argmax(y)] = 51.234
    ranks = replace(LINE, response="ranks")
    table = pd.DataFrame({"x": x, "z": rng.random(60)})
    calm, upset = ranks(framed(table, y))["x"], ranks(framed(table, wild))["x"]
    assert pytest.approx(calm.F) == upset.F
    assert LINE(framed(table, wild))["x"].p > 0.01 > upset.p


# --- blocks -------------------------------------------------------------------------------------


def blocked(rng, *, n_blocks=6, sd=3.0):
    """Six treatments, each once in every block, settings of another number all different."""
    treatment, block = np.meshgrid(list("abcdef"), [f"d{i}" for i in range(n_blocks)])
    shift = rng.normal(size=n_blocks) * sd
    y = shift[np.arange(n_blocks)][:, None] + (treatment == "a") + rng.normal(size=treatment.shape)
    return pd.DataFrame(
        {"t": treatment.ravel(), "x": rng.random(treatment.size), "b": block.ravel()}
    ), y.ravel()


def test_blocks_take_their_differences_out_of_the_error(rng):
    table, y = blocked(rng)
    frame = framed(table, y, blocks=["b"])
    assert LINE(frame)["t"].p < 0.2 * replace(LINE, blocks="ignored")(frame)["t"].p
    assert LINE(frame)["b"].block


def test_fixed_blocks_equal_statsmodels(rng):
    table, y = blocked(rng)
    fit = smf.ols("y ~ C(t) + x + C(b)", table.assign(y=y)).fit()
    theirs = sm.stats.anova_lm(fit, typ=2)
    mine = LINE(framed(table, y, blocks=["b"]))
    assert mine["t"].sum_squares == pytest.approx(theirs.loc["C(t)", "sum_sq"])
    assert mine["t"].p == pytest.approx(theirs.loc["C(t)", "PR(>F)"])


def test_random_blocks_equal_the_mixed_model(rng):
    table, y = blocked(rng, n_blocks=8)
    y = y + 2 * table["x"].to_numpy()
    mine = replace(LINE, blocks="random")(framed(table, y, blocks=["b"]))
    fit = smf.mixedlm("y ~ C(t) + x", table.assign(y=y), groups=table["b"]).fit()
    assert pytest.approx(float(fit.tvalues["x"]) ** 2, rel=0.01) == mine["x"].F
    assert "random" in mine.notes[0]


def test_settings_repeated_across_blocks_count_once(rng):
    data = data_of_frame(framed(crossed(rng), rng.random(100), blocks=["b"]))

    def draw():
        return np.repeat(rng.normal(size=20), 5) + rng.normal(size=100) * 0.3

    assert rate(LINE, data, draw) == pytest.approx(0.05, abs=0.035)
    naive = replace(data, settings=np.arange(100))
    assert rate(LINE, naive, draw) > 0.3  # the control: rows taken for evidence


def test_in_a_complete_crossing_the_test_is_that_of_the_settings_means(rng):
    table = crossed(rng)
    y = np.repeat(rng.normal(size=20), 5) + table["x"] + rng.normal(size=100)
    means = table.assign(y=y).groupby("x", as_index=False).agg({"y": "mean", "z": "first"})
    fit = smf.ols("y ~ x + z", means).fit()
    mine = LINE(framed(table, y.to_numpy(), blocks=["b"]))
    assert pytest.approx(float(fit.tvalues["x"]) ** 2) == mine["x"].F
    assert mine["x"].p == pytest.approx(float(fit.pvalues["x"]))


# --- what a parameter is ------------------------------------------------------------------------


def conditional(rng, n=240):
    act = rng.choice(["leaky", "relu", "tanh"], n)
    slope = rng.random(n)
    recorded = pd.Series(
        [float(s) if a == "leaky" else None for s, a in zip(slope, act, strict=True)], dtype=object
    )
    return pd.DataFrame({"act": act, "slope": recorded}), act, slope


def test_a_conditional_parameter_is_tested_where_it_exists(rng):
    table, act, slope = conditional(rng)
    noise = rng.normal(size=240) * 0.1
    bent = Anova()(framed(table, np.where(act == "leaky", slope, 0.5) + noise))
    assert bent["slope"].p < 1e-10
    assert bent["slope"].df == 3
    flat = Anova()(framed(table, (act == "relu") + noise))
    assert flat["slope"].p > 0.01
    assert flat["act"].p < 1e-10


def test_no_value_is_a_level_of_its_own(rng):
    x = rng.random(120)
    none = rng.random(120) < 0.3
    table = pd.DataFrame(
        {
            "clip": pd.Series([None if n else float(v) for n, v in zip(none, x, strict=True)]),
            "z": rng.random(120),
        }
    )
    found = Anova()(framed(table, none + rng.normal(size=120) * 0.2))
    assert found["clip"].df == 4
    assert found["clip"].p < 1e-10


def test_a_log_parameter_is_tested_on_its_own_scale(rng):
    lr = 10 ** rng.uniform(-6, -1, 100)
    y = (np.log10(lr) + 3.5) ** 2 + rng.normal(size=100) * 0.1
    curve = Anova(rung=Rung(2, 2))
    log = curve(framed(pd.DataFrame({"lr": lr}), y))
    raw = curve(framed(pd.DataFrame({"lr": lr / 1e-1, "pad": lr * 0 + rng.random(100)}), y))
    assert log.residual_ss < 0.015 * log.total_ss
    assert pytest.approx(log["lr"].F, rel=0.2) == raw["lr"].F


# --- interactions -------------------------------------------------------------------------------


def test_a_planted_interaction_is_found_and_nothing_else(rng):
    X = rng.random((200, 5))
    y = X[:, 0] + X[:, 1] + 4 * (X[:, 0] - 0.5) * (X[:, 1] - 0.5) + rng.normal(size=200) * 0.1
    found = Anova()(framed(pd.DataFrame(X, columns=list("abcde")), y))
    assert [t.name for t in found.terms if len(t.parameters) == 2] == ["a x b"]


def test_interactions_of_inert_parameters_are_not_looked_for(rng):
    """Strong heredity: the price of the rule is said in its page."""
    X = rng.random((200, 3))
    y = 4 * (X[:, 0] - 0.5) * (X[:, 1] - 0.5) + rng.normal(size=200) * 0.1
    frame = framed(pd.DataFrame(X, columns=list("abc")), y)
    assert all(len(t.parameters) == 1 for t in Anova()(frame).terms)
    assert Anova(interactions=(("a", "b"),))(frame)["a x b"].p < 1e-10


def test_pairs_enter_by_chance_in_one_journal_of_twenty(rng):
    X = rng.random((150, 4))
    data = data_of_frame(framed(pd.DataFrame(X, columns=list("abcd")), X[:, 0]))
    mean = X.sum(axis=1)
    tables = [Anova().fit(replace(data, y=mean + rng.normal(size=150) * 0.3)) for _ in range(150)]
    entered = np.mean([any(len(t.parameters) == 2 for t in table.terms) for table in tables])
    assert entered < 0.10


def test_lack_of_fit_by_hand():
    """Three points at each of four places; the means 1, 4, 9, 16 miss a line by 1 each."""
    x = np.repeat([1.0, 2.0, 3.0, 4.0], 3)
    y = x**2 + np.tile([-1.0, 0.0, 1.0], 4)
    table = pd.DataFrame({"x": x, "seed": np.tile([0, 1, 2], 4)})
    found = LINE(framed(table, y)).lack_of_fit
    assert found is not None
    assert found.df == 2
    assert found.pure_df == 8
    assert found.sum_squares == pytest.approx(3 * 4 * 1.0)
    assert found.pure_sum_squares == pytest.approx(8.0)
    assert pytest.approx(6.0) == found.F
    assert found.p == pytest.approx(stats.f.sf(6.0, 2, 8))


def test_without_replicates_nothing_is_said_of_the_fit(rng):
    table = pd.DataFrame({"x": rng.random(40)})
    assert Anova()(framed(table, rng.random(40))).lack_of_fit is None


# --- blocks as random parts, groups that never vary, pure error -----------------------------------


def test_what_random_blocks_add_is_no_lack_of_fit():
    rejected = []
    for seed in range(40):
        rng = np.random.default_rng(seed)
        table = pd.DataFrame({"x": rng.random(30), "data": np.repeat(list("abcde"), 6)})
        offset = table["data"].map(dict(zip("abcde", 2 * rng.normal(size=5), strict=True)))
        table["y"] = table["x"] + offset
        table = pd.concat([table, table.head(24)], ignore_index=True)  # not all have two seeds
        table["y"] += rng.normal(0, 0.5, len(table))
        frame = framed(table, blocks=["data"])
        rejected.append(replace(LINE, blocks="random")(frame).lack_of_fit.p < 0.05)
    assert np.mean(rejected) < 0.2


def test_a_parameter_that_changes_only_between_random_blocks_has_no_row(rng):
    block = np.repeat(np.arange(6), 10)
    table = pd.DataFrame({"x": rng.random(60), "w": rng.random(60), "data": block.astype(str)})
    table["z"] = np.where(block % 2, "on", "off")
    y = rng.normal(size=6)[block] + rng.normal(0, 0.5, 60)
    found = replace(LINE, blocks="random")(framed(table, y, blocks=["data"]))
    assert {row.parameters for row in found.terms} == {("x",), ("w",)}
    assert [left.parameters for left in found.dropped] == [("z",)]


def test_a_group_without_spread_is_said_and_not_left_out_in_silence(rng):
    table = pd.DataFrame({"opt": np.repeat(["adam", "sgd", "lion"], 20), "x": rng.random(60)})
    y = np.where(table["opt"] == "lion", 0.1, 0.9 + 0.02 * rng.normal(size=60))
    rows, dropped = Welch()(framed(table, y))
    assert [row.parameters for row in rows] == [("x",)]
    assert [left.parameters for left in dropped] == [("opt",)]
    assert "one result" in dropped[0].reason


def test_against_pure_error_configurations_count_as_often_as_they_were_run():
    wrong = []
    for seed in range(300):
        rng = np.random.default_rng(seed)
        settings = rng.random((25, 2)).repeat([10] * 3 + [1] * 22, axis=0)
        y = 3 * settings[:, 0] + rng.normal(size=len(settings))
        frame = framed(pd.DataFrame(settings, columns=["x", "z"]), y)
        wrong.append(replace(LINE, error="pure")(frame)["z"].p < 0.05)
    assert np.mean(wrong) < 0.08
