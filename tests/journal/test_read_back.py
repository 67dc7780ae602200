"""What is acknowledged is read back: nothing is written that the journal's own reader refuses."""

import json
from dataclasses import replace
from datetime import UTC, datetime, timedelta, timezone
from pathlib import Path

import pytest

import journal
from journal import importers_tensorboard, importers_wandb
from journal.bodies import entry_of, event_of
from journal.errors import ValueRefused
from journal.events import Finished
from journal.ids import uuid7
from journal.importers_wire import Fields
from journal.packing import Json
from journal.times import moment
from journal.verification import verify
from journal.writer import Writer


def only(book):
    (run,) = book.runs()
    assert book.read().damage == ()
    return run


@pytest.mark.parametrize("code", [True, 1.0, "1", 1.5])
def test_an_exit_code_that_is_no_integer_is_no_event(code):
    with pytest.raises(ValueRefused, match=r"the exit code is .*, not an integer"):
        Finished(id=uuid7(), run=uuid7(), at=datetime.now(UTC), exit_code=code)


@pytest.mark.parametrize("code", [None, 0, -9, 255, 1 << 70])
def test_one_that_is_comes_back(code):
    event = Finished(id=uuid7(), run=uuid7(), at=datetime(2026, 1, 1, tzinfo=UTC), exit_code=code)
    told = dict(zip(("id", "run", "at", "type", "body"), entry_of(event), strict=True))
    assert event_of(json.loads(json.dumps(told))) == event


@pytest.mark.parametrize("leaving", [True, 2])
def test_results_of_a_run_that_leaves_by_sys_exit_are_kept(book, leaving):
    def train():
        with book.run(lr=0.1) as run:
            run.result(acc=0.5)
            raise SystemExit(leaving)

    with pytest.raises(SystemExit):
        train()
    ended = only(book)
    assert (ended.status, ended.metrics) == ("failed", {"acc": 0.5})


def test_an_ending_in_ones_own_words_is_checked_before_it_is_taken(book):
    run = book.run(lr=0.1).start()
    with pytest.raises(ValueRefused, match=r"the exit code is 1\.5"):
        run.finish("failed", exit_code=1.5)
    run.finish()
    assert only(book).status == "finished"


@pytest.mark.parametrize("error", [ValueError("nan at step 3"), 7, "api_key=sk-" + "a" * 40])
def test_an_error_is_kept_as_text_without_secrets(book, error):
    with book.run(lr=0.1) as run:
        run.finish("failed", error=error)
    told = only(book).error
    assert isinstance(told, str)
    assert "aaaa" not in told


@pytest.mark.parametrize(
    ("line", "said"),
    [
        ({"exit_code": True}, "the exit code is True, not an integer"),
        ({"exit_code": "7"}, "the exit code is '7', not an integer"),
        ({"series": {"m": [[True, 1.0]]}}, "a series is a list of [step, value]"),
        ({"metrics": {"m": None}}, "the metric m is null"),
        ({"status": False}, "the status is False"),
        ({"status": ""}, "the status is ''"),
        ('{"params": {"a": 1e999}}', "1e999 is too large for a number"),
        ('{"params": {"a": 2, "a": 3}}', "'a' is given twice"),
    ],
)
def test_import_and_log_take_the_same_lines(knobwise, tmp_path, line, said):
    file = tmp_path / "runs.jsonl"
    text = line if isinstance(line, str) else json.dumps(line)
    file.write_text(json.dumps({"params": {"a": 1}, "exit_code": 7}) + "\n" + text + "\n")
    done = knobwise("import", "jsonl", str(file), "--journal", "book")
    assert "line 2: " + said in done.err
    with journal.open("book") as book:
        assert only(book).status == "finished"
    if "exit_code" not in text and "series" not in text:
        file.write_text(text + "\n")
        assert said in knobwise("log", "--jsonl", str(file), "--journal", "book").err


LONG = "0x" + "f" * 3400
"""An integer of 4,094 digits, which Python would print and the journal not read back."""


@pytest.mark.parametrize("number", [LONG, "0x" + "f" * 4000])
@pytest.mark.parametrize(
    "words",
    [
        "log lr=1 -m a=1 --seed #", "start lr=1 --seed #", "log lr=# -m a=1", "log lr=1 -m a=#",
        "amend ID --seed #", "declare parameter lr --levels 1,#",
        "declare parameter slope --when lr=#", "declare parameter lr --domain 1:#",
        "default b 1 --new --when lr=#", "default b # --new", "ls lr=#",
    ],
)  # fmt: skip
def test_an_integer_that_would_not_be_read_back_is_refused_in_a_line(knobwise, words, number):
    run = knobwise("log", "lr=1", "-m", "a=0").out.strip()
    told = knobwise(*words.replace("ID", run).replace("#", number).split())
    assert told.status != 0
    assert "more than 4000 digits" in told.err
    assert len(told.err) < 1000
    with journal.open() as book:
        assert only(book).id == run


