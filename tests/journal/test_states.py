"""Random commands by several writers, torn writes among them, against a plain model."""

import os
import shutil
import tempfile
import time
from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import dataclass, field
from pathlib import Path
from unittest import mock

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import Bundle, RuleBasedStateMachine, precondition, rule

import journal
from journal import copying
from journal.events import (
    Amended,
    Declared,
    Defaulted,
    Event,
    Finished,
    Metrics,
    Noted,
    Renamed,
    Retracted,
    Started,
    Tagged,
    Undefaulted,
)
from journal.ids import uuid7
from journal.room import ROOM
from journal.values import Scalar

WRITERS = st.integers(0, 2)
NAMES = st.sampled_from(["lr", "act", "depth"])
VALUES = st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text("aé\n\0")
PARAMS = st.dictionaries(NAMES, VALUES, max_size=3)
METRICS = st.dictionaries(st.sampled_from(["loss", "acc"]), st.floats(allow_nan=False), max_size=2)


@dataclass
class Model:
    """A run as a plain object that is changed in place."""

    params: dict[str, Scalar]
    results: dict[str, float] = field(default_factory=dict)
    series: dict[str, dict[int, float]] = field(default_factory=dict)
    status: str = "running"
    seed: int | None = None
    notes: list[str] = field(default_factory=list)
    tags: set[str] = field(default_factory=set)
    retracted: bool = False
    defaults: set[str] = field(default_factory=set)

    def put(self, params: dict[str, Scalar]) -> None:
        self.params |= params
        self.defaults -= params.keys()

    def drop(self, name: str) -> None:
        self.params.pop(name, None)
        self.defaults.discard(name)

    def metrics(self) -> dict[str, float]:
        last = {name: points[max(points)] for name, points in self.series.items()}
        return last | self.results


