"""``knobwise import jsonl | optuna | mlflow | wandb | tensorboard``."""

from __future__ import annotations

import sys
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from journal.cli_import import importing
from journal.cli_log import JournalOption
from journal.counts import counted
from journal.screen import escaping, say, show

if TYPE_CHECKING:
    from journal.importers import Understood

DryRun = Annotated[bool, typer.Option("--dry-run", help="Show what is understood; write nothing.")]
Seed = Annotated[
    str | None,
    typer.Option("--seed", metavar="NAME", help="The parameter or attribute that is the seed."),
]
Metrics = Annotated[
    list[str] | None,
    typer.Option("--metrics", "-m", metavar="NAMES", help="Attributes that are measured values."),
]
AllEnded = Annotated[
    bool, typer.Option("--all-ended", help="No run is under way: those without an end were killed.")
]
_SHOWN = 5


def mount(application: typer.Typer) -> None:
    """Nothing to add: these are commands of ``knobwise import``, which is there already."""
    del application


@importing.command("jsonl")
def import_jsonl(
    file: Annotated[Path, typer.Argument(metavar="FILE", help="What knobwise export wrote.")],
    *,
    dry_run: DryRun = False,
    address: JournalOption = None,
) -> int:
    """Import runs that knobwise export wrote, with their ids. Importing twice adds nothing.

    knobwise import jsonl runs.jsonl

    Lines as knobwise log --jsonl takes them do as well: their ids follow from what they say.
    """
    from journal import importers_jsonl

    return finish(lambda: importers_jsonl.read(file), dry_run=dry_run, address=address)


@importing.command("optuna")
def import_optuna(
    file: Annotated[
        Path, typer.Argument(metavar="FILE", help="Optuna's journal file, or its SQLite file.")
    ],
    *,
    study: Annotated[
        list[str] | None, typer.Option("--study", help="Only this study; repeat.")
    ] = None,
    objective: Annotated[
        list[str] | None,
        typer.Option("--objective", metavar="NAME", help="What a nameless objective is; repeat."),
    ] = None,
    metrics: Metrics = None,
    seed: Seed = None,
    dry_run: DryRun = False,
    address: JournalOption = None,
) -> int:
    """Import trials of Optuna's studies, with directions and search spaces.

    knobwise import optuna study.db --study sweep

    Pruned trials end as killed; values reported on the way are a series. Importing twice adds
    nothing.
    """
    from journal import importers_optuna

    return finish(
        lambda: importers_optuna.read(file, chosen=study or (), names=objective or ()),
        dry_run=dry_run, address=address, seed=seed, metrics=metrics,
    )  # fmt: skip


@importing.command("mlflow")
def import_mlflow(
    store: Annotated[
        Path, typer.Argument(metavar="STORE", help="The folder mlruns, or MLflow's SQLite file.")
    ],
    *,
    experiment: Annotated[
        list[str] | None, typer.Option("--experiment", help="Only this experiment; repeat.")
    ] = None,
    metrics: Metrics = None,
    seed: Seed = None,
    dry_run: DryRun = False,
    address: JournalOption = None,
) -> int:
    """Import runs of MLflow. Deleted runs and runs under way are left out.

    knobwise import mlflow mlruns --experiment sweep

    A metric that some run logged more than once is a series, its last value the result. Attributes
    are MLflow's tags. Importing twice adds nothing.
    """
    from journal import importers_mlflow

    return finish(
        lambda: importers_mlflow.read(store, chosen=experiment or ()),
        dry_run=dry_run, address=address, seed=seed, metrics=metrics,
    )  # fmt: skip


@importing.command("wandb")
def import_wandb(
    place: Annotated[
        Path, typer.Argument(metavar="PLACE", help="The folder wandb, or a file run-*.wandb.")
    ],
    *,
    all_ended: AllEnded = False,
    seed: Seed = None,
    dry_run: DryRun = False,
    address: JournalOption = None,
) -> int:
    """Import offline runs of W&B. (Of a CSV export: knobwise import csv.)

    knobwise import wandb wandb

    What was logged step by step is a series, the summary has the results. Importing twice adds
    nothing.
    """
    from journal import importers_wandb

    return finish(
        lambda: importers_wandb.read(place, all_ended=all_ended),
        dry_run=dry_run, address=address, seed=seed,
    )  # fmt: skip


@importing.command("tensorboard")
def import_tensorboard(
    folder: Annotated[
        Path, typer.Argument(metavar="FOLDER", help="The log folder, or a file of events.")
    ],
    *,
    all_ended: AllEnded = False,
    seed: Seed = None,
    dry_run: DryRun = False,
    address: JournalOption = None,
) -> int:
    """Import runs that TensorBoard knows by their HParams, with their scalars.

    knobwise import tensorboard logs --seed seed

    Importing twice adds nothing.
    """
    from journal import importers_tensorboard

    return finish(
        lambda: importers_tensorboard.read(folder, all_ended=all_ended),
        dry_run=dry_run, address=address, seed=seed,
    )  # fmt: skip


def finish(
    read: Callable[[], Understood],
    *,
    dry_run: bool,
    address: str | None,
    seed: str | None = None,
    metrics: Sequence[str] | None = None,
) -> int:
    """Import what is read, or show it; the exit status is 1 where something was not understood."""
    from journal import importers, understanding
    from journal.oneshot import open_to_write

    understood = importers.choose(importers.complete(read()), seed=seed, metrics=metrics or ())
    if dry_run:
        escaping()
        understood = importers.rehearsed(understood)
        show(understanding.told(understood), sys.stdout)
        return 1 if understood.refused else 0
    with open_to_write(address) as book:
        added = importers.add(understood, book)
    known = f", {added.known:,} known already" if added.known else ""
    sys.stderr.write(f"{counted(added.new, 'run')} imported{known}\n")
    show((f"left out: {line}" for line in understood.left_out), sys.stderr)
    show((f"knobwise: {line}" for line in (*understood.remarks, *added.declared)), sys.stderr)
    refused = (*understood.refused, *added.refused)
    for line in refused[:_SHOWN]:
        say(f"knobwise: {understood.source}: not understood: {line}")
    if len(refused) > _SHOWN:
        sys.stderr.write(f"knobwise: and {len(refused) - _SHOWN:,} more\n")
    return 1 if refused else 0
