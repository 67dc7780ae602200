"""Mistakes that looked like answers: each is told in one line, with what to do."""

import json
import math
import os
from pathlib import Path
from typing import Any

import pytest

import journal
from journal.flags import flag_parameters


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


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["--when", "a=1"], "a cannot depend on itself"),
        (["--domain", "0:1", "--scale", "log"], "positive values only"),
        (["--levels", ","], "a level is empty"),
        (["--levels", "1,,2"], "a level is empty"),
        (["--domain", "1:2", "--levels", "1,2"], "give one of the two"),
        (["--scale", "log", "--levels", "1,2"], "levels have no scale"),
        (["--levels", "1,1.0"], "the level 1.0 is given twice"),
        (["--clear", "--role", "block"], "--clear takes everything back"),
        (["--domain", "a:b"], "a domain is two numbers, LOW:HIGH"),
        (["--domain", "2:1"], "does not run from low to high"),
        (["--domain", "nan:1"], "does not run from low to high"),
    ],
)
def test_a_declaration_that_contradicts_itself_is_refused(knobwise, words, said):
    outcome = knobwise("declare", "parameter", "a", *words)
    told(outcome, said)
    assert "metric" not in outcome.err
    assert not Path("data").exists()


def test_a_declared_name_that_no_run_has_is_told(knobwise):
    assert "yet" not in knobwise("declare", "metric", "acc", "--unit", "%").err
    knobwise("log", "a=1", "-m", "acc=1")
    assert "did you mean acc?" in knobwise("declare", "metric", "ac", "--unit", "%").err
    assert "no run has zzz yet" in knobwise("declare", "parameter", "zzz", "--scale", "log").err
    done = knobwise("declare", "parameter", "a", "--levels", "1,2", "--when", "b=1")
    assert (done.status, "no run has b yet" in done.err, "has a yet" in done.err) == (
        0,
        True,
        False,
    )


def test_levels_and_a_domain_or_scale_replace_each_other(knobwise):
    knobwise("declare", "parameter", "lr", "--levels", "1,2", "--role", "studied")
    knobwise("declare", "parameter", "lr", "--domain", "1e-5:1")
    knobwise("declare", "parameter", "lr", "--scale", "log")
    lr = journal.open().declarations().parameters["lr"]
    assert (lr.levels, lr.domain, lr.scale, lr.role) == ((), (1e-5, 1.0), "log", "studied")
    knobwise("declare", "parameter", "lr", "--levels", "true,1")
    lr = journal.open().declarations().parameters["lr"]
    assert (lr.levels, lr.domain, lr.scale, lr.role) == ((True, 1), None, None, "studied")


def test_a_declaration_is_taken_back(knobwise):
    knobwise("declare", "parameter", "lr", "--levels", "1,2", "--role", "studied")
    knobwise("declare", "parameter", "act", "--role", "block")
    told(knobwise("declare", "parameter", "lt", "--clear"), "declared: act, lr")
    assert knobwise("declare", "parameter", "lr", "--clear").err.startswith("nothing is declared")
    assert set(journal.open().declarations().parameters) == {"act"}
    exported = knobwise("export").out
    assert '"lr"' not in exported
    assert '"act"' in exported


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["--levels", "0.1,0.2"], "2 runs have lr = 0.3, -1, not among its levels"),
        (["--domain", "0:0.2"], "2 runs have lr = 0.3, -1, outside its domain 0 to 0.2"),
        (["--scale", "log"], "1 run has lr = -1, not on a log scale"),
        (["--domain", "-1:1"], ""),
        (["--levels", "0.1,0.3", "--when", "act=relu"], ""),
        (["--when", "act=rleu"], "no run has act = rleu"),
        (["--when", "act=relu", "--when", "act=rleu"], "no run has act = rleu"),
    ],
)
def test_runs_that_contradict_a_declaration_are_named(knobwise, words, said):
    for word in ("lr=0.1", "lr=0.3", "lr=null"):
        knobwise("log", word, "act=relu", "-m", "acc=1")
    knobwise("log", "lr=-1", "act=tanh", "-m", "acc=1")
    knobwise("retract", knobwise("log", "lr=-7", "-m", "acc=1").out.strip(), "--reason", "x")
    outcome = knobwise("declare", "parameter", "lr", *words)
    assert outcome.err == "declared lr\n" + (f"knobwise: {said}\n" if said else "")
    assert outcome.status == 0


