"""A question about one run: the answer and the damage of a whole reading, without its work."""

import json
import random
import warnings
from pathlib import Path
from typing import Any

import pytest

import journal
from journal import store
from journal.bodies import event_of
from journal.ids import ends_told, is_called, uuid7
from journal.lines import NO_LINE, digest
from journal.packing import BodyError
from journal.plain import are_logged
from journal.sieve import read_about
from tests.journal.test_export import grown
from tests.journal.test_fuzz import mutate

RUN = "01a20894-8232-770a-89dc-68bab4e41578"
AT = "2026-01-01T00:00:00.000000Z"


def line(record):
    """A sound line 1, whoever wrote it."""
    covered = json.dumps({"knobwise": 1, "n": 1, "prev": NO_LINE, **record})[:-1].encode()
    return covered + f',"hash":"{digest(covered)}"}}\n'.encode()


def the_same(book, told):
    """Is what is about these as a whole reading has it? (NaN is NaN here.)"""
    every, ends = store.read(book.store), ends_told(told)
    about = [e for e in every.events if e.run is None or is_called(e.run, ends)]
    some = read_about(book.store, told)
    return (repr(list(some.events)), some.damage) == (repr(about), every.damage)


def test_of_a_run_all_is_read_and_all_damage_is_found_whatever_became_of_the_files():
    with grown("a") as book:
        runs = [run.id for run in book.fold().runs]
    segments = sorted(Path("a").glob("*.jsonl"))
    sound = [segment.read_bytes() for segment in segments]
    rng, damaged = random.Random(3), 0
    for _ in range(150):
        for segment, data in zip(segments, sound, strict=True):
            segment.write_bytes(mutate(data, rng) if rng.random() < 0.7 else data)
        run = rng.choice(runs)
        for told in ([run], [run[-5:].upper()], [f" {run[:11]}"], [run, rng.choice(runs)], [""]):
            assert the_same(book, told)
        damaged += bool(store.read(book.store).damage)
    assert damaged > 50


@pytest.mark.parametrize(
    "change",
    [{}, {"body": {"note": "other"}}, {"run": uuid7()}, {"at": AT}, {"type": "noted"}, {"id": [1]},
     {"body": {"note": 1}}, {"body": {"context": []}}, {"run": None}, {"id": "é" * 36}],
)  # fmt: skip
@pytest.mark.parametrize("asked", [0, 1])
def test_two_lines_of_one_id_are_held_against_each_other_whomever_they_are_about(
    book, change, asked
):
    runs = [book.log({"i": i}, metrics={"m": 0.5}) for i in range(9)]
    book.close()
    (segment,) = book.store.folder.glob("*.jsonl")
    told = json.loads(segment.read_bytes().splitlines()[4])
    kept = {key: told[key] for key in ("id", "run", "at", "type", "body")}
    for name in ("0.jsonl", "zz.jsonl"):  # read before it, and after it
        (book.store.folder / name).write_bytes(line({**kept, **change}))
    assert the_same(book, [runs[4 + asked]])
    assert bool(store.read(book.store).damage) == bool(change)


def test_runs_that_are_not_asked_for_become_no_events(book, knobwise, monkeypatch):
    monkeypatch.setenv("KNOBWISE_JOURNAL", book.address)
    runs = [book.log({"lr": i / 100}, metrics={"acc": i / 7}) for i in range(100)]
    book.close()
    made = []

    def counting(record):
        made.append(record)
        return event_of(record)

    monkeypatch.setattr(store, "event_of", counting)
    one, other = runs[3], runs[9]
    for words in (["show", one], ["show", one[-9:]], ["diff", one, other], ["amend", one, "lr=1"],
                  ["retract", one, other, "--reason", "r"]):  # fmt: skip
        made.clear()
        assert knobwise(*words).status == 0
        assert 1 <= len(made) <= 4, words
    begun = knobwise("start", "lr=2").out.strip()
    for going_on in (
        lambda: book.run(resume=one),
        lambda: knobwise("metric", begun[-9:], "loss=1"),
        lambda: knobwise("finish", begun[-9:]),
    ):
        made.clear()
        going_on()
        assert 1 <= len(made) <= 9
    made.clear()
    assert len(journal.open(book.address).read().events) == len(made) == 106  # it is counted


WHOLE: dict[str, Any] = {
    "params": {"a": 1, "b": None}, "metrics": {"m": 0.5}, "seed": 0, "status": "failed",
    "tags": ["t"], "note": "n", "began": AT, "seconds": 1.5, "context": {"c": [1]},
}  # fmt: skip
PARTS: dict[str, Any] = {"id": RUN, "run": RUN, "at": AT, "body": WHOLE}
ATOMS: list[Any] = [
    None,
    True,
    1,
    1 << 70,
    0.5,
    "x",
    AT,
    AT.replace("01-01", "02-30"),
    RUN.upper(),
    "failed",
]
ODD = [*ATOMS, [], *([atom] for atom in ATOMS), {}]
ODD += [{"a": value} for value in [*ATOMS, {"int": "5"}, []]]


def read_alone(record):
    """Is this an event, as a reader of one line sees it?"""
    try:
        event_of({"type": "logged", **record})
    except BodyError:
        return False
    return True


@pytest.mark.parametrize("part", [*PARTS, *WHOLE, "reason"])
def test_lines_that_look_like_events_at_a_glance_are_events(part):
    seen = []
    for value in ODD:
        changed = {part: value} if part in PARTS else {"body": {**WHOLE, part: value}}
        record = {**PARTS, **changed}
        seen.append((are_logged([PARTS, record]), read_alone(record)))
        assert seen[-1] != (True, False), value
    assert are_logged([PARTS, PARTS])
    assert (False, False) in seen  # what is none is among these, of each part


@pytest.mark.parametrize(
    ("part", "value"),
    [("id", [1]), ("id", None), ("id", ...), ("run", {}), ("run", "x"), ("at", None),
     ("at", ...), ("body", []), ("body", ...), ("type", [1]), ("type", ...), ("began", None),
     ("began", ""), ("context", []), ("seed", "x"), ("seconds", "x"), ("note", "an event")],
)  # fmt: skip
def test_the_table_has_no_run_of_a_line_that_is_no_event(book, part, value):
    kept = book.log({"lr": 1})
    book.close()
    told = {"type": "logged", **PARTS, "body": dict(WHOLE)}
    inner = told["body"] if part in {*WHOLE} else told
    inner[part] = value
    if value is ...:
        del inner[part]
    (book.store.folder / "0.jsonl").write_bytes(line(told))
    assert len(store.read(book.store).damage) == (part != "note")
    with warnings.catch_warnings(record=True) as said:
        warnings.simplefilter("always")
        assert {*book.frame().index} == ({kept} if part != "note" else {kept, RUN})
    assert len(said) == (part != "note")


@pytest.mark.parametrize("part", PARTS)
def test_a_line_without_one_of_its_parts_is_no_event_at_a_glance(part):
    assert not are_logged([PARTS, {key: told for key, told in PARTS.items() if key != part}])


def test_what_an_editor_did_to_the_first_line_is_said(book):
    run = book.log({"lr": 1})
    book.close()
    (segment,) = book.store.folder.glob("*.jsonl")
    segment.write_bytes(b"\xef\xbb\xbf" + segment.read_bytes())
    reading = read_about(book.store, [run])
    assert [event.id for event in reading.events] == [run]
    (damage,) = reading.damage
    assert "an editor put a byte order mark before the first line" in str(damage)
