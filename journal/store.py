"""Where events are kept: what a store must do, and reading one whole.

``journal.folder`` keeps them in a folder of segments; a database may do the same. Everything above
(runs, tables, commands) knows only this page.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from journal.bodies import event_of
from journal.collector import paused
from journal.damage import Damage
from journal.events import Event
from journal.lines import Entry, Record
from journal.packing import BodyError
from journal.segments import Batch
from journal.times import stamp


class Source(Protocol):
    """What reading needs of a store."""

    @property
    def address(self) -> str:
        """What ``journal.open`` was given, for messages."""

    def batches(self, run: str | None = None) -> Iterator[Batch]:
        """All that is there, in portions, with the damage. Raises JournalNotFound, ReadFailed.

        With ``run``, of this id: at least all that is about it, and no word on the damage counts.
        """


class Store(Source, Protocol):
    """A place for events that only ever grows."""

    @property
    def home(self) -> str:
        """The same, to open it again: also where the program has changed its directory since."""

    def now(self) -> datetime:
        """The time to stamp a new event with: not before any event this writer has seen."""

    def append(self, events: Sequence[Event]) -> None:
        """Keep these events, all or none; when it returns they are on disk.

        An event whose id is there already, unchanged, changes nothing.
        Raises ValueRefused (nothing written) or WriteFailed (nothing acknowledged).
        """

    def close(self) -> None:
        """Let go of files and locks. The next append takes them again."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Reading:
    """All events, ordered by (at, id), each once; and all damage."""

    events: tuple[Event, ...]
    damage: tuple[Damage, ...]


def read(store: Source) -> Reading:
    """Everything in the store. It never stops at damage."""
    return read_batches(store.batches())


def read_run(store: Source, run: str) -> tuple[Event, ...]:
    """What is about the run of this id, in order: found without making events of all the rest."""
    return tuple(event for event in read_batches(store.batches(run)).events if event.run == run)


@paused()
def read_batches(batches: Iterable[Batch]) -> Reading:
    """The events in these batches, ordered, each once; and all damage."""
    damage: list[Damage] = []
    events: dict[str, Event] = {}
    for batch in batches:
        damage.extend(batch.damage)
        for event, line, offset in decode(batch, damage):
            known = events.setdefault(event.id, event)
            if known is not event and differ(known, event):
                events[event.id] = min(known, event, key=repr)
                damage.append(conflict(batch.segment, event, line=line, offset=offset))
    ordered = sorted(events.values(), key=lambda event: (event.at, event.id))
    return Reading(events=tuple(ordered), damage=tuple(damage))


def decode(batch: Batch, damage: list[Damage]) -> Iterator[tuple[Event, int, int]]:
    """The events of a batch with line number and offset; what is none is added to ``damage``."""
    for record, offset in zip(batch.records, batch.offsets, strict=True):
        number = record["n"]
        line = number if isinstance(number, int) else 0
        try:
            yield event_of(record), line, offset
        except BodyError as error:
            kind, segment, said = error.kind, batch.segment, str(error)
            damage.append(
                Damage(kind=kind, segment=segment, line=line, offset=offset, message=said)
            )


def differ(one: Event, other: Event) -> bool:
    """Do two events of one id say different things? (NaN is NaN here.)"""
    return one != other and repr(one) != repr(other)


def conflict(segment: str, event: Event, *, line: int, offset: int) -> Damage:
    """That this event differs from an earlier one of its id."""
    said = f"two different events have the id {event.id}"
    return Damage(kind="conflict", segment=segment, line=line, offset=offset, message=said)


class Sink(Protocol):
    """Where entries go: a folder's ``Writer``, or any store behind ``EntryStore``."""

    def append(self, entries: Sequence[Entry]) -> None:
        """See ``Writer.append``."""

    def close(self) -> None:
        """See ``Writer.close``."""


class EntryStore:
    """A store taken as a ``Sink``: entries become events on their way in."""

    def __init__(self, store: Store) -> None:
        self.store = store

    def append(self, entries: Sequence[Entry]) -> None:
        """Append the events that these entries are."""
        self.store.append([event_of(self._record(entry)) for entry in entries])

    def close(self) -> None:
        """Close the store."""
        self.store.close()

    def _record(self, entry: Entry) -> Record:
        event, run, at, kind, body = entry
        at = at or stamp(self.store.now())
        return {"id": event, "run": run, "at": at, "type": kind, "body": body}


def sink_of(store: Store) -> Sink:
    """Where this store's entries go straight, without an event in between where it can be."""
    from journal.folder import FolderStore

    return store.writer if isinstance(store, FolderStore) else EntryStore(store)
