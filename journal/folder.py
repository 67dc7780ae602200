"""A journal as a folder of segments: the store that needs nothing but a filesystem.

Opening does nothing; the first append takes a segment and holds it, locked, until ``close`` or the
process's end. Writers therefore never wait for each other: each has a file of its own to fsync
(docs/decisions/0002). One write, fsync, acknowledge. What went wrong lets the segment go: the
next append takes one anew and seals what was left torn. After a failed fsync nobody can know what
is on disk (the kernel may have dropped the pages), so that segment is not used again.
"""

from __future__ import annotations

import _thread
import hashlib
import os
import re
import sys
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path

from journal.discovery import not_found
from journal.errors import WriteFailed
from journal.events import Event
from journal.host import boot_id, host_name
from journal.lines import Damage, encode
from journal.segments import Batch, json_reader, scan
from journal.tails import Tail, read_tail

SEGMENT_BYTES = 64 << 20
"""A segment this long is not appended to: it still fits in memory and in a git forge."""
_CLOCK_AHEAD = timedelta(minutes=10)
"""A segment whose last line is further ahead than this was written by a wrong clock: leave it."""
_MICROSECOND = timedelta(microseconds=1)
_ALONE = "nolock"
"""The place in the name of segments that nobody may continue: no lock tells who writes them."""


class FolderStore:
    """Events in ``*.jsonl`` segments of one folder. Safe under threads and after fork."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._pid = os.getpid()
        self._mutex = _thread.allocate_lock()
        self._fd = -1
        self._path = folder
        self._tail = Tail()
        self._size = 0
        self._stamped = datetime.fromtimestamp(0, UTC)
        self._distrusted: set[Path] = set()

    @property
    def address(self) -> str:
        """The folder's path."""
        return str(self.folder)

    def now(self) -> datetime:
        """The time, but later than the segment's last event and than the last answer."""
        self._after_fork()
        with self._mutex:
            self._hold()
            latest = max(self._stamped, self._tail.at)
            self._stamped = max(datetime.now(UTC), latest + _MICROSECOND)
            return self._stamped

    def append(self, events: Sequence[Event]) -> None:
        """Write the events as one piece and fsync. See ``journal.store.Store.append``."""
        self._after_fork()
        with self._mutex:
            self._hold()
            number, hashed = self._tail.number, self._tail.hash
            lines = [self._tail.seal]
            for event in events:
                number += 1
                line, hashed = encode(event, number=number, previous=hashed)
                lines.append(line)
            if events:
                self._write(b"".join(lines))
                latest = max(self._tail.at, *(event.at for event in events))
                self._tail = Tail(number=number, hash=hashed, at=latest)

    def batches(self) -> Iterator[Batch]:
        """Each segment, by name, as it stands now; a write under way is seen as a torn tail."""
        if not self.folder.is_dir():
            raise not_found(self.address)
        loads = json_reader()
        for path in sorted(self.folder.glob("*.jsonl")):
            try:
                data = path.read_bytes()
            except OSError as failed:
                said = failed.strerror or str(failed)
                gone = Damage(
                    kind="unreadable", segment=path.name, line=0, offset=0, length=0, message=said
                )
                yield Batch(segment=path.name, damage=[gone])
            else:
                yield scan(data, path.name, loads)

    def close(self) -> None:
        """Let go of the segment and its lock."""
        if self._fd >= 0:
            fd, self._fd = self._fd, -1
            os.close(fd)

    def __del__(self) -> None:
        if getattr(self, "_fd", -1) >= 0:
            os.close(self._fd)

    def _after_fork(self) -> None:
        """A child shares its parent's lock without knowing: it takes a segment of its own."""
        if self._pid != os.getpid():
            self._pid = os.getpid()
            self._mutex = _thread.allocate_lock()
            self.close()

    def _write(self, data: bytes) -> None:
        try:
            view = memoryview(data)
            while view:
                view = view[os.write(self._fd, view) :]
        except OSError as failed:
            self.close()
            raise _write_failed(self._path, failed) from failed
        try:
            _sync(self._fd)
        except OSError as failed:
            self._distrusted.add(self._path)
            self.close()
            raise _write_failed(self._path, failed) from failed
        self._size += len(data)

    def _hold(self) -> None:
        """Make sure of a segment: the one in hand, the first free one of this place, or a new."""
        if self._fd >= 0:
            if self._size < SEGMENT_BYTES and os.fstat(self._fd).st_nlink:
                return
            self.close()
        try:
            make_folder(self.folder)
            place = _place(self.folder)
            name = f"{_host()}-{place}-*.jsonl"
            if place != _ALONE:
                for path in sorted(self.folder.glob(name)):
                    if self._take(path):
                        return
            while not self._create(place):
                pass
        except OSError as failed:
            self.close()
            raise _write_failed(self.folder, failed) from failed

    def _take(self, path: Path) -> bool:
        """Hold this segment, if it is free and fit to go on with."""
        if path in self._distrusted:
            return False
        try:
            fd = os.open(path, os.O_RDWR | os.O_APPEND)
        except OSError:
            return False
        size, tail = 0, None
        if _lock(fd) == "held":
            size = os.fstat(fd).st_size
            tail = read_tail(fd, size) if size < SEGMENT_BYTES else None
        if tail is None or tail.at > datetime.now(UTC) + _CLOCK_AHEAD:
            os.close(fd)
            return False
        self._fd, self._path, self._tail, self._size = fd, path, tail, size
        return True

    def _create(self, place: str) -> bool:
        """Begin a segment; where no lock is to be had, one that nobody else will continue."""
        token = os.urandom(6 if place == _ALONE else 3).hex()
        path = self.folder / f"{_host()}-{place}-{token}.jsonl"
        try:
            fd = os.open(path, os.O_RDWR | os.O_APPEND | os.O_CREAT | os.O_EXCL, 0o666)
        except FileExistsError:
            return False
        if place != _ALONE and (answer := _lock(fd)) != "held":
            os.close(fd)
            if answer == "busy":
                return False
            path.unlink()
            return self._create(_ALONE)
        self._fd, self._path, self._tail, self._size = fd, path, Tail(), 0
        sync_folder(self.folder)
        return True


