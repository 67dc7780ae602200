"""Runs from other trackers: what they have in common.

An importer reads files into ``Foreign`` runs, none of them by loading the tracker. A run's id is
its own where it came out of a journal, else a hash of the tracker's name for it; the ids of its
events are hashes of what they say. So importing twice, or on two machines whose journals are then
merged, changes nothing. Events keep the tracker's times: renames and defaults made in this journal
afterwards hold for imported runs as for all others. A run that ends in the future, by another clock
or a mistyped year, is recorded now: only what is past can have been recorded.
"""

from __future__ import annotations

import json
import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta

from journal import values
from journal.bodies import body, entry_of
from journal.errors import JournalError, JournalNotFound, UsageError, ValueRefused
from journal.events import (
    Declared,
    Event,
    Finished,
    Logged,
    Metrics,
    Noted,
    Retracted,
    Started,
)
from journal.guesses import guess
from journal.ids import uuid7, uuid_of
from journal.importers_declared import settle
from journal.journal import Journal
from journal.lines import NO_LINE, encode
from journal.packing import Json
from journal.runs import fold
from journal.times import stamp
from journal.values import Scalar

_POINTS = 20_000
"""Values of a series in one event: its line stays far below the format's limit."""
_PORTION = 5000
"""Events in one append; those of one run stay together."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Foreign:
    """A run as another tracker has it, checked. ``series``: name to (step, value) points.

    ``place`` is where it stands, as complaints name it.
    ``attributes`` are what the tracker keeps beside parameters and metrics; the user may choose one
    as the seed, or some as metrics.
    """

    run: str
    place: str = ""
    params: Mapping[str, Scalar] = field(default_factory=dict)
    metrics: Mapping[str, float] = field(default_factory=dict)
    seed: int | None = None
    status: str = "finished"
    began: datetime | None = None
    seconds: float | None = None
    tags: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()
    exit_code: int | None = None
    error: str | None = None
    series: Mapping[str, Sequence[tuple[int, float]]] = field(default_factory=dict)
    context: Mapping[str, Json] = field(default_factory=dict)
    retracted: str | None = None
    attributes: Mapping[str, Scalar] = field(default_factory=dict)

    def __post_init__(self) -> None:
        try:
            _ = self.ended
        except OverflowError:
            hint = "at and seconds say when"
            raise ValueRefused("it ends beyond the calendar", hint=hint) from None

    @property
    def ended(self) -> datetime | None:
        """When it ended, as far as the tracker says when it began."""
        return self.began and self.began + timedelta(seconds=self.seconds or 0.0)


@dataclass(frozen=True, slots=True, kw_only=True)
class Understood:
    """What the files were taken to say.

    ``left_out``: what is not imported and why, a line each. ``refused``: what was not understood.
    ``remarks``: what is to be said besides.
    """

    source: str
    runs: tuple[Foreign, ...]
    declared: tuple[Declared, ...] = ()
    left_out: tuple[str, ...] = ()
    remarks: tuple[str, ...] = ()
    refused: tuple[str, ...] = ()


_Told = tuple[Foreign, list[Event]]
"""A run and the events that tell of it."""


@dataclass(frozen=True, slots=True)
class Added:
    """How many runs were new, how many the journal had already, and which it cannot hold.

    ``declared`` says what metrics and parameters are from here on.
    """

    new: int
    known: int
    refused: tuple[str, ...] = ()
    declared: tuple[str, ...] = ()


def run_id(tracker: str, *names: object) -> str:
    """The id of the run that this tracker calls by these names."""
    return uuid_of(json.dumps(["knobwise import", tracker, *names]).encode())


def took(seconds: float) -> float | None:
    """How long a run took, from the times of its tracker; None where a clock was set back."""
    return seconds if 0 <= seconds < math.inf else None


def attributes_of(told: Mapping[str, Json]) -> dict[str, Scalar]:
    """Those of them that are one value each."""
    return {name: v for name, v in told.items() if not isinstance(v, list | dict)}


def chosen(run: Foreign, *, seed: str | None, metrics: Sequence[str] = ()) -> Foreign:
    """The run with its parameter or attribute ``seed`` as its seed, some attributes as metrics.

    Raises ValueRefused where such a value is no integer, or no number.
    """
    told = {**run.attributes, **run.params}
    measured = {name: told[name] for name in metrics if name in told}
    taken = {seed, *measured}
    return replace(
        run,
        params={name: value for name, value in run.params.items() if name not in taken},
        metrics={**run.metrics, **values.metrics(measured)},
        seed=values.seed(told[seed]) if seed in told else run.seed,
    )


def choose(understood: Understood, *, seed: str | None, metrics: Sequence[str]) -> Understood:
    """The same with seed and metrics chosen in every run; names may be joined by commas.

    Raises UsageError for a name that no run has; where there is no run, that is told otherwise.
    """
    if not understood.runs:
        return understood
    names = [name.strip() for told in metrics for name in told.split(",") if name.strip()]
    known = {name for run in understood.runs for name in (*run.params, *run.attributes)}
    for name in (*names, *([seed] if seed else [])):
        if name not in known:
            hint = guess(name, known, otherwise="--dry-run shows what there is")
            raise UsageError(f"no run has {name}", word=name, hint=hint)
    if not names and seed is None:
        return understood
    runs: list[Foreign] = []
    refused = list(understood.refused)
    for run in understood.runs:
        try:
            runs.append(chosen(run, seed=seed, metrics=names))
        except ValueRefused as error:
            refused.append(f"{run.place}: {error}")
    return replace(understood, runs=tuple(runs), refused=tuple(refused))


def add(understood: Understood, book: Journal) -> Added:
    """Append the runs and declarations that the journal does not have.

    A run that is there already stays as it is, also where the tracker says more of it by now; one
    that no journal can hold is named, and the others go on.
    Raises WriteFailed; what was appended before stays, and importing again adds the rest.
    """
    try:
        told = fold(book.read().events)
    except JournalNotFound:
        told = fold(())
    known, declared = {run.id for run in told.runs}, told.declarations
    settled = settle(understood.declared, declared)
    if settled.events:
        now = book.store.now
        book.append([replace(event, id=uuid7(), at=now()) for event in settled.events])
    new = n_events = 0
    refused: list[str] = []
    portion: list[_Told] = []
    for run in understood.runs:
        if run.run in known:
            continue
        known.add(run.run)
        new += 1
        try:
            portion.append((run, events(run, now=book.store.now())))
        except ValueRefused as error:
            refused.append(f"{run.place}: {error}")
            continue
        n_events += len(portion[-1][1])
        if n_events >= _PORTION:
            refused += _append(portion, book)
            portion, n_events = [], 0
    refused += _append(portion, book)
    said = tuple(settled.told([*told.runs, *understood.runs]))
    return Added(new - len(refused), len(understood.runs) - new, tuple(refused), said)


def _append(portion: Sequence[_Told], book: Journal) -> list[str]:
    """Append these runs: all at once, or else each that can be; the complaints about the others."""
    try:
        if portion:
            book.append([event for _, several in portion for event in several])
    except ValueRefused as refused:
        if len(portion) == 1:
            return [f"{portion[0][0].place}: {refused}"]
        return [complaint for one in portion for complaint in _append([one], book)]
    return []


def rehearsed(understood: Understood) -> Understood:
    """The same with what ``add`` would refuse, for who adds nothing."""
    runs: list[Foreign] = []
    refused = list(understood.refused)
    for run in understood.runs:
        try:
            for event in events(run, now=datetime.now(UTC)):
                encode(entry_of(event), number=1, previous=NO_LINE)
        except ValueRefused as error:
            refused.append(f"{run.place}: {error}")
        else:
            runs.append(run)
    return replace(understood, runs=tuple(runs), refused=tuple(refused))


def events(run: Foreign, *, now: datetime) -> list[Event]:
    """The events that tell of this run. ``now`` is their time where the tracker has none so far."""
    began, ended = run.began, run.ended
    own = ended is not None and ended <= now
    at = ended if ended is not None and own else now
    made: list[Event] = []
    if run.exit_code is None and run.error is None:
        made.append(
            Logged(
                id="", run=run.run, at=at, params=run.params, metrics=run.metrics, seed=run.seed,
                status=run.status, tags=run.tags, began=began, seconds=run.seconds,
                context=run.context,
            )
        )  # fmt: skip
    else:
        made += [
            Started(
                id="", run=run.run, at=now if began is None else min(began, now), params=run.params,
                seed=run.seed, tags=run.tags, context=run.context,
            ),
            Finished(
                id="", run=run.run, at=at, status=run.status, exit_code=run.exit_code,
                seconds=run.seconds, metrics=run.metrics, error=run.error,
            ),
        ]  # fmt: skip
    # Events of one time are ordered by their ids, which are hashes: notes keep their order by time.
    later = [at + timedelta(microseconds=place + 1) for place in range(len(run.notes) + 1)]
    made += [
        Noted(id="", run=run.run, at=then, note=note)
        for then, note in zip(later, run.notes, strict=False)
    ]
    if run.retracted is not None:
        made.append(Retracted(id="", run=run.run, at=later[-1], reason=run.retracted))
    made += _series(run, at)  # last: another import may have more of them, and the places stay
    return [
        replace(event, id=_event_id(event, k) if own else uuid7()) for k, event in enumerate(made)
    ]


def _series(run: Foreign, at: datetime) -> Iterator[Metrics]:
    points = [(step, name, value) for name, told in run.series.items() for step, value in told]
    for start in range(0, len(points), _POINTS):
        steps, names, values = zip(*points[start : start + _POINTS], strict=True)
        yield Metrics(id="", run=run.run, at=at, step=steps, name=names, value=values)


def _event_id(event: Event, place: int) -> str:
    kind = type(event).__name__.lower()
    told = json.dumps([place, kind, event.run, stamp(event.at), body(event)], sort_keys=True)
    return uuid_of(told.encode())


def complete(understood: Understood) -> Understood:
    """The same. Raises JournalError where there is nothing at all to import."""
    if not understood.runs and not understood.refused:
        why = "; ".join(understood.left_out)
        raise JournalError("there is no run to import", where=understood.source, hint=why)
    return understood
