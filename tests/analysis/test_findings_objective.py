"""What is odd about the objective, or about parameters that never changed."""

import re
from dataclasses import replace
from itertools import product

import numpy as np
import pandas as pd
import pytest

from analysis.assessment import assess
from analysis.far_group import far_above, parts_seeds
from analysis.findings import findings
from analysis.findings_apart import two_apart
from analysis.findings_objective import budgets, constants
from analysis.frame import Frame
from analysis.transform import transformed
from tests.analysis.planted import clean, codes, framed
from tests.analysis.planted_corner import lost_seeds


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


def test_a_budget_that_few_runs_had_is_not_the_one_to_hold():
    """Of 27 runs with 1 epoch 9 went on to 3, and 3 to 9: an answer needs ten."""
    halved = pd.DataFrame({"epochs": [1] * 27 + [3] * 9 + [9] * 3, "lr": np.arange(39.0)})
    (found,) = budgets(framed(halved.assign(y=np.arange(39.0))))
    assert "--where epochs=1" in found.hint
    longer = pd.DataFrame({"epochs": [1] * 27 + [3] * 12 + [9] * 3, "lr": np.arange(42.0)})
    (found,) = budgets(framed(longer.assign(y=np.arange(42.0))))
    assert "--where epochs=3" in found.hint


def test_of_a_measured_budget_that_one_run_reached_the_longer_half_is_kept():
    lr, steps = np.arange(40.0), np.arange(101.0, 141.0) ** 2
    frame = framed(pd.DataFrame({"lr": lr, "y": lr}))
    (found,) = budgets(replace(frame, other_metrics={"steps": steps}))
    assert "--where 'metrics.steps>=14641.0'" in found.hint
    (found,) = budgets(replace(frame, other_metrics={"steps": np.repeat([5.0, 10.0], 20)}))
    assert "steps>=10" in found.hint


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


@pytest.mark.parametrize("stray", [False, True])
def test_the_corner_of_a_factorial_that_all_of_them_lie_in_is_named(stray):
    """2^4 runs and centre points: what a and b do together is none, if one run is an exception."""
    x = np.vstack([list(product([-1, 1], repeat=4)), np.zeros((6, 4))])
    y = 60 + 6 * x[:, 0] + 4 * x[:, 1] - 6 * x[:, 0] * x[:, 1]
    y = y + np.random.default_rng(0).normal(0, 0.3, len(x))
    if stray:
        y[[0, -1]] = y[[-1, 0]]
    frame = framed(pd.DataFrame(x, columns=list("abcd")), y, direction="maximize")
    (found,) = two_apart(frame)
    assert found.says.key == ("says.two_groups.far" if stray else "says.two_groups.levels")
    if not stray:
        assert (found.level, found.parameters) == ("note", ("a", "b"))
        assert "those with a = -1 and b = -1, and no others" in found.message


@pytest.mark.parametrize("n_seeds", [2, 3, 5])
def test_no_gap_parts_seeds_of_one_law_whatever_the_settings_do(n_seeds):
    settings, found = np.repeat(np.arange(24), n_seeds), 0
    for seed in range(100):
        rng = np.random.default_rng(seed)
        level = 30.0 * (rng.random(24) < 0.3)[settings]
        for noise in (rng.normal(size=len(settings)), rng.exponential(size=len(settings))):
            found += parts_seeds(noise, settings) is not None
            found += parts_seeds(level + noise, settings) is not None
    assert found == 0


def test_seeds_that_never_learn_are_left_out_by_the_filter_that_is_told():
    frame = framed(*lost_seeds(np.random.default_rng(0), lost=True), direction="maximize")
    (found,) = two_apart(frame)
    assert found.code == "two_outcomes"
    lost = frame.objective < 100
    assert f"in {lost.sum()} of 100 runs" in found.message
    both = np.unique(frame.configuration[lost]).size  # none has lost all four of its seeds
    assert f"{both} of the 25 repeated" in found.message
    (bound,) = re.findall(r"--where '(?:metrics\.)?y>([0-9.]+)'", found.hint)
    assert np.array_equal(frame.objective > float(bound), ~lost)
