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


class SaidOnce(TyperCommand):
    """A command that records what its options say: of two values the first would be lost.

    The journal, and what has a default, may be given again, as after an alias that has it.
    """

    hint = "give one"

    def once(self, option: Any) -> bool:  # noqa: ANN401 - its class moved
        """Whether this option is given at most once."""
        single = option.param_type_name == "option" and not option.multiple
        return single and option.default is None and "--journal" not in option.opts

    def parse_args(self, ctx: Any, args: list[str]) -> list[str]:  # noqa: ANN401 - its class moved
        """As typer does. Raises UsageError where such an option is given more than once."""
        _, _, given = self.make_parser(ctx).parse_args(list(args))
        for option in given:
            if self.once(option) and given.count(option) > 1:
                said = f"{option.opts[0]} is given more than once"
                raise UsageError(said, word=option.opts[0], hint=self.hint)
        return super().parse_args(ctx, args)


class AboutOne(SaidOnce):
    """A command about one thing, the one that its required option, or its --output, names.

    Given twice the last would be taken without a word: other commands answer for several. An option
    with a default may be given again, as after an alias that has it; but not the file that is all
    that is made.
    """

    hint = "give one, and ask again for another"

    def once(self, option: Any) -> bool:  # noqa: ANN401 - its class moved
        """Whether it names what the command is about."""
        return bool(option.required) or "--output" in option.opts
