"""What the others settle has no verdict of its own, nor have they."""

import numpy as np
import pandas as pd
import pytest

from analysis import Frame, assess, html
from analysis.declaration import Declaration
from analysis.failures import failure_findings, failures
from analysis.findings_design import inseparable
from analysis.strata import parts_by, strata
from tests.analysis.planted import framed


def frame(*, slack, seed=0, n=120):
    """The wall time is batch x steps, but for some slack; only steps and lr do anything."""
    rng = np.random.default_rng(seed)
    table = pd.DataFrame({"lr": rng.random(n)})
    batch, steps = rng.uniform(3, 8, n), rng.uniform(6, 10, n)
    table["batch"], table["steps"] = np.exp(batch), np.exp(steps)
    table["wall"] = np.exp(batch + steps + slack * rng.normal(size=n))
    table["y"] = steps + 3 * (table.lr - 0.5) ** 2 + rng.normal(0, 0.05, n)
    said = dict.fromkeys(("batch", "steps", "wall"), Declaration(scale="log"))
    return Frame.from_table(table, parameters=["lr", *said], metric="y", direction="maximize",
                            declarations=said)  # fmt: skip


@pytest.mark.parametrize("seed", range(3))
def test_no_verdict_is_given_of_what_cannot_be_told_apart(seed):
    found = inseparable(frame(slack=0.0, seed=seed))
    assert found == {
        name: frozenset({"batch", "steps", "wall"} - {name}) for name in ("batch", "steps", "wall")
    }
    verdicts = {p.name: p.verdict for p in assess(frame(slack=0.0, seed=seed)).parameters}
    assert verdicts.pop("lr") == "fine"  # a small part of the variance, worth tuning
    assert set(verdicts.values()) == {"not_estimable"}


def heads(seed: int, *, slack: float = 0.0, n: int = 60, few: bool = False) -> Frame:
    """The width is heads x their size, read as linear numbers or as levels; it acts, and lr."""
    rng = np.random.default_rng(seed)
    sizes = rng.choice([8, 16, 24, 48], n) if few else rng.integers(4, 33, n)
    table = pd.DataFrame({"heads": rng.choice([1, 2, 3, 4, 6, 8, 12], n), "size": sizes})
    table["width"] = (table["heads"] * table["size"] * np.exp(slack * rng.normal(size=n))).round()
    table["lr"], table["wd"] = 10 ** rng.uniform(-5, -1, n), 10 ** rng.uniform(-6, -2, n)
    table["y"] = (
        -0.01 * (np.sqrt(table["width"]) - 8) ** 2 - 0.05 * (np.log10(table["lr"]) + 3) ** 2
    )
    table["y"] += rng.normal(0, 0.02, n)
    names = ["heads", "size", "width", "lr", "wd"]
    return Frame.from_table(table, parameters=names, metric="y", direction="maximize")


@pytest.mark.parametrize("few", [False, True])
@pytest.mark.parametrize("seed", range(3))
def test_a_product_is_known_for_one_on_linear_scales_too(seed, few):
    runs = heads(seed, few=few)
    assert set(inseparable(runs)) == {"heads", "size", "width"}
    report = assess(runs, rng=seed)
    none = {p.name for p in report.parameters if p.verdict == "not_estimable"}
    assert none == {"heads", "size", "width"}
    assert "collinear" in {f.code for f in report.findings}


@pytest.mark.parametrize("seed", range(3))
def test_a_width_that_is_no_product_has_a_verdict(seed):
    assert inseparable(heads(seed, slack=0.5)) == {}


def test_where_it_moves_on_its_own_too_it_has_one():
    """The control: with slack the effects can be told apart, and the right ones are."""
    loose = frame(slack=2.0)
    assert inseparable(loose) == {}
    verdicts = {p.name: p.verdict for p in assess(loose).parameters}
    assert verdicts["steps"] == "critical"
    assert "not_estimable" not in verdicts.values()


