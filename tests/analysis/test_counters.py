"""A number that counts the runs is not studied; one that was swept is."""

import numpy as np
import pandas as pd
import pytest

from analysis.assessment import assess
from analysis.declaration import Declaration
from tests.analysis.planted import clean, codes, framed, score


@pytest.fixture
def rng():
    return np.random.default_rng(5)


def counted(rng, count, *, seeds=1, **options):
    """Forty settings, each with so many seeds in turn, and a number beside them."""
    table = clean(rng, 40).loc[np.repeat(np.arange(40), seeds)].reset_index(drop=True)
    table["trial"] = count
    return framed(table, score(table, rng, noise=0.02), **options)


def test_the_number_of_a_run_is_not_studied_and_that_is_told(rng):
    frame = counted(rng, np.arange(120), seeds=3)
    assert "trial" not in frame.space.names
    assert frame.n_configurations == 40
    told = [note for note in frame.notes if note.code == "identifier"]
    assert [note.parameters for note in told] == [("trial",)]
    assert "counts the runs" in told[0].message


def test_the_number_of_a_setting_counts_too_with_gaps_and_a_pair_out_of_turn(rng):
    number = np.delete(np.arange(60), np.arange(1, 60, 3))
    number[[7, 8]] = number[[8, 7]]
    assert "trial" not in counted(rng, np.repeat(number, 2), seeds=2).space.names


def test_what_came_with_time_is_a_drift_and_no_parameters(rng):
    """Studied, the count took what the code gained, and runs were planned to learn about it."""
    table = clean(rng, 100).assign(trial=np.arange(100))
    y = score(table, rng, noise=0.02) + 0.004 * np.arange(100)
    report = assess(framed(table, y), rng=0)
    assert "drift" in codes(report.findings)
    assert {p.name for p in report.parameters} == set(clean(rng, 2))


def test_where_it_is_declared_it_is_studied(rng):
    said = {"trial": Declaration(role="studied")}
    assert "trial" in counted(rng, np.arange(40), declarations=said).space.names


@pytest.mark.parametrize(
    "number",
    [
        np.random.default_rng(0).permutation(40),
        np.arange(40) // 4,
        np.arange(40) * 8,
        np.arange(40) / 2,
    ],
    ids=["out of order", "few", "far apart", "no integers"],
)
def test_other_numbers_are_settings(rng, number):
    assert "trial" in counted(rng, number).space.names


def test_what_was_swept_alone_is_a_setting(rng):
    table = pd.DataFrame({"depth": np.arange(1, 31), "act": ["a"] * 15 + ["b"] * 15})
    table["width"] = 2 * table["depth"]
    frame = framed(table, table["depth"] * 0.1 + rng.normal(0, 0.02, 30))
    assert {"depth", "width"} <= set(frame.space.names)


def test_the_outer_loop_of_a_grid_is_a_setting(rng):
    grid = clean(rng, 3, 2).loc[np.tile([0, 1, 2], 25)].reset_index(drop=True)
    table = grid.assign(depth=np.repeat(np.arange(25), 3))
    assert "depth" in framed(table, score(table, rng)).space.names
