"""``knobwise start``, ``metric``, ``finish``: a run step by step, from any shell.

``metric`` takes a run's whole id as it is, without reading the journal, so that a step costs the
same however large the journal has become; a part of an id is looked up. ``finish`` looks, once per
run, whether the run is here and has not ended already, at those lines only that name it. Neither
begins a journal: a run that is none of its runs has another.
"""

from __future__ import annotations

import os
from typing import Annotated

import typer

from journal import values
from journal.cli_log import JournalOption
from journal.cli_options import SaidOnce
from journal.endings import brief
from journal.entries import STATUSES, one_of
from journal.errors import JournalNotFound, UsageError
from journal.events import Finished, Started
from journal.ids import uuid7
from journal.joining import reports_to
from journal.journal import Journal
from journal.oneshot import assigned, open_to_write, read_parameters, read_tags, tell
from journal.onestep import not_here, record_metric, run_id
from journal.runs import fold
from journal.store import read_run

MetricOption = Annotated[
    list[str] | None,
    typer.Option("--metric", "-m", metavar="NAME=VALUE", help="A result; repeat for more."),
]


def mount(application: typer.Typer) -> None:
    """Add this module's commands."""
    application.command("start", cls=SaidOnce)(start)
    application.command("metric", cls=SaidOnce)(metric)
    application.command("finish", cls=SaidOnce)(finish)


def start(
    assignments: Annotated[
        list[str] | None, typer.Argument(metavar="NAME=VALUE...", help="The run's parameters.")
    ] = None,
    *,
    seed: Annotated[
        str | None,
        typer.Option("--seed", metavar="INTEGER", help="The seed, which tells replicates apart."),
    ] = None,
    tag: Annotated[list[str] | None, typer.Option("--tag", help="A label; repeat.")] = None,
    note: Annotated[str | None, typer.Option("--note", help="A remark.")] = None,
    pid: Annotated[
        int | None,
        typer.Option(
            "--pid",
            min=0,
            help="The process whose end without `finish` means interrupted; the calling shell "
            "by default, 0 for none.",
        ),
    ] = None,
    address: JournalOption = None,
) -> None:
    """Begin a run and print its id, once that is on disk.

    knobwise start lr=3e-4 batch=64 --seed 3

    Then `knobwise metric ID loss=0.2 --step 10`, and `knobwise finish ID -m accuracy=0.93`.
    """
    from journal.processes import process_of
    from journal.provenance import of_wrapped

    params = values.parameters(read_parameters(assignments or ()))
    number, labels = values.seed(seed), values.labels(read_tags(tag or ()))
    remark = None if note is None else values.note(note)
    watched = os.getppid() if pid is None else pid
    process = process_of(watched) if watched else None
    if pid and process is None:
        raise UsageError("there is no such process", word=str(pid))
    run = uuid7()
    with open_to_write(address) as book:
        event = Started(
            id=run, run=run, at=book.store.now(), params=params, seed=number, tags=labels,
            note=remark, process=process, context=of_wrapped(),
        )  # fmt: skip
        book.append([event])
    tell([run])


def metric(
    words: Annotated[
        list[str],
        typer.Argument(metavar="[RUN] NAME=VALUE...", help="The run's id, and what was measured."),
    ],
    *,
    step: Annotated[
        int | None,
        typer.Option("--step", help="The step it was measured at; without it, a result."),
    ] = None,
    address: JournalOption = None,
) -> None:
    """Record what a run measured, at a step or as a result.

    knobwise metric 01936b3e-7c1f-7d1a-b0a4-2f6d5c0e9a11 loss=0.21 --step 10

    It is on disk when the command returns. Within `knobwise run` the id may be left out:
    KNOBWISE_RUN has it.
    """
    record_metric(words, step=step, journal=address)


def finish(
    run: Annotated[
        str | None, typer.Argument(metavar="RUN", help="Its id; else KNOBWISE_RUN has it.")
    ] = None,
    *,
    metric: MetricOption = None,
    status: Annotated[
        str | None,
        typer.Option("--status", help="finished, failed or killed; else as --exit-code says."),
    ] = None,
    exit_code: Annotated[
        int | None, typer.Option("--exit-code", metavar="N", help="The program's, as in $?.")
    ] = None,
    error: Annotated[str | None, typer.Option("--error", help="Why it failed.")] = None,
    seconds: Annotated[
        str | None,
        typer.Option("--seconds", metavar="NUMBER", help="How long it ran, if not since start."),
    ] = None,
    address: JournalOption = None,
) -> None:
    """End a run, with its results.

    knobwise finish 01936b3e-7c1f-7d1a-b0a4-2f6d5c0e9a11 -m accuracy=0.93

    An exit code says how it ended: 0 finished, 129, 130, 137 and 143 (signals) killed, else failed.
    """
    one_of(status, STATUSES, what="the status")
    measured = values.metrics(assigned(metric or (), "a metric"))
    _agree(status, exit_code)
    took = None if seconds is None else values.duration(seconds)
    ended = status or status_of(exit_code)
    with open_to_write(address) as book:
        told = run_id(run, address)
        if not _still_open(book, told) and reports_to(book.address) != told:
            raise not_here(told, address, measured=measured)
        event = Finished(
            id=uuid7(), run=told, at=book.store.now(), status=ended,
            exit_code=exit_code, seconds=took, metrics=measured,
            error=None if error is None else brief(error),
        )  # fmt: skip
        book.append([event])


def _still_open(book: Journal, run: str) -> bool:
    """Is the run in the journal? Raises UsageError where it has ended: no second end counts."""
    try:
        runs = fold(read_run(book.store, run)).runs
    except JournalNotFound:
        return False
    if runs and runs[0].status not in {"running", "interrupted"}:
        hint = f"to put it right: knobwise amend {run[-8:]} --status STATUS -m NAME=VALUE"
        raise UsageError(f"the run {run} has ended: {runs[0].status}", hint=hint)
    return bool(runs)


def _agree(status: str | None, exit_code: int | None) -> None:
    """Raises UsageError for an exit code that is none, or that says otherwise than the status."""
    if exit_code is None:
        return
    if not 0 <= exit_code <= 255:
        hint = "0 to 255; a program that a signal ended has 128 + its number in $?"
        raise UsageError("this is no exit code", word=str(exit_code), hint=hint)
    if status is not None and (status == "finished") is not (exit_code == 0):
        hint = f"exit code {exit_code} means {status_of(exit_code)}; give one of the two"
        raise UsageError(f"--status {status} contradicts it", word=str(exit_code), hint=hint)


def status_of(exit_code: int | None) -> str:
    """How a program ended that left this exit code in its shell."""
    if not exit_code:
        return "finished"
    return "killed" if exit_code in {129, 130, 137, 143} else "failed"
