"""What is recommended of parameters that act together is one good setting, not several bests."""

from dataclasses import replace
from functools import cache

import numpy as np
import pandas as pd
import pytest

from analysis import Frame, assess, judging, ranges, terminal
from analysis.declaration import Declaration
from analysis.numerals import setting
from analysis.words import Voice, words

SEEDS = (3, 4, 5)


def journal(seed, *, along):
    """100 runs; lr must follow the batch size where `along` is not 0. Noise of .05."""
    rng = np.random.default_rng(seed)
    table = pd.DataFrame({"lr": 10 ** rng.uniform(-4, 0, 100), "bs": 2 ** rng.uniform(3, 10, 100)})
    table["c"] = rng.random(100)
    table["y"] = lost(table, along=along) + rng.normal(0, 0.05, 100)
    said = {"lr": (1e-4, 1.0), "bs": (8.0, 1024.0)}
    return Frame.from_table(
        table, parameters=["lr", "bs", "c"], metric="y", direction="minimize",
        declarations={n: Declaration(domain=d, scale="log") for n, d in said.items()},
    )  # fmt: skip


def lost(setting, *, along):
    """0 on the ridge, at the lowest c; of either alone any value is as good as any."""
    off = np.log10(setting["lr"]) + 2 - along * np.log10(setting["bs"] / 64)
    return off**2 + 0.2 * setting["c"]


@cache
def assessed(seed, along):
    return assess(journal(seed, along=along), rng=0)


def recommended(report):
    return {p.name: p.recommendation.value for p in report.parameters if p.recommendation}


@pytest.mark.parametrize("seed", SEEDS)
def test_values_that_follow_each_other_are_recommended_together(seed):
    assert lost(recommended(assessed(seed, 1.0)), along=1.0) < 0.1


def test_each_for_itself_would_lie_beside_the_ridge(monkeypatch):
    monkeypatch.setattr(judging, "of_one_setting", lambda *_, **__: {})
    reports = [assess(journal(seed, along=1.0), rng=0) for seed in SEEDS]
    apart = [lost(recommended(report), along=1.0) for report in reports]
    assert max(apart) > 1


@pytest.mark.parametrize("seed", SEEDS)
def test_where_each_value_is_good_by_itself_nothing_changes(seed, monkeypatch):
    found = recommended(assessed(seed, 0.0))
    monkeypatch.setattr(judging, "of_one_setting", lambda *_, **__: {})
    assert recommended(assess(journal(seed, along=0.0), rng=0)) == found


@pytest.mark.parametrize("seed", SEEDS)
def test_a_range_that_hangs_on_what_no_card_advises_is_told_with_it(seed):
    """The batch size is undetermined: whoever reads of the rate alone takes any with it."""
    report = assessed(seed, 1.0)
    found = {p.name: p for p in report.parameters}
    assert found["bs"].verdict == "undetermined"
    beside = found["lr"].recommendation.beside
    assert beside == (("bs", found["bs"].recommendation.value),)
    size = setting(found["bs"].recommendation.value)
    assert f"(with bs = {size})" in terminal.render(report)
    good = found["lr"].recommendation
    for lr in (good.low, good.high):
        assert lost({"lr": lr, "bs": beside[0][1], "c": 0.0}, along=1.0) < 0.25


@pytest.mark.parametrize("seed", SEEDS)
def test_one_that_hangs_on_nothing_is_told_alone(seed):
    report = assessed(seed, 0.0)
    assert all(not p.recommendation.beside for p in report.parameters if p.recommendation)


def test_the_value_beside_which_it_is_good_has_the_digits_that_tell_it():
    report = assessed(3, 1.0)
    narrow = tuple(
        replace(p, domain=(1000.0, 1000.1)) if p.name == "bs" else p for p in report.parameters
    )
    (lr,) = (p for p in narrow if p.name == "lr")
    best = replace(lr.recommendation, beside=(("bs", 1000.0442),))
    voice = Voice(words(), about=replace(report, parameters=narrow))
    assert "bs = 1000.044" in ranges.good(lr, best, voice=voice)


def optimizers(seed, *, apart, momentum=False):
    """120 runs; adam and sgd are equally good, sgd at a rate `apart` decades higher; noise .005.

    momentum: a parameter of sgd alone, best at .9.
    """
    rng = np.random.default_rng(seed)
    table = pd.DataFrame({"opt": rng.choice(["adam", "rmsprop", "sgd"], 120)})
    table["lr"], table["wd"] = 10 ** rng.uniform(-5, -0.3, 120), 10 ** rng.uniform(-6, -2, 120)
    table["acc"] = accuracy(table["opt"], table["lr"], apart=apart) + rng.normal(0, 0.005, 120)
    parameters = ["opt", "lr", "wd"]
    if momentum:
        table["m"] = pd.Series(rng.random(120)).where(table["opt"] == "sgd")
        table["acc"] -= 0.1 * (table["m"].fillna(0.9) - 0.9) ** 2
        parameters.append("m")
    return Frame.from_table(table, parameters=parameters, metric="acc", direction="maximize")


def accuracy(opt, lr, *, apart):
    off = np.log10(lr) + 3 - apart * (opt == "sgd")
    return 0.95 - 0.04 * off**2 - 0.05 * (opt == "rmsprop")


def best_of(frame):
    report = assess(frame, rng=0)
    return {p.name: p.recommendation for p in report.parameters}


@pytest.mark.parametrize("seed", SEEDS)
def test_of_two_optimizers_each_with_its_rate_one_is_recommended_and_the_other_told(seed):
    found = best_of(optimizers(seed, apart=1.0))
    (level,) = found["opt"].values
    for lr in (found["lr"].low, found["lr"].value, found["lr"].high):
        assert accuracy(level, lr, apart=1.0) > 0.93
    (other,) = found["opt"].elsewhere
    assert {level, other.value} == {"adam", "sgd"}
    assert accuracy(other.value, dict(other.beside)["lr"], apart=1.0) > 0.94


def test_what_one_of_them_alone_has_is_as_good_as_it_can_be():
    """Its own momentum decides nothing between them, and stays in what is to be tuned."""
    report = assess(optimizers(4, apart=1.0, momentum=True), rng=0)
    found = {p.name: p for p in report.parameters}
    assert found["opt"].recommendation.values == ("sgd",)
    (other,) = found["opt"].recommendation.elsewhere
    assert other.value == "adam"
    assert accuracy("adam", dict(other.beside)["lr"], apart=1.0) > 0.94
    assert accuracy("sgd", found["lr"].recommendation.value, apart=1.0) > 0.94
    assert found["m"].switched_off_by is None


def test_each_for_itself_either_optimizer_would_do_at_either_rate(monkeypatch):
    monkeypatch.setattr(judging, "of_one_setting", lambda *_, **__: {})
    found = best_of(optimizers(3, apart=1.0))
    worst = min(accuracy(level, found["lr"].value, apart=1.0) for level in found["opt"].values)
    assert worst < 0.92


@pytest.mark.parametrize("seed", SEEDS)
def test_of_two_optimizers_with_one_rate_either_will_do(seed):
    found = best_of(optimizers(seed, apart=0.0))
    assert set(found["opt"].values) == {"adam", "sgd"}
    assert found["opt"].elsewhere == ()
