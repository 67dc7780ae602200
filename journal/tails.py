"""The end of a segment, for the writer who goes on with it."""

from __future__ import annotations

import json
import os

from journal.clock import LONG_AGO
from journal.lines import HASH_DIGITS, NO_LINE, TORN, VERSION, fragments, is_sound

_FIRST_LOOK = 1 << 14
_TORN_END = TORN.rstrip(b"\n")


class Tail:
    """The last sound line's number, hash and time, and what must be written before the next.

    ``seal`` is empty after a whole line, a newline after a line that lacks only that, and
    ``#torn`` with a newline after a torn one.
    """

    __slots__ = ("at", "hash", "number", "seal")

    def __init__(
        self, number: int = 0, hashed: str = NO_LINE, *, at: str = LONG_AGO, seal: bytes = b""
    ) -> None:
        self.number = number
        self.hash = hashed
        self.at = at
        self.seal = seal


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
    end = len(data)
    while end >= 0:
        start = data.rfind(b"\n", 0, end) + 1
        line = data[start:end]
        if is_sound(line):
            return line
        if end < len(data) and not line.endswith(_TORN_END):
            return b""
        for _, piece, sound in reversed(list(fragments(line))):
            if sound:
                return piece
        end = start - 1
    return None


def _tail_of(line: bytes, seal: bytes) -> Tail | None:
    try:
        record = json.loads(line)
        number, version, at = record["n"], record["knobwise"], record["at"]
    except (ValueError, KeyError, TypeError, RecursionError):
        return None
    if version != VERSION or type(number) is not int or type(at) is not str or len(at) != 27:
        return None
    return Tail(
        number,
        line[-HASH_DIGITS - 2 : -2].decode("ascii"),
        at=at,
        seal=seal,
    )
