"""A filter that is written is read back by the grammar it was written for, to the last digit."""

import math
from types import SimpleNamespace

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from journal import filters
from journal.facts import FACTS
from journal.filter_writer import filter_text

names = st.text(st.characters(exclude_categories=("Cc", "Cs")), min_size=1, max_size=12)
words = st.sampled_from(
    [
        "two words",
        "0x10",
        "1",
        "null",
        "NaN",
        "-inf",
        "it's",
        'say "so"',
        "",
        " x ",
        "!a",
        "=",
        "a,b",
    ]
)
values = st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=12) | words


def run(params, metrics=()):
    """A run with these values, as far as a filter looks at it."""
    own = {"status": "finished", "seed": 7, "seconds": 1.0, "id": "ab", "exit_code": 0}
    return SimpleNamespace(params=params, metrics=dict(metrics), context={}, **own)


@given(names | st.sampled_from(FACTS), values)
def test_a_filter_is_read_back_as_the_name_and_the_value_it_was_written_for(name, value):
    text = filter_text(name, "=", value=value)
    assert filters.parse_words([text])(run({name: value}))
    assert not filters.parse_words([text])(run({name: "quite another"}))
    assert not filters.parse_words([filter_text(name, "!=", value=value)])(run({name: value}))


@given(names, st.floats(allow_nan=False) | st.integers())
def test_a_bound_is_written_to_the_last_digit(name, value):
    text = filter_text(name, ">=", value=value)
    assume(value != -math.inf)
    below = value - 1 if isinstance(value, int) else math.nextafter(value, -math.inf)
    assert filters.parse_words([text])(run({name: value}))
    assert not filters.parse_words([text])(run({name: below}))


@pytest.mark.parametrize("name", ["two 'and' \"two\"", "'\"", "''\"", "-x", "--", "!a", "has:b"])
def test_any_name_and_any_text_can_be_written(name):
    odd, text = run({name: f"{name} or so"}), f"{name} or so"
    assert filters.parse_words([filter_text(name, "=", value=text)])(odd)
    assert not filters.parse_words([filter_text(name, "!=", value=text)])(odd)
    assert not filter_text(name, "=", value=1).startswith("-")  # that would be an option


def test_plain_names_and_values_are_not_quoted():
    assert filter_text("optim.lr", "<", value=1e-3) == "optim.lr<0.001"
    assert filter_text("act", "!=", value="relu") == "act!=relu"
    assert filter_text("steps", ">=", value=0.1, kind="metrics") == "metrics.steps>=0.1"
