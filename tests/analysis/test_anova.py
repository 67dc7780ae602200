"""The classical ANOVA against exact tables, statsmodels' formulas and hand computations."""

import json
from dataclasses import replace
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
import statsmodels.api as sm
import statsmodels.formula.api as smf
from hypothesis import given, settings
from hypothesis import strategies as st

from analysis.anova import Anova
from analysis.anova_data import data_of_frame
from analysis.anova_terms import Rung
from analysis.errors import ConstantObjective, InputError, TooFewRuns
from analysis.frame import Frame

pytestmark = pytest.mark.usefixtures("one_thread")

REFERENCE = Path(__file__).parents[2] / "data" / "reference"
PHONEME = REFERENCE / "hpobench_mlp_phoneme_factorial"


def frame_of(columns, y, *, blocks=()):
    table = pd.DataFrame({**columns, "y": y})
    names = [name for name in columns if name not in (*blocks, "seed")]
    seed = "seed" if "seed" in columns else None
    return Frame.from_table(
        table, parameters=names, metric="y", direction="maximize", seed=seed, blocks=blocks
    )


@pytest.fixture(scope="module")
def phoneme():
    truth = json.loads(PHONEME.with_suffix(".truth.json").read_text(encoding="utf-8"))
    table = pd.read_csv(PHONEME.with_suffix(".csv"))
    frame = Frame.from_table(
        table,
        parameters=list(truth["levels"]),
        metric="val_acc",
        direction="maximize",
        seed="seed",
    )
    return frame, truth


@pytest.fixture
def unbalanced(rng):
    """60 configurations of two factors and a number, cells of unequal size."""
    a = rng.choice(["x", "y", "z"], 60, p=[0.6, 0.3, 0.1])
    b = np.where(rng.random(60) < 0.7, a == "x", rng.random(60) < 0.5)
    c = rng.random(60)
    y = (a == "y") * 0.5 + b * 0.8 + c**2 + (a == "x") * b + rng.normal(size=60) * 0.5
    return pd.DataFrame({"a": a, "b": np.where(b, "on", "off"), "c": c, "y": y})


def test_the_exact_table_of_a_complete_grid_is_reproduced(phoneme):
    frame, truth = phoneme
    table = Anova(rows="runs", error="pure", interactions="all")(frame)
    assert len(table.terms) == len(truth["anova_table_order_le_2"]) == 15
    for row in truth["anova_table_order_le_2"]:
        term = table[row["term"]]
        assert term.df == row["df"]
        assert term.sum_squares == pytest.approx(row["SS"], rel=1e-10)
        assert row["F"] == pytest.approx(term.F, rel=1e-10)
        assert row["p"] == pytest.approx(term.p, rel=1e-8)
        assert row["omega2"] == pytest.approx(term.omega_squared, rel=1e-8)


def test_on_a_complete_grid_shares_are_those_of_the_functional_anova(phoneme):
    frame, truth = phoneme
    table = Anova(interactions="all", order=3)(frame)
    shares = {term.name: term.sum_squares / table.total_ss for term in table.terms}
    for order in ("first_order", "second_order", "third_order_top"):
        for name, share in truth[order].items():
            assert shares[name] == pytest.approx(share, abs=1e-10)


def test_type_two_equals_statsmodels_on_unbalanced_cells(unbalanced):
    frame = frame_of({k: unbalanced[k] for k in "abc"}, unbalanced["y"])
    mine = Anova(interactions=(("a", "b"),), rung=Rung(2, 5))(frame)
    fit = smf.ols("y ~ C(a)*C(b) + c + I(c**2)", unbalanced).fit()
    theirs = sm.stats.anova_lm(fit, typ=2)
    for name, row in {"a": "C(a)", "b": "C(b)", "a x b": "C(a):C(b)"}.items():
        assert mine[name].sum_squares == pytest.approx(theirs.loc[row, "sum_sq"])
        assert mine[name].p == pytest.approx(theirs.loc[row, "PR(>F)"])
    curve = fit.f_test("c = 0, I(c ** 2) = 0")
    assert float(curve.fvalue) == pytest.approx(mine["c"].F)
    left = (mine.residual_ss / mine.residual_df) / (mine.total_ss / (len(unbalanced) - 1))
    assert 1 - left == pytest.approx(fit.rsquared_adj)