class Journals(RuleBasedStateMachine):
    runs = Bundle("runs")

    def __init__(self) -> None:
        super().__init__()
        self.folder = Path(tempfile.mkdtemp())
        self.books = [journal.open(self.folder / "book") for _ in range(3)]
        self.model: dict[str, Model] = {}
        self.directions: dict[str, str] = {}
        ticks: Iterator[int] = iter(range(1_700_000_000 * 10**9, 1_800_000_000 * 10**9, 10**6))
        self.patches = ExitStack()
        self.patches.enter_context(mock.patch.object(time, "time_ns", side_effect=ticks))
        self.patches.enter_context(mock.patch("journal.writer._FEW", 3))
        self.patches.enter_context(mock.patch("journal.held.ROOM_BYTES", 2000))

    def teardown(self) -> None:
        if self.model:
            self.the_journal_is_the_model()
        self.patches.close()
        for book in self.books:
            book.close()
        shutil.rmtree(self.folder)

    def tell(self, writer: int, kind: type[Event], run: str | None, **told: object) -> None:
        book = self.books[writer]
        book.append([kind(id=uuid7(), run=run, at=book.store.now(), **told)])  # type: ignore[arg-type]

    @rule(target=runs, writer=WRITERS, params=PARAMS, metrics=METRICS, seed=st.integers())
    def log(self, writer, params, metrics, seed):
        run = self.books[writer].log(params, metrics=metrics, seed=seed, status="failed")
        self.model[run] = Model(dict(params), dict(metrics), status="failed", seed=seed)
        return run

    @rule(target=runs, writer=WRITERS, params=PARAMS)
    def start(self, writer, params):
        run = uuid7()
        self.tell(writer, Started, run, params=params)
        self.model[run] = Model(dict(params))
        return run

    @rule(writer=WRITERS, run=runs, step=st.integers(0, 9), value=st.floats(allow_nan=False))
    def measure(self, writer, run, step, value):
        self.tell(writer, Metrics, run, step=(step,), name=("loss",), value=(value,))
        self.model[run].series.setdefault("loss", {})[step] = value

    @rule(writer=WRITERS, run=runs, metrics=METRICS, status=st.sampled_from(["finished", "killed"]))
    def finish(self, writer, run, metrics, status):
        self.tell(writer, Finished, run, metrics=metrics, status=status)
        self.model[run].results.update(metrics)
        if self.model[run].status in {"running", "finished"}:  # a failure stands
            self.model[run].status = status

    @rule(writer=WRITERS, run=runs, params=PARAMS, removed=st.lists(NAMES, max_size=1))
    def amend(self, writer, run, params, removed):
        self.tell(writer, Amended, run, params=params, removed=tuple(removed), reason="typo")
        for name in removed:
            self.model[run].drop(name)
        self.model[run].put(params)

    @rule(writer=WRITERS, run=runs)
    def retract(self, writer, run):
        self.tell(writer, Retracted, run, reason="")
        self.model[run].retracted = True

    @rule(writer=WRITERS, run=runs, note=st.text("ab\n", max_size=4))
    def note(self, writer, run, note):
        self.tell(writer, Noted, run, note=note)
        self.model[run].notes.append(note)

    @rule(writer=WRITERS, run=runs, tag=st.sampled_from("xyz"), gone=st.sampled_from("xyz"))
    def tag(self, writer, run, tag, gone):
        self.tell(writer, Tagged, run, tags=(tag,), removed=(gone,))
        self.model[run].tags = self.model[run].tags - {gone} | {tag}

    @rule(writer=WRITERS, old=NAMES, new=NAMES)
    def rename(self, writer, old, new):
        self.tell(writer, Renamed, None, old=old, new=new)
        for model in self.model.values():
            if old in model.params and new not in model.params:
                model.params[new] = model.params.pop(old)
                model.defaults = {new if name == old else name for name in model.defaults}

    @rule(writer=WRITERS, name=NAMES, value=VALUES)
    def default(self, writer, name, value):
        self.tell(writer, Defaulted, None, parameter=name, default=value)
        for model in self.model.values():
            if name not in model.params:
                model.params[name] = value
                model.defaults.add(name)

    @rule(writer=WRITERS, name=NAMES)
    def take_the_default_back(self, writer, name):
        self.tell(writer, Undefaulted, None, parameter=name)
        for model in self.model.values():
            if name in model.defaults:
                model.drop(name)

    @rule(writer=WRITERS, direction=st.sampled_from(["minimize", "maximize"]))
    def declare(self, writer, direction):
        self.tell(writer, Declared, None, metric="loss", direction=direction)
        self.directions["loss"] = direction

    @rule(writer=WRITERS)
    def reopen(self, writer):
        self.books[writer].close()

    @rule(writer=WRITERS, share=st.floats(0.01, 0.99))
    def die_while_writing(self, writer, share):
        book = self.books[writer]
        book.log({"never": "acknowledged"})
        (path,) = (p for p in (self.folder / "book").glob("*.jsonl") if p.name == held(book))
        whole = path.read_bytes()
        data = whole.rstrip(ROOM)
        last = data[:-1].rfind(b"\n") + 1
        kept = data[: last + 1 + int(share * (len(data) - last - 3))]
        path.write_bytes(kept + ROOM * (len(whole) - len(kept) if len(whole) > len(data) else 0))
        kill(book)

    @rule(writer=WRITERS)
    def be_killed(self, writer):
        kill(self.books[writer])

    @precondition(lambda self: self.model)
    @rule()
    def move_the_folder_by_copying(self):
        for book in self.books:
            book.close()
        copy = self.folder / "copy"
        shutil.copytree(self.folder / "book", copy)
        shutil.rmtree(self.folder / "book")
        copy.rename(self.folder / "book")

    @precondition(lambda self: self.model)
    @rule(writer=WRITERS)
    def copy_to_another_journal(self, writer):
        """Copying is complete, and doing it again, or back, adds nothing."""
        with journal.open(self.folder / "other") as other:
            copying.copy(self.books[writer], other)
            assert repr(other.read().events) == repr(self.books[writer].read().events)
            assert copying.copy(self.books[writer], other).new == 0
            assert copying.copy(other, self.books[writer]).new == 0

    @precondition(lambda self: self.model)
    @rule()
    def the_journal_is_the_model(self):
        reading = self.books[0].read()
        assert all(found.harmless for found in reading.damage)
        found = self.books[0].fold()
        assert {run.id for run in found.runs} == set(self.model)
        for run in found.runs:
            model = self.model[run.id]
            assert repr(dict(sorted(run.params.items()))) == repr(
                dict(sorted(model.params.items()))
            )
            assert run.metrics == model.metrics()
            assert (run.status, run.seed) == (model.status, model.seed)
            assert list(run.notes) == model.notes
            assert set(run.tags) == model.tags
            assert (run.retracted is not None) == model.retracted
        directions = {name: told.direction for name, told in found.declarations.metrics.items()}
        assert directions == self.directions
        kept = [run_id for run_id, model in self.model.items() if not model.retracted]
        frame = self.books[0].frame()
        assert set(frame.index) == set(kept)
        for name in self.params_of(kept):
            told = frame[f"params.{name}"].to_dict()
            having = [run_id for run_id in kept if name in self.model[run_id].params]
            assert [told[run_id] for run_id in having] == [
                self.model[run_id].params[name] for run_id in having
            ]

    def params_of(self, runs):
        return {name for run_id in runs for name in self.model[run_id].params}


def held(book):
    return book.store.writer._held.name


def kill(book):
    """Let go as the kernel does: the lock is free, the room is left."""
    writer = book.store.writer
    if writer._held is not None:
        os.close(writer._held.fd)
        writer._held.fd = -1
        writer._held = None


Journals.TestCase.settings = settings(
    max_examples=40, stateful_step_count=30, deadline=None, derandomize=True
)
TestJournals = Journals.TestCase
