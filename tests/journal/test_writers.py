"""Writing: many writers, failing disks, clocks set back; nothing acknowledged is lost."""

import errno
import fcntl
import os
import resource
import shutil
import signal
import stat
import subprocess
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from contextlib import nullcontext
from pathlib import Path

import pytest

import journal
from journal.damage import DamageWarning
from journal.errors import WriteFailed
from journal.held import Held
from journal.verification import verify

ROOT = Path(__file__).parents[2]


def segments(book):
    return sorted(path.name for path in Path(book.address).glob("*.jsonl"))


def numbers(book):
    return sorted(run.params["i"] for run in journal.open(book.address).runs())


def test_each_writer_has_a_segment_and_the_next_one_continues_it(book):
    other = journal.open(book.address)
    book.log({"i": 0})
    other.log({"i": 1})
    assert len(segments(book)) == 2
    book.close()
    other.close()
    third = journal.open(book.address)
    third.log({"i": 2})
    assert len(segments(book)) == 2
    assert numbers(book) == [0, 1, 2]


def test_sixty_four_writers_lose_and_double_nothing(book):
    children = []
    for child in range(64):
        pid = os.fork()
        if pid == 0:
            for i in range(4):
                book.log({"i": child * 4 + i})
            os._exit(0)
        children.append(pid)
    assert {os.waitpid(pid, 0)[1] for pid in children} == {0}
    assert numbers(book) == list(range(256))
    assert verify(book.store).damage == ()


def test_a_forked_child_does_not_write_into_its_parents_segment(book):
    book.log({"i": 0})
    pid = os.fork()
    if pid == 0:
        book.log({"i": 1})
        os._exit(0)
    book.log({"i": 2})
    assert os.waitpid(pid, 0)[1] == 0
    assert numbers(book) == [0, 1, 2]
    assert verify(book.store).damage == ()
    assert len(segments(book)) == 2


def test_threads_share_one_writer(book):
    with ThreadPoolExecutor(8) as pool:
        ids = list(pool.map(lambda i: book.log({"i": i}), range(80)))
    assert len(set(ids)) == 80
    assert numbers(book) == list(range(80))
    assert verify(book.store).damage == ()


def test_without_locks_every_writer_has_a_segment_nobody_continues(book, monkeypatch):
    monkeypatch.setattr("journal.writer.lock", lambda fd: "none")
    book.log({"i": 0})
    book.close()
    book.log({"i": 1})
    assert len(segments(book)) == 2
    assert all("-nolock-" in name for name in segments(book))
    assert numbers(book) == [0, 1]


def test_a_copied_folder_does_not_continue_the_originals_segments(book, tmp_path):
    book.log({"i": 0})
    book.close()
    copy = tmp_path / "copy"
    shutil.copytree(book.address, copy)
    journal.open(copy).log({"i": 1})
    book.log({"i": 2})
    for path in copy.glob("*.jsonl"):
        shutil.copy(path, book.address)  # merged by copying files; the second copy is newer
    book.close()
    assert set(numbers(book)) >= {0, 1}
    assert verify(book.store).damage == ()
    original = [name for name in segments(book) if not (copy / name).exists()]
    assert original == []
    assert len(segments(journal.open(copy))) == 2


def test_two_journals_merge_by_copying_files(book, tmp_path):
    other = journal.open(tmp_path / "other")
    book.log({"i": 0})
    other.log({"i": 1})
    for path in Path(other.address).glob("*.jsonl"):
        assert not (Path(book.address) / path.name).exists()
        shutil.copy(path, book.address)
    assert numbers(book) == [0, 1]


def test_a_full_disk_acknowledges_nothing_and_the_next_append_is_fine(book):
    book.log({"i": 0})
    (path,) = Path(book.address).glob("*.jsonl")
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    handler = signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
    resource.setrlimit(resource.RLIMIT_FSIZE, (path.stat().st_size + 100, hard))
    try:
        with pytest.raises(WriteFailed) as failed:
            book.log({"i": 1})
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))
        signal.signal(signal.SIGXFSZ, handler)
    assert "nothing" in failed.value.hint
    book.log({"i": 2})
    assert numbers(book) == [0, 2]
    assert [found.kind for found in book.read().damage] == ["torn"]


@pytest.mark.skipif(os.geteuid() != 0, reason="mounting needs root")
def test_a_full_file_system_acknowledges_nothing_and_recovers(tmp_path):
    small = tmp_path / "small"
    small.mkdir()
    mounted = subprocess.run(
        ["mount", "-t", "tmpfs", "-o", "size=16k", "tmpfs", small], check=False
    )
    if mounted.returncode:
        pytest.skip("mounting is not allowed here")
    try:
        book = journal.open(small / "book")
        acknowledged = []

        def fill():
            for i in range(1000):
                book.log({"i": i, "text": "x" * 500})
                acknowledged.append(i)

        with pytest.raises(WriteFailed, match="No space") as failed:
            fill()
        assert "free some space" in failed.value.hint
        assert numbers(book) == acknowledged
        subprocess.run(["mount", "-o", "remount,size=64k", small], check=True)
        book.log({"i": 1000})
        assert numbers(book) == [*acknowledged, 1000]
        assert verify(book.store).sound
        book.close()
    finally:
        subprocess.run(["umount", "-l", small], check=True)


