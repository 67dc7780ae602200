"""What is of a wrong type is refused by name, before anything is written, however it is logged."""

import json
from argparse import Namespace
from collections import namedtuple
from dataclasses import make_dataclass
from datetime import datetime, timedelta, timezone
from decimal import Decimal
from enum import Enum
from pathlib import Path

import numpy as np
import pytest

import journal
from journal.errors import ValueRefused, WriteFailed
from journal.writer import Writer


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ({"params": None}, "parameters are a mapping, not a NoneType"),
        ({"params": [1]}, "parameters are a mapping, not a list"),
        ({"metrics": [1]}, "metrics are a mapping, not a list"),
        ({"metrics": []}, "metrics are a mapping, not a list"),
        ({"metrics": 0.5}, "metrics are a mapping, not a float"),
        ({"tags": [3]}, "a tag is an int, not a text"),
        ({"tags": [object()]}, "a tag is an object, not a text"),
        ({"tags": [["a"]]}, "a tag is a list, not a text"),
        ({"tags": 3}, "tags are texts, not an int"),
        ({"note": 3}, "the note is an int, not a text"),
        ({"note": b"x"}, "the note is a bytes, not a text"),
        ({"status": None}, "the status is None"),
        ({"status": np.array(["failed", "killed"])}, "the status is array"),
        ({"context": "host"}, "the context is a mapping, not a str"),
        ({"context": np.arange(2.0)}, "the context is a mapping, not an ndarray"),
        ({"at": "2026"}, "a time is a datetime, not a str"),
        ({"at": datetime.min.replace(tzinfo=timezone(timedelta(hours=9)))}, "beyond the calendar"),
    ],
)
def test_a_wrong_type_is_refused_by_name(book, given, said):
    told = {"params": {"lr": 1}, **given}
    for record in (book.log, book.logged):
        with pytest.raises(ValueRefused, match=said):
            record(**told)
    book.log({"lr": 1})
    assert len(list(book.runs())) == 1


def test_a_run_without_a_status_is_refused_and_not_written_unreadably(book):
    """It was acknowledged, and damage when it was read."""
    with pytest.raises(ValueRefused, match=r"the status is None \(one of finished, failed, killed"):
        book.log({"lr": 1}, metrics={"loss": 2}, status=None)
    book.log({"lr": 2}, tags=np.array(["wide", "deep"]))
    assert [run.tags for run in book.runs()] == [("wide", "deep")]
    assert not book.read().damage


def test_only_events_are_appended(book):
    for wrong in (None, "x", [None], [{"lr": 1}]):
        with pytest.raises(ValueRefused, match="events are wanted, not a"):
            book.append(wrong)
    with pytest.raises(ValueRefused, match="a run's id is a UUID, not 3"):
        book.logged({"lr": 1}, run=3)
    book.append(book.logged({"lr": value}) for value in (1, 2))
    assert len(list(book.runs())) == 2


def test_the_context_is_a_mapping(book):
    with pytest.raises(ValueRefused, match="the context is a mapping, not a list"):
        book.log({"lr": 1}, context=["a"])


def test_one_tag_is_one_tag_wherever_it_is_given(book):
    book.log({"lr": 1}, tags="sweep")
    book.append([book.logged({"lr": 1}, tags="sweep")])
    with book.run(tags="sweep"):
        pass
    assert [run.tags for run in book.runs()] == [("sweep",)] * 3


@pytest.mark.parametrize(
    ("told", "said"),
    [
        ({"note": {"x": 1}}, "the note is a dict, not a text"),
        ({"note": 3}, "the note is an int, not a text"),
        ({"tags": [["a"], None]}, "a tag is a list, not a text"),
        ({"tags": [None]}, "a tag is a NoneType, not a text"),
    ],
)
def test_a_line_s_notes_and_tags_are_texts(knobwise, book, told, said):
    Path("r.jsonl").write_text(json.dumps({"params": {"a": 1}, **told}) + "\n")
    outcome = knobwise("log", "--jsonl", "r.jsonl", "--journal", book.address)
    assert (outcome.status, said in outcome.err) == (1, True)
    outcome = knobwise("import", "jsonl", "r.jsonl", "--journal", book.address)
    assert outcome.status == 1
    assert "text" in outcome.err
    assert not Path(book.address).exists()


Act = Enum("Act", "RELU")
Pair = namedtuple("Pair", "lr")  # noqa: PYI024  (as programs have them)
Config = make_dataclass("Config", ["lr"])


@pytest.mark.parametrize(
    ("given", "call"),
    [
        (Namespace(lr=1), "vars(it)"), (Config(1), "dataclasses.asdict(it)"),
        (Pair(1), "it._asdict()"),
    ],
)  # fmt: skip
def test_of_a_record_it_is_said_what_makes_a_mapping_of_it(book, given, call):
    with pytest.raises(ValueRefused) as refused:
        book.log(given)
    assert refused.value.hint == f"{call} is one"


@pytest.mark.parametrize(
    ("given", "call"),
    [
        (Act.RELU, ": it.value"), (timedelta(1), ": it.total_seconds()"),
        (Decimal(1), ": float(it)"),
        (np.arange(2), "; as parameters: it.tolist()"), ({1}, "; as parameters: sorted(it)"),
        (Namespace(lr=1), "; as parameters: vars(it)"), (object(), ""), (Act, ""),
        (datetime, ""), (len, ""),
        (pytest, ""), (np.random.default_rng(0), ""), (1j, ""),
    ],
)  # fmt: skip
def test_of_what_is_no_value_it_is_said_what_makes_one_of_it(book, given, call):
    with pytest.raises(ValueRefused) as refused:
        book.log({"x": given})
    assert refused.value.hint == "log a number, a text, true, false or null" + call


@pytest.mark.parametrize("run", ["mine", "", "019A0000-0000-7000-8000-000000000000"])
def test_an_id_of_ones_own_is_a_uuid_or_would_not_be_read_back(book, run):
    with pytest.raises(ValueRefused, match="a run's id is a UUID"):
        book.logged({"lr": 1}, run=run)


def test_a_disk_that_is_full_in_the_middle_of_many_runs_says_where_to_go_on(knobwise, monkeypatch):
    """It said that nothing was logged: the whole file, given again, logs the first runs twice."""
    monkeypatch.setattr("journal.bulk._READ_BYTES", 64)
    append, room = Writer.append, [3]

    def limited(writer, entries):
        if room[0] == 0:
            raise WriteFailed("No space left on device", where="j", hint="nothing was logged")
        room[0] -= 1
        append(writer, entries)

    monkeypatch.setattr(Writer, "append", limited)
    lines = [json.dumps({"params": {"i": i, "pad": "x" * 50}}) + "\n" for i in range(9)]
    Path("r.jsonl").write_text("".join(lines))
    stopped = knobwise("log", "--jsonl", "r.jsonl")
    assert (stopped.status, len(stopped.out.split())) == (1, 3)
    assert "\n  3 runs logged, up to line 3; go on behind it\n" in stopped.err
    Path("r.jsonl").write_text("".join(lines[3:]))
    room[0] = 0
    nothing = knobwise("log", "--jsonl", "r.jsonl")
    assert (nothing.status, nothing.out) == (1, "")
    assert "\n  nothing was logged\n" in nothing.err
    room[0] = 9
    assert knobwise("log", "--jsonl", "r.jsonl").status == 0
    assert [run.params["i"] for run in journal.open().runs()] == [*range(9)]
