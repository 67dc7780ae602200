"""Exports: JSON lines that come back as they were, CSV, Parquet."""

import csv
import io
import json
import math
import os
import sys
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from pathlib import Path

import pyarrow.parquet as pq
import pytest
from hypothesis import given
from hypothesis import strategies as st

import journal
from journal.events import Amended, Finished, Metrics, Noted, Retracted, Started
from journal.ids import uuid7
from journal.journal import Journal
from journal.listing import NOTES, TAGS, joined, parted
from journal.runs import Run

ODD = {"lr": 3e-4, "big": 2**70, "none": None, "flag": True, "nan": math.nan, "minus": -math.inf,
       "text": "1.10", "optim.beta": 0.9, "zero": -0.0}  # fmt: skip


def grown(path: str) -> Journal:
    """A journal with a run of every kind."""
    book = journal.open(path)
    first = book.log(
        ODD, metrics={"acc": 0.5, "loss": math.inf}, seed=0, tags=["a", "b"], note="hü\nho",
        at=datetime(2026, 1, 2, tzinfo=UTC), seconds=1.5, context={"git": {"commit": "abc"}},
    )  # fmt: skip
    second, third = uuid7(), uuid7()
    now = book.store.now
    book.append(
        [
            Noted(id=uuid7(), run=first, at=now(), note="again"),
            Amended(id=uuid7(), run=first, at=now(), metrics={"acc": 0.75}),
            Started(id=uuid7(), run=second, at=now(), params={"lr": 1}),
            Metrics(id=uuid7(), run=second, at=now(), step=(0, 1, 2**65), name=("l", "l", "m"),
                    value=(0.5, math.nan, 1.0)),
            Finished(id=uuid7(), run=second, at=now(), status="failed", exit_code=3, error="boom"),
            Started(id=uuid7(), run=third, at=now(), params={"lr": 2}),
        ]
    )  # fmt: skip
    dropped = book.log({"lr": 5})
    book.append([Retracted(id=uuid7(), run=dropped, at=now(), reason="typo")])
    return book


def facts(run: Run) -> str:
    """Everything that an import must bring back; by repr, in which nan equals nan."""
    names = ("id", "params", "metrics", "seed", "status", "started_at", "seconds", "tags", "notes",
             "exit_code", "error", "series", "context", "retracted")  # fmt: skip
    return repr([getattr(run, name) for name in names])


def test_json_lines_come_back_as_they_were_and_only_once(knobwise):
    grown("a").close()
    knobwise("declare", "metric", "acc", "--direction", "maximize", "--journal", "a")
    knobwise("declare", "parameter", "lr", "--scale", "log", "--journal", "a")
    done = knobwise("export", "--retracted", "-o", "runs.jsonl", "--journal", "a")
    assert (done.status, done.out) == (0, "")
    for known in (0, 3):
        again = knobwise("import", "jsonl", "runs.jsonl", "--journal", "b")
        assert again.status == 0
        assert f"{3 - known} runs imported" in again.err
        assert "1 run that is not finished yet" in again.err
    one, other = journal.open("a").fold(), journal.open("b").fold()
    before = [facts(run) for run in one.runs if run.status != "running"]
    assert [facts(run) for run in other.runs] == before
    assert other.declarations == one.declarations
    events = journal.open("b").read().events
    assert len(events) == len({event.id for event in events}) == 3 + 3 + 2 + 2  # runs, declared
    assert knobwise("import", "jsonl", "runs.jsonl", "--journal", "a").status == 0
    assert len(journal.open("a").fold().runs) == 4


def test_two_who_import_the_same_file_and_merge_have_each_run_once(knobwise):
    grown("a").close()
    knobwise("export", "-o", "runs.jsonl", "--journal", "a")
    for place in ("b", "c"):
        knobwise("import", "jsonl", "runs.jsonl", "--journal", place)
    for segment in Path("c").iterdir():
        segment.rename(Path("b") / f"copy-{segment.name}")
    read = journal.open("b").read()
    assert read.damage == ()
    runs = journal.open("b").fold().runs
    assert [run.notes for run in runs if run.notes] == [("hü\nho", "again")]
    assert [len(run.series["l"]) for run in runs if run.series] == [2]


def test_lines_without_ids_have_the_same_ids_each_time(knobwise):
    line = '{"params": {"a": {"b": 1}}, "metrics": {"m": NaN}}\n'
    Path("runs.jsonl").write_text(line + line + '{"id": "x"}\n{"parms": 1}\nnonsense\n')
    first = knobwise("import", "jsonl", "runs.jsonl")
    assert first.status == 1
    assert "2 runs imported" in first.err
    assert all(f"line {row}:" in first.err for row in (3, 4, 5))
    assert "0 runs imported, 2 known" in knobwise("import", "jsonl", "runs.jsonl").err
    assert [run.params for run in journal.open().runs()] == [{"a.b": 1}, {"a.b": 1}]


