"""The table: right types, absent and null told apart, and the quick way equal to the long one."""

import json
from datetime import UTC, datetime, timedelta

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import journal
from journal import columns, portions, tables
from journal.bodies import entry_of
from journal.entries import logged_body
from journal.events import (
    Amended,
    Declared,
    Defaulted,
    Event,
    Finished,
    Logged,
    Metrics,
    Noted,
    Renamed,
    Retracted,
    Started,
    Tagged,
)
from journal.folder import FolderStore
from journal.lines import Record
from journal.segments import Batch

TEXT = str(pd.Series(["a"], dtype="str").dtype)  # before pandas 3 that is object
AT = datetime(2026, 1, 1, tzinfo=UTC)
IDS = [f"01a20894-8232-770a-89dc-{i:012x}" for i in range(200)]

scalars = (
    st.none()
    | st.booleans()
    | st.integers(-(2**65), 2**65)
    | st.floats()
    | st.sampled_from(["relu", "tanh", "", "1"])
)
params = st.dictionaries(st.sampled_from("abc"), scalars, max_size=3)
measured = st.dictionaries(st.sampled_from("ab"), st.floats(), max_size=2)


class Memory:
    """A store of events in memory, a few to a batch."""

    address = "memory"

    def __init__(self, events):
        self.events = events

    def batches(self):
        for start in range(0, len(self.events), 3):
            batch = Batch(segment="memory")
            for n, event in enumerate(self.events[start : start + 3], start=start + 1):
                id_, run, at, kind, body = json.loads(json.dumps(entry_of(event)))
                record: Record = {"n": n, "id": id_, "run": run, "at": at, "type": kind}
                batch.records.append(record | {"body": body})
                batch.offsets.append(0)
            yield batch


@st.composite
def histories(draw):
    events: list[Event] = []
    for number in range(draw(st.integers(0, 12))):
        run = IDS[draw(st.integers(0, 5))]
        about = {"id": IDS[10 + number], "run": run, "at": AT + timedelta(seconds=number)}
        kind = draw(st.sampled_from("llllllsmfarntRDd"))
        p, m = draw(params), draw(measured)
        made: dict[str, Event] = {
            "l": Logged(
                **about, params=p, metrics=m, seed=draw(st.none() | st.integers(0, 3)),
                status=draw(st.sampled_from(["finished", "failed"])),
                began=draw(st.none() | st.just(AT - timedelta(days=number))),
                tags=tuple(draw(st.lists(st.sampled_from("xy"), max_size=2))),
                note=draw(st.none() | st.just("hm")), seconds=draw(st.none() | st.floats(0, 9)),
            ),
            "s": Started(**about, params=p),
            "m": Metrics(**about, step=(1, 2), name=("a", "b"), value=(0.5, 1.5)),
            "f": Finished(**about, status="failed", metrics=m),
            "a": Amended(**about, params=p, metrics=m, removed=("c",)),
            "r": Retracted(**about),
            "n": Noted(**about, note="n"),
            "t": Tagged(**about, tags=("z",)),
            "R": Renamed(**(about | {"run": None}), old="a", new="d"),
            "D": Defaulted(**(about | {"run": None}), parameter="b", default=1),
            "d": Declared(**(about | {"run": None}), metric="a", direction="minimize"),
        }  # fmt: skip
        events.append(made[kind])
    return draw(st.permutations(events))


@given(events=histories())
@settings(max_examples=150)
def test_the_quick_way_answers_as_the_long_way(events):
    store = Memory(events)
    long = tables._join([portions.Portion(columns.of_store(store)[0])])
    quick = tables.frame(store)
    assert set(quick.columns) == set(long.columns)  # in whatever order they were met
    pd.testing.assert_frame_equal(quick[long.columns], long)


def test_plain_runs_go_the_quick_way(book, monkeypatch):
    for i in range(5):
        book.log({"x": i})
    monkeypatch.delattr(tables, "of_store")
    assert list(book.frame()["params.x"]) == [0, 1, 2, 3, 4]


def test_plain_runs_of_several_segments_go_the_quick_way(book, monkeypatch):
    others = [journal.open(book.address) for _ in range(3)]
    for i in range(12):
        others[i % 3].log({"x": i})
    others[1].log({"x": -1}, at=AT)
    monkeypatch.delattr(tables, "of_store")
    assert list(book.frame()["params.x"]) == [-1, *range(12)]


def test_columns_have_the_narrowest_type_that_keeps_every_value(book):
    book.log({"f": 0.5, "i": 1, "mix": 1, "big": 2**70, "s": "relu", "b": True, "n": None, "t": 1})
    book.log({"f": float("inf"), "i": 2, "mix": 0.5, "big": 1, "s": "tanh", "b": False, "t": "a"},
             metrics={"m": 1}, seed=0)  # fmt: skip
    book.log({"f": 1.5, "some": 3, "flag": True})
    frame = book.frame()
    kinds = {name: str(frame[f"params.{name}"].dtype) for name in ["f", "i", "mix", "big", "s"]}
    assert kinds == {"f": "float64", "i": "Int64", "mix": "float64", "big": "object", "s": TEXT}
    assert str(frame["params.b"].dtype) == "boolean"
    assert str(frame["seed"].dtype) == "Int64"
    assert frame["params.n"].iloc[0] is None
    assert frame["params.n"].iloc[1] is not None
    assert list(frame["params.t"].iloc[:2]) == [1, "a"]
    assert frame["params.big"].iloc[0] == 2**70
    assert frame["metrics.m"].tolist()[1] == 1.0
    assert str(frame["started_at"].dtype).startswith("datetime64[us, UTC")
    assert frame.index.is_unique


def test_null_beside_text_stays_null_and_absent_stays_absent(book):
    book.log({"n": None})
    book.log({"n": ""})
    assert book.frame()["params.n"].tolist() == [None, ""]
    book.log({})
    told = book.frame()["params.n"].tolist()
    assert told[:2] == [None, ""]
    assert told[2] is not None
    assert np.isnan(told[2])


def test_a_whole_column_of_one_type_is_that_type(book):
    for i in range(3):
        book.log({"i": i, "b": True, "s": "a"}, metrics={"m": i})
    kinds = book.frame().dtypes.astype(str)
    assert (kinds["params.i"], kinds["params.b"], kinds["params.s"]) == ("int64", "bool", TEXT)


def test_an_empty_journal_is_an_empty_table(book):
    book.store.append([])
    assert book.frame().shape == (0, 6)


def test_damage_is_warned_of_and_the_rest_is_there(book):
    for i in range(3):
        book.log({"i": i})
    (segment,) = FolderStore(book.store.folder).folder.glob("*.jsonl")
    segment.write_bytes(segment.read_bytes().replace(b'"i":1', b'"i":8'))
    with pytest.warns(journal.DamageWarning, match="altered"):
        frame = book.frame()
    assert list(frame["params.i"]) == [0, 2]


@given(p=params, m=measured, seed=st.none() | st.integers(), note=st.none() | st.text("ab"))
def test_the_short_cut_of_log_writes_what_the_event_would(p, m, seed, note):
    book = journal.open("unused")
    book.store.now = lambda: AT  # type: ignore[method-assign]
    made = book.logged(p, metrics=m, seed=seed, note=note, status="failed", tags=["t"], seconds=1)
    body = logged_body(p, metrics=m, seed=seed, note=note, status="failed", tags=["t"], seconds=1)
    assert repr(entry_of(made)[4]) == repr(body)


def test_nan_and_missing_metrics_are_nan(book):
    book.log({}, metrics={"m": np.nan})
    book.log({})
    assert book.frame()["metrics.m"].isna().all()
