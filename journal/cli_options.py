"""Options of the command itself, ``knobwise --version`` and ``-h`` beside ``--help``.

And what holds of the options of a command that is about one thing.
"""

from __future__ import annotations

import sys
from collections.abc import Callable
from functools import cache
from typing import Annotated, Any

import typer
from typer.core import TyperCommand
from typer.main import get_command

from journal.errors import UsageError


@cache
def built(application: Callable[[], typer.Typer]) -> Any:  # noqa: ANN401 - its class moved
    """The application as it is run, made once: reading all signatures takes 50 ms."""
    return get_command(application())


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


class AboutOne(TyperCommand):
    """A command about one thing, the one that its required option, or its --output, names.

    Given twice the last would be taken without a word: other commands answer for several. An option
    with a default may be given again, as after an alias that has it; but not the file that is all
    that is made.
    """

    def parse_args(self, ctx: Any, args: list[str]) -> list[str]:  # noqa: ANN401 - its class moved
        """As typer does. Raises UsageError where such an option is given more than once."""
        _, _, given = self.make_parser(ctx).parse_args(list(args))
        about = (one for one in given if one.required or "--output" in one.opts)
        for option in filter(lambda one: given.count(one) > 1, about):
            said = f"{option.opts[0]} is given more than once"
            hint = "give one, and ask again for another"
            raise UsageError(said, word=option.opts[0], hint=hint)
        return super().parse_args(ctx, args)
