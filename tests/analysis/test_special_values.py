"""A range with a special value beside it, and ranges too narrow for three digits."""

import numpy as np
import pandas as pd
import pytest

from analysis import Frame, assess, ranges
from analysis.isolation import best_per_slice
from analysis.numerals import setting, telling
from analysis.places import BEFORE, Places
from analysis.planner_pool import random_settings
from analysis.planner_repeats import SECOND_SEED
from analysis.space import NONE
from analysis.words import Voice, words


def decay(*, at_zero, curve, seed=0, zero=0.0):
    """A report on runs whose weight decay is 0 in three of ten, and 1e-6 to 1e-2 in the others."""
    rng = np.random.default_rng(seed)
    number, zeros = 10 ** rng.uniform(-6, -2, 120), rng.random(120) < 0.3
    lr = rng.uniform(0, 1, 120)
    loss = 2 + lr + np.where(zeros, at_zero, curve * (np.log10(number) + 5) ** 2)
    values = np.where(zeros, zero, number) if zero is not None else number.astype(object)
    if zero is None:
        values[zeros] = None
    table = pd.DataFrame({"wd": values, "lr": lr, "loss": loss + rng.normal(0, 0.05, 120)})
    frame = Frame.from_table(
        table, parameters=["wd", "lr"], metric="loss", direction="minimize", run_id=None
    )
    return assess(frame, rng=0, margin=0.1)


def told(report):
    (wd,) = (p for p in report.parameters if p.name == "wd")
    return wd, wd.recommendation, ranges.good(wd, wd.recommendation, voice=Voice(words()))


@pytest.mark.parametrize("zero", [0.0, None])
def test_a_special_value_that_is_best_alone_is_the_recommendation(zero):
    wd, best, good = told(decay(at_zero=-0.8, curve=0.0, zero=zero))
    assert (best.value, best.values, best.low, best.high) == (zero, (zero,), None, None)
    assert best.at_edge is None
    assert good == setting(zero)
    assert wd.levels == (zero,)


def test_a_special_value_as_good_as_the_best_number_stands_beside_the_range():
    _, best, good = told(decay(at_zero=0.0, curve=0.4))
    assert best.values == (0.0,)
    assert best.low < 1e-5 < best.high < 1e-4
    assert sorted(good.split(" or ")) == sorted(
        ["0", f"{setting(best.low)} to {setting(best.high)}"]
    )


def test_a_special_value_that_is_worse_is_not_recommended():
    _, best, good = told(decay(at_zero=1.5, curve=0.4))
    assert best.values == ()
    assert best.low <= best.value <= best.high
    assert "or" not in good.split()


def test_a_special_value_is_said_to_be_searched_and_has_its_own_slice():
    report = decay(at_zero=-0.8, curve=0.0)
    wd, *_ = told(report)
    assert ranges.searched(wd, Voice(words())).endswith(" or 0")
    assert Places(wd)(0.0) == BEFORE
    slices = best_per_slice(report, wd)
    assert slices[0] == (0.0, min(point.objective for point in report.points))
    assert len(slices) > 5


def narrow(n=80):
    rng = np.random.default_rng(0)
    beta = rng.uniform(0.999, 0.9999, n)
    table = pd.DataFrame({"beta": beta, "lr": rng.uniform(0, 1, n)})
    table["loss"] = 4e6 * (beta - 0.9995) ** 2 + table["lr"] + rng.normal(0, 0.02, n)
    return Frame.from_table(table, parameters=["beta", "lr"], metric="loss", direction="minimize")


def test_settings_of_a_narrow_range_are_told_apart():
    space = narrow().space
    rows = random_settings(space, 64, rng=np.random.default_rng(0))
    assert len(set(rows[:, space.index("beta")].tolist())) > 50


def test_a_plan_looks_at_the_inside_of_a_narrow_range():
    report = assess(narrow(), rng=0)
    planned = [dict(run.parameters)["beta"] for run in report.plan.runs]
    assert sum(0.9992 < value < 0.9998 for value in planned) >= len(planned) / 2


def test_the_ends_of_a_narrow_range_are_written_apart():
    (beta,) = (p for p in assess(narrow(), rng=0).parameters if p.name == "beta")
    best = ranges.good(beta, beta.recommendation, voice=Voice(words()))
    low, high = map(float, best.split(" to "))
    assert 0.999 < low < 0.9995 < high < 0.9999


def test_as_many_digits_as_tell_levels_apart():
    assert telling((0.1, 0.2)) == 3
    assert telling((0.999, 0.9995, 0.9999)) == 4
    assert telling((0.9999991, 0.9999992)) == 7
    assert telling(("relu", None, True)) == 3


