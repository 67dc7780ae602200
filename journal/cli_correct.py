"""``knobwise amend``, ``retract``, ``rename``, ``default``, ``note``, ``tag``: correct, by adding.

Nothing is rewritten: each command appends an event, and ``show --history`` has them all. What a
correction names is looked for first, so that a mistyped name is an error and not one more event.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Annotated

import typer

from journal import completion, values
from journal.cli_log import JournalOption
from journal.cli_read import RunArgument, tell_of_damage
from journal.counts import counted
from journal.entries import STATUSES, one_of
from journal.errors import UsageError
from journal.events import Amended, Defaulted, Event, Noted, Renamed, Retracted, Tagged
from journal.guesses import guess, nearest
from journal.ids import uuid7
from journal.journal import Journal
from journal.journal import open as open_journal
from journal.lookup import find_run
from journal.oneshot import assigned, assigned_many
from journal.runs import Run, fold
from journal.screen import say
from journal.values import check_name, check_text, read_scalar, write_scalar

ReasonOption = Annotated[str | None, typer.Option("--reason", help="Why, for who reads it later.")]
RunArguments = Annotated[
    list[str],
    typer.Argument(
        metavar="RUN...", help="Their ids, or ends of them.", autocompletion=completion.runs
    ),
]


def mount(application: typer.Typer) -> None:
    """Add this module's commands."""
    for command in (amend, retract, rename, default, note, tag):
        application.command(command.__name__)(command)


def amend(
    run: RunArgument,
    assignments: Annotated[
        list[str] | None,
        typer.Argument(metavar="NAME=VALUE...", help="Parameters as they should be."),
    ] = None,
    *,
    metric: Annotated[
        list[str] | None,
        typer.Option("--metric", "-m", metavar="NAME=VALUE", help="A metric as it should be."),
    ] = None,
    remove: Annotated[
        list[str] | None,
        typer.Option("--remove", metavar="NAME", help="A parameter or metric to go; repeat."),
    ] = None,
    seed: Annotated[
        str | None, typer.Option("--seed", metavar="INTEGER", help="The seed as it should be.")
    ] = None,
    status: Annotated[
        str | None, typer.Option("--status", help="finished, failed or killed.")
    ] = None,
    reason: ReasonOption = None,
    address: JournalOption = None,
) -> None:
    """Put values of a run right. What was recorded first stays in its history.

    knobwise amend 2f6d5c0e lr=3e-3 -m accuracy=0.94 --reason misread

    knobwise amend 2f6d5c0e --remove typo --status failed
    """
    if "=" in run:
        raise UsageError("RUN comes first", word=run, hint=f"knobwise amend RUN {run}")
    told = assigned(assignments or (), "a parameter")
    params = values.parameters({name: read_scalar(text) for name, text in told.items()})
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
        (found,) = _found(book, [run])
        for name in remove or ():
            _known(name, {**found.params, **found.metrics}, "of this run")
        event = Amended(
            id=uuid7(), run=found.id, at=book.store.now(), params=params, metrics=measured,
            removed=tuple(remove or ()), seed=values.seed(seed), status=status,
            reason=None if reason is None else check_text(reason, "the reason"),
        )  # fmt: skip
        book.append([event])
    say(f"amended {found.id}")
    for name, value in {**params, **measured}.items():
        before = {**found.params, **found.metrics}
        was = write_scalar(before[name]) if name in before else "(absent)"
        say(f"  {name}: {was} -> {write_scalar(value)}")


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
        raise UsageError("the reason is empty", word="--reason", hint="say why, for who reads it")
    with open_journal(address) as book:
        found = _found(book, runs)
        at = book.store.now()
        book.append([Retracted(id=uuid7(), run=run.id, at=at, reason=told) for run in found])
    for run in found:
        say(f"retracted {run.id}")