def test_an_interval_of_words_is_contradicted(knobwise):
    for word in ("lr=a", "lr=b", "lr=1"):
        knobwise("log", word, "-m", "acc=1")
    outcome = knobwise("declare", "parameter", "lr", "--domain", "1:2", "--scale", "log")
    assert "2 runs have lr = a, b, not a number of an interval" in outcome.err
    knobwise("declare", "parameter", "x", "--domain", "0:1")
    assert "its domain starts at 0" in knobwise("declare", "parameter", "x", "--scale", "log").err


def test_a_run_ends_once(knobwise):
    run = knobwise("start", "a=1", "--pid", "0").out.strip()
    told(knobwise("finish", run, "--exit-code", "256"), "0 to 255")
    told(knobwise("finish", run, "--exit-code", "-1"), "0 to 255")
    told(knobwise("finish", run, "--exit-code", "1", "--status", "finished"), "contradicts")
    told(knobwise("finish", run, "--exit-code", "0", "--status", "failed"), "contradicts")
    assert knobwise("finish", run, "--exit-code", "137", "--status", "failed").status == 0
    told(knobwise("finish", run, "-m", "acc=1"), "has ended: failed", "amend")
    assert journal.open().fold().runs[0].metrics == {}


@pytest.mark.parametrize(
    ("line", "said"),
    [
        ('{"metrics": {"acc": null}}', "the metric acc is null"),
        ('{"params": {"a": 1, "a": 2}}', "'a' is given twice"),
        ('{"params": {"a": 1}, "params": {"b": 2}}', "'params' is given twice"),
        ("{}", "there is nothing to log"),
        ('{"params": {"a": 1e999}}', "1e999 is too large"),
        ('{"metrics": {"a": -1e999}}', "-1e999 is too large"),
    ],
)
def test_a_bulk_line_is_refused_where_it_says_two_things_or_nothing(knobwise, line, said):
    Path("runs.jsonl").write_text(line + '\n{"params": {"ok": 1.5}}\n')
    outcome = knobwise("log", "--jsonl", "runs.jsonl")
    assert outcome.status == 1
    assert f"runs.jsonl:1: {said}" in outcome.err
    (run,) = journal.open().runs()
    assert run.params == {"ok": 1.5}


def test_corrections_say_what_is_the_other_way_round(knobwise):
    run = knobwise("log", "lr=1", "-m", "acc=1").out.strip()
    told(knobwise("amend", "lr=2", run), "RUN comes first")
    told(knobwise("amend", run, "lr=2", "--remove", "lr"), "lr is given and removed")
    told(knobwise("rename", "acc", "accuracy"), "acc is a metric")


def test_lines_that_import_does_not_understand_name_the_file_and_are_few(knobwise):
    Path("bad.jsonl").write_text("x\n" * 50)
    outcome = knobwise("import", "jsonl", "bad.jsonl")
    assert outcome.status == 1
    assert "bad.jsonl: not understood: line 1: not JSON" in outcome.err
    assert len(outcome.err.splitlines()) < 9


def test_the_help_of_a_group_has_an_example_and_no_example_is_broken_in_two(knobwise):
    for group in ("import", "declare"):
        assert f"\n    knobwise {group} " in knobwise(group, "--help").out.replace("\n  ", "\n    ")
    assert "--reason misread\n" in knobwise("amend", "--help").out
    assert "--domain 1e-5:0.1 --scale log\n" in knobwise("declare", "parameter", "--help").out


def test_wrong_types_in_python_are_refused_by_name(book):
    given: Any = "x"
    for call, said in [
        (lambda: book.run(given), "not a str"),
        (lambda: journal.run(given), "not a str"),
        (lambda: book.run(resume=5), "not an int"),
        (lambda: journal.open(5), "no int"),
        (lambda: journal.open(b"x"), "no bytes"),
    ]:
        with pytest.raises(journal.ValueRefused, match=said):
            call()


