"""Programs whose flags have the names that parameters had when they were recorded."""

from dataclasses import replace

import pytest

import journal
from analysis import Frame, invocation
from analysis.results import Report
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


def test_a_flag_that_is_still_the_name_of_a_parameter_is_that_one():
    """The control: after the renaming runs were recorded under the old name again."""
    report = called(of("fit.py --rate 0.1 --seed 1", lr=0.5, rate=0.2), rate="lr")
    (line,) = invocation.runs(report)
    assert line == "knobwise run -p lr=0.5 -- fit.py --rate 0.2 --seed 3"
    assert invocation.beside(report) == ["lr"]


def test_renamings_of_a_journal_come_with_its_frame(tmp_path):
    with journal.open(tmp_path) as book:
        for i in range(12):
            book.log({"rate": i / 10, "b": i % 3}, metrics={"loss": i / 7})
    for old, new in (("rate", "eta"), ("eta", "lr"), ("b", "batch"), ("batch", "b")):
        assert main(["rename", old, new, "--journal", str(tmp_path)]) == 0
    frame = Frame.from_journal(tmp_path, metric="loss", direction="minimize")
    assert frame.space.names == ("b", "lr")
    assert frame.renamed == (("batch", "b"), ("eta", "lr"), ("rate", "lr"))
