"""A filter to type, as ``journal.filters`` reads it back: the same name, the same value."""

from __future__ import annotations

import re

from journal.facts import FACTS
from journal.values import Scalar, read_word

UNWRITABLE = "FILTER"
"""Stands for a filter that cannot be written: there is no escape within quotes."""
_NAME = re.compile(r"[\w.-]+")
_WORD = re.compile(r"[A-Za-z_][\w./-]*")
_BARE = re.compile(r"""[^\s'"<>=!~]\S*""")


def filter_text(name: str, operator: str, *, value: Scalar, kind: str = "") -> str:
    """The runs whose `name` compares so with `value`, to the last digit.

    operator: one of = != < <= > >=. kind: "metrics" where the name must not be taken for a
    parameter's. `UNWRITABLE` where the name, or a text with spaces in it, holds both quotes.
    """
    kind = kind or ("params" if name in FACTS else "")
    left = _name(f"{kind}.{name}" if kind else name)
    right = _value(value)
    return UNWRITABLE if left is None or right is None else f"{left}{operator}{right}"


def _name(name: str) -> str | None:
    return name if _NAME.fullmatch(name) else _quoted(name)


def _value(value: Scalar) -> str | None:
    if value is None:
        return "null"
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, int):
        return repr(int(value))
    if isinstance(value, float):
        return repr(float(value))  # not as numpy spells its own
    if _WORD.fullmatch(value) and isinstance(read_word(value), str):
        return value
    if quoted := _quoted(value):
        return quoted
    return value if _BARE.fullmatch(value) else None  # a quote within a word is a letter


def _quoted(text: str) -> str | None:
    quote = next((quote for quote in "'\"" if quote not in text), None)
    return None if quote is None else f"{quote}{text}{quote}"
