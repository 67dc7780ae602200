"""Forks: a child inherits every lock as it is, and nobody who would release it.

Whatever a child may use after a fork beside threads is made anew under `RENEWAL`, and what one
thread imports while it writes is imported under `IMPORTING`, because Python's own lock of a module
that is being imported would stay locked in the child.
"""

from __future__ import annotations

import _thread
import os


class _Renewed:
    """A lock that is free in every new child."""

    def __init__(self) -> None:
        self._lock = _thread.allocate_lock()
        if hasattr(os, "register_at_fork"):
            os.register_at_fork(after_in_child=self._renew)

    def _renew(self) -> None:
        self._lock = _thread.allocate_lock()

    def __enter__(self) -> None:
        self._lock.acquire()

    def __exit__(self, *_: object) -> None:
        self._lock.release()


RENEWAL = _Renewed()
"""Held while something that a child inherited is made anew: by one of its threads only."""
IMPORTING = _thread.allocate_lock()
"""Held while a module is imported by who may be any thread; a fork waits until it is."""
if hasattr(os, "register_at_fork"):
    os.register_at_fork(
        before=IMPORTING.acquire,
        after_in_parent=IMPORTING.release,
        after_in_child=IMPORTING.release,
    )
