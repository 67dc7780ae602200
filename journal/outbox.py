"""What a recording has yet to write, and the rule that a failing disk never stops a training.

``measure`` only puts values into columns: it waits for no disk. The flusher (``journal.flusher``)
makes events of the columns and appends them. An event that could not be written stays, with its
id and time, and is appended again later; should an earlier attempt have reached the disk after
all, it is the same event and is read once. At the process's end what still cannot be written goes
to a journal of its own in the temporary folder, to be copied into the real one.

Two locks: the columns' is held for moments only; the writing one while the disk is waited for.
"""

from __future__ import annotations

import contextlib
import os
import tempfile
import threading
import time
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from pathlib import Path

from journal.addresses import shown, typed
from journal.errors import JournalError, ValueRefused, WriteFailed
from journal.events import Amended, Event, Metrics
from journal.flusher import flusher
from journal.folder import FolderStore
from journal.forks import RENEWAL
from journal.ids import uuid7
from journal.lines import LINE_BYTES
from journal.shell import quoted
from journal.store import Store

MOST_WAITING = 1_000_000
"""Values kept in memory while the disk refuses (some 100 MB); later ones are dropped, counted."""
_MANY = 200_000
"""So many values are not left to the flusher: who logs faster than it writes must wait for it."""
_RETRY_SECONDS = (0.5, 30.0)
"""The first and the longest wait between two attempts."""
_VALUE_BYTES = 64
"""At most, of a step and a value in a line, beside the name."""

Maker = Callable[[datetime], Event]
"""Makes an event once its time is known."""


