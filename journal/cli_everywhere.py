"""``knobwise rename`` and ``default``: correct every run recorded so far, by adding one event.

What the event would do is worked out before it is written: one that changes nothing, or is about a
name that no run has, is an error and not one more event.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Annotated

import typer

from journal import completion, values
from journal.cli_correct import known_among
from journal.cli_log import JournalOption
from journal.cli_read import tell_of_damage
from journal.counts import counted
from journal.errors import GAP, UsageError
from journal.events import Defaulted, Event, Renamed, Undefaulted
from journal.guesses import guess, nearest
from journal.ids import uuid7
from journal.journal import Journal
from journal.journal import open as open_journal
from journal.oneshot import assigned, read_condition, read_value
from journal.pairs import read_name, write_name
from journal.runs import Run, fold
from journal.screen import say
from journal.shell import quoted
from journal.values import Scalar, check_name, write_scalar

_Pairs = Sequence[tuple[Run, Run]]
"""Each run as it is, and as it will be."""


def mount(application: typer.Typer) -> None:
    """Add this module's commands."""
    for command in (rename, default):
        application.command(command.__name__)(command)


def rename(
    old: Annotated[
        str,
        typer.Argument(help="The present name.", autocompletion=completion.names),
    ],
    new: Annotated[str, typer.Argument(help="The new name.")],
    *,
    address: JournalOption = None,
) -> None:
    """Give a parameter another name, in every run recorded so far.

    knobwise rename learning_rate lr

    A run that has both keeps both. Runs recorded later have the names they are recorded with.
    """
    old, new = read_name(old), check_name(read_name(new))
    if old == new:
        raise UsageError("the two names are the same", word=new)
    with open_journal(address) as book:
        events = _events(book)
        event = Renamed(id=uuid7(), run=None, at=book.store.now(), old=old, new=new)
        pairs = _rehearsed(events, event)
        runs = [run for run, _ in pairs]
        having = [run for run in runs if old in run.params]
        if not having and any(old in run.metrics for run in runs):
            hint = "a metric keeps its name; in one run: knobwise amend RUN -m NAME=VALUE --remove"
            raise UsageError(f"{old} is a metric, and parameters are renamed", word=old, hint=hint)
        known = {name for run in runs for name in run.params}
        names = fold(events).declarations.names
        known_among(old, known, what="a parameter of any run", renamed=names)
        kept = [run for _, run in pairs if old in run.params]
        later = [run for run in kept if new not in run.params]
        remedy = (
            ("knobwise", "amend", later[0].id, f"{write_name(new)}={GAP}", "--remove", old)
            if later
            else ()
        )
        cure = " ".join(map(quoted, remedy))
        if len(kept) == len(having):
            raise _renames_nothing(event, cure)
        book.append([event])
    say(f"renamed {old} to {new} in {counted(len(having) - len(kept), 'run')}")
    if both := len(kept) - len(later):
        say(f"{counted(both, 'run has')} both names, and both stay")
    if later:
        say(f"{old} stays in {counted(len(later), 'run')} dated in the future; to change one:")
        say(f"  {cure}")


def _renames_nothing(event: Renamed, cure: str) -> UsageError:
    """No run that has the old name can get the new one."""
    if cure:
        said = f"{event.old} is only in runs that are dated in the future"
        return UsageError(said, word=event.old, hint=f"to change one: {cure}")
    said = f"every run that has {event.old} has {event.new}, too, and would keep both"
    hint = f"to take it from one: knobwise amend RUN --remove {quoted(event.old)}"
    return UsageError(said, word=event.old, hint=hint)


def default(
    parameter: Annotated[
        str, typer.Argument(metavar="NAME", help="The parameter.", autocompletion=completion.names)
    ],
    value: Annotated[
        str | None, typer.Argument(help="What it was in runs that did not record it.")
    ] = None,
    *,
    when: Annotated[
        list[str] | None,
        typer.Option("--when", metavar="NAME=VALUE", help="Only in runs with this; repeat."),
    ] = None,
    new: Annotated[
        bool, typer.Option("--new", help="No run has recorded the parameter so far.")
    ] = False,
    clear: Annotated[
        bool, typer.Option("--clear", help="Take back every default of it, in all runs so far.")
    ] = False,
    address: JournalOption = None,
) -> None:
    """Say what a parameter was in all runs that did not record it.

    knobwise default dropout 0.1

    knobwise default slope=0.01 --when act=leaky_relu

    knobwise default dropout --clear
    """
    if clear:
        if value is not None or when or new:
            hint = "take it back first, then give it anew"
            raise UsageError("--clear takes everything back", word="--clear", hint=hint)
        _take_back(read_name(parameter), address)
        return
    word = parameter
    if value is None:  # as `log` has it: dropout=0.1
        ((parameter, value),) = assigned([parameter], "a default").items()
    else:
        parameter = read_name(parameter)
    check_name(parameter)
    told = values.parameters({parameter: read_value(parameter, value)})[parameter]
    condition = read_condition(when or ())
    _give(parameter, told, condition=condition, new=new, word=word, address=address)


def _give(
    parameter: str,
    told: Scalar,
    *,
    condition: dict[str, tuple[Scalar, ...]],
    new: bool,
    word: str,
    address: str | None,
) -> None:
    with open_journal(address) as book:
        events = _events(book)
        event = Defaulted(
            id=uuid7(), run=None, at=book.store.now(), parameter=parameter, default=told,
            condition=condition,
        )  # fmt: skip
        pairs = _rehearsed(events, event)
        known = {name for run, _ in pairs for name in run.params}
        for name in condition:
            known_among(name, known, what="a parameter of any run")
        if parameter not in known and not new:
            near = nearest(parameter, known)
            hint = f"did you mean {near}? " if near else ""
            raise UsageError(
                f"no run has recorded {parameter}", word=word, span=(0, len(parameter)),
                hint=f"{hint}--new gives it to all runs nevertheless",
            )  # fmt: skip
        book.append([event])
    given = sum(parameter in after.params and parameter not in run.params for run, after in pairs)
    say(f"{parameter} is {write_scalar(told)} in {counted(given, 'run')} that had not recorded it")


def _take_back(parameter: str, address: str | None) -> None:
    """Take back every default of this parameter. Raises UsageError where no run has it by one."""
    with open_journal(address) as book:
        events = _events(book)
        event = Undefaulted(id=uuid7(), run=None, at=book.store.now(), parameter=parameter)
        pairs = _rehearsed(events, event)
        changed = [run for run, after in pairs if len(after.params) < len(run.params)]
        if not changed:
            defaults = (e for e in events if isinstance(e, Defaulted))
            others = {one.parameter for one in defaults} - {parameter}
            there = "defaults: " + ", ".join(sorted(others)[:8]) if others else "nothing has one"
            hint = guess(parameter, others, otherwise=there)
            raise UsageError(f"no run has {parameter} by a default", word=parameter, hint=hint)
        book.append([event])
    say(f"{parameter} is taken back in {counted(len(changed), 'run')} that had not recorded it")


def _events(book: Journal) -> Sequence[Event]:
    """All events so far: read before anything is made, so that no journal begins for nothing."""
    reading = book.read()
    tell_of_damage(reading.damage)
    return reading.events


def _rehearsed(events: Sequence[Event], event: Event) -> _Pairs:
    """The runs without this event, and with it."""
    later = sorted([*events, event], key=lambda one: (one.at, one.id))
    return list(zip(fold(events).runs, fold(later).runs, strict=True))
