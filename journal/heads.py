"""Heads: a journal's length and last hashes, to be kept elsewhere.

The chain proves order and completeness only up to a head that somebody else keeps: without it, a
segment rewritten from some line on, or cut short, looks as sound as any. A head is one line of text
per segment: its name, the number of its last line, that line's hash.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from journal.damage import Damage
from journal.errors import UsageError
from journal.segments import Batch


@dataclass(frozen=True, slots=True)
class Head:
    """A segment's line and its hash."""

    segment: str
    number: int
    hash: str

    def __str__(self) -> str:
        return f"{self.segment} {self.number} {self.hash}"


def head_of(batch: Batch) -> Head:
    """Where the segment ends now."""
    return Head(batch.segment, *batch.head)


def read_heads(lines: Iterable[str]) -> Iterator[Head]:
    """Heads from their text. Raises UsageError."""
    for line in lines:
        if line.strip():
            parts = line.split()
            if len(parts) != 3 or not parts[1].isdigit():
                hint = "it has the lines that knobwise verify --head printed"
                raise UsageError(f"not a head: {line.strip()[:80]!r}", hint=hint)
            yield Head(parts[0], int(parts[1]), parts[2])


class HeadCheck:
    """Compares a journal with a head kept from earlier, batch by batch."""

    def __init__(self, kept: Iterable[Head]) -> None:
        self.kept = {head.segment: head for head in kept}

    def of(self, batch: Batch) -> list[Damage]:
        """What of this segment is no longer as the kept head says."""
        head = self.kept.pop(batch.segment, None)
        if head is None or head.number == 0 or batch.head == (head.number, head.hash):
            return []
        for record in batch.records:
            if record["n"] == head.number + 1 and record["prev"] == head.hash:
                return []
        short = batch.head[0] < head.number
        said = "it was cut short" if short else "it was rewritten"
        return [_damage("missing" if short else "unchained", head, said)]

    def unseen(self) -> list[Damage]:
        """Segments that were there and are gone."""
        return [_damage("missing", head, "the segment is gone") for head in self.kept.values()]


def _damage(kind: str, head: Head, said: str) -> Damage:
    message = f"{said}: line {head.number} with hash {head.hash} is not there"
    return Damage(
        kind=kind, segment=head.segment, line=head.number, offset=0, length=0, message=message
    )
