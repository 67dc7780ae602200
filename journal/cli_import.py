"""``knobwise import``: runs from elsewhere."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Annotated

import typer

from journal.cli_log import JournalOption
from journal.counts import counted
from journal.csv_cells import with_points
from journal.csv_table import Choice, Table, read_rows, table_of
from journal.errors import JournalNotFound, UsageError, ValueRefused
from journal.events import Declared, Event, Logged, Retracted, Started
from journal.ids import uuid7
from journal.journal import Journal
from journal.oneshot import open_to_write
from journal.screen import escaping, show
from journal.understanding import summary
from journal.values import Scalar

importing = typer.Typer(
    no_args_is_help=True,
    help="""Runs from tables and other trackers.

    knobwise import csv runs.csv -m accuracy
    """,
)
_PORTION = 5000


def mount(application: typer.Typer) -> None:
    """Add this module's commands."""
    application.add_typer(importing, name="import")


@importing.command("csv")
def import_csv(
    file: Annotated[
        Path, typer.Argument(metavar="FILE", help="The table; its first row names the columns.")
    ],
    *,
    metrics: Annotated[
        list[str] | None,
        typer.Option("--metrics", "-m", metavar="COLUMNS", help="Measured values."),
    ] = None,
    parameters: Annotated[
        list[str] | None,
        typer.Option("--parameters", "-p", metavar="COLUMNS", help="Parameters; else all others."),
    ] = None,
    seed: Annotated[str | None, typer.Option("--seed", help="The replicate's number.")] = None,
    block: Annotated[
        list[str] | None,
        typer.Option("--block", metavar="COLUMNS", help="Parameters that are blocks (dataset …)."),
    ] = None,
    status: Annotated[str | None, typer.Option("--status", help="How the run ended.")] = None,
    text: Annotated[
        list[str] | None,
        typer.Option("--text", metavar="COLUMNS", help="Text, also where it looks like a number."),
    ] = None,
    percent: Annotated[
        list[str] | None,
        typer.Option("--percent", metavar="COLUMNS", help="10 % is 0.1 in these."),
    ] = None,
    ignore: Annotated[
        list[str] | None, typer.Option("--ignore", metavar="COLUMNS", help="Leave these out.")
    ] = None,
    delimiter: Annotated[str, typer.Option("--delimiter", help="Between cells.")] = ",",
    decimal: Annotated[str, typer.Option("--decimal", help="What decimals follow: . or ,")] = ".",
    dry_run: Annotated[
        bool, typer.Option("--dry-run", help="Show what is understood; write nothing.")
    ] = False,
    address: JournalOption = None,
) -> int:
    """Import a CSV table, one row a run. COLUMNS are separated by commas, or repeated.

    knobwise import csv sweep.csv -m accuracy,loss --seed seed

    Cells are read as knobwise log reads values; an empty cell means that the run does not have that
    parameter or metric. Importing twice adds nothing. A table that knobwise export wrote needs no
    options: its header says what its columns are, and its runs keep their ids. Rows whose status is
    empty or says that the run has not ended (running, queued …) are left out: import again later.
    """
    from journal import importers_csv
    from journal.cli_import_trackers import finish

    choice = Choice(
        metrics=_columns(metrics), parameters=_columns(parameters), blocks=_columns(block),
        text=_columns(text), ignored=_columns(ignore), percent=_columns(percent),
        seed=seed, status=status,
    )  # fmt: skip
    lines = _read(file, choice, delimiter=delimiter, decimal=decimal)
    if choice == Choice(metrics=choice.metrics) and importers_csv.is_own(lines[0]):
        told = importers_csv.read(file, lines, metrics=choice.metrics)
        return finish(lambda: told, dry_run=dry_run, address=address)
    if not choice.metrics:
        hint = "-m names the columns of measured values: " + ", ".join(lines[0])
        raise UsageError("which columns are metrics?", word=str(file), hint=hint)
    table = table_of(lines, choice)
    if dry_run:
        escaping()
        show(understood(table), sys.stdout)
        return 2 if table.refused else 0
    if table.refused:
        others = len(table.refused) - 1
        more = f"; and {counted(others, 'complaint')} more" if others else ""
        hint = "nothing was imported; --dry-run shows all that was not understood"
        raise ValueRefused(f"{table.refused[0]}{more}", where=str(file), hint=hint)
    with open_to_write(address) as book:
        added, beside = add(table, book, source=file.name)
    known = len(table.rows) - added
    sys.stderr.write(
        f"{counted(added, 'run')} imported" + (f", {known:,} known already\n" if known else "\n")
    )
    show((f"left out: {line}" for line in table.left_out), sys.stderr)
    show((f"knobwise: {line}" for line in (*table.remarks, *twice(beside, file.name))), sys.stderr)
    return 0


