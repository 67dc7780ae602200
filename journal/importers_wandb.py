"""Runs of W&B from the files it writes offline (``wandb/offline-run-*/run-*.wandb``).

A run's id follows from its project, W&B's id and the time it began. What was logged step by step
in some run is a series; the summary has the results, and where it lacks one, that is the last of
its series. Keys that begin with an underscore are W&B's own. The last moments of a run that was
killed are not in the file, and neither is its end: such a run is left out, unless it is said that
none is under way.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path

from journal import values
from journal.counts import counted
from journal.errors import JournalError, UsageError, ValueRefused
from journal.importers import Foreign, Understood, run_id, took
from journal.importers_series import with_series
from journal.importers_wire import (
    Fields,
    check_there,
    fields,
    integer,
    leveldb_records,
    messages,
    said,
    text,
    texts,
)
from journal.packing import Json
from journal.times import from_epoch

_MARK = b":W&B"
_HEADER_BYTES = 7
_HISTORY, _SUMMARY, _CONFIG, _RUN, _EXIT = 2, 3, 5, 17, 18
_SHOWN = 8
_TYPE = "._type"
_NOT_FINITE = {"NaN": float("nan"), "Infinity": float("inf"), "-Infinity": float("-inf")}


@dataclass(slots=True)
class _Told:
    """What the records of one file say. ``other``: names of what was logged and is no number."""

    run: Fields | None = None
    config: dict[str, object] = field(default_factory=dict)
    summary: dict[str, float] = field(default_factory=dict)
    series: dict[str, list[tuple[int, float]]] = field(default_factory=dict)
    seconds: float | None = None
    exit_code: int | None = None
    other: set[str] = field(default_factory=set)


def read(path: Path, *, all_ended: bool = False) -> Understood:
    """The runs in this file or below this folder. Raises UsageError where there is none."""
    check_there(path)
    files = [path] if path.is_file() else sorted(path.rglob("run-*.wandb"))
    if not files:
        hint = "the folder wandb, or a file run-*.wandb; a CSV export: knobwise import csv"
        raise UsageError("there is no offline run of W&B here", word=str(path), hint=hint)
    runs: list[Foreign] = []
    refused: list[str] = []
    other: set[str] = set()
    unended = 0
    for file in files:
        try:
            told = _told(file.read_bytes())
            if told.exit_code is None and not all_ended:
                unended += 1
            else:
                runs.append(_foreign(told, str(file)))
                other |= told.other
        except (OSError, JournalError, ValueError, OverflowError, RecursionError) as error:
            refused.append(f"{file}: {said(error)}")
    left_out = (
        f"{counted(unended, 'run')} without an end: under way, or killed (then say --all-ended)"
    )
    return Understood(
        source=str(path), runs=with_series(runs), refused=tuple(refused),
        left_out=(left_out,) if unended else (), remarks=tuple(_passed_over(other)),
    )  # fmt: skip


def _told(data: bytes) -> _Told:
    if not data.startswith(_MARK):
        raise ValueRefused("this is no file of W&B")
    told = _Told()
    for record in map(fields, leveldb_records(data, _HEADER_BYTES)):
        for run in messages(record, _RUN):
            told.run = run
            for config in messages(run, 4):
                told.config |= dict(_config(config))
        for config in messages(record, _CONFIG):
            told.config |= dict(_config(config))
        for summary in messages(record, _SUMMARY):
            measured = _numbers(summary, told.other)
            if "_runtime" in measured:
                told.seconds = took(measured["_runtime"])
            told.summary |= {n: v for n, v in measured.items() if not n.startswith("_")}
        for history in messages(record, _HISTORY):
            _step(told, _numbers(history, told.other), next(messages(history, 2), {}))
        for end in messages(record, _EXIT):
            told.exit_code = integer(end, 1)
    _without_media(told)
    return told


def _without_media(told: _Told) -> None:
    """An image's width is no metric: newer W&B has its keys one by one, its type among them."""
    media = {name.removesuffix(_TYPE) for name in told.other if name.endswith(_TYPE)}
    below = tuple(f"{name}." for name in media)
    told.other = {name for name in told.other if not name.startswith(below)} | media
    told.summary = {n: v for n, v in told.summary.items() if not n.startswith(below)}
    told.series = {n: points for n, points in told.series.items() if not n.startswith(below)}


