"""Reading a segment: its sound lines, and what is not as it was written.

Nothing stops the reader: a damaged line is named and passed over, and a sound line inside a damaged
one (two lines run together where a newline was lost) is found by its mark.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from itertools import accumulate
from operator import itemgetter
from typing import Any

from journal.damage import Damage
from journal.line_buffer import LineBuffer
from journal.lines import (
    HASH_DIGITS,
    MARK,
    NO_LINE,
    TAIL_BYTES,
    TORN,
    VERSION,
    Record,
    faster_json,
    fragments,
    is_sound,
)
from journal.room import HOLE

_PLACE = itemgetter("knobwise", "n", "prev", "hash")
_TORN_END = TORN.rstrip(b"\n")


@dataclass(slots=True, kw_only=True)
class Batch:
    """A portion of a segment: records in file order, each with its offset, and the damage.

    ``head`` is the number and hash of its last sound line; (0, zeros) before the first.
    """

    segment: str
    records: list[Record] = field(default_factory=list)
    offsets: list[int] = field(default_factory=list)
    damage: list[Damage] = field(default_factory=list)
    head: tuple[int, str] = (0, NO_LINE)


def json_reader() -> Callable[[bytes], object]:
    """The reader of JSON: orjson where it is installed (five times as fast), else json.

    They agree on every line: what they read differently (integers beyond 64 bits, NaN, lone
    surrogates) the format does not contain.
    """
    orjson = faster_json()
    return json.loads if orjson is None else orjson.loads


def scan(
    chunks: Iterable[bytes], segment: str, *, loads: Callable[[bytes], object]
) -> Iterator[Batch]:
    """All sound lines of a segment, and all damage: a batch per chunk of its bytes, and one more.

    In portions, because what was just parsed is still in the processor's cache when it is used.
    The last batch's head is the segment's.
    """
    chain = _Chain(Batch(segment=segment))
    offset = row = 0
    for lines, ended in _lines(chunks):
        if not (ended and _follow(chain, lines, offset, loads)):
            place = offset
            for ahead, line in enumerate(lines, start=1):
                _judge(chain, line, row + ahead, place, loads, at_end=not ended)
                place += len(line) + 1
        row += len(lines)
        offset += sum(map(len, lines)) + len(lines)
        if ended:
            yield chain.portion()
    chain.settle()
    yield chain.portion()


def _follow(
    chain: _Chain, lines: list[bytes], offset: int, loads: Callable[[bytes], object]
) -> bool:
    """Take these lines at once, if all are sound and follow on each other; else do nothing.

    The hash vouches for all bytes of a line before the last 43, and JSON that has it as its "hash"
    leaves no room among the 43 for anything else: the line is as it was written.
    """
    sha256 = hashlib.sha256
    hashes = [sha256(line[:-TAIL_BYTES]).hexdigest()[:HASH_DIGITS] for line in lines]
    first = chain.number + 1
    try:
        records: Any = loads(b"[%b]" % b",".join(lines))
        versions, numbers, previous, hashed = zip(*map(_PLACE, records), strict=True)
    except (ValueError, KeyError, TypeError, RecursionError):
        return False
    if (
        chain.pending
        or list(hashed) != hashes
        or list(previous) != [chain.hash, *hashes[:-1]]
        or list(numbers) != list(range(first, first + len(lines)))
        or set(versions) != {VERSION}
    ):
        return False
    batch = chain.batch
    batch.records += records
    batch.offsets += accumulate([len(line) + 1 for line in lines[:-1]], initial=offset)
    chain.number, chain.hash = numbers[-1], hashes[-1]
    return True


def _judge(
    chain: _Chain,
    line: bytes,
    row: int,
    offset: int,
    loads: Callable[[bytes], object],
    *,
    at_end: bool,
) -> None:
    """Take one line: as it is where it is sound, else apart, so that only what is damaged is lost.

    A line that never ended, one that ends as a writer seals it, and one of which the disk has parts
    only are torn: harmless.
    """
    torn = at_end or line.endswith(_TORN_END)
    for start, piece, sound in [(0, line, True)] if is_sound(line) else fragments(line):
        if sound:
            chain.sound(piece, parse(piece, loads), row, offset + start)
        else:
            last = start + len(piece) == len(line)
            chain.bad(piece, row, offset + start, torn=(torn and last) or HOLE in piece)


def _lines(chunks: Iterable[bytes]) -> Iterator[tuple[list[bytes], bool]]:
    """The lines that each chunk completes; at last, if there is one, the line that never ended."""
    buffer = LineBuffer()
    for chunk in chunks:
        if lines := buffer.take(chunk):
            yield lines, True
    if rest := buffer.rest():
        yield [rest], False


def naming(chunks: Iterable[bytes], run: str) -> Iterator[bytes]:
    """Of a segment's bytes, the lines in which the id of this run stands: no chain any more."""
    mark = run.encode()
    for lines, _ in _lines(chunks):
        if found := [line for line in lines if mark in line]:
            yield b"\n".join([*found, b""])


