"""``knobwise import optuna``: steps are kept, and what is broken stops nothing else."""

import json
import sqlite3
import time
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path

import pytest

import journal
from journal.declarations import Declarations
from journal.events import Declared
from journal.ids import NO_UUID
from journal.importers_declared import settle

FILES = Path(__file__).with_name("files")


def space(kind: str, **attributes: object) -> str:
    return json.dumps({"name": f"{kind}Distribution", "attributes": attributes})


def study(*trials: dict[str, tuple[object, str]]) -> None:
    """Optuna's journal file of these trials: each parameter's internal value and distribution."""
    studies({"s": 1}, *((0, trial) for trial in trials))


def studies(directions: dict[str, int], *trials: tuple[int, dict[str, tuple[object, str]]]) -> None:
    """The same of several studies; each trial with the place of its own."""
    lines: list[dict[str, object]] = [
        {"op_code": 0, "study_name": name, "directions": [code]}
        for name, code in directions.items()
    ]
    for number, (place, params) in enumerate(trials):
        lines.append(
            {"op_code": 4, "study_id": place, "datetime_start": f"2026-01-01T00:00:{number:02}Z"}
        )
        lines += (
            {"op_code": 5, "trial_id": number, "param_name": name, "param_value_internal": value,
             "distribution": told}
            for name, (value, told) in params.items()
        )  # fmt: skip
        lines.append({"op_code": 6, "trial_id": number, "state": 1, "values": [number / 8]})
    Path("s.log").write_text("".join(json.dumps(line) + "\n" for line in lines))


TENTHS = space("Float", low=0.0, high=0.5, step=0.1, log=False)


def test_few_steps_are_levels_as_they_were_tried(knobwise):
    units = space("Int", low=16, high=64, step=16, log=False)
    old = space("DiscreteUniform", low=0.1, high=0.55, q=0.1)
    study(
        {"drop": (0.1 * 3, TENTHS), "units": (48.0, units), "old": (0.2, old)},
        {"drop": (0.1, TENTHS), "units": (16.0, units), "old": (0.5, old)},
    )
    shown = knobwise("import", "optuna", "s.log", "--dry-run")
    assert "declared   drop: 0.0, 0.1, 0.2, 0.30000000000000004, 0.4, 0.5" in shown.out
    done = knobwise("import", "optuna", "s.log")
    assert "knobwise: drop: its steps of 0.1 make 6 levels" in done.err
    assert "knobwise: units: its steps of 16 make 4 levels" in done.err
    declared = journal.open().declarations().parameters
    assert declared["drop"].levels == (0.0, 0.1, 0.2, 0.1 * 3, 0.4, 0.5)
    assert declared["units"].levels == (16, 32, 48, 64)
    assert all(type(level) is int for level in declared["units"].levels)
    assert declared["old"].levels == (0.1, 0.2, 0.1 + 2 * 0.1, 0.4, 0.5)
    assert all(run.params["drop"] in declared["drop"].levels for run in journal.open().runs())


def test_a_study_that_has_grown_has_its_new_trials_among_the_levels(knobwise):
    trials = [{"drop": (min(0.1 * k, 0.5), TENTHS)} for k in (0, 1, 2, 3, 4, 5, 3)]
    study(*trials[:2])
    knobwise("import", "optuna", "s.log")
    study(*trials)
    assert "5 runs imported, 2 known already" in knobwise("import", "optuna", "s.log").err
    levels = journal.open().declarations().parameters["drop"].levels
    assert {run.params["drop"] for run in journal.open().runs()} == set(levels)


@pytest.mark.parametrize(
    ("tried", "told", "why"),
    [
        ([0.25], space("Float", low=0.0, high=1.0, step=0.001), "(1,001 points), its range is"),
        ([0.3, 0.1 * 3], TENTHS, "0.3 and 0.30000000000000004 would be two"),
        ([0.1, 0.25], TENTHS, "0.25 is none of them"),
    ],
)
def test_other_steps_are_said_not_to_be_declared_and_the_range_is(knobwise, tried, told, why):
    study(*({"x": (value, told)} for value in tried))
    done = knobwise("import", "optuna", "s.log")
    assert done.status == 0
    assert f"of {'0.001' if '0.001' in told else '0.1'} are not declared" in done.err
    assert why in done.err
    declared = journal.open().declarations().parameters["x"]
    assert (declared.levels, declared.domain is None) == ((), False)


def test_without_steps_nothing_is_said(knobwise):
    study({"x": (0.25, space("Float", low=0.0, high=1.0, step=None, log=False)),
           "n": (3, space("Int", low=1, high=4, step=1, log=False))})  # fmt: skip
    assert "its steps" not in knobwise("import", "optuna", "s.log").err
    declared = journal.open().declarations().parameters
    assert (declared["x"].domain, declared["n"].domain) == ((0.0, 1.0), (1.0, 4.0))


