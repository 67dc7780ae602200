"""What the runs are, as it follows from the events: a pure function.

A run is begun by the first event that can begin one (``started`` or ``logged``); everything else
about it is applied in the order of (at, id). A further ``started`` is the run going on: resumed
after its end, or joined by the program that a wrapper runs; its parameters add and replace. Events
about a run that nothing begins are *orphans* (a segment was not copied along); they are counted,
never guessed at.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime

from journal.collector import paused
from journal.declarations import Declarations, declare
from journal.events import (
    Amended,
    Declared,
    Defaulted,
    Event,
    Finished,
    Logged,
    Metrics,
    Noted,
    Renamed,
    Retracted,
    Started,
    Tagged,
    Undefaulted,
)
from journal.identity import meets
from journal.packing import Json
from journal.processes import Process, is_alive
from journal.values import Scalar

General = Renamed | Defaulted | Undefaulted
"""Events of the journal that change the runs recorded before them."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Run:
    """One execution with fixed parameter values, as the journal tells it now.

    ``status`` is finished, failed, killed, running, or interrupted (its process is gone).
    ``metrics`` are the results; for a metric without a result, its last logged value. ``series``
    has every value logged on the way as (step, value). ``retracted`` is the reason, or None.
    """

    id: str
    params: Mapping[str, Scalar]
    metrics: Mapping[str, float]
    seed: int | None
    status: str
    started_at: datetime
    recorded_at: datetime
    seconds: float | None
    tags: tuple[str, ...]
    notes: tuple[str, ...]
    retracted: str | None
    exit_code: int | None
    error: str | None
    series: Mapping[str, tuple[tuple[int, float], ...]]
    context: Mapping[str, Json]
    events: int

    def __hash__(self) -> int:
        return hash(self.id)


