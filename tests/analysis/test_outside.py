"""The filter that keeps the runs inside a declared range can be typed, whatever the name."""

from __future__ import annotations

import pytest

import journal
from analysis import Frame
from journal.events import Declared
from journal.ids import uuid7


@pytest.mark.parametrize("name", ["lr", "학습률", "learning rate"])
def test_the_filter_that_is_offered_keeps_the_runs_inside(tmp_path, name):
    address = str(tmp_path / "j")
    with journal.open(address) as book:
        for place in range(12):
            book.log({name: 0.1 + place, "b": place % 3}, metrics={"y": float(place)})
        at, domain = book.store.now(), (0.0, 8.0)
        said = Declared(id=uuid7(), run=None, at=at, parameter=name, domain=domain)
        book.append([said])
    frame = Frame.from_journal(address, metric="y", direction="maximize")
    (found,) = (note for note in frame.notes if note.code == "outside")
    assert found.message.startswith("4 of 12 used runs have ")
    where = dict(found.says.facts)["where"]
    kept = Frame.from_journal(address, metric="y", direction="maximize", where=[where])
    assert kept.n_runs == 8