def make_folder(folder: Path) -> None:
    """Make the folder and what is missing above it, each made to last by its parent's fsync."""
    if folder.is_dir():
        return
    make_folder(folder.parent)
    try:
        folder.mkdir()
    except FileExistsError:
        return
    sync_folder(folder.parent)


def sync_folder(folder: Path) -> None:
    """Make the names in this folder last."""
    if sys.platform == "win32":
        return
    fd = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(fd)
    finally:
        os.close(fd)


def _place(folder: Path) -> str:
    """This folder under this kernel: who has the same place may lock the same segments."""
    boot = boot_id()
    if not boot:
        return _ALONE
    return hashlib.sha256(f"{boot} {folder.stat().st_ino}".encode()).hexdigest()[:8]


def _host() -> str:
    return re.sub(r"[^A-Za-z0-9]+", "_", host_name())[:40] or "host"


def _lock(fd: int) -> str:
    """Take the file's lock without waiting: ``held``, ``busy``, or ``none`` without locks."""
    try:
        import fcntl
    except ImportError:
        return "none"
    try:
        fcntl.flock(fd, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return "busy"
    except OSError:
        return "none"
    return "held"


def _sync(fd: int) -> None:
    if sys.platform == "darwin":
        import fcntl

        fcntl.fcntl(fd, fcntl.F_FULLFSYNC)
    else:
        os.fsync(fd)


def _write_failed(path: Path, failed: OSError) -> WriteFailed:
    hints = {
        "ENOSPC": "free some space; nothing of this was logged",
        "EROFS": "choose another journal with --journal or KNOBWISE_JOURNAL",
        "EACCES": "choose another journal with --journal or KNOBWISE_JOURNAL",
    }
    import errno

    name = errno.errorcode.get(failed.errno or 0, "")
    hint = hints.get(name, "nothing of this was logged")
    return WriteFailed(failed.strerror or str(failed), where=str(path), hint=hint)
