"""A run while it happens: what ``journal.run`` hands out."""

from __future__ import annotations

import os
import time
from collections.abc import Callable, Mapping, Sequence
from functools import partial
from types import MappingProxyType, TracebackType
from typing import TYPE_CHECKING, Self, TypeVar

from journal import values
from journal.addresses import typed
from journal.endings import Ending, brief, ending_of, told
from journal.entries import STATUSES, one_of, whole_step
from journal.errors import ValueRefused
from journal.events import Finished, Noted, Started, Tagged
from journal.ids import uuid7
from journal.joining import join
from journal.outbox import Outbox
from journal.packing import Json
from journal.processes import this_process
from journal.shell import quoted
from journal.termination import guard, release
from journal.values import Scalar
from journal.warned import warn

if TYPE_CHECKING:
    from datetime import datetime

    from journal.journal import Journal

R = TypeVar("R")


class Recording:
    """A run under way, made by ``journal.run``. Safe under threads, fork and multiprocessing.

    A process forked within the run, and one that the recording was sent to, may log; only the
    process that began the run ends it.
    """

    _handles_signals = True

    def __init__(
        self,
        book: Journal,
        *,
        params: Mapping[str, object],
        seed: object = None,
        tags: Sequence[str] = (),
        note: str | None = None,
        run: str | None = None,
        earlier_seconds: float = 0.0,
        begins: bool = True,
        closes: bool = False,
        strict: bool = False,
    ) -> None:
        joined = join(book.store.home) if run is None and begins else None
        self.id = run or joined or uuid7()
        self.strict = strict
        self._context: dict[str, Json] = {}
        self._earlier_seconds = earlier_seconds
        self._joined, self._goes_on = joined is not None, begins and run is not None
        self._book = book
        self._closes = closes
        self._params = values.parameters(params)
        self._seed = values.seed(seed)
        self._tags = values.labels(tags)
        self._note = None if note is None else values.note(note)
        self._state = "new" if begins else "guest"
        self._pid, self._began = os.getpid(), time.monotonic()
        self._ending = Ending("finished")
        self._results: dict[str, float] = {}
        self._told: set[str] = set()
        self._out = Outbox(book.store, self.id, strict=strict, warn=self._warn)

    def __repr__(self) -> str:
        return f"<Recording {self.id} {self._state}>"

    def __reduce__(self) -> tuple[Callable[[str, str], Recording], tuple[str, str]]:
        from journal.recorder import guest

        self.start()  # a guest logs into a run that is there
        return partial(guest, strict=self.strict), (self._book.store.home, self.id)

    def __call__(self, function: Callable[..., R]) -> Callable[..., R]:
        """Make every call of the function a run like this one: ``journal.decorated``."""
        from journal.decorated import decorated

        return decorated(function, self)

    @property
    def params(self) -> Mapping[str, Scalar]:
        """The parameters given here, flat."""
        return MappingProxyType(self._params)

    @property
    def seed(self) -> int | None:
        """The seed, which tells replicates apart."""
        return self._seed

    def start(self) -> Self:
        """Begin the run, as ``with`` does: when it returns, the run is on disk.

        Raises ValueRefused, and WriteFailed if strict.
        """
        if self._state != "new":
            return self
        self._pid, self._began = os.getpid(), time.monotonic()
        context = {**self._provenance(), **self._context}
        self._state = "ended"
        try:
            self._out.post(
                lambda at: Started(
                    id=uuid7(), run=self.id, at=at, params=self._params, seed=self._seed,
                    tags=self._tags, note=self._note, process=this_process(), context=context,
                )
            )  # fmt: skip
        except BaseException:
            self._out.discard()
            raise
        self._run_on()
        return self

    def _run_on(self) -> None:
        self._state = "running"
        if self._handles_signals:
            guard(self)

    def log(self, step: int, metrics: Mapping[str, object] | None = None, **named: object) -> None:
        """Record values measured at a step; they are on disk within a second.

        ``run.log(10, loss=0.3)``, or a mapping for names that no argument can have. What cannot
        be recorded is warned of and left out; with ``strict`` it raises ValueRefused.
        """
        measured = self._measured(metrics, named)
        if self._ready() and (at := self._step(step)) is not None:
            self._out.measure(at, measured)

    def result(self, metrics: Mapping[str, object] | None = None, /, **named: object) -> None:
        """Record what came out of the run; a metric given again replaces."""
        measured = self._measured(metrics, named)
        if self._ready():
            self._results.update(measured)
            self._out.result(measured)

    def fail(self, reason: str) -> None:
        """The run has failed (diverged, say); the block goes on to its end."""
        if self._ready():
            self._ending = Ending("failed", brief(str(reason)))

    def note(self, text: str) -> None:
        """Add a remark."""
        try:
            told = values.note(str(text))
        except ValueRefused as refused:
            self._refused("a note", refused)
        else:
            if self._ready():
                self._out.post(lambda at: Noted(id=uuid7(), run=self.id, at=at, note=told))

    def tag(self, *labels: str) -> None:
        """Add labels."""
        try:
            told = values.labels(labels)
        except ValueRefused as refused:
            self._refused("a tag", refused)
        else:
            if self._ready():
                self._out.post(lambda at: Tagged(id=uuid7(), run=self.id, at=at, tags=told))

    def flush(self) -> None:
        """Have everything logged so far on disk. Raises WriteFailed if strict."""
        self._out.flush()

    def finish(
        self,
        status: str | None = None,
        *,
        error: str | None = None,
        exit_code: int | None = None,
        context: Mapping[str, Json] | None = None,
    ) -> None:
        """End the run, as ``with`` does; not twice, nor as a guest. Raises ValueRefused."""
        one_of(status, STATUSES, what="the status")
        self._ending = told(status, self._ending, error=error, exit_code=exit_code, context=context)
        self._finish()

    def __enter__(self) -> Self:
        return self.start()

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        if error is not None:
            self._ending = ending_of(error)
        try:
            self._finish()
        except Exception as failed:
            if error is None:
                raise
            error.add_note(f"and the run could not be recorded: {failed}")

    def _end_by_signal(self, name: str) -> None:
        mine = self._state == "running" and self._pid == os.getpid()
        self._ending = Ending("killed", name)
        self._out.post_by_signal(self._finished if mine else None)

    def _left_open(self) -> str:
        if self._pid != os.getpid() or self._joined:
            return ""
        return f"knobwise finish {self.id} --journal {quoted(typed(self._book.store.home))}"

    def _warn(self, message: str, error: Exception | None = None, then: str = "") -> None:
        warn(message + ("" if error is None else f": {error}") + then)

    def _finish(self) -> None:
        if self._state != "running" or self._pid != os.getpid():
            self._out.flush()
            return
        self._state = "ended"
        release(self)
        try:
            self._out.post(self._finished, replaces_results=True)
        except ValueRefused:
            self._run_on()
            raise
        if self._out.dropped:
            self._warn(f"run {self.id}: {self._out.dropped} values had no room and are lost")
        if self._closes:
            self._out.close()

    def _finished(self, at: datetime) -> Finished:
        dropped: dict[str, Json] = {"dropped_values": n} if (n := self._out.dropped) else {}
        return Finished(
            id=uuid7(), run=self.id, at=at, status=self._ending.status, error=self._ending.error,
            exit_code=self._ending.exit_code, metrics=self._results,
            seconds=self._earlier_seconds + time.monotonic() - self._began,
            context={**self._ending.context, **dropped},
        )  # fmt: skip

    def _ready(self) -> bool:
        """Is there a run to record into? One that was not started yet is started."""
        if self._state == "new":
            self.start()
        if self._state == "ended":
            hint = "record within the block, or go on with it: journal.run(resume=run.id)"
            self._refused("", ValueRefused(f"the run {self.id} has ended", hint=hint))
            return False
        return True

    def _refused(self, what: str, refused: ValueRefused) -> None:
        """An error if strict; else a warning, once for each metric or other thing refused."""
        if self.strict:
            raise refused
        if what not in self._told:
            self._told.add(what)
            self._warn(f"run {self.id}: {refused}; it is left out")

    def _step(self, step: object) -> int | None:
        try:
            return whole_step(step)
        except ValueRefused as refused:
            self._refused("a step", refused)
            return None

    def _measured(
        self, metrics: Mapping[str, object] | None, named: Mapping[str, object]
    ) -> dict[str, float]:
        sound: dict[str, float] = {}
        told = named
        if metrics is not None:
            try:
                told = {**values.mapping(metrics, "metrics are"), **named}
            except ValueRefused as refused:
                self._refused("metrics", refused)
        for name, value in told.items():
            try:
                sound[values.check_name(str(name))] = values.number(value, str(name))
            except ValueRefused as refused:
                self._refused(f"the metric {name}", refused)
        return sound

    def _provenance(self) -> Mapping[str, Json]:
        from journal.provenance import of_joined_process, of_this_process

        try:
            return of_joined_process() if self._joined else of_this_process()
        except Exception:  # noqa: BLE001 - where it came from is worth nothing without the run
            return {}
