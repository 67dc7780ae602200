"""Runs as columns, read straight from a store: for tables of a million rows.

Most runs of a large journal are one ``logged`` line that nothing else ever refers to. Those are
taken as they stand in the line, without an event or a ``Run`` in between; all others go the long
way (``journal.runs``), and everything does where a parameter was renamed or given a default. The
answer is the same by either way; a test compares them.
"""

from __future__ import annotations

from collections.abc import Container, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from journal.bodies import event_of
from journal.damage import Damage
from journal.events import Declared, Event
from journal.lines import Record
from journal.packing import Json
from journal.plain import Logged, logged
from journal.runs import Run, fold
from journal.segments import Batch
from journal.store import Store, read
from journal.times import stamp
from journal.values import Scalar


@dataclass(slots=True)
class Columns:
    """Runs, a list per property; ``started_at`` as the file's 27 characters.

    Values of ``params`` and ``metrics`` may still be packed (``journal.packing``).
    """

    run: list[str]
    started_at: list[str]
    status: list[str]
    seed: list[Scalar]
    seconds: list[float | None]
    tags: list[tuple[str, ...]]
    notes: list[tuple[str, ...]]
    params: list[Mapping[str, Scalar]]
    metrics: list[Mapping[str, float]]


def of_runs(runs: Iterable[Run]) -> Columns:
    """These runs as columns."""
    kept = list(runs)
    return Columns(
        run=[run.id for run in kept],
        started_at=[stamp(run.started_at) for run in kept],
        status=[run.status for run in kept],
        seed=[run.seed for run in kept],
        seconds=[run.seconds for run in kept],
        tags=[run.tags for run in kept],
        notes=[run.notes for run in kept],
        params=[run.params for run in kept],
        metrics=[run.metrics for run in kept],
    )


def of_store(store: Store) -> tuple[Columns, list[Damage]]:
    """The store's runs without the retracted ones, in order of their start; and its damage."""
    reading = read(store)
    kept = (run for run in fold(reading.events).runs if run.retracted is None)
    return of_runs(kept), list(reading.damage)


class NotPlain(ValueError):  # noqa: N818 - no error: the long way is gone instead
    """Only the long way tells what these runs are."""


class Plain:
    """The runs that are one ``logged`` line each, in portions; then the others.

    Raises NotPlain, or BodyError where a line is sound but no event, for the long way to name.
    """

    def __init__(self) -> None:
        self.damage: list[Damage] = []
        self._seen: set[object] = set()
        self._others: list[Event] = []

    def portions(self, batches: Iterable[Batch]) -> Iterator[Columns]:
        """Runs told by one line, in the batches' order, those of ``touched`` among them."""
        for batch in batches:
            self.damage += batch.damage
            records = batch.records
            if [record.get("type") for record in records].count("logged") < len(records):
                self._keep(record for record in records if record.get("type") != "logged")
                records = [record for record in records if record.get("type") == "logged"]
            if records:
                told = _told(records)
                self._see(told.run)
                if told.id != told.run:
                    pairs = zip(told.id, told.run, strict=True)
                    self._see([one for one, run in pairs if one != run])
                yield _columns(told)

    def add(self, other: Plain) -> None:
        """Take what was met in further batches of the store."""
        self.damage += other.damage
        self._others += other._others
        if not self._seen.isdisjoint(other._seen):
            raise NotPlain
        self._seen |= other._seen

    def touched(self) -> set[object]:
        """Runs among the portions that another event is about: ``again`` has them as they are."""
        return self._seen & {event.run for event in self._others}

    def again(self, store: Store, plain: Container[object]) -> Iterator[Columns]:
        """The runs of ``plain`` once more, and every run that more than one line tells."""
        touched = self.touched()
        events = list(self._others)
        for batch in store.batches() if self._others else ():
            whole = [record for record in batch.records if record.get("type") == "logged"]
            events += [event_of(record) for record in whole if record["run"] in touched]
            if records := [record for record in whole if record["run"] in plain]:
                yield _columns(_told(records))
        if len({event.id for event in events}) < len(events):
            raise NotPlain
        events.sort(key=lambda event: (event.at, event.id))
        yield of_runs(run for run in fold(events).runs if run.retracted is None)

    def _keep(self, records: Iterable[Record]) -> None:
        for record in records:
            event = event_of(record)
            if event.run is not None:
                self._others.append(event)
            elif not isinstance(event, Declared):
                raise NotPlain

    def _see(self, ids: Sequence[Json]) -> None:
        new = set(ids)
        if len(new) < len(ids) or not self._seen.isdisjoint(new):
            raise NotPlain
        self._seen |= new


def _told(records: Sequence[Record]) -> Logged:
    """``logged`` lines. Raises NotPlain where one of them may be none."""
    told = logged(records)
    if told is None:
        raise NotPlain
    return told


def _columns(told: Logged) -> Columns:
    n, fields = len(told.run), told.fields
    tags, notes = fields.get("tags"), fields.get("note")
    return Columns(
        run=list(told.run),
        started_at=list(told.began),
        status=fields.get("status") or ["finished"] * n,
        seed=fields.get("seed") or [None] * n,
        seconds=fields.get("seconds") or [None] * n,
        tags=[()] * n if tags is None else [tuple(dict.fromkeys(these)) for these in tags],
        notes=[()] * n if notes is None else [() if note is None else (note,) for note in notes],
        params=fields.get("params") or [{}] * n,
        metrics=fields.get("metrics") or [{}] * n,
    )
