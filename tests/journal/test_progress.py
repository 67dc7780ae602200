"""A command that reads for long says on the terminal how far it is, and nothing anywhere else."""

import pytest

from journal import progress
from journal.counts import counted
from journal.store import read


@pytest.fixture
def impatient(monkeypatch):
    monkeypatch.setattr(progress, "_PATIENCE_SECONDS", 0.0)
    monkeypatch.setattr(progress, "_EVERY_SECONDS", 0.0)


@pytest.mark.parametrize("terminal", [True, False])
def test_it_is_told_where_somebody_looks_and_gone_at_the_end(
    book, impatient, monkeypatch, capsys, terminal
):
    monkeypatch.setattr("sys.stderr.isatty", lambda: terminal)
    for i in range(3):
        book.log({"i": i})
    reading = read(progress.Watched(book.store))
    assert reading == book.read()
    told = capsys.readouterr().err
    assert ("\r3 events read " in told) is terminal
    assert told.endswith("\r") is terminal


def test_what_is_over_soon_says_nothing(book, monkeypatch, capsys):
    monkeypatch.setattr("sys.stderr.isatty", lambda: True)
    book.log({"i": 0})
    read(progress.Watched(book.store))
    assert capsys.readouterr().err == ""


@pytest.mark.parametrize(
    ("number", "thing", "told"),
    [(1, "run", "1 run"), (0, "run", "0 runs"), (1200, "event is", "1,200 events are"),
     (1, "run has", "1 run has"), (2, "run has", "2 runs have")],
)  # fmt: skip
def test_one_thing_is_singular(number, thing, told):
    assert counted(number, thing) == told
