"""Levels that are one but for how they are written."""

import shlex

import numpy as np
import pandas as pd
import pytest

from analysis.spellings import spellings
from tests.analysis.planted import framed


def found(*levels, often=10):
    """The sentences about a parameter whose levels come so often: the first most."""
    column = [level for k, level in enumerate(levels) for _ in range(often - k)]
    table = pd.DataFrame({"opt": pd.Series(column, dtype=object), "lr": np.arange(len(column))})
    return spellings(framed(table, np.random.default_rng(0).normal(size=len(table))))


@pytest.mark.parametrize(
    ("usual", "other"),
    [("SGD", " SGD"), ("SGD", "sgd"), ("adam w", "adam-w"), ("adam_w", "Adam W"),
     ("True", True), ("none", None), ("Straße", "STRASSE")],
)  # fmt: skip
def test_levels_that_are_probably_one_are_named(usual, other):
    (one,) = found(usual, other, "rmsprop")
    assert one.parameters == ("opt",)
    assert "in 10, " in one.message
    assert "in 9." in one.message


@pytest.mark.parametrize(
    "levels",
    [("sgd", "adam"), ("-1x", "1x"), ("a+b", "a-b"), ("relu", "relu6"), ("adam", "adamw"),
     ("x y", "xy")],
)  # fmt: skip
def test_levels_that_may_differ_are_not(levels):
    assert found(*levels) == []


def test_the_remedy_lists_the_rarer_and_sets_the_usual_one():
    (one,) = found("SGD", " SGD")
    words = shlex.split(one.hint.replace(",", " "))
    assert words[words.index("ls") + 1] == "opt=' SGD'"
    assert words[words.index("amend") + 1 :][:2] == ["RUN", "opt=SGD"]


def test_numbers_and_their_spellings_are_left_alone():
    table = pd.DataFrame({"lr": [0.1, 0.10, 1.0, 1] * 5, "x": np.arange(20.0)})
    assert spellings(framed(table, np.arange(20.0))) == []


def test_the_level_without_stray_blanks_is_the_one_that_is_meant():
    (one,) = found(" adam", "adam")
    assert "opt=adam" in one.hint.split("amend RUN ")[1]
