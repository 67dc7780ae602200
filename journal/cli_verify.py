"""``knobwise verify``: is everything as it was written?"""

from __future__ import annotations

import sys
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

import journal
from journal.absent import unreadable
from journal.cli_log import JournalOption
from journal.cli_read import JsonFlag, write_json
from journal.counts import counted
from journal.errors import UsageError
from journal.heads import Head, read_heads
from journal.screen import escaping, show

if TYPE_CHECKING:
    from journal.verification import Verification


def mount(application: typer.Typer) -> None:
    """Add this module's commands."""
    application.command("verify")(verify)


def verify(
    *,
    head: Annotated[
        bool, typer.Option("--head", help="Print the head, to keep elsewhere.")
    ] = False,
    against: Annotated[
        str | None, typer.Option("--against", metavar="FILE", help="Check a head kept earlier.")
    ] = None,
    as_json: JsonFlag = False,
    address: JournalOption = None,
) -> int:
    """Check every line and every chain; exit 1 on damage.

    knobwise verify --head > heads.txt

    knobwise verify --against heads.txt

    Names segment, line and byte of everything that is not as it was written. A torn line (a write
    that never ended, so was never acknowledged) is named too, and is no damage. A segment that was
    rewritten or cut short as a whole is seen only against a head kept from before.
    """
    from journal import verification
    from journal.progress import Watched

    kept = _kept(against)
    checked = verification.verify(Watched(journal.open(address).store), kept)
    with suppress(BrokenPipeError):  # who reads no more is told by the exit status all the same
        _show(checked, head=head, as_json=as_json)
    return 0 if checked.sound else 1


def _show(checked: Verification, *, head: bool, as_json: bool) -> None:
    if as_json:
        write_json(checked.as_json())
    elif head:
        sys.stdout.write("".join(f"{end}\n" for end in checked.heads))
    escaping()
    if not as_json:
        show(map(str, checked.damage), sys.stderr if head else sys.stdout)
    if not (as_json or head):
        judged = "everything is as it was written" if checked.sound else "damaged"
        events, runs = counted(checked.events, "event"), counted(checked.runs, "run")
        segments = counted(len(checked.heads), "segment")
        show([f"{checked.address}: {judged}: {events} of {runs} in {segments}"], sys.stdout)
        if checked.orphans:
            sys.stdout.write(
                f"{counted(checked.orphans, 'event is')} about runs that are not here\n"
            )


def _kept(against: str | None) -> list[Head]:
    if against is None:
        return []
    try:
        text = sys.stdin.read() if against == "-" else Path(against).read_text()
    except OSError as failed:
        raise unreadable(against, failed) from None
    except UnicodeDecodeError:
        raise UsageError("there is no head in it: it is no text", word=against) from None
    heads = list(read_heads(text.splitlines()))
    if not heads:
        hint = "it has the lines that knobwise verify --head printed"
        raise UsageError("there is no head in it, so nothing is checked", word=against, hint=hint)
    return heads
