"""What a report says of runs: counts, failures, the best, the planned, points, provenance."""

from __future__ import annotations

from dataclasses import dataclass

Scalar = bool | int | float | str | None
Setting = tuple[tuple[str, Scalar], ...]
"""Parameters with their values."""


@dataclass(frozen=True, kw_only=True)
class Said:
    """A sentence by its key in the catalogue of words, and the facts that fill its gaps.

    The rendering words it, in the reader's language (`analysis.words.Voice.worded`).
    """

    key: str
    facts: tuple[
        tuple[str, bool | int | float | str | Said | tuple[Said | str, ...] | None], ...
    ] = ()


@dataclass(frozen=True, kw_only=True)
class Share:
    """A share of the explainable variance with its 95 % interval."""

    share: float
    low: float
    high: float


@dataclass(frozen=True, kw_only=True)
class Exclusion:
    """Runs left out for one reason. failed: they count as failed where causes are sought."""

    reason: str
    count: int
    failed: bool
    says: Said | None = None


@dataclass(frozen=True, kw_only=True)
class RunCounts:
    """How many runs stand behind the answer, and how many do not.

    failed: by their status; those that ended without a result are among the excluded.
    """

    used: int
    configurations: int
    failed: int
    excluded: tuple[Exclusion, ...]


@dataclass(frozen=True, kw_only=True)
class FailureParameter:
    """How far failing depends on one parameter."""

    name: str
    total: Share
    rates: tuple[tuple[str, int, int], ...]
    """(setting or range as text, failed runs, all runs), in order along the parameter."""
    worst: tuple[str, int, int]
    """The same of where most fail: groups beside each other that fail much alike are one."""


@dataclass(frozen=True, kw_only=True)
class FailureCorner:
    """Where two parameters make runs fail together, and how many of those there failed."""

    parameters: tuple[tuple[str, str], ...]
    """(name, setting or range as text)."""
    failed: int
    runs: int


@dataclass(frozen=True, kw_only=True)
class Failures:
    """The share of runs that fail, and the parameters that drive it."""

    share: float
    parameters: tuple[FailureParameter, ...]
    together: tuple[FailureCorner, ...] = ()


@dataclass(frozen=True, kw_only=True)
class BestRun:
    """One of the best configurations, by what its runs and the surrogate say together.

    Those of a report are within two standard deviations of its first, each on its own; by their
    own runs alone, all held against each other at once, more may be the best (`knobwise best`).
    """

    run_id: str
    parameters: Setting
    seeds: int
    value: float
    predicted: float
    commit: str | None
    command: str | None
    seed: Scalar = None
    """Seed, code and surroundings are those of `run_id`, the first of the replicates."""
    dirty: bool = False
    """The code had changes that no commit has."""
    python: str | None = None
    host: str | None = None
    measured: float | None = None
    """Mean of the metric as it was logged; `value` and `predicted` are on the analysed scale."""
    block: Setting = ()
    """The blocks of `run_id` that a run can be given; `measured` is of the replicates in any."""


@dataclass(frozen=True, kw_only=True)
class PlannedRun:
    """One run to make, and what for."""

    parameters: Setting
    seed: int
    reason: str
    says: Said | None = None


@dataclass(frozen=True, kw_only=True)
class Plan:
    """What to run next: settings, what they settle, about how long they take (seconds)."""

    runs: tuple[PlannedRun, ...]
    settles: tuple[str, ...]
    seconds: float | None
    recorded: str | None = None
    """A command line that such a run was started by: that of the best configuration that has one.
    """
    prefixes: tuple[tuple[str, str], ...] = ()
    """(command, what its printed results began with), where that was told (`run --prefix`)."""
    ways: tuple[str, ...] = ()
    """Command lines of these runs, each of which tells a parameter as none before it does."""
    renamed: tuple[tuple[str, str], ...] = ()
    """(what a parameter was called when they were recorded, what it is called now); see `names` of
    `journal.declarations.Declarations`."""
    seed_name: str = ""
    """The parameter that sets the seed (`random_state`); "" where it is recorded as such."""


@dataclass(frozen=True, kw_only=True)
class RunPoint:
    """One run for the pictures: its parameter values in `Report.parameters` order."""

    values: tuple[Scalar, ...]
    objective: float
    predicted: float | None
    configuration: int
    order: float


@dataclass(frozen=True, kw_only=True)
class Provenance:
    """What a reader needs to make the same report again."""

    knobwise: str
    journal: str
    digest: str
    created: str
    command: str
    seed: int | None
    measure: str
    versions: tuple[tuple[str, str], ...]
    asked: tuple[tuple[str, Scalar], ...] = ()
    """The options that the answer depends on, each with its value (`analysis.options.asked`)."""
