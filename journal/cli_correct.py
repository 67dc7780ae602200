"""``knobwise amend``, ``retract``, ``note``, ``tag``: correct a run, by adding.

Nothing is rewritten: each command appends an event, and ``show --history`` has them all. What a
correction names is looked for first, so that a mistyped name is an error and not one more event.
``journal.cli_everywhere`` has the corrections of all runs at once.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Annotated

import typer

from journal import completion, values
from journal.cli_log import JournalOption
from journal.cli_options import SaidOnce
from journal.cli_read import RunArgument, tell_of_damage
from journal.entries import STATUSES, one_of
from journal.errors import UsageError
from journal.events import Amended, Event, Noted, Retracted, Tagged
from journal.guesses import guess
from journal.ids import is_uuid, uuid7
from journal.journal import Journal
from journal.journal import open as open_journal
from journal.lookup import find_run
from journal.oneshot import assigned, read_parameters, read_tags
from journal.pairs import write_pair
from journal.runs import Fold, Run, fold
from journal.screen import say
from journal.shell import quoted
from journal.sieve import read_about
from journal.store import read_run
from journal.values import Scalar, check_text, write_scalar

ReasonOption = Annotated[str | None, typer.Option("--reason", help="Why, for later readers.")]
RunArguments = Annotated[
    list[str],
    typer.Argument(
        metavar="RUN...", help="Their ids, or ends of them.", autocompletion=completion.runs
    ),
]


def mount(application: typer.Typer) -> None:
    """Add this module's commands."""
    for command in (amend, retract, note, tag):
        application.command(command.__name__, cls=SaidOnce)(command)


def amend(
    run: RunArgument,
    assignments: Annotated[
        list[str] | None,
        typer.Argument(metavar="NAME=VALUE...", help="The corrected parameters."),
    ] = None,
    *,
    metric: Annotated[
        list[str] | None,
        typer.Option("--metric", "-m", metavar="NAME=VALUE", help="A corrected metric; repeat."),
    ] = None,
    remove: Annotated[
        list[str] | None,
        typer.Option("--remove", metavar="NAME", help="A parameter or metric to remove; repeat."),
    ] = None,
    seed: Annotated[
        str | None, typer.Option("--seed", metavar="INTEGER", help="The corrected seed.")
    ] = None,
    status: Annotated[
        str | None, typer.Option("--status", help="finished, failed or killed.")
    ] = None,
    reason: ReasonOption = None,
    address: JournalOption = None,
) -> None:
    """Correct values of a run. What was recorded first stays in its history.

    knobwise amend 2f6d5c0e lr=3e-3 -m accuracy=0.94 --reason misread

    knobwise amend 2f6d5c0e --remove typo --status failed
    """
    if "=" in run:
        raise UsageError("RUN comes first", word=run, hint=f"knobwise amend RUN {quoted(run)}")
    params = values.parameters(read_parameters(assignments or ()))
    measured = values.metrics(assigned(metric or (), "a metric"))
    one_of(status, STATUSES, what="the status")
    if both := [name for name in remove or () if name in params or name in measured]:
        hint = "leave out one of the two"
        raise UsageError(f"{both[0]} is given and removed", word=both[0], hint=hint)
    if not (params or measured or remove or seed is not None or status):
        raise UsageError(
            "nothing is amended", hint="give NAME=VALUE, -m, --seed, --status, --remove"
        )
    with open_journal(address) as book:
        told = _fold(book, [run])
        found, names = find_run(told.runs, run), told.declarations.names
        for name in remove or ():
            there = {**found.params, **found.metrics}
            known_among(name, there, what="of this run", renamed=names)
        _as_recorded(found, params, measured)
        _as_called(found, params, names)
        event = Amended(
            id=uuid7(), run=found.id, at=book.store.now(), params=params, metrics=measured,
            removed=tuple(remove or ()), seed=values.seed(seed), status=status,
            reason=None if reason is None else check_text(reason, "the reason"),
        )  # fmt: skip
        book.append([event])
    say(f"amended {found.id}")
    for before, after in ((found.params, params), (found.metrics, measured)):
        for name, value in after.items():
            was = write_scalar(before[name]) if name in before else "(absent)"
            say(f"  {name}: {was} -> {write_scalar(value)}")