def parse(line: bytes, loads: Callable[[bytes], object]) -> Record | None:
    """A sound line's JSON; None where it has no number or no predecessor."""
    try:
        record = loads(line)
    except (ValueError, RecursionError):
        return None
    if isinstance(record, dict) and type(record.get("n")) is int and "prev" in record:
        return record
    return None


_CAUSES = {
    b"\r": "the line end became CRLF (*.jsonl -text in .gitattributes keeps git from that)",
    b"\xef\xbb\xbf": "an editor put a byte order mark before the first line",
}

_FOREIGN = "if this file is no segment of the journal (an export, say), move it to another folder"


class _Chain:
    """Follows number and hash from line to line, and judges what stands between sound lines."""

    def __init__(self, batch: Batch) -> None:
        self.batch = batch
        self.number = 0
        self.hash = NO_LINE
        self.pending: list[Damage] = []

    def bad(self, piece: bytes, row: int, offset: int, *, torn: bool) -> None:
        """These bytes are no line."""
        kind = "torn" if torn else "altered"
        said = "an unfinished write, never acknowledged" if torn else "not as it was written"
        if cause := _CAUSES.get(piece):
            said = f"{said}: {cause}"
        elif not (torn or offset or piece.startswith(MARK)):
            said = f"{said}: {_FOREIGN}"
        self.pending.append(self._damage(kind, row, offset, len(piece), said))

    def sound(self, line: bytes, record: Record | None, row: int, offset: int) -> None:
        """These bytes are as they were written; do they follow on the line before?"""
        hashed = line[-HASH_DIGITS - 2 : -2].decode("latin-1")
        if record is None or record.get("knobwise") != VERSION:
            kind, said = ("malformed", "not a line of this format")
            if record is not None:
                kind, said = ("newer", "a line of another version of the format; update knobwise")
            self.settle()
            self.batch.damage.append(self._damage(kind, row, offset, len(line), said))
            if record is None:
                return
        number = record["n"]
        assert isinstance(number, int)  # parse saw to it
        altered = sum(damage.kind == "altered" for damage in self.pending)
        gone = number - self.number - 1 - altered
        follows = number > self.number + 1 or record["prev"] == self.hash
        self.settle()
        if gone > 0:
            said = f"{gone} line{'s are' if gone > 1 else ' is'} missing before line {number}"
            self.batch.damage.append(self._damage("missing", row, offset, 0, said))
        elif number <= self.number or not follows:
            said = f"line {number} does not follow on line {self.number} (fork or rewrite)"
            self.batch.damage.append(self._damage("unchained", row, offset, len(line), said))
        self.number, self.hash = number, hashed
        if record.get("knobwise") == VERSION:
            self.batch.records.append(record)
            self.batch.offsets.append(offset)

    def settle(self) -> None:
        """Report what stands between the last sound line and here."""
        self.batch.damage.extend(self.pending)
        self.pending.clear()

    def portion(self) -> Batch:
        """What was found since the last portion."""
        done, self.batch = self.batch, Batch(segment=self.batch.segment)
        done.head = (self.number, self.hash)
        return done

    def _damage(self, kind: str, row: int, offset: int, length: int, message: str) -> Damage:
        segment = self.batch.segment
        return Damage(
            kind=kind, segment=segment, line=row, offset=offset, length=length, message=message
        )
