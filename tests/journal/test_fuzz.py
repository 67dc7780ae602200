"""Lines nobody wrote: never a traceback, never a value that was not written."""

import json
import random
from dataclasses import fields

import pytest
from hypothesis import given
from hypothesis import strategies as st

from journal.bodies import entry_of, event_of
from journal.damage import Damage
from journal.events import KINDS, Event
from journal.lines import MARK, NO_LINE, digest, fragments
from journal.packing import BodyError
from journal.segments import json_reader
from journal.store import decode
from tests.journal.conftest import whole


def lines_of(book, n=20):
    for i in range(n):
        book.log({"i": i, "s": 'ä\n{"knobwise":1,'}, metrics={"m": i / 7}, note="n")
    book.close()
    (path,) = book.store.folder.glob("*.jsonl")
    return path.read_bytes()


def mutate(data, rng):
    """One of the ways in which files go wrong."""
    a, b = sorted(rng.randrange(len(data)) for _ in range(2))
    junk = rng.randbytes(rng.randrange(1, 40))
    return rng.choice(
        [
            lambda: data[:a] + junk + data[a:],
            lambda: data[:a] + data[b:],
            lambda: data[:a] + bytes(min(b - a, 512)) + data[min(b, a + 512) :],
            lambda: data[:a] + data[a:b] + data[a:b] + data[b:],
            lambda: data[:b] + data[a:],
            lambda: data[:a] + b"\n" + data[a:],
            lambda: data.replace(b"\n", b"\r\n"),
            lambda: data[b:] + data[:a],
        ]
    )()


@pytest.mark.parametrize("loads", [json.loads, json_reader()])
def test_mutated_segments_yield_only_what_was_written(book, loads):
    data = lines_of(book)
    written = {event.id: event for event in book.read().events}
    rng = random.Random(1)
    for _ in range(600):
        batch = whole(mutate(data, rng), "s", loads)
        damage: list[Damage] = []
        for event, _, _ in decode(batch, damage):
            assert written[event.id] == event
        assert not damage


json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
    max_leaves=8,
)
FIELDS = sorted({field.name for kind in KINDS.values() for field in fields(kind)})


def read_or_named(record) -> Event | str:
    """The event of this record, or what is wrong with it."""
    try:
        return event_of(record)
    except BodyError as refused:
        return str(refused)


@given(
    kind=st.sampled_from(sorted(KINDS)) | json_values,
    body=st.dictionaries(st.sampled_from(FIELDS), json_values, max_size=5) | json_values,
    at=st.just("2026-01-01T00:00:00.000000Z") | json_values,
    run=st.just("01a20894-8232-770a-89dc-68bab4e41578") | json_values,
)
def test_a_sound_line_of_another_program_is_named_and_never_a_traceback(kind, body, at, run):
    record = {"id": run, "run": run, "at": at, "type": kind, "body": body}
    event = read_or_named(record)
    assert event
    if isinstance(event, str):
        return
    assert type(event) is KINDS[kind]
    again = dict(zip(("id", "run", "at", "type", "body"), entry_of(event), strict=True))
    assert repr(event_of(again)) == repr(event)  # NaN is NaN here


@pytest.mark.parametrize(
    ("kind", "body", "read"),
    [("noted", {"note": "n"}, True), ("noted", {"note": 1}, False), ("noted", {"x": 1}, False),
     ("dreamt", {}, False), ("renamed", {"old": "a"}, False), ("noted", [], False)],
)  # fmt: skip
def test_what_is_an_event_and_what_is_none(kind, body, read):
    run = "01a20894-8232-770a-89dc-68bab4e41578"
    at = "2026-01-01T00:00:00.000000Z"
    told = read_or_named({"id": run, "run": run, "at": at, "type": kind, "body": body})
    assert isinstance(told, Event if read else str)


@given(st.dictionaries(st.sampled_from(["id", "run", "at", "type", "body", "x"]), json_values))
def test_sound_bytes_of_any_json_are_read_or_named(told):
    rest = json.dumps(told)[1:-1]
    covered = f'{{"knobwise":1,"n":1,"prev":"{NO_LINE}"{"," if rest else ""}{rest}'.encode()
    line = covered + f',"hash":"{digest(covered)}"}}\n'.encode()
    for loads in (json.loads, json_reader()):
        batch = whole(line, "s", loads)
        damage = list(batch.damage)
        events = [event for event, _, _ in decode(batch, damage)]
        assert len(events) + len(damage) >= 1


@given(st.lists(st.sampled_from([MARK, b'"}', b"#torn", b'{"n":1}', b'","', b"x", b"\0"])))
def test_fragments_cover_every_byte_once(parts):
    line = b"".join(parts)
    pieces = list(fragments(line))
    assert b"".join(piece for _, piece, _ in pieces) == line
    position = 0
    for start, piece, _ in pieces:
        assert start == position
        position += len(piece)
