"""What is asked of one frame more than once: by the findings, by the assessment, by parameters."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import TypeVar
from weakref import WeakKeyDictionary

from analysis.frame import Frame

Answer = TypeVar("Answer")


def once_per_frame(work: Callable[[Frame], Answer]) -> Callable[[Frame], Answer]:
    """Remember the answer for as long as there is the frame that it is about."""
    known: WeakKeyDictionary[Frame, Answer] = WeakKeyDictionary()

    @wraps(work)
    def ask(frame: Frame) -> Answer:
        if frame not in known:
            known[frame] = work(frame)
        return known[frame]

    return ask
