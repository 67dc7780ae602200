"""What cannot be asked from Python is refused in one line of our own, before anything is fitted."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
import pytest

from analysis import Frame, assess, write
from analysis.blocking import without_blocks
from analysis.decomposition import decompose_grid
from analysis.errors import InputError, Misused
from analysis.noise import metric_step

RNG = np.random.default_rng(0)
X, Y = RNG.random((30, 2)), RNG.random(30)
FRAME = Frame.from_arrays(X, Y, direction="maximize")


@pytest.mark.parametrize(
    ("asked", "told"),
    [
        ({"rng": "a"}, "a seed is a number"),
        ({"rng": 1.5}, "a seed is a number"),
        ({"margin": "x"}, "a margin must be above 0"),
        ({"margin": float("nan")}, "a margin must be above 0"),
        ({"share_margin": None}, "a share margin lies between"),
        ({"workers": 1.5}, "a whole number, 1 or more, not 1.5"),
        ({"planned": 1.5}, "a whole number, 0 or more, not 1.5"),
        ({"planned": -1}, "a whole number, 0 or more, not -1"),
    ],
)
def test_settings_that_no_analysis_can_be_made_with(asked, told):
    with pytest.raises(Misused, match=told):
        assess(FRAME, **asked)


def test_only_a_frame_is_assessed_and_only_reports_are_written(tmp_path):
    with pytest.raises(Misused, match="a Frame, not DataFrame"):
        assess(pd.DataFrame(X))
    with pytest.raises(Misused, match="no report to write"):
        write([], tmp_path / "x.html")
    assert not (tmp_path / "x.html").exists()


def test_names_are_texts_and_results_numbers():
    numbers: list[Any] = [0, 1]
    with pytest.raises(InputError, match="name is a text, not 0"):
        Frame.from_arrays(X, Y, direction="maximize", names=numbers)
    table = pd.DataFrame(X).assign(y=Y)
    with pytest.raises(InputError, match="name is a text, not 0"):
        Frame.from_table(table, parameters=numbers, metric="y", direction="maximize")
    for wrong in (Y + 1j, Y.astype(str)):
        with pytest.raises(InputError, match="which is no number"):
            Frame.from_arrays(X, wrong, direction="maximize")
    gaps = Frame.from_arrays(X, [None, *Y[1:]], direction="maximize")
    assert gaps.n_runs == 29


def test_none_may_be_planned():
    assert assess(FRAME, planned=0).plan is None


@pytest.mark.parametrize(
    "grid",
    [
        np.array([[1.0, 2.0], [3.0, np.nan]]),
        np.array([[1.0, 2.0], [3.0, np.inf]]),
        np.array([[1.0, 1e300], [3.0, 2.0]]),
        np.array([[1.0, 2.0 + 1j]]),
        np.array([["a", "b"]]),
        np.zeros((0, 2)),
        np.array(1.0),
    ],
    ids=["nan", "inf", "huge", "complex", "text", "empty", "scalar"],
)
def test_a_grid_with_gaps_has_no_decomposition(grid):
    with pytest.raises(Misused, match="decompose_grid"):
        decompose_grid(grid)


def test_a_grid_may_be_a_list_and_its_weights_fit():
    assert decompose_grid([[1.0, 2.0], [3.0, 4.0]]).first_order == pytest.approx([0.8, 0.2])
    with pytest.raises(Misused, match="weights are one array per axis"):
        decompose_grid(np.eye(2), weights=[np.ones(2) / 2, np.ones(3) / 3])
    even = decompose_grid(np.eye(2))
    ways: list[Any] = [[[0.5, 0.5], [0.5, 0.5]], ((0.5, 0.5), (0.5, 0.5)), np.full((2, 2), 0.5)]
    for weights in ways:
        assert decompose_grid(np.eye(2), weights=weights).total == pytest.approx(even.total)
    words: list[Any] = [["a", "b"], ["c", "d"]]
    with pytest.raises(Misused, match="weights are numbers"):
        decompose_grid(np.eye(2), weights=words)


def test_the_step_of_a_metric_is_that_of_before_its_blocks_were_taken_out():
    table = pd.DataFrame(RNG.random((60, 2)), columns=["a", "b"])
    table["data"] = np.repeat(["p", "q", "r"], 20)
    table["y"] = np.round(table["a"] + table["data"].map({"p": 0, "q": 1, "r": 3}), 2)
    frame = Frame.from_table(
        table, parameters=["a", "b"], metric="y", direction="minimize", blocks=["data"]
    )
    level = without_blocks(frame)[0]
    assert metric_step(frame) == pytest.approx(0.01)
    assert metric_step(level) == pytest.approx(0.01)
    assert np.diff(np.unique(level.objective)).min() < 0.005  # what is left to be seen
