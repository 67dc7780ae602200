"""Write the command reference from the commands themselves.

    python docs/cli_reference.py > docs/cli.md

A test compares docs/cli.md with what this prints, so that no option goes undocumented, and it
refuses commands and options without a sentence of help.
"""

import inspect
from collections.abc import Iterator
from typing import Protocol, cast

HEAD = """# Command reference

Generated from the commands by `make docs`; do not edit. Values are read as YAML scalars are
(`true`, `1e-3`, `null`, text). stdout is data, stderr is talk. Exit codes: 0 done, 1 failed,
2 usage (an option that cannot be, a name or an id that no run has), 3 answer withheld (with
`--strict`). The journal is found upward from the working directory (`data/journal/`); `--journal`
and `KNOBWISE_JOURNAL` override. `knobwise --version` prints the version, `--help` or `-h` behind
any command its help.
"""


class Parameter(Protocol):
    """What is read of an option or argument, whichever click typer brings along."""

    name: str
    opts: list[str]
    secondary_opts: list[str]
    param_type_name: str
    required: bool
    multiple: bool
    nargs: int
    hidden: bool
    help: str | None
    default: object
    envvar: object
    metavar: str | None


class Command(Protocol):
    """What is read of a command or of a group of commands."""

    name: str | None
    help: str | None
    hidden: bool
    params: list[Parameter]
    commands: dict[str, "Command"]


def commands(command: Command, path: tuple[str, ...]) -> Iterator[tuple[str, Command]]:
    """Yield every visible command with its full name, in the order of the help page."""
    subcommands = getattr(command, "commands", None)
    if not subcommands:
        yield " ".join(path), command
        return
    for name, subcommand in subcommands.items():
        if not subcommand.hidden:
            yield from commands(subcommand, (*path, name))


def cell(text: str) -> str:
    """Return the text as it may stand in a table's cell: one line, no bar."""
    return " ".join(text.split()).replace("|", "\\|")


def describe(parameter: Parameter) -> str:
    """Return the parameter's row."""
    if parameter.param_type_name == "argument":
        name = (parameter.metavar or parameter.name.upper()).removesuffix("...")
        optional = not parameter.required and parameter.nargs == 1
        name = f"`[{name}]`" if optional else f"`{name}`{'…' * (parameter.nargs == -1)}"
    else:
        value = f" {parameter.metavar}" if parameter.metavar else ""
        name = ", ".join(f"`{o}{value}`" for o in parameter.opts + parameter.secondary_opts)
    notes = [cell(parameter.help or "")]
    default = parameter.default
    if default not in (None, False, (), [], "", ...) and not callable(default):
        notes.append(f"Default: `{getattr(default, 'value', default)}`.")
    if parameter.param_type_name == "option":
        notes += ["May be repeated."] * (parameter.multiple and "repeat" not in notes[0]) + [
            "Required."
        ] * parameter.required
    if isinstance(parameter.envvar, str):
        notes.append(f"Environment: `{parameter.envvar}`.")
    return f"| {name} | {' '.join(note for note in notes if note)} |"


def visible(command: Command) -> list[Parameter]:
    """Return the parameters that are shown: arguments first, in the order of the help page."""
    shown = [
        parameter
        for parameter in command.params
        if not getattr(parameter, "hidden", False) and parameter.name != "help"
    ]
    return sorted(shown, key=lambda parameter: parameter.param_type_name != "argument")


def prose(text: str) -> str:
    """Return a help text as Markdown: a paragraph that is a command becomes a block of code."""
    paragraphs = inspect.cleandoc(text).split("\f")[0].strip().split("\n\n")
    return "\n\n".join(
        "\n".join("    " + line.strip() for line in paragraph.splitlines())
        if paragraph.lstrip().startswith("knobwise ")
        else paragraph
        for paragraph in paragraphs
    )


def section(path: str, command: Command) -> str:
    """Return a command's section."""
    lines = [f"## {path}", "", prose(command.help or ""), ""]
    parameters = visible(command)
    if parameters:
        lines += ["| | |", "|---|---|", *map(describe, parameters), ""]
    return "\n".join(lines)


def root() -> Command:
    """Return the command as typer builds it."""
    from typer.main import get_command

    from analysis.cli import app

    return cast("Command", get_command(app()))


def reference() -> str:
    """Return the whole page."""
    return "\n".join([HEAD, *(section(path, command) for path, command in listed())])


def listed() -> list[tuple[str, Command]]:
    """Return every command by its full name."""
    return list(commands(root(), ("knobwise",)))


if __name__ == "__main__":
    print(reference(), end="")
