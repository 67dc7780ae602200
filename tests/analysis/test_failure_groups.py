"""Settings in groups along a parameter, and what the groups are called."""

import numpy as np
import pandas as pd
import pytest

from analysis.failure_corners import corners
from analysis.failure_groups import binned
from analysis.failures import failure_findings, failure_frame, failures
from analysis.numerals import setting, telling
from analysis.results import FailureParameter, Failures, Share
from analysis.results_runs import FailureCorner
from analysis.space import Condition, Parameter
from tests.analysis.planted import framed


def test_numbers_fall_into_fifths_and_the_atom_stands_apart():
    axis = Parameter(
        name="x", kind="continuous", scale="linear", domain=(0.0, 10.0), none_share=0.2
    )
    groups, labels = binned(np.array([*np.linspace(0, 1, 20), -1.0, np.nan]), axis)
    assert np.bincount(groups[:20]).tolist() == [4] * 5
    assert groups[20:].tolist() == [5, -1]
    assert labels[-1] == "null"
    assert labels[0] == "0 … 1.58"


@pytest.mark.parametrize("levels", [(False, True), (None, 1e-6, 1e9), (0.1, 0.1 + 1e-9)])
def test_groups_of_levels_are_called_as_settings_are_elsewhere_in_the_report(levels):
    axis = Parameter(name="x", kind="categorical", scale="levels", domain=None, levels=levels)
    labels = binned(np.repeat(np.arange(float(len(levels))), 4), axis)[1]
    assert labels == [setting(level, digits=telling(levels)) for level in levels]
    assert len({*labels}) == len(levels)


def test_groups_of_numbers_are_called_as_settings_are_elsewhere_in_the_report():
    axis = Parameter(name="x", kind="continuous", scale="log", domain=(1.03e-6, 0.1))
    labels = binned(np.linspace(0, 1, 20), axis)[1]
    assert labels[0].startswith("1.03e-6 … ")
    assert labels[-1].endswith(" … 0.1")
    assert f"{1.03e-6:.3g}" not in " ".join(labels)  # 1.03e-06
    assert str(Condition("amp", (True, 1e-6))) == "amp = true or 1e-6"


def test_an_empty_axis_is_no_crash():
    axis = Parameter(name="x", kind="continuous", scale="linear", domain=(0.0, 1.0))
    assert binned(np.array([np.nan, np.nan]), axis)[1] == []


def planted_runs(seed, *, n):
    rng = np.random.default_rng(seed)
    table = pd.DataFrame({"lr": 10 ** rng.uniform(-4, -0.5, n), "w": rng.random(n)})
    table["clip"] = rng.choice(["off", "norm"], n)
    table["depth"] = rng.choice([2, 4, 6, 8], n)
    return table


def corner_of(seed, *, rule, n=160):
    """Runs of which those that a rule names fail, and one in fifty of the others."""
    table, rng = planted_runs(seed, n=n), np.random.default_rng([seed, 1])
    fails = rule(table) | (rng.random(n) < 0.02)
    table["status"] = np.where(fails, "failed", "finished")
    found = failures(framed(table, rng.normal(size=n)), rng=np.random.default_rng(0))
    assert found is not None
    return found


@pytest.mark.parametrize("seed", range(6))
def test_two_parameters_that_make_runs_fail_together_are_named_together(seed):
    found = corner_of(seed, rule=lambda t: (t["lr"] > 0.03) & (t["clip"] == "off"))
    (both,) = found.together
    told = dict(both.parameters)
    assert told["clip"] == "off"
    low, _, high = told["lr"].partition(" … ")
    assert 0.015 < float(low) < 0.06
    assert float(high) > 0.25
    assert both.failed >= 0.8 * both.runs
    (sentence,) = failure_findings(found, where="status=failed")
    for part in ("lr at ", "clip at off", f"{both.failed} of {both.runs}"):
        assert part in sentence.message


def test_an_order_of_levels_is_cut_and_its_failing_end_named():
    found = corner_of(3, rule=lambda t: (t["depth"] >= 6) & (t["clip"] == "off"))
    (both,) = found.together
    assert dict(both.parameters) == {"clip": "off", "depth": "6 … 8"}


