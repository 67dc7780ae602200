"""``knobwise log`` without a command-line library: what a shell loop waits for.

Loading typer costs more than everything else this command does, so its plain forms are read here;
whatever is not plain (an option not in the table, a value that is missing, ``--help``) is left to
the typer command in ``journal.cli_log``, which has the same options (a test compares the two, word
for word) and ends in the same ``record``.
"""

from __future__ import annotations

import sys
from collections.abc import Sequence

import journal
from journal.clock import LONG_AGO, now_after
from journal.discovery import find, is_folder, not_found, within
from journal.entries import logged_body
from journal.errors import GAP, JournalError, UsageError, ValueRefused
from journal.ids import uuid7
from journal.lines import NOW
from journal.values import read_scalar
from journal.writer import Writer

TYPE_CHECKING = False
if TYPE_CHECKING:
    from journal.journal import Journal
    from journal.store import Sink
    from journal.values import Scalar

OPTIONS: dict[str, str] = {
    "--metric": "metric", "-m": "metric", "--seed": "seed", "--tag": "tag", "--note": "note",
    "--status": "status", "--at": "at", "--seconds": "seconds", "--jsonl": "jsonl",
    "--journal": "journal",
}  # fmt: skip
"""Every option of ``log`` and the request's field it fills; each takes one value."""
REPEATED = frozenset({"metric", "tag"})
"""Fields that an option may fill more than once."""


class Request:
    """What the words of ``knobwise log`` ask for, before any value is read."""

    def __init__(
        self,
        *,
        assignments: Sequence[str] = (),
        metric: Sequence[str] = (),
        tag: Sequence[str] = (),
        seed: str | None = None,
        note: str | None = None,
        status: str | None = None,
        at: str | None = None,
        seconds: str | None = None,
        jsonl: str | None = None,
        journal: str | None = None,
    ) -> None:
        self.assignments = tuple(assignments)
        self.metric = tuple(metric)
        self.tag = tuple(tag)
        self.seed = seed
        self.note = note
        self.status = status
        self.at = at
        self.seconds = seconds
        self.jsonl = jsonl
        self.journal = journal

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Request) and vars(self) == vars(other)

    def __hash__(self) -> int:
        return hash(tuple(vars(self).values()))

    def __repr__(self) -> str:
        return f"Request({vars(self)})"


def parse(words: Sequence[str]) -> Request | None:
    """The request that these words (after ``log``) are; None where they are not plain."""
    assignments: list[str] = []
    single: dict[str, str] = {}
    repeated: dict[str, list[str]] = {name: [] for name in REPEATED}
    rest = iter(words)
    for word in rest:
        if word == "--":
            assignments.extend(rest)
            break
        if word[:1] != "-" or word == "-":
            assignments.append(word)
            continue
        name, value = word, None
        if word.startswith("--") and "=" in word:
            name, value = word.split("=", 1)
        elif word.startswith("-m"):
            name, value = "-m", word[2:] or None
        target = OPTIONS.get(name)
        if value is None:
            value = next(rest, None)
        if target is None or value is None:
            return None
        if target in REPEATED:
            repeated[target].append(value)
        elif target in single and target != "journal":
            return None  # of two the first would be lost
        else:
            single[target] = value
    many = {name: tuple(given) for name, given in repeated.items()}
    return Request(assignments=tuple(assignments), **many, **single)  # type: ignore[arg-type]


def record(request: Request) -> int:
    """Log what is asked for and print the ids; the exit status."""
    if request.jsonl is not None:
        from journal.bulk import record_lines

        if request != Request(jsonl=request.jsonl, journal=request.journal):
            raise UsageError(
                "--jsonl takes its runs from the file: nothing beside it but --journal"
            )
        return record_lines(request.jsonl, open_sink(request.journal))
    if not request.assignments and not request.metric:
        hint = "for example: knobwise log lr=3e-4 batch=64 -m accuracy=0.931"
        raise UsageError("there is nothing to log", hint=hint)
    params = read_parameters(request.assignments)
    metrics = assigned(request.metric, "a metric")
    body = logged_body(
        params,
        metrics=metrics,
        seed=request.seed,
        status="finished" if request.status is None else request.status,
        tags=read_tags(request.tag),
        note=request.note,
        began=None if request.at is None else began(request.at),
        seconds=request.seconds,
    )
    if body.get("began", "") > now_after(LONG_AGO):  # type: ignore[operator] # a text
        sys.stderr.write(f"knobwise: {request.at} lies in the future; it is recorded as given\n")
    sink = open_sink(request.journal)
    run = uuid7()
    sink.append([(run, run, NOW, "logged", body)])
    sink.close()
    tell([run])
    return 0


def tell(ids: Sequence[str]) -> None:
    """Print the ids of runs that are on disk. Raises JournalError where that cannot be."""
    try:
        sys.stdout.write("".join(f"{one}\n" for one in ids))
        sys.stdout.flush()
    except OSError as failed:
        few = ids[0] if len(ids) == 1 else f"{ids[0]} to {ids[-1]} ({len(ids)} runs)"
        said = f"logged, but the id could not be printed ({failed.strerror}): {few}"
        raise JournalError(said, hint="do not log it again; knobwise ls has it") from None


