"""What can go wrong with a journal, as one tree.

    JournalError
    ├── UsageError          the command line or a call is not understood
    ├── ValueRefused        a name or value that the format cannot carry exactly
    ├── JournalNotFound     there is no journal where one was to be read
    ├── RunNotFound         no run, or more than one, answers to that id
    ├── WriteFailed         the disk said no: nothing of this append is acknowledged
    └── ReadFailed          a file of the journal cannot be opened or read

Damage *inside* a journal is no exception: reading returns it beside the runs
(``journal.damage.Damage``).
"""

# ruff: noqa: N818 - the names say what happened, as FileNotFound would

from __future__ import annotations

GAP = "VALUE"
"""What hints say where nobody but the reader knows the value."""


class JournalError(Exception):
    """A journal cannot do what was asked; ``where`` is the place, ``hint`` the remedy.

    ``typed`` is the remedy in a shell, where that is something else; ``word`` the one of a command
    line that it is about.
    """

    def __init__(
        self, message: str, *, where: str = "", hint: str = "", typed: str = "", word: str = ""
    ) -> None:
        super().__init__(message)
        self.message = message
        self.where = where
        self.hint = hint
        self.typed = typed or hint
        self.word = word

    def __str__(self) -> str:
        return self._with(self.hint)

    def in_shell(self) -> str:
        """The same, with the remedy of who typed a command."""
        return self._with(self.typed)

    def _with(self, remedy: str) -> str:
        place = f"{self.where}: " if self.where else ""
        return f"{place}{self.message}{f' ({remedy})' if remedy else ''}"


class UsageError(JournalError):
    """The command line is not understood; ``span`` is the part of ``word`` to point at.

    It is (start, end) within ``word``; None is all of it.
    """

    def __init__(
        self,
        message: str,
        *,
        where: str = "",
        hint: str = "",
        word: str = "",
        span: tuple[int, int] | None = None,
    ) -> None:
        super().__init__(message, where=where, hint=hint, word=word)
        self.span = span


class ValueRefused(JournalError):
    """A name or a value that would not come back exactly as it went in; nothing was written."""


class JournalNotFound(JournalError):
    """There is no journal where one was to be read."""


class RunNotFound(JournalError):
    """No run, or more than one, answers to the id that was given."""


class WriteFailed(JournalError):
    """The disk refused: nothing of this append is acknowledged, and the next one may succeed."""


class ReadFailed(JournalError):
    """A file of the journal cannot be opened or read."""


def a_kind_of(value: object) -> str:
    """A value's type with its article, for a message: an int, a list, an ndarray."""
    kind = type(value).__name__
    return f"{'an' if kind[:1].lower() in 'aeiou' or kind[:2] == 'nd' else 'a'} {kind}"


def mapping_of(value: object) -> str:
    """What to call on ``it`` for a mapping: ``vars(it)`` of parsed arguments; empty if unknown.

    It is not called for the user: of an object that is no plain record it would be nonsense.
    """
    for attribute, call in _MAPPINGS.items():
        if hasattr(value, attribute) and not isinstance(value, type):
            return call
    is_bare = not callable(value) and type(value).__module__ in {"argparse", "types", "__main__"}
    return "vars(it)" if is_bare and getattr(value, "__dict__", None) else ""


def plainer(value: object) -> str:
    """What can be kept, and what to call on ``it`` for that."""
    said = "log a number, a text, true, false or null"
    for attribute, call in _ONE.items():
        if hasattr(value, attribute) and not isinstance(value, type):
            return f"{said}: {call}"
    call = "it.tolist()" if hasattr(value, "tolist") else mapping_of(value)
    call = "sorted(it)" if isinstance(value, set | frozenset) else call
    return f"{said}; as parameters: {call}" if call else said


_MAPPINGS = {
    "model_dump": "it.model_dump()",
    "__dataclass_fields__": "dataclasses.asdict(it)",
    "_asdict": "it._asdict()",
    "to_dict": "it.to_dict()",
}
_ONE = {
    "_value_": "it.value",
    "total_seconds": "it.total_seconds()",
    "decode": "it.decode()",
    "as_integer_ratio": "float(it)",
}