def test_a_dry_run_shows_and_writes_nothing(knobwise):
    grown("a").close()
    knobwise("export", "-o", "runs.jsonl", "--journal", "a")
    shown = knobwise("import", "jsonl", "runs.jsonl", "--dry-run", "--journal", "b")
    assert shown.status == 0
    assert "2 runs: 1 finished, 1 failed" in shown.out
    assert "  metric     acc: number, 1 distinct: 0.75, absent in 1" in shown.out
    assert not Path("b").exists()


def test_csv_is_that_of_ls_and_says_what_it_leaves_out(knobwise):
    grown("a").close()
    told = knobwise("export", "--format", "csv", "status=finished", "--journal", "a")
    (row,) = csv.DictReader(io.StringIO(told.out))
    assert row["params.lr"] == "0.0003"
    assert row["params.text"] == "'1.10'"
    assert row["params.none"] == "null"
    assert row["metrics.loss"] == "inf"
    assert "left out: context" in told.err
    assert told.out == knobwise("ls", "--csv", "status=finished", "--journal", "a").out


def test_parquet_has_types(knobwise):
    grown("a").close()
    done = knobwise("export", "-o", "runs.parquet", "--journal", "a")
    assert done.status == 0
    assert "left out: series and context" in done.err
    table = pq.read_table("runs.parquet")
    types = {field.name: str(field.type) for field in table.schema}
    assert types["started_at"] == "timestamp[us, tz=UTC]"
    assert types["seed"] == "int64"
    assert types["tags"].startswith("list<")
    assert (types["params.lr"], types["params.flag"]) == ("double", "bool")
    assert (types["params.big"], types["params.text"]) == ("string", "string")
    assert "params.big" in done.err
    first = next(row for row in table.to_pylist() if row["params.flag"])
    assert first["params.big"] == str(2**70)
    assert math.isnan(first["params.nan"])
    assert first["metrics.acc"] == 0.75
    assert [row["metrics.acc"] for row in table.to_pylist()].count(None) == 2


def test_parquet_without_pyarrow_says_what_to_install(knobwise, monkeypatch):
    grown("a").close()
    monkeypatch.delitem(sys.modules, "journal.parquet", raising=False)
    monkeypatch.delattr("journal.parquet", raising=False)
    monkeypatch.setitem(sys.modules, "pyarrow", None)
    refused = knobwise("export", "-o", "runs.parquet", "--journal", "a")
    assert refused.status == 1
    assert "pip install 'knobwise[parquet]'" in refused.err
    assert not list(Path().glob("*parquet*"))


@pytest.mark.parametrize(
    ("words", "hint"),
    [
        (["-o", "runs.xls"], ".parquet"),
        (["--format", "parquet"], "-o runs.parquet"),
        (["--format", "xml"], "jsonl"),
        (["lr<<3"], ""),
    ],
)
def test_what_cannot_be_written_is_refused_before_anything_is_read(knobwise, words, hint):
    refused = knobwise("export", *words)
    assert (refused.status, refused.out) == (2, "")
    assert hint in refused.err


def test_a_file_that_cannot_be_written_is_an_error_and_leaves_nothing(knobwise):
    grown("a").close()
    refused = knobwise("export", "-o", "no/such/folder.jsonl", "--journal", "a")
    assert refused.status == 1
    assert "no/such/folder.jsonl" in refused.err


def test_lines_are_json_for_every_reader(knobwise):
    grown("a").close()
    for line in knobwise("export", "--journal", "a").out.splitlines():
        json.loads(line, parse_constant=pytest.fail)


def test_a_link_stays_and_what_it_leads_to_is_written(knobwise):
    knobwise("log", "a=1")
    for target in ("there.csv", "new.csv"):
        Path("link.csv").unlink(missing_ok=True)
        Path("link.csv").symlink_to(target)
        Path("there.csv").write_text("old")
        assert knobwise("export", "-o", "link.csv").status == 0
        assert Path("link.csv").is_symlink()
        assert "params.a" in Path(target).read_text()
    assert sorted(path.name for path in Path().iterdir()) == [
        "data", "link.csv", "new.csv", "there.csv",
    ]  # fmt: skip


def test_a_pipe_is_written_to_and_stays_one(knobwise):
    knobwise("log", "a=1")
    os.mkfifo("pipe.csv")
    with ThreadPoolExecutor() as threads:
        reading = threads.submit(Path("pipe.csv").read_text)
        assert knobwise("export", "-o", "pipe.csv").status == 0
        assert "params.a" in reading.result(20)
    assert Path("pipe.csv").is_fifo()


