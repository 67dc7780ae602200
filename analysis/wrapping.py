"""Text in lines of a width: sentences between words, commands so that a shell still takes them."""

from __future__ import annotations

import shlex
from collections.abc import Sequence

from analysis.commands import split
from analysis.numerals import display_width

HELD = "\ue000"
"""A blank within a command, where a sentence is not broken if the command fits into a line."""


def held(command: str) -> str:
    """A command for a sentence that is wrapped: whole, or broken where the shell goes on."""
    return command.replace(" ", HELD)


def wrapped(lines: Sequence[str], width: int) -> list[str]:
    """Sentences in lines of the width, broken between words where it can be."""
    made = []
    for line in lines:
        words = [part for word in line.split(" ") for part in _parts(word, width - 2)]
        own = words[0]
        for word in words[1:]:
            if display_width(own) + 1 + display_width(word) <= width:
                own += f" {word}"
            else:
                made.append(own.rstrip())
                own = f"  {word}"
        made.append(own.rstrip())
    return made


def _parts(word: str, width: int) -> list[str]:
    """A word, or a command, in parts that fit; those of a command end with the shell's backslash.

    Each part of a command but the last is so long that no other fits beside it.
    """
    if HELD not in word or display_width(word) <= width:
        return _cut(word, width)
    end = f"{HELD}\\"
    first, *rest = word.split(HELD)
    parts = [first]
    for piece in rest:
        if display_width(parts[-1] + HELD + piece + end) <= width:
            parts[-1] += HELD + piece
        else:
            parts[-1] += end
            parts.append(piece)
    return [cut for part in parts for cut in _cut(part, width)]


def typed(label: str, command: str, *, width: int) -> list[str]:
    """A command behind its label; every line but the last ends with the shell's backslash."""
    lines = [f"{label}:"]
    words = split(command)
    for place, word in enumerate(words, start=1):
        head, *rest = _pieces(word, width)
        end = " \\" if place < len(words) or rest else ""
        if _fits("", [lines[-1], head + end], width):
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


def _fits(indent: str, words: Sequence[str], width: int) -> bool:
    return display_width(indent + " ".join(words)) <= width
