"""``knobwise copy``: from one journal into another."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Annotated

import typer

import journal
from journal.cli_read import tell_of_damage
from journal.counts import counted
from journal.discovery import find, is_folder, not_found
from journal.errors import JournalNotFound
from journal.oneshot import open_to_write


def mount(application: typer.Typer) -> None:
    """Add this module's commands."""
    application.command("copy")(copy)


def copy(
    source: Annotated[str, typer.Argument(metavar="FROM", help="A folder or postgresql://….")],
    target: Annotated[str, typer.Argument(metavar="TO", help="The same; made where it is new.")],
) -> int:
    """Copy what one journal has and another does not. Doing it again changes nothing.

    knobwise copy data/journal postgresql://lab@db/runs

    Events keep their ids and times, so that two journals copied into each other tell the same.
    Exits 1 where something of FROM could not be copied: it is damaged, or TO has other content
    under the same id.
    """
    from journal import copying

    try:
        if is_folder(place := find(source)) and not Path(place).is_dir():
            raise not_found(place)  # before a word is said of the other
        with journal.open(source) as one, open_to_write(target) as other:
            done = copying.copy(one, other, progress=_tell if sys.stderr.isatty() else None)
    except JournalNotFound as none:
        near = none.hint if none.hint == none.typed else ""  # it names the one that was meant
        cure = near or "FROM is a journal's folder, or postgresql://user@host/database"
        raise JournalNotFound(none.message, where=none.where, hint=cure) from None
    tell_of_damage(done.damage)
    for event in done.conflicts[:5]:
        sys.stderr.write(f"knobwise: {event} is there with other content, which stays\n")
    if len(done.conflicts) > 5:
        sys.stderr.write(f"knobwise: and {len(done.conflicts) - 5:,} more such\n")
    known = f", {done.known:,} were there already" if done.known else ""
    sys.stderr.write(f"{counted(done.new, 'event')} copied{known}\n")
    return 0 if done.whole else 1


def _tell(done: int, of: int) -> None:
    sys.stderr.write(f"\r{done:,} of {of:,} events " + ("\n" if done == of else ""))
    sys.stderr.flush()
