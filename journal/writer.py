"""Appending to a folder of segments: locks, one write, fsync.

Opening does nothing; the first append takes a segment and holds it, locked, until ``close`` or the
process's end. Writers therefore never wait for each other: each has a file of its own to fsync
(docs/decisions/0002). One write, fsync, acknowledge. Whatever interrupts that, Ctrl-C or another
exception out of a signal handler included, lets the segment go: the next append takes one anew,
looks where it ends, and seals what was left torn. After a failed fsync nobody can know what
is on disk (the kernel may have dropped the pages), so that segment is not used again.
"""

# Without pathlib, which alone would cost ``knobwise log`` a sixth of its time:
# ruff: noqa: PTH100, PTH102, PTH108, PTH110, PTH112, PTH116, PTH118, PTH120, PTH208

from __future__ import annotations

import _thread
import errno
import os
import sys
from collections.abc import Callable, Sequence

from journal.clock import LONG_AGO, is_ahead, now_after
from journal.discovery import by_name
from journal.errors import WriteFailed
from journal.forks import RENEWAL
from journal.hashing import sha256
from journal.held import UNSUPPORTED, Held, lock
from journal.host import boot_id, host_name
from journal.lines import NOW, Encoder, Entry, encode, plain_json, quick_json
from journal.room import end_of_lines
from journal.tails import Tail, read_tail

SEGMENT_BYTES = 64 << 20
"""A segment this long is not appended to: it still fits in memory and in a git forge."""
SUFFIX = ".jsonl"
_FEW = 30
"""A writer of more lines than this is worth loading a faster encoder and setting room aside for."""
_ALONE = "nolock"
"""The place in the name of segments that nobody may continue: no lock tells who writes them."""


class Writer:
    """Appends entries to one folder, which ``begin`` makes. Safe under threads and after fork."""

    def __init__(self, folder: str, *, begin: Callable[[str], None] | None = None) -> None:
        self.folder = folder
        self.begin = make_folder if begin is None else begin
        self.begun: Callable[[str], None] | None = None
        self._pid = os.getpid()
        self._mutex = _thread.allocate_lock()
        self._owner = 0  # the thread that had the mutex last
        self._held: Held | None = None
        self._tail = Tail()
        self._written = 0
        self._to_json: Encoder = plain_json
        self._stamped = LONG_AGO
        self._distrusted: set[str] = set()
        self._gone, self._told_gone = "", False

    def now(self) -> str:
        """The time, but later than what the segment ends with and than the last answer."""
        self._after_fork()
        me = _thread.get_ident()
        with self._mutex:
            self._owner = me
            if self._held is None:
                self._hold()
            return self._now()

    def append(self, entries: Sequence[Entry]) -> None:
        """Write the entries as one piece and fsync: all or none, on disk when it returns.

        An entry whose time is empty is stamped now; the time of another moves no clock.
        Raises ValueRefused (nothing written) or WriteFailed (nothing acknowledged).
        """
        self._after_fork()
        me = _thread.get_ident()
        with self._mutex:
            self._owner = me
            held = self._held
            if held is None or held.size >= SEGMENT_BYTES or not held.is_there():
                self._look_for(held)
                held = self._hold()
            tail = self._tail
            number, hashed = tail.number, tail.hash
            to_json = self._encoder(len(entries))
            lines = [tail.seal]
            for event, run, told, kind, body in entries:
                number += 1
                entry = (event, run, self._now() if told == NOW else told, kind, body)
                line, hashed = encode(entry, number=number, previous=hashed, to_json=to_json)
                lines.append(line)
            if entries:
                self._write(held, b"".join(lines), Tail(number, hashed))
        if self._gone and not self._told_gone:
            self._told_gone = True  # first: as an error the warning is raised once, too
            self._warn_of_gone()

    def close(self) -> None:
        """Let go of the segment and its lock, once no other thread is writing to it."""
        self._after_fork()
        if self._mutex.locked() and self._owner == _thread.get_ident():
            self._close()  # a signal's handler: its own thread is in the middle of an append
            return
        with self._mutex:
            self._close()

    def _close(self) -> None:
        held, self._held = self._held, None
        if held is not None:
            held.close()

    def _look_for(self, held: Held | None) -> None:
        """Remember that the segment that was written to is no longer at its place."""
        if held is not None and not os.path.exists(self._path(held.name)):
            self._gone = self._path(held.name)

    def _warn_of_gone(self) -> None:
        import warnings

        from journal.damage import DamageWarning

        said = "was moved or deleted while it was written to; what comes goes into a new segment"
        warnings.warn(f"{self._gone} {said}", DamageWarning, stacklevel=3)

    def _after_fork(self) -> None:
        """A child shares its parent's lock without knowing: it takes a segment of its own."""
        if self._pid != os.getpid():
            with RENEWAL:
                if self._pid != os.getpid():
                    self._close()
                    self._mutex = _thread.allocate_lock()
                    self._pid = os.getpid()

    def _now(self) -> str:
        self._stamped = now = now_after(self._stamped)
        return now

    def _encoder(self, lines: int) -> Encoder:
        """What makes the lines' JSON: a quick one as soon as there were many."""
        self._written += lines
        if self._written > _FEW and self._to_json is plain_json:
            self._to_json = quick_json()
        return self._to_json

    def _write(self, held: Held, data: bytes, tail: Tail) -> None:
        """Write the lines, which lead to this tail; let go of the segment if anything interrupts.

        An exception may come out of a signal handler between any two calls, so the segment is in
        hand again only when it is certain how far it goes.
        """
        self._held = None
        try:
            held.put(data, more_to_come=self._written > _FEW)
            try:
                held.sync()
            except OSError:
                self._distrusted.add(held.name)
                raise
            self._tail, self._held = tail, held
        except OSError as failed:
            held.close()
            raise _write_failed(self._path(held.name), failed) from failed
        except BaseException:
            held.close()
            raise

    def _hold(self) -> Held:
        """Take a segment: the first free one of this place, or a new."""
        self._close()
        try:
            names = _segments(self.folder)
            if not names:
                self.begin(self.folder)
            place = _place(self.folder)
            prefix = f"{_host()}-{place}-"
            fit = (name for name in names if place != _ALONE and name.startswith(prefix))
            self._held = next(filter(None, map(self._take, fit)), None)
            while self._held is None:
                self._held = self._create(place)
            if self.begun is not None and not names:
                self.begun(self.folder)
            return self._held
        except OSError as failed:
            self._close()
            raise _write_failed(self.folder, failed) from failed

    def _take(self, name: str) -> Held | None:
        """This segment, if it is free and fit to go on with."""
        if name in self._distrusted:
            return None
        try:
            fd = os.open(self._path(name), os.O_RDWR | os.O_APPEND)
        except OSError:
            return None
        held = Held(fd, name, makes_room=True)  # from here on closed with it, whatever happens
        tail = _tail_of(held)
        if tail is None or is_ahead(tail.at):
            held.close()
            return None
        if not held.size:
            sync_folder(self.folder)  # who made it may not have come to it
        self._tail = tail
        self._stamped = max(self._stamped, tail.at)
        return held

    def _create(self, place: str) -> Held | None:
        """Begin a segment; where no lock is to be had, one that nobody else will continue."""
        token = os.urandom(6 if place == _ALONE else 3).hex()
        name = f"{_host()}-{place}-{token}{SUFFIX}"
        path = self._path(name)
        try:
            fd = os.open(path, os.O_RDWR | os.O_APPEND | os.O_CREAT | os.O_EXCL, 0o666)
        except FileExistsError:
            return None
        held = Held(fd, name, makes_room=place != _ALONE)
        answer = "held" if place == _ALONE else lock(held.fd)
        untouched = not os.lseek(held.fd, 0, os.SEEK_END)
        if answer != "held" or not untouched:
            held.close()
            if answer != "none":  # others found it before it was locked; they may be done
                return self._take(name)
            if untouched:
                os.unlink(path)
            return self._create(_ALONE)
        sync_folder(self.folder)
        self._tail = Tail()
        return held

    def _path(self, name: str) -> str:
        return os.path.join(self.folder, name)