def depths(seed: int, *, unlimited: int) -> Frame:
    """Trees that gain with their depth, of 2 to 30; a fifth of them has no limit."""
    rng = np.random.default_rng(seed)
    depth = np.where(rng.random(80) < 0.2, unlimited, rng.integers(2, 31, 80))
    lr = rng.uniform(-4, 0, 80)
    deep = np.where(depth < 0, 40, depth)
    y = 0.8 - 0.4 * np.exp(-deep / 6) - 0.05 * (lr + 2) ** 2 + rng.normal(0, 0.02, 80)
    table = pd.DataFrame({"max_depth": depth, "lr": 10**lr, "sub": rng.random(80), "y": y})
    names = ["max_depth", "lr", "sub"]
    return Frame.from_table(table, parameters=names, metric="y", direction="maximize")


@pytest.mark.parametrize("seed", range(3))
def test_a_depth_of_minus_one_is_no_neighbour_of_two(seed):
    frame = depths(seed, unlimited=-1)
    depth = frame.space["max_depth"]
    assert (depth.atom, depth.domain, depth.kind) == (-1.0, (2.0, 30.0), "integer")
    found = next(p for p in assess(frame, rng=seed).parameters if p.name == "max_depth")
    assert found.levels == (-1.0,)
    assert found.recommendation is not None
    best = found.recommendation
    assert best.value == -1.0 or float(str(best.value)) > 12


def test_other_negative_numbers_are_numbers():
    assert depths(0, unlimited=-2).space["max_depth"].domain == (-2.0, 30.0)
    rng = np.random.default_rng(0)
    shift = np.append(rng.integers(-1, 40, 77), [-1, -1, 0])
    table = pd.DataFrame({"shift": shift, "lr": rng.random(80), "y": rng.random(80)})
    frame = Frame.from_table(table, parameters=["shift", "lr"], metric="y", direction="maximize")
    assert frame.space["shift"].none_share == 0


def test_the_zero_of_a_range_of_integers_is_one():
    rng = np.random.default_rng(0)
    cache = np.where(
        rng.random(80) < 0.25, 0, 2 ** rng.integers(3, 13, 80) + rng.integers(0, 3, 80)
    )
    table = pd.DataFrame({"cache": cache, "lr": rng.random(80), "y": np.log2(cache + 1)})
    frame = Frame.from_table(table, parameters=["cache", "lr"], metric="y", direction="maximize")
    column = random_settings(frame.space, 64, rng=rng)[:, frame.space.index("cache")]
    given = [frame.space["cache"].decode(code) for code in column]
    assert {type(value) for value in given} == {int}
    assert 0 in given


def conditional(special, *, n=120, seed=0):
    """Only sgd has a weight decay; special, in a third of its runs, is better than any number."""
    rng = np.random.default_rng(seed)
    opt, off = rng.choice(["adam", "sgd"], n), rng.random(n) < 0.35
    number = 10 ** rng.uniform(-4, -1, n)
    wd = [
        None if o == "adam" else special if z else v
        for o, z, v in zip(opt, off, number, strict=True)
    ]
    loss = np.where(opt == "adam", 0.0, np.where(off, -1.0, 0.3)) + rng.normal(0, 0.05, n)
    lr = rng.uniform(0, 1, n)
    table = pd.DataFrame({"opt": opt, "wd": pd.Series(wd, dtype=object), "lr": lr, "loss": loss})
    return Frame.from_table(
        table, parameters=["opt", "wd", "lr"], metric="loss", direction="minimize"
    )


@pytest.mark.parametrize("special", [0.0, "auto"])
def test_a_special_value_of_a_conditional_range_is_there_and_not_away(special):
    frame = conditional(special)
    at, opt = frame.space.index("wd"), frame.space.index("opt")
    assert frame.space["wd"].condition is not None
    for row, codes in zip(frame.values, frame.codes, strict=True):
        away = row[opt] == "adam"
        assert np.isnan(codes[at]) == away
        assert (codes[at] == NONE) == (not away and row[at] == special)


def test_the_parent_of_a_special_value_has_the_share_that_it_has():
    """Coded as if it were away, the special value's effect was taken for the parent's."""
    report = assess(conditional("auto", n=150), rng=0, planned=4)
    shares = {item.name: item.total for item in report.parameters}
    assert shares["opt"].share == pytest.approx(0.50, abs=0.025)
    assert shares["wd"].share == pytest.approx(1.0, abs=0.01)
    second = [dict(run.parameters) for run in report.plan.runs if run.says == SECOND_SEED]
    assert second
    assert all(run["wd"] == "auto" for run in second)
