"""A segment that one process writes to, and nobody else: its file, its lock, the room behind it."""

# Without pathlib, which alone would cost ``knobwise log`` a sixth of its time:
# ruff: noqa: PTH115

from __future__ import annotations

import errno
import os
import sys
import time

from journal.room import ROOM, ROOM_BYTES

UNSUPPORTED = frozenset({errno.EINVAL, errno.ENOTSUP, errno.ENOTTY})
"""How a filesystem says that it has no such sync; another error is one that failed."""
_LOOK_SECONDS = 0.005
"""How long a segment that is at its place is taken to be the same file (docs/decisions/0068)."""


class Held:
    """An open segment: how long its lines are, and where the room behind them ends.

    Lines go behind the last one. A child that inherits it lets go and takes nothing with it.
    """

    __slots__ = ("_end", "_known_as", "_looked", "_makes_room", "_pid", "fd", "name", "size")

    def __init__(self, fd: int, name: str, *, makes_room: bool) -> None:
        self.name = name
        self.size = 0
        self._end = 0
        self._makes_room = makes_room
        self._pid = os.getpid()
        known_as = _known_as(fd)
        self._known_as = known_as if known_as.endswith(f"/{name}") else ""
        self._looked = 0.0
        self.fd = fd  # last: what is closed is whole, even where an exception strikes in here

    def begin_at(self, size: int) -> None:
        """The lines there end here, and so does the file."""
        self.size = self._end = size

    def put(self, data: bytes, *, more_to_come: bool) -> None:
        """Write this behind the last line, with room behind it if more is to come.

        Raises OSError; what was written then stays, torn. After any exception it is to be closed:
        it cannot know how far it came.
        """
        if more_to_come and self._makes_room and self._end < self.size + len(data):
            self._make_room(len(data))
        end, self._end = self._end, self.size  # closing now leaves the file as it is
        written = os.pwrite(self.fd, data, self.size)
        while written < len(data):
            written += os.pwrite(self.fd, data[written:], self.size + written)
        self.size += len(data)
        self._end = max(end, self.size)

    def sync(self) -> None:
        """Make what was put last, the disk's own cache included. Raises OSError."""
        if sys.platform == "darwin":
            import fcntl

            try:
                fcntl.fcntl(self.fd, fcntl.F_FULLFSYNC)
            except OSError as failed:
                if failed.errno not in UNSUPPORTED:
                    raise
            else:
                return
        os.fsync(self.fd)

    def is_there(self) -> bool:
        """Has nobody removed it, moved it or written to it?"""
        if not self._known_as:
            found = os.fstat(self.fd)
            return found.st_nlink > 0 and found.st_size == self._end
        now = time.monotonic()
        if now - self._looked < _LOOK_SECONDS:
            same = os.access(self._known_as, os.F_OK)
        else:
            same, self._looked = _known_as(self.fd) == self._known_as, now
        return same and os.lseek(self.fd, 0, os.SEEK_END) == self._end

    def close(self) -> None:
        """Let go of file and lock, and of the room."""
        if self.fd < 0:
            return
        fd, self.fd = self.fd, -1
        try:
            if self._pid == os.getpid() and _length(fd) == self._end > self.size:
                os.ftruncate(fd, self.size)
        except OSError:
            pass  # the segment's next writer will
        finally:
            os.close(fd)

    def __del__(self) -> None:
        if hasattr(self, "fd") and callable(_length):  # no module is whole at a process's very end
            self.close()

    def _make_room(self, wanted: int) -> None:
        """Set room aside, if the disk has any and lines are short enough to gain by it."""
        if wanted > ROOM_BYTES // 4:
            return
        import fcntl

        try:
            fcntl.fcntl(self.fd, fcntl.F_SETFL, 0)  # no longer O_APPEND: lines go into the room
            made = os.pwrite(self.fd, ROOM * ROOM_BYTES, self.size)
        except OSError:
            self._makes_room = False
        else:
            self._end = max(self._end, self.size + made)


def lock(fd: int) -> str:
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


def _length(fd: int) -> int:
    return os.lseek(fd, 0, os.SEEK_END)


def _known_as(fd: int) -> str:
    """The path of an open file, another once it is moved or removed; "" where nobody tells.

    fstat would tell too, but who asks for a file's times makes its next fsync dearer (0026).
    """
    try:
        return os.readlink(f"/proc/self/fd/{fd}")
    except OSError:
        return ""
