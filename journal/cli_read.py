"""``knobwise ls`` and ``knobwise show``: what is in the journal."""

from __future__ import annotations

import json
import re
import shutil
import sys
from collections.abc import Sequence
from typing import TYPE_CHECKING, Annotated

import typer

import journal
from journal import completion
from journal.cli_log import JournalOption
from journal.counts import counted
from journal.errors import UsageError
from journal.hints import addressed
from journal.lookup import find_run
from journal.runs import Fold, fold
from journal.screen import escaping, has_all, say

if TYPE_CHECKING:
    from journal.store import Reading

RunArgument = Annotated[
    str,
    typer.Argument(metavar="RUN", help="Its id, or an end of it.", autocompletion=completion.runs),
]
FilterArguments = Annotated[
    list[str] | None,
    typer.Argument(
        metavar="FILTERS", help="Only runs that meet these.", autocompletion=completion.filters
    ),
]
_CONTROL = re.compile(r"[\x7f-\x9f]")
"""What JSON leaves as it is in a text, and a terminal may obey."""
JsonFlag = Annotated[bool, typer.Option("--json", help="As JSON.")]


def mount(application: typer.Typer) -> None:
    """Add this module's commands."""
    application.command("ls")(ls)
    application.command("show")(show)


def ls(
    filters: FilterArguments = None,
    n: Annotated[
        int | None, typer.Option("-n", min=1, help="Only the latest N; with --sort, the first N.")
    ] = None,
    *,
    columns: Annotated[
        str | None,
        typer.Option(
            "--columns",
            metavar="NAMES",
            help="These columns, as lr,acc,tags.",
            autocompletion=completion.names,
        ),
    ] = None,
    sort: Annotated[
        str | None,
        typer.Option(
            "--sort",
            metavar="NAMES",
            help="In order of acc; -acc: greatest first; act,-acc.",
            autocompletion=completion.names,
        ),
    ] = None,
    as_json: JsonFlag = False,
    as_csv: Annotated[bool, typer.Option("--csv", help="As CSV, all columns.")] = False,
    retracted: Annotated[bool, typer.Option("--retracted", help="Retracted runs too.")] = False,
    address: JournalOption = None,
) -> None:
    """List the runs in order of their start. Columns without room are named on stderr.

    knobwise ls 'lr<1e-3' status=finished --columns lr,acc --sort -acc -n 5

    FILTERS: lr<1e-3 status=finished 'act in relu,tanh' tag:sweep since:2d has:momentum !tag:bad
    """
    from journal import filters as grammar
    from journal import listing

    if as_json and (as_csv or columns):
        raise UsageError("--json is an array of whole runs: no --csv or --columns", word="--json")
    wanted = grammar.parse_words(filters or ())  # before anything is read: a typo answers at once
    told = read(address)
    every = told.runs
    known = [run for run in every if retracted or run.retracted is None]
    names = told.declarations.names
    runs = grammar.select(known, filters or (), renamed=names) if wanted.tests else known
    if sort:
        runs = listing.sorted_runs(runs, sort, known=every, renamed=names)[:n]
    elif n:
        runs = runs[-n:]
    shown = listing.chosen(columns, every, renamed=names) if columns else []
    if as_json:
        write_json([listing.as_json(run) for run in runs])
    elif as_csv:
        listing.write_csv(runs, sys.stdout, columns=shown)
    elif not runs:
        many = counted(len(every), "run is") if every else "no run is"
        say(f"no run is listed; {many} in the journal")
    else:
        escaping()
        width = shutil.get_terminal_size((80, 24)).columns
        named = [*wanted.columns, *(key.strip().lstrip("-+") for key in (sort or "").split(","))]
        left_out = listing.write_table(
            runs, sys.stdout, width=width, columns=shown, named=named,
            declared=told.declarations.metrics,
        )  # fmt: skip
        tell_left_out(left_out)


def tell_left_out(columns: Sequence[str], *, ways: str = "--columns, --csv and --json") -> None:
    """Name the columns that a table had no room for."""
    if columns:
        told = ", ".join(columns[:40]) + (" …" if len(columns) > 40 else "")
        count = f"{len(columns)} columns: " if len(columns) > 5 else ""
        say(f"no room for {count}{told}; {ways} have them")


def show(
    run: RunArgument,
    *,
    history: Annotated[bool, typer.Option("--history", help="Every event about it.")] = False,
    as_json: JsonFlag = False,
    address: JournalOption = None,
) -> None:
    """Show one run: its values, its origin, what was said since.

    knobwise show 2f6d5c0e --history
    """
    from journal import portrait
    from journal.history import history as history_of

    reading = read_events(address, about=[run])
    found = find_run(fold(reading.events).runs, run)
    events = history_of(reading.events, found)
    if as_json:
        write_json(portrait.as_json(found, events if history else ()))
    else:
        escaping()
        portrait.write(found, events if history else (), out=sys.stdout)


def read(told: str | None, *, about: Sequence[str] | None = None) -> Fold:
    """The journal's runs; its damage is told on stderr. See ``read_events``."""
    return fold(read_events(told, about=about).events)


def read_events(told: str | None, *, about: Sequence[str] | None = None) -> Reading:
    """The journal's events; its damage, and how far reading has come, are told on stderr.

    With ``about``, of the events only those of the journal, and of runs whose ids begin or end so.
    """
    from journal.progress import Watched
    from journal.sieve import read_about
    from journal.store import read

    store = Watched(journal.open(told).store)
    reading = read(store) if about is None else read_about(store, about)
    tell_of_damage(reading.damage, told)
    return reading


def tell_of_damage(damage: Sequence[object], told: str | None = None) -> None:
    """Name what is worse than a torn tail, in the journal named so on the command line."""
    serious = [found for found in damage if not getattr(found, "harmless", False)]
    for found in serious[:5]:
        say(f"knobwise: damage: {found}")
    if len(serious) > 5:
        say(
            f"knobwise: and {len(serious) - 5} more; {addressed('knobwise verify', told)} names all"
        )


def write_json(content: object) -> None:
    """Content as JSON on stdout, one line per element of a list; escaped where it has to be."""
    ascii_only = not has_all(sys.stdout.encoding)
    if isinstance(content, list):
        lines = (json.dumps(item, ensure_ascii=ascii_only, allow_nan=False) for item in content)
        told = "[" + ",\n ".join(lines) + "]\n"
    else:
        told = json.dumps(content, ensure_ascii=ascii_only, indent=1, allow_nan=False) + "\n"
    sys.stdout.write(_CONTROL.sub(lambda found: f"\\u{ord(found[0]):04x}", told))