@pytest.mark.parametrize("name", ["runs.csv", "runs.parquet"])
def test_a_private_file_stays_private(knobwise, name):
    knobwise("log", "a=1")
    Path(name).touch(0o600)
    for made in (name, f"new-{name}"):
        assert knobwise("export", "-o", made).status == 0
    modes = [Path(made).stat().st_mode & 0o777 for made in (name, f"new-{name}", "data")]
    assert modes == [0o600, modes[2] & 0o666, modes[2]]


@pytest.mark.parametrize("place", [".", "/", "folder.csv", "nowhere/"])
def test_a_folder_is_no_file_to_export_to(knobwise, place):
    knobwise("log", "a=1")
    Path("folder.csv").mkdir()
    refused = knobwise("export", "-o", place)
    assert refused.status == 2
    assert f"knobwise: {place} is a folder\n" in refused.err
    assert list(Path("folder.csv").iterdir()) == []


def test_a_csv_export_comes_back_under_the_same_ids(knobwise):
    grown("a").close()
    journal.open("a").log({"text": "'", "n": "", "z": "null"}, tags=["1"], note="x")
    knobwise("export", "-o", "runs.csv", "--journal", "a")
    shown = knobwise("import", "csv", "runs.csv", "--dry-run")
    assert ("parameter  lr" in shown.out, "metric     acc" in shown.out) == (True, True)
    assert knobwise("import", "csv", "runs.csv", "-m", "acc").status == 0
    assert "0 runs imported, 3 known already" in knobwise("import", "csv", "runs.csv").err
    mine = {run.id: run for run in journal.open().runs()}
    for run in journal.open("a").runs():
        if run.status not in {"running", "interrupted"}:
            kept = mine[run.id]
            for name in ("params", "metrics", "seed", "status", "started_at", "seconds", "tags"):
                assert repr(getattr(kept, name)) == repr(getattr(run, name))
            assert " ".join(kept.notes) == " ".join(run.notes)
    assert "metrics: acc" in knobwise("import", "csv", "runs.csv", "-m", "nope").err
    assert "0 runs imported" in knobwise("import", "csv", "runs.csv", "--journal", "a").err


def test_tags_and_notes_come_back_from_csv_whatever_is_in_them(knobwise):
    tags, note = ("two words", "1", '["x"]', "a,b"), "x | y"
    with journal.open("a") as book:
        run = book.log({"lr": 1}, tags=tags, note=note)
        book.append([Noted(id=uuid7(), run=run, at=book.store.now(), note="[later]")])
    knobwise("export", "-o", "runs.csv", "--journal", "a")
    assert knobwise("import", "csv", "runs.csv").status == 0
    (kept,) = journal.open().runs()
    assert (kept.tags, kept.notes) == (tags, (note, "[later]"))


@given(st.lists(st.text('ab |["],')), st.sampled_from([TAGS, NOTES]))
def test_texts_in_one_cell_are_parted_as_they_were_joined(texts, between):
    assert parted(joined(texts, between), between) == tuple(texts)
    plain = [text for text in texts if text and not set(text) & set(" |[")]
    assert joined(plain, between) == between.join(plain)


@pytest.mark.parametrize(
    ("content", "said", "remedy"),
    [
        (b"lr;acc\n1;2\n", "the header is one column: lr;acc", "--delimiter ';'"),
        (b'lr;acc\n"1,5";2\n', "the header is one column: lr;acc", "--delimiter ';'"),
        (b"lr\tacc\n1\t2\n", "the header is one column: lr", "--delimiter $'\\t'"),
        (b"lr,acc\n1,2\nh\xfc,3\n", "t.csv:3: the text is not UTF-8", "iconv"),
        (b'lr,acc\n1,2\n"a,3\n4,5\n', "t.csv:3: a quote is not closed", '""quoted""'),
    ],
)
def test_a_table_that_cannot_be_read_is_refused_with_place_and_remedy(
    knobwise, content, said, remedy
):
    Path("t.csv").write_bytes(content)
    outcome = knobwise("import", "csv", "t.csv", "-m", "acc")
    assert outcome.status == 2
    assert said in outcome.err
    assert remedy in outcome.err
    assert "codec" not in outcome.err


def test_without_metrics_a_foreign_table_is_asked_for_them(knobwise):
    Path("t.csv").write_text("lr,acc\n1,2\n")
    outcome = knobwise("import", "csv", "t.csv")
    assert (outcome.status, "which columns are metrics?" in outcome.err) == (2, True)


def test_json_lines_may_begin_with_a_byte_order_mark(knobwise):
    Path("b.jsonl").write_bytes(b"\xef\xbb\xbf" + b'{"params": {"a": 1}}\n')
    assert knobwise("log", "--jsonl", "b.jsonl").status == 0
    assert knobwise("import", "jsonl", "b.jsonl", "--journal", "other").status == 0
