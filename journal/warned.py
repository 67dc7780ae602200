"""Warnings of a recording, at the line of the program that they are about."""

from __future__ import annotations

import sys
import warnings
from types import FrameType


class RecordingWarning(UserWarning):
    """Something of a run is not recorded; the run itself goes on."""


def warn(message: str) -> None:
    """Warn, every time. Where no line of the program called (the flusher did) none is named."""
    frame = _calling()
    if frame is None:
        warnings.warn_explicit(message, RecordingWarning, "knobwise", 0)
    else:
        file, line = frame.f_code.co_filename, frame.f_lineno
        warnings.warn_explicit(message, RecordingWarning, file, line, module=_module(frame))


def _calling() -> FrameType | None:
    """The innermost frame that is neither this package's nor Python's own (a thread, asyncio)."""
    frame: FrameType | None = sys._getframe(1)
    while frame is not None:
        package = _module(frame).partition(".")[0]
        if package != "journal" and package not in sys.stdlib_module_names:
            return frame
        frame = frame.f_back
    return None


def _module(frame: FrameType) -> str:
    return str(frame.f_globals.get("__name__", ""))