@pytest.mark.parametrize(
    ("told", "said"),
    [
        ('"exit_code": N', "the exit code has"), ('"series": {"m": [[N, 1.0]]}', "an integer has"),
        ('"seed": N', "the seed has"), ('"params": {"a": N}', "a has"),
        ('"metrics": {"a": N}', "a has"),
    ],
)  # fmt: skip
def test_nor_is_it_imported_and_the_other_lines_are(knobwise, tmp_path, told, said):
    file = tmp_path / "runs.jsonl"
    line = "{" + told.replace("N", "1" + "0" * 4199) + "}"
    file.write_text(line + '\n{"params": {"a": 1}}\n')
    for words in (["--dry-run"], []):
        done = knobwise("import", "jsonl", str(file), "--journal", "book", *words)
        assert f"line 1: {said} more than 4000 digits" in done.err + done.out
        assert len(done.err + done.out) < 1000
    assert (done.status, "1 run imported" in done.err) == (1, True)
    with journal.open("book") as book:
        assert only(book).params == {"a": 1}


@pytest.mark.parametrize("digits", ["abc", "1_0", " 5", "", "+1", "9" * 4001])
def test_what_no_integer_is_packed_as_is_malformed_where_it_stands(knobwise, book, digits):
    """As another program may have written it; a packed one stands beside it."""
    for told in (digits, "-" + "9" * 4000):
        body: dict[str, Json] = {"params": {"a": {"int": told}}}
        Writer(book.address).append([(uuid7(), uuid7(), "", "logged", body)])
    reading = book.read()
    assert [damage.kind for damage in reading.damage] == ["malformed"]
    assert [event.params for event in reading.events] == [{"a": 1 - 10**4000}]
    Path("r.jsonl").write_text(json.dumps({"seed": {"int": digits}}) + '\n{"seed": {"int": "5"}}')
    done = knobwise("import", "jsonl", "r.jsonl")
    assert "line 1: an object where one value belongs" in done.err
    assert [run.seed for run in journal.open().runs()] == [5]


def test_a_program_that_leaves_by_a_number_beyond_all_codes_has_ended_as_python_ends(book):
    with pytest.raises(SystemExit), book.run(lr=0.1):
        raise SystemExit(10**5000)
    assert (only(book).status, only(book).exit_code) == ("failed", -1)


def test_a_refused_exit_code_leaves_the_run_to_be_ended_otherwise(book):
    run = book.run(lr=0.1).start()
    with pytest.raises(ValueRefused, match="the exit code has more than 4000 digits"):
        run.finish("failed", exit_code=10**4100)
    run.finish()
    assert only(book).status == "finished"


def test_a_status_that_is_left_out_or_null_is_finished(knobwise, tmp_path):
    file = tmp_path / "runs.jsonl"
    file.write_text('{"params": {"a": 1}}\n{"params": {"a": 2}, "status": null}\n')
    assert knobwise("log", "--jsonl", str(file), "--journal", "book").status == 0
    assert knobwise("import", "jsonl", str(file), "--journal", "book").status == 0
    with journal.open("book") as book:
        assert {run.status for run in book.runs()} == {"finished"}


def test_credentials_of_other_trackers_are_masked(tmp_path):
    secret = "sk-" + "a" * 40
    session = importers_tensorboard._Session(tmp_path, params={"api_key": secret, "lr": 0.1})
    assert secret not in repr(importers_tensorboard._foreign(session))
    described = Fields({9: [f"api_key={secret}".encode()], 1: [b"k"]})
    told = importers_wandb._Told(run=described)
    assert secret not in repr(importers_wandb._foreign(told, "here"))


def test_a_number_beyond_all_floats_refuses_its_file_alone(tmp_path, monkeypatch):
    """As W&B keeps a summary: JSON, in which an integer may have any size."""
    for name in ("run-1.wandb", "run-2.wandb"):
        (tmp_path / name).write_bytes(name.encode())

    def told(data):
        if b"1" in data:
            return next(importers_wandb._leaves("m", 10**400))
        return importers_wandb._Told(run=Fields({1: [b"k"]}), exit_code=0)

    monkeypatch.setattr(importers_wandb, "_told", told)
    found = importers_wandb.read(tmp_path)
    assert len(found.runs) == 1
    assert "run-1.wandb" in found.refused[0]


def test_a_time_before_the_calendar_is_refused_by_name():
    with pytest.raises(ValueRefused, match="beyond the calendar"):
        moment(datetime(1, 1, 1, tzinfo=timezone(timedelta(hours=1))))
    with pytest.raises(ValueRefused, match="beyond the calendar"):
        moment(datetime(1, 1, 1))  # noqa: DTZ001 - local time, which may lie before the year 1


def test_the_order_of_names_in_a_line_is_no_conflict(book, tmp_path):
    """Two machines may write one event with its parameters in another order."""
    event = book.logged({"a": 1, "b": 2}, metrics={"m": 0.5})
    for name, params in (("one", {"a": 1, "b": 2}), ("two", {"b": 2, "a": 1})):
        with journal.open(tmp_path / name) as part:
            part.append([replace(event, params=params)])
            (segment,) = (tmp_path / name).glob("*.jsonl")
            (tmp_path / "both").mkdir(exist_ok=True)
            (tmp_path / "both" / segment.name).write_bytes(segment.read_bytes())
    both = journal.open(tmp_path / "both")
    assert both.read().damage == ()
    assert verify(both.store).damage == ()