def _tail_of(held: Held) -> Tail | None:
    """Lock a segment and go to its end; None where it is not to be gone on with."""
    if lock(held.fd) != "held":
        return None
    whole = os.fstat(held.fd).st_size
    size = end_of_lines(held.fd, whole)
    tail = read_tail(held.fd, size) if size < SEGMENT_BYTES else None
    if tail is not None and size < whole:
        os.ftruncate(held.fd, size)  # room that a killed writer left
    held.begin_at(size)
    return tail


def _segments(folder: str) -> list[str]:
    """The names of the folder's segments, in order; none where there is no folder."""
    try:
        return sorted(name for name in os.listdir(folder) if name.endswith(SUFFIX))
    except FileNotFoundError:
        return []


def make_folder(folder: str) -> None:
    """Make the folder and what is missing above it, each made to last by its parent's fsync."""
    if os.path.isdir(folder):
        return
    parent = os.path.dirname(os.path.abspath(folder))
    make_folder(parent)
    try:
        os.mkdir(folder)
    except FileExistsError:
        return
    sync_folder(parent)


def sync_folder(folder: str) -> None:
    """Make the names in this folder last, where its filesystem can (some of a network cannot)."""
    if sys.platform == "win32":
        return
    fd = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(fd)
    except OSError as failed:
        if failed.errno not in UNSUPPORTED:
            raise
    finally:
        os.close(fd)


def _place(folder: str) -> str:
    """This folder under this kernel: who has the same place may lock the same segments."""
    boot = boot_id()
    if not boot:
        return _ALONE
    return sha256(f"{boot} {os.stat(folder).st_ino}".encode()).hexdigest()[:8]


def _host() -> str:
    return "".join(c if c.isascii() and c.isalnum() else "_" for c in host_name())[:40] or "host"


def _write_failed(path: str, failed: OSError) -> WriteFailed:
    cure = {"hint": "nothing of this was logged"}
    if failed.errno == errno.ENOSPC:
        cure = {"hint": "free some space; nothing of this was logged"}
    elif failed.errno in (errno.EROFS, errno.EACCES):
        cure = by_name("choose another journal")
    return WriteFailed(failed.strerror or str(failed), where=path, **cure)
