"""The commands that record: ``run``, ``start`` and its steps, and the corrections."""

from __future__ import annotations

import typer

from journal import cli_correct, cli_everywhere, cli_run, cli_steps


def mount(application: typer.Typer) -> None:
    """Add these commands."""
    for commands in (cli_run, cli_steps, cli_correct, cli_everywhere):
        commands.mount(application)
