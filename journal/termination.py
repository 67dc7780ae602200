"""The process's end, while runs are open.

SIGTERM and SIGHUP would end it without a word: the runs say why first. The handler stands only
while a run is open, only in the main thread, and only where nobody else has one. It records the
runs as killed and lets the signal do what it would have done; nothing of the program is unwound,
as nothing would have been. The first process of a container is not ended by it, and leaves then.

A program that ends by itself and has not ended its runs is told so. They stay as they are: whether
it had done what it meant to, or left by ``sys.exit(3)``, is not to be seen from here.
"""

from __future__ import annotations

import atexit
import os
import signal
import threading
from types import FrameType
from typing import Protocol

from journal.counts import counted
from journal.warned import warn

SIGNALS = tuple(
    getattr(signal, name) for name in ("SIGTERM", "SIGHUP") if hasattr(signal, name)
)  # fmt: skip


class Ended(Protocol):
    """Something that wants to know of the end."""

    def _end_by_signal(self, name: str) -> None:
        """Record that the process ends by the signal of this name. Raises nothing."""

    def _left_open(self) -> str:
        """The command that ends it, if it is this process that should have; else empty."""


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
        run._end_by_signal(signal.Signals(number).name)
    os.kill(os.getpid(), number)
    # The first process of a container outlives its own signal; a shell would say this of its end.
    os._exit(128 + number)


@atexit.register
def _tell_left_open() -> None:
    left = [command for run in _open.values() if (command := run._left_open())]
    if left:
        warn(
            f"{counted(len(left), 'run was')} never ended and will read as interrupted: record in "
            f"a block, with journal.run(...) as run:, or call run.finish(); now: {left[0]}"
        )
