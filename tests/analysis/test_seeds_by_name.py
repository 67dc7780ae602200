"""A seed that is a parameter of the program (`random_state`) is set as one in planned runs."""

import json
import shlex
import sys

import numpy as np
import pandas as pd
import pytest

import journal
from analysis.assessment import assess
from analysis.frame import Frame
from analysis.invocation import beside, runs, settings
from analysis.plan_cli import as_data, unrecorded
from analysis.planner_repeats import SECOND_SEED
from analysis.planner_words import command_line
from journal.best import best
from journal.cli import main
from journal.declarations import Declarations, ParameterDeclaration

PROGRAM = """
import sys
told = dict(word[2:].split("=") for word in sys.argv[1:])
print(f"knobwise: loss={float(told['lr']) + 0.01 * int(told.get('random_state', 0)):g}")
"""


def table(**columns):
    """Twelve settings, three runs of each."""
    rng = np.random.default_rng(0)
    lr, wd = (np.repeat(rng.uniform(0, 1, 12), 3) for _ in range(2))
    return pd.DataFrame({"lr": lr, "wd": wd, "loss": lr + rng.normal(0, 0.05, 36), **columns})


def framed(runs_of, *, seed=None, extra=("random_state",)):
    return Frame.from_table(
        runs_of, parameters=["lr", "wd", *extra], metric="loss", direction="minimize", seed=seed
    )


def test_whole_numbers_in_a_column_with_a_gap_are_seeds_all_the_same():
    frame = framed(table(seed=[0, 1, None] * 12), seed="seed", extra=())
    assert frame.seeds[:3] == (0, 1, None)
    assert frame.seed_name == ""
    again = [run for run in assess(frame, planned=12).plan.runs if run.says == SECOND_SEED]
    assert again
    assert all(run.seed == 2 for run in again)


def test_a_second_seed_is_one_that_its_setting_was_not_run_with():
    frame = framed(table(random_state=[4, 5, 6] * 12))
    assert frame.seed_name == "random_state"
    assert frame.seeds[:3] == (4, 5, 6)
    planned = assess(frame, planned=12).plan.runs
    told = [dict(run.parameters)["random_state"] for run in planned]
    assert told == [run.seed for run in planned]
    assert {told[at] for at, run in enumerate(planned) if run.says == SECOND_SEED} == {7}
    assert {told[at] for at, run in enumerate(planned) if run.says != SECOND_SEED} == {4}


def test_one_that_never_changed_is_a_seed_too():
    rows = table(random_state=42).drop_duplicates("lr")
    planned = assess(framed(rows), planned=8).plan.runs
    assert {dict(run.parameters)["random_state"] for run in planned} == {42, 43}


def test_where_other_seeds_are_recorded_these_are_the_seeds():
    rows = table(random_state=[4, 5, 6] * 12, seed=[0, 1, 2] * 12)
    frame = framed(rows, seed="seed")
    assert (frame.seed_name, frame.seeds[:3]) == ("", (0, 1, 2))
    frame = framed(rows.assign(seed=[4, None, 6] * 12), seed="seed")
    assert (frame.seed_name, frame.seeds[:3]) == ("random_state", (4, 5, 6))


@pytest.mark.parametrize("name", ["replicate", "repeat", "cv.rep_id", "Repetition"])
def test_the_number_of_a_repetition_is_no_setting(name):
    """36 runs were 36 configurations, and repeat = 3 was recommended."""
    frame = framed(table(**{name: [0, 1, 2] * 12}), extra=(name,))
    assert (frame.space.names, frame.n_configurations) == (("lr", "wd"), 12)
    report = assess(frame, rng=0)
    assert (report.noise.source, report.noise.df) == ("replicates", 24)
    assert [f.parameters for f in report.findings if f.code == "seed_name"] == [(name,)]