def rename(
    old: Annotated[
        str,
        typer.Argument(help="The parameter's name so far.", autocompletion=completion.names),
    ],
    new: Annotated[str, typer.Argument(help="Its name from now on.")],
    *,
    address: JournalOption = None,
) -> None:
    """Give a parameter another name, in every run recorded so far.

    knobwise rename learning_rate lr

    A run that has both keeps both. Runs recorded later have the names they are recorded with.
    """
    check_name(new)
    if old == new:
        raise UsageError("the two names are the same", word=new)
    with open_journal(address) as book:
        runs = _runs(book)
        having = [run for run in runs if old in run.params]
        if not having and any(old in run.metrics for run in runs):
            hint = "a metric keeps its name; in one run: knobwise amend RUN -m NAME=VALUE --remove"
            raise UsageError(f"{old} is a metric, and parameters are renamed", word=old, hint=hint)
        _known(old, (name for run in runs for name in run.params), "a parameter of any run")
        book.append([Renamed(id=uuid7(), run=None, at=book.store.now(), old=old, new=new)])
        kept = [run for run in _runs(book) if old in run.params]
    both = sum(new in run.params for run in kept)
    say(f"renamed {old} to {new} in {counted(len(having) - len(kept), 'run')}")
    if both:
        say(f"{counted(both, 'run has')} both names, and both stay")
    if later := [run for run in kept if new not in run.params]:
        say(f"{old} stays in {counted(len(later), 'run')} dated in the future; to change one:")
        say(f"  knobwise amend {later[0].id} {new}=VALUE --remove {old}")


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
    address: JournalOption = None,
) -> None:
    """Say what a parameter was in all runs so far that did not record it.

    knobwise default dropout 0.1

    knobwise default slope=0.01 --when act=leaky_relu
    """
    if value is None:  # as `log` has it: dropout=0.1
        ((parameter, value),) = assigned([parameter], "a default").items()
    check_name(parameter)
    told = values.parameters({parameter: read_scalar(value)})[parameter]
    pairs = assigned_many(when or (), "a condition")
    condition = {name: tuple(read_scalar(text) for text in texts) for name, texts in pairs.items()}
    with open_journal(address) as book:
        runs = _runs(book)
        for name in condition:
            _known(name, (known for run in runs for known in run.params), "a parameter of any run")
        event = Defaulted(
            id=uuid7(), run=None, at=book.store.now(), parameter=parameter, default=told,
            condition=condition,
        )  # fmt: skip
        book.append([event])
        lacking = {run.id for run in runs if parameter not in run.params}
        given = sum(run.id in lacking and parameter in run.params for run in _runs(book))
    say(f"{parameter} is {write_scalar(told)} in {counted(given, 'run')} that had not recorded it")
    if len(lacking) == len(runs):
        near = nearest(parameter, {name for run in runs for name in run.params})
        say("no run has recorded it so far" + (f"; did you mean {near}?" if near else ""))


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
    say(f"noted {found.id}")


def tag(
    run: RunArgument,
    labels: Annotated[list[str] | None, typer.Argument(metavar="LABEL...", help="To add.")] = None,
    *,
    remove: Annotated[
        list[str] | None, typer.Option("--remove", metavar="LABEL", help="To take away; repeat.")
    ] = None,
    address: JournalOption = None,
) -> None:
    """Add labels to a run, or take them away.

    knobwise tag 2f6d5c0e baseline paper --remove draft
    """
    added = tuple(check_text(label, "a tag") for label in labels or ())
    if not (added or remove):
        raise UsageError("no label is given", hint="knobwise tag RUN LABEL, or --remove LABEL")
    with open_journal(address) as book:
        (found,) = _found(book, [run])
        for label in remove or ():
            _known(label, found.tags, "a tag of this run")
        event: Event = Tagged(
            id=uuid7(), run=found.id, at=book.store.now(), tags=added, removed=tuple(remove or ())
        )
        book.append([event])
    say(f"tagged {found.id}")


def _runs(book: Journal) -> Sequence[Run]:
    reading = book.read()
    tell_of_damage(reading.damage)
    return fold(reading.events).runs


def _found(book: Journal, told: Sequence[str]) -> list[Run]:
    """The runs that these ids stand for. Raises RunNotFound, before anything is written."""
    runs = _runs(book)
    return list({run.id: run for run in (find_run(runs, word) for word in told)}.values())


def _known(name: str, names: Iterable[str], what: str) -> None:
    known = set(names)
    if name not in known:
        raise UsageError(
            f"{name} is not {what}",
            word=name,
            hint=guess(name, known, otherwise="knobwise ls has the names"),
        )