class Outbox:
    """Events of one run on their way to a store. Safe under threads and after fork."""

    def __init__(self, store: Store, run: str, *, strict: bool, warn: Callable[..., None]) -> None:
        self.store = store
        self.run = run
        self.strict = strict
        self.dropped = 0
        self._warn = warn
        self._warned = False
        self._empty()

    def _empty(self) -> None:
        """Begin anew: in a forked child, what waits is the parent's to write."""
        self._lock = threading.Lock()
        self._writing = threading.Lock()
        self._steps: list[int] = []
        self._names: list[str] = []
        self._values: list[float] = []
        self._results: dict[str, float] = {}
        self._queue: list[Event] = []
        self._queued_values = 0
        self._watched = False
        self._failure: Exception | None = None
        self._attempts = 0
        self._retry_at = 0.0
        self._pid = os.getpid()

    def measure(self, step: int, values: Mapping[str, float]) -> None:
        """Have these values written within the second."""
        self._after_fork()
        self._complain()
        with self._lock:
            if len(self._steps) + self._queued_values + len(values) > MOST_WAITING:
                self.dropped += len(values)
                return
            steps, names, measured = [step] * len(values), list(values), list(values.values())
            self._steps += steps  # no call from here on: a signal's handler comes between none
            self._names += names
            self._values += measured
            watched, self._watched = self._watched, True
            many = len(self._steps) > _MANY and self._failure is None
        if not watched:
            flusher.watch(self)
        if many:
            self.flush_quietly()

    def result(self, values: Mapping[str, float]) -> None:
        """Have these results written within the second, unless the run ends before."""
        self._after_fork()
        self._complain()
        with self._lock:
            self._results.update(values)
            watched, self._watched = self._watched, True
        if not watched:
            flusher.watch(self)

    def post(self, make: Maker, *, replaces_results: bool = False) -> None:
        """Write an event now, after all that waits. Raises ValueRefused; if strict, WriteFailed."""
        self._after_fork()
        try:
            with self._writing:
                if replaces_results:
                    self._results = {}
                self._collect()
                self._queue.append(make(self._now()))
                self._write()
        except BaseException:  # Ctrl-C in the middle of the write, say
            flusher.watch(self)
            raise

    def discard(self) -> None:
        """Let go of what waits: a run that could not begin leaves nothing."""
        with self._writing, self._lock:
            self._let_go(len(self._queue))

    def flush(self) -> None:
        """Write what waits now. Raises WriteFailed if strict."""
        self._after_fork()
        try:
            with self._writing:
                self._collect()
                self._write()
        except BaseException:
            flusher.watch(self)
            raise

    def flush_quietly(self) -> bool:
        """See ``journal.flusher.Waiting``."""
        if self._pid != os.getpid():
            return True
        if time.monotonic() < self._retry_at:
            return False
        with self._writing:
            self._collect()
            with contextlib.suppress(JournalError):  # kept: a strict run's next call raises it
                self._write()
            return not self._queue

    def flush_at_exit(self) -> None:
        """See ``journal.flusher.Waiting``."""
        self._retry_at = 0.0
        if not self.flush_quietly():
            with self._writing:
                self._rescue(self._queue)

    def post_by_signal(self, make: Maker | None) -> None:
        """Write what waits and this event, whatever the main thread was doing: it is this thread.

        It may hold any lock, so none is waited for long, and the store is not touched: another
        takes its place. What was being written is written again; it is read once.
        """
        if self._pid != os.getpid():
            self._empty()
        now = datetime.now(UTC)
        locked = self._lock.acquire(timeout=1.0)
        if make is not None:
            self._results = {}  # the run's end has them
        self._enqueue(now)
        events = [*self._queue, *([make(now)] if make else [])]
        if locked:
            self._lock.release()
        if not events:
            return
        from journal.journal import open as open_journal

        try:
            with open_journal(self.store.home) as book:
                book.append(events)
        except Exception:  # noqa: BLE001 - the process is ending: nobody is left to tell
            self._rescue(events)

    def close(self) -> None:
        """Let go of the store, unless something waits for it."""
        with self._writing:
            if not (self._queue or self._steps or self._results):
                self.store.close()

    def _after_fork(self) -> None:
        if self._pid != os.getpid():
            with RENEWAL:
                if self._pid != os.getpid():
                    self._empty()

    def _complain(self) -> None:
        if self.strict and self._failure is not None:
            failure, self._failure = self._failure, None
            raise failure

    def _now(self) -> datetime:
        try:
            return self.store.now()
        except Exception:  # noqa: BLE001 - a store that cannot be written has no time to offer
            return datetime.now(UTC)

    def _collect(self) -> None:
        """Make events of what is in the columns."""
        self._watched = False
        if self._steps or self._results:
            at = self._now()
            with self._lock:
                self._enqueue(at)

    def _enqueue(self, at: datetime) -> None:
        """The same under the columns' lock: they are emptied in one step, or left as they are."""
        events = self._metrics(self._steps, self._names, self._values, at)
        if self._results:
            events.append(Amended(id=uuid7(), run=self.run, at=at, metrics=self._results))
        self._queued_values += len(self._steps)
        self._queue += events
        self._steps, self._names, self._values, self._results = [], [], [], {}

    def _metrics(
        self, steps: list[int], names: list[str], values: list[float], at: datetime
    ) -> list[Event]:
        """As few events as their lines' length allows."""
        if not steps:
            return []
        longest = max(len(name.encode()) for name in set(names))
        rows = LINE_BYTES // 2 // (2 * longest + _VALUE_BYTES)
        return [
            Metrics(
                id=uuid7(), run=self.run, at=at, step=tuple(steps[start : start + rows]),
                name=tuple(names[start : start + rows]), value=tuple(values[start : start + rows]),
            )
            for start in range(0, len(steps), rows)
        ]  # fmt: skip

    def _write(self) -> None:
        """Append the queue. Raises ValueRefused; WriteFailed if strict."""
        try:
            if self._queue:
                self._append()
        except ValueRefused:
            raise
        except Exception as failed:
            self._postpone(failed)
            if self.strict:
                known = isinstance(failed, JournalError)
                raise failed if known else WriteFailed(str(failed)) from failed
        else:
            self._failure, self._attempts, self._retry_at = None, 0, 0.0

    def _append(self) -> None:
        waiting = list(self._queue)
        try:
            self.store.append(waiting)
        except ValueRefused:
            self._append_one_by_one(waiting)
        else:
            self._let_go(len(waiting))

    def _append_one_by_one(self, waiting: list[Event]) -> None:
        """One of them is refused and would stop all: it is let go, and told."""
        refusal: ValueRefused | None = None
        for event in waiting:
            try:
                self.store.append([event])
            except ValueRefused as refused:
                refusal = refusal or refused
            self._let_go(1)
        if refusal is not None:
            raise refusal

    def _let_go(self, events: int) -> None:
        """So many events, the oldest, wait no more."""
        gone = [len(one.step) for one in self._queue[:events] if isinstance(one, Metrics)]
        self._queued_values -= sum(gone)
        del self._queue[:events]

    def _postpone(self, failed: Exception) -> None:
        self._failure = failed
        first, longest = _RETRY_SECONDS
        self._retry_at = time.monotonic() + min(first * 2**self._attempts, longest)
        self._attempts = min(self._attempts + 1, 20)
        flusher.watch(self)  # first: as an error the warning is raised
        if not (self.strict or self._warned):
            self._warned = True
            kept = "; what cannot be written is kept in memory and tried again; the program goes on"
            self._warn(f"run {self.run} is not being recorded", failed, kept)

    def _rescue(self, events: list[Event]) -> None:
        try:
            folder = tempfile.mkdtemp(prefix="knobwise-rescued-")
            FolderStore(Path(folder)).append(events)
        except Exception as failed:  # noqa: BLE001 - the last resort failed too
            self._warn(f"run {self.run}: {len(events)} events are lost", failed)
            return
        where = self.store.address
        copy = " ".join(map(quoted, ("knobwise", "copy", folder, typed(where))))
        said = f"could not be written to {shown(where)} and is kept in {folder}: {copy}"
        self._warn(f"run {self.run} {said}")