@pytest.mark.parametrize("name", ["repeats", "n_rep", "num_repeat", "reprojection"])
def test_how_often_something_is_repeated_is_a_setting(name):
    frame = framed(table(**{name: [1, 2, 4] * 12}), extra=(name,))
    assert name in frame.space.names


@pytest.fixture(scope="module")
def recorded(tmp_path_factory):
    """Twelve settings with two seeds each, run and recorded as people do."""
    folder = tmp_path_factory.mktemp("by_name")
    program = folder / "train.py"
    program.write_text(PROGRAM)
    for seed in (1, 2):
        for i in range(1, 13):
            told = [f"--lr={i / 10}", f"--wd={i * 7 % 13}", f"--random_state={seed}"]
            command = [sys.executable, str(program), *told]
            assert main(["run", "--journal", str(folder / "runs"), "--", *command]) == 0
    return folder / "runs"


def test_a_second_seed_reaches_the_program_by_its_name_and_is_recorded_once(recorded):
    frame = Frame.from_journal(recorded, metric="loss", direction="minimize")
    report = assess(frame, planned=4)
    lines = runs(report)
    assert all("--random_state=" in line and "--seed" not in line for line in lines)
    assert beside(report) == []
    second = [line for line, run in zip(lines, report.plan.runs, strict=True) if run.seed == 3]
    assert second
    for line in second:
        assert main(shlex.split(line)[1:]) == 0
    later = Frame.from_journal(recorded, metric="loss", direction="minimize")
    assert later.n_configurations == frame.n_configurations
    assert later.n_runs == frame.n_runs + len(second)
    assert later.excluded == ()


def test_the_best_configuration_is_told_with_the_seed_that_it_had(recorded):
    frame = Frame.from_journal(recorded, metric="loss", direction="minimize")
    report = assess(frame, planned=4)
    assert report.best
    for one in report.best:
        line = settings(report, one)
        assert f"--random_state={one.seed}" in line
        assert "--seed" not in line