def test_a_range_that_begins_next_to_nothing_has_logarithms_too():
    """Its end divided by its beginning is no floating-point number."""
    rng = np.random.default_rng(0)
    table = pd.DataFrame(rng.random((60, 4)), columns=["a", "b", "c", "y"])
    table.loc[0, "a"] = 1e-310
    frame = Frame.from_table(table, parameters=["a", "b", "c"], metric="y", direction="maximize")
    assert frame.space["a"].scale == "linear"
    assert inseparable(frame) == {}


def test_a_level_without_end_has_no_logarithm():
    """No limit, written as infinity, beside limits."""
    rng = np.random.default_rng(0)
    table = pd.DataFrame(rng.random((150, 3)), columns=["a", "b", "y"])
    table["limit"] = rng.choice([1.0, 10.0, np.inf], 150)
    frame = Frame.from_table(
        table, parameters=["a", "b", "limit"], metric="y", direction="maximize"
    )
    assert frame.space["limit"].kind == "ordinal"
    assert inseparable(frame) == {}


def twins(*, tied: bool) -> Frame:
    """c acts with a; b is twice a, or goes its own way."""
    rng = np.random.default_rng(0)
    table = pd.DataFrame(rng.random((60, 3)), columns=["a", "b", "c"])
    table["part"] = rng.permutation(["here"] * 30 + ["there"] * 30)
    if tied:
        table["b"] = 2 * table["a"]
    table["y"] = table["a"] + 2 * table["c"] * table["a"] + 0.05 * rng.normal(size=60)
    return Frame.from_table(table, parameters=["a", "b", "c"], metric="y", blocks=["part"],
                            direction="maximize")  # fmt: skip


@pytest.mark.parametrize("tied", [True, False])
def test_what_acts_with_one_of_two_twins_is_not_tuned_alone(tied):
    """Nothing else is said of them either: no pair, no rank, no share of some of the runs."""
    frame = twins(tied=tied)
    report = assess(frame, rng=0)
    assert set(report.groups[0]) == ({"a", "b", "c"} if tied else {"a", "c"})
    ranks = {p.name: p.rank_high for p in report.parameters}
    assert ranks == ({"c": 1, "a": None, "b": None} if tied else {"a": 1, "c": 2, "b": 3})
    assert {i.parameters for i in report.interactions} == (
        set() if tied else {("a", "b"), ("a", "c"), ("b", "c")}
    )
    assert report.accumulation is not None
    assert set(report.accumulation.parameters) == ({"c"} if tied else {"a", "b", "c"})
    for part in strata(parts_by(frame, "part")):
        assert part.answer == "given"
        told = {p.name for p in part.parameters if p.total is not None}
        assert told == ({"c"} if tied else {"a", "b", "c"})
    html.render([report], language="en")


def test_a_page_of_twins_alone_has_no_figure_of_their_shares():
    table = pd.DataFrame({"a": np.random.default_rng(0).random(60)})
    table["b"] = 2 * table["a"]
    table["y"] = table["a"] + 0.05 * np.random.default_rng(1).normal(size=60)
    report = assess(Frame.from_table(table, parameters=["a", "b"], metric="y",
                                     direction="maximize"), rng=0)  # fmt: skip
    assert report.answer == "given"
    assert "bad_end" not in {f.code for f in report.findings}  # it is about a risk: none is told
    assert "<svg" in html.render([report], language="en")


@pytest.mark.parametrize("risk", [0.8, 0.2])
def test_both_of_two_twins_are_named_where_runs_fail(risk):
    """Given its twin nothing depends on either: 24 failures of 29 depended on nothing."""
    rng = np.random.default_rng(0)
    table = pd.DataFrame(rng.random((150, 4)), columns=["width", "lr", "wd", "size"])
    table["size"] = 2 * table["width"]
    likely = np.where(table["width"] > 0.8, risk, 0.02 if risk == 0.8 else risk)
    table["status"] = np.where(rng.random(150) < likely, "failed", "finished")
    found = failures(framed(table, rng.normal(size=150)), rng=np.random.default_rng(0))
    (said,) = failure_findings(found, where="status=failed")
    assert set(said.parameters) == ({"width", "size"} if risk == 0.8 else set())
