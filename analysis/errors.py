"""What the analyst raises.

    AnalysisError                root: message, where it happened, what would cure it
    ├── InputError               the runs or a file cannot be read as asked (exit 1)
    │   ├── ReportUnreadable     a saved report cannot be read back
    │   └── Misused              usage: the request itself is wrong (exit 2)
    │       ├── UnknownMetric    no run carries the metric
    │       ├── UnknownParameter no run carries the parameter
    │       └── DirectionUnknown neither declared nor given
    └── Withheld                 the runs cannot support an answer (exit 3 with --strict)
        ├── TooFewRuns           fewer configurations than any claim needs
        ├── ConstantObjective    the metric never changes
        └── NoiseUnknown         no replicates and no residual to learn the noise from

Raise where it happens; the command prints ``flag``, ``message`` and ``typed`` on stderr, once.
Usage is what another command line would cure: a value that an option does not take, options that
exclude each other, a name that no run has, a filter that no run meets. The journal's commands exit
2 for the same.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from functools import cache
from types import NoneType
from typing import TYPE_CHECKING, Literal, Self, TypeVar, get_args, get_origin, get_type_hints

if TYPE_CHECKING:
    from analysis.results_runs import Said


Choice = TypeVar("Choice")
LONGEST = 60
"""Characters of a value that are shown in a message."""


class AnalysisError(Exception):
    """Root of everything this package raises on purpose.

    where: such as the argument that cannot be; flag: what a command calls the same. hint: what
    cures it in Python; typed: what does in a shell, where that is something else. word: the one of
    a command line that it is about.
    """

    def __init__(
        self,
        message: str,
        *,
        where: str = "",
        flag: str = "",
        hint: str = "",
        typed: str = "",
        word: str = "",
    ) -> None:
        super().__init__(message)
        self.message = message
        self.where = where
        self.flag = flag or where
        self.hint = hint
        self.typed = typed or hint
        self.word = word

    def __str__(self) -> str:
        head = f"{self.where}: {self.message}" if self.where else self.message
        return f"{head}\n  {self.hint}" if self.hint else head


class InputError(AnalysisError):
    """The runs, a file or the request cannot be read as asked."""


class Misused(InputError):
    """The request itself is wrong, as the command line can tell: usage."""


class UnknownMetric(Misused):
    """No run carries the metric."""


class UnknownParameter(Misused):
    """No run carries the parameter."""


class DirectionUnknown(Misused):
    """Whether high or low values are good was neither declared nor given."""


class ReportUnreadable(InputError):
    """A saved report cannot be read back."""


class Withheld(AnalysisError):
    """The runs cannot support an answer; `says` is the reason for a reader of any language."""

    says: Said

    @classmethod
    def said(cls, sentence: Said, *, where: str = "") -> Self:
        """The reason as a sentence of the catalogue, its hint as the cure."""
        from analysis.sentences import english, english_hint

        made = cls(english(sentence), where=where, hint=english_hint(sentence))
        made.says = sentence
        return made


class TooFewRuns(Withheld):
    """Fewer configurations than any claim needs."""


class ConstantObjective(Withheld):
    """The metric never changes."""


class NoiseUnknown(Withheld):
    """There is nothing to learn the noise from."""


def chosen(word: str, known: Mapping[str, Choice], *, where: str) -> Choice:
    """What the word stands for. Raises `Misused` for one that is not known."""
    told: object = word
    if not isinstance(told, str) or told not in known:
        raise Misused(
            f"{shown(told)} is none of its values",
            where=where,
            hint=among(told, known, said="one of"),
            word=f"{told}",
        )
    return known[told]


def among(word: object, known: Iterable[str], *, said: str) -> str:
    """A hint: the few words that are known, and which of them may be meant."""
    listed, near = f"{said} {', '.join(known)}", meant(word, known)
    return f"{listed}; {near}" if near else listed


def meant(word: object, known: Iterable[str], *, otherwise: str = "") -> str:
    """A hint: which of the known names the word may stand for, or what to say instead."""
    from journal.guesses import guess

    return guess(word, known, otherwise=otherwise) if isinstance(word, str) else otherwise


def shown(given: object) -> str:
    """What was given, in a line; what takes several is called by its type."""
    text = repr(given)
    return text if len(text) <= LONGEST and "\n" not in text else f"a {type(given).__name__}"


def require_kind(given: object, kind: type, *, what: str, hint: str) -> None:
    """Raises `Misused` for anything but one of that type."""
    if not isinstance(given, kind):
        found = type(given).__name__
        raise Misused(f"{what} is a {kind.__name__}, not {found}", hint=hint)


def require_known(settings: object) -> None:
    """Raises `Misused` for a setting of a method that is none of the words its type names."""
    for name, words, only in _words(type(settings)):  # type: ignore[arg-type]  # a type is hashable
        value = getattr(settings, name)
        if not (value in words if isinstance(value, str | None) else not only):
            known = [str(word) for word in words if word is not None]
            told = value if isinstance(value, str) else shown(value)
            chosen(told, dict.fromkeys(known), where=f"{type(settings).__name__}.{name}")


@cache
def _words(kind: type) -> tuple[tuple[str, tuple[object, ...], bool], ...]:
    """The settings that take words: which ones, None among them, and whether nothing but these."""
    found = []
    for name, hint in get_type_hints(kind).items():
        options = (hint,) if get_origin(hint) is Literal else get_args(hint)
        words = [w for option in options if get_origin(option) is Literal for w in get_args(option)]
        other = [o for o in options if get_origin(o) is not Literal and o is not NoneType]
        if words:
            none = (None,) if NoneType in options else ()
            found.append((name, (*words, *none), not other))
    return tuple(found)
