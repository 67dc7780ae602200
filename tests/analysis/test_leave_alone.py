"""What is said of a parameter that is fixed: where, and what else would do, if anything."""

from __future__ import annotations

from functools import cache

import numpy as np
import pandas as pd
import pytest

from analysis import Frame, assess, story
from analysis.words import Voice, words

SEEDS = (5, 6, 7)


@cache
def optimizers(seed, *, worse=0.0, margin=None):
    """180 runs; sgd is as good as adam at a rate two decades higher, and with the right momentum.

    worse: what sgd loses everywhere. Noise of .008; smoothing does nothing.
    """
    rng = np.random.default_rng(seed)
    table = pd.DataFrame({"opt": rng.choice(["adam", "sgd"], 180)})
    table["lr"], table["smoothing"] = 10 ** rng.uniform(-4, 0, 180), rng.uniform(0, 0.2, 180)
    table["wd"] = 10 ** rng.uniform(-6, -1, 180)
    sgd = table["opt"] == "sgd"
    table["m"] = pd.Series(rng.random(180)).where(sgd)
    table["loss"] = 0.03 * (np.log10(table["lr"]) + np.where(sgd, 1, 3)) ** 2 + worse * sgd
    table["loss"] += 0.1 * (table["m"].fillna(0.9) - 0.9) ** 2 + rng.normal(0.3, 0.008, 180)
    table["loss"] += 0.01 * np.minimum((np.log10(table["wd"]) + 3) ** 2, 4)
    names = ["opt", "lr", "smoothing", "wd", "m"]
    frame = Frame.from_table(table, parameters=names, metric="loss", direction="minimize")
    return assess(frame, rng=0, margin=margin)


def told(report, name):
    (found,) = (p for p in report.parameters if p.name == name)
    return found, story.note(report, found, voice=Voice(words("en"), report))


@pytest.mark.parametrize("seed", SEEDS)
def test_a_level_as_good_once_it_is_tuned_is_told_though_the_other_is_fixed(seed):
    found, said = told(optimizers(seed), "opt")
    assert found.verdict == "forgiving"
    assert found.recommendation.value == "adam"
    (other,) = found.recommendation.elsewhere
    assert other.value == "sgd"
    beside = dict(other.beside)
    assert 0.03 < beside["lr"] < 0.4
    assert 0.5 < beside["m"] <= 1  # sgd alone has it, and no other card says where it is to be
    assert said.startswith("= adam (as good: sgd with ")
    assert "lr = " in said
    assert "m = " in said
    assert not found.recommendation.alone


@pytest.mark.parametrize("seed", SEEDS)
def test_that_nothing_else_would_do_is_said_where_it_is_sure(seed):
    """By .055 worse wherever it is: the risk is half of that, and lies below a margin of .04."""
    found, said = told(optimizers(seed, worse=0.055, margin=0.04), "opt")
    assert found.verdict == "forgiving"
    assert found.recommendation.alone
    assert said == "= adam (nothing else)"


def test_it_is_not_said_where_it_may_do():
    """By .014 worse in truth, of a margin of .013: some of the draws say so, and some do not."""
    unsure = [told(optimizers(seed, worse=0.014, margin=0.013), "opt") for seed in SEEDS]
    assert not any(found.recommendation.alone for found, _ in unsure)
    assert not any("nothing else" in said for _, said in unsure)


@pytest.mark.parametrize("seed", SEEDS)
def test_of_a_number_that_does_nothing_the_middle_of_its_range_is_advised(seed):
    """No end, beyond which nothing was run and at which the best of many alike lies by chance."""
    found, _ = told(optimizers(seed), "smoothing")
    assert found.verdict == "negligible"
    assert 0.08 < found.recommendation.value < 0.12
    assert found.recommendation.at_edge is None
    assert found.recommendation.cost < 0.01
