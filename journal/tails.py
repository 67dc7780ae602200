"""The end of a segment, for the writer who goes on with it."""

from __future__ import annotations

import json
import os
from dataclasses import dataclass
from datetime import UTC, datetime

from journal.bodies import BodyError, read_stamp
from journal.lines import HASH_DIGITS, NO_LINE, TORN, VERSION, is_sound
from journal.segments import fragments

_FIRST_LOOK = 1 << 16
_LONG_AGO = datetime(1970, 1, 1, tzinfo=UTC)


@dataclass(frozen=True, slots=True, kw_only=True)
class Tail:
    """The last sound line's number, hash and time, and what must be written before the next.

    ``seal`` is empty after a whole line, a newline after a line that lacks only that, and
    ``#torn`` with a newline after a torn one.
    """

    number: int = 0
    hash: str = NO_LINE
    at: datetime = _LONG_AGO
    seal: bytes = b""


def read_tail(fd: int, size: int) -> Tail | None:
    """The tail of an open segment; None where it ends in damage, and is better left alone."""
    look = _FIRST_LOOK
    while True:
        start = max(0, size - look)
        data = os.pread(fd, size - start, start)
        if start:
            cut = data.find(b"\n") + 1
            data = data[cut:] if cut else b""
        found = _last_line(data)
        if found is not None or start == 0:
            break
        look *= 16
    seal = _seal(data)
    return Tail(seal=seal) if found is None else _tail_of(found, seal)


def _seal(data: bytes) -> bytes:
    unterminated = data[data.rfind(b"\n") + 1 :]
    if not unterminated:
        return b""
    return b"\n" if is_sound(unterminated) else TORN


def _last_line(data: bytes) -> bytes | None:
    """The last sound line, looking back over torn ones only; b"" stands for damage."""
    lines = data.split(b"\n")
    for back, line in enumerate(reversed(lines)):
        if is_sound(line):
            return line
        if back and line and not line.endswith(TORN.rstrip(b"\n")):
            return b""
        for _, piece, sound in reversed(list(fragments(line))):
            if sound:
                return piece
    return None


def _tail_of(line: bytes, seal: bytes) -> Tail | None:
    try:
        record = json.loads(line)
        number, version, at = record["n"], record["knobwise"], read_stamp(record["at"])
    except (ValueError, KeyError, TypeError, RecursionError, BodyError):
        return None
    if version != VERSION or type(number) is not int:
        return None
    hashed = line[-HASH_DIGITS - 2 : -2].decode("ascii")
    return Tail(number=number, hash=hashed, at=at, seal=seal)
