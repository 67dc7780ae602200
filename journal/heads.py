"""Heads: a journal's length and last hashes, to be kept elsewhere.

The chain proves order and completeness only up to a head that somebody else keeps: without it, a
segment rewritten from some line on, or cut short, looks as sound as any. A head is one line of text
per segment: its name, the number of its last line, that line's hash. In the name ``%`` and what is
no character on a screen are percent-encoded; blanks are as they are.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from urllib.parse import quote, unquote

from journal.damage import Damage
from journal.errors import UsageError
from journal.segments import Batch

_NUMBER = re.compile(r"[0-9]{1,18}")


@dataclass(frozen=True, slots=True)
class Head:
    """A segment's line and its hash."""

    segment: str
    number: int
    hash: str

    def __str__(self) -> str:
        return f"{_encoded(self.segment)} {self.number} {self.hash}"


def head_of(batch: Batch) -> Head:
    """Where the segment ends now."""
    return Head(batch.segment, *batch.head)


def read_heads(lines: Iterable[str]) -> Iterator[Head]:
    """Heads from their text. Raises UsageError."""
    for line in lines:
        if line.strip():
            parts = line.rsplit(maxsplit=2)
            if len(parts) != 3 or not _NUMBER.fullmatch(parts[1]):
                hint = "it has the lines that knobwise verify --head printed"
                raise UsageError(f"not a head: {line.strip()[:80]!r}", hint=hint)
            yield Head(unquote(parts[0], errors="surrogateescape"), int(parts[1]), parts[2])


def _encoded(name: str) -> str:
    return "".join(
        char if char.isprintable() and char != "%" else quote(char, errors="surrogateescape")
        for char in name
    )


class HeadCheck:
    """Compares a journal with a head kept from earlier, batch by batch."""

    def __init__(self, kept: Iterable[Head]) -> None:
        self._kept = {head.segment: head for head in kept if head.number}
        self._found: set[str] = set()
        self._ends: dict[str, int] = {}

    def see(self, batch: Batch) -> None:
        """Look for the kept head's line in this portion."""
        self._ends[batch.segment] = batch.head[0]
        head = self._kept.get(batch.segment)
        if head is not None and any(
            record["n"] == head.number and record["hash"] == head.hash for record in batch.records
        ):
            self._found.add(batch.segment)

    def damage(self) -> list[Damage]:
        """After all was seen: what is no longer as the kept head says."""
        found: list[Damage] = []
        for name, head in self._kept.items():
            if name in self._found:
                continue
            if name not in self._ends:
                found.append(_damage("missing", head, "the segment is gone"))
            elif self._ends[name] < head.number:
                found.append(_damage("missing", head, "the segment was cut short"))
            else:
                found.append(_damage("unchained", head, "the segment was rewritten"))
        return found


def _damage(kind: str, head: Head, said: str) -> Damage:
    message = f"{said}: line {head.number} with hash {head.hash} is not there"
    return Damage(kind=kind, segment=head.segment, line=head.number, message=message)
