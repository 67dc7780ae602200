"""The report's fixed words in one language, and how sentences are put together from them.

A language is one flat file, `analysis/lang/<code>.json`: key -> text with `{named}` gaps; a key
that depends on a count exists as `key.one` and `key.other`. A *voice* fills the gaps for one
rendering: it decides how a parameter's name or a command looks there, and escapes what must be.
"""

from __future__ import annotations

import json
import string
from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import cache
from importlib.resources import files
from typing import TYPE_CHECKING

from analysis.commands import completed, named
from analysis.errors import Misused
from analysis.numerals import setting, shown
from analysis.results_runs import Said, Scalar
from journal.shell import quoted

if TYPE_CHECKING:
    from analysis.results import Report

LANGUAGES = ("en", "ko")
MOST_NAMES = 7
MOST_OF_ALL = 40
"""Names that are listed where all are wanted."""
Fact = Scalar | Said | tuple[Said | str, ...]


@dataclass(frozen=True)
class Words:
    """The texts of one language."""

    language: str
    texts: dict[str, str]

    def __getitem__(self, key: str) -> str:
        return self.texts[key]

    def __contains__(self, key: str) -> bool:
        return key in self.texts

    def get(self, key: str, otherwise: str) -> str:
        """The text of a key that only some codes have, such as a finding's title."""
        return self.texts.get(key, otherwise)


@cache
def words(language: str = "en") -> Words:
    """The words of a language.

    Raises: Misused when the language is not one of `LANGUAGES`.
    """
    if language not in LANGUAGES:
        raise Misused(
            f"no language {language!r}",
            where="language",
            flag="--lang",
            hint=f"choose from {', '.join(LANGUAGES)}",
            word=f"{language}",
        )
    text = (files("analysis") / "lang" / f"{language}.json").read_text(encoding="utf-8")
    return Words(language, json.loads(text))


