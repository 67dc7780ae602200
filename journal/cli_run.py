"""``knobwise run``: a command, recorded."""

from __future__ import annotations

import os
import signal
import sys
from typing import Annotated

import typer

from journal import values
from journal.cli_log import JournalOption
from journal.errors import UsageError
from journal.oneshot import assigned, open_to_write
from journal.values import check_text, read_scalar

_DIED_OF = frozenset({signal.SIGINT, signal.SIGTERM, signal.SIGHUP})
"""Signals that the wrapper dies of when its program did: a shell's loop ends by them."""


def mount(application: typer.Typer) -> None:
    """Add this module's commands."""
    application.command("run", context_settings={"allow_interspersed_args": False})(run)


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
        bool, typer.Option("--no-flags", help="The command's flags are no parameters.")
    ] = False,
    seed: Annotated[
        str | None,
        typer.Option("--seed", metavar="INTEGER", help="Which replicate; else its --seed flag."),
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
    """Run a command and record it: parameters, code, machine, output's end, exit code.

    knobwise run -- python train.py --lr 3e-4 --batch=64 --seed 3

    Flags become parameters. The command reports metrics by `journal.run()`, by lines like
    `knobwise: accuracy=0.93` that it prints, or as JSON lines in the file that KNOBWISE_METRICS
    names. Its output passes through, signals reach it, and its exit code is the answer.
    """
    from journal import wrapper

    if not hasattr(os, "posix_spawn"):
        raise UsageError("this system cannot run commands for you", hint="use knobwise log")
    told = assigned(param or (), "a parameter")
    request = wrapper.Request(
        command=tuple(command),
        params=values.parameters({name: read_scalar(text) for name, text in told.items()}),
        takes_flags=not no_flags,
        seed=values.seed(seed),
        tags=tuple(check_text(label, "a tag") for label in tag or ()),
        note=None if note is None else check_text(note, "the note"),
        variables=tuple(env or ()),
        prefix=prefix,
        strict=strict,
    )
    with open_to_write(address) as book:
        end = wrapper.perform(request, book)
    if end.signal in _DIED_OF:
        sys.stdout.flush()
        signal.signal(end.signal, signal.SIG_DFL)
        os.kill(os.getpid(), end.signal)
    return end.exit_code
