"""``knobwise import jsonl | optuna | mlflow | wandb | tensorboard``."""

from __future__ import annotations

import sys
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from journal.cli_import import importing
from journal.cli_log import JournalOption

if TYPE_CHECKING:
    from journal.importers import Understood

DryRun = Annotated[bool, typer.Option("--dry-run", help="Show what is understood; write nothing.")]
Seed = Annotated[
    str | None,
    typer.Option("--seed", metavar="NAME", help="The parameter that is the replicate's number."),
]
_SHOWN = 20


def mount(application: typer.Typer) -> None:
    """Nothing to add: these are commands of ``knobwise import``, which is there already."""
    del application


@importing.command("jsonl")
def import_jsonl(
    file: Annotated[Path, typer.Argument(help="What knobwise export wrote.")],
    *,
    dry_run: DryRun = False,
    address: JournalOption = None,
) -> int:
    """Import runs that knobwise export wrote, with their ids. Importing twice adds nothing.

    Lines as knobwise log --jsonl takes them do as well: their ids follow from what they say.
    """
    from journal import importers_jsonl

    return finish(lambda: importers_jsonl.read(file), dry_run=dry_run, address=address)


def finish(
    read: Callable[[], Understood], *, dry_run: bool, address: str | None, seed: str | None = None
) -> int:
    """Import what is read, or show it; the exit status is 1 where something was not understood."""
    from journal import importers, understanding
    from journal.errors import UsageError
    from journal.oneshot import open_to_write

    understood = importers.complete(read())
    if seed is not None:
        if not any(seed in run.params for run in understood.runs):
            raise UsageError(f"no run has the parameter {seed}", word=seed)
        runs = tuple(importers.with_seed(run, seed) for run in understood.runs)
        understood = replace(understood, runs=runs)
    if dry_run:
        sys.stdout.writelines(f"{line}\n" for line in understanding.told(understood))
        return 1 if understood.refused else 0
    with open_to_write(address) as book:
        added = importers.add(understood, book)
    known = f", {added.known:,} known already" if added.known else ""
    sys.stderr.write(f"{added.new:,} runs imported{known}\n")
    sys.stderr.writelines(f"left out: {line}\n" for line in understood.left_out)
    for line in understood.refused[:_SHOWN]:
        sys.stderr.write(f"knobwise: not understood: {line}\n")
    if len(understood.refused) > _SHOWN:
        sys.stderr.write(f"knobwise: and {len(understood.refused) - _SHOWN:,} more\n")
    return 1 if understood.refused else 0