@pytest.mark.parametrize("number", ["\u00b2", "\u0663", "-1", "1.0", "9" * 4301])
def test_a_head_whose_number_is_none_is_no_head(knobwise, number):
    knobwise("log", "a=1")
    Path("head").write_text(f"segment.jsonl {number} {'0' * 32}\n")
    told(knobwise("verify", "--against", "head"), "not a head", "verify --head")


def test_a_file_of_lines_is_closed_when_it_is_read(knobwise):
    Path("r.jsonl").write_text('{"params": {"a": 1}}\n')
    opened = os.open("r.jsonl", os.O_RDONLY)  # the lowest that is free
    os.close(opened)
    assert knobwise("log", "--jsonl", "r.jsonl").status == 0
    again = os.open("r.jsonl", os.O_RDONLY)
    os.close(again)
    assert again <= opened


def test_a_dry_run_says_the_range_of_integers_beyond_all_floats(knobwise):
    longest = "1" + "0" * 399
    rows = "".join(f"{number},1\n" for number in (*range(6), longest, f"-{longest}"))
    Path("runs.csv").write_text(f"a,m\n{rows}")
    outcome = knobwise("import", "csv", "runs.csv", "-m", "m", "--dry-run")
    assert outcome.status == 0
    assert "integer, 8 distinct, -1e+399 to 1e+399" in outcome.out


@pytest.mark.parametrize("time", ["9999999999w", "199999w", "0001-01-01T00:00+14:00"])
def test_a_time_before_the_calendar_is_told_at_its_place(knobwise, time):
    knobwise("log", "a=1")
    told(knobwise("ls", f"since:{time}"), f"{time} is not a time", "^^^")


def test_a_line_too_large_for_the_journal_is_refused_and_the_rest_goes_on(knobwise):
    good = [json.dumps({"params": {"i": i}, "metrics": {"acc": 1}}) for i in range(10)]
    large = json.dumps({"params": {f"t{i}": "x" * 1_000_000 for i in range(9)}})
    Path("ov.jsonl").write_text("\n".join([*good[:5], large, *good[5:]]) + "\n")
    outcome = knobwise("log", "--jsonl", "ov.jsonl")
    assert (outcome.status, len(outcome.out.split())) == (1, 10)
    assert "knobwise: ov.jsonl:6: an event too large for one line" in outcome.err
    assert "1 line refused, 10 runs logged" in outcome.err
    imported = knobwise("import", "jsonl", "ov.jsonl", "--journal", "other")
    assert (imported.status, "10 runs imported" in imported.err) == (1, True)
    assert "ov.jsonl: not understood: line 6: an event too large" in imported.err


@pytest.mark.parametrize("words", [["w=1e400"], ["-m", "acc=-1e400"], ["w=1", "-m", "acc=1e999"]])
def test_a_number_beyond_all_floats_is_refused(knobwise, words):
    told(knobwise("log", *words), "is too large for a number", "infinity is inf")
    assert not Path("data").exists()
    assert knobwise("log", "w=inf", "-m", "acc=-inf", "h='1e400'").status == 0
    (run,) = journal.open().runs()
    assert run.params == {"w": math.inf, "h": "1e400"}
    assert "'1e400'" in knobwise("show", run.id).out


def test_a_flag_beyond_all_floats_stays_as_the_program_was_told():
    assert flag_parameters(["train", "--w", "1e400", "--v", "1e300"])[0] == {
        "w": "1e400", "v": 1e300
    }  # fmt: skip


def test_a_commit_that_looks_like_a_number_is_told_with_its_column(knobwise):
    Path("runs.csv").write_text("lr,commit,acc\n.1,12e4567,.9\n.2,abc12,.8\n")
    words = ["import", "csv", "runs.csv", "-m", "acc"]
    told(knobwise(*words), "row 2: commit: 12e4567", "--text commit")
    assert knobwise(*words, "--text", "commit").status == 0
    assert [run.params["commit"] for run in journal.open("data/journal").runs()] == [
        "12e4567",
        "abc12",
    ]
