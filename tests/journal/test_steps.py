"""``start``, ``metric``, ``finish``: a run from any shell; and when it counts as interrupted."""

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

import journal
from tests.journal.programs import ROOT, begin, end


def only():
    (run,) = journal.open().runs()
    return run


def test_a_run_is_told_step_by_step(knobwise):
    begun = knobwise("start", "optim.lr=3e-4", "act=relu", "--seed", "0", "--tag", "a",
                     "--note", "n")  # fmt: skip
    run = begun.out.strip()
    assert (begun.status, re.fullmatch(r"[0-9a-f-]{36}", run) is not None) == (0, True)
    assert only().status == "running"
    for step in range(3):
        assert knobwise("metric", run, f"loss={step / 2}", "acc=nan", "--step", str(step)).out == ""
    assert knobwise("metric", run[-8:], "best=7").status == 0
    assert knobwise("finish", run, "-m", "accuracy=0.93").status == 0
    told = only()
    assert (told.id, told.status, told.seed, told.tags) == (run, "finished", 0, ("a",))
    assert dict(told.params) == {"optim.lr": 3e-4, "act": "relu"}
    assert told.series["loss"] == ((0, 0.0), (1, 0.5), (2, 1.0))
    assert {n: told.metrics[n] for n in ("best", "accuracy", "loss")} == {
        "best": 7.0, "accuracy": 0.93, "loss": 1.0,
    }  # fmt: skip
    assert told.seconds is not None
    assert "host" in told.context


@pytest.mark.parametrize(
    ("words", "status"),
    [
        ([], "finished"), (["--exit-code", "0"], "finished"), (["--exit-code", "1"], "failed"),
        (["--exit-code", "143"], "killed"), (["--exit-code", "139"], "failed"),
        (["--exit-code", "1", "--status", "killed"], "killed"),
        (["--status", "failed", "--error", "diverged"], "failed"),
    ],
)  # fmt: skip
def test_how_it_ended_is_said_or_follows_from_the_exit_code(knobwise, words, status):
    run = knobwise("start", "lr=1").out.strip()
    assert knobwise("finish", run, *words, "--seconds", "2.5").status == 0
    assert (only().status, only().seconds) == (status, 2.5)
    assert only().error == ("diverged" if "--error" in words else None)


def test_within_a_wrapper_the_id_is_known(knobwise, monkeypatch):
    run = knobwise("start").out.strip()
    monkeypatch.setenv("KNOBWISE_RUN", run)
    assert knobwise("metric", "loss=0.5", "--step", "3").status == 0
    assert knobwise("finish", "-m", "acc=1").status == 0
    assert only().metrics == {"loss": 0.5, "acc": 1.0}


ELSEWHERE = "01a208d6-b40b-743b-8d18-c2eac696e088"


@pytest.mark.parametrize("command", ["metric", "finish"])
@pytest.mark.parametrize("way", ["found", "named", "exported"])
def test_where_no_journal_is_none_begins_for_a_run_of_another(knobwise, monkeypatch, command, way):
    run = knobwise("start", "lr=1", "--journal", "a").out.strip()
    if way == "exported":
        monkeypatch.setenv("KNOBWISE_JOURNAL", "b")
    words = [command, run, *(["-m"] if command == "finish" else []), "acc=0.9"]
    where = ["--journal", "b"] if way == "named" else []
    outcome = knobwise(*words, *where)
    assert (outcome.status, outcome.out) == (2, "")
    assert f"no run has the id {run} in " in outcome.err
    assert "not recorded: acc=0.9; give the same command the run's journal" in outcome.err
    assert "a new journal" not in outcome.err
    assert [path.name for path in Path().iterdir()] == ["a"]
    assert knobwise(*words, "--journal", "a").status == 0
    (told,) = journal.open("a").runs()
    assert told.metrics == {"acc": 0.9}


def test_an_empty_folder_is_no_journal_either(knobwise):
    Path("b").mkdir()
    assert knobwise("metric", ELSEWHERE, "acc=0.9", "--journal", "b").status == 2
    assert list(Path("b").iterdir()) == []


def test_finish_refuses_what_is_not_in_the_journal_and_metric_does_not_look(knobwise):
    book = journal.open()
    book.log({"lr": 1})
    outcome = knobwise("finish", ELSEWHERE, "--status", "failed")
    assert outcome.status == 2
    assert "nothing was recorded; give the same command the run's journal" in outcome.err
    assert len(book.read().events) == 1
    assert knobwise("metric", ELSEWHERE, "loss=1", "--step", "1").status == 0
    assert [event.run for event in book.fold().orphans] == [ELSEWHERE]
    assert knobwise("finish", ELSEWHERE).status == 2


