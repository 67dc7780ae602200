"""Corrections add, change what runs are, and are all in the history."""

import json

import pytest

import journal


def runs():
    return list(journal.open().runs())


def history(knobwise, run):
    shown = json.loads(knobwise("show", run, "--history", "--json").out)
    return [(event["type"], event["body"]) for event in shown["history"]]


@pytest.fixture
def run(knobwise):
    return knobwise("log", "lr=1", "act=relu", "typo=3", "-m", "acc=0.5", "--tag", "a").out.strip()


def test_amend_replaces_removes_and_keeps_what_was(knobwise, run):
    outcome = knobwise("amend", run[-6:], "lr=0.1", "new=null", "-m", "acc=0.9", "--remove", "typo",
                       "--seed", "0", "--status", "failed", "--reason", "misread")  # fmt: skip
    assert (outcome.status, "lr: 1 -> 0.1" in outcome.err) == (0, True)
    (told,) = runs()
    assert dict(told.params) == {"lr": 0.1, "act": "relu", "new": None}
    assert (told.metrics, told.seed, told.status) == ({"acc": 0.9}, 0, "failed")
    kinds = history(knobwise, run)
    assert [kind for kind, _ in kinds] == ["logged", "amended"]
    assert kinds[0][1]["params"] == {"lr": 1, "act": "relu", "typo": 3}
    assert kinds[1][1]["reason"] == "misread"


def test_a_retracted_run_leaves_every_answer_and_stays_in_the_journal(knobwise, run):
    other = knobwise("log", "lr=2").out.strip()
    assert knobwise("retract", run, run[-8:], "--reason", "wrong data").status == 0
    assert [told.id for told in runs()] == [other]
    assert [told["id"] for told in json.loads(knobwise("ls", "--json").out)] == [other]
    shown = json.loads(knobwise("show", run, "--json").out)
    assert shown["retracted"] == "wrong data"
    assert [kind for kind, _ in history(knobwise, run)] == ["logged", "retracted"]


def test_rename_reaches_all_runs_so_far_and_no_later_ones(knobwise, run):
    both = knobwise("log", "lr=2", "learning_rate=3").out.strip()
    outcome = knobwise("rename", "lr", "learning_rate")
    assert "in 1 run" in outcome.err
    assert "1 run has both" in outcome.err
    later = knobwise("log", "lr=4").out.strip()
    told = {run.id: dict(run.params) for run in runs()}
    assert told[run] == {"learning_rate": 1, "act": "relu", "typo": 3}
    assert told[both] == {"lr": 2, "learning_rate": 3}
    assert told[later] == {"lr": 4}
    assert ("renamed", {"old": "lr", "new": "learning_rate"}) in history(knobwise, run)
    assert [kind for kind, _ in history(knobwise, later)] == ["logged"]


def test_a_default_fills_what_older_runs_lack_where_its_condition_holds(knobwise, run):
    has = knobwise("log", "dropout=0.5", "act=relu").out.strip()
    other = knobwise("log", "act=tanh").out.strip()
    assert "in 1 run" in knobwise("default", "dropout", "0.1", "--when", "act=relu").err
    later = knobwise("log", "act=relu").out.strip()
    dropout = {run.id: run.params.get("dropout", "absent") for run in runs()}
    assert dropout == {run: 0.1, has: 0.5, other: "absent", later: "absent"}
    kinds = {one: [kind for kind, _ in history(knobwise, one)] for one in (run, has, other, later)}
    assert kinds == {run: ["logged", "defaulted"], has: ["logged"], other: ["logged"],
                     later: ["logged"]}  # fmt: skip


def test_a_default_may_be_written_as_log_has_it_and_a_new_name_is_asked_about(knobwise, run):
    knobwise("log", "lr=1", "dropout=0.5")
    said = knobwise("default", "dropout=0.1").err
    assert said == "dropout is 0.1 in 1 run that had not recorded it\n"
    assert {told.params["dropout"] for told in runs()} == {0.1, 0.5}
    assert (
        "no run has recorded it so far; did you mean dropout?"
        in knobwise("default", "droput=0.1").err
    )


def test_notes_and_tags_add_up(knobwise, run):
    assert knobwise("note", run, "first\nline two").status == 0
    assert knobwise("note", run, "second").status == 0
    assert knobwise("tag", run, "b", "c", "--remove", "a").status == 0
    (told,) = runs()
    assert (told.notes, told.tags) == (("first\nline two", "second"), ("b", "c"))
    assert [kind for kind, _ in history(knobwise, run)] == ["logged", "noted", "noted", "tagged"]


def test_declarations_are_in_the_history_of_the_runs_they_concern(knobwise, run):
    other = knobwise("log", "depth=2").out.strip()
    knobwise("declare", "metric", "acc", "--direction", "maximize")
    knobwise("declare", "parameter", "lr", "--scale", "log")
    assert [kind for kind, _ in history(knobwise, run)] == ["logged", "declared", "declared"]
    assert [kind for kind, _ in history(knobwise, other)] == ["logged"]


@pytest.mark.parametrize(
    ("words", "status", "told"),
    [
        (["amend", "{run}"], 2, "nothing is amended"),
        (["amend", "{run}", "--remove", "typ"], 2, "did you mean typo?"),
        (["amend", "{run}", "--status", "done"], 2, "the status is 'done'"),
        (["amend", "ffff", "lr=1"], 2, "no run has the id"),
        (["retract", "{run}"], 2, "missing option '--reason'"),
        (["retract", "{run}", "--reason", " "], 2, "the reason is empty"),
        (["retract", "{run}", "ffff", "--reason", "x"], 2, "no run has the id ffff"),
        (["rename", "lrr", "x"], 2, "did you mean lr?"),
        (["rename", "lr", "lr"], 2, "the same"),
        (["rename", "lr", "a\nb"], 2, "control character"),
        (["default", "d", "1", "--when", "actt=relu"], 2, "did you mean act?"),
        (["tag", "{run}"], 2, "no label"),
        (["tag", "{run}", "--remove", "b"], 2, "not a tag of this run"),
        (["note", "{run}", "\ud800"], 2, "not valid Unicode"),
    ],
)
def test_what_is_mistyped_is_an_error_and_not_one_more_event(knobwise, run, words, status, told):
    outcome = knobwise(*(word.format(run=run) for word in words))
    assert (outcome.status, told in outcome.err) == (status, True), outcome.err
    assert len(journal.open().read().events) == 1
