"""``NAME=VALUE``, and a name by itself, as a command's word has it: read, and written.

A name that would not be read as itself stands in quotes, as in a filter: ``'a=b'=1``. A quote
within is doubled, as YAML does it: ``'it''s'``.
"""

from __future__ import annotations

import re

from journal.errors import GAP
from journal.values import Scalar, write_scalar

QUOTED = re.compile(r"""'(?:[^']|'')*'|"(?:[^"]|"")*\"""")
"""A name or a text in quotes."""
_PAIR = re.compile(f"({QUOTED.pattern})=(.*)", re.DOTALL)


def read_name(word: str) -> str:
    """The name that a word is: without its quotes, if it has them."""
    if QUOTED.fullmatch(word):
        return word[1:-1].replace(word[0] * 2, word[0])
    return word


def write_name(name: str) -> str:
    """The name as a word that is read as it, alone and before ``=``, and taken for no option."""
    if name[:1] in {"", "-", "'", '"'} or "=" in name or name != name.strip():
        return quoted(name)
    return name


def quoted(text: str) -> str:
    """The text in quotes, those within it doubled if there are both kinds."""
    quote = '"' if "'" in text and '"' not in text else "'"
    return f"{quote}{text.replace(quote, quote * 2)}{quote}"


def quoted_pair(word: str) -> tuple[str, str] | None:
    """The name and the text of a word that begins with a quoted name; None where it does not.

    Other words are read by ``journal.oneshot``, for whose haste this module is too many.
    """
    pair = _PAIR.fullmatch(word)
    return (read_name(pair[1]), pair[2]) if pair else None


def write_pair(name: str, value: Scalar) -> str:
    """The word by which a command is told this value of this name."""
    text = write_scalar(value)
    return f"{write_name(name)}={quoted(text) if text == GAP else text}"
