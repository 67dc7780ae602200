"""Levels that were run only where others are poor too: found, said, and not held against them."""

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

from analysis import Frame, assess, story
from analysis.poor_corners import corners, poor_corners
from analysis.sampling import step_by_step
from analysis.words import Voice, words
from tests.analysis.planted import framed
from tests.analysis.planted_corner import cornered


@pytest.mark.parametrize("seed", range(3))
def test_what_was_tried_in_a_poor_corner_alone_is_not_called_critical(seed):
    table, y = cornered(np.random.default_rng(seed))
    report = assess(framed(table, np.where(table["opt"] == "adam", y - 0.3, y)), rng=0)
    (found,) = (one for one in report.findings if one.code == "poor_corner")
    verdicts = {item.name: item.verdict for item in report.parameters}
    assert (found.level, found.parameters) == ("warning", ("opt", "lr"))
    assert (verdicts["opt"], verdicts["lr"]) == ("undetermined", "critical")


def test_what_is_worse_where_the_others_are_good_is_critical():
    rng = np.random.default_rng(4)
    table, _ = cornered(rng)
    table["lr"] = 10 ** rng.uniform(-5, -1, 60)
    hill = np.exp(-((np.log10(table["lr"]) + 3) ** 2)) + rng.normal(0, 0.01, 60)
    report = assess(framed(table, hill - 0.3 * (table["opt"] == "adam")), rng=0)
    assert "poor_corner" not in {one.code for one in report.findings}
    assert {item.name: item.verdict for item in report.parameters}["opt"] == "critical"


def test_it_is_told_where_to_run_the_level():
    (found,) = poor_corners(framed(*cornered(np.random.default_rng(1))))
    assert found.message.startswith("None of the 4 configurations with opt = adam has lr near ")
    assert "(knobwise plan)" in found.hint
    assert "--where 'opt!=adam'" in found.hint


def test_a_single_good_setting_is_told_as_one():
    rng = np.random.default_rng(5)
    batch = rng.choice([16, 32, 64, 128], 80)
    batch[:6] = 128
    table = pd.DataFrame({"batch": batch, "opt": np.where(np.arange(80) < 6, "adam", "sgd")})
    y = np.where(batch == 16, 1.0, 0.0) + rng.normal(0, 0.01, 80)
    table["drop"] = rng.random(80)
    (found,) = poor_corners(framed(table, y))
    assert "has batch = 16, as the best" in found.message


def optimized(rng):
    """First 12 runs by lot, 3 of them bad ones of adam; then 23 near the best, none of adam."""
    lr = np.concatenate([rng.uniform(-5, -1, 12), rng.normal(-3, 0.1, 23)])
    lr[:3] = -4.9, -1.2, -1.1
    names = np.where(np.arange(35) < 3, "adam", "sgd")
    table = pd.DataFrame({"lr": 10**lr, "opt": names, "drop": rng.random(35)})
    return table, np.exp(-((lr + 3) ** 2)) + rng.normal(0, 0.01, 35)


def test_what_an_optimizer_left_early_may_lie_at_both_ends():
    table, y = optimized(np.random.default_rng(3))
    assert [corner.n for corner in corners(framed(table, y))] == [3]
    order = np.random.default_rng(3).permutation(35)  # the same runs, as no optimizer makes them
    mixed = table.iloc[order].reset_index(drop=True)
    assert corners(framed(mixed, y[order])) == []


def test_a_level_that_is_good_there_or_was_near_is_in_no_corner():
    table, y = cornered(np.random.default_rng(2))
    best = y.copy()
    best[0] = y.max() + 0.01
    assert corners(framed(table, best)) == []
    near = table.assign(lr=np.where(np.arange(60) == 0, 1e-3, table["lr"]))
    assert corners(framed(near, y)) == []


def test_a_parameter_that_does_nothing_has_no_poor_corner():
    table, _ = cornered(np.random.default_rng(2))
    assert corners(framed(table, np.random.default_rng(0).normal(size=60))) == []


