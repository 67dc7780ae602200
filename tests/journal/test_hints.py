"""Commands in hints act on the journal that the failed command was about."""

import shlex

import pytest

from analysis.cli import main
from journal.hints import addressed, named


@pytest.mark.parametrize(
    ("words", "address"),
    [
        (["ls", "--journal", "a b"], "a b"),
        (["ls", "--journal=x"], "x"),
        (["run", "--", "echo", "--journal", "x"], None),
        (["ls"], None),
    ],
)
def test_the_journal_that_was_named_is_found(words, address):
    assert named(words) == address


def test_only_commands_get_the_journal_quoted_and_without_a_password():
    hint = "once: knobwise declare metric acc --direction maximize, or knobwise ls"
    assert addressed(hint, None) == hint
    assert addressed(hint, "a b") == (
        "once: knobwise declare metric --journal 'a b' acc --direction maximize, "
        "or knobwise ls --journal 'a b'"
    )
    assert addressed("see knobwise ls --help", "a") == "see knobwise ls --help"
    assert addressed("knobwise ls", "postgresql://u:secret@h/d") == (
        "knobwise ls --journal postgresql://u@h/d"
    )


@pytest.mark.parametrize("command", ["best", "importance", "plan"])
def test_a_hint_copied_verbatim_declares_in_the_same_journal(capfd, knobwise, command):
    knobwise("log", "lr=1", "-m", "acc=1", "--journal", "some where")
    knobwise("log", "lr=1", "-m", "acc=1")
    capfd.readouterr()
    assert main([command, "-m", "acc", "--journal", "some where"]) in {1, 2}
    err = capfd.readouterr().err
    typed = "knobwise " + err.partition("knobwise declare")[2].splitlines()[0].strip()
    words = ["declare", *shlex.split(typed)[1:]]
    assert main(words) == 2  # as it stands it says no direction
    assert main([word.replace("WHICH", "maximize") for word in words]) == 0
    assert "maximize" in knobwise("export", "--journal", "some where").out
    assert "maximize" not in knobwise("export").out


def test_the_hints_of_finish_and_plan_name_the_journal(capfd, knobwise):
    run = knobwise("log", "lr=1", "-m", "acc=1", "--status", "failed", "--journal", "j").out.strip()
    assert "knobwise amend --journal j " in knobwise("finish", run, "--journal", "j").err
    capfd.readouterr()
    assert main(["plan", "-m", "acc", "--maximize", "--journal", "j"]) != 0
    assert "knobwise ls --journal j status=failed" in capfd.readouterr().err
