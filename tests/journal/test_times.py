"""Times that other programs wrote: what is none is refused by name, and the rest is imported."""

import json
import shutil
import sqlite3
import time
from contextlib import closing, nullcontext
from datetime import datetime
from pathlib import Path

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

import journal
from journal import importers, importers_tensorboard, importers_wandb, importers_wire
from journal.errors import ValueRefused
from journal.ids import uuid7
from journal.importers_wire import Fields
from journal.times import from_epoch, moment, parse_moment
from tests.journal.stores import FILES, unpack_mlruns


@pytest.mark.parametrize("text", ["", "soon", "2026-13-01", "0001-01-01T00:00+14:00", "1e9"])
def test_a_text_that_is_no_time_is_refused(text):
    with pytest.raises(ValueRefused, match="is not a time"):
        parse_moment(text)


def test_times_of_pandas_are_times(monkeypatch):
    monkeypatch.setenv("TZ", "Asia/Seoul")
    time.tzset()
    try:
        local, zoned = pd.Timestamp("2026-11-23 14:05"), pd.Timestamp("2026-11-23 14:05", tz="UTC")
        assert [moment(local).hour, moment(zoned).hour] == [5, 14]
        assert {type(moment(local)), type(moment(zoned))} == {datetime}
    finally:
        monkeypatch.undo()
        time.tzset()
    with pytest.raises(ValueRefused, match="beyond the calendar"):
        moment(pd.NaT)


@given(st.floats() | st.integers())
def test_every_count_is_a_time_or_refused(count):
    beyond = not -62_135_596_800 <= count < 253_402_300_800
    with pytest.raises(ValueRefused, match="beyond the calendar") if beyond else nullcontext():
        assert from_epoch(count).timestamp() == pytest.approx(count, abs=1e-5)


def test_parts_of_a_second_are_counted_exactly():
    assert from_epoch(1_700_000_000_123, per_second=1000).microsecond == 123_000
    with pytest.raises(ValueRefused):
        from_epoch(10**400, per_second=1000)


@pytest.mark.parametrize("at", ["0001-01-01T00:00:00+00:00", "9999-12-31T23:59:59+00:00"])
@pytest.mark.parametrize("zone", ["Asia/Seoul", "America/New_York"])
def test_the_ends_of_the_calendar_are_shown_in_every_zone(knobwise, monkeypatch, at, zone):
    monkeypatch.setenv("TZ", zone)
    time.tzset()
    try:
        Path("r.jsonl").write_text(json.dumps({"params": {"a": 1}, "at": at}) + "\n")
        assert knobwise("import", "jsonl", "r.jsonl", "--dry-run").status == 0
        assert knobwise("import", "jsonl", "r.jsonl").status == 0
        assert knobwise("ls").status == 0
    finally:
        monkeypatch.undo()
        time.tzset()


def understood(knobwise, *words: str) -> int:
    """How many runs an import would bring."""
    out = str(knobwise("import", *words, "--dry-run").out)
    return int(out.partition(": ")[2].split()[0])


def only_the_bad_one_is_named(knobwise, *words: str, said: str, good: int) -> None:
    outcome = knobwise("import", *words)
    assert outcome.status == 1
    named = [line for line in outcome.err.splitlines() if "not understood" in line]
    assert len(named) == 1
    assert said in named[0]
    assert len(list(journal.open().runs())) == good


@pytest.mark.parametrize(
    ("changed", "said"),
    [
        ({"started_at": "0001-01-01T00:00+14:00"}, "is not a time"),
        ({"started_at": "9999-12-31T23:59:59+00:00", "seconds": "9"}, "beyond the calendar"),
        ({"seconds": "1e300"}, "beyond the calendar"),
    ],
)
def test_csv(knobwise, changed, said):
    row = {"id": uuid7(), "status": "finished", "seed": "", "started_at": "2026-01-01T00:00+00:00",
           "seconds": "1", "tags": "", "notes": "", "params.lr": "1"}  # fmt: skip
    rows = [row, {**row, "id": uuid7(), **changed}, {**row, "id": uuid7()}]
    lines = [",".join(row), *(",".join(one.values()) for one in rows)]
    Path("r.csv").write_text("\n".join(lines) + "\n")
    only_the_bad_one_is_named(knobwise, "csv", "r.csv", said="row 3: ", good=2)
    assert said in knobwise("import", "csv", "r.csv").err


