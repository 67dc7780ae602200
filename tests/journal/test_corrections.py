"""Corrections add, change what runs are, and are all in the history."""

import json

import pytest

import journal
from journal.ids import uuid7


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


def test_a_metric_is_not_amended_as_a_parameter_nor_the_reverse(knobwise, run):
    for words, told, cure in [
        (["acc=0.9"], "acc is a metric of this run", "to correct it: -m acc=0.9"),
        (["-m", "lr=2"], "lr is a parameter of this run", "take it away first: --remove lr"),
    ]:
        outcome = knobwise("amend", run, *words)
        assert (outcome.status, told in outcome.err, cure in outcome.err) == (2, True, True)
    assert [kind for kind, _ in history(knobwise, run)] == ["logged"]
    assert knobwise("amend", run, "--remove", "lr").status == 0
    assert "lr: (absent) -> 2.0" in knobwise("amend", run, "-m", "lr=2").err


def test_of_a_name_that_is_both_each_is_told_as_it_was(knobwise):
    both = knobwise("log", "loss=1", "-m", "loss=0.5").out.strip()
    assert (
        "loss: 1 -> 2\n  loss: 0.5 -> 0.6"
        in knobwise("amend", both, "loss=2", "-m", "loss=0.6").err
    )


def test_a_retracted_run_leaves_every_answer_and_stays_in_the_journal(knobwise, run):
    other = knobwise("log", "lr=2").out.strip()
    assert knobwise("retract", run, run[-8:], "--reason", "wrong data").status == 0
    assert [told.id for told in runs()] == [other]
    assert [told["id"] for told in json.loads(knobwise("ls", "--json").out)] == [other]
    shown = json.loads(knobwise("show", run, "--json").out)
    assert shown["retracted"] == "wrong data"
    assert [kind for kind, _ in history(knobwise, run)] == ["logged", "retracted"]


def test_what_is_said_of_a_retracted_run_names_that_it_is_retracted(knobwise, run):
    once = knobwise("retract", run, "--reason", "wrong\ndata").err
    assert once == f"retracted {run}\n"
    again = knobwise("retract", run, "--reason", "wrong split").err
    assert again == f"retracted {run} again (before: wrong data)\n"
    assert knobwise("note", run, "see the other").err == f"noted {run}, which is retracted\n"


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


def test_a_default_may_be_written_as_log_has_it_and_a_new_name_is_refused(knobwise, run):
    knobwise("log", "lr=1", "dropout=0.5")
    said = knobwise("default", "dropout=0.1").err
    assert said == "dropout is 0.1 in 1 run that had not recorded it\n"
    assert {told.params["dropout"] for told in runs()} == {0.1, 0.5}
    before = len(journal.open().read().events)
    for words, told in (
        (["droput=0.1"], "did you mean dropout? --new gives it to all runs"),
        (["acc", "1"], "--new gives"),
        (["opt", "sgd"], "\n  --new gives"),
    ):
        refused = knobwise("default", *words)
        assert (refused.status, told in refused.err) == (2, True), refused.err
        assert f"no run has recorded {words[0].split('=')[0]}\n" in refused.err
    assert len(journal.open().read().events) == before
    assert "in 2 runs" in knobwise("default", "opt", "sgd", "--new").err
    assert {told.params["opt"] for told in runs()} == {"sgd"}


def test_what_was_pasted_with_its_gap_is_refused(knobwise, run):
    """The control: the text itself, in quotes."""
    knobwise("log", "lr=1", "dropout=0.5")
    before = len(journal.open().read().events)
    for words in (
        ["default", "dropout=VALUE"],
        ["default", "dropout", "VALUE"],
        ["amend", run, "dropout=VALUE"],
    ):
        refused = knobwise(*words)
        assert (refused.status, refused.out) == (2, "")
        assert "VALUE stands for a value\n" in refused.err
        assert "put what dropout was in its place" in refused.err
    assert len(journal.open().read().events) == before
    assert knobwise("amend", run, "dropout='VALUE'").status == 0
    assert {told.params["dropout"] for told in runs()} == {"VALUE", 0.5}


