"""One grammar for filters: which runs meet each, and where the caret stands."""

import json
import math
import re
import shlex
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from journal.errors import UsageError
from journal.facts import MISSING, lookup, names_of
from journal.filters import parse, parse_words, select
from journal.listing import sorted_runs
from journal.runs import Run

NOW = datetime(2026, 11, 23, 12, tzinfo=UTC)


def a_run(**changes: object) -> Run:
    facts: dict[str, object] = {
        "id": "019a0000-0000-7000-8000-0000deadbeef",
        "params": {"lr": 1e-3, "act": "relu", "flag": True, "one": 1, "none": None, "v": "1.10",
                   "two words": "a b", "seed_like": 3, "optim.lr": 0.5, "status": "odd"},
        "metrics": {"acc": 0.9, "loss": math.nan},
        "seed": 0, "status": "finished", "started_at": NOW - timedelta(days=1),
        "recorded_at": NOW, "seconds": 60.0, "tags": ("sweep", "a b"), "notes": ("Lost Power",),
        "retracted": None, "exit_code": None, "error": None, "series": {},
        "context": {"host": "lab3", "git": {"commit": "abc", "dirty": False},
                    "command": ["python", "train.py"]}, "events": 1,
    }  # fmt: skip
    return Run(**(facts | changes))  # type: ignore[arg-type]


@pytest.mark.parametrize(
    "text",
    [
        "lr=1e-3", "lr==0.001", "lr = .001", "lr<1e-2", "lr<=1e-3", "lr>=0.001", "lr>0", "lr!=2",
        "act=relu", "act='relu'", "act!=tanh", "act in relu,tanh", "act in tanh, relu lr<1",
        "act not in tanh,gelu", "flag=true", "flag!=1", "one=1", "one=1.0", "one!=true",
        "none=null", "v=1.10", "v='1.10'", "'two words'='a b'", "acc>0.8", "loss=nan", "!loss<1",
        "!loss>=1", "seed=0", "status=finished", "status in failed,finished", "params.status=odd",
        "metrics.acc=0.9", "context.host=lab3", "host=lab3", "git.commit=abc",
        "context.git.dirty=false", "command.0=python",
        "context.command.1=train.py", "seconds>=60", "id=019a0000", "id=deadbeef", "id=DEADBEEF",
        "tag:sweep", "tag:'a b'", "!tag:broken", "not tag:broken", "note:power", "has:lr",
        "!has:momentum", "has:acc", "since:2d", "since:1.5d", "since:36h", "until:1h",
        "since:2026-11-20", "until:2026-11-23T12:00+00:00", "lr<1 and act=relu", "  ", "",
        "!!tag:sweep", "optim.lr=.5", "seed in 0,1 lr<1",
    ],
)  # fmt: skip
def test_a_run_meets(text):
    assert parse(text, now=NOW)(a_run())


@pytest.mark.parametrize(
    "text",
    [
        "lr=1", "lr>1e-3", "lr<1e-3", "lr!=0.001", "act=tanh", "act in tanh,gelu", "flag=1",
        "one=true", "none=0", "v=1.1", "loss<1", "loss>=1", "loss!=nan", "momentum!=0.9",
        "momentum not in 0.9", "momentum<1", "act>0", "flag>0", "exit_code=0", "status=failed",
        "tag:swee", "note:smoke", "has:momentum", "!has:lr", "since:1h", "until:2d", "id=dead",
        "lr=1e-3 act=tanh", "context.lr=1e-3", "git=abc",
    ],
)  # fmt: skip
def test_a_run_does_not_meet(text):
    assert not parse(text, now=NOW)(a_run())


