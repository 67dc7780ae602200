"""A segment that was made and is not yet locked: what another writer may do to it meanwhile."""

from pathlib import Path

import journal
from journal import held, writer
from journal.verification import verify


def segments(book):
    return list(Path(book.address).glob("*.jsonl"))


def meanwhile(monkeypatch, act):
    """Let this happen between the making of the first segment and its lock."""
    locked: list[int] = []

    def late(fd):
        locked.append(fd)
        if len(locked) == 1:
            act()
        return held.lock(fd)

    monkeypatch.setattr(writer, "lock", late)


def test_what_another_wrote_to_it_and_left_is_gone_on_with(book, monkeypatch):
    def act():
        with journal.open(book.address) as other:
            other.log({"i": 0})

    meanwhile(monkeypatch, act)
    book.log({"i": 1})
    book.log({"i": 2})
    assert verify(book.store).damage == ()
    assert [run.params["i"] for run in book.runs()] == [0, 1, 2]
    assert len(segments(book)) == 1


def test_one_that_another_writes_to_is_left_to_it(book, monkeypatch):
    with journal.open(book.address) as other:
        meanwhile(monkeypatch, lambda: other.log({"i": 0}))
        book.log({"i": 1})
        other.log({"i": 2})
        assert verify(book.store).damage == ()
        assert len(segments(book)) == 2


def test_its_name_is_on_disk_before_what_it_holds_is_acknowledged(book, monkeypatch):
    with book:
        book.log({"i": 0})
    for path in segments(book):
        path.write_bytes(b"")  # as another left it that was killed before its first line
    synced: list[str] = []
    monkeypatch.setattr(writer, "sync_folder", synced.append)
    book.log({"i": 1})
    assert synced == [book.address]
    assert len(segments(book)) == 1
