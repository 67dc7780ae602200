"""What a shell may complete: run ids, names of parameters and metrics, filters.

It reads the journal while somebody waits for a key press: no pandas and no fold, and only the last
records are looked at. A journal that cannot be read completes to nothing.
"""

from __future__ import annotations

import os
from collections import deque
from collections.abc import Iterator, Mapping

from journal.screen import printable

TYPE_CHECKING = False
if TYPE_CHECKING:
    from journal.packing import Json

RECORDS = 20_000
"""So many of the last records are looked at."""
_IDS = 50


class Context:
    """What typer hands to a completion: the options given so far."""

    params: Mapping[str, object]


def runs(ctx: Context, incomplete: str) -> list[tuple[str, str]]:
    """Ids of the latest runs, with time and status: their last digits, or in full."""
    found: dict[str, str] = {}
    for record in _records(ctx):
        run, kind, body = record["run"], record["type"], record["body"]
        if kind in {"logged", "started"} and isinstance(run, str) and isinstance(body, dict):
            status = str(body.get("status", "finished" if kind == "logged" else "started"))
            found[printable(run)] = printable(f"{str(record['at'])[:16]} {status}")
    key = incomplete.lower()
    latest = sorted(found.items(), reverse=True)
    short = [(run[-8:], told) for run, told in latest if run[-8:].startswith(key)][:_IDS]
    return short or [(run, told) for run, told in latest if run.startswith(key)][:_IDS]


def names(ctx: Context, incomplete: str) -> list[str]:
    """Names of parameters and metrics, after what is already there of ``lr,acc,-lo``."""
    before, comma, last = incomplete.rpartition(",")
    sign = "-" if last.startswith("-") else ""
    parameters, metrics = _names(ctx)
    facts = ("status", "seed", "seconds", "started", "tags", "notes", "id")
    wanted = last.removeprefix("-")
    known = dict.fromkeys([*metrics, *parameters, *facts])
    return [f"{before}{comma}{sign}{name}" for name in known if name.startswith(wanted)]


def metrics(ctx: Context, incomplete: str) -> list[str]:
    """Names of metrics."""
    return [name for name in _names(ctx)[1] if name.startswith(incomplete)]


def parameters(ctx: Context, incomplete: str) -> list[str]:
    """Names of parameters."""
    return [name for name in _names(ctx)[0] if name.startswith(incomplete)]


def filters(ctx: Context, incomplete: str) -> list[str]:
    """Beginnings of filters: names with ``=``, keys with their colon; statuses and tags whole.

    bash makes a word of its own of ``=`` and of ``:``, and wants what stands behind.
    """
    from journal.filter_reader import KEYS

    given = ctx.params.get("filters")
    told = [*(map(str, given) if isinstance(given, list | tuple) else ()), incomplete]
    if told[-2:] == ["status", ""]:  # of status= at the end the shell's library takes away the =
        told.insert(-1, "=")
    if len(told) > 2 and told[-2] in {"=", ":"}:
        head = f"{told[-3]}{told[-2]}"
        return [end.removeprefix(head) for end in _whole(ctx, head + told[-1])]
    if incomplete.startswith(("status=", "tag:", "!tag:")):
        return _whole(ctx, incomplete)
    sign = "!" if incomplete.startswith("!") else ""
    parameters, metrics = _names(ctx)
    words = [f"{name}=" for name in ("status", *parameters, *metrics, "seed")]
    words += [f"{key}:" for key in KEYS]
    return [f"{sign}{word}" for word in words if word.startswith(incomplete.removeprefix("!"))]


def _whole(ctx: Context, incomplete: str) -> list[str]:
    """Filters with their value that begin so: by status, and by tag."""
    from journal.filter_reader import STATUSES

    sign = "!" if incomplete.startswith("!") else ""
    ends = [f"{sign}status={status}" for status in STATUSES]
    if incomplete.startswith(f"{sign}tag:"):
        ends = [f"{sign}tag:{tag}" for tag in _tags(ctx)]
    return [end for end in ends if end.startswith(incomplete)]


def _tags(ctx: Context) -> list[str]:
    tags: dict[str, None] = {}
    for record in _records(ctx):
        told = record["body"].get("tags") if isinstance(record["body"], dict) else None
        tags.update(dict.fromkeys(map(str, told)) if isinstance(told, list) else {})
    return list(filter(str.isprintable, tags))


def _names(ctx: Context) -> tuple[list[str], list[str]]:
    parameters: dict[str, None] = {}
    metrics: dict[str, None] = {}
    for record in _records(ctx):
        body = record["body"]
        if not isinstance(body, dict):
            continue
        for kind, names in (("params", parameters), ("metrics", metrics)):
            told = body.get(kind)
            if isinstance(told, dict):
                names.update(dict.fromkeys(told))
        series = body.get("name")
        if isinstance(series, list):
            metrics.update(dict.fromkeys(str(name) for name in series))
    return list(filter(str.isprintable, parameters)), list(filter(str.isprintable, metrics))


def _records(ctx: Context) -> Iterator[dict[str, Json]]:
    """The newest records of the journal that the command line names."""
    import journal

    named = ctx.params.get("address") or ctx.params.get("journal")
    told = named or os.environ.get("KNOBWISE_JOURNAL")
    newest: deque[dict[str, Json]] = deque(maxlen=RECORDS)
    try:
        for batch in journal.open(str(told) if told else None).store.batches():
            newest.extend(batch.records)
    except journal.JournalError:
        return
    yield from (record for record in newest if {"run", "type", "body", "at"} <= record.keys())
