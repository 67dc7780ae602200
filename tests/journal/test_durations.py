"""How long a run took: refused where it is no duration, readable where one was recorded before."""

import json
from pathlib import Path

import pytest

import journal
from journal.errors import ValueRefused
from journal.events import Finished
from journal.ids import uuid7


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