def test_one_that_is_not_the_seed_is_kept_as_it_was(tmp_path):
    """Beside --seed a random_state that never changed is a constant, be it the same number."""
    with journal.open(tmp_path / "runs") as book:
        for i in range(24):
            lr = 0.1 * (i // 2)
            with book.run(lr=lr, wd=i // 2 * 7 % 13, random_state=0, seed=i % 2) as run:
                run.result(loss=lr + 0.01 * (i % 2))
    frame = Frame.from_journal(tmp_path / "runs", metric="loss", direction="minimize")
    assert (frame.seed_name, frame.seeds[:2]) == ("", (0, 1))
    report = assess(frame, planned=6)
    assert report.best
    told = [*runs(report), *(settings(report, one) for one in report.best)]
    wanted = [*(run.seed for run in report.plan.runs), *(one.seed for one in report.best)]
    for line, seed in zip(told, wanted, strict=True):
        assert f"--seed {seed}" in line
        assert "--random_state 0" in line or "random_state=0" in line
    args = command_line("prog {args}", report.plan.runs[0])
    assert f"--seed {report.plan.runs[0].seed}" in args
    assert "--random_state 0" in args


def test_one_that_some_runs_do_not_have_is_not_the_seed_of_all():
    frame = framed(table(random_state=[4, 5, None] * 12))
    assert frame.seed_name == ""


def test_the_plan_as_data_logs_it_under_its_name(recorded):
    frame = Frame.from_journal(recorded, metric="loss", direction="minimize")
    planned = json.loads(as_data(assess(frame, planned=4)))["runs"]
    assert planned
    assert all(run["params"]["random_state"] == run["seed"] for run in planned)


def test_best_takes_it_for_a_seed_as_the_analysis_does(recorded):
    with journal.open(recorded) as book:
        found = best(book.runs(), "loss", direction="minimize")
        assert found.compared == 12
        assert found.noise is not None
        said = ParameterDeclaration(name="random_state", role="studied")
        known = Declarations(parameters={"random_state": said})
        apart = best(book.runs(), "loss", direction="minimize", declared=known)
    assert apart.compared > 12
    assert apart.noise is None


def test_a_planned_run_is_heard_as_the_recorded_ones_were(tmp_path):
    """`--prefix ""` was left out: the planned runs ran, and nothing that they printed counted."""
    program = tmp_path / "train.py"
    program.write_text(PROGRAM.replace("knobwise: ", ""))
    where = ["--journal", str(tmp_path / "runs")]
    for i in range(1, 9):
        command = [sys.executable, str(program), f"--lr={i / 10}", f"--wd={i * 7 % 10}"]
        assert main(["run", *where, "--prefix", "", "--", *command]) == 0
    frame = Frame.from_journal(tmp_path / "runs", metric="loss", direction="minimize")
    report = assess(frame, planned=2)
    assert "--prefix '' --" in (unrecorded(report, "python train.py --lr {lr}") or "")
    lines = runs(report)
    assert all(" --prefix '' " in line for line in lines)
    for line in lines:
        assert main(shlex.split(line)[1:]) == 0
    later = Frame.from_journal(tmp_path / "runs", metric="loss", direction="minimize")
    assert later.n_runs == frame.n_runs + 2


def test_best_pairs_and_counts_by_it_as_by_a_recorded_seed(tmp_path):
    """Six seeds that all settings share, and every run logged twice: copies are no repetitions."""
    rng = np.random.default_rng(0)
    shared, noise = rng.normal(size=6), 0.01 * rng.normal(size=(4, 6))
    found = {}
    for way in ("seed", "random_state"):
        with journal.open(tmp_path / way) as book:
            for at in [(i, k) for i in range(4) for k in range(6)] * 2:
                told = {"lr": 0.1 * at[0]} | ({} if way == "seed" else {way: at[1]})
                result = {"loss": float(at[0] + shared[at[1]] + noise[at])}
                book.log(told, metrics=result, seed=at[1] if way == "seed" else None)
            found[way] = best(book.runs(), "loss", direction="minimize")
    assert found["seed"].noise == found["random_state"].noise
    assert found["seed"].noise.paired
    assert [c.n for c in found["random_state"].configurations] == [6]


def test_the_prefix_is_that_of_the_command_that_is_followed(tmp_path):
    """The best run is of a sweep in one command; the planned ones follow another's, and its."""
    program = tmp_path / "train.py"
    program.write_text(PROGRAM.replace("knobwise: ", "R "))
    sweep = tmp_path / "sweep.py"
    sweep.write_text("print('S loss=0.001')")
    where = ["--journal", str(tmp_path / "runs")]
    for i in range(1, 9):
        command = [sys.executable, str(program), f"--lr={i / 10}", f"--wd={i * 7 % 10}"]
        assert main(["run", *where, "--prefix", "R ", "--", *command]) == 0
    whole = ["-p", "lr=0.05", "-p", "wd=3", "--", sys.executable, str(sweep)]
    assert main(["run", *where, "--prefix", "S ", *whole]) == 0
    report = assess(Frame.from_journal(tmp_path / "runs", metric="loss", direction="minimize"))
    assert all(" --prefix 'R ' " in line and "train.py" in line for line in runs(report))


def test_a_prefix_that_is_no_text_is_heard_and_not_recorded(tmp_path):
    program = tmp_path / "train.py"
    program.write_text("import sys; sys.stdout.buffer.write(b'\\xff loss=1.5\\n')")
    where = ["--journal", str(tmp_path / "runs")]
    command = [
        "run",
        *where,
        "--prefix",
        "\udcff ",
        "-p",
        "lr=1",
        "--",
        sys.executable,
        str(program),
    ]
    assert main(command) == 0
    with journal.open(tmp_path / "runs") as book:
        (run,) = book.runs()
    assert run.metrics == {"loss": 1.5}
    assert "run" not in run.context
