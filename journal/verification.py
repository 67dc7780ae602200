"""Is everything as it was written? A whole check of a journal."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import asdict, dataclass

from journal.addresses import shown
from journal.damage import Damage
from journal.events import Event, Logged, Started
from journal.heads import Head, HeadCheck, head_of
from journal.packing import Json
from journal.store import Source, conflict, decode, differ


@dataclass(frozen=True, slots=True, kw_only=True)
class Verification:
    """What a check found. ``orphans``: events about runs that no event of the journal begins."""

    address: str
    heads: tuple[Head, ...]
    damage: tuple[Damage, ...]
    events: int
    runs: int
    orphans: int

    @property
    def sound(self) -> bool:
        """Is nothing damaged but writes that were never acknowledged?"""
        return all(found.harmless for found in self.damage)

    def as_json(self) -> dict[str, Json]:
        """The check as ``verify --json`` prints it."""
        return {
            "journal": self.address,
            "sound": self.sound,
            "events": self.events,
            "runs": self.runs,
            "orphans": self.orphans,
            "segments": [
                {"name": head.segment, "lines": head.number, "head": head.hash}
                for head in self.heads
            ],
            "damage": [{**asdict(found), "harmless": found.harmless} for found in self.damage],
        }


_Place = tuple[str, Event, int, int]
"""An event with its segment, line and offset."""


def verify(store: Source, kept: Iterable[Head] = ()) -> Verification:
    """Check every line, the chain of every segment, and heads kept from earlier."""
    check = HeadCheck(kept)
    heads: dict[str, Head] = {}
    damage: list[Damage] = []
    ids: dict[str, int] = {}
    begun: set[str] = set()
    about: dict[str, int] = {}
    again: list[_Place] = []
    for batch in store.batches():
        heads[batch.segment] = head_of(batch)
        check.see(batch)
        found = list(batch.damage)
        for event, line, offset in decode(batch, found):
            told = hash(repr(event))
            if ids.setdefault(event.id, told) != told:
                again.append((batch.segment, event, line, offset))
            if isinstance(event, Logged | Started):
                begun.add(str(event.run))
            elif event.run is not None:
                about[event.run] = about.get(event.run, 0) + 1
        damage += sorted(found, key=lambda d: d.offset)
    damage += [*_conflicts(store, again), *check.damage()]
    orphans = sum(count for run, count in about.items() if run not in begun)
    return Verification(
        address=shown(store.address), heads=tuple(heads.values()), damage=tuple(damage),
        events=len(ids), runs=len(begun), orphans=orphans,
    )  # fmt: skip


def _conflicts(store: Source, again: list[_Place]) -> list[Damage]:
    """Which of these events say something else than the first of their ids, as `read` judges it.

    Two that are written alike were told apart by a hash already; these few are looked up once more.
    """
    if not again:
        return []
    first: dict[str, Event] = {}
    asked = {event.id for _, event, _, _ in again}
    for batch in store.batches():
        for event, _, _ in decode(batch, []):
            if event.id in asked:
                first.setdefault(event.id, event)
    return [
        conflict(segment, event, line=line, offset=offset)
        for segment, event, line, offset in again
        if differ(first[event.id], event)
    ]
