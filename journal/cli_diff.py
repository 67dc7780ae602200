"""``knobwise diff``: what differs between two runs."""

from __future__ import annotations

import shutil
import sys
from collections.abc import Iterator
from typing import TYPE_CHECKING

import typer

from journal.cli_log import JournalOption
from journal.cli_read import JsonFlag, RunArgument, read, write_json
from journal.listing import SHORT
from journal.lookup import find_run
from journal.screen import escaping, printable
from journal.times import local, read_stamp
from journal.widths import cut, flush_left, width_of

if TYPE_CHECKING:
    from journal.diff import Section

_NAME = 24


def mount(application: typer.Typer) -> None:
    """Add this module's commands."""
    application.command("diff")(diff)


def diff(
    a: RunArgument,
    b: RunArgument,
    *,
    as_json: JsonFlag = False,
    address: JournalOption = None,
) -> None:
    """Show what differs between two runs.

    knobwise diff 2f6d5c0e 99d0581b

    Parameters, metrics, code and environment are compared.
    """
    from journal import diff as comparison

    runs = read(address, about=[a, b]).runs
    one, other = find_run(runs, a), find_run(runs, b)
    if as_json:
        write_json(comparison.as_json(one, other))
        return
    escaping()
    rows: list[tuple[str, ...]] = [("", one.id[-SHORT:], other.id[-SHORT:], "")]
    for section in comparison.diff(one, other):
        rows += _rows(section)
    width = shutil.get_terminal_size((80, 24)).columns
    wide = min(_NAME, max(width_of(row[0]) for row in rows if len(row) > 1))
    change = max(len(row[3]) for row in rows if len(row) > 1)
    room = max(12, (width - wide - change - 8) // 2)
    first, second = (min(room, max(width_of(r[k]) for r in rows if len(r) > 1)) for k in (1, 2))
    for row in rows:
        if len(row) == 1:
            sys.stdout.write(f"{row[0]}\n")
            continue
        told = f"  ({row[3]})" if row[3] else ""
        cells = zip(row, (wide, first, second), strict=False)
        line = "".join(f"  {flush_left(cut(text, room), room)}" for text, room in cells) + told
        sys.stdout.write(printable(line).rstrip() + "\n")


def _rows(section: Section) -> Iterator[tuple[str, ...]]:
    """The section's title alone, then name, a, b and the change of each that differs."""
    if section.differing or section.equal:
        equal = f"{len(section.equal)} equal" if section.differing else "all equal"
        yield (section.title + (f" ({equal})" if section.equal else ""),)
    for name, (before, after) in section.differing.items():
        change = ""
        if (section.title, name) == ("run", "started"):
            before, after = (local(read_stamp(str(text))) for text in (before, after))
        if section.title == "metrics" and isinstance(before, float) and isinstance(after, float):
            change = f"{after - before:+.4g}"
        yield (name, _shown(before), _shown(after), change)


def _shown(value: object) -> str:
    from journal.facts import MISSING
    from journal.values import write_scalar

    if value is MISSING:
        return "-"
    text = write_scalar(value)  # type: ignore[arg-type] # facts are scalars
    lines = text.count("\n")
    return text.split("\n", 1)[0] + f" … ({lines + 1} lines)" if lines else text
