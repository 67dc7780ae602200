"""Crowded sampling: found, weighted back, and left alone where it is even."""

import re
from dataclasses import replace
from itertools import product

import numpy as np
import pandas as pd
import pytest

from analysis import assess
from analysis.declaration import Declaration
from analysis.evenness import effective_share, log_weights, sampling_weights
from analysis.findings import findings
from analysis.frame import Frame
from analysis.leverage import leverage, leverage_rows
from analysis.sampling import CROWDED, crowded, scales
from tests.analysis.planted import clean, climb, codes, framed, score


def test_an_optimizer_is_recognised():
    for seed in range(5):
        table, y = climb(np.random.default_rng(seed))
        (found,) = crowded(framed(table, y))
        assert found.code == "crowded"
        assert "a" in found.parameters


def test_random_runs_are_not_crowded_and_weigh_the_same():
    for seed in range(20):
        rng = np.random.default_rng(seed)
        table = clean(rng, 100, 5)
        frame = framed(table, score(table, rng))
        assert crowded(frame) == []
        assert (sampling_weights(frame) == 1).all()


@pytest.mark.parametrize("seed", range(4))
def test_a_switch_that_came_into_use_while_the_code_improved_is_no_crowding(seed):
    rng = np.random.default_rng(seed)
    table = clean(rng, 180, 4).assign(ema=rng.random(180) < 0.5)
    table.loc[:79, "ema"] = False
    y = score(table, rng) + 0.02 * np.arange(180)
    assert crowded(framed(table, y)) == []
    table["p00"] = np.where(np.arange(180) < 80, table["p00"], 0.9 + table["p00"] / 10)
    (found,) = crowded(framed(table, y))
    assert found.message.startswith("Later runs crowd")


def test_weights_bring_a_crowded_mean_back():
    errors = {"plain": [], "weighted": []}  # type: dict[str, list[float]]
    for seed in range(20):
        table, y = climb(np.random.default_rng(seed))
        frame = framed(table, y)
        truth = np.mean(-((np.linspace(0, 1, 999) - 0.8) ** 2)) - 0.3 / 12
        weights = sampling_weights(frame)
        assert weights.mean() == pytest.approx(1)
        assert weights.sum() ** 2 / (weights**2).sum() >= len(weights) / 3 - 1e-6
        errors["plain"].append(abs(frame.means.mean() - truth))
        errors["weighted"].append(abs((weights * frame.means).mean() - truth))
    assert np.mean(errors["weighted"]) < 0.6 * np.mean(errors["plain"])


def test_a_corner_without_order_is_crowded_too():
    rng = np.random.default_rng(2)
    table = pd.DataFrame({f"x{j}": rng.beta(1, 6, 200) for j in range(3)})
    assert codes(crowded(framed(table, rng.normal(size=200)))) == {"crowded"}


def test_log_spread_over_less_than_two_decades_is_noted():
    rng = np.random.default_rng(2)
    table = pd.DataFrame({"width": 10 ** rng.uniform(1.2, 3, 200), "x": rng.uniform(0, 1, 200)})
    (found,) = scales(framed(table, rng.normal(size=200)))
    assert (found.level, found.code) == ("note", "scale")
    assert "knobwise declare parameter width --scale log" in found.hint
    assert crowded(framed(table, rng.normal(size=200))) == []
    even = table.assign(width=rng.uniform(16, 1000, 200))
    assert scales(framed(even, rng.normal(size=200))) == []


