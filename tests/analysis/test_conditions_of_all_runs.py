"""A condition that too few used runs show is found among all runs, whatever became of them."""

import numpy as np
import pandas as pd
import pytest

from analysis.declaration import Declaration
from analysis.errors import InputError
from analysis.frame import Frame
from analysis.space import Condition


def framed(momentum, *, sgd=10, succeeded=1, status="failed", declared=None):
    """30 runs, the first `sgd` with sgd, of which so many succeeded; momentum(k) of each run."""
    rng = np.random.default_rng(0)
    table = pd.DataFrame(
        {"lr": rng.random(30), "opt": np.where(np.arange(30) < sgd, "sgd", "adam")}
    )
    table["momentum"] = pd.Series([momentum(k) for k in range(30)], dtype=object)
    table["status"] = np.where((np.arange(30) >= succeeded) & (table["opt"] == "sgd"), status, "ok")
    table["status"] = table["status"].replace("ok", "finished")
    table["y"] = rng.normal(size=30)
    return Frame.from_table(
        table,
        parameters=["lr", "opt", "momentum"],
        metric="y",
        direction="maximize",
        status="status",
        declarations={"opt": Declaration(levels=declared)} if declared else {},
    )


def condition(frame):
    every = (*frame.space.parameters, *frame.constants)
    (found,) = (p.condition for p in every if p.name == "momentum")
    return found


@pytest.mark.parametrize("status", ["failed", "killed", "running"])
def test_runs_without_a_result_show_where_a_parameter_exists(status):
    frame = framed(lambda k: 0.1 * k if k < 10 else None, status=status)
    assert frame.n_runs == 21
    assert condition(frame) == Condition("opt", ("sgd",))
    assert condition(framed(lambda k: 0.5 if k < 1 else None, sgd=1)) is None  # chance would do it


def test_what_several_used_runs_tell_is_told_as_before():
    frame = framed(lambda k: 0.1 * k if k < 10 else None, succeeded=3)
    assert condition(frame) == Condition("opt", ("sgd",))


def test_no_condition_where_other_runs_break_it():
    broken = framed(lambda k: 0.1 * k if k < 8 else None)  # two failed before they recorded it
    assert condition(broken) is None


def test_a_run_that_failed_early_takes_no_condition_from_the_used_ones():
    frame = framed(lambda k: 0.1 * k if k < 8 else None, succeeded=8)
    assert condition(frame) == Condition("opt", ("sgd",))


def momentum(k):
    return 0.1 * k if k < 10 else None


def test_what_contradicts_a_declaration_in_a_run_that_does_not_count_stops_nothing():
    frame = framed(momentum, succeeded=0, status="killed", declared=("adam", "lion"))
    assert frame.n_runs == 20
    with pytest.raises(InputError, match="declared"):  # a run that counts does
        framed(momentum, succeeded=1, status="killed", declared=("adam", "lion"))
