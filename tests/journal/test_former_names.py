"""Parameters by the name that they had before they were renamed."""

import pytest

import journal
from analysis.cli import main


@pytest.mark.parametrize(
    "words",
    [
        "ls lr<2", "ls has:lr", "ls --sort -lr", "ls --columns lr", "best -m acc --maximize lr<2",
        "export lr<2", "amend {run} --remove lr", "rename lr eta",
    ],
)  # fmt: skip
def test_who_asks_for_a_former_name_is_told_the_present_one(knobwise, words):
    for lr in (1, 2, 3):
        run = knobwise("log", f"lr={lr}", "-m", f"acc={lr}").out.strip()
    knobwise("rename", "lr", "alpha")
    outcome = knobwise(*words.format(run=run).split())
    assert outcome.status == 2
    assert outcome.err.endswith("^^\n  it is called alpha since it was renamed\n")
    knobwise("log", "lr=4", "-m", "acc=4")  # and where runs have it again, it is no mistake
    assert knobwise("ls", "lr>2", "--csv").out.count("\n") == 2


def test_a_correction_by_a_former_name_is_refused_where_the_run_has_the_present_one(knobwise):
    run = knobwise("log", "lr=1").out.strip()
    knobwise("rename", "lr", "alpha")
    outcome = knobwise("amend", run, "lr=0.5")
    assert outcome.status == 2
    assert outcome.err.startswith("knobwise: lr was renamed to alpha\n")
    assert outcome.err.endswith("^^\n  to correct it: alpha=0.5\n")
    knobwise("amend", run, "--remove", "alpha")
    assert knobwise("amend", run, "lr=0.5").status == 0  # it has none: this one may be added
    assert journal.open().fold().runs[0].params == {"lr": 0.5}


def test_a_remedy_to_type_has_odd_names_in_quotes(knobwise):
    knobwise("log", "the lr=1", "$x=1")
    refused = knobwise("rename", "the lr", "$x")
    assert refused.err.endswith("knobwise amend RUN --remove 'the lr'\n")
    assert knobwise("amend", "the lr=2").err.endswith("knobwise amend RUN 'the lr=2'\n")


def test_the_analysts_filters_know_former_names_too(knobwise, capfd):
    knobwise("log", "lr=1", "-m", "acc=1")
    knobwise("rename", "lr", "alpha")
    assert main(["importance", "-m", "acc", "--maximize", "--where", "lr<2"]) == 2
    assert capfd.readouterr().err.endswith("^^\n  it is called alpha since it was renamed\n")
