"""Reading for a question about a few runs: all damage is found, few lines become events."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Sequence
from itertools import compress

from journal.ids import ends_told, is_called
from journal.lines import Record
from journal.plain import are_logged
from journal.segments import Batch
from journal.store import Reading, Source, read_batches


def read_about(store: Source, told: Iterable[str]) -> Reading:
    """The events about the journal, and about every run that one of these words may mean.

    The damage is all that there is: what becomes no event is checked as if it did. Only whether
    two lines of one id say the same is known when both are read, so those take a second reading.
    """
    ends = ends_told(told)
    twice: set[str] = set()
    while True:
        sieve = _Sieve(ends, twice)
        reading = read_batches(sieve.left(store.batches()))
        if sieve.twice <= twice:
            break
        twice |= sieve.twice
    about = (event for event in reading.events if event.run is None or is_called(event.run, ends))
    return Reading(events=tuple(about), damage=reading.damage)


class _Sieve:
    """Takes from batches the lines that are sound, whole runs, not asked for, and of ids met once.

    ``twice`` are the ids that it met more than once; of ``known`` ones every line is left.
    """

    def __init__(self, ends: tuple[str, ...], known: Collection[str]) -> None:
        self.twice: set[str] = set()
        self._ends = ends
        self._known = known
        self._seen: set[str] = set()

    def left(self, batches: Iterable[Batch]) -> Iterator[Batch]:
        """What of the batches has to be read."""
        for batch in batches:
            records = batch.records
            self._count([id_ for record in records if isinstance(id_ := record.get("id"), str)])
            wanted = [self._is_wanted(record) for record in records]
            if are_logged([r for r, want in zip(records, wanted, strict=True) if not want]):
                batch.records = list(compress(records, wanted))
                batch.offsets = list(compress(batch.offsets, wanted))
            yield batch

    def _is_wanted(self, record: Record) -> bool:
        run, id_ = record.get("run"), record.get("id")
        return (
            record.get("type") != "logged"
            or not isinstance(run, str)
            or not isinstance(id_, str)
            or is_called(run, self._ends)
            or id_ in self._known
        )

    def _count(self, ids: Sequence[str]) -> None:
        new = set(ids)
        if len(new) < len(ids) or not self._seen.isdisjoint(new):
            for id_ in ids:
                (self.twice if id_ in self._seen else self._seen).add(id_)
        else:
            self._seen |= new
