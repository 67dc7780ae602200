"""Each check finds its planted fault, and is silent without it."""

import math
from itertools import product

import numpy as np
import pandas as pd
import pytest

from analysis.findings import findings
from analysis.findings_coverage import gaps, unbalanced
from analysis.findings_design import aliased, few_configurations, one_at_a_time, settled
from analysis.findings_objective import budgets, constants, duplicates, edge, heavy_tails
from analysis.passing import drifted
from analysis.residual_groups import split, two_groups
from analysis.results import Scalar
from tests.analysis.planted import clean, climb, codes, framed, score


@pytest.fixture
def rng() -> np.random.Generator:
    return np.random.default_rng(5)


def test_clean_designs_raise_no_warning():
    """The control for everything below: 24 clean designs, at most one may warn."""
    warned = []
    for seed in range(24):
        rng = np.random.default_rng([seed, 1])
        n, d = ((50, 5), (50, 20), (200, 10), (400, 20))[seed % 4]
        table = clean(rng, n, d)
        warned += sorted(codes(findings(framed(table, score(table, rng)))))
    assert len(warned) <= 1, warned


class TestAliased:
    def test_two_names_of_one_number(self, rng):
        table = clean(rng)
        table["twice"] = 2 * table["p00"] + 1
        found = aliased(framed(table, score(table, rng)))
        assert [(f.code, f.parameters) for f in found] == [("aliased", ("p00", "twice"))]
        assert "cannot be told apart" in found[0].message

    def test_a_category_that_settles_another(self, rng):
        table = clean(rng)
        table["family"] = table["p02"].map({"a": "small", "b": "small", "c": "large"})
        found = aliased(framed(table, score(table, rng)))
        assert [f.parameters for f in found if f.code == "aliased"] == [("family", "p02")]

    def test_a_category_that_goes_with_a_number(self, rng):
        table = clean(rng, 200)
        high = table["p00"] > 0.5
        table["optimizer"] = np.where(high ^ (rng.random(200) < 0.05), "adam", "sgd")
        assert ("collinear", ("optimizer", "p00")) in [
            (f.code, f.parameters) for f in aliased(framed(table, score(table, rng)))
        ]

    def test_a_tie_by_chance_is_none(self, rng):
        table = clean(rng, 12, 5)
        assert aliased(framed(table, score(table, rng))) == []

    def test_a_condition_is_no_alias(self, rng):
        table = clean(rng)
        table["slope"] = np.where(table["p02"] == "a", rng.uniform(0, 1, 100), math.nan)
        assert aliased(framed(table, score(table, rng))) == []


class TestSettled:
    def test_a_product_of_two_others_on_log_scales(self, rng):
        table = clean(rng, 100)
        table["epochs"] = 10 ** rng.uniform(-1, 2, 100)
        table["total"] = table["epochs"] * table["p01"]
        found = settled(framed(table, score(table, rng)))
        assert {f.parameters for f in found} == {("epochs",), ("p01",), ("total",)}
        assert codes(found) == {"collinear"}

    def test_a_loose_tie_or_few_runs_settle_nothing(self, rng):
        table = clean(rng, 100)
        table["sum"] = table["p00"] + rng.uniform(0, 1, 100)
        assert settled(framed(table, score(table, rng))) == []
        few = clean(rng, 25, 10)
        assert settled(framed(few, score(few, rng))) == []


class TestOneAtATime:
    BASE = (0.1, 64, "relu", 0.9)
    OTHERS: tuple[tuple[Scalar, Scalar], ...] = ((0.01, 0.3), (16, 32), ("tanh", "elu"), (0.0, 0.5))

    def table(self) -> pd.DataFrame:
        rows: list[tuple[Scalar, ...]] = [self.BASE]
        for j, values in enumerate(self.OTHERS):
            rows += [(*self.BASE[:j], value, *self.BASE[j + 1 :]) for value in values]
        return pd.DataFrame(rows, columns=["lr", "width", "act", "mom"])

    def test_changes_from_one_base(self, rng):
        table = self.table()
        found = one_at_a_time(framed(table, rng.normal(size=len(table))))
        assert [f.code for f in found] == ["one_at_a_time"]

    def test_one_parameter_left_out_of_the_crossing(self, rng):
        table = clean(rng, 60, 5).assign(extra=0.1)
        base = table.iloc[:3].copy()
        base["extra"] = [0.2, 0.3, 0.4]
        # p00 and p01 are continuous: only levels have a "usual value" that others can share.
        both = pd.concat([table, base], ignore_index=True)[["p02", "p03", "p04", "extra"]]
        for name in ("p02", "p03", "p04"):
            both.loc[60:, name] = both[name].iloc[:60].mode()[0]
        both["p04"] = both["p04"].astype(bool)
        found = one_at_a_time(framed(both, rng.normal(size=63)))
        assert [f.parameters for f in found] == [("extra",)]

    def test_a_complete_grid_is_crossed(self, rng):
        grid = pd.DataFrame(list(product("ab", [1, 2], [True, False])), columns=["x", "y1", "z"])
        assert one_at_a_time(framed(grid, rng.normal(size=8))) == []


