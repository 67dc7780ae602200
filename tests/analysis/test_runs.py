"""Tables and arrays as runs: what does not fit is refused by name."""

import numpy as np
import pandas as pd
import pytest

from analysis.errors import InputError
from analysis.frame import Frame, block_codes
from analysis.runs import outcome
from analysis.strata import parts_by


@pytest.mark.parametrize(
    ("changed", "said"),
    [
        ({"X": np.zeros(30)}, "two dimensions, not of 1"),
        ({"names": ["a"]}, "1 names for 2 columns"),
        ({"names": ["a", "a"]}, "'a' here: that name is taken"),
        ({"names": ["a", "block"], "block": ["p"] * 30}, "'block' here: that name is taken"),
        ({"names": ["seed", "a"], "seeds": [0] * 30}, "'seed' here: that name is taken"),
        ({"seeds": [0] * 29}, "29 values of seed for 30"),
        ({"y": np.zeros(31)}, "31 values of y for 30"),
        ({"y": np.zeros((30, 1))}, "y holds arrays where one value belongs"),
    ],
)
def test_arrays_that_do_not_fit_are_refused_with_what_is_wrong(changed, said):
    X = np.random.default_rng(0).random((30, 2))
    with pytest.raises(InputError, match=said):
        Frame.from_arrays(**({"X": X, "y": X[:, 0], "direction": "minimize"} | changed))


def test_a_parameter_called_seed_is_one_where_no_seeds_are_given():
    X = np.random.default_rng(0).random((30, 2))
    found = Frame.from_arrays(X, X[:, 0], direction="minimize", names=["width", "block"])
    assert "block" in found.space.names


def test_a_table_that_names_a_column_twice_is_refused():
    table = pd.DataFrame({"a": [1, 2], "y": [1.0, 2.0]})
    for asked in ({"parameters": ["a", "a"]}, {"parameters": ["a"], "blocks": ["a"]}):
        with pytest.raises(InputError, match="'a' is asked for twice"):
            Frame.from_table(table, metric="y", direction="minimize", **asked)
    double = pd.concat([table, table[["a"]]], axis=1)
    with pytest.raises(InputError, match="more than one column 'a'"):
        Frame.from_table(double, parameters=["a"], metric="y", direction="minimize")
    with pytest.raises(InputError, match=r"a pandas\.DataFrame, not list"):
        Frame.from_table([{"a": 1}], parameters=["a"], metric="y", direction="minimize")


@pytest.mark.parametrize(
    ("word", "ends"),
    [
        ("aborted", "killed"),
        ("CRASH", "failed"),
        (1, "failed"),
        ("ok", "finished"),
        ("0", "finished"),
        ("137", "failed"),
    ],
)
def test_an_end_is_known_by_its_word(word, ends):
    assert outcome(word) == ends


def test_an_end_that_nobody_knows_is_refused_and_not_taken_for_success():
    with pytest.raises(InputError, match="status: 'OOM killed' is no way for a run to end"):
        outcome("OOM killed")


def test_blocks_are_told_apart_as_values_are():
    codes = block_codes(
        pd.DataFrame(
            {
                "block": pd.Series(
                    [1, 1.0, "1", None, np.nan, True, np.int64(1), np.bool_(True)], dtype=object
                )
            }
        )
    )
    assert codes[0] == codes[1]
    assert codes[3] == codes[4]
    assert codes[6] == codes[0]
    assert codes[7] == codes[5]
    assert len(set(codes.tolist())) == 4


def test_a_table_read_in_another_way_has_another_digest():
    table = pd.DataFrame({"a": [1, 2, 3], "b": [4, 5, 6], "s": [0, 1, 0], "y": [0.1, 0.2, 0.3]})
    ways: list[dict[str, object]] = [{}, {"seed": "s"}, {"order": "s"}, {"blocks": ["s"]}]
    ways.append({"parameters": ["a", "b"]})
    common = {"parameters": ["a"], "metric": "y", "direction": "minimize"}
    digests = [Frame.from_table(table, **{**common, **way}).digest for way in ways]
    assert len(set(digests)) == len(ways)
    one_name = Frame.from_table(table, **{**common, "parameters": "a"})
    assert digests[0] == one_name.digest


@pytest.mark.parametrize(
    "column",
    [
        [3.0, 1.0, 2.0],
        [0.3, 0.1, 0.2],
        pd.Series([0.3, 0.1, 0.2], dtype=object),
        ["10", "1", "2"],
        pd.to_timedelta([3, 1, 2], unit="s"),
        pd.to_datetime(["2024-01-03", "2024-01-01", "2024-01-02"]),
        pd.to_datetime(["2024-01-03", "2024-01-01", "2024-01-02"], utc=True),
        ["2024-01-03", "2024-01-01", "2024-01-02"],
        [None, "2024-01-01", "2024-01-02"],
    ],
    ids=[
        "floats",
        "less than one",
        "objects",
        "text",
        "durations",
        "times",
        "utc",
        "dates",
        "none first",
    ],
)
def test_runs_are_ordered_by_whatever_has_an_order(column):
    table = pd.DataFrame({"a": [1, 2, 3], "y": [0.1, 0.2, 0.3]}).assign(when=column)
    frame = Frame.from_table(
        table, parameters=["a"], metric="y", direction="minimize", order="when"
    )
    known = [row for row in range(3) if table["when"].notna()[row]]
    assert [row for row in np.argsort(frame.order).tolist() if row in known][:2] == [1, 2]
    assert np.ptp(frame.order) > 0.1


def test_a_number_among_dates_does_not_make_them_vanish():
    table = pd.DataFrame({"a": [1, 2, 3], "y": [0.1, 0.2, 0.3], "when": ["2024-02-01", "7", None]})
    table.loc[2, "when"] = "2024-01-01"
    frame = Frame.from_table(
        table, parameters=["a"], metric="y", direction="minimize", order="when"
    )
    assert frame.order[2] < frame.order[0]


def test_integers_beyond_any_float_are_levels_of_which_parts_are_made():
    rng = np.random.default_rng(0)
    table = pd.DataFrame({"z": rng.random(20)}).assign(y=rng.random(20))
    table["steps"] = pd.Series([10**400, 3] * 10, dtype=object)
    frame = Frame.from_table(table, parameters=["steps", "z"], metric="y", direction="minimize")
    assert {part.frame.n_runs for part in parts_by(frame, "steps")} == {10}
