"""``knobwise run --strict``, and without: a journal that cannot be written."""

import errno
import subprocess
import sys
import tempfile

import pytest

import journal
from journal.writer import Writer
from tests.journal.test_wrapper import wrapped

PYTHON = sys.executable


def test_a_journal_that_cannot_be_written_stops_nothing_unless_strict(tmp_path):
    (tmp_path / "file").write_text("")
    place = str(tmp_path / "file" / "journal")
    words = ["--journal", place, "--", "sh", "-c", "echo trained; exit 4"]
    status, out, err = wrapped(*words, TMPDIR=str(tmp_path))
    assert (status, out) == (4, "trained\n")
    assert "is not being recorded" in err
    assert "is kept in" in err
    status, out, err = wrapped("--strict", *words)
    assert (status, out) == (1, "")
    assert "Not a directory" in err


def test_strict_ends_no_program_that_is_under_way(tmp_path):
    """The disk is full after the start: the program goes on to its end, and the command says so."""
    script = f"""
import time
for step in range(300):
    print("knobwise:", f"step={{step}}", f"{"loss" * 50}={{step / 7}}", flush=True)
time.sleep(1.5)
print("knobwise: acc=1", flush=True)
open({str(tmp_path / "done")!r}, "w").write(str(7))
"""
    words = ["--strict", "--journal", str(tmp_path / "book"), "--", PYTHON, "-c", script]
    limit = 'ulimit -f 24; exec "$@"'
    done = subprocess.run(
        ["bash", "-c", limit, "-", PYTHON, "-m", "knobwise", "run", *words],
        cwd=tmp_path, capture_output=True, text=True, check=False, timeout=60,
    )  # fmt: skip
    assert (tmp_path / "done").read_text() == "7"
    assert "knobwise: acc=1" in done.stdout
    assert done.returncode == 1
    assert "File too large" in done.stderr
    assert "Traceback" not in done.stderr


def test_a_folder_that_may_not_be_written_is_no_new_journal(knobwise, monkeypatch, tmp_path):
    """And the remedy is told as it is typed, also where the wrapper's recording tells it."""

    def refused(writer, place):
        raise PermissionError(errno.EACCES, "Permission denied")

    monkeypatch.setattr(Writer, "_create", refused)
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    for words in (["log", "a=1"], ["declare", "metric", "a", "--unit", "s"], ["run", "--", "true"]):
        told = knobwise(*words).err
        assert "a new journal" not in told
        assert "choose another journal with --journal or KNOBWISE_JOURNAL" in told
        assert "journal.open(PATH)" not in told
    with (
        pytest.warns(journal.RecordingWarning, match=r"journal\.open\(PATH\) or KNOBWISE"),
        journal.open().run(a=1),
    ):
        pass