class TestCoverage:
    def test_a_level_hardly_run(self, rng):
        table = clean(rng, 200)
        table["opt"] = np.where(np.arange(200) < 4, "sgd", "adam")
        found = unbalanced(framed(table, score(table, rng)))
        assert [(f.code, f.parameters) for f in found] == [("unbalanced", ("opt",))]
        assert "sgd in 4 of 200 configurations" in found[0].message

    def test_an_incomplete_grid_is_noted_and_a_complete_one_not(self, rng):
        grid = pd.DataFrame(list(product("abc", [1, 2, 4], "xyz")), columns=["p", "q", "r"])
        assert unbalanced(framed(grid, rng.normal(size=27))) == []
        (found,) = unbalanced(framed(grid.iloc[:-3], rng.normal(size=24)))
        assert (found.level, "3 of the 27" in found.message) == ("note", True)

    def test_a_hole_in_an_axis(self, rng):
        table = clean(rng)
        table["p00"] = np.where(table["p00"] < 0.5, table["p00"] * 0.6, table["p00"])
        found = gaps(framed(table, score(table, rng)))
        assert [f.code for f in found if f.parameters == ("p00",)] == []  # 0.2 wide
        table["p00"] = np.where(table["p00"] < 0.5, table["p00"] * 0.3, table["p00"])
        (found_one,) = [f for f in gaps(framed(table, score(table, rng))) if len(f.parameters) == 1]
        assert found_one.parameters == ("p00",)

    def test_a_combination_never_run(self, rng):
        table = clean(rng, 300)
        table = table[~((table["p02"] == "a") & (table["p03"] == 128))]
        found = gaps(framed(table, score(table, rng)))
        assert [f.parameters for f in found] == [("p02", "p03")]
        assert "1 of 12" in found[0].message

    def test_too_few_configurations(self, rng):
        table = clean(rng, 18, 15)
        found = few_configurations(framed(table, score(table, rng)))
        assert [(f.level, f.code) for f in found] == [("warning", "few_configurations")]
        many = clean(rng, 200, 5)
        assert few_configurations(framed(many, score(many, rng))) == []


class TestObjective:
    def test_constants_are_named(self, rng):
        table = clean(rng).assign(epochs=10)
        found = constants(framed(table, np.ones(100)))
        assert [(f.level, f.code) for f in found] == [
            ("note", "constant_parameter"),
            ("error", "constant_metric"),
        ]
        table = clean(rng)
        assert constants(framed(table, score(table, rng))) == []

    def test_a_parameter_whose_other_values_all_failed(self, rng):
        table = clean(rng)
        table["amp"] = np.arange(100) < 20
        table["status"] = np.where(table["amp"], "failed", "finished")
        (found,) = constants(framed(table, score(table, rng)))
        assert (found.code, found.parameters, found.level) == ("one_level", ("amp",), "warning")

    def test_heavy_tails_propose_a_scale(self, rng):
        table = clean(rng, 200)
        (found,) = heavy_tails(framed(table, np.exp(rng.normal(0, 2.5, 200))))
        assert "--transform log" in found.hint
        (found,) = heavy_tails(framed(table, rng.standard_cauchy(200) ** 3))
        assert "--transform rank" in found.hint
        assert heavy_tails(framed(table, rng.exponential(1, 200))) == []

    def test_mixed_budgets(self, rng):
        table = clean(rng).assign(**{"train.epochs": rng.choice([5, 10, 20], 100)})
        assert codes(budgets(framed(table, score(table, rng)))) == {"budgets"}
        same = clean(rng).assign(steps=[1000] * 100)
        assert budgets(framed(same, score(same, rng))) == []

    def test_metrics_that_tell_of_unequal_lengths(self, rng):
        table = clean(rng)
        parameters = [str(name) for name in table]
        table["y"], table["epochs"] = score(table, rng), rng.integers(3, 30, 100)
        frame = framed(table.drop(columns="epochs"))
        assert budgets(frame) == []
        mixed = type(frame).from_table(
            table, parameters=parameters, metric="y", direction="maximize", other_metrics=["epochs"]
        )
        assert codes(budgets(mixed)) == {"budgets"}

    def test_seeds_that_change_nothing(self, rng):
        table = clean(rng)
        y = score(table, rng)
        twice = pd.concat([table.assign(seed=0), table.iloc[:30].assign(seed=1)], ignore_index=True)
        assert codes(duplicates(framed(twice, np.append(y, y[:30])))) == {"duplicates"}
        noisy = np.append(y, y[:30] + rng.normal(0, 0.1, 30))
        assert duplicates(framed(twice, noisy)) == []

    def test_a_coarse_metric_ties_by_itself(self, rng):
        table = clean(rng)
        y = rng.choice([0.0, 0.5, 1.0], 100)
        twice = pd.concat([table.assign(seed=0), table.iloc[:30].assign(seed=1)], ignore_index=True)
        assert duplicates(framed(twice, np.append(y, y[:30]))) == []

    def test_the_best_at_the_edge(self, rng):
        table = clean(rng, 200)
        found = edge(framed(table, table["p00"].to_numpy() + rng.normal(0, 0.02, 200)))
        assert [(f.parameters, f.level) for f in found] == [(("p00",), "note")]
        assert "high end" in found[0].message
        inside = -np.abs(table["p00"].to_numpy() - 0.5)
        assert edge(framed(table, inside)) == []