Alive = Callable[[Process, datetime], bool | None]
"""As `processes.is_alive`."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Fold:
    """All runs in order of their start, what was declared, and events whose run is not here."""

    runs: tuple[Run, ...]
    declarations: Declarations
    orphans: tuple[Event, ...]


@paused()
def fold(events: Iterable[Event], *, alive: Alive = is_alive) -> Fold:
    """The runs that these events, ordered by (at, id), tell of."""
    about: dict[str, list[Event]] = {}
    everywhere: list[Event] = []
    for event in events:
        if event.run is None:
            everywhere.append(event)
        else:
            about.setdefault(event.run, []).append(event)
    runs: list[Run] = []
    orphans: list[Event] = []
    general = [event for event in everywhere if isinstance(event, General)]
    for told in about.values():
        begun = next((event for event in told if isinstance(event, Started | Logged)), None)
        if begun is None:
            orphans.extend(told)
        else:
            runs.append(_run(begun, told, general, alive))
    runs.sort(key=lambda run: (run.started_at, run.id))
    return Fold(runs=tuple(runs), declarations=_declarations(everywhere), orphans=tuple(orphans))


def _declarations(everywhere: Iterable[Event]) -> Declarations:
    known = Declarations()
    for event in everywhere:
        if isinstance(event, Declared):
            known = declare(known, event)
        elif isinstance(event, Renamed):
            known = known.renamed(event.old, event.new)
    return known


def _run(
    begun: Started | Logged,
    told: list[Event],
    general: list[General],
    alive: Alive,
) -> Run:
    draft = _Draft(begun)
    later: list[Event] = [event for event in told if event is not begun]
    after = (begun.at, begun.id)
    later += [event for event in general if (event.at, event.id) > after]
    later.sort(key=lambda event: (event.at, event.id))
    for event in later:
        draft.apply(event)
    if draft.status is None:
        draft.status = "interrupted" if draft.is_gone(alive) else "running"
    return draft.run(len(told))


@dataclass(slots=True)
class _Draft:
    """A run while its events are applied."""

    begun: Started | Logged
    params: dict[str, Scalar] = field(init=False)
    defaults: set[str] = field(default_factory=set)
    results: dict[str, float] = field(default_factory=dict)
    series: dict[str, list[tuple[int, float]]] = field(default_factory=dict)
    seed: int | None = field(init=False)
    status: str | None = None
    seconds: float | None = None
    tags: dict[str, None] = field(init=False)
    notes: list[str] = field(init=False)
    retracted: str | None = None
    exit_code: int | None = None
    error: str | None = None
    context: dict[str, Json] = field(init=False)
    processes: list[tuple[Process | None, datetime]] = field(default_factory=list)

    def __post_init__(self) -> None:
        begun = self.begun
        self.params = dict(begun.params)
        self.seed = begun.seed
        self.tags = dict.fromkeys(begun.tags)
        self.notes = [] if begun.note is None else [begun.note]
        self.context = dict(begun.context)
        if isinstance(begun, Logged):
            self.results = dict(begun.metrics)
            self.status = begun.status
            self.seconds = begun.seconds
        else:
            self.processes.append((begun.process, begun.at))

    def apply(self, event: Event) -> None:
        """Let the event change the draft."""
        match event:
            case Started():
                self._go_on(event)
            case Metrics():
                self._measure(event)
            case Finished():
                self._finish(event)
            case Amended():
                self._amend(event)
            case Retracted():
                self.retracted = event.reason
            case Noted():
                self.notes.append(event.note)
            case Tagged():
                kept = (tag for tag in self.tags if tag not in event.removed)
                self.tags = dict.fromkeys((*kept, *event.tags))
            case Renamed():
                self._rename(event)
            case Defaulted() | Undefaulted():
                self._default(event)

    def _measure(self, event: Metrics) -> None:
        if self.processes:  # it was there at this time
            self.processes[-1] = (self.processes[-1][0], event.at)
        for step, name, value in zip(event.step, event.name, event.value, strict=True):
            self.series.setdefault(name, []).append((step, value))

    def _rename(self, event: Renamed) -> None:
        if event.old in self.params and event.new not in self.params:
            self.params = {
                event.new if name == event.old else name: value
                for name, value in self.params.items()
            }
            if event.old in self.defaults:
                self.defaults ^= {event.old, event.new}

    def _default(self, event: Defaulted | Undefaulted) -> None:
        name = event.parameter
        if isinstance(event, Undefaulted):
            if name in self.defaults:
                self._drop([name])
        elif name not in self.params and meets(self.params, event.condition):
            self.params[name] = event.default
            self.defaults.add(name)

    def _put(self, params: Mapping[str, Scalar]) -> None:
        """These were recorded, and are no defaults any more."""
        self.params.update(params)
        self.defaults.difference_update(params)

    def _drop(self, names: Iterable[str]) -> None:
        for name in names:
            self.params.pop(name, None)
            self.defaults.discard(name)

    def _go_on(self, event: Started) -> None:
        if self.status is not None:
            self.status = self.error = self.exit_code = None
            self.processes.clear()
        self.processes.append((event.process, event.at))
        self._put(event.params)
        self.seed = self.seed if event.seed is None else event.seed
        self.tags.update(dict.fromkeys(event.tags))
        self.notes += [] if event.note is None else [event.note]
        self.context.update(event.context)

    def is_gone(self, alive: Alive) -> bool:
        """Is every process that worked on the run known to have ended?"""
        return bool(self.processes) and all(
            process is not None and alive(process, at) is False for process, at in self.processes
        )

    def _finish(self, event: Finished) -> None:
        """A program and the wrapper around it both end the run: a failure either saw stands."""
        if self.status in {None, "finished"}:
            self.status = event.status
        self.error = self.error or event.error
        self.exit_code = self.exit_code if event.exit_code is None else event.exit_code
        self.results.update(event.metrics)
        self.context.update(event.context)
        elapsed = (event.at - self.begun.at).total_seconds()
        known = elapsed if elapsed >= 0 else None  # the clock was set back
        self.seconds = known if event.seconds is None else event.seconds

    def _amend(self, event: Amended) -> None:
        for name in event.removed:
            self.results.pop(name, None)
            self.series.pop(name, None)
        self._drop(event.removed)
        self._put(event.params)
        self.results.update(event.metrics)
        self.seed = self.seed if event.seed is None else event.seed
        self.status = event.status or self.status

    def run(self, events: int) -> Run:
        """The run as it stands."""
        begun = self.begun
        series = {
            name: tuple(sorted(points, key=lambda point: point[0]))
            for name, points in self.series.items()
        }
        metrics = {name: points[-1][1] for name, points in series.items()} | self.results
        began = begun.began if isinstance(begun, Logged) else None
        return Run(
            id=str(begun.run),
            params=self.params,
            metrics=metrics,
            seed=self.seed,
            status=str(self.status),
            started_at=began or begun.at,
            recorded_at=begun.at,
            seconds=self.seconds,
            tags=tuple(self.tags),
            notes=tuple(self.notes),
            retracted=self.retracted,
            exit_code=self.exit_code,
            error=self.error,
            series=series,
            context=self.context,
            events=events,
        )
