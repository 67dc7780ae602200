"""What is odd about the objective, or about parameters that never changed."""

import numpy as np
import pandas as pd
import pytest

from analysis.assessment import assess
from analysis.far_group import far_above
from analysis.findings import findings
from analysis.findings_objective import budgets, constants, two_apart
from analysis.frame import Frame
from analysis.transform import transformed
from tests.analysis.planted import clean, codes, framed


@pytest.mark.parametrize(
    "name", ["epochs", "max_steps", "num_train_epochs", "trainer.max_epochs", "global_step"]
)
def test_how_long_runs_lasted_is_a_budget(name):
    table = pd.DataFrame({name: np.arange(1, 41) * 100, "y": np.arange(40.0)})
    (found,) = budgets(framed(table))
    assert found.parameters == (name,)


@pytest.mark.parametrize(
    "name",
    ["warmup_steps", "gradient_accumulation_steps", "logging_steps", "early_stopping_iterations"],
)
def test_a_setting_counted_in_steps_is_no_budget(name):
    table = pd.DataFrame({name: np.arange(1, 41) * 100, "y": np.arange(40.0)})
    assert budgets(framed(table)) == []


def test_of_many_budgets_none_is_asked_for_alone_and_the_longer_half_is_kept():
    few = pd.DataFrame({"epochs": np.tile([10, 20, 40], 14)[:40], "y": np.arange(40.0)})
    many = pd.DataFrame({"epochs": np.arange(1, 41) * 10, "y": np.arange(40.0)})
    hints = [budgets(framed(table))[0].hint for table in (few, many)]
    assert "--by epochs" in hints[0]
    assert "--where epochs=40" in hints[0]
    assert "--by" not in hints[1]
    assert "--where 'epochs>=210'" in hints[1]


def runs(status, lr) -> pd.DataFrame:
    return pd.DataFrame({"lr": lr, "status": status, "y": 1.0}).astype({"lr": object})


def test_where_nothing_succeeded_nothing_is_said_of_runs_that_did():
    assert constants(framed(runs(["failed"] * 4, [0.1, 0.2, 0.3, 0.4]))) == []


def test_a_value_that_was_not_recorded_is_not_called_a_value():
    table = runs(["finished"] * 3 + ["failed"], [None, None, None, 0.1])
    (found,) = [f for f in constants(framed(table)) if f.parameters]
    assert found.message == "lr has a value in failed runs only: nothing can be said about it."


def test_what_was_recorded_as_none_in_every_run_is_not_called_unrecorded():
    (found,) = [f for f in constants(framed(runs(["finished"] * 3, [None] * 3))) if f.parameters]
    assert found.message == (
        "lr has no value in any of the usable runs: nothing can be said about it."
    )


def test_a_value_in_every_run_that_succeeded_is_called_so():
    table = runs(["finished"] * 3 + ["failed"], [0.2, 0.2, 0.2, 0.1])
    (found,) = [f for f in constants(framed(table)) if f.parameters]
    assert "lr = 0.2 in every run that succeeded" in found.message


def diverged(n: int, *, value: float, unit: float = 1.0) -> Frame:
    """120 runs between 1 and 4, of which `n` wrote a value far off instead."""
    rng = np.random.default_rng(2)
    table = clean(rng, 120)
    y = 1 + 2 * table["p00"].to_numpy() + rng.random(120)
    y[:n] = value
    return framed(table, y * unit, direction="minimize" if unit > 0 else "maximize")


@pytest.mark.parametrize("unit", [1.0, -1.0])
def test_a_few_runs_far_off_are_told_with_the_filter_that_leaves_them_out(unit):
    frame = diverged(7, value=30.0, unit=unit)
    (found,) = two_apart(frame)
    assert found.message.startswith("7 of 120 runs are far worse than all others")
    cut = "y<20.0" if unit > 0 else "y>-20.0"
    assert f"--where 'metrics.{cut}'" in found.hint
    scaled, said = transformed(frame, "auto")
    assert scaled.transform == "rank"
    assert "with nothing between" in said[0].message
    assert found in findings(scaled, logged=frame)
    assert "two_groups" not in codes(findings(scaled))


def test_what_is_not_far_or_not_a_few_or_good_is_not_told():
    assert two_apart(diverged(0, value=30.0)) == []
    assert two_apart(diverged(2, value=30.0)) == []
    assert two_apart(diverged(7, value=5.0)) == []
    assert two_apart(diverged(30, value=30.0)) == []
    assert two_apart(diverged(7, value=-30.0)) == []


@pytest.mark.parametrize("seed", range(20))
def test_a_law_with_a_long_tail_has_values_between(seed):
    rng = np.random.default_rng(seed)
    assert far_above(rng.exponential(size=200)) is None
    assert far_above(np.exp(rng.normal(size=200))) is None
    assert far_above((rng.random(200) < 0.1).astype(float)) is None  # passed or failed


def test_what_is_said_of_the_objective_is_not_said_again_of_residuals():
    report = assess(diverged(7, value=30.0), rng=0, transform="none")
    (found,) = [f for f in report.findings if f.code == "two_groups"]
    assert "far worse" in found.message


def test_where_blocks_hide_the_gap_the_filter_is_left_open():
    rng = np.random.default_rng(0)
    table = pd.DataFrame({"x": rng.random(120), "data": ["p", "q"] * 60})
    y = table["x"] + 100.0 * (table["data"] == "q")
    y[[0, 2, 4, 6, 8]] += 30.0
    (found,) = two_apart(framed(table, y.to_numpy(), direction="minimize", blocks=["data"]))
    assert "--where FILTER" in found.hint


@pytest.mark.parametrize(("stray", "told"), [(None, "level"), (0, "far"), (1, "far")])
def test_a_level_that_all_of_them_have_and_no_others_is_named(stray, told):
    """One good run at that level, or a bad one elsewhere, and they are a few runs as before."""
    rng = np.random.default_rng(0)
    table = pd.DataFrame({"batch": rng.choice([16, 32, 64], 120, p=[0.1, 0.4, 0.5]).tolist()})
    table["lr"], slow = rng.random(120), (table["batch"] == 16).to_numpy(copy=True)
    if stray is not None:
        slow[np.flatnonzero(slow == bool(stray))[0]] ^= True
    (found,) = two_apart(framed(table, table["lr"] + 9.0 * slow, direction="minimize"))
    assert found.says.key == f"says.two_groups.{told}"
    if told == "level":
        assert "batch = 16, and no others" in found.message
        assert "--where 'batch!=16'" in found.hint
        assert found.parameters == ("batch",)