class TestLeverage:
    def frame(self, n_bad: int, size: float = 30.0, n: int = 120):
        rng = np.random.default_rng(4)
        table = clean(rng, n)
        y = score(table, rng)
        y[:n_bad] -= size
        return framed(table, y)

    def test_a_handful_of_diverged_runs_is_named(self):
        rows = leverage_rows(self.frame(15))
        assert rows is not None
        assert rows.tolist() == list(range(15))

    def test_the_filter_leaves_out_these_and_no_others(self):
        frame = self.frame(15)
        (bad,) = leverage(frame)
        (bound,) = re.findall(r"--where 'metrics\.y>(-?[0-9.]+)'", bad.hint)
        assert np.flatnonzero(frame.objective <= float(bound)).tolist() == list(range(15))
        (good,) = leverage(replace(frame, objective=-frame.objective))
        assert f"--where 'metrics.y<{bound.removeprefix('-')}'" in good.hint
        both = frame.objective.copy()
        both[:5] *= -1
        (apart,) = leverage(replace(frame, objective=both))
        assert "--where FILTER" in apart.hint

    def test_of_runs_on_another_scale_it_is_told_in_the_metric_s_own_unit(self):
        frame = self.frame(15)
        raw, moved = frame.objective, np.where(frame.objective > -15, 0.0, 7.0) - frame.objective
        (found,) = leverage(replace(frame, objective=moved), logged=frame)
        (bound,) = re.findall(r"--where 'metrics\.y>(-?[0-9.]+)'", found.hint)
        assert np.flatnonzero(raw <= float(bound)).tolist() == list(range(15))
        (ranked,) = leverage(replace(frame, transform="rank"))
        assert "--where FILTER" in ranked.hint

    def test_what_changes_without_them_is_said(self):
        (found,) = leverage(
            self.frame(15),
            with_them={"lr": 0.74, "batch": 0.04},
            without_them={"lr": 0.48, "batch": 0.46},
        )
        assert "batch goes from 0.04 to 0.46; lr goes from 0.74 to 0.48" in found.message
        assert found.message.startswith("15 of 120 configurations hold")

    def test_that_nothing_changes_or_nothing_can_be_said_without_them_is_said_too(self):
        frame = self.frame(15)
        (same,) = leverage(frame, with_them={"lr": 0.74}, without_them={"lr": 0.7})
        assert "without them no total share moves by 0.1" in same.message
        (blind,) = leverage(frame, with_them={"lr": 0.74}, without_them={})
        assert "without them no answer can be given" in blind.message

    @pytest.mark.parametrize(
        ("transform", "of"),
        [
            ("none", "variance of {}."),
            ("log10", "variance of {} on the log10 scale."),
            ("rank", "variance of the ranks of {}."),
        ],
    )
    def test_the_scale_of_the_variance_is_named_where_it_is_not_the_metrics_own(
        self, transform, of
    ):
        frame = replace(self.frame(15), transform=transform)
        (found,) = leverage(frame)
        assert found.message.endswith(of.format(frame.metric))

    def test_one_is_told_as_one(self):
        frame = self.frame(1)
        (bad,) = leverage(frame, with_them={"lr": 0.74}, without_them={"lr": 0.7})
        assert bad.message.startswith("1 of 120 configurations holds ")
        assert "without it no total share moves by 0.1" in bad.message
        (good,) = leverage(replace(frame, direction="minimize"))
        assert "1 of 120 configurations, one of the best, holds " in good.message
        assert (bad.code, good.code) == ("leverage", "leverage")
        assert "--transform rank" in bad.hint
        assert "to where it is" in good.hint

    def test_the_report_answers_with_and_without_them(self):
        report = assess(self.frame(15, n=240), rng=0, transform="none")
        everything, without = report.strata
        assert (everything.by, everything.value) == ("runs", "all")
        assert (without.value, without.runs) == ("without 15 far off", 225)
        totals = [
            {p.name: p.total.share for p in part.parameters if p.total} for part in report.strata
        ]
        assert totals[1]["p00"] + totals[1]["p01"] > 0.9  # what the objective was made of
        assert totals[0] == {p.name: p.total.share for p in report.parameters}
        assert "without them" in next(f for f in report.findings if f.code == "leverage").message
        assert assess(self.frame(0), rng=0, transform="none").strata == ()

    def test_where_they_hide_all_that_the_others_say_nothing_is_said_but_how_to_ask(self):
        report = assess(self.frame(15), rng=0, transform="none")
        assert report.answer == "withheld"
        assert "--transform rank" in next(f for f in report.findings if f.code == "leverage").hint

    def test_half_of_the_runs_are_no_handful_and_none_are_none(self):
        assert leverage_rows(self.frame(60)) is None
        assert leverage(self.frame(0)) == []
        assert leverage_rows(self.frame(15, size=1.0)) is None


