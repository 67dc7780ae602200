"""The command reference is current, and nothing in the command goes without a sentence."""

from pathlib import Path

from docs.cli_reference import listed, reference, visible

ROOT = Path(__file__).parents[1]


def test_the_reference_is_current():
    written = (ROOT / "docs" / "cli.md").read_text(encoding="utf-8")
    assert written == reference(), "run `make docs`"


def test_every_command_says_what_it_does():
    assert [path for path, command in listed() if not command.help] == []


def test_every_option_says_what_it_does():
    silent = [
        f"{path}: {parameter.name}"
        for path, command in listed()
        for parameter in visible(command)
        if not parameter.help
    ]
    assert silent == []
