"""A filter to type, as ``journal.filters`` reads it back: the same name, the same value."""

from __future__ import annotations

import re

from journal.facts import FACTS
from journal.pairs import quoted
from journal.values import Scalar, read_word

_NAME = re.compile(r"[\w.][\w.-]*")
_WORD = re.compile(r"[A-Za-z_][\w./-]*")


def filter_text(name: str, operator: str, *, value: Scalar, kind: str = "") -> str:
    """The runs whose `name` compares so with `value`, to the last digit.

    operator: one of = != < <= > >=. kind: "metrics" where the name must not be taken for a
    parameter's.
    """
    kind = kind or ("params" if name in FACTS else "")
    name = f"{kind}.{name}" if kind else name
    return f"{name if _NAME.fullmatch(name) else quoted(name)}{operator}{_value(value)}"


def _value(value: Scalar) -> str:
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
    return quoted(value)