def test_type_three_equals_statsmodels_with_sum_coding(unbalanced):
    frame = frame_of({k: unbalanced[k] for k in "abc"}, unbalanced["y"])
    mine = Anova(sums="III", interactions=(("a", "b"),), rung=Rung(1, 1))(frame)
    fit = smf.ols("y ~ C(a, Sum)*C(b, Sum) + c", unbalanced).fit()
    theirs = sm.stats.anova_lm(fit, typ=3)
    for name, row in {"a": "C(a, Sum)", "b": "C(b, Sum)", "c": "c"}.items():
        assert mine[name].sum_squares == pytest.approx(theirs.loc[row, "sum_sq"])


@pytest.mark.parametrize("sums", ["II", "III"])
def test_order_of_columns_and_of_runs_changes_nothing(unbalanced, sums, rng):
    tables: list[dict[frozenset[str], float]] = []
    for names in ("abc", "cba", "bca"):
        rows = unbalanced.sample(frac=1, random_state=len(tables))
        renamed = {"abc": {}, "cba": {"a": "z", "c": "a2"}, "bca": {}}[names]
        frame = frame_of({renamed.get(k, k): rows[k] for k in names}, rows["y"])
        table = Anova(sums=sums)(frame)
        back = {new: old for old, new in renamed.items()}
        tables.append(
            {frozenset(back.get(name, name) for name in t.parameters): t.p for t in table.terms}
        )
    assert tables[1] == pytest.approx(tables[0], rel=1e-6)
    assert tables[2] == pytest.approx(tables[0], rel=1e-6)


def test_type_one_would_depend_on_the_order(unbalanced):
    """The negative control: on the same data sequential sums of squares differ."""
    first = sm.stats.anova_lm(smf.ols("y ~ C(a) + C(b)", unbalanced).fit(), typ=1)
    second = sm.stats.anova_lm(smf.ols("y ~ C(b) + C(a)", unbalanced).fit(), typ=1)
    assert first.loc["C(a)", "sum_sq"] != pytest.approx(second.loc["C(a)", "sum_sq"], rel=0.2)


def false_positives(rows, *, n=500):
    """20 configurations that differ by chance alone, 5 seeds each: no parameter matters."""
    rng = np.random.default_rng(7)
    a, b = np.repeat(rng.random((2, 20)), 5, axis=1)
    frame = frame_of({"a": a, "b": b, "seed": np.tile(np.arange(5), 20)}, rng.random(100))
    anova = Anova(rows=rows, interactions="none", rung=Rung(1, 1))

    def p_value():
        y = np.repeat(rng.normal(size=20), 5) + rng.normal(size=100) * 0.3
        return anova(replace(frame, objective=y))["a"].p

    return np.mean([p_value() < 0.05 for _ in range(n)])


def test_seeds_are_not_evidence_about_configurations():
    assert false_positives("configurations") == pytest.approx(0.05, abs=0.03)


def test_rows_of_one_configuration_taken_for_evidence_find_noise_significant():
    """The negative control: least squares on all runs."""
    assert 0.3 < false_positives("runs") < 0.46


def test_means_are_weighted_by_what_is_known_of_them(rng):
    """tau^2 and sigma^2 by moments: with no misfit the weights are the runs, else nearly equal."""
    runs = rng.integers(1, 8, 200)
    x = np.repeat(rng.random(200), runs)
    noise = rng.normal(size=len(x))
    between = np.repeat(rng.normal(size=200) * 20, runs)

    def weights_with(y):
        data = data_of_frame(frame_of({"x": x, "seed": np.arange(len(x))}, y))
        anova = Anova(interactions="none")
        from analysis.anova_terms import main_terms

        terms, _ = main_terms(data.space, data.codes, n_configurations=200)
        return anova._model(data, terms)[0].weights

    alone, drowned = weights_with(noise), weights_with(noise + between)
    assert np.ptp(alone / runs) < 0.5 * np.mean(alone / runs)
    assert np.ptp(drowned) < 0.02 * np.mean(drowned)


