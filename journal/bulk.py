"""Many runs at once: one JSON object per line of a file or of stdin.

Lines are recorded as they come: whatever one read brings is one write and one fsync, so a slow
producer's runs are on disk at once and a fast one's in large portions. A line that is refused is
named on stderr and the others go on.
"""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Iterator, Mapping
from typing import Any

from journal.absent import unreadable
from journal.counts import counted
from journal.entries import logged_body
from journal.errors import JournalError, ReadFailed, ValueRefused, WriteFailed
from journal.guesses import nearest
from journal.ids import uuid7
from journal.line_buffer import LineBuffer
from journal.lines import LINE_BYTES, NOW, Entry
from journal.oneshot import began, tell
from journal.packing import unpack_nested
from journal.screen import say

TYPE_CHECKING = False
if TYPE_CHECKING:
    from journal.store import Sink

KEYS = ("params", "metrics", "seed", "status", "tags", "note", "at", "seconds")
"""What a line may say about its run; ``params`` and ``metrics`` alone suffice."""
BOM = b"\xef\xbb\xbf"
"""What some editors put before the first line of a file in UTF-8."""
_READ_BYTES = 1 << 20
_SHOWN = 20


def record_lines(source: str, sink: Sink) -> int:
    """Log one run per line of ``source`` (``-``: stdin), print their ids; 1 if any is refused."""
    try:
        fd = 0 if source == "-" else os.open(source, os.O_RDONLY)
    except OSError as failed:
        raise unreadable(source, failed) from None
    row = logged = refused = last = 0
    try:
        for lines in _portions(fd, source):
            bad: dict[int, JournalError] = {}
            for kept in _append(sink, _entries(lines, row, bad), bad):
                tell([entry[0] for entry in kept.values()])
                logged, last = logged + len(kept), max(kept)
            for place in sorted(bad)[: max(0, _SHOWN - refused)]:
                say(f"knobwise: {source}:{place}: {bad[place]}")
            row += len(lines)
            refused += len(bad)
            if sys.stderr.isatty():
                sys.stderr.write(f"\r{counted(logged, 'run')} logged ")
    except WriteFailed as failed:
        if not logged:
            raise
        hint = f"{counted(logged, 'run')} logged, up to line {last}; go on behind it"
        raise WriteFailed(failed.message, where=failed.where, hint=hint) from failed
    finally:
        sink.close()
        if fd:
            os.close(fd)
    if sys.stderr.isatty():
        sys.stderr.write("\n")
    if refused:
        sys.stderr.write(
            f"knobwise: {counted(refused, 'line')} refused, {counted(logged, 'run')} logged\n"
        )
    return 1 if refused else 0


def _entries(lines: list[bytes], before: int, bad: dict[int, JournalError]) -> dict[int, Entry]:
    """The runs of these lines by row, which is counted on from ``before``; ``bad``: the others."""
    entries: dict[int, Entry] = {}
    for row, line in enumerate(lines, start=before + 1):
        if line.strip():
            try:
                entries[row] = entry_of(line.removeprefix(BOM) if row == 1 else line)
            except JournalError as error:
                bad[row] = error
    return entries


def _append(
    sink: Sink, entries: dict[int, Entry], bad: dict[int, JournalError]
) -> Iterator[dict[int, Entry]]:
    """Write the entries; yields what is on disk. Those too long for a line are added to ``bad``."""
    if not entries:
        return
    try:
        sink.append(list(entries.values()))
    except ValueRefused:
        for row, entry in entries.items():
            try:
                sink.append([entry])
            except ValueRefused as error:
                bad[row] = error
            else:
                yield {row: entry}
    else:
        yield entries


def _portions(fd: int, source: str) -> Iterator[list[bytes]]:
    """The lines that each read completes; the last portion may end without a newline."""
    buffer = LineBuffer(LINE_BYTES)
    while data := _read(fd, source):
        if lines := buffer.take(data):
            yield lines
    if rest := buffer.rest():
        yield [rest]


def _read(fd: int, source: str) -> bytes:
    try:
        return os.read(fd, _READ_BYTES)
    except OSError as failed:
        what = "stdin" if source == "-" else source
        raise ReadFailed(failed.strerror or str(failed), where=what) from None


def entry_of(line: bytes) -> Entry:
    """The run of one line. Raises ValueRefused with what is wrong about it."""
    if len(line) > LINE_BYTES:
        said = f"an event too large for one line: more than {LINE_BYTES:,} bytes"
        raise ValueRefused(said, hint="log less at once")
    told = object_of(line)
    if not told:
        raise ValueRefused("there is nothing to log", hint='{"params": {…}, "metrics": {…}}')
    if unknown := told.keys() - set(KEYS):
        raise unknown_key(min(unknown))
    params, metrics, tags = told.get("params", {}), told.get("metrics", {}), told.get("tags", [])
    if not isinstance(params, dict) or not isinstance(metrics, dict) or not isinstance(tags, list):
        raise ValueRefused("params and metrics are objects, tags is a list")
    at = told.get("at")
    body = logged_body(
        unpack_nested(params),
        metrics=unpack_nested(given(metrics)),
        seed=told.get("seed"),
        status=status_of(told),
        tags=tags,
        note=told.get("note"),
        began=None if at is None else began(str(at)),
        seconds=told.get("seconds"),
    )
    run = uuid7()
    return run, run, NOW, "logged", body


def object_of(line: bytes) -> dict[str, Any]:
    """A line's JSON object, read strictly: no key twice, no number beyond all floats.

    Raises ValueRefused.
    """
    try:
        told = json.loads(line.decode(), object_pairs_hook=_once, parse_float=_finite)
    except (ValueError, RecursionError) as error:
        raise ValueRefused(f"not JSON: {error}") from None
    if not isinstance(told, dict):
        raise ValueRefused("not an object", hint='{"params": {…}, "metrics": {…}}')
    return told


def given(metrics: Mapping[str, Any]) -> Mapping[str, Any]:
    """The metrics, each of which has a value. Raises ValueRefused for null."""
    if empty := [name for name, value in metrics.items() if value is None]:
        raise ValueRefused(f"the metric {empty[0]} is null", hint="leave it out, or give nan")
    return metrics


def status_of(told: Mapping[str, Any]) -> str:
    """The status that a line has, ``finished`` without one; it may be none that there is."""
    status: str | None = told.get("status")
    return "finished" if status is None else status


def _once(pairs: list[tuple[str, object]]) -> dict[str, object]:
    """An object of JSON whose keys differ: of two, nobody knows which was meant."""
    told = dict(pairs)
    if len(told) < len(pairs):
        keys = [key for key, _ in pairs]
        raise ValueRefused(f"{next(key for key in keys if keys.count(key) > 1)!r} is given twice")
    return told


def _finite(text: str) -> float:
    number = float(text)
    if number - number != 0:
        raise ValueRefused(f"{text} is too large for a number", hint="infinity is Infinity")
    return number


def unknown_key(key: str) -> ValueRefused:
    """What is to be said of a line with this key, with what was meant."""
    near = nearest(key, KEYS)
    hint = f"did you mean {near!r}?" if near else "a parameter belongs in params"
    if key == "started_at":
        hint = "not ls --json but export -o runs.jsonl writes what is read"
    return ValueRefused(f"{key!r} is not a run's", hint=hint)
