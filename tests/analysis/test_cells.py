"""What a cell of a table says, and what is refused because it says nothing."""

from decimal import Decimal
from fractions import Fraction
from functools import partial

import numpy as np
import pandas as pd
import pytest

from analysis import Frame
from analysis.errors import InputError

N = 12
TABLE = pd.DataFrame({"a": np.arange(N) / 10, "y": np.arange(N) / 7})


def framed(table: pd.DataFrame, **asked: str) -> Frame:
    return Frame.from_table(table, parameters=["a"], metric="y", direction="minimize", **asked)


@pytest.mark.parametrize(
    ("column", "told"),
    [
        ([f"0,{i}" for i in range(N)], "y: row 0 holds '0,0', which is no number"),
        ([1.0, 2.0, "n/a", *range(9)], "y: row 2 holds 'n/a', which is no number\n  a number; NaN"),
        ([1.0, 2.0, "", *range(9)], "y: row 2 holds '', which is no number"),
        ([f"{i}.1%" for i in range(N)], "y: row 0 holds '0.1%'"),
        (TABLE["y"] + 0j, "y: row 0 holds 0j, which is no number"),
        (
            pd.to_timedelta(TABLE["y"], unit="s"),
            r"no number\n  table\['y'\]\.dt\.total_seconds\(\)",
        ),
        (pd.date_range("2026-01-01", periods=N), "y: row 0 holds Timestamp"),
    ],
    ids=["comma", "word", "empty", "percent", "complex", "duration", "time"],
)
@pytest.mark.parametrize("of", ["table", "arrays"])
def test_a_result_that_is_no_number_is_no_failed_run(column, told, of):
    if of == "table":
        asked = partial(framed, TABLE.assign(y=column))
    else:
        X = TABLE[["a"]].to_numpy()
        asked = partial(Frame.from_arrays, X, list(column), direction="minimize")
    with pytest.raises(InputError, match=told):
        asked()


@pytest.mark.parametrize("kind", [str, float, Decimal, Fraction, np.float32])
def test_a_number_of_any_kind_is_read(kind):
    column = pd.Series([kind(i / 4) for i in range(N)], dtype=object)
    assert framed(TABLE.assign(y=column)).objective.tolist() == [i / 4 for i in range(N)]


@pytest.mark.parametrize("none", [None, pd.NA, pd.NaT])
def test_what_was_not_measured_is_left_out_and_what_is_not_a_number_failed(none):
    """In a table and in arrays by one rule."""
    y = [none, float("nan"), *range(10)]
    column = pd.Series(y, dtype=object)
    arrays = Frame.from_arrays(TABLE[["a"]].to_numpy(), y, direction="minimize")
    for frame in (framed(TABLE.assign(y=column)), arrays):
        assert frame.n_runs == 10
        left_out = {out.reason.split(" ")[0]: out.failed for out in frame.excluded}
        assert left_out == {"without": False, "finished": True}


def test_an_integer_beyond_any_float_is_an_infinite_result():
    huge = pd.Series([10**400, *range(11)], dtype=object)
    assert [out.reason for out in framed(TABLE.assign(y=huge)).excluded] == [
        "finished with infinite y"
    ]


@pytest.mark.parametrize("kind", ["timedelta64[ns]", "duration[ns][pyarrow]"])
def test_lengths_of_time_are_seconds(kind):
    spans = pd.to_timedelta(pd.Series([np.nan, *range(1, N)]), unit="s")
    frame = framed(TABLE.assign(took=spans.astype(kind)), seconds="took")
    assert np.isnan(frame.seconds[0])
    assert frame.seconds[1:].tolist() == list(range(1, N))


def test_a_length_that_is_no_number_is_refused_and_so_is_another_metric():
    table = TABLE.assign(took=["1 h"] * N)
    for asked in ({"seconds": "took"}, {"other_metrics": "took"}):
        with pytest.raises(InputError, match="took: row 0 holds '1 h', which is no number"):
            framed(table, **asked)


def test_an_order_of_words_is_none():
    words = pd.Series([None, *["early"] * (N - 1)], dtype=object)
    with pytest.raises(InputError, match="when: 'early' is neither a number nor a time"):
        framed(TABLE.assign(when=words), order="when")
    assert np.ptp(framed(TABLE.assign(when=None), order="when").order) == 0


@pytest.mark.parametrize("role", ["seed", "order", "seconds", "run_id", "status", "other_metrics"])
def test_no_role_is_of_two_columns(role):
    twice = pd.concat([TABLE, TABLE[["a"]].rename(columns={"a": "s"})], axis=1).assign(s=0)
    twice = pd.concat([twice, twice[["s"]]], axis=1)
    with pytest.raises(InputError, match="more than one column 's'"):
        framed(twice, **{role: "s"})


@pytest.mark.parametrize("masked", ["X", "y", "seeds", "block"])
def test_what_is_masked_is_not_read(masked):
    given = {"X": np.arange(24.0).reshape(12, 2), "y": np.arange(12.0), "seeds": np.arange(12)}
    given["block"] = np.arange(12)
    given[masked] = np.ma.masked_greater(given[masked], 5)
    with pytest.raises(InputError, match=rf"{masked} is a masked array\n  {masked}\.tolist\(\)"):
        Frame.from_arrays(**given, direction="minimize")
    given[masked] = given[masked].tolist()
    frame = Frame.from_arrays(**given, direction="minimize")
    assert frame.n_runs == (6 if masked == "y" else 12)


def test_settings_are_rows_of_one_length():
    with pytest.raises(InputError, match="settings are rows of one length"):
        Frame.from_arrays([[1, 2], [3]], [1, 2], direction="minimize")
