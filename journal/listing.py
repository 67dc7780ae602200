"""Runs as text: a table that fits the terminal, CSV, and the JSON of ``ls --json``."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import TextIO

from journal.errors import UsageError
from journal.facts import FACTS, MISSING, lookup, names_of
from journal.guesses import guess
from journal.packing import Json
from journal.runs import Run
from journal.screen import printable, sayable
from journal.times import local, read_stamp, stamp, zoned
from journal.urgency import METRICS, PARAMS, urgency
from journal.values import Scalar, write_scalar
from journal.widths import cut, flush_left, flush_right, widest, width_of

SHORT = 8
"""An id's last digits, which are random, tell runs apart; its first are the time."""

FACT_COLUMNS = ("id", "status", "seed", "started_at", "seconds", "tags", "notes")
"""What a CSV table has before its parameters and metrics; ``import csv`` knows it by these."""


def as_json(run: Run) -> dict[str, Json]:
    """The run as ``ls --json`` gives it (design, section 5).

    JSON has no NaN and no infinities: they are the texts ``nan``, ``inf`` and ``-inf``.
    """
    return {
        "id": run.id,
        "params": {name: json_scalar(value) for name, value in run.params.items()},
        "metrics": {name: json_scalar(value) for name, value in run.metrics.items()},
        "seed": run.seed,
        "status": run.status,
        "started_at": stamp(run.started_at),
        "seconds": json_scalar(run.seconds),
        "tags": list(run.tags),
        "notes": list(run.notes),
    }


def json_scalar(value: Scalar) -> Json:
    """A scalar in valid JSON: what is not finite as text."""
    return repr(value) if isinstance(value, float) and value - value != 0 else value


def write_csv(runs: Sequence[Run], out: TextIO, *, columns: Sequence[str] = ()) -> None:
    """One row per run: what every run has, then params.NAME and metrics.NAME; or ``columns``.

    An absent value is an empty cell; null is ``null``; floats are exact.
    """
    import csv

    params, metrics = names(runs)
    columns = columns or [
        *FACT_COLUMNS,
        *(f"params.{name}" for name in params),
        *(f"metrics.{name}" for name in metrics),
    ]
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(columns)
    readers = [_reader(name) for name in columns]
    for run in runs:
        writer.writerow([_exact(read(run)) for read in readers])


def names(runs: Iterable[Run]) -> tuple[list[str], list[str]]:
    """The parameters and the metrics that any of the runs has, in order of first appearance."""
    params: dict[str, None] = {}
    metrics: dict[str, None] = {}
    for run in runs:
        params.update(dict.fromkeys(run.params))
        metrics.update(dict.fromkeys(run.metrics))
    return list(params), list(metrics)


def chosen(
    told: str, runs: Sequence[Run], *, renamed: Mapping[str, str] | None = None
) -> list[str]:
    """Columns from ``lr,acc,tags``. Raises UsageError for one that no run has.

    ``renamed``: what had another name, as ``Declarations.names`` has it.
    """
    columns = [name.strip() for name in told.split(",") if name.strip()]
    for name in columns:
        _known(name, runs, told, renamed)
    return columns


def sorted_runs(
    runs: Sequence[Run],
    told: str,
    *,
    known: Sequence[Run] | None = None,
    renamed: Mapping[str, str] | None = None,
) -> list[Run]:
    """The runs in order of ``acc``, or ``-acc`` for the greatest first, or ``act,-acc``.

    Numbers stand before NaN, booleans, texts and null; runs without the value stand last, whichever
    way.
    Raises UsageError for a name that no run has, of those ``known``: by default of these.
    """
    ordered = list(runs)
    for key in reversed([name.strip() for name in told.split(",") if name.strip()]):
        name = key.lstrip("-+")
        _known(name, runs if known is None else known, told, renamed)
        read = _reader(name)
        ranked = [(_rank(read(run)), run) for run in ordered]
        ranked.sort(key=lambda pair: pair[0], reverse=key.startswith("-"))
        ranked.sort(key=lambda pair: pair[0][0])
        ordered = [run for _, run in ranked]
    return ordered


def _known(name: str, runs: Sequence[Run], word: str, renamed: Mapping[str, str] | None) -> None:
    if not runs or name in _READERS or any(lookup(run, name) is not MISSING for run in runs):
        return
    known = {*_READERS, *names_of(runs)}
    every = "knobwise ls --csv has every name"
    hint = guess(name, known, otherwise=every, renamed=renamed)
    start = word.find(name)
    raise UsageError(f"no run has {name}", word=word, span=(start, start + len(name)), hint=hint)


TAGS, NOTES = " ", " | "
"""What stands between several of them in one cell."""


def joined(texts: Sequence[str], between: str) -> str:
    """Texts in one cell, as ``parted`` reads them; a JSON list where they would be misread else."""
    plain = between.join(texts)
    if parted(plain, between) == tuple(texts):
        return plain
    import json

    return json.dumps(texts, ensure_ascii=False)


def parted(cell: str, between: str) -> tuple[str, ...]:
    """The texts of a cell."""
    if cell[:1] == "[":
        import json

        try:
            told = json.loads(cell)
        except (ValueError, RecursionError):
            told = [None]
        if all(isinstance(text, str) for text in told):
            return tuple(told)
    return tuple(text for text in cell.split(between) if text)


