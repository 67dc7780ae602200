"""Runs as JSON lines that come back as they were.

A line of the JSON is a run: the keys of ``knobwise log --jsonl`` and ``id``, ``notes``,
``exit_code``, ``error``, ``series`` ({name: [[step, value], ...]}), ``context``, ``retracted``,
those that say nothing left out. Values are packed as in the journal (``{"float": "nan"}``), so that
every JSON reader reads them and none loses anything. A line with the one key ``declared`` is what
was declared of a metric or a parameter. ``knobwise import jsonl`` reads both.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator

from journal.bodies import body
from journal.clock import LONG_AGO
from journal.declarations import Declarations
from journal.events import Declared
from journal.ids import NO_UUID
from journal.packing import Json, pack, pack_scalar
from journal.runs import Run
from journal.times import read_stamp, stamp


def json_lines(runs: Iterable[Run], declared: Declarations) -> Iterator[str]:
    """The runs and declarations, a line each, without newline."""
    for declaration in declared_events(declared):
        yield _line({"declared": body(declaration)})
    for run in runs:
        yield _line(_whole(run))


def declared_events(declared: Declarations) -> Iterator[Declared]:
    """Events that declare all of this; their id and time are no real ones."""
    never = read_stamp(LONG_AGO)
    for metric in declared.metrics.values():
        yield Declared(
            id=NO_UUID, run=None, at=never, metric=metric.name, direction=metric.direction,
            unit=metric.unit,
        )  # fmt: skip
    for known in declared.parameters.values():
        yield Declared(
            id=NO_UUID, run=None, at=never, parameter=known.name, domain=known.domain,
            levels=known.levels, scale=known.scale, role=known.role, condition=known.condition,
        )  # fmt: skip


def _whole(run: Run) -> dict[str, Json]:
    series: dict[str, Json] = {
        name: [[pack_scalar(step), pack_scalar(value)] for step, value in points]
        for name, points in run.series.items()
    }
    told: dict[str, Json] = {
        "id": run.id,
        "params": pack(run.params),
        "metrics": pack(run.metrics),
        "seed": pack_scalar(run.seed),
        "status": run.status,
        "at": stamp(run.started_at),
        "seconds": pack_scalar(run.seconds),
    }
    further: dict[str, Json] = {
        "tags": list(run.tags), "notes": list(run.notes), "exit_code": pack_scalar(run.exit_code),
        "error": run.error, "series": series, "context": dict(run.context),
        "retracted": run.retracted,
    }  # fmt: skip
    return told | {key: value for key, value in further.items() if value not in (None, [], {})}


def _line(content: dict[str, Json]) -> str:
    return json.dumps(content, ensure_ascii=False, separators=(",", ":"), allow_nan=False)


def lost(runs: Iterable[Run]) -> list[str]:
    """What of these runs a table has no columns for."""
    series = context = False
    for run in runs:
        series, context = series or bool(run.series), context or bool(run.context)
    return [name for name, there in (("series", series), ("context", context)) if there]
