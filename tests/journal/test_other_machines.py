"""Whose process it is: machines of one name in one folder, a machine started again, a container."""

import shutil
import subprocess
import sys
from datetime import UTC, datetime, timedelta

import pytest

import journal
from journal import processes
from journal.events import Metrics, Started
from journal.host import booted_at
from journal.ids import uuid7
from tests.journal.programs import ROOT

HERE = processes.this_process()


def elsewhere():
    return processes.Process(host=HERE.host, boot="another", pid=HERE.pid, born=HERE.born)


def test_a_machine_of_the_same_name_is_not_this_one_before_its_start():
    booted = datetime.fromtimestamp(booted_at(), UTC)
    assert processes.is_alive(elsewhere(), booted - timedelta(minutes=1)) is False
    assert processes.is_alive(elsewhere(), datetime.now(UTC)) is None
    assert processes.is_alive(HERE, datetime.now(UTC)) is True


@pytest.mark.parametrize(
    ("began", "heard", "status"),
    [(1, 2, "running"), (-1, 1, "running"), (-2, -1, "interrupted")],
    ids=["since", "heard-of-since", "before"],
)
def test_a_run_on_a_machine_of_the_same_name_goes_on(monkeypatch, began, heard, status):
    """began, heard: minutes after this machine's start."""
    start = datetime.now(UTC)
    monkeypatch.setattr("journal.processes.booted_at", start.timestamp)

    def at(minutes):
        return start + timedelta(minutes=minutes)

    book = journal.open()
    run = uuid7()
    book.append(
        [
            Started(
                id=run, run=run, at=at(began), params={}, seed=None, tags=(), note=None,
                process=elsewhere(), context={},
            ),
            Metrics(id=uuid7(), run=run, at=at(heard), step=(0,), name=("loss",), value=(1.0,)),
        ]
    )  # fmt: skip
    (seen,) = book.runs()
    assert seen.status == status


INITIAL = """
import os, subprocess, threading, time, journal
assert os.getpid() == 1
threading.Thread(target=time.sleep, args=(30,)).start()
with journal.run(lr=1) as run:
    run.log(0, loss=1)
    try:
        subprocess.run(["sh", "-c", "kill -TERM 1"])
        time.sleep(30)
    except BaseException:
        print("nothing is unwound")
"""


def test_the_first_process_of_a_container_ends_when_it_is_told_to():
    """A kernel lets no signal of its own namespace end it but by a handler."""
    unshare = [shutil.which("unshare") or "unshare", "--pid", "--fork", "--mount-proc"]
    try:
        subprocess.run([*unshare, "true"], check=True, capture_output=True)
    except (OSError, subprocess.CalledProcessError) as refused:
        pytest.skip(f"this system makes no namespace: {refused}")
    done = subprocess.run(
        [*unshare, sys.executable, "-W", "error", "-c", INITIAL], check=False,
        env={"PYTHONPATH": str(ROOT), "PATH": "/usr/bin:/bin"},
        capture_output=True, text=True, timeout=25,
    )  # fmt: skip
    assert (done.returncode, done.stdout, done.stderr) == (128 + 15, "", "")
    (run,) = journal.open().runs()
    assert (run.status, run.error, run.metrics) == ("killed", "SIGTERM", {"loss": 1.0})
