"""Signals that reach the wrapper, handed on to the program.

They are blocked everywhere and taken by a thread of their own, which learns what a handler would
not: whether the terminal sent a signal (Ctrl-C; then the program, in the same process group, has
had it already) or somebody sent it to the wrapper alone.
"""

from __future__ import annotations

import contextlib
import os
import signal
import threading
from collections.abc import Callable
from typing import Self

_NAMES = ("SIGINT", "SIGTERM", "SIGHUP", "SIGQUIT", "SIGUSR1", "SIGUSR2", "SIGWINCH")
_FROM_KERNEL = 0x80
_WAKE = signal.SIGUSR2
"""Sent to the thread to end it."""
ENDING = frozenset({signal.SIGINT, signal.SIGTERM, signal.SIGHUP, signal.SIGQUIT})
"""Signals that ask a program to end."""


class Relay:
    """Hands signals on while it is entered. ``received``: those that came, in order."""

    def __init__(self) -> None:
        self.received: list[int] = []
        numbers = [getattr(signal, name) for name in _NAMES]
        ignored = {n for n in numbers if signal.getsignal(n) is signal.SIG_IGN}
        self._signals = (set(numbers) - ignored) | {_WAKE}
        self._stopping = False
        self._pid = 0
        self._thread: threading.Thread | None = None
        self.mask: set[int] = set()

    def __enter__(self) -> Self:
        self.mask = set(signal.pthread_sigmask(signal.SIG_BLOCK, self._signals))
        return self

    def __exit__(self, *exc: object) -> None:
        thread = self._thread
        if thread is not None and thread.ident is not None:
            self._stopping = True
            signal.pthread_kill(thread.ident, _WAKE)
            thread.join()
        signal.pthread_sigmask(signal.SIG_SETMASK, self.mask)

    def begin(self, pid: int, resize: Callable[[], None]) -> None:
        """Hand signals on to this process; ``resize`` when the terminal's size has changed."""
        self._pid = pid
        work = threading.Thread(
            target=self._work, args=(resize,), name="knobwise-signals", daemon=True
        )
        work.start()
        self._thread = work

    def ended(self) -> None:
        """The process is gone: its pid may soon be another's."""
        self._pid = 0

    @property
    def asked_to_end(self) -> int | None:
        """The first signal that asked for the end."""
        return next((number for number in self.received if number in ENDING), None)

    def _work(self, resize: Callable[[], None]) -> None:
        while True:
            number, typed = _wait(self._signals)
            if self._stopping:
                return
            self.received.append(number)
            if number == signal.SIGWINCH:
                with contextlib.suppress(OSError):
                    resize()
            if self._pid and (not typed or number == signal.SIGWINCH):
                with contextlib.suppress(OSError):
                    os.kill(self._pid, number)


def _wait(signals: set[int]) -> tuple[int, bool]:
    """The next signal, and whether the terminal sent it to the whole process group."""
    if hasattr(signal, "sigwaitinfo"):
        told = signal.sigwaitinfo(signals)
        return told.si_signo, told.si_code == _FROM_KERNEL
    number = signal.sigwait(signals)
    return number, number in {signal.SIGINT, signal.SIGQUIT} and _in_foreground()


def _in_foreground() -> bool:
    try:
        terminal = os.open("/dev/tty", os.O_RDONLY)
    except OSError:
        return False
    try:
        return os.tcgetpgrp(terminal) == os.getpgrp()
    except OSError:
        return False
    finally:
        os.close(terminal)