def test_a_constant_objective_has_no_table():
    with pytest.raises(ConstantObjective):
        Anova()(frame_of({"a": np.arange(30.0)}, np.ones(30)))


def test_too_few_configurations_are_refused_and_say_how_many(rng):
    X = rng.random((12, 10))
    with pytest.raises(TooFewRuns, match="12 configurations") as caught:
        Anova()(frame_of({f"x{i}": X[:, i] for i in range(10)}, rng.random(12)))
    assert "16" in caught.value.hint


def test_factors_that_do_not_fit_are_named_not_dropped_in_silence(rng):
    names = np.array([*"abcdefghijklmnopq", *"abcde"])
    x = rng.random(22)
    table = Anova()(frame_of({"x": x, "optimizer": names}, x + rng.normal(size=22) * 0.1))
    assert table.term("optimizer") is None
    assert [d.parameters for d in table.dropped] == [("optimizer",)]
    assert "degrees of freedom" in table.dropped[0].reason
    assert table["x"].p < 1e-6


def test_aliased_parameters_are_both_refused(rng):
    a = rng.choice(["p", "q"], 40)
    x = rng.random(40)
    columns = {"a": a, "b": np.where(a == "p", "low", "high"), "x": x}
    table = Anova()(frame_of(columns, (a == "p") + rng.normal(size=40)))
    assert {d.parameters for d in table.dropped} == {("a",), ("b",)}
    assert table.term("x") is not None


def test_degrees_are_chosen_by_counts_alone(rng):
    def df(n):
        X = rng.random((n, 5))
        table = Anova(interactions="none")(
            frame_of({f"x{i}": X[:, i] for i in range(5)}, rng.random(n))
        )
        return table.terms[0].df

    assert [df(n) for n in (14, 32, 60)] == [1, 2, 3]


def test_an_unknown_parameter_in_a_pair_is_an_error(rng):
    with pytest.raises(InputError, match="depht"):
        Anova(interactions=(("a", "depht"),))(frame_of({"a": rng.random(30)}, rng.random(30)))


def test_extreme_units_change_only_the_sums_of_squares(unbalanced):
    frame = frame_of({k: unbalanced[k] for k in "abc"}, unbalanced["y"])
    plain = Anova()(frame)
    for scale, shift in ((1e-300, 0.0), (1e300, 0.0), (1.0, 1e6)):
        other = Anova()(replace(frame, objective=frame.objective * scale + shift))
        assert [t.F for t in other.terms] == pytest.approx([t.F for t in plain.terms], rel=1e-5)


@settings(max_examples=10, deadline=None)
@given(st.integers(3, 5), st.integers(4, 5), st.integers(1, 3), st.integers(0, 2**31))
def test_on_a_balanced_grid_the_parts_add_up(a, b, repeats, seed):
    rng = np.random.default_rng(seed)
    grid = np.array([(i, j) for i in range(a) for j in range(b)] * repeats)
    table = pd.DataFrame({"a": grid[:, 0], "b": [f"l{j}" for j in grid[:, 1]]})
    table["seed"] = np.arange(len(table))
    frame = frame_of({k: table[k] for k in table}, rng.normal(size=len(table)))
    two, three = (
        Anova(sums=s, interactions="none", rung=Rung(9, 9), weights="replicates")(frame)
        for s in ("II", "III")
    )
    assert sum(t.sum_squares for t in two.terms) + two.residual_ss == pytest.approx(two.total_ss)
    for one, other in zip(two.terms, three.terms, strict=True):
        assert one.sum_squares == pytest.approx(other.sum_squares)
