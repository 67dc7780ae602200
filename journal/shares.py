"""A large journal read by as many processes as there are processors.

Python parses one line at a time, and segments do not depend on each other: whoever is free takes
the next one, this process from the front, its helpers from the back. A helper keeps what it read
until the end, so that nobody is interrupted by it. One that cannot be started, or fails, costs only
time: its segments are read here.
"""

from __future__ import annotations

import contextlib
import os
import pickle
import subprocess
import sys
import threading
from collections import deque
from collections.abc import Callable, Iterable, Iterator, Sequence
from pathlib import Path
from typing import Self

from journal.collector import paused
from journal.columns import Plain
from journal.folder import FolderStore, scan_files
from journal.portions import Portion
from journal.segments import Batch
from journal.store import Store

SHARE_BYTES = 64 << 20
"""A smaller share is read sooner than a helper starts."""
_SERVE = "from journal import shares; shares.serve()"
_READ = b"."
"""What a helper says when it has read a segment."""

Told = tuple[Plain, list[Portion]]
"""What some segments tell."""


def read_plainly(store: Store) -> Told:
    """The store's plain runs. Raises NotPlain, BodyError: see ``journal.columns.Plain``."""
    if not isinstance(store, FolderStore):
        return _read(store.batches())
    segments = store.segments()
    waiting = deque(range(len(segments)))
    told: dict[int, Told] = {}
    with contextlib.ExitStack() as stack:
        helpers = [stack.enter_context(Helper(segments, waiting)) for _ in range(_wanted(segments))]
        while (index := _next(waiting.popleft)) is not None:
            told[index] = _read(scan_files([segments[index]]))
        for helper in helpers:
            told.update(helper.told())
    whole = Plain()
    portions: list[Portion] = []
    for index, path in enumerate(segments):
        plain, more = told[index] if index in told else _read(scan_files([path]))
        whole.add(plain)
        portions += more
    return whole, portions


class Helper:
    """A process that reads segments from the back of those that wait, as long as there are any."""

    def __init__(self, segments: Sequence[Path], waiting: deque[int]) -> None:
        self._segments = segments
        self._waiting = waiting
        self._taken: list[int] = []
        self._thread = threading.Thread(target=self._employ, daemon=True)

    def __enter__(self) -> Self:
        command = [sys.executable or "python", "-P", "-c", _SERVE]
        environment = {**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)}
        pipe, null = subprocess.PIPE, subprocess.DEVNULL
        try:
            self._process = subprocess.Popen(
                command, stdin=pipe, stdout=pipe, stderr=null, env=environment
            )
        except OSError:
            return self
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        if self._thread.ident is not None:
            self._process.kill()
            self._thread.join()
            with contextlib.suppress(BrokenPipeError):
                self._process.__exit__(None, None, None)

    def _employ(self) -> None:
        """Hand it a segment whenever it has read one."""
        mouth, ear = self._process.stdin, self._process.stdout
        assert mouth is not None
        assert ear is not None
        with contextlib.suppress(OSError), mouth:
            while (index := _next(self._waiting.pop)) is not None:
                self._taken.append(index)
                pickle.dump(self._segments[index], mouth)
                mouth.flush()
                if ear.read(1) != _READ:
                    return

    def told(self) -> Iterator[tuple[int, Told]]:
        """What it read, by segment; without those at which it failed."""
        if self._thread.ident is None:
            return
        self._thread.join()
        assert self._process.stdout is not None
        for index in self._taken:
            try:
                yield index, pickle.load(self._process.stdout)
            except (EOFError, pickle.UnpicklingError, OSError):
                return


def serve() -> None:
    """Be a helper: paths come in by stdin, what they tell goes out by stdout once no more come."""
    kept: list[bytes] = []
    with paused():
        while True:
            try:
                path: Path = pickle.load(sys.stdin.buffer)
            except EOFError:
                break
            kept.append(pickle.dumps(_read(scan_files([path])), pickle.HIGHEST_PROTOCOL))
            sys.stdout.buffer.write(_READ)
            sys.stdout.buffer.flush()
        for told in kept:
            sys.stdout.buffer.write(told)


def _read(batches: Iterable[Batch]) -> Told:
    plain = Plain()
    return plain, [Portion(columns) for columns in plain.portions(batches)]


def _next(take: Callable[[], int]) -> int | None:
    try:
        return take()
    except IndexError:
        return None


def _wanted(segments: Sequence[Path]) -> int:
    """How many helpers are worth their start."""
    whole = sum(map(_size, segments))
    return max(0, min(_processors(), len(segments), whole // SHARE_BYTES) - 1)


def _size(path: Path) -> int:
    try:
        return path.stat().st_size
    except OSError:
        return 0  # reading it will say what is wrong


def _processors() -> int:
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1
