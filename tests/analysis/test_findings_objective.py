"""What is odd about the objective, or about parameters that never changed."""

import numpy as np
import pandas as pd
import pytest

from analysis.findings_objective import budgets, constants
from tests.analysis.planted import framed


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


def runs(status, lr) -> pd.DataFrame:
    return pd.DataFrame({"lr": lr, "status": status, "y": 1.0}).astype({"lr": object})


def test_where_nothing_succeeded_nothing_is_said_of_runs_that_did():
    assert constants(framed(runs(["failed"] * 4, [0.1, 0.2, 0.3, 0.4]))) == []


def test_a_value_that_was_not_recorded_is_not_called_a_value():
    table = runs(["finished"] * 3 + ["failed"], [None, None, None, 0.1])
    (found,) = [f for f in constants(framed(table)) if f.parameters]
    assert found.message == "lr was recorded in failed runs only: nothing can be said of it."


def test_a_value_in_every_run_that_succeeded_is_called_so():
    table = runs(["finished"] * 3 + ["failed"], [0.2, 0.2, 0.2, 0.1])
    (found,) = [f for f in constants(framed(table)) if f.parameters]
    assert "lr = 0.2 in every run that succeeded" in found.message