def test_the_wrappers_run_is_taken_though_a_disk_kept_it_out_so_far(knobwise, monkeypatch):
    monkeypatch.setenv("KNOBWISE_RUN", ELSEWHERE)
    for words in (["metric", "loss=1"], ["finish"]):
        assert knobwise(*words).status == 2  # a shell's variable alone is no wrapper
    monkeypatch.setenv("KNOBWISE_JOURNAL", "book")
    monkeypatch.setenv("KNOBWISE_METRICS", "metrics.jsonl")
    for words in (["metric", "loss=1"], ["finish"]):
        assert knobwise(*words, "--journal", "other").status == 2
        assert knobwise(*words).status == 0
    assert [type(event).__name__ for event in journal.open().fold().orphans] == [
        "Amended", "Finished",
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("words", "status", "told"),
    [
        (["metric", "loss=1"], 2, "the run's id is missing"),
        (["metric", "ffffffff", "loss=1"], 2, "no run has the id"),
        (["metric", "ffffffff"], 2, "nothing was measured"),
        (["metric", "{run}", "loss=high"], 2, "the metric loss is 'high'"),
        (["finish", "{run}", "--status", "fine"], 2, "the status is 'fine'"),
        (["start", "lr"], 2, "a parameter is written name=value"),
        (["start", "lr=1", "--pid", "4194999"], 2, "no such process"),
    ],
)
def test_what_is_not_understood_is_said_and_nothing_is_written(knobwise, words, status, told):
    run = knobwise("start").out.strip()
    outcome = knobwise(*(word.format(run=run) for word in words))
    assert outcome.status == status
    assert told in outcome.err
    assert len(journal.open().read().events) == 1


def test_a_run_is_interrupted_once_the_shell_that_began_it_is_gone():
    script = f"{sys.executable} -m journal start lr=1; echo ready; read wait"
    shell = subprocess.Popen(
        ["sh", "-c", script], env={**os.environ, "PYTHONPATH": str(ROOT)}, stdin=subprocess.PIPE,
        stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True,
    )  # fmt: skip
    with shell:
        assert shell.stdout is not None
        while shell.stdout.readline().strip() != "ready":
            pass
        assert only().status == "running"
        shell.kill()
    assert only().status == "interrupted"


def test_the_process_to_watch_can_be_named_or_none():
    sleeper = subprocess.Popen(["sleep", "60"])
    with sleeper:
        assert end(begin(["start", "a=1", "--pid", str(sleeper.pid)]))[0] == 0
        assert end(begin(["start", "a=2", "--pid", "0"]))[0] == 0
        statuses = [run.status for run in journal.open().runs()]
        sleeper.kill()
    assert statuses == ["running", "running"]
    assert [run.status for run in journal.open().runs()] == ["interrupted", "running"]


def test_the_plain_parsers_have_the_options_of_the_typer_commands():
    from typer.main import get_command

    from journal.cli import app
    from journal.onestep import METRIC_OPTIONS, REPEATED, RUN_FLAGS, RUN_OPTIONS

    commands = get_command(app()).commands  # type: ignore[attr-defined]
    options = {
        name: {o: p for p in commands[name].params for o in p.opts if o[0] == "-" and o != "--help"}
        for name in ("run", "metric")
    }
    assert options["metric"].keys() == METRIC_OPTIONS.keys()
    assert options["run"].keys() == RUN_OPTIONS.keys() | RUN_FLAGS.keys()
    assert {o for o, p in options["run"].items() if p.is_flag} == RUN_FLAGS.keys()
    assert {RUN_OPTIONS[o] for o, p in options["run"].items() if p.multiple} == REPEATED


def test_a_step_without_typer_is_the_same_event(knobwise, monkeypatch):
    from journal.bodies import body

    run = knobwise("start", "--pid", "0").out.strip()
    words = [["metric", run, "a=nan", "b/c=1e-3", "--step=3"], ["metric", run, "a=inf"]]
    for each in words:
        assert knobwise(*each).status == 0
    monkeypatch.setattr("journal.onestep.plain", lambda words: None)
    for each in words:
        assert knobwise(*each).status == 0
    first, second, *again = journal.open().read().events[1:]
    assert [(type(e), repr(body(e))) for e in (first, second)] == [
        (type(e), repr(body(e))) for e in again
    ]


def test_a_step_loads_no_command_line_library(tmp_path):
    code = (
        "import sys; sys.path.insert(0, sys.argv[1]); from journal.cli import main;"
        "main(['metric', sys.argv[2], 'a=1', '--step', '2']);"
        "print(sorted({'typer', 'dataclasses', 'pathlib', 'numpy'} & set(sys.modules)))"
    )
    run = journal.open().log({"lr": 1})
    done = subprocess.run(
        [sys.executable, "-I", "-c", code, str(ROOT), run], capture_output=True, text=True,
        check=True,
    )  # fmt: skip
    assert done.stdout == "[]\n"
