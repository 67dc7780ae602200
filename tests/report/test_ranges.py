"""Settings in words: computed bounds are rounded, many long levels are counted."""

from dataclasses import replace
from unittest.mock import Mock

import pytest

from analysis import numerals, ranges, story, tables
from analysis.results import Elsewhere
from analysis.words import Voice, words
from tests.report.planted import planted

VOICE = Voice(words("en"))


def row(name, **changes):
    found = next(p for p in planted().parameters if p.name == name)
    best = {key: changes.pop(key) for key in ("low", "high") if key in changes}
    return replace(
        found, recommendation=replace(found.recommendation, values=(), **best), **changes
    )


@pytest.mark.parametrize(
    ("low", "high", "said"),
    [
        (0.0, 0.12475, "0 to 0.125"),
        (0.0649, 0.12475, "0.0649 to 0.125"),
        (0.30125, 0.49875, "0.301 to 0.49875"),
        (0.20001, 0.20002, "0.2"),
    ],
)
def test_a_bound_that_was_computed_has_no_more_digits_than_are_known(low, high, said):
    """An end of the range searched is written as it was typed."""
    dropout = row("dropout", domain=(0.0, 0.49875), low=low, high=high)
    assert ranges.good(dropout, dropout.recommendation, voice=VOICE) == said


LONG = tuple(f"{name}_interpolation_with_antialias" for name in "abcdefgh")


def test_of_many_long_levels_the_table_has_a_few_and_the_panel_all():
    act = row("act", levels=LONG)
    under = tables.description(act, VOICE)
    assert under == f"categorical, {', '.join(LONG[:3])} and 5 more"
    assert ranges.searched(act, VOICE) == ", ".join(LONG)


def test_the_digits_that_tell_levels_apart_are_sought_once_for_all_of_them(monkeypatch):
    seek = Mock(wraps=numerals.telling)
    monkeypatch.setattr(numerals, "telling", seek)
    act = row("act", levels=(0.1234561, 0.1234562, "adam"))
    assert ranges.searched(act, VOICE) == "0.1234561, 0.1234562, adam"
    assert seek.call_count == 1
    assert act.marginal is not None
    found = replace(act.marginal, values=act.levels)
    tables.marginal(replace(planted(), parameters=(act,)), "act", found=found, voice=VOICE)
    assert seek.call_count == 2
    short = row("act", levels=tuple("abcdefgh"))
    assert tables.description(short, VOICE) == "categorical, a, b, c, d, e, f, g, h"
    four = row("act", levels=LONG[:4])
    assert tables.description(four, VOICE).endswith(LONG[3]), "one more takes no less room"


@pytest.mark.parametrize(
    ("condition", "english", "korean"),
    [
        ("act = leaky_relu", "act = leaky_relu", "act = leaky_relu"),
        ("act = relu or tanh", "act = relu or tanh", "act = relu 또는 tanh"),
        ("act = relu or b or c and d or b and nesterov = true", None,
         "act = relu, b or c and d 또는 b, nesterov = true"),
        ("act = relu or something", "act = relu or something", "act = relu or something"),
        ("unknown = 1 or 2", "unknown = 1 or 2", "unknown = 1 or 2"),
    ],
)  # fmt: skip
def test_a_condition_is_said_in_the_readers_language(condition, english, korean):
    report = planted()
    act = row("act", levels=("b", "relu", "tanh", "leaky_relu", "b or c and d"))
    others = tuple(p for p in report.parameters if p.name != "act")
    report = replace(report, parameters=(*others, act))
    assert ranges.where(condition, Voice(words("en"), report)) == (english or condition)
    assert ranges.where(condition, Voice(words("ko"), report)) == korean


def test_a_level_as_good_elsewhere_is_told_with_what_goes_with_it():
    found = next(p for p in planted().parameters if p.kind == "categorical" and p.recommendation)
    assert found.recommendation is not None
    elsewhere = (Elsewhere(value="adam", beside=(("lr", 0.001), ("wd", None))),)
    best = replace(found.recommendation, value="sgd", values=("sgd",), elsewhere=elsewhere)
    said = ranges.good(found, best, voice=VOICE)
    assert said == "sgd (as good: adam with lr = 0.001 and wd = null)"


def test_what_else_would_do_stands_beside_what_is_held():
    report = planted()
    number = next(p for p in report.parameters if p.scale == "log" and p.recommendation)
    best = replace(number.recommendation, value=None, low=1e-4, high=1e-2, values=(None,))
    held = replace(number, verdict="negligible", recommendation=best)
    assert story.note(report, held, voice=VOICE) == "= null (null or 1e-4 to 0.01)"
    level = next(p for p in report.parameters if p.kind == "categorical" and p.recommendation)
    elsewhere = (Elsewhere(value="sgd", beside=(("lr", 0.1),)),)
    best = replace(level.recommendation, value="a", values=("a", "b"), elsewhere=elsewhere)
    held = replace(level, verdict="forgiving", recommendation=best)
    said = story.note(report, held, voice=VOICE)
    assert said == "= a (a or b; as good: sgd with lr = 0.1)"
    best = replace(best, elsewhere=())
    held = replace(held, recommendation=best)
    assert story.note(report, held, voice=VOICE) == "= a (a or b, with the others tuned to it)"


@pytest.mark.parametrize(
    ("values", "said"),
    [
        ((16, 32, 64), "16 to 64"),
        ((16, 32, 64, None), "16 to 64 or null"),
        ((64, 128, None), "64, 128 or null"),
        ((16, 64, 128), "16, 64 or 128"),
    ],
)
def test_null_is_no_end_of_a_range_of_levels(values, said):
    batch = next(p for p in planted().parameters if p.name == "batch")
    batch = replace(batch, levels=(16, 32, 64, 128, 256, None))
    best = replace(batch.recommendation, value=16, low=None, high=None, values=values)
    assert ranges.among(batch, best, voice=VOICE) == said
