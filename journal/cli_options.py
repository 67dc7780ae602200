"""Options of the command itself: ``knobwise --version``, and ``-h`` beside ``--help``."""

from __future__ import annotations

import sys
from typing import Annotated

import typer


def mount(application: typer.Typer) -> None:
    """Add the options; ``-h`` holds for every command below."""
    application.callback(context_settings={"help_option_names": ["-h", "--help"]})(options)


def _version(asked: bool) -> None:  # noqa: FBT001 - typer calls it with the value
    if asked:
        from importlib.metadata import version

        sys.stdout.write(f"knobwise {version('knobwise')}\n")
        raise typer.Exit


def options(
    *,
    version: Annotated[
        bool,
        typer.Option("--version", help="Print the version.", is_eager=True, callback=_version),
    ] = False,
) -> None:
    """Nothing to do: an option that is given has answered by itself."""
    del version
