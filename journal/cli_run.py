"""``knobwise run``: a command, recorded."""

from __future__ import annotations

from typing import Annotated

import typer

from journal.cli_log import JournalOption
from journal.cli_options import SaidOnce


def mount(application: typer.Typer) -> None:
    """Add this module's commands."""
    settings = {"allow_interspersed_args": False}
    application.command("run", cls=SaidOnce, context_settings=settings)(run)


def run(
    command: Annotated[
        list[str], typer.Argument(metavar="-- COMMAND...", help="The program and its arguments.")
    ],
    *,
    param: Annotated[
        list[str] | None,
        typer.Option("--param", "-p", metavar="NAME=VALUE", help="One more parameter; repeat."),
    ] = None,
    no_flags: Annotated[
        bool, typer.Option("--no-flags", help="Do not record the command's flags as parameters.")
    ] = False,
    seed: Annotated[
        str | None,
        typer.Option("--seed", metavar="INTEGER", help="The seed, if not that of its --seed flag."),
    ] = None,
    tag: Annotated[list[str] | None, typer.Option("--tag", help="A label; repeat.")] = None,
    note: Annotated[str | None, typer.Option("--note", help="A remark.")] = None,
    env: Annotated[
        list[str] | None,
        typer.Option("--env", metavar="NAME", help="Record this variable too; repeat."),
    ] = None,
    prefix: Annotated[
        str, typer.Option("--prefix", help="What printed name=value lines begin with.")
    ] = "knobwise:",
    strict: Annotated[
        bool, typer.Option("--strict", help="Do not run what cannot be recorded.")
    ] = False,
    address: JournalOption = None,
) -> int:
    """Run a command and record it, with its code and its end.

    knobwise run -- python train.py --lr 3e-4 --batch=64 --seed 3

    Flags become parameters; code, machine, the end of the output and the exit code go with them.
    The command reports metrics by `journal.run()`, by lines like `knobwise: accuracy=0.93` that it
    prints, or as JSON lines in the file that KNOBWISE_METRICS names. Its output passes through,
    signals reach it, and its exit code is the answer.
    """
    from journal.wrapper_command import run_command

    return run_command(
        command, param=param or (), no_flags=no_flags, seed=seed, tag=tag or (), note=note,
        env=env or (), prefix=prefix, strict=strict, journal=address,
    )  # fmt: skip
