"""Runs from the CSV of ``knobwise export`` and ``ls --csv``, known by its header: all that it has.

A run keeps its id, so importing twice, or into the journal that it came from, changes nothing.
Series, context, exit codes and retractions are not in a table: JSON lines have them.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path

from journal import values
from journal.counts import counted
from journal.entries import ended_as
from journal.errors import JournalError, UsageError, ValueRefused
from journal.ids import is_uuid
from journal.importers import Foreign, Understood
from journal.listing import FACT_COLUMNS, NOTES, TAGS, parted
from journal.times import parse_moment


def is_own(header: Sequence[str]) -> bool:
    """Is this the header of a table that Knobwise wrote, with all its columns?"""
    facts, rest = tuple(header[: len(FACT_COLUMNS)]), header[len(FACT_COLUMNS) :]
    return facts == FACT_COLUMNS and all(name.startswith(("params.", "metrics.")) for name in rest)


def read(path: Path, rows: Sequence[Sequence[str]], *, metrics: Sequence[str] = ()) -> Understood:
    """The runs of these rows, of which the first is the header.

    Raises UsageError for a metric that was asked for and is no column.
    """
    header = list(rows[0])
    for name in metrics:
        if not {name, f"metrics.{name}"} & {one for one in header if one.startswith("metrics.")}:
            known = ", ".join(one.removeprefix("metrics.") for one in header if one[:2] == "me")
            raise UsageError(f"there is no metric {name}", word=name, hint=f"metrics: {known}")
    runs: list[Foreign] = []
    refused: list[str] = []
    unfinished = 0
    for number, cells in enumerate(rows[1:], start=2):
        try:
            if len(cells) != len(header):
                raise ValueRefused(f"{len(cells)} cells under {len(header)} columns")
            told = {name: cell for name, cell in zip(header, cells, strict=True) if cell}
            if told.get("status") == "running":
                unfinished += 1
            else:
                runs.append(_run(told, f"row {number}"))
        except JournalError as error:
            refused.append(f"row {number}: {error}")
    left_out = (counted(unfinished, "run that is not finished yet"),) if unfinished else ()
    return Understood(source=str(path), runs=tuple(runs), left_out=left_out, refused=tuple(refused))


def _run(told: Mapping[str, str], place: str) -> Foreign:
    """The run of one row. Raises ValueRefused."""
    run = told.get("id", "")
    if not is_uuid(run):
        raise ValueRefused(f"the id {run!r:.80} is not a UUID")
    return Foreign(
        run=run,
        place=place,
        params=values.parameters(
            {name: values.read_scalar(cell) for name, cell in _of(told, "params.").items()}
        ),
        metrics=values.metrics(_of(told, "metrics.")),
        seed=values.seed(told.get("seed")),
        status=ended_as(told.get("status", "")),
        began=parse_moment(told.get("started_at", "")),
        seconds=values.duration(told["seconds"]) if "seconds" in told else None,
        tags=values.labels(parted(_text(told, "tags"), TAGS)),
        notes=tuple(map(values.note, parted(_text(told, "notes"), NOTES))),
    )


def _text(told: Mapping[str, str], name: str) -> str:
    """A cell's text, without the quotes of one that looks like a number."""
    cell = told.get(name, "")
    value = values.read_scalar(cell)
    return value if isinstance(value, str) else cell


def _of(told: Mapping[str, str], prefix: str) -> dict[str, str]:
    return {n.removeprefix(prefix): cell for n, cell in told.items() if n.startswith(prefix)}