@pytest.mark.parametrize(
    ("text", "pointed", "hint"),
    [
        ("lr<<3", "<<", ""),
        ("lr=<3", "=<", ""),
        ("lr<", "<", "for example lr<0.1"),
        ("lr<abc", "abc", "two filters"),
        ("0.1<lr<0.5", "lr<0.5", "two filters"),
        ("0.1<lr<0.5", "lr<0.5", "two bounds are two filters: lr>0.1 lr<0.5"),
        ("0.1<=lr", "lr", "the name stands first: lr>=0.1"),
        ("lr>0.1,act=relu", "0.1,act=relu", "separated by spaces: lr>0.1 act=relu"),
        ("lr>0.1;act=relu", "0.1;act=relu", "separated by spaces: lr>0.1 act=relu"),
        ("lr=>0.1", "=>", "did you mean >=?"),
        ("lr=<0.1", "=<", "did you mean <=?"),
        ("lr≥0.1", "lr≥0.1", "did you mean lr>=0.1?"),
        ("lr<0.1 or lr>1", "or", "or is not there: act in relu,tanh is"),
        ("lr<0.1 || lr>1", "||", "or is not there: act in relu,tanh is"),
        ("lr<0.1 && lr>1", "&&", "separated by spaces, or by and"),
        ("lr<0.1 AND lr>1", "AND", "separated by spaces, or by and"),
        ("'act=relu'", "'act=relu'", "not around all of it: act=relu"),
        ("lr act=relu", "lr", "quoted: the shell takes < and >"),
        ("started<2026-11-01", "2026-11-01", "since:"),
        ("status=finishd", "finishd", "did you mean finished?"),
        ("tagg:x", "tagg:x", "did you mean tag:x?"),
        ("lr", "lr", "has:lr"),
        ("act~re", "~", "not in"),
        ("act<>re", "<>", "did you mean !=?"),
        ("act='re", "'re", ""),
        ("since:2x", "2x", "for example"),
        ("act in ", " ", "act in relu,tanh"),
        ("=3", "=", "lr<1e-3"),
        ("a='b'c", "c", ""),
        ("Learning Rate <0.001", "Learning", """quoted: "'Learning Rate'<0.001"; else one of ="""),
        ("momentum lr<1", "momentum", "does a run have it at all: has:momentum"),
        ("has momentum", "has", "one of = "),
    ],
)
def test_what_is_not_understood_is_pointed_at(text, pointed, hint):
    with pytest.raises(UsageError) as caught:
        parse(text, now=NOW)
    assert caught.value.span is not None
    start, end = caught.value.span
    assert text[start:end] == pointed
    assert hint in caught.value.hint


@given(st.text(alphabet="lract=<>!~ ,'\"1.eE-:tgsinceh and0d", max_size=30))
def test_any_text_is_understood_or_pointed_at(text):
    span: tuple[int, int] | None = (0, 1)
    try:
        parse(text, now=NOW)(a_run())
    except UsageError as error:
        span = error.span
    assert span is not None
    assert 0 <= span[0] < span[1] <= max(1, len(text))


def test_a_name_with_spaces_is_quoted_as_the_hint_says(knobwise):
    for rate in ("0.0001", "0.01"):
        knobwise("log", f"Learning Rate={rate}")
    said = knobwise("ls", "Learning Rate<0.001").err
    (typed,) = re.findall(r"quoted: (\".*?\")", said)
    told = json.loads(knobwise("ls", "--json", *shlex.split(typed)).out)
    assert [run["params"] for run in told] == [{"Learning Rate": 0.0001}]


def test_the_word_with_the_fault_is_found_among_several():
    with pytest.raises(UsageError) as caught:
        parse_words(["act", "in", "relu,tanh", "lr<<3"])
    assert (caught.value.word, caught.value.span) == ("lr<<3", (2, 4))


def test_a_name_that_no_run_has_is_refused_and_one_that_some_have_is_not():
    runs = [a_run(), a_run(params={"momentum": 0.9})]
    assert select(runs, ["momentum=0.9"]) == runs[1:]
    with pytest.raises(UsageError, match="momentun") as caught:
        select(runs, ["lr<1", "momentun<1"])
    assert (caught.value.word, caught.value.span) == ("momentun<1", (0, 8))
    assert caught.value.hint == "did you mean momentum?"
    assert select([], ["momentun<1"]) == []


KEYS = st.text("ab.", min_size=1, max_size=3)
CONTEXTS = st.recursive(
    st.none() | st.integers(),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(KEYS, inner, max_size=4),
    max_leaves=20,
)


