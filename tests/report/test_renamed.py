"""Programs whose flags have the names that parameters had when they were recorded."""

from dataclasses import replace

import pytest

import journal
from analysis import Frame, facts, invocation
from analysis.results import Report
from analysis.words import Voice, words
from journal.cli import main
from tests.report.test_invocation import of


def called(report: Report, **names: str) -> Report:
    """The report where parameters had other names: old=new."""
    return replace(report, plan=replace(report.plan, renamed=tuple(names.items())))


@pytest.mark.parametrize(
    ("command", "line"),
    [
        ("fit.py --learning-rate 0.1 --act a --seed 1", "fit.py --learning-rate 0.5 --act relu"),
        ("fit.py learning_rate=0.1 act=a seed=1", "fit.py learning_rate=0.5 act=relu"),
        ("fit.py --act a --learning_rate=0.1", "fit.py --act relu --learning_rate=0.5"),
    ],
)
def test_the_program_is_told_by_its_own_name_and_the_journal_by_the_new_one(command, line):
    report = called(of(command, lr=0.5, act="relu"), learning_rate="lr")
    seed = {"-": " --seed 3", "l": " seed=3"}[command.partition(" ")[2][0]] * ("seed" in command)
    assert invocation.runs(report) == [
        f"knobwise run --no-flags -p lr=0.5 -p act=relu --seed 3 -- {line}{seed}"
    ]
    assert "lr" not in invocation.beside(report)


@pytest.mark.parametrize(
    ("command", "settings", "names", "line"),
    [
        ("fit.py --hidden 17 20 --lr 0.1", {"lr": 0.5, "width.0": 3, "width.1": 4},
         {"hidden.0": "width.0", "hidden.1": "width.1"}, "fit.py --hidden 3 4 --lr 0.5"),
        ("fit.py --learning-rate 0.1", {"lr": 0.5}, {"learning-rate": "lr"},
         "fit.py --learning-rate 0.5"),
        ("fit.py --x 1 --seed 7", {"x": 2, "init": 8}, {"seed": "init"}, "fit.py --x 2 --seed 8"),
    ],
)  # fmt: skip
def test_lists_dashes_and_what_was_called_seed_are_told_so(command, settings, names, line):
    report = called(of(command, **settings), **names)
    (made,) = invocation.runs(report)
    assert made.startswith("knobwise run --no-flags ")
    assert made.endswith(f" --seed 3 -- {line}")
    assert set(invocation.beside(report)) <= {"seed"}


@pytest.mark.parametrize(
    ("command", "settings", "names"),
    [
        ("fit.py --rate 0.1", {"lr": 0.5, "rate": 0.2}, {"rate": "lr"}),  # recorded so again
        ("fit.py --a 0.1 --b 9", {"a": 8, "b": 0.2}, {"a": "b", "b": "a", "t": "b"}),  # swapped
        ("fit.py --a 0.1", {"c": 1, "d": 2}, {"a": ""}),  # of two, one after the other
        ("fit.py --hidden 3 4 --lr 1", {"lr": 2, "first": 5, "last": 6},
         {"hidden.0": "first", "hidden.1": "last"}),
    ],
)  # fmt: skip
def test_where_a_name_may_mean_another_by_now_no_command_is_followed(command, settings, names):
    report = called(of(command, **settings), **names)
    told = " ".join(f"--{name} {value}" for name, value in settings.items())
    assert invocation.runs(report) == [f"knobwise run -- python YOUR_SCRIPT {told} --seed 3"]
    said = facts.your_script(report, Voice(words("en")))
    assert said is not None
    assert "since some were renamed" in said


def test_renamings_of_a_journal_come_with_its_frame(tmp_path):
    with journal.open(tmp_path) as book:
        for i in range(12):
            book.log({"rate": i / 10, "b": i % 3}, metrics={"loss": i / 7})
    for old, new in (("rate", "eta"), ("eta", "lr"), ("b", "batch"), ("batch", "b")):
        assert main(["rename", old, new, "--journal", str(tmp_path)]) == 0
    frame = Frame.from_journal(tmp_path, metric="loss", direction="minimize")
    assert frame.space.names == ("b", "lr")
    assert frame.renamed == (("batch", "b"), ("eta", "lr"), ("rate", "lr"))


def test_a_name_that_two_parameters_had_in_turn_stands_for_neither(tmp_path):
    for new in ("c", "d"):
        with journal.open(tmp_path) as book:
            for i in range(3):
                book.log({"a": i}, metrics={"loss": i})
        assert main(["rename", "a", new, "--journal", str(tmp_path)]) == 0
    assert journal.open(tmp_path).declarations().names == {"a": ""}