@pytest.mark.parametrize("millis", ["9" * 15, "9" * 300], ids=["far", "farther"])
@pytest.mark.parametrize("when", ["start_time", "end_time"])
def test_mlflow(knobwise, millis, when):
    unpack_mlruns(".")
    n_runs = understood(knobwise, "mlflow", "mlruns")
    meta = next(Path("mlruns").glob("*/*/meta.yaml"))
    lines = [line for line in meta.read_text().splitlines() if not line.startswith(when)]
    meta.write_text("\n".join([*lines, f"{when}: {millis}"]) + "\n")
    only_the_bad_one_is_named(
        knobwise, "mlflow", "mlruns", said="is beyond the calendar", good=n_runs - 1
    )


@pytest.mark.parametrize("name", ["optuna.log", "optuna.db"])
def test_optuna(knobwise, name):
    lines = (FILES / "optuna.log").read_text().splitlines()
    made = [place for place, line in enumerate(lines) if json.loads(line)["op_code"] == 4]
    lines[made[0]] = json.dumps({**json.loads(lines[made[0]]), "datetime_start": "soon"})
    Path("optuna.log").write_text("\n".join(lines))
    with closing(sqlite3.connect("optuna.db")) as connection:
        connection.executescript((FILES / "optuna.sql").read_text())
        connection.execute("UPDATE trials SET datetime_start = 'soon' WHERE trial_id = 1")
        connection.commit()
    n_runs = understood(knobwise, "optuna", name)
    only_the_bad_one_is_named(
        knobwise, "optuna", name, said="trial 0: 'soon' is not a time", good=n_runs
    )
    assert n_runs == understood(knobwise, "optuna", str(FILES / "optuna.log")) - 1


@pytest.mark.parametrize("seconds", [1 << 40, 1 << 62])
def test_wandb(knobwise, monkeypatch, seconds):
    read = importers_wire.integer
    shutil.copytree(FILES, "wandb", ignore=lambda _, names: [n for n in names if n[:3] != "run"])
    n_runs = understood(knobwise, "wandb", "wandb")
    spoilt: list[Fields] = []

    def at_first(record, number):
        """The first time in any file."""
        if read(record, number) > 1e9 and number == 1 and not spoilt:
            spoilt.append(record)
            return seconds
        return read(record, number)

    monkeypatch.setattr(importers_wandb, "integer", at_first)
    only_the_bad_one_is_named(
        knobwise, "wandb", "wandb", said="beyond the calendar", good=n_runs - 1
    )


@pytest.mark.parametrize("seconds", [1e15, 1e300])
def test_tensorboard(knobwise, monkeypatch, seconds):
    read = importers_wire.double
    words = ("tensorboard", str(FILES / "tensorboard"), "--all-ended")
    n_runs = understood(knobwise, *words)
    spoilt: list[Fields] = []

    def at_first(record, number):
        """The first time in any file."""
        if number == 1 and not spoilt:
            spoilt.append(record)
            return seconds
        return read(record, number)

    monkeypatch.setattr(importers_tensorboard, "double", at_first)
    only_the_bad_one_is_named(knobwise, *words, said="beyond the calendar", good=n_runs - 1)


def test_of_runs_that_the_journal_has_no_event_is_made_again(knobwise, monkeypatch):
    Path("r.jsonl").write_text('{"params": {"a": 1}}\n{"params": {"a": 2}, "at": "2026-01-01"}\n')
    assert knobwise("import", "jsonl", "r.jsonl").err.endswith("2 runs imported\n")
    monkeypatch.delattr(importers, "events")
    assert knobwise("import", "jsonl", "r.jsonl").err == "0 runs imported, 2 known already\n"
