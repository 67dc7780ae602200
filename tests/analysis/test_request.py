"""How a question on the command line is refused: in plain characters, with the right status."""

import io
import json

import pytest

import journal
from analysis.cli import main
from analysis.request import Bar

ESCAPE = "\x1b]0;owned\x07\u202e"


@pytest.fixture(scope="module")
def book(tmp_path_factory) -> str:
    """A journal of twelve runs with a parameter, a metric and a seed."""
    folder = str(tmp_path_factory.mktemp("asked") / "runs")
    kept = journal.open(folder)
    for i in range(12):
        kept.log({"lr": 0.1 * (i + 1), "act": "ab"[i % 2]}, metrics={"acc": i % 5}, seed=i)
    return folder


class Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


@pytest.mark.parametrize(
    "words",
    [
        ["importance", "-m", f"acc{ESCAPE}"],
        ["importance", "-m", "acc", "--maximize", "--block", ESCAPE],
        ["importance", "-m", "acc", "--maximize", "--by", ESCAPE],
        ["importance", "-m", "acc", "--maximize", "--where", f"lr>{ESCAPE}"],
        ["importance", "-m", "acc", "--transform", ESCAPE],
        ["report", "-m", "acc", "--lang", ESCAPE],
        ["report", "-m", "acc", "-o", f"page{ESCAPE}"],
        ["report", f"saved{ESCAPE}.json"],
        ["plan", "-m", "acc", "--maximize", "--command", f"t {{{ESCAPE}}}"],
    ],
)
def test_what_is_refused_is_told_without_an_escape_that_a_terminal_obeys(book, words, capsys):
    asked = words if words[1].startswith("saved") else [*words, "--journal", book]
    assert main(asked) in (1, 2)
    told = capsys.readouterr().err
    assert told.startswith("knobwise: ")
    assert not set(ESCAPE) & {"\x1b", "\x07", "\u202e"} & set(told)


def test_the_schema_of_a_strange_report_is_told_in_plain_characters(tmp_path, capsys):
    saved = tmp_path / "saved.json"
    text = {"schema": 1, "provenance": {}, "parameters": [], "answer": ESCAPE}
    saved.write_text(json.dumps(text), encoding="utf-8")
    assert main(["report", str(saved), "-o", str(tmp_path / "x.html")]) == 1
    assert "\x1b" not in capsys.readouterr().err


def test_progress_names_a_metric_in_plain_characters(monkeypatch):
    stream = Terminal()
    monkeypatch.setattr(Bar, "PATIENCE", 0.0)
    Bar(f"a{ESCAPE}", stream).tell(f"fitting {ESCAPE}", 0.5)
    told = stream.getvalue().removeprefix("\r\x1b[K")
    assert told.startswith("a\\x1b]0;owned\\x07\\u202e ["[:20])
    assert not {"\x1b", "\x07", "\u202e"} & set(told)


@pytest.mark.parametrize("command", ["best", "importance", "report", "plan"])
@pytest.mark.parametrize(
    "words",
    [
        ["-m", "acc", "--minimize", "--maximize"],
        ["-m", "none", "--maximize"],
        ["-m", "acc"],
        ["-m", "acc", "--maximize", "--colour"],
    ],
    ids=["both ways", "no such metric", "neither way", "no such option"],
)
def test_a_wrong_command_line_exits_2_in_every_command(book, command, words):
    assert main([command, *words, "--journal", book]) == 2


@pytest.mark.parametrize("command", ["best", "importance", "report", "plan"])
def test_a_journal_that_is_not_there_exits_1_in_every_command(tmp_path, command):
    words = ["-m", "acc", "--maximize", "--journal", str(tmp_path / "none")]
    assert main([command, *words]) == 1


def test_an_option_that_cannot_be_is_refused_before_any_run_is_read(tmp_path, capsys):
    words = ["-m", "acc", "--margin", "0", "--journal", str(tmp_path / "none")]
    assert main(["importance", *words]) == 2
    assert capsys.readouterr().err.startswith("knobwise: --margin: 0 is not above 0")


def test_of_several_metrics_a_direction_holds_where_none_was_declared(tmp_path, capsys):
    folder = str(tmp_path / "two")
    kept = journal.open(folder)
    for i in range(12):
        kept.log({"lr": 0.1 * (i + 1)}, metrics={"acc": i % 5, "loss": i % 3}, seed=i)
    main(["declare", "metric", "loss", "--direction", "minimize", "--journal", folder])
    capsys.readouterr()
    asked = ["importance", "--maximize", "--json", "--journal", folder]
    main([*asked, "-m", "acc", "-m", "loss"])
    both = json.loads(capsys.readouterr().out)
    assert [one["metric"]["direction"] for one in both] == ["maximize", "minimize"]
    main([*asked, "-m", "loss"])  # asked of one alone, it is meant
    assert json.loads(capsys.readouterr().out)["metric"]["direction"] == "maximize"


def test_an_interrupt_while_the_command_is_starting_is_no_traceback(monkeypatch, capsys):
    def starting() -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr("analysis.cli.app", starting)
    assert main(["importance", "-m", "acc"]) == 130
    assert capsys.readouterr().err == ""
