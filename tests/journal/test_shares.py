"""A large journal read by several processes answers as by one, whatever becomes of the helpers."""

import pandas as pd
import pytest

import journal
from journal import columns, shares, tables
from journal.events import Retracted
from journal.ids import uuid7
from journal.portions import Portion


@pytest.fixture
def in_three_shares(monkeypatch):
    monkeypatch.setattr(shares, "SHARE_BYTES", 1)
    monkeypatch.setattr(shares, "_processors", lambda: 3)


def write(book, *, segments=5):
    writers = [journal.open(book.address) for _ in range(segments)]
    for i in range(40):
        told = {"i": i, "act": "relu", "big": 2**70 if i == 7 else i, "flag": i % 2 == 0}
        writers[i % segments].log(told, metrics={"m": i / 7}, seed=i if i % 3 else None)
    return [run.id for run in writers[0].runs()]


def the_long_way(book):
    return tables._join([Portion(columns.of_store(book.store)[0])])


@pytest.fixture
def received(monkeypatch):
    """How many portions each helper sent; None for one that failed."""
    sent = []
    receive = shares._received

    def listen(helper):
        told = receive(helper)
        sent.append(told and len(told[1]))
        return told

    monkeypatch.setattr(shares, "_received", listen)
    return sent


def test_several_processes_read_what_one_reads(book, in_three_shares, received):
    write(book)
    pd.testing.assert_frame_equal(book.frame(), the_long_way(book))
    assert len(received) == 2
    assert all(received)


def test_events_about_another_shares_runs_count(book, in_three_shares, received):
    runs = write(book)
    book.log({"i": -1})
    for run in runs[:9]:
        book.append([Retracted(id=uuid7(), run=run, at=book.store.now())])
    frame = book.frame()
    pd.testing.assert_frame_equal(frame[the_long_way(book).columns], the_long_way(book))
    assert len(frame) == 32
    assert all(received)


def test_damage_in_a_helpers_share_is_told(book, in_three_shares, received):
    write(book)
    last = max(book.store.segments())
    last.write_bytes(last.read_bytes().replace(b"relu", b"tanh", 1))
    with pytest.warns(journal.DamageWarning, match=f"{last.name}:1"):
        assert len(book.frame()) == 39
    assert all(received)


@pytest.mark.parametrize("program", ["raise SystemExit(1)", "print('hello')", "1/0"])
def test_a_helper_that_fails_costs_only_time(book, in_three_shares, received, monkeypatch, program):
    write(book)
    monkeypatch.setattr(shares, "_SERVE", program)
    pd.testing.assert_frame_equal(book.frame(), the_long_way(book))
    assert received == [None, None]


def test_without_a_python_to_start_all_is_read_here(book, in_three_shares, received, monkeypatch):
    write(book)
    monkeypatch.setattr("sys.executable", "/nowhere/python")
    pd.testing.assert_frame_equal(book.frame(), the_long_way(book))
    assert received == [None, None]


def test_shares_keep_the_order_and_are_of_about_one_size(tmp_path, monkeypatch):
    paths = []
    for name, size in zip("abcdef", (10, 1, 1, 8, 1, 9), strict=True):
        path = tmp_path / name
        path.write_bytes(b"x" * size)
        paths.append(path)
    assert shares._shares(paths, 2) == [paths]  # too little to share
    monkeypatch.setattr(shares, "SHARE_BYTES", 15)
    assert shares._shares(paths, 8) == [paths[:3], paths[3:]]
    assert shares._shares([*paths, tmp_path / "gone"], 8)[-1][-1].name == "gone"
    assert shares._shares([], 8) == [[]]
