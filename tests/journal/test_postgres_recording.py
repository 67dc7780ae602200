"""Recording straight into a team's journal: forks, signals, a server that goes away and returns."""

import re
import signal
import subprocess
import sys
import threading
import time
import warnings
from collections.abc import Iterator
from itertools import count

import pytest

import journal
from journal import copying, postgres
from journal.cli import main
from journal.errors import JournalNotFound
from journal.ids import uuid7
from journal.journal import Journal
from journal.verification import verify
from tests.journal.programs import await_line, begin, end, perform
from tests.journal.server import Server

pytestmark = pytest.mark.postgres
_names = count()


@pytest.fixture(scope="module")
def server() -> Iterator[Server]:
    with Server() as running:
        yield running


@pytest.fixture
def address(server: Server, monkeypatch: pytest.MonkeyPatch) -> str:
    """Of a database without a journal, which programs record into by default."""
    told = server.database(f"rec{next(_names)}")
    monkeypatch.setenv("KNOBWISE_JOURNAL", told)
    return told


@pytest.fixture
def team(address: str) -> Iterator[Journal]:
    with journal.open(address) as book:
        yield book
        assert verify(book.store).sound


def script(address: str, text: str) -> tuple[int, str, str]:
    return perform(text, variables={"KNOBWISE_JOURNAL": address})


def started(address: str, program: str | list[str]) -> subprocess.Popen[str]:
    told = {"KNOBWISE_JOURNAL": address}
    return begin(program, variables=told, stdin=subprocess.PIPE)


def test_no_table_is_made_for_a_run_of_another_journal(address, capfd):
    run = uuid7()
    for words in (["metric", run, "loss=1"], ["finish", run, "-m", "loss=1"]):
        assert main(words) == 2
        assert "not recorded: loss=1.0; give the same command" in capfd.readouterr().err
    with pytest.raises(JournalNotFound):
        journal.open(address).read()
    assert main(["start", "lr=1", "--pid", "0"]) == 0
    run = capfd.readouterr().out.strip()
    assert main(["metric", run, "loss=1"]) == main(["finish", run]) == 0


def test_a_run_is_recorded_as_in_a_folder(team, tmp_path):
    with journal.open(tmp_path / "folder") as folder:
        for book in (team, folder):
            with book.run(lr=1e-3, act="relu", seed=0) as run:
                for step in range(5):
                    run.log(step, loss=1 / (step + 1), nan=float("nan"))
                run.tag("x")
                run.result(acc=0.5)
        (there,), (here,) = team.runs(), folder.runs()
    told = [(r.params, r.seed, r.status, repr(r.metrics), repr(r.series), r.tags)
            for r in (there, here)]  # fmt: skip
    assert told[0] == told[1]


def test_forks_and_threads_log_for_themselves_and_the_parent_ends_the_run(address, team):
    status, _, err = script(
        address,
        """
        import os, threading, journal
        with journal.run(lr=1) as run:
            run.log(0, parent=1)
            run.flush()
            thread = threading.Thread(target=lambda: [run.log(i, thread=i) for i in range(50)])
            thread.start()
            children = []
            for k in range(3):
                pid = os.fork()
                if pid == 0:
                    with run:
                        run.log(k, child=k)
                        run.flush()
                    os._exit(0)
                children.append(pid)
            assert {os.waitpid(pid, 0)[1] for pid in children} == {0}
            thread.join()
            run.result(acc=1)
        """,
    )
    assert (status, err) == (0, "")
    (run,) = team.runs()
    assert (run.status, run.metrics["acc"]) == ("finished", 1.0)
    assert {step for step, _ in run.series["child"]} == {0, 1, 2}
    assert len(run.series["thread"]) == 50


@pytest.mark.parametrize("name", ["SIGTERM", "SIGINT"])
def test_a_signal_ends_the_run_in_the_database(address, team, name):
    process = started(
        address,
        """
        import time, journal
        with journal.run(lr=1) as run:
            run.log(0, loss=1)
            run.result(acc=0.5)
            print("ready", flush=True)
            for _ in range(600): time.sleep(0.1)
        """,
    )
    await_line(process, "ready")
    process.send_signal(getattr(signal, name))
    assert end(process)[0] == -getattr(signal, name)
    (run,) = team.runs()
    assert (run.status, run.metrics) == ("killed", {"loss": 1.0, "acc": 0.5})


def test_a_killed_program_is_interrupted_and_what_was_flushed_is_there(address, team):
    process = started(
        address,
        """
        import time, journal
        with journal.run(lr=1) as run:
            run.log(0, loss=1)
            run.flush()
            print("ready", flush=True)
            time.sleep(60)
        """,
    )
    await_line(process, "ready")
    process.kill()
    end(process)
    (run,) = team.runs()
    assert (run.status, run.metrics) == ("interrupted", {"loss": 1.0})