def by_hand(seed: int, *, both: bool = False, worse: float = 0.0) -> Frame:
    """One thing changed at a time, the best kept; sgd wants lr 16 times as large as adam.

    both: lr was changed with both optimizers. worse: what adam loses at its own best.
    """
    rng = np.random.default_rng(seed)
    base: dict = {"lr": 1e-4, "drop": 0.3, "layers": 4, "warm": 500, "opt": "sgd"}
    tried: dict[str, list] = {"opt": ["adam"], "drop": [0.0, 0.1, 0.2, 0.5]}
    tried |= {"lr": [1e-5, 3e-5, 3e-4, 1e-3, 3e-3, 1e-2, 5e-2], "layers": [2, 6, 8, 10, 12]}
    tried |= {"warm": [0, 100, 1000, 2000]}
    rows, y = [], []

    def run(**changed):
        x = {**base, **changed}
        off = np.log10(x["lr"]) + 3 - 1.2 * (x["opt"] == "sgd")
        loss = 0.15 * off**2 + 0.8 * (x["drop"] - 0.15) ** 2 + 0.01 * (x["layers"] - 8) ** 2
        rows.append(x)
        y.append(loss + worse * (x["opt"] == "adam") + rng.normal(0, 0.02))

    run()
    for name in ["lr", "opt", "layers", "opt", "drop", "warm", "opt", "lr", "layers"]:
        for value in tried[name]:
            run(**{name: value})
        base = rows[int(np.argmin(y))]
    for lr in tried["lr"] if both else ():
        run(lr=lr, opt="adam")
    return framed(pd.DataFrame(rows), np.array(y), direction="minimize")


@pytest.mark.parametrize("seed", range(3))
def test_a_level_that_was_run_at_one_place_of_another_may_be_as_good_elsewhere(seed):
    """Changed one at a time, adam was run at the best lr of sgd alone, and called critical."""
    report = assess(by_hand(seed), rng=0)
    told = [one for one in report.findings if one.code == "poor_corner"]
    assert ("opt", "lr") in {one.parameters for one in told}
    assert all("have lr at 0.01 alone" in one.message for one in told if "lr" in one.parameters)
    assert {item.name: item.verdict for item in report.parameters}["opt"] == "undetermined"


@pytest.mark.parametrize("seed", [0, 2, 4])
def test_a_level_that_was_run_along_the_other_and_is_worse_is_critical(seed):
    report = assess(by_hand(seed, both=True, worse=0.6), rng=0)
    assert "poor_corner" not in {one.code for one in report.findings}
    assert {item.name: item.verdict for item in report.parameters}["opt"] == "critical"


def by_lot(rng):
    """A clean design of 30 to 200 settings in which the first number matters."""
    n, d = int(rng.choice([30, 60, 120, 200])), int(rng.integers(0, 6))
    table = pd.DataFrame({"lr": 10 ** rng.uniform(-5, -1, n), "opt": rng.choice(list("abcd"), n)})
    for k in range(d):
        table[f"x{k}"] = rng.random(n)
        table[f"batch{k}"] = rng.choice([16, 32, 64], n)
    best, pull = rng.uniform(-5, -1), table["opt"].map({"a": 0.0, "b": 1.0, "c": 0.0, "d": -1.0})
    return framed(table, -((np.log10(table["lr"]) - best) ** 2) + pull + rng.normal(0, 0.1, n))


def test_by_lot_hardly_any_level_is_in_a_corner():
    found = [bool(corners(by_lot(np.random.default_rng([k, 9])))) for k in range(200)]
    assert sum(found) <= 2


def left_early(rng):
    """12 runs by lot, then 23 near sgd's best; the others want smaller steps, and are as good."""
    lr = np.concatenate([rng.uniform(-5, -1, 12), rng.normal(-2, 0.3, 23)])
    names = np.array([*["adam", "lion", "sgd"] * 4, *["sgd"] * 23])
    best = np.where(names == "sgd", -2.0, -4.0)
    table = pd.DataFrame({"lr": 10**lr, "opt": names, "drop": rng.random(35)})
    return table, 0.1 + 0.8 * np.exp(-((lr - best) ** 2)) + rng.normal(0, 0.008, 35)


