"""Text in lines of a width: sentences between words, commands so that a shell still takes them."""

from __future__ import annotations

import shlex
from collections.abc import Sequence

from analysis.commands import split
from analysis.numerals import display_width

HELD, KEPT, JOINED = "\ue000", "\ue001", "\ue002"
"""Within a command: a blank between words, one inside a word, and what goes on with a word."""
BROKEN = f"{HELD}\\"
"""What ends a line on which a command goes on."""


def held(command: str) -> str:
    """A command for a sentence that is wrapped: whole, or broken where the shell goes on."""
    for word in split(command):
        command = command.replace(word, word.replace(" ", KEPT))
    return command.replace(" ", HELD)


def wrapped(lines: Sequence[str], width: int) -> list[str]:
    """Sentences in lines of the width, broken between words where it can be."""
    made = []
    for line in lines:
        words = [part for word in line.split(" ") for part in _parts(word, width - 2)]
        own = words[0]
        for word in words[1:]:
            if word.startswith(JOINED):
                made.append(own)
                own = word.removeprefix(JOINED)
            elif not own.endswith(BROKEN) and display_width(own) + 1 + display_width(word) <= width:
                own += f" {word}"
            else:
                made.append(own.rstrip())
                own = f"  {word}"
        made.append(own.rstrip())
    return [line.replace(HELD, " ").replace(KEPT, " ") for line in made]


def _parts(word: str, width: int) -> list[str]:
    """A word, or a command, in parts that fit; those of a command end with the shell's backslash.

    A part that starts with `JOINED` goes on with the word before it: a blank would end that.
    """
    if HELD not in word or display_width(word) <= width:
        return _cut(word, width)
    parts = [""]
    for place, text in enumerate(word.split(HELD)):
        head, *rest = _pieces(text, width)
        if not place or display_width(parts[-1] + HELD + head + BROKEN) <= width:
            parts[-1] += HELD + head if place else head
        else:
            parts[-1] += BROKEN
            parts.append(head)
        for piece in rest:
            parts[-1] += "\\"
            parts.append(JOINED + piece)
    return parts


def typed(label: str, command: str, *, width: int) -> list[str]:
    """A command behind its label; every line but the last ends with the shell's backslash."""
    lines = [f"{label}:"]
    words = split(command)
    for place, word in enumerate(words, start=1):
        head, *rest = _pieces(word, width)
        end = " \\" if place < len(words) or rest else ""
        if display_width(f"{lines[-1]} {head}{end}") <= width:
            lines[-1] += f" {head}"
        else:
            lines[-1] += " \\"
            lines.append(f"  {head}")
        for piece in rest:  # at the start of the line: a blank would end the word
            lines[-1] += "\\"
            lines.append(piece)
    return lines


def _pieces(word: str, width: int) -> list[str]:
    """A shell's word in parts that fit, each quoted: side by side they are the word."""
    if word.startswith("$'") or display_width(word) <= width - 4:
        return [word]
    return [shlex.quote(part) for whole in shlex.split(word) for part in _cut(whole, width - 6)]


def _cut(word: str, width: int) -> list[str]:
    """A word in parts that fit; wide letters count two."""
    parts, room = [""], width
    for character in word:
        room -= display_width(character)
        if room < 0:
            parts.append("")
            room = width - display_width(character)
        parts[-1] += character
    return parts