@pytest.mark.parametrize("shuffled", [False, True])
def test_a_grid_run_in_the_order_of_its_loops_crowds_nowhere(shuffled):
    for seed in range(10):
        rng = np.random.default_rng(seed)
        grid = list(product([1e-5, 1e-4, 1e-3, 1e-2, 1e-1], [16, 32, 64, 128], ["relu", "tanh"]))
        table = pd.DataFrame(grid, columns=["lr", "batch", "act"])
        if shuffled:
            table = table.sample(frac=1, random_state=seed)
        y = np.log10(table["lr"]) + rng.normal(0, 0.5, len(table))
        assert crowded(framed(table, y.to_numpy())) == []


@pytest.mark.parametrize(
    ("levels", "scale"),
    [([0, 1, 2], "linear"), ([1, 2, 4, 8], "log"), ([0.001, 0.003, 0.01, 0.03], "log")],
)
def test_runs_of_a_grid_in_a_declared_range_crowd_only_where_one_value_was_preferred(levels, scale):
    rng, false = np.random.default_rng(0), 0
    said = Declaration(domain=(float(levels[0]), float(levels[-1])), scale=scale)

    def runs(table: pd.DataFrame) -> Frame:
        return framed(table, rng.normal(size=80), declarations=dict.fromkeys(table, said))

    for _ in range(30):
        frame = runs(pd.DataFrame({name: rng.choice(levels, 80) for name in "abcdef"}))
        assert all(parameter.numeric for parameter in frame.space.parameters)
        false += bool(crowded(frame)) or bool((sampling_weights(frame) != 1).any())
    assert false <= 1
    odds = np.array([0.7] + [0.3 / (len(levels) - 1)] * (len(levels) - 1))
    frame = runs(pd.DataFrame({name: rng.choice(levels, 80, p=odds) for name in "abcdef"}))
    assert (sampling_weights(frame) != 1).any()


def test_widths_spread_evenly_in_log_over_less_than_a_decade_are_not_crowded():
    false, told = 0, 0
    for seed in range(20):
        rng = np.random.default_rng(seed)
        widths = np.exp(rng.uniform(np.log(64), np.log(512), (100, 3))).round().astype(int)
        frame = framed(pd.DataFrame(widths, columns=list("abc")), rng.normal(size=100))
        false += bool(crowded(frame))
        told += len(scales(frame))
    assert false <= 1
    assert told >= 30


def test_what_was_spread_in_log_makes_no_crowd_of_levels_run_a_little_unevenly():
    """By itself the category is worth .7 of even runs; its warning named it for both."""
    rng = np.random.default_rng(1)
    leaves = np.exp(rng.uniform(np.log(8), np.log(512), 200)).round().astype(int)
    kind = rng.choice(["p", "q", "r"], 200, p=[0.14, 0.14, 0.72])
    frame = framed(pd.DataFrame({"leaves": leaves, "kind": kind}), rng.normal(size=200))
    assert (
        effective_share(log_weights(frame))
        < CROWDED
        < effective_share(log_weights(frame, without=["leaves"]))
    )
    assert [one.parameters for one in scales(frame)] == [("leaves",)]
    assert crowded(frame) == []


def test_an_algorithm_without_parameters_is_one_configuration_and_no_crowding():
    for seed in range(10):
        rng = np.random.default_rng(seed)
        table = pd.DataFrame({"algo": rng.choice(["svm", "rf", "nb"], 150)})
        drawn = {"C": ("svm", 10 ** rng.uniform(-3, 3, 150)), "d": ("rf", rng.integers(1, 40, 150))}
        for name, (algo, values) in drawn.items():
            table[name] = pd.Series(values).where(table["algo"] == algo).astype(object)
        frame = framed(table, rng.normal(size=150))
        assert frame.n_configurations < 110
        assert not {"crowded", "unbalanced", "one_at_a_time"} & codes(findings(frame))


def test_an_algorithm_that_is_hardly_run_at_all_is_said():
    rng = np.random.default_rng(0)
    table = pd.DataFrame({"algo": rng.choice(["svm", "rf", "nb"], 150, p=[0.5, 0.49, 0.01])})
    table["x"] = rng.random(150)
    assert "unbalanced" in {found.code for found in findings(framed(table, rng.normal(size=150)))}
