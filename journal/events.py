"""Everything that can happen to a journal: immutable types, on one page.

An event is what somebody recorded at a moment; nothing changes it. What a run *is* follows from its
events (``journal.runs``). The class's name in small letters is the event's type in the file, and a
field's name is its key in the body; a field at its default is not written. Fields with one name
mean the same in every event.

    started     a run began                      tagged      labels added to or taken from a run
    metrics     a batch of measured values       noted       a remark on a run
    finished    a run ended                      renamed     a parameter has another name
    logged      a whole run at once              defaulted   what older runs had not recorded
    amended     values of a run put right        undefaulted that taken back
    retracted   a run that should not count      declared    what a metric or a parameter is
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime

from journal.entries import STATUSES, among, one_of, whole
from journal.errors import ValueRefused
from journal.packing import Json
from journal.processes import Process
from journal.values import Scalar

DIRECTIONS = ("minimize", "maximize")
SCALES = ("linear", "log")
ROLES = ("studied", "block", "nuisance", "constant")


@dataclass(frozen=True, slots=True, kw_only=True)
class Event:
    """What every event has: its own id, the run it is about (None: the journal), when (UTC)."""

    id: str
    run: str | None
    at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Started(Event):
    """A run began. ``context`` is where it came from: commit, machine, versions, command."""

    params: Mapping[str, Scalar] = field(default_factory=dict)
    seed: int | None = None
    tags: tuple[str, ...] = ()
    note: str | None = None
    process: Process | None = None
    context: Mapping[str, Json] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Metrics(Event):
    """Values measured on the way, as three columns of one length."""

    step: tuple[int, ...]
    name: tuple[str, ...]
    value: tuple[float, ...]

    def __post_init__(self) -> None:
        if not len(self.step) == len(self.name) == len(self.value):
            raise ValueRefused("a batch of metrics whose columns differ in length")


@dataclass(frozen=True, slots=True, kw_only=True)
class Finished(Event):
    """A run ended. ``metrics`` are its results; ``error`` says why it failed, if it did."""

    status: str = "finished"
    exit_code: int | None = None
    seconds: float | None = None
    metrics: Mapping[str, float] = field(default_factory=dict)
    error: str | None = None
    context: Mapping[str, Json] = field(default_factory=dict)

    def __post_init__(self) -> None:
        among(self.status, STATUSES, what="the status")
        whole(self.exit_code, "the exit code")


@dataclass(frozen=True, slots=True, kw_only=True)
class Logged(Event):
    """A whole run in one line. ``began`` is when it ran, where that is not when it was logged."""

    params: Mapping[str, Scalar] = field(default_factory=dict)
    metrics: Mapping[str, float] = field(default_factory=dict)
    seed: int | None = None
    status: str = "finished"
    tags: tuple[str, ...] = ()
    note: str | None = None
    began: datetime | None = None
    seconds: float | None = None
    context: Mapping[str, Json] = field(default_factory=dict)

    def __post_init__(self) -> None:
        among(self.status, STATUSES, what="the status")


@dataclass(frozen=True, slots=True, kw_only=True)
class Amended(Event):
    """Values of a run put right: those given replace, those in ``removed`` go."""

    params: Mapping[str, Scalar] = field(default_factory=dict)
    metrics: Mapping[str, float] = field(default_factory=dict)
    removed: tuple[str, ...] = ()
    seed: int | None = None
    status: str | None = None
    reason: str | None = None

    def __post_init__(self) -> None:
        one_of(self.status, STATUSES, what="the status")


@dataclass(frozen=True, slots=True, kw_only=True)
class Retracted(Event):
    """A run that should not count: it stays in the journal and leaves every answer."""

    reason: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Noted(Event):
    """A remark on a run."""

    note: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Tagged(Event):
    """Labels added to a run, and labels taken from it."""

    tags: tuple[str, ...] = ()
    removed: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Renamed(Event):
    """In every run recorded before this event, parameter ``old`` is called ``new``."""

    old: str
    new: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Defaulted(Event):
    """Runs recorded before this event that lack ``parameter`` had it at ``default``.

    Where ``condition`` is given, only runs that meet it (as in ``Declared``).
    """

    parameter: str
    default: Scalar
    condition: Mapping[str, tuple[Scalar, ...]] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Undefaulted(Event):
    """What defaults before this event gave of ``parameter`` is taken back."""

    parameter: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Declared(Event):
    """What a metric or a parameter is; exactly one of the two is named.

    Later declarations add to earlier ones, field by field; levels take the place of domain and
    scale, and the reverse; one that says nothing of its name takes back all that was said.
    ``domain`` is a numeric parameter's
    (low, high); ``levels`` are the values of one that has only those. ``condition`` says when the
    parameter is active: each named parameter has one of the given values.
    """

    metric: str | None = None
    direction: str | None = None
    unit: str | None = None
    parameter: str | None = None
    domain: tuple[float, float] | None = None
    levels: tuple[Scalar, ...] = ()
    scale: str | None = None
    role: str | None = None
    condition: Mapping[str, tuple[Scalar, ...]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        if (self.metric is None) == (self.parameter is None):
            raise ValueRefused("a declaration names a metric or a parameter, one of the two")
        one_of(self.direction, DIRECTIONS, what="the direction")
        one_of(self.scale, SCALES, what="the scale")
        one_of(self.role, ROLES, what="the role")
        if self.domain is not None and not self.domain[0] < self.domain[1]:
            raise ValueRefused(f"the domain {self.domain} does not run from low to high")


KINDS: dict[str, type[Event]] = {
    kind.__name__.lower(): kind
    for kind in (
        Started, Metrics, Finished, Logged, Amended, Retracted,
        Noted, Tagged, Renamed, Defaulted, Undefaulted, Declared,
    )
}  # fmt: skip
"""Every event type by its name in the file."""
