"""Room behind the lines: it makes fsync cheap, and nobody else ever notices it."""

import errno
import gc
import io
import os
import random
import resource
import signal
import subprocess
import sys
import threading
import time
from pathlib import Path

import pytest

import journal
from journal.damage import DamageWarning
from journal.errors import WriteFailed
from journal.held import Held
from journal.room import HOLE, ROOM, ROOM_BYTES, end_of_lines, without_room
from journal.verification import verify
from tests.journal.conftest import segment_of

MANY = 40


def numbers(folder):
    return sorted(run.params["i"] for run in journal.open(folder).runs())


def filled(book, n=MANY):
    for i in range(n):
        book.log({"i": i, "text": "a\tb"})
    return segment_of(book)


def test_a_writer_of_many_lines_sets_room_aside_and_gives_it_back(book):
    segment = filled(book)
    data = segment.read_bytes()
    lines = data.rstrip(ROOM)
    assert lines.endswith(b"}\n")
    assert len(data) - len(lines) > ROOM_BYTES // 2
    assert ROOM not in lines
    assert numbers(book.address) == list(range(MANY))
    assert verify(book.store).damage == ()
    book.close()
    assert segment.read_bytes() == lines


def test_a_writer_of_few_lines_sets_none_aside(book):
    assert ROOM not in filled(book, 5).read_bytes()


def test_room_is_used_up_and_made_anew(book):
    for i in range(4 * MANY):
        book.log({"i": i}, note="x" * 1500)
    assert numbers(book.address) == list(range(4 * MANY))
    book.close()
    assert len(segment_of(book).read_bytes()) > 3 * ROOM_BYTES
    assert verify(book.store).damage == ()


def test_a_long_line_in_room_and_beyond_it(book):
    filled(book)
    book.log({"i": MANY}, note="y" * 3 * ROOM_BYTES)
    book.log({"i": MANY + 1})
    assert numbers(book.address) == list(range(MANY + 2))
    book.close()
    assert verify(book.store).damage == ()


def test_room_of_a_killed_writer_is_the_next_writers(book):
    program = (
        f"import journal, os; book = journal.open({book.address!r});"
        f"[book.log({{'i': i}}) for i in range({MANY})]; os.kill(os.getpid(), 9)"
    )
    words = [sys.executable, "-c", program]
    assert subprocess.run(words, check=False).returncode == -signal.SIGKILL
    segment = segment_of(book)
    assert segment.read_bytes().endswith(HOLE)
    assert numbers(book.address) == list(range(MANY))
    assert verify(book.store).damage == ()
    book.log({"i": MANY})
    assert ROOM not in segment_of(book).read_bytes()
    assert numbers(book.address) == list(range(MANY + 1))
    assert verify(book.store).damage == ()


def test_a_line_that_stopped_anywhere_in_the_room_is_torn_and_the_next_writer_goes_on(book):
    segment = filled(book, 3)
    book.close()
    data = segment.read_bytes()
    ends = [i + 1 for i, byte in enumerate(data) if byte == 10]
    for cut in range(len(data)):
        segment.write_bytes(data[:cut] + ROOM * 100)
        again = journal.open(book.address)
        assert all(found.harmless for found in again.read().damage)
        again.log({"i": 99})
        again.close()
        told = again.read()
        assert len(told.events) == sum(cut >= end - 1 for end in ends) + 1
        assert all(found.harmless for found in told.damage)
        for other in Path(book.address).glob("*.jsonl"):
            other.unlink()