@pytest.mark.parametrize("told", ["{torn", "", "[" * 100_000, '{"name": "Float"}', "[]"])
def test_a_distribution_that_is_none_refuses_its_trial_alone(knobwise, told):
    study({"x": (0.1, TENTHS)}, {"x": (0.2, told)}, {"x": (0.3, TENTHS)})
    for command in (["--dry-run"], []):
        done = knobwise("import", "optuna", "s.log", *command)
        assert done.status == 1
        assert "not understood: study s, trial 1: " in done.out + done.err
    assert [run.params["x"] for run in journal.open().runs()] == [0.1, 0.3]
    assert len(journal.open().declarations().parameters["x"].levels) == 6


def test_a_step_that_is_no_number_is_said_and_the_trials_are_imported(knobwise):
    for step in ("much", float("inf")):
        study({"x": (0.1, space("Float", low=0.0, high=0.5, step=step))})
        done = knobwise("import", "optuna", "s.log", "--journal", str(step))
        assert done.status == 0
        assert "x: what it may be is not understood, and not declared" in done.err


def test_an_sqlite_file_with_broken_cells_loses_these_trials_alone(knobwise):
    with closing(sqlite3.connect("o.db")) as connection:
        connection.executescript((FILES / "optuna.sql").read_text())
        connection.execute("UPDATE trial_params SET distribution_json = '{' WHERE param_id = 1")
        connection.execute("UPDATE trial_params SET param_value = NULL WHERE trial_id = 2")
        connection.execute("UPDATE trial_user_attributes SET value_json = 'x' WHERE trial_id = 3")
        connection.commit()
    done = knobwise("import", "optuna", "o.db")
    assert done.status == 1
    assert "5 runs imported" in done.err
    assert "trial 0: the distribution of " in done.err
    assert "trial 1: None stands for no value of a " in done.err


RATE = space("Float", low=1e-4, high=0.1, step=None, log=True)


def test_what_an_import_declares_is_said_and_who_lies_outside(knobwise):
    knobwise("log", "lr=3", "act=tanh")
    knobwise("log", "lr=0.01")
    study({"lr": (0.01, RATE)}, {"lr": (0.02, RATE)})
    done = knobwise("import", "optuna", "s.log")
    assert done.err.splitlines() == [
        "2 runs imported",
        "knobwise: declared value: minimize",
        "knobwise: declared lr: log; 0.0001 to 0.1",
        "knobwise: 1 run has lr = 3, outside its domain 0.0001 to 0.1",
    ]
    assert "declared" not in knobwise("import", "optuna", "s.log").err  # nothing new is


def test_what_the_journal_says_otherwise_stays_and_is_told(knobwise):
    knobwise("declare", "parameter", "lr", "--domain", "0:1")
    knobwise("declare", "metric", "value", "--direction", "minimize")
    study({"lr": (0.01, RATE)})
    told = knobwise("import", "optuna", "s.log").err
    said = "lr was declared before, and that stays: 0 to 1 (here it is log; 0.0001 to 0.1)"
    assert f"knobwise: {said}\n" in told
    assert "value" not in told  # it is the same
    assert journal.open().declarations().parameters["lr"].domain == (0, 1)


def test_of_two_studies_that_differ_both_are_told():
    wide, narrow = (
        Declared(id=NO_UUID, run=None, at=datetime.now(UTC), parameter="lr", domain=(0, high))
        for high in (9, 1)
    )
    settled = settle([wide, narrow, narrow], Declarations())
    assert list(settled.told([])) == [
        "declared lr: 0 to 1", "lr is declared anew: it was 0 to 9",
    ]  # fmt: skip
    assert list(settle([wide, wide], Declarations()).told([])) == ["declared lr: 0 to 9"]
    many = [
        Declared(id=NO_UUID, run=None, at=datetime.now(UTC), metric=f"m{i}", unit="s")
        for i in range(14)
    ]
    assert list(settle(many, Declarations()).told([]))[11:] == [
        "declared m11: s", "declared 2 more, which --dry-run shows",
    ]  # fmt: skip


def test_studies_of_one_file_have_one_range_as_wide_as_any(knobwise):
    fine = space("Float", low=1e-3, high=1.0, step=None, log=True)
    plain = space("Float", low=0.0, high=1.0, step=None, log=False)
    choice = space("Categorical", choices=["a", "b"])
    studies(
        {"first": 1, "second": 1},
        (0, {"lr": (1e-4, RATE), "drop": (0.5, plain), "depth": (0.5, plain)}),
        (1, {"lr": (0.5, fine), "drop": (0.5, fine), "depth": (0, choice)}),
    )
    knobwise("log", "x=1")
    done = knobwise("import", "optuna", "s.log")
    assert done.err.splitlines() == [
        "2 runs imported",
        "knobwise: drop: on a log scale in some trials only: no scale is declared, its range is",
        "knobwise: depth: a choice in some trials, a range in others: neither is declared",
        "knobwise: declared value: minimize",
        "knobwise: declared lr: log; 0.0001 to 1",
        "knobwise: declared drop: 0 to 1",
    ]


