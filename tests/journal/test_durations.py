"""How long a run took: refused where it is no duration, readable where one was recorded before."""

import json
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

import journal
from journal.errors import ValueRefused
from journal.events import Finished, Started
from journal.ids import uuid7
from journal.importers import took


@pytest.mark.parametrize("told", ["nan", "inf", "-1", "1e999", "abc", "true", "9" * 400])
def test_what_is_no_duration_is_refused_and_nothing_is_written(knobwise, told):
    run = knobwise("start", "a=1", "--pid", "0").out.strip()
    before = len(journal.open().read().events)
    for words in (["log", "a=1", f"--seconds={told}"], ["finish", run, f"--seconds={told}"]):
        outcome = knobwise(*words)
        assert (outcome.status, outcome.out) == (2, "")
        assert "knobwise: seconds is " in outcome.err
        assert "0 or more" in outcome.err
        assert "metric" not in outcome.err
    assert len(journal.open().read().events) == before


def test_bulk_lines_and_the_python_interface_refuse_it_too(knobwise, book):
    Path("runs.jsonl").write_text('{"params": {"a": 1}, "seconds": NaN}\n')
    outcome = knobwise("log", "--jsonl", "runs.jsonl")
    assert (outcome.status, "runs.jsonl:1: seconds is nan" in outcome.err) == (1, True)
    for told in (float("nan"), -1, float("inf")):
        with pytest.raises(ValueRefused, match="seconds"):
            book.log({"a": 1}, seconds=told)
    assert knobwise("log", "a=1", "--seconds", "0").status == 0


@pytest.mark.parametrize("form", ["jsonl", "csv"])
def test_a_clock_set_back_before_the_end_leaves_it_unknown_and_the_export_readable(knobwise, form):
    book = journal.open()
    now = datetime.now(UTC)
    runs = {uuid7(): now - timedelta(days=10), uuid7(): now + timedelta(minutes=1)}
    for run, ended in runs.items():
        begun = Started(id=run, run=run, at=now, params={"a": 1})
        book.append([begun, Finished(id=uuid7(), run=run, at=ended, metrics={"acc": 1})])
    assert [run.seconds for run in book.runs()] == [None, 60.0]
    knobwise("export", "-o", f"t.{form}")
    again = knobwise("import", form, f"t.{form}", "--journal", "again")
    assert (again.status, again.err.endswith("2 runs imported\n")) == (0, True)
    assert [run.seconds for run in journal.open("again").runs()] == [None, 60.0]


def test_one_that_was_recorded_before_breaks_no_reading(knobwise):
    book = journal.open()
    run = book.log({"a": 1})
    end = Finished(id=uuid7(), run=run, at=book.store.now(), seconds=float("nan"))
    book.append([end])
    (listed,) = json.loads(knobwise("ls", "--json").out)
    assert listed["seconds"] == "nan"
    for words in (["show", run, "--json", "--history"], ["ls"], ["ls", "--csv"], ["export"]):
        outcome = knobwise(*words)
        assert (outcome.status, outcome.err) == (0, "")


@pytest.mark.parametrize(
    ("line", "said"),
    [
        ('"seconds": -5', "seconds is -5"),
        ('"seconds": NaN', "seconds is nan"),
        ('"at": "2026-01-01", "seconds": {"float": "nan"}', "seconds is nan"),
        ('"at": "2026-01-01", "seconds": 1e12', "it ends beyond the calendar"),
        ('"at": "0001-01-01T00:00+14:00"', "is not a time"),
        ('"context": {"x": NaN}', "the number nan"),
        ('"context": {"x": {"y": [1, 18446744073709551616]}}', "more than 64 bits"),
        ('"context": {"x": "\\ud800"}', "not valid Unicode"),
    ],
)
def test_a_line_that_no_journal_can_hold_is_named_and_the_others_are_imported(knobwise, line, said):
    lines = ['{"params": {"a": 1}}', '{"params": {"a": 2}, ' + line + "}", '{"params": {"a": 3}}']
    Path("runs.jsonl").write_text("\n".join(lines))
    for words in (["--dry-run"], []):
        outcome = knobwise("import", "jsonl", "runs.jsonl", *words)
        assert outcome.status == 1
        assert "not understood: line 2: " in outcome.out + outcome.err
        assert said in outcome.out + outcome.err
    assert [run.params["a"] for run in journal.open().runs()] == [1, 3]


def test_a_clock_that_a_tracker_set_back_is_no_duration():
    assert [took(told) for told in (0.0, 2.5, -0.1, float("nan"), float("inf"))] == [
        0.0, 2.5, None, None, None,
    ]  # fmt: skip