TIMES = frozenset({"started", "started_at"})
"""Columns that are times: UTC in CSV and JSON, local in a table, whose heading says the zone."""
_READERS: dict[str, Callable[[Run], object]] = {
    "started": lambda run: stamp(run.started_at),
    "started_at": lambda run: stamp(run.started_at),
    "tags": lambda run: joined(run.tags, TAGS) if run.tags else MISSING,
    "notes": lambda run: joined(run.notes, NOTES) if run.notes else MISSING,
    "events": lambda run: run.events,
}
"""Columns beside those that ``facts.lookup`` answers."""


def _reader(name: str) -> Callable[[Run], object]:
    return _READERS.get(name) or (lambda run: lookup(run, name))


def _exact(value: object) -> str:
    return "" if value is MISSING else write_scalar(value)  # type: ignore[arg-type] # a scalar


def _rank(value: object) -> tuple[int, float, str]:
    """What kind of value it is, and its place among those."""
    if isinstance(value, bool):
        return (2, value, "")
    if isinstance(value, int | float):
        return (0, value, "") if value == value else (1, 0, "")
    if isinstance(value, str):
        return (3, 0, value)
    return (4, 0, "") if value is None else (5, 0, "")


def write_table(
    runs: Sequence[Run],
    out: TextIO,
    *,
    width: int,
    columns: Sequence[str] = (),
    named: Iterable[str] = (),
    declared: Iterable[str] = (),
) -> list[str]:
    """A table at most ``width`` wide; returns the columns it had no room for.

    Which these are, with ``named`` columns and ``declared`` metrics: ``journal.urgency``. Columns
    that were asked for are all there, however wide.
    """
    params, metrics = names(runs)
    keys = list(columns) or [
        *("id", "status", "seed", "started"),
        *(f"params.{name}" for name in params),
        *(f"metrics.{name}" for name in metrics),
        *("seconds", "tags", "notes"),
    ]
    cells = {key: [cell(_reader(key)(run), key) for run in runs] for key in keys}
    heads = {key: sayable(head) for key, head in _heads(keys, runs, whole=bool(columns)).items()}
    if columns:
        _write([heads[key] for key in keys], [cells[key] for key in keys], out)
        return []
    filled = {key: column for key, column in cells.items() if any(column)}
    queue = urgency(filled, named=named, declared=declared)
    left_out = write_fitting(filled, heads, urgency=queue, out=out, width=width)
    return ["started" if head == heads["started"] else head for head in left_out]


def write_fitting(
    cells: Mapping[str, Sequence[str]],
    heads: Mapping[str, str],
    *,
    urgency: Mapping[str, int],
    out: TextIO,
    width: int,
) -> list[str]:
    """Write the columns that fit, in their order; returns the heads of the rest.

    Those of the least ``urgency`` come first to the room there is; 0 is there in any case.
    """
    room = width + 2
    kept = set()
    for key in sorted(cells, key=lambda key: urgency[key]):
        needed = _wide(heads[key], cells[key]) + 2
        if needed <= room or urgency[key] == 0:
            room -= needed
            kept.add(key)
    shown = [key for key in cells if key in kept]
    _write([heads[key] for key in shown], [cells[key] for key in shown], out)
    return [heads[key] for key in cells if key not in kept]


def _heads(keys: Sequence[str], runs: Sequence[Run], *, whole: bool) -> dict[str, str]:
    """Each column's heading, by which --columns knows it; ``whole``: as it was asked for.

    A parameter's or metric's name alone, unless something else is called so, too.
    """
    bare = {key: key.removeprefix(PARAMS).removeprefix(METRICS) for key in keys}
    called = Counter([*bare.values(), *_READERS, *FACTS])
    told: dict[str, str] = {}
    for key in keys:
        if key in TIMES:
            offsets = {f"{zoned(run.started_at):%z}" for run in runs}
            zone = offsets.pop() if len(offsets) == 1 else "local"
            told[key] = f"{key} ({zone})"
        else:
            told[key] = key if whole or called[bare[key]] > 1 else bare[key]
    return told


def _write(heads: Sequence[str], columns: Sequence[Sequence[str]], out: TextIO) -> None:
    widths = [_wide(name, cells) for name, cells in zip(heads, columns, strict=True)]
    right = [all(_numeric(cell) for cell in cells) for cells in columns]
    for row in [heads, *zip(*columns, strict=True)]:
        parts = [
            flush_right(cell, wide) if flush else flush_left(cell, wide)
            for cell, wide, flush in zip(row, widths, right, strict=True)
        ]
        out.write(printable("  ".join(parts).rstrip()) + "\n")


def _wide(name: str, cells: Sequence[str]) -> int:
    return max(width_of(name), widest(cells))


def _numeric(cell: str) -> bool:
    return not cell or cell[-1].isdigit() or cell in {"nan", "inf", "-inf"}


def cell(value: object, key: str = "") -> str:
    """A value as a table shows it: short; ``key`` is the column's."""
    if value is MISSING or value is None:
        return "" if value is MISSING else "null"
    if key == "id":
        return str(value)[-SHORT:]
    if key in TIMES:
        return local(read_stamp(str(value)))[:16]
    if isinstance(value, float):
        return f"{value:.5g}"
    text = write_scalar(value)  # type: ignore[arg-type] # a scalar
    return sayable(cut(text, 24))
