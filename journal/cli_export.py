"""``knobwise export``: runs for other programs."""

from __future__ import annotations

import io
import os
import stat
import sys
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Annotated

import typer

from journal.cli_log import JournalOption
from journal.cli_options import AboutOne
from journal.cli_read import FilterArguments, read
from journal.counts import counted
from journal.discovery import begins
from journal.errors import JournalError, UsageError
from journal.runs import Fold, Run
from journal.screen import say
from journal.writer import SUFFIX

FORMATS = ("jsonl", "csv", "parquet")


def mount(application: typer.Typer) -> None:
    """Add this module's commands."""
    application.command("export", cls=AboutOne)(export)


def export(
    filters: FilterArguments = None,
    *,
    output: Annotated[
        str, typer.Option("--output", "-o", metavar="FILE", help="Output file; - is stdout.")
    ] = "-",
    form: Annotated[
        str | None,
        typer.Option("--format", help="jsonl, csv or parquet; by default the file's suffix."),
    ] = None,
    retracted: Annotated[bool, typer.Option("--retracted", help="Retracted runs too.")] = False,
    address: JournalOption = None,
) -> None:
    """Write runs as JSON lines, CSV or Parquet.

    knobwise export status=finished -o runs.csv

    JSON lines hold whole runs with their ids and what was declared: knobwise import jsonl reads
    them back, and doing so twice changes nothing. CSV and Parquet have a column per parameter and
    metric.
    """
    from journal import filters as grammar

    form = _format(form, output)
    grammar.parse_words(filters or ())
    fold = read(address)
    runs = [run for run in fold.runs if retracted or run.retracted is None]
    runs = grammar.select(runs, filters or (), renamed=fold.declarations.names)
    if form == "parquet":
        written = _parquet(runs, output)
    else:
        content = _text(form, runs, fold)
        written = _write(
            output, lambda path: path.write_text(content, encoding="utf-8", newline="")
        )
        if not written:
            sys.stdout.write(content)
    if written:
        say(f"{counted(len(runs), 'run')} written to {output}")


def _format(told: str | None, output: str) -> str:
    if not output:
        raise UsageError("the file has no name", hint="-o runs.csv, or -o - for stdout")
    if told is not None and told not in FORMATS:
        raise UsageError(f"no format {told}", word=told, hint="one of " + ", ".join(FORMATS))
    ending = Path(output).suffix.lstrip(".").lower()
    form = told or {"ndjson": "jsonl", "pq": "parquet"}.get(ending, ending) or "jsonl"
    if form not in FORMATS:
        hint = "name it .jsonl, .csv or .parquet, or say --format"
        raise UsageError(f"no format is known by .{ending}", word=output, hint=hint)
    if output.endswith(SUFFIX) and begins(str(Path(output).parent)):
        said = f"a journal is in this folder, and every {SUFFIX} there is read as its own"
        raise UsageError(said, word=output, hint="name a file in another folder")
    if form == "parquet" and output == "-":
        raise UsageError("Parquet needs a file", word=told or output, hint="-o runs.parquet")
    return form


def _text(form: str, runs: Sequence[Run], fold: Fold) -> str:
    from journal import exporters, listing

    out = io.StringIO()
    if form == "jsonl":
        out.writelines(f"{line}\n" for line in exporters.json_lines(runs, fold.declarations))
    else:
        listing.write_csv(runs, out)
        _tell_lost(runs)
    return out.getvalue()


def _parquet(runs: Sequence[Run], output: str) -> bool:
    try:
        from journal import parquet
    except ImportError:
        hint = "pip install 'knobwise[parquet]'"
        raise JournalError("Parquet needs pyarrow, which is not installed", hint=hint) from None
    texts: list[str] = []
    _write(output, lambda path: texts.extend(parquet.write(runs, path)))
    for name in texts:
        say(f"{name} mixes kinds of values: it is text")
    _tell_lost(runs)
    return True


def _tell_lost(runs: Sequence[Run]) -> None:
    from journal.exporters import lost

    if left_out := lost(runs):
        sys.stderr.write(f"left out: {' and '.join(left_out)}; --format jsonl has all\n")


def _write(output: str, write: Callable[[Path], object]) -> bool:
    """Let ``write`` make the file; False for stdout."""
    if output == "-":
        return False
    try:
        _place(output, write)
    except OSError as failed:
        said = failed.strerror or str(failed)
        raise JournalError(f"cannot be written: {said}", where=output) from failed
    return True


def _place(output: str, write: Callable[[Path], object]) -> None:
    """Make the file beside its place, then put it there whole, where a symbolic link leads.

    Who may read what was there may read the new. A pipe or a device is written to.
    (``analysis.rendering.replace`` does the same.)
    """
    try:
        mode = Path(output).stat().st_mode
    except FileNotFoundError:
        mode = 0
    if stat.S_ISDIR(mode) or output.endswith("/"):
        raise UsageError(f"{output} is a folder", word=output, hint="name a file in it")
    if mode and not stat.S_ISREG(mode):
        write(Path(output))
        return
    place = Path(os.path.realpath(output))
    partial = place.with_name(f".{place.name}.{os.urandom(4).hex()}.part")
    allowed = 0o600 if mode else 0o666
    os.close(os.open(partial, os.O_WRONLY | os.O_CREAT | os.O_EXCL, allowed))
    try:
        write(partial)
        if mode and partial.stat().st_mode != mode:
            partial.chmod(stat.S_IMODE(mode))
        partial.replace(place)
    finally:
        partial.unlink(missing_ok=True)
