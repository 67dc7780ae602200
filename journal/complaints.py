"""Errors as the command shows them: on stderr, one line and its place, a caret, a remedy."""

from __future__ import annotations

import os
import shlex
from collections.abc import Sequence

from journal.addresses import shown
from journal.errors import JournalError
from journal.hints import addressed, named
from journal.screen import printable, say
from journal.widths import width_of

PROGRAM = "knobwise"


def complain(error: JournalError, words: Sequence[str]) -> None:
    """Write the error to stderr, pointing at the word of the command line it is about.

    Commands in its hint are for the journal that the command line names.
    """
    lines = [f"{PROGRAM}: {error.where + ': ' if error.where else ''}{error.message}"]
    span = getattr(error, "span", None)
    lines += point_at(error.word, words, span=span) if error.word else []
    lines += [f"  {addressed(error.typed, named(words))}"] if error.typed else []
    say("\n".join(lines))


def point_at(word: str, words: Sequence[str], *, span: tuple[int, int] | None) -> list[str]:
    """The command line with carets under this word, cut to the terminal; empty if it is not there.

    The word may be a part of an argument, as ``--sed`` is of ``--sed=3``, ``lr`` and ``3`` of
    ``lr=3``; ``span`` says which part of the word, else all of it.
    """
    fits = (given == word or (given.startswith("-") and word in given) for given in words)
    named = (
        place
        for place, given in enumerate(words)
        if given.startswith(f"{word}=") or given.endswith(f"={word}")
    )
    position = next((place for place, fit in enumerate(fits) if fit), next(named, None))
    if position is None:
        return []
    words, word = [shown(given) for given in words], shown(word)
    before = " ".join([PROGRAM, *map(shlex.quote, words[:position])]) + " "
    pointed = shlex.quote(words[position])
    after = "".join(" " + shlex.quote(given) for given in words[position + 1 :])
    valued = pointed.endswith((f"={word}", f"={word}'"))
    start = len(before) + max(0, pointed.rfind(word) if valued else pointed.find(word))
    carets = len(word) if word in pointed else len(pointed)
    if span is not None and word in pointed:
        start, carets = start + span[0], span[1] - span[0]
    line = printable(before + pointed + after)
    width = max(40, _columns() - 2) * len(line) // width_of(line)  # in characters
    if len(line) > width:
        cut = max(0, min(start - width // 3, len(line) - width))
        line = ("…" + line[cut + 1 :] if cut else line)[:width]
        start -= cut
    carets = width_of(line[start : start + carets])
    return ["  " + line, "  " + " " * width_of(line[:start]) + "^" * max(1, carets)]


def _columns() -> int:
    try:
        return os.get_terminal_size(2).columns
    except OSError:
        return 80
