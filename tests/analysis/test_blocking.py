"""Differences between blocks are taken out, and one setting in several blocks counts once."""

import numpy as np
import pandas as pd
import pytest

from analysis.assessment import assess
from analysis.blocking import block_codes, without_blocks
from tests.analysis.planted import framed


def datasets(rng, *, shift: float, n: int = 60) -> tuple[pd.DataFrame, np.ndarray]:
    """Every setting on each of three datasets, which differ by `shift` and twice that."""
    table = pd.DataFrame({"x": rng.random(n), "z": rng.random(n)})
    table = table.loc[np.repeat(np.arange(n), 3)].reset_index(drop=True)
    table["data"] = ["a", "b", "c"] * n
    by = table["data"].map({"a": 0.0, "b": shift, "c": 2 * shift})
    return table, (table["x"] + by + rng.normal(size=3 * n) * 0.1).to_numpy()


@pytest.fixture
def rng():
    return np.random.default_rng(0)


def test_blocks_leave_no_difference_and_the_mean_stays(rng):
    table, y = datasets(rng, shift=5.0)
    frame = framed(table, y, blocks=["data"])
    level, (said,) = without_blocks(frame)
    means = pd.Series(level.objective).groupby(table["data"]).mean()
    assert np.ptp(means) < 1e-9
    assert level.objective.mean() == pytest.approx(frame.objective.mean())
    assert "differs by up to 9.99" in said.message
    assert "3 values of data" in said.message


def test_the_same_setting_in_every_block_is_one_configuration(rng):
    table, y = datasets(rng, shift=5.0)
    frame = framed(table, y, blocks=["data"])
    assert frame.n_configurations == 180
    assert without_blocks(frame)[0].n_configurations == 60


def test_blocks_that_differ_in_what_was_run_keep_the_parameters_effect(rng):
    """The control: plain block means would take the effect of x with them."""
    table = pd.DataFrame({"x": rng.random(200)})
    table["data"] = np.where(rng.random(200) < table["x"], "late", "early")
    frame = framed(
        table, (2 * table["x"] + 3 * (table["data"] == "late")).to_numpy(), blocks=["data"]
    )
    level, _ = without_blocks(frame)
    slope = np.polyfit(table["x"], level.objective, 1)[0]
    assert slope == pytest.approx(2.0, abs=0.01)
    centred = frame.objective - pd.Series(frame.objective).groupby(table["data"]).transform("mean")
    assert np.polyfit(table["x"], centred, 1)[0] < 1.8


def test_no_blocks_change_nothing(rng):
    frame = framed(pd.DataFrame({"x": rng.random(30)}), rng.random(30))
    level, said = without_blocks(frame)
    assert said == ()
    assert np.array_equal(level.objective, frame.objective)
    assert block_codes(frame.blocks).tolist() == [0] * 30


def test_a_name_for_each_run_is_no_block(rng):
    table = pd.DataFrame({"x": rng.random(30), "host": [f"h{i}" for i in range(30)]})
    assert without_blocks(framed(table, rng.random(30), blocks=["host"]))[1] == ()


def test_the_answer_does_not_depend_on_how_far_datasets_are_apart():
    """With the differences left in, x would drown: they hold 99 % of the variance."""
    totals = []
    for shift in (0.0, 5.0):
        table, y = datasets(np.random.default_rng(1), shift=shift)
        report = assess(framed(table, y, blocks=["data"]), rng=0, transform="none")
        totals.append({item.name: item.total.share for item in report.parameters})
    assert totals[0] == pytest.approx(totals[1], abs=1e-6)
    assert totals[1]["x"] > 0.9
