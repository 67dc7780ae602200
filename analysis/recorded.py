"""A recorded command line, read as `knobwise run` reads it when it is recorded."""

from __future__ import annotations

import shlex
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from itertools import islice

from analysis.commands import split
from analysis.numerals import shown
from analysis.results_runs import Scalar, Setting
from journal import flags
from journal.identity import same
from journal.shell import quoted
from journal.values import read_word

MOST_READ, MOST_KEPT = 500, 20
"""Commands that are looked at for how parameters are told, and that are kept of them."""


@dataclass(frozen=True)
class Part:
    """Words that belong together, quoted as they stand; with a name, those that tell a parameter.

    head: what stands before the values, `--lr` or `lr=`; empty for a flag that is there or not.
    """

    words: tuple[str, ...]
    name: str = ""
    values: tuple[str, ...] = ()
    head: str = ""

    def says(self, value: Scalar) -> bool:
        """Whether the one value that is told is this."""
        return len(self.values) == 1 and reads_as(self.values[0], value)


@dataclass(frozen=True)
class Recorded:
    """A command as it was recorded, and the settings of its run where they are known."""

    command: str
    settings: Mapping[str, Scalar] = field(default_factory=dict)

    @cached_property
    def parts(self) -> list[Part]:
        """Its words in their order, those that tell a parameter together; the program first."""
        words = split(self.command)
        texts = [_text(word) for word in words]
        words = [w if shown(w) == w else quoted(t) for w, t in zip(words, texts, strict=True)]
        made, place = list[Part](), 0
        for part in flags.parts(texts):
            end = place + part.n_words
            made.append(Part(tuple(words[place:end]), part.name, part.values, part.head))
            place = end
        return made

    @cached_property
    def parameters(self) -> dict[str, str]:
        """What `knobwise run` takes for parameters, their values as text; the last one counts."""
        told = [part for part in self.parts if part.name]
        found = {flags.recorded_name(part.name): part.values for part in told}
        read: dict[str, str] = {}
        for name, texts in found.items():
            for place, text in enumerate(texts):
                read.setdefault(f"{name}.{place}" if len(texts) > 1 else name, text)
        return read


def reads_as(text: str, value: Scalar) -> bool:
    """Whether a word is read as this value."""
    return same(read_word(text), value)


def telling(commands: Iterable[str]) -> tuple[str, ...]:
    """Of some commands those that tell a parameter in a way that none before them shows."""
    known: set[tuple[str, str]] = set()
    kept = []
    for command in islice(dict.fromkeys(commands), MOST_READ):
        parts = [part for part in Recorded(command).parts if part.name]
        ways = {(part.name, part.head or part.words[0]) for part in parts}
        if not ways <= known:
            kept.append(command)
            known |= ways
    return tuple(kept[:MOST_KEPT])


def listed(name: str) -> tuple[str, int] | None:
    """The list that a parameter is in, and its place there: hidden.1 is in hidden."""
    base, _, place = name.rpartition(".")
    return (base, int(place)) if base and place.isdecimal() else None


def unbroken(settings: Setting, names: Iterable[str]) -> Setting:
    """The settings without what stands in a list behind a place without a value.

    names: all parameters. Each place of a list is one, hidden.0 and hidden.1, and a list of two has
    no third; where the list has a single value, hidden, it has no places.
    """
    told, ends = dict(settings), dict[str, int]()
    for name in names:
        base, place = listed(name) or ("", 0)
        if base and told.get(base) is not None:
            ends[base] = -1
        elif base and told.get(name) is None:
            ends[base] = min(place, ends.get(base, place))

    def stands(name: str) -> bool:
        base, place = listed(name) or ("", 0)
        return place <= ends.get(base, place)

    return tuple((name, value) for name, value in settings if stands(name))


def _text(word: str) -> str:
    """What a program is told by a shell's word; the word itself where that is not to be told."""
    try:
        return word if word.startswith("$'") else "".join(shlex.split(word))
    except ValueError:
        return word