class TestDrift:
    def test_a_trend_after_the_parameters(self, rng):
        table = clean(rng, 150)
        y = score(table, rng) + np.linspace(0, 1.0, 150)
        (found,) = drifted(framed(table, y))
        assert found.code == "drift"
        assert "by +" in found.message

    def test_a_trend_among_replicates_only(self, rng):
        table = clean(rng, 40)
        twice = pd.concat([table, table], ignore_index=True)
        twice["seed"] = np.append(rng.permutation(40) % 4, rng.permutation(40) % 4 + 4)
        twice["seed"] = twice["seed"].sample(frac=1, random_state=1).to_numpy()
        y = score(twice, rng, noise=0.05)
        y[40:] += 0.2
        (found,) = drifted(framed(twice, y))
        assert "among repeated runs" in found.message

    def test_what_a_seed_does_everywhere_is_no_drift(self, rng):
        table = clean(rng, 100)
        for data in (
            pd.concat([table.assign(seed=0), table.assign(seed=1)], ignore_index=True),
            table.loc[np.repeat(np.arange(100), 2)].assign(seed=[0, 1] * 100),
        ):
            y = score(data, rng, noise=0.05) + 0.2 * data["seed"].to_numpy()
            assert drifted(framed(data.reset_index(drop=True), y)) == []

    def test_what_an_optimizer_leaves_to_the_model_is_no_drift(self, rng):
        table, y = climb(rng, 300)
        y += 3 * np.sin(20 * table["a"].to_numpy())  # far from additive
        assert drifted(framed(table, y)) == []

    def test_settings_that_improve_are_no_drift(self, rng):
        table = clean(rng, 150).sort_values("p00", ignore_index=True)
        assert drifted(framed(table, score(table, rng, noise=0.1))) == []


class TestResidualGroups:
    def test_two_groups_are_split_between_them(self, rng):
        residuals = np.append(rng.normal(0, 1, 80), rng.normal(-12, 1, 20))
        cut = split(residuals)
        assert cut is not None
        assert -10 < cut < -2
        table = clean(rng)
        (found,) = two_groups(framed(table, score(table, rng)), residuals)
        assert "20 and 80" in found.message

    @pytest.mark.parametrize("law", ["normal", "uniform", "exponential", "laplace"])
    def test_one_group_of_any_shape_is_none(self, law):
        for seed in range(50):
            rng = np.random.default_rng([seed, 9])
            assert split(getattr(rng, law)(size=(30, 100, 400)[seed % 3])) is None

    def test_three_outliers_are_no_group(self, rng):
        assert split(np.append(rng.normal(0, 1, 97), [50, 51, 52])) is None


def test_what_an_optimizer_left_out_is_a_note(rng):
    table, y = climb(rng, 300)
    table["act"] = np.where(np.arange(300) < 20, rng.choice(["x", "y"], 300), "x")
    found = findings(framed(table, y))
    levels = {f.code: f.level for f in found if "act" in f.parameters}
    assert levels["crowded"] == "warning"
    assert levels["unbalanced"] == "note"


def test_findings_come_errors_first_and_carry_a_remedy(rng):
    table = clean(rng).assign(epochs=10)
    found = findings(framed(table, np.ones(100)))
    assert found[0].level == "error"
    assert all(f.hint and f.message.endswith(".") for f in found)


def test_nothing_to_look_at_is_no_crash(rng):
    table = clean(rng)
    for n in (0, 1, 2, 3, 5):
        findings(framed(table.iloc[:n], score(table, rng)[:n]))
    everything_failed = framed(table, np.full(100, math.nan))
    assert "nan_success" in codes(findings(everything_failed))
