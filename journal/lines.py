r"""The format of a journal, byte by byte.

A journal is a folder of segments (``*.jsonl``). A segment is a text file, UTF-8, of lines that end
in one ``\n``. A line is one JSON object, its keys in this order and without spaces:

    {"knobwise":1,"n":17,"prev":"5d…","id":"019a…","run":"019a…","at":"2026-11-23T12:50:00.123456Z",
     "type":"logged","body":{…},"hash":"c4…"}

``knobwise``  The format's version, and the mark by which a line is found again in a damaged file.
``n``         The line's number in its segment, from 1, without gaps. Two lines with one number and
              two hashes are a fork: two writers took themselves for the only one.
``prev``      The hash of the line before; 32 zeros in line 1. Chained, the last hash (the *head*)
              vouches for order and number of all lines. Only a published head proves anything
              against someone who rewrites or shortens a whole segment (``knobwise verify --head``).
``id``        The event's UUID, version 7 (8 for imports). A second event with an id that is known
              is the same event, copied or retried: it is read once.
``run``       The UUID of the run the event is about; null where it is about the journal.
``at``        When the event was recorded: UTC, always microseconds, always 27 characters, so that
              text order is time order. A writer stamps no new event earlier than the line before
              it, so a clock set back turns no order round. (A line copied from another journal
              keeps its time, and moves no clock.) Events of all segments are ordered by (at, id),
              the same everywhere.
``type``      ``journal.events`` has the types and their bodies (``journal.bodies``: the JSON).
``body``      The event's own fields; a field at its default is absent.
``hash``      The first 128 bits of SHA-256, 32 hex digits, over the line's bytes from its first
              ``{`` to the end of the body: everything before ``,"hash":"``. It stands at the end,
              in a tail of fixed length (45 bytes with the newline), so that a reader checks the
              bytes before it parses them, with nothing but a hash function (``sha256sum``).
              A line vouches for itself: damage to one line never hides the next.

Why JSON lines: every language reads them, git merges and compresses them, and a half-written line
costs that line. Measured beside it (see docs/decisions): SQLite on shared filesystems corrupts or
blocks; a binary log would save half the bytes and no time, since Python's cost is the objects.

A write may stop anywhere (kill, power, full disk). The torn tail stays. The next writer ends it
with ``#torn`` and a newline, in one write with its own line, which continues the chain from the
last sound line. A tail that lacks nothing but its newline is a sound line and gets the newline.
So a line that ends in ``#torn``, or a last line without newline, is harmless: never acknowledged.

While a writer of many lines lives, tabs may stand behind the last newline: room for lines to come
(``journal.room``), of which a reader takes no notice. No line has a tab. A line that has sixteen in
a row is a write of which a power cut kept parts: harmless as well.

Segments are named ``<host>-<place>-<random>.jsonl``; ``place`` is 8 hex digits of a hash of the
kernel's boot id and the folder's inode. A writer appends only to segments of its own place, one
it holds locked, so no lock crosses a kernel, and a copied folder does not continue the segments of
its original (which would be lost when the two are merged by copying files).

Limits: a line 8 MiB, a name 1 KiB, a text 1 MiB, an integer 4,000 digits; checked before the write.
"""

from __future__ import annotations

import _thread
import json
from collections.abc import Callable, Iterator

from journal.errors import ValueRefused
from journal.forks import IMPORTING
from journal.hashing import sha256
from journal.packing import Json

TYPE_CHECKING = False
if TYPE_CHECKING:
    from types import ModuleType

VERSION = 1
LINE_BYTES = 8 << 20
"""Longest line, its newline included: 8 MiB."""
HASH_DIGITS = 32
NO_LINE = "0" * HASH_DIGITS
"""``prev`` of a segment's first line."""
MARK = b'{"knobwise":'
"""What every line begins with; it stands nowhere else but in a body made to look like a line."""
TORN = b"#torn\n"
"""What the next writer ends a torn tail with."""
TAIL_BYTES = len(b',"hash":""}') + HASH_DIGITS
"""Length of a line's end, without its newline, that the hash does not cover."""

_INT64 = 1 << 63
_HASH_KEY = b',"hash":"'
_to_json = json.JSONEncoder(ensure_ascii=False, separators=(",", ":"), allow_nan=False).encode

Record = dict[str, Json]
"""A line's JSON, sound and parsed."""
Entry = tuple[str, str | None, str, str, dict[str, Json]]
"""What a line is made of beside its place: id, run, at, type, body."""
Encoder = Callable[[dict[str, Json]], bytes]
"""Makes JSON. Raises ValueError, TypeError, RecursionError for what JSON cannot carry."""
NOW = ""
"""``at`` of an entry that is stamped as it is written."""


