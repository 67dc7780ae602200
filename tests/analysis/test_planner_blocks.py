"""Planned runs in blocks: each is given a value, those seen in turn."""

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest
import typer
from typer.testing import CliRunner

import journal
from analysis import plan_cli
from analysis.assessment import assess
from analysis.blocking import block_settings
from analysis.declaration import Declaration
from analysis.frame import Frame
from analysis.planner_repeats import SECOND_SEED


@pytest.fixture(scope="module")
def blocked(tmp_path_factory):
    """Runs of two data sets, three times as many of the first, and of one loss for each."""
    rng = np.random.default_rng(0)
    folder = tmp_path_factory.mktemp("blocked") / "runs"
    with journal.open(folder) as book:
        for i in range(48):
            lr, data = float(rng.random()), ("cifar 10", "mnist")[i % 4 == 0]
            with book.run(lr=lr, wd=float(rng.random()), data=data, seed=i) as run:
                run.result(acc=1 - (lr - 0.4) ** 2 + (data == "mnist"))
    return Frame.from_journal(folder, metric="acc", direction="maximize", block=("data", "host"))


def test_planned_runs_take_the_blocks_in_turn_the_most_frequent_first(blocked):
    made = assess(blocked, planned=7).plan
    told = [dict(run.parameters) for run in made.runs]
    new = [dict(run.parameters)["data"] for run in made.runs if run.says != SECOND_SEED]
    assert new == ["cifar 10", "mnist"] * 3
    assert all(run.keys() == {"data", "lr", "wd"} for run in told)  # nothing sets a host
    assert block_settings(replace(blocked, block_parameters=())) == ((),)


def test_blocks_are_planned_as_they_were_set_together(blocked):
    table = pd.DataFrame({"a": [1, 1.0, True, None], "b": ["x", "x", "x", "y"]}, dtype=object)
    framed = replace(blocked, blocks=table, block_parameters=("a", "b"))
    assert block_settings(framed) == (
        (("a", 1), ("b", "x")),
        (("a", True), ("b", "x")),
        (("b", "y"),),
    )


def test_a_block_has_its_placeholder(monkeypatch, blocked):
    monkeypatch.setattr("analysis.intake.told", lambda path: path)
    monkeypatch.setattr("analysis.intake.frame_of", lambda known, **_: blocked)
    app = typer.Typer()
    plan_cli.mount(app)
    words = ["-m", "acc", "-n", "2", "--command", "t {data}"]
    result = CliRunner().invoke(app, words, standalone_mode=False)
    assert result.return_value == 0
    assert [line.split("  #")[0].strip() for line in result.stdout.splitlines()] == [
        "t 'cifar 10'",
        "t mnist",
    ]
    words[-1] = "t {dat}"
    result = CliRunner().invoke(app, words, standalone_mode=False)
    assert "{dat} is no parameter" in result.output


@pytest.mark.parametrize("apart", [True, False])
def test_a_second_seed_is_run_in_the_block_of_what_it_repeats(apart):
    """What is best on one data set and was never run on the other has no replicate there."""
    rng = np.random.default_rng(1)
    table = pd.DataFrame({"lr": rng.random(60), "data": ["cifar", "stl"] * 30})
    best = np.where(table["data"] == "cifar", 0.8, 0.2) if apart else 0.5
    table["acc"] = 1 - (table["lr"] - best) ** 2 + rng.normal(0, 0.02, 60)
    frame = Frame.from_table(
        table, parameters=["lr", "data"], metric="acc", direction="maximize",
        declarations={"data": Declaration(role="block")},
    )  # fmt: skip
    told = [
        dict(run.parameters)
        for run in assess(frame, rng=0, planned=16).plan.runs
        if run.says == SECOND_SEED
    ]
    assert len(told) == 4
    ran = dict(zip(table["lr"], table["data"], strict=True))
    assert [run["data"] for run in told] == [ran[run["lr"]] for run in told]


@pytest.mark.parametrize(
    ("command", "said"),
    [("t.sh {args}", True), ("knobwise run -- t.sh {args}", False)],
)
def test_a_command_that_records_nothing_is_told(monkeypatch, blocked, command, said):
    monkeypatch.setattr("analysis.intake.told", lambda path: path)
    monkeypatch.setattr("analysis.intake.frame_of", lambda known, **_: blocked)
    app = typer.Typer()
    plan_cli.mount(app)
    words = ["-m", "acc", "-n", "2", "--command", command]
    result = CliRunner().invoke(app, words, standalone_mode=False)
    assert ("else begin --command with knobwise run" in result.output) is said