def test_the_wrapper_records_there_and_its_program_joins_the_run(address, team):
    text = "import journal\nwith journal.run() as run:\n    run.result(acc=0.25)\n"
    words = ["run", "--", sys.executable, "-c", text, "--lr", "3e-4"]
    status, out, err = perform(words, variables={"KNOBWISE_JOURNAL": address})
    assert (status, out) == (0, "")
    assert "password" not in err
    (run,) = team.runs()
    assert (run.params["lr"], run.metrics, run.status) == (3e-4, {"acc": 0.25}, "finished")


@pytest.mark.parametrize(("name", "status"), [("SIGTERM", "killed"), ("SIGKILL", "interrupted")])
def test_a_wrapper_that_is_ended_leaves_a_run_that_says_so(address, team, name, status):
    process = started(address, ["run", "--", "sh", "-c", "echo ready; exec sleep 1"])
    await_line(process, "ready")
    (run,) = team.runs()
    assert run.status == "running"
    process.send_signal(getattr(signal, name))
    process.wait()
    assert [run.status for run in team.runs()] == [status]
    end(process)


def test_a_run_is_told_step_by_step(address, team, knobwise):
    run = knobwise("start", "lr=0.1", "--seed", "3", "--journal", address).out.strip()
    assert knobwise("metric", run, "loss=0.5", "--step", "1", "--journal", address).status == 0
    assert knobwise("metric", run, "acc=0.9", "--journal", address).status == 0
    assert knobwise("finish", run[-8:], "--journal", address).status == 0
    (told,) = team.runs()
    assert (told.params, told.seed, told.status) == ({"lr": 0.1}, 3, "finished")
    assert told.metrics == {"loss": 0.5, "acc": 0.9}


def test_training_goes_on_while_the_server_is_away_and_nothing_is_lost(server, team, monkeypatch):
    monkeypatch.setattr(postgres, "PATIENCE_SECONDS", 0.3)
    with warnings.catch_warnings(record=True) as told, team.run(lr=1) as run:
        warnings.simplefilter("always")
        for step in range(40):
            if step == 10:
                server.kill()
            if step == 30:
                server.start()
            begun = time.monotonic()
            run.log(step, loss=step / 7)
            assert time.monotonic() - begun < 5  # the disk is the flusher's business
            time.sleep(0.05)
        run.result(acc=1)
    assert threading.active_count() < 10
    (found,) = team.runs()
    assert found.series["loss"] == tuple((step, step / 7) for step in range(40))
    assert (found.status, found.metrics["acc"]) == ("finished", 1.0)
    assert all("is not being recorded" in str(warning.message) for warning in told)


def test_what_a_server_that_stays_away_cannot_take_is_kept_and_copied_later(
    server, address, team, tmp_path, knobwise
):
    process = started(
        address,
        f"""
        import tempfile, warnings, journal.postgres
        tempfile.tempdir = {str(tmp_path)!r}
        journal.postgres.PATIENCE_SECONDS = 0.3
        warnings.simplefilter("default")
        with journal.run(lr=1) as run:
            run.log(0, loss=1)
            run.flush()
            print("ready", flush=True)
            input()
            run.log(1, loss=2)
            run.result(acc=0.5)
        print("trained")
        """,
    )
    await_line(process, "ready")
    server.kill()
    status, out, err = end(process, "\n")
    server.start()
    assert (status, out) == (0, "trained\n")
    assert [(run.status, dict(run.metrics)) for run in team.runs()] == [
        ("interrupted", {"loss": 1.0})
    ]
    command = re.search(r"knobwise copy (\S+) (\S+)", err)
    assert command is not None, err
    with journal.open(command[1]) as rescued:
        assert copying.copy(rescued, team).new > 0
        assert copying.copy(rescued, team).new == 0
    assert [(run.status, dict(run.metrics)) for run in team.runs()] == [
        ("finished", {"loss": 2.0, "acc": 0.5})
    ]


def test_a_connection_that_outlives_the_modules_of_a_process_is_no_error_of_ours(address):
    """psycopg's own remark on it is one that Python shows to those who ask for it."""
    program = "import journal, logging\nb = journal.open()\nb.log({'a': 1})\n"
    status, out, err = script(address, program + "logging.kept = lambda: b")
    assert (status, out, "PostgresStore" in err) == (0, "", False)
    assert len([*journal.open(address).runs()]) == 1
