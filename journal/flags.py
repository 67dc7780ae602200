"""A command line's flags as parameters.

    --lr 3e-4    --lr=3e-4    --hidden 64 32    --amp    --no-amp    optim.lr=0.1    +optim.lr=0.1

A flag takes the word after it, unless that is a flag; further words only where all are numbers
(``hidden.0``, ``hidden.1``), so that a file named after a number is no number's sibling. A flag
without a value is true, ``--no-NAME`` false. Of a flag that is given again the last counts, as for
argparse, click and Hydra; programs that collect them are rarer, and not to be told from here.
Dashes in names become underscores, as argparse names them, so that a program that records the same
parameter itself means the same one. Short flags (``-m``, ``-b``) are left out: whose they are is
not to be told. Words after a bare ``--`` are no flags. ``--seed`` with an integer is the
replicate's seed. What looks like a secret, or is named like one, is left out.
"""

from __future__ import annotations

import os
import re
from collections.abc import Iterator, Sequence
from typing import NamedTuple

from journal import values
from journal.errors import ValueRefused
from journal.redaction import is_secret
from journal.values import Scalar, read_word

_FLAG = re.compile(r"--([^\W\d][\w.\-/]*)(?:=(.*))?", re.DOTALL)
_ASSIGNED = re.compile(r"\+{0,2}([^\W\d][\w.\-/@]*)=(.*)", re.DOTALL)
_NUMBER = re.compile(r"[-+]?(\d[\d_]*\.?\d*|\.\d+)([eE][-+]?\d+)?|[-+]?(inf|nan)", re.IGNORECASE)


def flag_parameters(words: Sequence[str]) -> tuple[dict[str, Scalar], int | None]:
    """The parameters and the seed that a command's words give; the program is the first word."""
    given = {name: texts[-1] for name, texts in _given(words).items()}
    found = {
        name: [read_word(text) for text in texts]
        for name, texts in given.items()
        if not _hold_secret(name, texts)
    }
    seed: int | None = None
    told = found.get("seed", [])
    if len(told) == 1 and type(told[0]) is int:
        seed = told[0]
        del found["seed"]
    params: dict[str, Scalar] = {}
    for name, scalars in found.items():
        try:
            flat = values.parameters({name: scalars[0] if len(scalars) == 1 else scalars})
        except ValueRefused:
            continue  # too long to be a parameter: the recorded command line has it
        params.update((key, value) for key, value in flat.items() if key not in params)
    return params, seed


def overridden(words: Sequence[str]) -> list[str]:
    """The names of flags that are given again with another value: the last alone is recorded."""
    return [name for name, texts in _given(words).items() if any(one != texts[0] for one in texts)]


def cut_short(words: Sequence[str]) -> list[str]:
    """The names of flags whose text is followed by further words, which are not recorded.

    They may be values of it or arguments of the program: that is not to be told from here.
    """
    found, place, last = list[str](), 0, Part(0)
    for part in parts(words):
        is_text = last.n_words > 1 and not _NUMBER.fullmatch(last.values[0])
        if is_text and not part.name and not words[place].startswith("-"):
            found.append(recorded_name(last.name))
        place, last = place + part.n_words, part
    return list(dict.fromkeys(found))


def withheld(words: Sequence[str]) -> list[str]:
    """The names of flags that look like credentials: these are no parameters."""
    return [name for name, texts in _given(words).items() if _hold_secret(name, texts[-1])]


def _hold_secret(name: str, texts: Sequence[str]) -> bool:
    return any(is_secret(name, text) for text in texts)


def _given(words: Sequence[str]) -> dict[str, list[list[str]]]:
    """What each flag is given, every time."""
    given: dict[str, list[list[str]]] = {}
    for part in parts(words):
        if part.name:
            given.setdefault(recorded_name(part.name), []).append(list(part.values))
    return given


class Part(NamedTuple):
    """Words that belong together: those that tell a parameter, or any others.

    n_words: how many of the command's words these are. name: as it is told; empty for other words.
    head: what stands before the values, ``--lr`` or ``lr=``; empty where there is or is no flag.
    """

    n_words: int
    name: str = ""
    values: tuple[str, ...] = ()
    head: str = ""


def parts(words: Sequence[str]) -> Iterator[Part]:
    """A command's words from first to last, the program first; what stands behind ``--`` is one."""
    place = _program_end(words)
    yield Part(min(place, len(words)))
    while place < len(words):
        part = _part(words, place)
        yield part
        place += part.n_words


def recorded_name(told: str) -> str:
    """The parameter that a flag of this name is."""
    return told.replace("-", "_")


def _part(words: Sequence[str], place: int) -> Part:
    word = words[place]
    if word == "--":
        return Part(len(words) - place)
    told = _FLAG.fullmatch(word) or _ASSIGNED.fullmatch(word)
    if told is None:
        return Part(1)
    name, value = told[1], told[2]
    if value is not None:
        return Part(1, name, (value,), word[: told.start(2)])
    if following := _values(words, place + 1, name):
        return Part(1 + len(following), name, tuple(following), word)
    if name.startswith("no-"):
        return Part(1, name[3:], ("false",))
    return Part(1, name, ("true",))


def _values(words: Sequence[str], place: int, name: str) -> Sequence[str]:
    """The words from here that are this flag's values."""
    first = words[place] if place < len(words) else "--"
    if _NUMBER.fullmatch(first):
        end = place
        while end < len(words) and _NUMBER.fullmatch(words[end]):
            end += 1
        return words[place:end]
    if first.startswith("-"):
        return ()
    if _ASSIGNED.fullmatch(first) and not is_secret(recorded_name(name), first):
        return ()  # a credential may hold or end in an equals sign
    return (first,)


def _program_end(words: Sequence[str]) -> int:
    """Where the program's own words begin: after it, and after ``env NAME=VALUE``."""
    place = 0
    if words and os.path.basename(words[0]) == "env":  # noqa: PTH119 - a word, not a path
        place = 1
        while place < len(words) and (words[place][:1] == "-" or "=" in words[place]):
            place += 1
    return place + 1
