"""What people read, in an encoding that may have less than Unicode (``LC_ALL=C``, old terminals).

Tables and reports escape what the encoding cannot say; data (CSV, exports) must come back as it is,
so there it is an error, and JSON has escapes of its own.
"""

from __future__ import annotations

import codecs
import io
import sys
from collections.abc import Iterable
from typing import TextIO

_ELLIPSIS = "…"
_ESCAPED = "knobwise.escaped"


def say(text: str) -> None:
    """Write this to stderr, as lines that a terminal shows: an escape in a value stays a value."""
    show(text.split("\n"), sys.stderr)


def show(lines: Iterable[str], out: TextIO) -> None:
    """Write these, each as the one line that a terminal shows of it, whatever is in its names."""
    out.writelines(f"{printable(line)}\n" for line in lines)


def printable(text: str) -> str:
    """The text with a ? for each character that is none on a screen."""
    if text.isprintable():
        return text
    return "".join(char if char.isprintable() else "?" for char in text)


def escaping() -> None:
    """From here on stdout and stderr escape what their encoding cannot say."""
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper) and not has_all(stream.encoding):
            stream.reconfigure(errors=_ESCAPED)


def sayable(text: str) -> str:
    """The text as stdout will show it: as wide as it will be."""
    encoding = getattr(sys.stdout, "encoding", None) or "utf-8"
    if text.isascii() or has_all(encoding):
        return text
    return text.encode(encoding, _ESCAPED).decode(encoding)


def has_all(encoding: str | None) -> bool:
    """Can this encoding say everything?"""
    return not encoding or codecs.lookup(encoding).name.startswith("utf")


def _escaped(error: UnicodeError) -> tuple[str | bytes, int]:
    if isinstance(error, UnicodeEncodeError) and error.object[error.start] == _ELLIPSIS:
        return "...", error.start + 1
    if isinstance(error, UnicodeEncodeError):
        one = UnicodeEncodeError(
            error.encoding, error.object, error.start, error.start + 1, error.reason
        )
        return codecs.backslashreplace_errors(one)
    raise error


codecs.register_error(_ESCAPED, _escaped)
