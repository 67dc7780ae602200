"""A value that is written is read back as it was: the same value of the same type."""

import math

from hypothesis import given
from hypothesis import strategies as st

from journal.values import read_scalar, write_scalar

words = st.from_regex(
    r"\A\s?[-+.]?(0[xo][0-9a-fg_]*|[0-9]*\.?[0-9]*(e[-+]?[0-9]+)?|inf|NaN|Null|~|TRUE|['\"].{0,3}['\"])\s?\Z"
)
scalars = st.none() | st.booleans() | st.integers() | st.floats() | st.text() | words


def same(read: object, value: object) -> bool:
    """The same value of the same type, NaN included."""
    if isinstance(value, float) and math.isnan(value):
        return isinstance(read, float) and math.isnan(read)
    return type(read) is type(value) and read == value


@given(scalars)
def test_every_value_is_read_back_as_it_was(value):
    assert same(read_scalar(write_scalar(value)), value)
