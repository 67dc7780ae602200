"""One run in full, and its history."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import TextIO

from journal import listing
from journal.bodies import body
from journal.counts import counted
from journal.events import Event
from journal.packing import Json
from journal.runs import Run
from journal.screen import printable
from journal.times import local, stamp
from journal.values import write_scalar
from journal.widths import flush_left, width_of


def as_json(run: Run, events: Sequence[Event]) -> dict[str, Json]:
    """The run as ``ls --json`` has it, and everything beyond; with ``events``, its history."""
    whole = listing.as_json(run)
    whole["retracted"] = run.retracted
    whole["exit_code"] = run.exit_code
    whole["error"] = run.error
    whole["context"] = dict(run.context)
    whole["series"] = {
        name: [[step, listing.json_scalar(value)] for step, value in points]
        for name, points in run.series.items()
    }
    if events:
        whole["history"] = [
            {"at": stamp(e.at), "id": e.id, "type": type(e).__name__.lower(), "body": body(e)}
            for e in events
        ]
    return whole


def write(run: Run, events: Sequence[Event], *, out: TextIO) -> None:
    """The run as text, a fact per line."""
    facts: list[tuple[str, str]] = [("run", run.id), ("status", run.status)]
    if run.retracted is not None:
        facts.append(("retracted", run.retracted or "(no reason given)"))
    if run.error:
        facts.append(("error", run.error))
    facts.append(("started", local(run.started_at)))
    if run.seconds is not None:
        facts.append(("seconds", f"{run.seconds:.3f}"))
    if run.seed is not None:
        facts.append(("seed", str(run.seed)))
    if run.tags:
        facts.append(("tags", ", ".join(run.tags)))
    facts += [("note", note) for note in run.notes]
    _write(facts, out)
    sections = {
        "parameters": [(name, write_scalar(value)) for name, value in run.params.items()],
        "metrics": [(name, repr(value)) for name, value in run.metrics.items()],
        "series": [(name, counted(len(points), "value")) for name, points in run.series.items()],
        "context": [
            (key, value if isinstance(value, str) else json.dumps(value, ensure_ascii=False))
            for key, value in run.context.items()
        ],
        "history": [(local(event.at), _told(event)) for event in events],
    }
    for title, content in sections.items():
        if content:
            out.write(f"\n{title}\n")
            _write(content, out, indent="  ")


def _told(event: Event) -> str:
    return f"{type(event).__name__.lower()} {json.dumps(body(event), ensure_ascii=False)}"


def _write(facts: Sequence[tuple[str, str]], out: TextIO, indent: str = "") -> None:
    wide = max(width_of(name) for name, _ in facts)
    for name, text in facts:
        first, *more = map(printable, text.splitlines() or [""])
        out.write(f"{indent}{flush_left(printable(name), wide)}  {first}\n")
        out.writelines(f"{indent}{' ' * wide}  {line}\n" for line in more)