@given(st.dictionaries(KEYS, CONTEXTS, max_size=6))
def test_every_name_that_is_listed_has_a_value(context):
    run = a_run(context=context, exit_code=0)
    assert [name for name in names_of([run]) if lookup(run, name) is MISSING] == []


def ids(out: str) -> list[int]:
    return [run["params"]["i"] for run in json.loads(out)]


def test_ls_filters_sorts_and_cuts(knobwise):
    for i, acc in enumerate(["0.3", "nan", "0.1", "0.2"]):
        knobwise("log", f"i={i}", f"lr={10**-i}", "-m", f"acc={acc}", "--seed", str(i))
    knobwise("log", "i=4", "--status", "failed")
    assert ids(knobwise("ls", "status=finished", "lr<0.5", "--json").out) == [1, 2, 3]
    assert ids(knobwise("ls", "seed", "in", "0,2", "--json").out) == [0, 2]
    assert ids(knobwise("ls", "--sort", "acc", "--json").out) == [2, 3, 0, 1, 4]
    assert ids(knobwise("ls", "--sort", "-acc", "--json").out) == [0, 3, 2, 1, 4]
    assert ids(knobwise("ls", "--sort", "-acc", "acc<1", "-n", "2", "--json").out) == [0, 3]
    assert ids(knobwise("ls", "-n", "2", "--json").out) == [3, 4]
    assert ids(knobwise("ls", "--sort", "status,-i", "--json").out) == [4, 3, 2, 1, 0]


def test_what_is_no_number_stands_behind_the_numbers_whichever_way(book):
    values = (1, math.nan, "x", None, 3, True, "y", math.inf)
    for value in values:
        book.log({"a": value})
    book.log({"b": 1})
    runs = list(book.runs())
    up, down = ([repr(run.params.get("a", "absent")) for run in sorted_runs(runs, told)]
                for told in ("a", "-a"))  # fmt: skip
    assert up == ["1", "3", "inf", "nan", "True", "'x'", "'y'", "None", "'absent'"]
    assert down == ["inf", "3", "1", "nan", "True", "'y'", "'x'", "None", "'absent'"]


def test_columns_are_those_asked_for(knobwise):
    knobwise("log", "lr=0.1", "act=a,b", "-m", "acc=0.5", "--tag", "x", "--note", "n")
    assert knobwise("ls", "--csv", "--columns", "acc,lr,act,tags,momentum").status == 2
    shown = knobwise("ls", "--csv", "--columns", "acc,lr,act,tags").out
    assert shown == 'acc,lr,act,tags\n0.5,0.1,"a,b",x\n'
    table = knobwise("ls", "--columns", "lr,acc")
    assert table.out.split() == ["lr", "acc", "0.1", "0.5"]
    assert table.err == ""
    wrong = knobwise("ls", "--columns", "lr,acx")
    assert wrong.status == 2
    assert "did you mean ac" in wrong.err
    assert wrong.err.splitlines()[2].endswith(" ^^^")


def test_a_caret_stands_under_the_part_of_the_filter(knobwise):
    knobwise("log", "lr=0.1")
    outcome = knobwise("ls", "lr<1", "lr<<3", "--json")
    assert outcome.status == 2
    _, line, carets = outcome.err.splitlines()[:3]
    assert line[carets.index("^") : carets.index("^") + 2] == "<<"
    assert outcome.out == ""


def test_json_is_whole_runs_or_nothing(knobwise):
    knobwise("log", "lr=0.1")
    assert knobwise("ls", "--json", "--columns", "lr").status == 2
    assert knobwise("ls", "lr>1", "--json").out == "[]\n"


def test_every_filter_in_the_documentation_is_understood():
    page = (Path(__file__).parents[2] / "docs" / "reading.md").read_text(encoding="utf-8")
    table = page[page.index("| filter |") : page.index("Values are read as")]
    rows = [row.split("|")[1] for row in table.splitlines()[2:] if row.startswith("|")]
    found = [text for row in rows for text in re.findall(r"`([^`]+)`", row)]
    assert len(found) > 20
    for text in found:
        assert parse(text, now=NOW).tests
