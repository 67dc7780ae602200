"""Times: what stamps an event, what moves a writer's clock, and what a future date reaches."""

import json
import time
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

import journal
from journal import copying, importers, importers_jsonl
from journal.events import Amended, Logged
from journal.ids import uuid7
from journal.journal import Journal
from tests.journal.server import Server


@pytest.fixture(scope="module")
def server() -> Iterator[Server]:
    with Server() as running:
        yield running


@pytest.fixture(params=["folder", pytest.param("database", marks=pytest.mark.postgres)])
def anywhere(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Journal]:
    """A fresh journal on either store."""
    if request.param == "folder":
        address = str(tmp_path / "book")
    else:
        address = request.getfixturevalue("server").database("clocks" + uuid7().replace("-", ""))
    with journal.open(address) as book:
        yield book


def segments(book):
    return sorted(path.name for path in Path(book.address).glob("*.jsonl"))


def numbers(book):
    return [run.params["i"] for run in book.runs()]


def from_now(at: datetime) -> float:
    """How far this is from now, in seconds."""
    return abs((at - datetime.now(UTC)).total_seconds())


def future(path: Path, **more: object) -> importers.Understood:
    """A file of one run that began in 2099, as read."""
    told = {"params": {"x": 1}, "at": "2099-01-01T00:00:00+00:00", **more}
    path.write_text(json.dumps(told) + "\n")
    return importers_jsonl.read(path)


def test_a_clock_set_back_turns_no_order_round(book, monkeypatch):
    run = book.log({"i": 0})
    hour_ago = time.time_ns() - 3600 * 10**9
    ticks = iter(range(10**6))
    monkeypatch.setattr(time, "time_ns", lambda: hour_ago + next(ticks) * 1000)
    for value in (1, 2, 3):
        book.append([Amended(id=uuid7(), run=run, at=book.store.now(), params={"i": value})])
    book.close()
    again = journal.open(book.address)
    again.append([Amended(id=uuid7(), run=run, at=again.store.now(), params={"i": 4})])
    assert numbers(book) == [4]
    stamps = [event.at for event in book.read().events]
    assert stamps == sorted(set(stamps))


def test_a_segment_written_by_a_clock_far_ahead_is_left(book, monkeypatch):
    ahead = time.time_ns() + 25 * 3600 * 10**9
    with monkeypatch.context() as patch:
        patch.setattr(time, "time_ns", lambda: ahead)
        book.log({"i": 0})
        book.close()
    journal.open(book.address).log({"i": 1})
    assert len(segments(book)) == 2
    last = max(event.at for event in book.read().events if event.params["i"] == 1)  # type: ignore[attr-defined]
    assert abs((last - datetime.now(UTC)).total_seconds()) < 600


@pytest.mark.parametrize("more", [{}, {"exit_code": 1, "status": "failed"}], ids=["whole", "steps"])
def test_a_run_imported_from_the_future_stamps_no_other_and_is_renamed_with_all(
    anywhere, knobwise, tmp_path, more
):
    understood = future(tmp_path / "f.jsonl", **more)
    assert importers.add(understood, anywhere).new == 1
    logged = anywhere.log({"x": 2})
    anywhere.close()
    anywhere.log({"x": 3})
    assert [from_now(run.recorded_at) < 600 for run in anywhere.runs()] == [True] * 3
    said = knobwise("rename", "x", "w", "--journal", anywhere.address).err
    assert said == "renamed x to w in 3 runs\n"
    assert {tuple(run.params) for run in anywhere.runs()} == {("w",)}
    assert importers.add(understood, anywhere).new == 0
    began = {run.id: run.started_at.year for run in anywhere.runs()}
    assert began.pop(understood.runs[0].run) == (2099 if not more else datetime.now(UTC).year)
    assert began[logged] == datetime.now(UTC).year


@pytest.mark.parametrize("let_go", [False, True])
def test_a_copied_event_of_a_wrong_clock_keeps_its_time_and_stamps_no_other(
    anywhere, knobwise, tmp_path, let_go
):
    ahead = datetime.now(UTC) + timedelta(days=30000)
    with journal.open(tmp_path / "wrong") as wrong:
        run = uuid7()
        wrong.append([Logged(id=run, run=run, at=ahead, params={"x": 1})])
        copying.copy(wrong, anywhere)
    if let_go:
        anywhere.close()
    first = anywhere.log({"x": 2})
    anywhere.close()
    second = anywhere.log({"x": 3})
    at = {one.id: one.recorded_at for one in anywhere.runs()}
    assert at[run] == ahead
    assert max(from_now(at[first]), from_now(at[second])) < 600
    said = knobwise("rename", "x", "w", "--journal", anywhere.address).err
    assert "renamed x to w in 2 runs\nx stays in 1 run dated in the future" in said
    assert f"knobwise amend {run} w=VALUE --remove x" in said