def test_a_failed_fsync_is_not_retried_on_the_same_segment(book, monkeypatch):
    book.log({"i": 0})
    sync, failures = Held.sync, [OSError(errno.EIO, os.strerror(errno.EIO))]

    def fail_once(held):
        if failures:
            raise failures.pop()
        sync(held)

    monkeypatch.setattr(Held, "sync", fail_once)
    event = book.logged({"i": 1})
    with pytest.raises(WriteFailed, match="Input/output"):
        book.append([event])
    book.append([event])
    assert len(segments(book)) == 2
    assert numbers(book) == [0, 1]
    assert verify(book.store).damage == ()


@pytest.mark.parametrize(("error", "writes"), [("EINVAL", True), ("ENOTSUP", True), ("EIO", False)])
def test_a_folder_that_cannot_be_synced_takes_a_journal_and_one_whose_sync_fails_does_not(
    book, monkeypatch, error, writes
):
    fsync = os.fsync

    def of_files_only(fd):
        if stat.S_ISDIR(os.fstat(fd).st_mode):
            raise OSError(getattr(errno, error), error)
        fsync(fd)

    monkeypatch.setattr(os, "fsync", of_files_only)
    with nullcontext() if writes else pytest.raises(WriteFailed, match=error):
        book.log({"i": 1})
    monkeypatch.undo()
    book.log({"i": 2})
    assert numbers(book) == ([1, 2] if writes else [2])


def test_a_mac_s_filesystem_without_a_full_sync_has_a_plain_one(book, monkeypatch):
    synced: list[int] = []
    monkeypatch.setattr(sys, "platform", "darwin")
    monkeypatch.setattr(fcntl, "F_FULLFSYNC", 51, raising=False)

    def no_full_sync(fd, command, *more):
        assert command == 51
        raise OSError(errno.ENOTSUP, "Operation not supported")

    monkeypatch.setattr(fcntl, "fcntl", no_full_sync)
    monkeypatch.setattr(os, "fsync", synced.append)
    segment = os.open(os.devnull, os.O_WRONLY)
    held = Held(segment, "segment", makes_room=False)
    held.sync()
    assert synced == [segment]
    held.close()


def test_a_folder_that_cannot_be_written_is_named(knobwise, tmp_path):
    (tmp_path / "file").write_text("")
    outcome = knobwise("log", "a=1", "--journal", str(tmp_path / "file" / "book"))
    assert outcome.status == 1
    assert outcome.out == ""
    assert "file" in outcome.err
    assert "Traceback" not in outcome.err


@pytest.mark.skipif(os.geteuid() == 0, reason="root may write anywhere")
def test_a_read_only_folder_is_read_and_not_written(book):
    book.log({"i": 0})
    book.close()
    Path(book.address).chmod(0o500)
    for path in Path(book.address).glob("*.jsonl"):
        path.chmod(0o400)
    with pytest.raises(WriteFailed):
        book.log({"i": 1})
    assert numbers(book) == [0]


def test_a_deleted_segment_is_not_written_on(book):
    book.log({"i": 0})
    for path in Path(book.address).glob("*.jsonl"):
        path.unlink()
    with pytest.warns(DamageWarning, match="moved or deleted"):
        book.log({"i": 1})
    assert numbers(book) == [1]
    shutil.move(book.address, Path(book.address).with_name("moved"))
    book.log({"i": 2})  # said once
    assert numbers(book) == [2]


def test_a_long_segment_is_followed_by_a_new_one(book, monkeypatch):
    monkeypatch.setattr("journal.writer.SEGMENT_BYTES", 1000)
    for i in range(9):
        book.log({"i": i})
    assert len(segments(book)) > 2
    assert numbers(book) == list(range(9))


CHILD = """
import sys, journal
book = journal.open(sys.argv[1])
while True:
    print(book.log({"k": "v" * 300}, metrics={"m": 0.5}), flush=True)
"""


def test_killed_writers_lose_nothing_acknowledged(tmp_path):
    folder = tmp_path / "book"
    acknowledged: set[str] = set()
    for kill in range(8):
        writers = [
            subprocess.Popen(
                [sys.executable, "-c", CHILD, str(folder)], stdout=subprocess.PIPE, cwd=ROOT
            )
            for _ in range(1 + kill % 2)
        ]
        for child in writers:
            assert child.stdout is not None
            acknowledged.add(child.stdout.readline().decode().strip())
        time.sleep(0.003 * kill)
        for child in writers:
            child.kill()
            out, _ = child.communicate()
            acknowledged.update(line.decode() for line in out.split(b"\n")[:-1])
        book = journal.open(folder)
        book.log({"after": kill})
        book.close()
        reading = book.read()
        assert acknowledged <= {event.run for event in reading.events}
        assert all(found.harmless for found in reading.damage)
    assert len(acknowledged) >= 12
