"""``knobwise log`` in full: help, completion, usage errors. Plain forms go by ``oneshot``."""

from __future__ import annotations

from typing import Annotated

import typer

from journal.cli_options import SaidOnce
from journal.oneshot import Request, record

JournalOption = Annotated[
    str | None,
    typer.Option("--journal", metavar="PATH", help="The journal; else KNOBWISE_JOURNAL, else "
                 "data/journal found upward."),
]  # fmt: skip


def mount(application: typer.Typer) -> None:
    """Add this module's commands."""
    application.command("log", cls=SaidOnce)(log)


def log(
    assignments: Annotated[
        list[str] | None, typer.Argument(metavar="NAME=VALUE...", help="The run's parameters.")
    ] = None,
    metric: Annotated[
        list[str] | None,
        typer.Option("--metric", "-m", metavar="NAME=VALUE", help="A measured value; repeat."),
    ] = None,
    seed: Annotated[
        str | None,
        typer.Option("--seed", metavar="INTEGER", help="The seed, which tells replicates apart."),
    ] = None,
    tag: Annotated[list[str] | None, typer.Option("--tag", help="A label; repeat.")] = None,
    note: Annotated[str | None, typer.Option("--note", help="A remark.")] = None,
    status: Annotated[
        str | None, typer.Option("--status", help="finished (default), failed or killed.")
    ] = None,
    at: Annotated[
        str | None, typer.Option("--at", metavar="TIME", help="When it ran, if not now (ISO 8601).")
    ] = None,
    seconds: Annotated[
        str | None, typer.Option("--seconds", metavar="NUMBER", help="How long it ran.")
    ] = None,
    jsonl: Annotated[
        str | None,
        typer.Option("--jsonl", metavar="FILE", help="One run per line of this file, - for stdin."),
    ] = None,
    address: JournalOption = None,
) -> int:
    """Record whole runs. Prints each run's id once it is on disk.

    knobwise log lr=3e-4 batch=64 act=relu -m accuracy=0.931 --seed 3

    Values are read as YAML scalars: true, 1e-3, null, text; quoted, '1.10' stays text. A name
    with an = in it is quoted, too: "'a=b'=1". A line of --jsonl is {"params": {...},
    "metrics": {...}} with seed, status, tags, note, at, seconds if wanted.
    """
    return record(
        Request(
            assignments=tuple(assignments or ()), metric=tuple(metric or ()), tag=tuple(tag or ()),
            seed=seed, note=note, status=status, at=at, seconds=seconds, jsonl=jsonl,
            journal=address,
        )
    )  # fmt: skip