def _step(told: _Told, measured: Mapping[str, float], step: Fields) -> None:
    number = int(measured.get("_step", integer(step, 1)))
    for name, value in measured.items():
        if not name.startswith("_"):
            told.series.setdefault(values.check_name(name), []).append((number, value))


def _config(config: Fields) -> Iterator[tuple[str, object]]:
    """Key and value of each entry; keys of nested ones are joined with dots."""
    for item in messages(config, 1):
        name = _name(item)
        if not name.startswith("_wandb"):
            yield name, json.loads(text(item, 16))


def _numbers(record: Fields, other: set[str]) -> dict[str, float]:
    """What is a number, by its name; the names of images, tables and texts go to ``other``."""
    found: dict[str, float] = {}
    for item in messages(record, 1):
        for name, value in _leaves(_name(item), json.loads(text(item, 16))):
            if value is not None:
                found[name] = value
            elif not name.startswith("_"):
                other.add(name)
    return found


def _leaves(name: str, value: object) -> Iterator[tuple[str, float | None]]:
    """Each value below this name; None for what is no number."""
    if isinstance(value, dict) and "_type" not in value:
        for key, inner in value.items():
            yield from _leaves(f"{name}.{key}", inner)
    elif isinstance(value, str) and value in _NOT_FINITE:
        yield name, _NOT_FINITE[value]
    elif value is not None:
        yield name, float(value) if isinstance(value, int | float) else None


def _passed_over(other: set[str]) -> Iterator[str]:
    """What is to be said of these names."""
    if other:
        shown = ", ".join(sorted(other)[:_SHOWN])
        more = f" and {len(other) - _SHOWN:,} more" if len(other) > _SHOWN else ""
        yield f"no numbers (texts, images, tables …), so not imported: {shown}{more}"


def _name(item: Fields) -> str:
    nested = [
        part.decode("utf-8", "replace") for part in item.get(2, ()) if isinstance(part, bytes)
    ]
    return ".".join(nested) or text(item, 1)


def _foreign(told: _Told, place: str) -> Foreign:
    run = told.run
    if run is None:
        raise ValueRefused("the file ends before the run is described")
    began = next((_moment(time) for time in messages(run, 17)), None)
    project, key = text(run, 3), text(run, 1)
    context: dict[str, Json] = {"project": project, "run_id": key}
    named = {"run": 8, "group": 6, "job_type": 7, "sweep": 12}
    context |= {name: text(run, number) for name, number in named.items() if text(run, number)}
    whole: dict[str, Json] = {"wandb": context}
    if host := text(run, 13):
        whole["host"] = host
    for git in messages(run, 21):
        if commit := text(git, 2):
            whole["git"] = {"commit": commit}
    tags = values.labels(texts(run, 10))
    note = text(run, 9)
    ended = told.exit_code
    last = {name: points[-1][1] for name, points in told.series.items()}
    return Foreign(
        run=run_id("wandb", project, key, str(began)),
        params=values.parameters(told.config),
        metrics=values.metrics(last | told.summary),
        status="killed" if ended is None else "finished" if ended == 0 else "failed",
        place=place,
        began=began,
        seconds=told.seconds,
        tags=tuple(dict.fromkeys([*([project] if project else []), *tags])),
        notes=(values.note(note),) if note else (),
        exit_code=ended or None,
        series=told.series,
        context=whole,
    )


def _moment(time: Fields) -> datetime:
    return from_epoch(integer(time, 1)).replace(microsecond=integer(time, 2) // 1000)