def open_sink(told: str | None, *, begins: bool = True) -> Sink:
    """The journal to append to; says so on stderr where that begins a new one.

    Unless it ``begins`` one, the first append raises JournalNotFound where there is none.
    """
    address = find(told)
    if is_folder(address):
        writer = Writer(address, begin=None if begins else refuse_new)
        writer.begun = tell_new
        return writer
    store = journal.open(address).store
    from journal.postgres import PostgresStore
    from journal.store import EntryStore

    if isinstance(store, PostgresStore):
        store.begins = begins
    return EntryStore(store)


def open_to_write(told: str | None) -> Journal:
    """The same as a ``Journal``, for commands that need one."""
    book = journal.open(told)
    writer = getattr(book.store, "writer", None)
    if isinstance(writer, Writer):
        writer.begun = tell_new
    return book


def refuse_new(folder: str) -> None:
    """Raises JournalNotFound: what is to be written belongs into a journal that is there."""
    raise not_found(folder)


def tell_new(folder: str) -> None:
    """Say that a journal was begun where there was none; and which one may have been meant."""
    near = within(folder)
    near = f" (there is one in {near})" if near else ""
    _tell_beside(f"a new journal in {folder}{near}")


def read_parameters(words: Sequence[str]) -> dict[str, Scalar]:
    """What ``name=value`` words tell of a run; says so where nothing stands after a name.

    Raises UsageError for a word that is none, ValueRefused for a value that cannot be kept.
    """
    told = assigned(words, "a parameter")
    for name, text in told.items():
        if not text.strip():  # most often a shell's variable that is not set
            _tell_beside(f"nothing stands after {name}=; that is null")
        elif text.startswith("="):
            _tell_beside(f"{name} is the text {text}; a number has one =")
    return {name: read_value(name, text) for name, text in told.items()}


def _tell_beside(said: str) -> None:
    """Say on stderr what goes with a recording: what was hardly meant as it was told."""
    if not said.isprintable():
        from journal.screen import printable

        said = printable(said)
    sys.stderr.write(f"knobwise: {said}\n")


def read_value(name: str, text: str) -> Scalar:
    """The value that a word tells. Raises UsageError for what stands for one in hints."""
    if text == GAP:
        hint = f"put what {name} was in its place, or \"'{text}'\" for the text"
        raise UsageError(f"{text} stands for a value", word=text, hint=hint)
    return read_scalar(text)


def read_tags(words: Sequence[str], *, typed: str = "--tag ") -> Sequence[str]:
    """The words: a tag each. Says so of one with a comma; ``typed`` is how several are given."""
    for word in words:
        parts = word.split(",")
        if len(parts) > 1 and all(part.strip() for part in parts):
            several = " ".join(typed + part.strip() for part in parts)
            _tell_beside(f"{word} is one tag; several are {several}")
    return words


def read_condition(words: Sequence[str]) -> dict[str, tuple[Scalar, ...]]:
    """The values that ``name=value`` words allow each name, as a condition has them.

    Raises UsageError for a word that is none, ValueRefused for a value that cannot be kept.
    """
    pairs = assigned_many(words, "a condition")
    return {name: tuple(map(read_scalar, texts)) for name, texts in pairs.items()}


def assigned(words: Sequence[str], what: str) -> dict[str, str]:
    """``name=value`` words as a mapping. Raises UsageError for a word that is none."""
    pairs = assigned_many(words, what)
    for name, texts in pairs.items():
        if len(texts) > 1:
            from journal.pairs import write_name

            raise UsageError(f"{name} is given twice", word=f"{write_name(name)}={texts[1]}")
    return {name: texts[0] for name, texts in pairs.items()}


def assigned_many(words: Sequence[str], what: str) -> dict[str, list[str]]:
    """``name=value`` words, a name perhaps with several values. Raises UsageError."""
    pairs: dict[str, list[str]] = {}
    for word in words:
        if (pair := _pair(word)) is None:
            raise UsageError(f"{what} is written name=value", word=word, hint=_guess(word))
        pairs.setdefault(pair[0], []).append(pair[1])
    return pairs


def _pair(word: str) -> tuple[str, str] | None:
    if word[:1] in {"'", '"'}:
        from journal.pairs import quoted_pair

        return quoted_pair(word)
    name, equals, text = word.partition("=")
    return (name, text) if equals and name and name == name.strip() else None


def _guess(word: str) -> str:
    """What was meant by ``lr3e-4``, ``lr:3e-4``, ``=3``."""
    import re

    if found := re.fullmatch(r"([A-Za-z_][\w.]*?)(?:\s*[:=]\s*|)([-+.]?\d.*|\[.*)", word):
        return f"did you mean {found[1]}={found[2]}?"
    if found := re.fullmatch(r"([A-Za-z_][\w.]*?):(.+)", word):
        return f"did you mean {found[1]}={found[2]}?"
    return ""


def began(text: str) -> str:
    """The file's form of a time in ISO 8601; without a zone it is local. Raises UsageError."""
    from journal.times import parse_moment, stamp

    try:
        return stamp(parse_moment(text))
    except ValueRefused:
        hint = "for example 2026-11-23T14:05 or 2026-11-23 14:05:30+01:00"
        raise UsageError("this is not a time", word=text, hint=hint) from None