_imported: list[ModuleType | None] = []
"""The module orjson, once it is imported as a whole, or None where it is not installed."""


def plain_json(line: dict[str, Json]) -> bytes:
    """A line's bytes by the standard library."""
    return _to_json(line).encode()


def quick_json() -> Encoder:
    """The same by orjson, eight times as fast, for a writer of many lines: loading it takes as long
    as a thousand of them.

    The two write some floats differently (``1e-05``, ``1e-5``), never another float. What orjson
    refuses is left to the standard library.
    """  # noqa: D205
    orjson = faster_json()
    return plain_json if orjson is None else orjson.dumps


def faster_json() -> ModuleType | None:
    """The module orjson, where it is installed.

    A thread imports it: orjson crashes Python where an exception strikes its import, and what a
    signal's handler raises strikes the main thread only.
    """
    if not _imported:
        done = _thread.allocate_lock()
        done.acquire()
        try:
            _thread.start_new_thread(_import_orjson, (done,))
        except RuntimeError:  # the process is ending
            return None
        done.acquire()
    return _imported[0] if _imported else None


def _import_orjson(done: _thread.LockType) -> None:
    try:
        with IMPORTING:
            try:
                import orjson
            except ImportError:
                _imported.append(None)
            else:
                _imported.append(orjson)
    finally:
        done.release()


def encode(
    entry: Entry, *, number: int, previous: str, to_json: Encoder = plain_json
) -> tuple[bytes, str]:
    """The entry as the segment's line ``number``, and its hash.

    Raises ValueRefused for what would not come back as it is, or makes too long a line.
    """
    event, run, at, kind, content = entry
    line: dict[str, Json] = {
        "knobwise": VERSION, "n": number, "prev": previous, "id": event, "run": run, "at": at,
        "type": kind, "body": content,
    }  # fmt: skip
    try:
        if "context" in content:
            _check_agreed(content["context"])
        covered = to_json(line)[:-1]
    except (ValueError, TypeError, RecursionError) as refused:
        if to_json is not plain_json:
            return encode(entry, number=number, previous=previous)
        raise _refusal(refused) from None
    if len(covered) + TAIL_BYTES >= LINE_BYTES:
        size = f"{len(covered):,} bytes, {LINE_BYTES:,} at most"
        raise ValueRefused(f"an event too large for one line: {size}", hint="log less at once")
    hashed = digest(covered)
    return b'%b,"hash":"%b"}\n' % (covered, hashed.encode()), hashed


def _check_agreed(value: object) -> None:
    """Raises ValueError, TypeError for that of which JSON's writers and readers differ."""
    if isinstance(value, dict | list | tuple):
        for inner in value.values() if isinstance(value, dict) else value:
            _check_agreed(inner)
    elif isinstance(value, float) and value - value != 0.0:
        raise ValueError(f"the number {value}")
    elif isinstance(value, int) and not -_INT64 <= value < _INT64:
        raise ValueError("an integer of more than 64 bits")
    elif not isinstance(value, str | int | float | None):
        raise TypeError(f"a {type(value).__name__}")


def _refusal(refused: Exception) -> ValueRefused:
    if isinstance(refused, UnicodeEncodeError):
        hint = "the bytes it came from were not UTF-8"
        return ValueRefused("a text is not valid Unicode", hint=hint)
    return ValueRefused(f"an event that JSON cannot carry: {refused}")


def digest(covered: bytes) -> str:
    """The hash of a line's covered bytes."""
    return sha256(covered).hexdigest()[:HASH_DIGITS]


def is_framed(line: bytes) -> bool:
    """Does it begin and end as a line does?"""
    return (
        line.startswith(MARK)
        and line[-TAIL_BYTES : -HASH_DIGITS - 2] == _HASH_KEY
        and line.endswith(b'"}')
    )


def is_sound(line: bytes) -> bool:
    """Are these bytes, without newline, a whole line as it was written?"""
    return is_framed(line) and digest(line[:-TAIL_BYTES]).encode() == line[-HASH_DIGITS - 2 : -2]


def fragments(line: bytes) -> Iterator[tuple[int, bytes, bool]]:
    """A damaged line in parts: (position, bytes, is it a sound line?)."""
    starts = [0]
    while (found := line.find(MARK, starts[-1] + 1)) >= 0:
        starts.append(found)
    ends = [*starts[1:], len(line)]
    part = 0
    while part < len(starts):
        start = starts[part]
        for last in range(part, min(part + 4, len(ends))):
            piece = line[start : ends[last]]
            whole = piece[: piece.rfind(b'"}') + 2]
            if is_sound(whole):
                yield start, whole, True
                if len(whole) < len(piece):
                    yield start + len(whole), piece[len(whole) :], False
                part = last
                break
        else:
            yield start, line[start : ends[part]], False
        part += 1
