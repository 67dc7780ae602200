"""How wide a text is in a terminal: Hangul, Han and most emoji take two columns, accents none."""

from __future__ import annotations

import unicodedata
from collections.abc import Collection


def width_of(text: str) -> int:
    """The columns that a terminal shows this text in, escapes and controls replaced by one each."""
    return len(text) if text.isascii() else sum(map(_column, text))


def _column(char: str) -> int:
    if unicodedata.category(char) in {"Mn", "Me"}:
        return 0
    return 2 if unicodedata.east_asian_width(char) in {"W", "F"} else 1


def widest(texts: Collection[str]) -> int:
    """The columns of the widest of these; 0 of none."""
    measure = len if all(map(str.isascii, texts)) else width_of
    return max(map(measure, texts), default=0)


def flush_left(text: str, wide: int) -> str:
    """The text and spaces, in so many columns."""
    return text.ljust(wide + len(text) - width_of(text))


def flush_right(text: str, wide: int) -> str:
    """Spaces and the text, in so many columns."""
    return text.rjust(wide + len(text) - width_of(text))


def cut(text: str, wide: int) -> str:
    """At most so many columns of the text; an ellipsis stands for the rest."""
    if width_of(text) <= wide:
        return text
    taken = 0
    for place, char in enumerate(text):
        taken += _column(char)
        if taken > wide - 1:
            return text[:place] + "…"
    return text
