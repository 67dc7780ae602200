"""The thread that writes what recordings have waiting, twice a second.

One daemon thread per process, only while something waits. It is stopped before a fork (a thread
that is not there cannot hold a lock in the child, and Python warns of forks beside threads) and
started again after it, in the parent. What still waits at the process's end is written then.
"""

from __future__ import annotations

import atexit
import os
import sys
import threading
from collections.abc import Callable
from typing import Protocol

INTERVAL_SECONDS = 0.5
"""How often; with the write itself, what was logged is on disk within a second."""
_FORK_SECONDS = 5.0


class Waiting(Protocol):
    """Something that has events to write."""

    def flush_quietly(self) -> bool:
        """Write what waits and raise nothing; False where something is left."""

    def flush_at_exit(self) -> None:
        """Write what waits, somewhere: there is no later."""


class Flusher:
    """Writes what is waiting, in the background. Safe under threads and after fork."""

    def __init__(self) -> None:
        self._begin()
        if hasattr(os, "register_at_fork"):
            os.register_at_fork(
                before=self._pause, after_in_parent=self._resume, after_in_child=self._begin
            )
        atexit.register(self.flush_at_exit)

    def _begin(self) -> None:
        self._lock = threading.Lock()
        self._stop = threading.Event()
        self._waiting: dict[int, Waiting] = {}
        self._thread: threading.Thread | None = None
        self._finalized = False
        self._complained = False

    def watch(self, waiting: Waiting) -> None:
        """Flush this within the second."""
        self._finalize_with_multiprocessing()
        with self._lock:
            self._waiting[id(waiting)] = waiting
            self._start()

    def flush_at_exit(self) -> None:
        """Write all that waits, now; at the process's end."""
        self._pause()
        with self._lock:
            waiting = list(self._waiting.values())
            self._waiting.clear()
        for one in waiting:
            self._contained(one.flush_at_exit)

    def _start(self) -> None:
        if self._thread is None or not self._thread.is_alive():
            self._stop.clear()
            thread = threading.Thread(target=self._work, name="knobwise-flush", daemon=True)
            try:
                thread.start()
            except RuntimeError:  # the interpreter is ending: flush_at_exit comes
                return
            self._thread = thread

    def _work(self) -> None:
        while not self._stop.wait(INTERVAL_SECONDS):
            with self._lock:
                due = list(self._waiting.values())
                self._waiting.clear()
                if not due:
                    self._thread = None
                    return
            for one in due:
                if not self._contained(one.flush_quietly):
                    with self._lock:
                        self._waiting.setdefault(id(one), one)

    def _contained(self, flush: Callable[[], bool | None]) -> bool | None:
        """What it answers; None after an exception, of which the first is shown: others wait too.

        It raises a warning, say, where warnings are errors.
        """
        try:
            return flush()
        except Exception as error:  # noqa: BLE001 - whatever it is, the thread goes on
            if not self._complained:
                self._complained = True
                sys.excepthook(type(error), error, error.__traceback__)
            return None

    def _pause(self) -> None:
        with self._lock:
            thread, self._thread = self._thread, None
        if thread is not None and thread is not threading.current_thread():
            self._stop.set()
            thread.join(_FORK_SECONDS)

    def _resume(self) -> None:
        with self._lock:
            if self._waiting:
                self._start()

    def _finalize_with_multiprocessing(self) -> None:
        """Its children end without ``atexit``, but run finalizers."""
        util = sys.modules.get("multiprocessing.util")
        process = sys.modules.get("multiprocessing.process")
        if self._finalized or util is None or process is None or process.parent_process() is None:
            return
        self._finalized = True
        util.Finalize(None, self.flush_at_exit, exitpriority=100)


flusher = Flusher()
"""This process's."""
