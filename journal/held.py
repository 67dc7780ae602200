"""A segment that one process writes to, and nobody else: its file, its lock, the room behind it."""

# Without pathlib, which alone would cost ``knobwise log`` a sixth of its time:
# ruff: noqa: PTH115

from __future__ import annotations

import os
import sys

from journal.room import ROOM, ROOM_BYTES


class Held:
    """An open segment: how long its lines are, and where the room behind them ends.

    Lines go behind the last one. A child that inherits it lets go and takes nothing with it.
    """

    __slots__ = ("_end", "_fd", "_known_as", "_makes_room", "_pid", "name", "size")

    def __init__(self, fd: int, name: str, size: int, *, makes_room: bool) -> None:
        self.name = name
        self.size = size
        self._fd = fd
        self._end = size
        self._makes_room = makes_room
        self._pid = os.getpid()
        known_as = _known_as(fd)
        self._known_as = known_as if known_as.endswith(f"/{name}") else ""

    def put(self, data: bytes, *, more_to_come: bool) -> None:
        """Write this behind the last line, with room behind it if more is to come.

        Raises OSError; what was written then stays, torn.
        """
        if more_to_come and self._makes_room and self._end < self.size + len(data):
            self._make_room(len(data))
        try:
            written = os.pwrite(self._fd, data, self.size)
            while written < len(data):
                written += os.pwrite(self._fd, data[written:], self.size + written)
        except OSError:
            self._end = self.size
            raise
        self.size += len(data)
        self._end = max(self._end, self.size)

    def sync(self) -> None:
        """Make what was put last. Raises OSError."""
        if sys.platform == "darwin":
            import fcntl

            fcntl.fcntl(self._fd, fcntl.F_FULLFSYNC)
        else:
            os.fsync(self._fd)

    def is_there(self) -> bool:
        """Has nobody removed it, moved it or written to it?"""
        if not self._known_as:
            now = os.fstat(self._fd)
            return now.st_nlink > 0 and now.st_size == self._end
        return (
            _known_as(self._fd) == self._known_as
            and os.lseek(self._fd, 0, os.SEEK_END) == self._end
        )

    def close(self) -> None:
        """Let go of file and lock, and of the room."""
        if self._fd < 0:
            return
        fd, self._fd = self._fd, -1
        try:
            if self._pid == os.getpid() and _length(fd) == self._end > self.size:
                os.ftruncate(fd, self.size)
        except OSError:
            pass  # the segment's next writer will
        finally:
            os.close(fd)

    def __del__(self) -> None:
        if hasattr(self, "_fd"):
            self.close()

    def _make_room(self, wanted: int) -> None:
        """Set room aside, if the disk has any and lines are short enough to gain by it."""
        if wanted > ROOM_BYTES // 4:
            return
        import fcntl

        try:
            fcntl.fcntl(self._fd, fcntl.F_SETFL, 0)  # no longer O_APPEND: lines go into the room
            made = os.pwrite(self._fd, ROOM * ROOM_BYTES, self.size)
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
