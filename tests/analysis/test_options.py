"""Options are said once and mean the same in every command."""

import shlex
from dataclasses import replace

import pytest
import typer
from typer.testing import CliRunner

from analysis import importance_cli
from analysis.options import asking, spelled
from analysis.request import Request
from docs.cli_reference import describe, listed, visible

SHARED = ("journal", "minimize", "margin", "transform", "where", "block", "seed", "workers")


def understood(words: list[str]) -> Request:
    """What a command of the shared options alone makes of these words."""
    heard: list[Request] = []

    def ask(*, request: Request) -> int:
        """Listen."""
        heard.append(request)
        return 0

    application = typer.Typer(pretty_exceptions_enable=False)
    application.command()(asking(ask))
    result = CliRunner().invoke(application, words, standalone_mode=False)
    assert result.exception is None, result.output
    return heard[0]


def test_shared_options_are_the_same_in_every_command():
    commands = dict(listed())
    rows = [
        {item.name: describe(item) for item in visible(commands[f"knobwise {name}"])}
        for name in ("importance", "report", "plan")
    ]
    for option in SHARED:
        assert rows[0][option] == rows[1][option] == rows[2][option]


def test_nothing_said_is_the_default():
    assert understood([]) == Request()


def test_zero_is_an_answer():
    assert understood(["--margin", "0", "--seed", "0"]).margin == 0.0


@pytest.mark.parametrize(
    "request_",
    [
        Request(journal="a b", minimize=True, margin=0.25, share_margin=0.1),
        Request(where=["lr<1e-2", "act='x y'"], block=["host"], transform="rank"),
    ],
)
def test_what_is_spelled_out_is_understood_again(request_):
    words = shlex.split(" ".join(spelled(request_)))
    assert understood(words) == request_


def test_spelling_leaves_out_what_was_not_changed_or_not_wanted():
    assert spelled(Request()) == []
    assert spelled(replace(Request(), workers=4, seed=3), without=("workers",)) == ["--seed", "3"]


def test_a_command_may_have_no_use_for_an_option():
    def ask(*, request: Request) -> int:
        """Listen."""
        return request.seed

    application = typer.Typer(pretty_exceptions_enable=False)
    application.command()(asking(ask, without=("margin",)))
    result = CliRunner().invoke(application, ["--margin", "1"])
    assert result.exit_code == 2
    assert "No such option" in result.output


def test_an_unknown_transform_is_refused_with_the_known_ones():
    application = typer.Typer(pretty_exceptions_enable=False)
    importance_cli.mount(application)
    words = ["-m", "x", "--transform", "cube"]
    result = CliRunner().invoke(application, words, standalone_mode=False)
    assert result.return_value == 1
    assert "auto, none, log, rank" in result.output
