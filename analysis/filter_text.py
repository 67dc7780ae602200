"""A filter to type: what a hint offers behind `--where`, exact and in the journal's own grammar.

The grammar stands in `docs/reading.md`; this module writes what it reads back as the same name and
the same value.
"""

from __future__ import annotations

import math
import re
from collections.abc import Sequence

import pandas as pd

from analysis.frame import Frame
from analysis.results import Scalar
from analysis.runs import scalar
from analysis.space import Parameter

FACTS = ("status", "seed", "seconds", "id", "exit_code")
"""A run's own facts: in a filter these names come before parameters of the same name."""
UNWRITABLE = "FILTER"
"""Stands for a filter that cannot be written: there is no escape within quotes."""
_NAME = re.compile(r"[\w.-]+")
_WORD = re.compile(r"[A-Za-z_][\w./-]*")
_READ_OTHERWISE = {"null", "true", "false", "nan", "inf", "infinity"}
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


def of_block(blocks: pd.DataFrame, name: str, *, parameters: Sequence[str]) -> str:
    """The runs of the first block: the value of one of these parameters, of the context, a seed.

    blocks: (n_runs, n) what sets runs apart; a run without a value is in no block that is named.
    """
    named = blocks[name].dropna()
    value = scalar((named if len(named) else blocks[name]).iloc[0])
    if name in parameters:
        return filter_text(name, "=", value=value)
    written = filter_text(name, "=", value=value, kind="context")
    return written.removeprefix("context.") if name == "seed" else written


def numbers_run(frame: Frame, parameter: Parameter) -> list[int | float]:
    """The different numbers on the parameter's axis, in order and as they were recorded."""
    place = frame.space.names.index(parameter.name)
    found = {row[place] for row in frame.values if row[place] != parameter.atom}
    numbers = (v for v in found if isinstance(v, int | float) and not isinstance(v, bool))
    return sorted(number for number in numbers if abs(number) < math.inf)


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
    if _WORD.fullmatch(value) and value.lower() not in _READ_OTHERWISE:
        return value
    if quoted := _quoted(value):
        return quoted
    return value if _BARE.fullmatch(value) else None  # a quote within a word is a letter


def _quoted(text: str) -> str | None:
    quote = next((quote for quote in "'\"" if quote not in text), None)
    return None if quote is None else f"{quote}{text}{quote}"