def _read(file: Path, choice: Choice, *, delimiter: str, decimal: str) -> list[list[str]]:
    """The rows of the table. Raises UsageError for what is none, or an option that cannot be."""
    if len(delimiter) != 1 or delimiter in '\r\n"':
        hint = "for example ';' or $'\\t'"
        raise UsageError("a delimiter is one character", word=delimiter, hint=hint)
    if decimal not in {".", ","}:
        raise UsageError("decimals follow . or ,", word=decimal)
    lines = read_rows(file, delimiter=delimiter)
    if decimal == ".":
        return lines
    return with_points(lines, but={*choice.text, *choice.ignored})


def add(table: Table, book: Journal, *, source: str) -> tuple[int, int]:
    """Append the rows that the journal does not have: how many.

    And how many runs it has of a file of this name that are none of these rows.
    """
    others: set[str | None] = set()
    try:
        reading = book.read()
    except JournalNotFound:
        known, declared = set(), set()
    else:
        known = {e.run for e in reading.events if isinstance(e, Logged | Started)}
        logged = (e for e in reading.events if isinstance(e, Logged))
        others = {e.run for e in logged if e.context.get("source") == source}
        others -= {e.run for e in reading.events if isinstance(e, Retracted)}
        declared = {
            e.parameter for e in reading.events if isinstance(e, Declared) and e.role == "block"
        }
    now = book.store.now
    events: list[Event] = [
        Declared(id=uuid7(), run=None, at=now(), parameter=name, role="block")
        for name in table.choice.blocks
        if name not in declared
    ]
    new = [row for row in table.rows if row.run not in known]
    events += [
        Logged(
            id=uuid7(), run=row.run, at=now(), params=row.params, metrics=row.metrics,
            seed=row.seed, status=row.status, context={"source": source},
        )
        for row in new
    ]  # fmt: skip
    for start in range(0, len(events), _PORTION):
        book.append(events[start : start + _PORTION])
    return len(new), len(others - {row.run for row in table.rows})


def twice(beside: int, source: str) -> list[str]:
    """What is to be said where a table was imported in another way before."""
    if not beside:
        return []
    said = f"{counted(beside, 'run')} of an earlier {source} stand beside these: "
    said += "if it is the same table, read otherwise or corrected since, its rows count twice; "
    return [said + "import it into a new journal (--journal), or retract those"]


def understood(table: Table) -> list[str]:
    """What the table was taken to say, a line per column."""
    choice = table.choice
    rows = (*table.rows, *table.partly)
    lines = [counted(len(table.rows), "run")]
    if table.partly:
        lines[0] += f"; {counted(len(table.partly), 'row')} refused"
    for name in table.header:
        if name in table.parameters:
            role = "block" if name in choice.blocks else "parameter"
            found: list[Scalar] = [r.params[name] for r in rows if name in r.params]
        elif name in choice.metrics:
            role, found = "metric", [r.metrics[name] for r in rows if name in r.metrics]
        elif name == choice.seed:
            role, found = "seed", [row.seed for row in rows if row.seed is not None]
        elif name == choice.status:
            role, found = "status", [row.status for row in rows if row.status]
        else:
            lines.append(f"  ignored    {name}")
            continue
        absent = len(rows) - len(found)
        missing = f", absent in {absent:,}" if absent else ""
        lines.append(f"  {role:<9}  {name}: {summary(found)}{missing}")
    lines += (f"  {line}" for line in table.remarks)
    lines += (f"left out: {line}" for line in table.left_out)
    return [*lines, *(f"not understood: {line}" for line in table.refused)]


def _columns(given: Sequence[str] | None) -> tuple[str, ...]:
    return tuple(name.strip() for part in given or () for name in part.split(",") if name.strip())
