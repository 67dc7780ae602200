"""Mistakes that looked like answers: each is told in one line, with what to do."""

from pathlib import Path

import pytest

import journal


def told(outcome, *parts):
    assert outcome.status == 2, outcome
    assert "Traceback" not in outcome.err
    for part in parts:
        assert part in outcome.err, outcome.err


def test_a_file_without_a_head_checks_nothing_and_says_so(knobwise):
    knobwise("log", "a=1")
    Path("head").write_text("\n")
    told(knobwise("verify", "--against", "head"), "no head in it", "verify --head")


def test_sorting_knows_the_names_of_all_runs(knobwise):
    knobwise("log", "a=1", "-m", "acc=1")
    knobwise("log", "a=2")
    outcome = knobwise("ls", "a=2", "--sort", "-acc", "--columns", "a,acc")
    assert (outcome.status, outcome.err) == (0, "")
    told(knobwise("ls", "a=2", "--sort", "-ac"), "no run has ac", "did you mean acc?")


@pytest.mark.parametrize(
    ("typo", "said"),
    [
        ("has:momentun", "did you mean momentum?"),
        ("tag:sweeep", "did you mean sweep?"),
        ("id=zzzz", "no run has the id zzzz"),
        ("id in zzzz", "no run has the id zzzz"),
        ("!id!=zzzz", "no run has the id zzzz"),
    ],
)
def test_a_mistyped_filter_is_no_empty_answer(knobwise, typo, said):
    knobwise("log", "momentum=1", "--tag", "sweep")
    told(knobwise("ls", typo), said, "^")


@pytest.mark.parametrize(
    "words", ["!has:momentun", "!tag:bad", "id!=zzzz", "id not in zzzz", "has:seed", "tag:sweep"]
)
def test_to_leave_out_what_nobody_has_is_no_mistake(knobwise, words):
    run = knobwise("log", "momentum=1", "--tag", "sweep", "--seed", "1").out.strip()
    outcome = knobwise("ls", words, "--csv")
    assert (outcome.status, outcome.err) == (0, "")
    assert run in outcome.out


def test_an_escape_in_a_value_does_not_reach_the_screen(knobwise):
    run = knobwise("log", "a=\x1b[31mred", "--tag", "b\x1b[0m").out.strip()
    for words in (
        ["amend", run, "a=\x1b[2Jgone"],
        ["default", "b", "\x1b[31m"],
        ["show", "\x1b[31m"],
        ["ls", "c\x1b[31m=1"],
        ["log", "d\x1b[31m=1"],
    ):
        outcome = knobwise(*words)
        assert outcome.err
        assert "\x1b" not in outcome.err
    assert journal.open().fold().runs[0].params["a"] == "\x1b[2Jgone"
