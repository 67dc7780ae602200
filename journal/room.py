"""Room: bytes set aside behind a segment's last line, so that a run is durable sooner.

An fsync of a file that grew must also make its new length last, which on a journalling filesystem
costs more than the data. So a writer of many lines sets room aside, a block of tabs, and writes its
lines over it (docs/decisions/0026). Tabs, because no line has one: JSON escapes those in texts.
Closing gives the room back; a killed process leaves it to the next writer of its segment. A reader
takes tabs with nothing behind them for no damage: there is nothing there yet.
"""

from __future__ import annotations

import io
import os
from collections.abc import Iterator

ROOM = b"\t"
ROOM_BYTES = 1 << 16
"""Set aside at a time: some hundred lines."""
HOLE = ROOM * 16
"""As much room within what should be a line is a write of which the disk has parts only."""


def end_of_lines(fd: int, size: int) -> int:
    """Where the room begins in an open file of this size."""
    while size > 0:
        start = max(0, size - ROOM_BYTES)
        kept = len(os.pread(fd, size - start, start).rstrip(ROOM))
        if kept:
            return start + kept
        size = start
    return 0


def without_room(file: io.FileIO | io.BytesIO, size: int) -> Iterator[bytes]:
    """A file's bytes up to its room, in portions of at most this size, while it is written.

    A portion read in several steps may show room where lines are by now, before lines that are new.
    Lines are written in order: where something is behind the room, the room is read once more, and
    what is still a tab then is damage.
    """
    while chunk := file.read(size):
        cut = chunk.find(ROOM)
        if cut < 0:
            yield chunk
            continue
        yield chunk[:cut]
        start = file.tell() - len(chunk) + cut
        file.seek(start)
        end = _next_byte(file, start, size)
        if end is None:
            return
        file.seek(start)
        while start < end and (again := file.read(min(size, end - start))):
            start += len(again)
            yield again


def _next_byte(file: io.FileIO | io.BytesIO, start: int, size: int) -> int | None:
    """Where, from here on, the first byte stands that is no room, if there is one."""
    place = start
    while chunk := file.read(size):
        behind = chunk.lstrip(ROOM)
        if behind:
            return place + len(chunk) - len(behind)
        place += len(chunk)
    return None