@pytest.mark.parametrize("hole", [(700, 800), (5, 100), (1000, 1400)])
def test_a_line_with_a_hole_was_never_acknowledged(book, hole):
    """Power fails while pages of one line are on their way to the disk, in any order."""
    segment = filled(book, 3)
    book.close()
    data = bytearray(segment.read_bytes())
    start = data.rfind(b"\n", 0, -1) + 1
    first, last = (start + at * (len(data) - start) // 1500 for at in hole)
    data[first:last] = ROOM * (last - first)
    segment.write_bytes(data + ROOM * 50)
    (found,) = book.read().damage
    assert (found.kind, found.offset) == ("torn", start)
    again = journal.open(book.address)
    again.log({"i": 99})
    assert numbers(book.address) == [0, 1, 99]


def test_a_single_tab_in_a_line_is_damage_and_what_follows_is_read(book):
    segment = filled(book)
    book.close()
    data = bytearray(segment.read_bytes())
    end = data.index(b"\n", len(data) // 2)
    data[end - 60] = ROOM[0]
    segment.write_bytes(data)
    (found,) = book.read().damage
    assert found.kind == "altered"
    assert len(book.read().events) == MANY - 1


def test_a_reader_who_looked_too_early_looks_again():
    """It saw room in one page, then a line in a later one: by then the room was full."""

    class Grows(io.BytesIO):
        reads = 0

        def read(self, size=-1):
            data = super().read(size)
            self.reads += 1
            if self.reads == 1:
                place = self.tell()
                self.seek(100)
                self.write(new)
                self.seek(place)
                return data[:100] + ROOM * 28 + new[28:] + data[100 + len(new) :]
            return data

    old, new = bytes(range(48, 98)) * 2, bytes(range(48, 98)) * 3
    file = Grows(old + ROOM * 400)
    assert b"".join(without_room(file, 300)) == old + new


def test_portions_are_the_file_whatever_their_size():
    rng = random.Random(0)
    for _ in range(300):
        data = bytes(rng.choice(b"ab\t\t\t") for _ in range(rng.randrange(60)))
        size = rng.randrange(1, 20)
        assert b"".join(without_room(io.BytesIO(data), size)) == data.rstrip(ROOM)


@pytest.mark.parametrize("room", [0, 1, ROOM_BYTES - 1, ROOM_BYTES, 3 * ROOM_BYTES + 5])
@pytest.mark.parametrize("lines", [b"", b"x", b"x" * ROOM_BYTES])
def test_where_the_room_begins(tmp_path, lines, room):
    (tmp_path / "file").write_bytes(lines + ROOM * room)
    with (tmp_path / "file").open("rb") as file:
        assert end_of_lines(file.fileno(), len(lines) + room) == len(lines)


def test_readers_beside_a_writer_see_whole_lines_only(book):
    done = threading.Event()
    seen: list[int] = []
    wrong: list[object] = []

    def watch():
        while not done.is_set():
            reading = journal.open(book.address).read()
            wrong.extend(found for found in reading.damage if not found.harmless)
            seen.append(len(reading.events))

    book.log({"i": 0})
    reader = threading.Thread(target=watch)
    reader.start()
    for i in range(1, 1200):
        book.log({"i": i}, note="z" * (i % 700))
    done.set()
    reader.join()
    assert wrong == []
    assert seen == sorted(seen)
    assert numbers(book.address) == list(range(1200))


def _until_refused(book, i):
    """The number of the run that is not written any more."""
    while True:
        try:
            book.log({"i": i})
        except WriteFailed:
            return i
        i += 1


def test_without_space_for_room_lines_are_appended(book):
    """RLIMIT_FSIZE stands for a full disk: the kernel refuses what goes beyond it."""
    segment = filled(book, 30)
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    limit = segment.stat().st_size + 2000
    resource.setrlimit(resource.RLIMIT_FSIZE, (limit, hard))
    try:
        acknowledged = _until_refused(book, 30)
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))
    assert acknowledged > 30
    assert numbers(book.address) == list(range(acknowledged))
    book.log({"i": acknowledged})
    book.close()
    assert numbers(book.address) == list(range(acknowledged + 1))
    assert all(found.harmless for found in verify(book.store).damage)


def test_a_disk_that_refuses_room_only(book, monkeypatch):
    pwrite = os.pwrite

    def refuse_room(fd, data, place):
        if data.startswith(HOLE):
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
        return pwrite(fd, data, place)

    monkeypatch.setattr(os, "pwrite", refuse_room)
    segment = filled(book)
    assert ROOM not in segment.read_bytes()
    assert numbers(book.address) == list(range(MANY))


def test_a_forked_child_leaves_its_parents_room_alone(book):
    segment = filled(book)
    size = segment.stat().st_size
    pid = os.fork()
    if pid == 0:
        book.log({"i": 100})
        book.close()
        gc.collect()
        os._exit(0)
    assert os.waitpid(pid, 0)[1] == 0
    assert segment.stat().st_size == size
    book.log({"i": MANY})
    assert numbers(book.address) == [*range(MANY + 1), 100]
    assert verify(book.store).damage == ()


def test_who_is_written_to_from_outside_takes_the_segment_anew(book):
    """A second writer beside the lock (a broken filesystem): nothing of its is written over."""
    segment = filled(book)
    with segment.open("ab") as file:
        file.write(b"not ours\n")
    book.log({"i": MANY})
    book.close()
    assert numbers(book.address) == list(range(MANY + 1))
    assert b"not ours" in segment.read_bytes()


@pytest.mark.parametrize("proc", [True, False], ids=["proc", "without proc"])
def test_a_segment_removed_or_moved_is_not_written_to(book, tmp_path, monkeypatch, proc):
    if not proc:
        monkeypatch.setattr("journal.held._known_as", lambda _: "")
    segment = filled(book, 3)
    segment.unlink()
    with pytest.warns(DamageWarning, match="moved or deleted"):
        book.log({"i": 1})
    assert numbers(book.address) == [1]
    if proc:
        segment_of(book).rename(tmp_path / "elsewhere")
        book.log({"i": 2})
        assert numbers(book.address) == [2]


def test_a_segment_replaced_as_git_checkout_does_is_not_lost(book):
    segment = filled(book)
    data = segment.read_bytes()
    other = segment.with_suffix(".new")
    other.write_bytes(data.rstrip(ROOM))
    other.rename(segment)
    time.sleep(0.01)  # what is written sooner may still go to the old file
    book.log({"i": MANY})
    assert numbers(book.address) == list(range(MANY + 1))


def test_held_is_closed_once(tmp_path):
    fd = os.open(tmp_path / "s", os.O_RDWR | os.O_CREAT)
    held = Held(fd, "s", makes_room=True)
    held.put(b"line\n", more_to_come=True)
    held.close()
    held.close()
    assert (tmp_path / "s").read_bytes() == b"line\n"