def _as_recorded(run: Run, params: Mapping[str, Scalar], metrics: Mapping[str, Scalar]) -> None:
    """Raises UsageError for a parameter that this run has as a metric alone, or the reverse.

    What was to be corrected would stay, beside a second value of the same name.
    """
    for name, value in params.items():
        if name in run.metrics and name not in run.params:
            hint = f"to correct it: -m {quoted(write_pair(name, value))}"
            raise UsageError(f"{name} is a metric of this run", word=name, hint=hint)
    for name in metrics:
        if name in run.params and name not in run.metrics:
            hint = f"to make it a metric, take it away first: --remove {quoted(name)}"
            raise UsageError(f"{name} is a parameter of this run", word=name, hint=hint)


def _as_called(run: Run, params: Mapping[str, Scalar], renamed: Mapping[str, str]) -> None:
    """Raises UsageError for a parameter that this run has by the name it was given since."""
    for name, value in params.items():
        now = renamed.get(name, "")
        if name not in run.params and now in run.params:
            hint = quoted(write_pair(now, value))
            raise UsageError(
                f"{name} was renamed to {now}", word=name, hint=f"to correct it: {hint}"
            )


def retract(
    runs: RunArguments,
    *,
    reason: Annotated[str, typer.Option("--reason", help="Why it should not count.")],
    address: JournalOption = None,
) -> None:
    """Take runs out of every answer. They stay in the journal: ls --retracted shows them.

    knobwise retract 2f6d5c0e 99d0581b --reason 'trained on the test set'
    """
    told = check_text(reason, "the reason")
    if not told.strip():
        raise UsageError("the reason is empty", word="--reason", hint="say why, for later readers")
    with open_journal(address) as book:
        found = _found(book, runs)
        at = book.store.now()
        book.append([Retracted(id=uuid7(), run=run.id, at=at, reason=told) for run in found])
    for run in found:
        before = None if run.retracted is None else " ".join(run.retracted.split())
        again = "" if before is None else f" again (before: {before or 'no reason given'})"
        say(f"retracted {run.id}{again}")


def note(
    run: RunArgument,
    text: Annotated[str, typer.Argument(help="The remark.")],
    *,
    address: JournalOption = None,
) -> None:
    """Add a remark to a run.

    knobwise note 2f6d5c0e 'the loss jumped at step 300'
    """
    told = values.note(text)
    with open_journal(address) as book:
        (found,) = _found(book, [run])
        book.append([Noted(id=uuid7(), run=found.id, at=book.store.now(), note=told)])
    say(f"noted {found.id}" + ("" if found.retracted is None else ", which is retracted"))


def tag(
    run: RunArgument,
    labels: Annotated[
        list[str] | None, typer.Argument(metavar="LABEL...", help="Labels to add.")
    ] = None,
    *,
    remove: Annotated[
        list[str] | None,
        typer.Option("--remove", metavar="LABEL", help="A label to take away; repeat."),
    ] = None,
    address: JournalOption = None,
) -> None:
    """Add labels to a run, or take them away.

    knobwise tag 2f6d5c0e baseline paper --remove draft
    """
    added = values.labels(read_tags(labels or (), typed=""))
    if not (added or remove):
        raise UsageError("no label is given", hint="knobwise tag RUN LABEL, or --remove LABEL")
    with open_journal(address) as book:
        (found,) = _found(book, [run])
        for label in remove or ():
            known_among(label, found.tags, what="a tag of this run")
        event: Event = Tagged(
            id=uuid7(), run=found.id, at=book.store.now(), tags=added, removed=tuple(remove or ())
        )
        book.append([event])
    say(f"tagged {found.id}")


def _fold(book: Journal, about: Sequence[str]) -> Fold:
    reading = read_about(book.store, about)
    tell_of_damage(reading.damage)
    return fold(reading.events)


def _found(book: Journal, told: Sequence[str]) -> list[Run]:
    """The runs that these ids stand for; what a rename or a default says of them may be left out.

    Of one whole id, as a loop gives it, what is about that run is enough. Raises RunNotFound.
    """
    if len(told) == 1 and is_uuid(told[0].lower()):
        return [find_run(fold(read_run(book.store, told[0].lower())).runs, told[0])]
    runs = _fold(book, told).runs
    return list({run.id: run for run in (find_run(runs, word) for word in told)}.values())


def known_among(
    name: str, names: Iterable[str], *, what: str, renamed: Mapping[str, str] | None = None
) -> None:
    """Raises UsageError for a name that is not among these; ``renamed`` as ``guess`` takes it."""
    known = set(names)
    if name not in known:
        raise UsageError(
            f"{name} is not {what}",
            word=name,
            hint=guess(name, known, otherwise="knobwise ls has the names", renamed=renamed),
        )
