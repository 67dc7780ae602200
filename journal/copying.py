"""From one journal into another: every event once, with its own id and time."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from journal.damage import Damage
from journal.errors import JournalNotFound
from journal.events import Event
from journal.journal import Journal
from journal.store import differ

PORTION = 2000
"""Events in one append: all or none of them, then the next."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Copied:
    """What a copy did.

    ``conflicts`` are ids that both journals have with different content: the target's stays.
    ``damage`` is the source's: what could not be read could not be copied.
    """

    new: int
    known: int
    conflicts: tuple[str, ...]
    damage: tuple[Damage, ...]

    @property
    def whole(self) -> bool:
        """Is everything of the source in the target now?"""
        return not self.conflicts and all(found.harmless for found in self.damage)


def copy(
    source: Journal, target: Journal, *, progress: Callable[[int, int], None] | None = None
) -> Copied:
    """Append to the target what it does not have. Stopped anywhere and done again, it completes.

    ``progress`` is told (events copied, events to copy). Raises JournalNotFound for the source,
    WriteFailed.
    """
    reading = source.read()
    try:
        there = {event.id: event for event in target.read().events}
    except JournalNotFound:
        there = {}
    missing: list[Event] = []
    conflicts: list[str] = []
    for event in reading.events:
        known = there.get(event.id)
        if known is None:
            missing.append(event)
        elif differ(known, event):
            conflicts.append(event.id)
    for start in range(0, len(missing), PORTION):
        target.append(missing[start : start + PORTION])
        if progress is not None:
            progress(min(start + PORTION, len(missing)), len(missing))
    return Copied(
        new=len(missing),
        known=len(reading.events) - len(missing) - len(conflicts),
        conflicts=tuple(conflicts),
        damage=reading.damage,
    )
