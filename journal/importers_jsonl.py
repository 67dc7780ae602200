"""Runs from JSON lines: of ``knobwise export`` with their ids, or as ``log --jsonl`` takes them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path

from journal import values
from journal.absent import unreadable
from journal.bodies import event_of
from journal.bulk import BOM, given, object_of, status_of, unknown_key
from journal.clock import LONG_AGO
from journal.counts import counted
from journal.endings import brief
from journal.entries import ended_as, whole
from journal.errors import JournalError, UsageError, ValueRefused
from journal.events import Declared
from journal.ids import NO_UUID, is_uuid
from journal.importers import Foreign, Understood, run_id
from journal.packing import BodyError, Json, unpack_nested, unpack_scalar
from journal.times import parse_moment

KEYS = frozenset(
    {"id", "params", "metrics", "seed", "status", "at", "seconds", "tags", "note", "notes",
     "exit_code", "error", "series", "context", "retracted"}
)  # fmt: skip


def read(path: Path) -> Understood:
    """The runs of this file. Raises UsageError where it cannot be read, or has no JSON lines."""
    try:
        lines = path.read_bytes().removeprefix(BOM).split(b"\n")
    except OSError as failed:
        raise unreadable(path, failed) from None
    runs: list[Foreign] = []
    declared: list[Declared] = []
    refused: list[str] = []
    unfinished = 0
    seen: dict[bytes, int] = {}
    for row, line in enumerate(lines, start=1):
        if not line.strip():
            continue
        try:
            told = _object(line)
            if told.keys() == {"declared"}:
                declared.append(_declared(told["declared"]))
            elif told.get("status") == "running":
                unfinished += 1
            else:
                seen[line] = seen.get(line, 0) + 1
                named = (path.name, line.decode(errors="replace"), seen[line])
                runs.append(_run(told, place=f"line {row}", named=named))
        except (JournalError, BodyError) as error:
            refused.append(f"line {row}: {error}")
    if not (runs or declared or unfinished) and (told_else := _something_else(lines)):
        raise UsageError("these are no JSON lines", word=str(path), hint=told_else)
    left_out = [counted(unfinished, "run that is not finished yet")] if unfinished else []
    return Understood(
        source=str(path), runs=tuple(runs), declared=tuple(declared), left_out=tuple(left_out),
        refused=tuple(refused),
    )  # fmt: skip


def _something_else(lines: Sequence[bytes]) -> str:
    """What to do with a file that begins as something else; empty where it does not."""
    first = next((line.lstrip() for line in lines if line.strip()), b"{")
    if first.startswith(b"["):
        return "not ls --json but export -o runs.jsonl writes what is read; an array: jq -c '.[]'"
    cells = not first.startswith(b"{") and any(mark in first for mark in (b",", b";", b"\t"))
    return "a table is imported by import csv" if cells else ""


def _object(line: bytes) -> dict[str, Json]:
    told: dict[str, Json] = object_of(line)
    if unknown := told.keys() - KEYS - {"declared"}:
        raise unknown_key(min(unknown))
    return told


def _declared(content: Json) -> Declared:
    event = event_of(
        {"type": "declared", "body": content, "id": NO_UUID, "run": None, "at": LONG_AGO}
    )
    assert isinstance(event, Declared)  # the type says so
    return event


def _run(told: Mapping[str, Json], *, place: str, named: Sequence[object]) -> Foreign:
    """The run of one line, ``named`` where it has no id. Raises ValueRefused, BodyError."""
    own, at = told.get("id"), told.get("at")
    if own is not None and not (isinstance(own, str) and is_uuid(own)):
        raise ValueRefused(f"the id {own!r:.80} is not a UUID")
    seconds = unpack_scalar(told.get("seconds"))
    notes = [*_texts(told, "notes"), *([note] if (note := _text(told, "note")) else [])]
    return Foreign(
        run=own or run_id("jsonl", *named),
        place=place,
        params=values.parameters(unpack_nested(_mapping(told, "params"))),
        metrics=values.metrics(unpack_nested(given(_mapping(told, "metrics")))),
        seed=values.seed(unpack_scalar(told.get("seed"))),
        status=ended_as(status_of(told)),
        began=None if at is None else parse_moment(str(at)),
        seconds=None if seconds is None else values.duration(seconds),
        tags=tuple(_texts(told, "tags")),
        notes=tuple(map(values.note, notes)),
        exit_code=whole(unpack_scalar(told.get("exit_code")), "the exit code"),
        error=None if (error := _text(told, "error")) is None else brief(error),
        series={name: _points(told) for name, told in _mapping(told, "series").items()},
        context=_mapping(told, "context"),
        retracted=_text(told, "retracted"),
    )


def _mapping(told: Mapping[str, Json], key: str) -> dict[str, Json]:
    value = told.get(key, {})
    if not isinstance(value, dict):
        raise ValueRefused(f"{key} is not an object")
    return value


def _points(told: Json) -> tuple[tuple[int, float], ...]:
    points: list[tuple[int, float]] = []
    for point in told if isinstance(told, list) else [None]:
        step = unpack_scalar(point[0]) if isinstance(point, list) and len(point) == 2 else None
        if type(step) is not int or not isinstance(point, list):
            raise ValueRefused("a series is a list of [step, value]")
        points.append((step, values.number(unpack_scalar(point[1]), "a value of a series")))
    return tuple(points)


def _texts(told: Mapping[str, Json], key: str) -> list[str]:
    listed = told.get(key, [])
    if not isinstance(listed, list) or not all(isinstance(item, str) for item in listed):
        raise ValueRefused(f"{key} is not a list of texts")
    return [values.check_text(str(item), key) for item in listed]


def _text(told: Mapping[str, Json], key: str) -> str | None:
    value = told.get(key)
    return None if value is None else values.check_text(value, f"the {key}")
