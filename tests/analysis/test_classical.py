"""The classical tests that a report carries: asked for by words, compared with the table itself."""

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

from analysis.anova import Anova
from analysis.anova_welch import Welch
from analysis.classical import Classical
from analysis.errors import InputError, UnknownParameter
from tests.analysis.planted import framed

pytestmark = pytest.mark.usefixtures("one_thread")


@pytest.fixture(scope="module")
def frame():
    rng = np.random.default_rng(0)
    table = pd.DataFrame(
        {
            "act": rng.choice(["relu", "tanh", "gelu"], 120),
            "lr": rng.random(120),
            "batch": rng.choice([16, 32, 64], 120),
            "data": rng.choice(["p", "q", "r"], 120),
        }
    )
    y = 3 * table["lr"] + (table["act"] == "tanh") + rng.normal(size=120) * (0.1 + table["lr"])
    return framed(table, y.to_numpy(), blocks=["data"])


@pytest.mark.parametrize(
    ("words", "anova"),
    [
        ((), Anova()),
        (("robust",), Anova(covariance="robust")),
        (("ranks", "bh"), Anova(response="ranks", adjust="bh")),
        (("type3",), Anova(sums="III")),
    ],
)
def test_words_are_the_settings_of_the_table(frame, words, anova):
    found, table = Classical.of(words)(frame), anova(frame)
    assert found.method == table.method
    assert [(t.parameters, t.F, t.p_adjusted) for t in found.terms] == [
        (t.parameters, t.F, t.p_adjusted) for t in table.terms
    ]
    assert found.row("lr") == table["lr"].plain.test
    assert found.row("nothing") is None


def test_welch_tests_each_parameter_alone(frame):
    found = Classical.of(("welch", "bh"))(frame)
    assert found.method.startswith("Welch's F test of each parameter alone")
    assert found.terms == Welch(adjust="bh")(frame)[0]


def test_blocks_may_be_random(frame):
    assert Classical.of(blocks="random").table.blocks == "random"
    assert [Classical.of(blocks=how)(frame).asked for how in ("fixed", "random")] == [False, True]


def test_robust_ones_differ_where_variances_do(frame):
    plain, robust = Classical()(frame).row("lr"), Classical.of(("robust",))(frame).row("lr")
    assert pytest.approx(robust.F, rel=0.02) != plain.F


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("hc4",), "'hc4' is no kind of test"),
        (("welch", "type3"), "welch and type3 exclude each other"),
        (("robust", "welch"), "welch and robust exclude each other"),
    ],
)
def test_words_that_cannot_be_are_refused(words, said):
    with pytest.raises(InputError, match=said):
        Classical.of(words)


def test_levels_are_compared_where_asked(frame):
    found = Classical(contrasts=("act", "batch"))(frame)
    pairs = [(c.parameter, c.first, c.second) for c in found.contrasts]
    assert pairs == [
        ("act", "gelu", "relu"), ("act", "gelu", "tanh"), ("act", "relu", "tanh"),
        ("batch", 16, 32), ("batch", 16, 64), ("batch", 32, 64),
    ]  # fmt: skip
    best = dict(zip(pairs, found.contrasts, strict=True))
    assert best["act", "relu", "tanh"].high < 0
    assert best["batch", 16, 32].low < 0 < best["batch", 16, 32].high


@pytest.mark.parametrize(("name", "error"), [("lr", InputError), ("depth", UnknownParameter)])
def test_what_has_no_levels_is_refused_before_any_work(frame, name, error):
    with pytest.raises(error):
        Classical(contrasts=(name,)).check(frame)


def test_too_few_runs_have_no_tests_and_levels_that_cannot_be_compared_are_a_note(frame):
    few = frame.take(np.arange(6))
    assert Classical()(few) is None
    twin = framed(
        pd.DataFrame({"a": ["p", "q"] * 30, "b": ["x", "y"] * 30, "c": np.arange(60.0)}),
        np.random.default_rng(0).random(60),
    )
    asked = Classical.of(["robust"])(few)  # asked for and not possible: that is said
    assert (asked.terms, asked.asked) == ((), True)
    assert asked.method.startswith("no tests: ")
    found = Classical(contrasts=("a",))(twin)
    assert found.contrasts == ()
    assert "levels of a are not compared" in found.notes[-1]


def test_pure_error_carries_a_small_factorial_that_leaves_no_residual():
    rng = np.random.default_rng(0)
    cells = pd.DataFrame([(a, b, c) for a in "xy" for b in "xy" for c in "xy"], columns=list("abc"))
    table = pd.concat([cells] * 3, ignore_index=True)
    frame = framed(table, (table.a == "y") * 1.0 + 0.1 * rng.normal(size=24))
    assert Classical()(frame) is None
    found = Classical.of(["pure"])(frame)
    assert {term.error_df for term in found.terms} == {16.0}
    assert found.row("a").p_adjusted < 1e-6 < found.row("b").p_adjusted


def test_a_perfect_fit_has_contrasts_all_the_same():
    table = pd.DataFrame({"a": list("pqr") * 20, "x": np.linspace(0, 1, 60)})
    frame = framed(table, table["a"].map({"p": 0.0, "q": 1.0, "r": 5.0}).to_numpy())
    found = Classical(contrasts=("a",))(frame)
    assert [c.difference for c in found.contrasts] == pytest.approx([-1.0, -5.0, -4.0])
    assert all(np.isfinite([c.low, c.high, c.p]).all() for c in found.contrasts)


def test_the_settings_do_not_share_state(frame):
    settings = Classical()
    assert replace(settings, contrasts=("act",))(frame).contrasts
    assert settings(frame).contrasts == ()
