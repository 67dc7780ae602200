"""A large journal read by several processes answers as by one, whatever becomes of the helpers."""

import pandas as pd
import pytest

import journal
from journal import columns, shares, tables
from journal.events import Retracted
from journal.ids import uuid7
from journal.portions import Portion
from journal.writer import Writer


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
def helped(monkeypatch):
    """How many segments each helper told of. It takes all but the first: this process waits."""
    counts = []
    told, take = shares.Helper.told, shares._next
    helpers: list[shares.Helper] = []

    def listen(helper):
        found = list(told(helper))
        counts.append(len(found))
        return found

    def patient(source):
        if source.__name__ == "popleft":
            for helper in helpers:
                helper._thread.join()
        return take(source)

    enter = shares.Helper.__enter__

    def begin(helper):
        begun = enter(helper)
        if helper._thread.ident is not None:
            helpers.append(helper)
        return begun

    monkeypatch.setattr(shares.Helper, "told", listen)
    monkeypatch.setattr(shares.Helper, "__enter__", begin)
    monkeypatch.setattr(shares, "_next", patient)
    return counts


def test_several_processes_read_what_one_reads(book, in_three_shares, helped):
    write(book)
    pd.testing.assert_frame_equal(book.frame(), the_long_way(book))
    assert len(helped) == 2
    assert sum(helped) == 5


def test_events_about_another_shares_runs_count(book, in_three_shares, helped):
    runs = write(book)
    book.log({"i": -1})
    for run in runs[:9]:
        book.append([Retracted(id=uuid7(), run=run, at=book.store.now())])
    frame = book.frame()
    pd.testing.assert_frame_equal(frame[the_long_way(book).columns], the_long_way(book))
    assert len(frame) == 32
    assert sum(helped) == 5


def test_damage_in_a_helpers_share_is_told(book, in_three_shares, helped):
    write(book)
    last = max(book.store.segments())
    last.write_bytes(last.read_bytes().replace(b"relu", b"tanh", 1))
    with pytest.warns(journal.DamageWarning, match=f"{last.name}:1"):
        assert len(book.frame()) == 39
    assert sum(helped) == 5


@pytest.mark.parametrize("program", ["raise SystemExit(1)", "print('hello')", "1/0"])
def test_a_helper_that_fails_costs_only_time(book, in_three_shares, helped, monkeypatch, program):
    write(book)
    monkeypatch.setattr(shares, "_SERVE", program)
    pd.testing.assert_frame_equal(book.frame(), the_long_way(book))
    assert helped == [0, 0]


def test_without_a_python_to_start_all_is_read_here(book, in_three_shares, helped, monkeypatch):
    write(book)
    monkeypatch.setattr("sys.executable", "/nowhere/python")
    pd.testing.assert_frame_equal(book.frame(), the_long_way(book))
    assert helped == [0, 0]


def test_a_helper_that_stops_half_way_costs_what_it_did_not_tell(
    book, in_three_shares, helped, monkeypatch
):
    write(book)
    stops = """
from journal import shares
read, count = shares._read, iter([0])
shares._read = lambda batches: (read(batches), next(count))[0]
shares.serve()
"""
    monkeypatch.setattr(shares, "_SERVE", stops)
    pd.testing.assert_frame_equal(book.frame(), the_long_way(book))
    assert helped == [0, 0]


def test_what_is_no_event_in_a_helpers_segment_is_found_the_long_way(book, in_three_shares, helped):
    write(book)
    book.append([book.logged({"i": 1}), book.logged({"i": 2})])
    writer = Writer(book.address)
    writer.append([(uuid7(), uuid7(), writer.now(), "logged", {"params": [1]})])
    with pytest.warns(journal.DamageWarning, match="malformed"):
        assert len(book.frame()) == 42


def test_how_many_helpers_are_worth_their_start(tmp_path, monkeypatch):
    paths = []
    for name, size in zip("abcdef", (10, 1, 1, 8, 1, 9), strict=True):
        path = tmp_path / name
        path.write_bytes(b"x" * size)
        paths.append(path)
    monkeypatch.setattr(shares, "_processors", lambda: 8)
    assert shares._wanted(paths) == 0
    monkeypatch.setattr(shares, "SHARE_BYTES", 10)
    assert shares._wanted([*paths, tmp_path / "gone"]) == 2
    assert shares._wanted(paths[:1]) == 0
    assert shares._wanted([]) == 0