def test_defaults_are_taken_back_and_what_was_recorded_stays(knobwise, run):
    has = knobwise("log", "dropout=0.5", "act=relu").out.strip()
    put = knobwise("log", "act=tanh").out.strip()
    knobwise("default", "dropout", "0.1", "--when", "act=relu")
    knobwise("default", "dropout", "0.2")
    knobwise("amend", put, "dropout=0.3")  # from here on it is no default
    knobwise("rename", "dropout", "drop")
    cleared = knobwise("default", "drop", "--clear")
    assert (cleared.status, cleared.err) == (
        0, "drop is taken back in 1 run that had not recorded it\n",
    )  # fmt: skip
    told = {one.id: one.params.get("drop", "absent") for one in runs()}
    assert told == {run: "absent", has: 0.5, put: 0.3}
    kinds = {one: [kind for kind, _ in history(knobwise, one)] for one in (run, has, put)}
    assert kinds == {
        run: ["logged", "defaulted", "renamed", "undefaulted"], has: ["logged", "renamed"],
        put: ["logged", "defaulted", "amended", "renamed"],
    }  # fmt: skip
    assert "in 1 run" in knobwise("default", "drop", "0.4").err
    assert {one.params["drop"] for one in runs()} == {0.3, 0.4, 0.5}
    assert list(journal.open().frame()["params.drop"]) == [0.4, 0.5, 0.3]


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (["dropout", "--clear"], "no run has dropout by a default\n"),
        (["dropot", "--clear"], "no run has dropot by a default\n"),
        (["lrr", "--clear"], "did you mean lr?"),
        (["lr", "1", "--clear"], "--clear takes everything back"),
        (["lr", "--clear", "--new"], "--clear takes everything back"),
    ],
)
def test_what_no_default_gave_is_not_taken_back(knobwise, run, words, told):
    knobwise("log", "dropout=0.5")
    knobwise("default", "lr", "0.1")
    outcome = knobwise("default", *words)
    assert (outcome.status, told in outcome.err) == (2, True), outcome.err
    assert len(journal.open().read().events) == 3


def test_a_rename_that_no_run_follows_is_refused(knobwise):
    knobwise("log", "lr=1", "rate=2")
    refused = knobwise("rename", "lr", "rate")
    assert (refused.status, "every run that has lr has rate, too" in refused.err) == (2, True)
    assert len(journal.open().read().events) == 1
    knobwise("log", "lr=1")
    assert knobwise("rename", "lr", "rate").err == (
        "renamed lr to rate in 1 run\n1 run has both names, and both stay\n"
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


def test_a_declaration_of_a_metric_is_taken_back(knobwise):
    knobwise("declare", "metric", "los", "--direction", "minimize", "--unit", "nats")
    knobwise("declare", "metric", "acc", "--direction", "maximize")
    refused = knobwise("declare", "metric", "los", "--clear", "--unit", "%")
    assert "--clear takes everything back" in refused.err
    assert "did you mean los?" in knobwise("declare", "metric", "loss", "--clear").err
    done = knobwise("declare", "metric", "los", "--clear")
    assert (done.status, done.err) == (0, "nothing is declared about los any more\n")
    assert set(journal.open().declarations().metrics) == {"acc"}
    assert '"los"' not in knobwise("export").out
    assert "declared: acc" in knobwise("declare", "metric", "los", "--clear").err


@pytest.mark.parametrize("words", [["note", "{}", "x"], ["tag", "{}", "x"], ["retract", "{}"]])
def test_a_whole_id_needs_what_is_about_its_run_alone(book, knobwise, monkeypatch, words):
    """A loop that tags a thousand runs of a large journal does not read all of it each time."""
    run, other = book.log({"lr": 1}, tags=["y"]), book.log({"lr": 2})
    reason = ["--reason", "wrong"] if words[0] == "retract" else []
    place = ["--journal", book.address]
    told = [word.format(run.upper()) for word in words]
    with monkeypatch.context() as patch:
        patch.setattr(journal.journal.Journal, "read", None)
        assert knobwise(*told, *reason, *place).status == 0
        gone = [word.format(uuid7()) for word in words]
        assert "no run has the id" in knobwise(*gone, *reason, *place).err
    assert knobwise(*(word.format(other[-12:]) for word in words), *reason, *place).status == 0
    one, two = book.fold().runs
    for found, tags in ((one, ("y", "x")), (two, ("x",))):
        assert found.notes == (("x",) if words[0] == "note" else ())
        assert found.tags == (tags if words[0] == "tag" else tags[:-1])
        assert found.retracted == ("wrong" if words[0] == "retract" else None)
