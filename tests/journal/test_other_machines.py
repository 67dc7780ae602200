"""Whose process it is: machines of one name in one folder, a machine started again, a container."""

import shutil
import subprocess
import sys
from datetime import UTC, datetime, timedelta

import pytest

import journal
from journal import processes
from journal.host import booted_at
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
    ("minutes", "status"), [(1, "running"), (-1, "interrupted")], ids=["since", "before"]
)
def test_a_run_on_a_machine_of_the_same_name_goes_on(monkeypatch, minutes, status):
    with monkeypatch.context() as there:
        there.setattr("journal.recording.this_process", elsewhere)
        run = journal.run(lr=1).start()
        run.log(0, loss=1)
        run.flush()
    (begun,) = journal.open().runs()
    started = begun.started_at.timestamp() - 60 * minutes
    monkeypatch.setattr("journal.processes.booted_at", lambda: started)
    (seen,) = journal.open().runs()
    assert seen.status == status
    run.finish()
    assert [told.status for told in journal.open().runs()] == ["finished"]


INITIAL = """
import os, subprocess, time, journal
assert os.getpid() == 1
with journal.run(lr=1) as run:
    run.log(0, loss=1)
    subprocess.run(["sh", "-c", "kill -TERM 1"])
    time.sleep(30)
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
        capture_output=True, text=True, timeout=60,
    )  # fmt: skip
    assert (done.returncode, done.stderr) == (128 + 15, "")
    (run,) = journal.open().runs()
    assert (run.status, run.error, run.metrics) == ("killed", "SIGTERM", {"loss": 1.0})