@pytest.mark.parametrize(
    "rule",
    [
        lambda t: t["lr"] > 0.05,
        lambda t: (t["lr"] > 0.08) | (t["clip"] == "off"),
        lambda t: t["lr"] < 0,
    ],
    ids=["one", "either", "none"],
)
def test_what_fails_by_one_parameter_alone_is_no_corner(rule):
    found = [corner_of(seed, rule=rule) for seed in range(6)]
    assert [item.together for item in found] == [()] * 6


def test_of_many_runs_the_clearest_corner_is_told_though_all_are_certain():
    """P of hundreds of corners is 0 in double precision."""
    found = corner_of(0, rule=lambda t: (t["lr"] > 0.03) & (t["clip"] == "off"), n=12_000)
    (both,) = found.together
    low = float(dict(both.parameters)["lr"].partition(" … ")[0])
    assert low == pytest.approx(0.03, rel=0.15)


def test_a_corner_names_its_parameters_though_neither_alone_has_a_share():
    none = Share(share=0.0, low=0.0, high=0.1)
    rates = (("x", 1, 2), ("y", 1, 2))
    made = (FailureParameter(name=n, total=none, rates=rates, worst=rates[0]) for n in "ab")
    found = Failures(
        share=0.2,
        parameters=tuple(made),
        together=(FailureCorner(parameters=(("a", "x"), ("b", "y")), failed=9, runs=9),),
    )
    (told,) = failure_findings(found, where="status=failed")
    assert told.parameters == ("a", "b")
    assert "9 of 9" in told.message


def two_rules(table):
    """A wide network at a large rate, and a deep one without clipping."""
    wide = (table["lr"] > 0.03) & (table["w"] > 0.5)
    return wide | ((table["depth"] == 8) & (table["clip"] == "off"))


def test_two_corners_are_both_told():
    for seed in range(3):
        found = corner_of(seed, rule=two_rules, n=200)
        told = {frozenset(dict(both.parameters)): both for both in found.together}
        assert told.keys() == {frozenset({"lr", "w"}), frozenset({"depth", "clip"})}
        real = planted_runs(seed, n=200)[["depth", "clip"]]
        n = int(((real["depth"] == 8) & (real["clip"] == "off")).sum())
        both = told[frozenset({"depth", "clip"})]
        assert (both.failed, both.runs) == (n, n), (
            "of all runs there, not of those outside the other"
        )
        (sentence,) = failure_findings(found, where="status=failed")
        assert sentence.message.count(" of ") >= 5


def test_what_exists_only_in_a_corner_is_no_reason_to_stop():
    """Every run that has a warmup fails: beside the corner there is none of it to be grouped."""
    rng = np.random.default_rng(0)
    table = pd.DataFrame({"lr": rng.random(200), "w": rng.random(200)})
    table["opt"] = rng.choice(["adam", "sgd"], 200)
    there = (table["lr"] > 0.5) & (table["opt"] == "sgd")
    table["warmup"] = pd.Series(rng.random(200)).where(there)
    table["status"] = np.where(there, "failed", "finished")
    yes_no = failure_frame(framed(table, rng.normal(size=200)))
    assert yes_no is not None
    found = corners(yes_no, ["lr", "opt", "warmup", "w"])
    assert [frozenset(dict(both.parameters)) for both in found] == [frozenset({"lr", "opt"})]


@pytest.mark.parametrize(
    ("rule", "where"),
    [(lambda r: r > 0.55, ("0.55", "1")), (lambda r: (r > 0.4) & (r < 0.6), ("0.4", "0.6"))],
    ids=["the upper half", "one fifth"],
)
def test_a_range_where_runs_fail_is_told_whole(rule, where):
    table = pd.DataFrame({"x": np.linspace(0, 1, 200), "z": np.tile(np.arange(4.0), 50)})
    table["status"] = np.where(rule(table["x"]), "failed", "finished")
    found = failures(framed(table, table["z"].to_numpy()), rng=np.random.default_rng(0))
    (worst,) = [p.worst for p in found.parameters if p.name == "x"]
    ends = [float(end) for end in worst[0].split(" … ")]
    assert ends == pytest.approx([float(end) for end in where], abs=0.07)
    assert worst[1] >= 0.75 * worst[2]
