"""SIGTERM and SIGHUP, whose default is to end a process without a word: the runs say why first.

The handler stands only while a run is open, only in the main thread, and only where nobody else
has one. It records the runs as killed and lets the signal do what it would have done; nothing of
the program is unwound, as nothing would have been.
"""

from __future__ import annotations

import os
import signal
import threading
from types import FrameType
from typing import Protocol

SIGNALS = tuple(
    getattr(signal, name) for name in ("SIGTERM", "SIGHUP") if hasattr(signal, name)
)  # fmt: skip


class Ended(Protocol):
    """Something that wants to know of the end."""

    def end_by_signal(self, name: str) -> None:
        """Record that the process ends by the signal of this name. Raises nothing."""


_open: dict[int, Ended] = {}


def guard(run: Ended) -> None:
    """Tell this run when the process is ended by a signal."""
    _open[id(run)] = run
    if threading.current_thread() is threading.main_thread():
        for number in SIGNALS:
            if signal.getsignal(number) is signal.SIG_DFL:
                signal.signal(number, _end)


def release(run: Ended) -> None:
    """Do not tell it any more; with the last run the handler goes."""
    _open.pop(id(run), None)
    if not _open and threading.current_thread() is threading.main_thread():
        for number in SIGNALS:
            if signal.getsignal(number) is _end:
                signal.signal(number, signal.SIG_DFL)


def _end(number: int, _frame: FrameType | None) -> None:
    signal.signal(number, signal.SIG_DFL)
    for run in list(_open.values()):
        run.end_by_signal(signal.Signals(number).name)
    os.kill(os.getpid(), number)