def test_a_direction_on_which_studies_disagree_is_said_and_not_declared(knobwise):
    studies({"down": 1, "up": 2, "too": 2}, (0, {}), (1, {}), (2, {}))
    done = knobwise("import", "optuna", "s.log")
    said = "value: minimize in study down and maximize in study up: its direction is not declared"
    assert f"knobwise: {said} (--study NAME --objective NAME " in done.err
    assert not journal.open().declarations().metrics
    done = knobwise("import", "optuna", "s.log", "--study", "up", "--objective", "acc")
    assert "knobwise: declared acc: maximize" in done.err


def test_what_the_user_said_of_a_study_is_in_the_context_of_its_runs(knobwise):
    study({"lr": (0.01, RATE)})
    with Path("s.log").open("a") as log:
        log.write(json.dumps({"op_code": 2, "study_id": 0, "user_attr": {"data": "mnist"}}) + "\n")
    with closing(sqlite3.connect("o.db")) as connection, connection:
        connection.executescript((FILES / "optuna.sql").read_text())
        connection.execute("INSERT INTO study_user_attributes VALUES (1, 1, 'data', '\"mnist\"')")
    for file, study_name in (("s.log", "s"), ("o.db", "digits")):
        assert knobwise("import", "optuna", file, "--journal", file + "s").status == 0
        told = [run.context["optuna"] for run in journal.open(file + "s").runs()]
        said = {one["study"]: one.get("study_attrs") for one in told if isinstance(one, dict)}
        assert said.pop(study_name) == {"data": "mnist"}
        assert set(said.values()) <= {None}


def test_a_trial_is_the_same_run_wherever_it_is_imported(knobwise, monkeypatch):
    """Optuna's times are local and say no zone; the copy of a study may have them without a T."""
    study({"lr": (0.01, RATE)})
    log = Path("s.log").read_text()
    Path("s.log").write_text(log.replace("00:00:00Z", "00:00:00"))
    Path("copy.log").write_text(log.replace("T00:00:00Z", " 00:00:00.000000"))
    for zone in ("UTC", "Asia/Seoul", "America/New_York"):
        with monkeypatch.context() as here:
            here.setenv("TZ", zone)
            time.tzset()
            told = [knobwise("import", "optuna", file) for file in ("s.log", "copy.log")]
        time.tzset()
        assert [one.status for one in told] == [0, 0]
    (run,) = journal.open().runs()
    assert run.started_at == datetime(2026, 1, 1, tzinfo=UTC)


@pytest.mark.parametrize(
    "line",
    [
        "[" * 30_000,
        '{"op_code": 4, "study_id": 0, "state": 7}',
        '{"op_code": 4, "study_id": 0, "state": -1}',
        '{"op_code": 6, "trial_id": 0, "state": 5, "values": [1]}',
        '{"op_code": 6, "trial_id": -1, "state": 1, "values": [1]}',
        '{"op_code": 0, "study_name": "t", "directions": [[1]]}',
        '{"op_code": 0, "study_name": "t", "directions": 1}',
        '{"op_code": 3, "study_id": 0, "system_attr": {"study:metric_names": [["m"]]}}',
        '{"op_code": 3, "study_id": 0, "system_attr": {"study:metric_names": "ab"}}',
    ],
)
def test_a_line_of_odd_values_is_named_and_changes_no_other_trial(knobwise, line):
    """Also of what comes later: a trial, or a study, that is not understood has its number."""
    study({"x": (0.5, TENTHS)}, {"x": (0.25, TENTHS)})
    first, begun, *rest = Path("s.log").read_text().splitlines()
    if '"op_code": 4' in line:  # the number after that of the first trial is its
        rest = [one.replace('"trial_id": 1', '"trial_id": 2') for one in rest]
    Path("s.log").write_text("\n".join([first, begun, line, *rest]) + "\n")
    done = knobwise("import", "optuna", "s.log")
    assert done.status == 1
    assert "not understood: line 3 is no operation of Optuna's journal" in done.err
    runs = journal.open().runs()
    told = sorted((run.params["x"], run.metrics["value"]) for run in runs)
    assert told == [(0.25, 0.125), (0.5, 0.0)]


def test_a_study_that_is_not_understood_has_its_number(knobwise):
    studies({"s": 1, "t": 1}, (1, {"x": (0.5, TENTHS)}))
    lines = Path("s.log").read_text().replace('"s", "directions": [1]', '"s", "directions": [[1]]')
    Path("s.log").write_text(lines)
    assert "line 1 is no operation" in knobwise("import", "optuna", "s.log").err
    assert [(run.tags, run.params["x"]) for run in journal.open().runs()] == [(("t",), 0.5)]


def test_a_database_with_odd_metric_names_is_refused_in_a_line(knobwise):
    with closing(sqlite3.connect("o.db")) as connection:
        connection.executescript((FILES / "optuna.sql").read_text())
        for told in ("[[1]]", "{"):
            names = "UPDATE study_system_attributes SET value_json = ?"
            connection.execute(f"{names} WHERE key = 'study:metric_names'", (told,))
            connection.commit()
            refused = knobwise("import", "optuna", "o.db")
            assert (refused.status, "Optuna does not write this" in refused.err) == (1, True)