@pytest.mark.parametrize("seed", [4, 9])
def test_a_category_is_not_critical_for_levels_that_nothing_foresees(seed):
    report = assess(framed(*left_early(np.random.default_rng(seed))), rng=0)
    verdicts = {item.name: item.verdict for item in report.parameters}
    assert (verdicts["opt"], verdicts["lr"]) == ("undetermined", "critical")


def test_what_only_adds_up_is_tied_to_no_corner():
    """Nobody ran adam near the best lr: these two alone may act together."""
    table, _ = cornered(np.random.default_rng(0))
    hill = np.exp(-((np.log10(table["lr"]) + 3) ** 2)) - 0.3 * (table["opt"] == "adam")
    report = assess(framed(table, hill + 0.5 * table["drop"]), rng=0)
    assert report.groups == (("lr", "opt"), ("drop",))
    opt = next(item for item in report.parameters if item.name == "opt")
    assert "never run" in story.note(report, opt, voice=Voice(words(), report))
    unsaid = replace(report, findings=())  # a share that may be anything for want of runs
    assert "over 20 times" in story.note(unsaid, opt, voice=Voice(words(), unsaid))


def test_levels_at_unequal_odds_are_no_optimizer_while_the_code_improves():
    found = []
    for seed in range(40):
        rng = np.random.default_rng([seed, 7])
        table = pd.DataFrame({"lr": 10 ** rng.uniform(-5, -1, 100)})
        table["opt"] = rng.choice(list("abcd"), 100, p=[0.6, 0.3, 0.05, 0.05])
        y = -((np.log10(table["lr"]) + 3) ** 2) + 0.02 * np.arange(100) + rng.normal(0, 0.1, 100)
        found.append(bool(corners(framed(table, y))))
    assert sum(found) <= 1


def test_few_levels_by_lot_are_alike_but_not_step_by_step():
    """At 80 runs most settings are another's but for one; 9 of 100 such had a corner for that."""
    found, steps = [], []
    for seed in range(40):
        rng = np.random.default_rng([seed, 80])
        table = pd.DataFrame({"lr": rng.choice([1e-5, 1e-4, 1e-3, 1e-2, 1e-1], 80)})
        table["opt"] = rng.choice(list("abcd"), 80, p=[0.6, 0.3, 0.05, 0.05])
        table = table.assign(**{name: rng.random(80) < 0.5 for name in "uvw"})
        y = 0.3 * table["u"] - (np.log10(table["lr"]) + 3) ** 2 - 0.8 * (table["opt"] == "c")
        frame = framed(table, y + rng.normal(0, 0.1, 80))
        found.append(bool(corners(frame)))
        steps.append(step_by_step(frame))
    assert sum(found) <= 1
    assert not any(steps)
    assert all(step_by_step(by_hand(seed)) for seed in range(3))


def test_what_is_said_and_what_is_held_back_are_of_the_same_runs():
    """With the blocks two runs of adam are among the best: both look at the runs without them."""
    rng = np.random.default_rng(0)
    table, y = cornered(rng)
    table["data"] = np.where(np.isin(np.arange(60), [0, 1, 10, 20, 30, 40]), "q", "p")
    y = np.where(table["opt"] == "adam", y - 0.3, y) + 5.0 * (table["data"] == "q")
    frame = Frame.from_table(
        table.assign(y=y), parameters=["lr", "opt", "drop"], metric="y", direction="maximize",
        blocks=["data"],
    )  # fmt: skip
    report = assess(frame, rng=0)
    assert "poor_corner" in {one.code for one in report.findings}
    assert {item.name: item.verdict for item in report.parameters}["opt"] == "undetermined"
    assert "poor_corner" not in {one.code for one in poor_corners(frame)}