@dataclass(frozen=True)
class Voice:
    """Sentences as plain text; Markdown and HTML have voices of their own.

    about: the report that is told, so that a command in a sentence asks what the report was asked.
    """

    words: Words
    about: Report | None = field(default=None, compare=False, repr=False)

    def name(self, name: str) -> str:
        """A parameter's name."""
        return shown(name)

    def whole(self, name: str) -> str:
        """A parameter's name where it must not be cut: in the table of all of them."""
        return self.name(name)

    def code(self, text: str) -> str:
        """A command or a value to type."""
        return shown(text)

    def command(self, text: str) -> str:
        """A command in a sentence."""
        return self.code(text)

    def text(self, text: str) -> str:
        """Foreign text: a finding's message, a metric's unit."""
        return shown(text)

    def say(self, key: str, **gaps: object) -> str:
        """The text of a key with its gaps filled."""
        return self.words[key].format(**gaps)

    def count(self, key: str, n: int, **gaps: object) -> str:
        """The text of `key.one` or `key.other`, with `n` among the gaps."""
        return self.say(f"{key}.{'one' if n == 1 else 'other'}", n=f"{n:,}", **gaps)

    def told(self, sentence: Said | None, otherwise: str) -> str:
        """A sentence of the analysis, or foreign text where a report has only that."""
        known = self.known(sentence)
        return self.text(otherwise) if known is None else known

    def advised(self, sentence: Said | None, otherwise: str) -> str:
        """The hint of a sentence, or foreign text where a report has only that."""
        if sentence is None or self.known(sentence) is None:
            return self.text(otherwise)
        return self.hint(sentence)

    def known(self, sentence: Said | None) -> str | None:
        """A sentence; None where a report of another version says what this one does not know."""
        return None if sentence is None else self._tried(sentence.key, sentence)

    def worded(self, sentence: Said) -> str:
        """A sentence of the analysis; what stands between backticks is something to type."""
        return self._sentence(sentence.key, dict(sentence.facts))

    def hint(self, sentence: Said) -> str:
        """What would help: the sentence's own hint, or that of its kind; empty without one.

        Empty, too, where it names a command and the report's runs are of no journal.
        """
        key = self._by(sentence) if self.asked_by(sentence) else self._hint(sentence)
        if not key or not self._typable(key):
            return ""
        return self._tried(key, sentence) or ""

    def _typable(self, key: str) -> bool:
        """Whether every command in the sentence can be typed: there may be no journal to ask."""
        if self.about is None:
            return True
        return all(completed(command, self.about) for command in self.words[key].split("`")[1::2])

    def asked_by(self, sentence: Said) -> bool:
        """Whether the report was asked `--by` or `--step` what the hint would advise to ask."""
        asked = self.about.provenance.asked if self.about else ()
        told, key = dict(sentence.facts), self._hint(sentence)
        hint = self.words[key] if key else ""
        named = any(
            option in ("by", "step") and f"--{option} " in hint and value in told.values()
            for option, value in asked
        )
        by = self._by(sentence)
        return named and by in self.words and self._told(by, sentence)

    def _told(self, key: str, sentence: Said) -> bool:
        """Whether the sentence's facts fill this text."""
        gaps = string.Formatter().parse(self.words[key])
        return {gap for _, gap, _, _ in gaps if gap is not None} <= dict(sentence.facts).keys()

    def _by(self, sentence: Said) -> str:
        return f"by.{self._hint(sentence).removeprefix('says.').removesuffix('.hint')}"

    def _hint(self, sentence: Said) -> str:
        head, _, _ = sentence.key.rpartition(".")
        return next((k for k in (f"{sentence.key}.hint", f"{head}.hint") if k in self.words), "")

    def _tried(self, key: str, sentence: Said) -> str | None:
        """A text with the sentence's facts; None where there is none such, or they do not fill it.

        A report of another version may know more than is said here, or less.
        """
        try:
            return self._sentence(key, dict(sentence.facts))
        except (KeyError, ValueError):
            return None

    def _sentence(self, key: str, facts: dict[str, Fact]) -> str:
        plain = Voice(self.words)
        pieces = self.words[key].split("`")
        made = [
            self._typed(plain._filled(piece, facts)) if typed % 2 else self._filled(piece, facts)
            for typed, piece in enumerate(pieces)
        ]
        return self.join(made, "")

    def _typed(self, text: str) -> str:
        return self.command(completed(text, self.about) if self.about else text)

    def _filled(self, text: str, facts: dict[str, Fact]) -> str:
        made = []
        for fixed, gap, form, _ in string.Formatter().parse(text):
            made.append(self.fixed(fixed))
            if gap is not None:
                made.append(self.fact(facts[gap], form or ""))
        return self.join(made, "")

    def fixed(self, text: str) -> str:
        """The catalogue's own words."""
        return text

    def fact(self, value: Fact, form: str) -> str:
        """A fact in a sentence: a name, a value, a percentage, a word for the shell, a list.

        Names are the first few, or all of them. Other forms are those of Python's `format`.
        """
        if isinstance(value, Said):
            return self.worded(value)
        if isinstance(value, tuple):
            names = [name for name in value if isinstance(name, str)]
            if form in ("names", "all"):
                return self.names(names, most=MOST_OF_ALL if form == "all" else MOST_NAMES)
            between = {";": self.words["list.groups"], " ": " "}
            separator = between.get(form, self.words["list.comma"])
            return self.join([self.fact(item, "") for item in value], separator)
        if form == "name":
            return self.name(str(value))
        if form == "value":
            return self.code(setting(value))
        if form == "shell":
            return quoted(str(value))
        if form == "typed":
            return named(str(value))
        if form in ("%", "%1") and isinstance(value, int | float):
            return self.fixed(f"{100 * value:.{len(form) - 1}f} %")
        if isinstance(value, str) or value is None:
            return self.text(setting(value))
        return self.fixed(format(value, form or ","))

    def join(self, parts: Sequence[str], separator: str) -> str:
        """Finished parts in a row."""
        return separator.join(parts)

    def listed(self, parts: Sequence[str], *, last: str = "and") -> str:
        """Finished parts as a list in a sentence: a, b and c."""
        if len(parts) < 2:
            return self.join(parts, "")
        head = self.join(parts[:-1], self.words["list.comma"])
        return self.join((head, parts[-1]), self.words[f"list.{last}"])

    def names(self, names: Sequence[str], *, last: str = "and", most: int = MOST_NAMES) -> str:
        """Parameters' names as a list in a sentence; of many only the first."""
        if len(names) <= most + 1:
            return self.listed([self.name(name) for name in names], last=last)
        parts = [self.name(name) for name in names[:most]]
        more = self.say("list.more", n=len(names) - most)
        return self.join((self.join(parts, self.words["list.comma"]), more), " ")
