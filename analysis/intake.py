"""From a journal to a frame: the one place, beside the command, where analyst and journal meet."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from os import PathLike
from typing import cast

import numpy as np
import pandas as pd

import journal
from analysis import steps
from analysis.assembly import assemble
from analysis.commands import said_once
from analysis.declaration import Declaration
from analysis.digests import digest_of
from analysis.errors import DirectionUnknown, Misused, UnknownMetric, UnknownParameter
from analysis.frame import Direction, Frame
from analysis.intake_notes import otherwise_declared
from analysis.results import Finding, Role, Scalar, Scale
from analysis.runs import Runs, flat, outcome
from analysis.sentences import finding
from analysis.space import Condition
from analysis.usable import question
from journal import filters
from journal.addresses import shown, typed
from journal.counts import counted
from journal.damage import Damage
from journal.declarations import Declarations, ParameterDeclaration
from journal.guesses import guess
from journal.hints import addressed
from journal.runs import Run, fold

OUTAGES: tuple[type[Exception], ...] = (journal.JournalError, OSError)
"""What a journal that was there a moment ago may raise, and not the next time."""


@dataclass(frozen=True, eq=False)
class Told:
    """What a journal said when it was read; several frames of it are of the same moment.

    source: its address without a password; named: the same as it was given, None where it was
    found. runs: those that are not retracted.
    """

    source: str
    named: str | None
    runs: tuple[Run, ...]
    declarations: Declarations
    damage: Sequence[Damage]

    @property
    def declares_block(self) -> bool:
        """Whether some parameter sets runs apart by what was declared of it."""
        return any(one.role == "block" for one in self.declarations.parameters.values())


def told(path: str | PathLike[str] | None) -> Told:
    """Read a folder or an address as `journal.open` takes it; raises `journal.JournalError`."""
    book = journal.open(path)
    reading = book.read()
    known = fold(reading.events)
    kept = tuple(run for run in known.runs if run.retracted is None)
    named = None if path is None else public(str(path))
    return Told(shown(book.address), named, kept, known.declarations, reading.damage)


def source(path: str | PathLike[str] | None) -> str:
    """Where a journal is, before anything of it is read."""
    return shown(journal.open(path).address)


def frame_of(
    known: Told,
    *,
    metric: str,
    direction: Direction | None = None,
    otherwise: Direction | None = None,
    where: str | Sequence[str] = (),
    block: str | Sequence[str] = (),
    step: int | None = None,
) -> Frame:
    """The frame of the runs of one metric.

    With `step`, the metric is its last value logged at that step or before, in runs that logged it
    at that step or after: importance at equal budgets. The frame then calls it `metric@step`, and
    that name may be given for the metric too.

    `direction` is what is good, whatever was declared; `otherwise` holds where nothing was.
    `where` are filters as `knobwise ls` takes them (`journal.filters`); `block` names parameters,
    or parts of the recorded context (such as host), that are not asked about but set runs apart.

    Raises `UnknownMetric`, `UnknownParameter`, `DirectionUnknown`, `Misused` for filters that no
    run meets. Damage is no error: it becomes a finding.
    """
    where, block = question(metric, (direction, otherwise), step=step, where=where, block=block)
    metric, step = _known_metric(metric, step, known.runs, where=known.source)
    kept = filters.select(known.runs, where, renamed=known.declarations.names)
    if known.runs and not kept:
        of = f"of {counted(len(known.runs), 'run')} none meets"
        raise Misused(
            f"{of if len(known.runs) > 1 else 'the only run does not meet'} {' and '.join(where)}",
            where="where",
            flag="--where",
            hint="knobwise ls shows what a filter keeps",
        )
    if step is not None:
        series = [run.series[metric] for run in kept if run.series.get(metric)]
        steps.check(series, metric=metric, step=step, where=known.source)
    declared, wanted = known.declarations.metrics.get(metric), (direction, otherwise)
    if direction is None and declared is not None:
        direction = cast("Direction | None", declared.direction)
    direction = direction or otherwise
    if direction is None:
        raise DirectionUnknown(
            f"is high or low {metric} good?",
            hint='direction="maximize" or "minimize"' + said_once(metric),
            typed="--maximize or --minimize" + said_once(metric),
        )
    frame = assemble(
        runs_of_journal(kept, metric=metric, block=block, source=known.source, step=step),
        metric=metric if step is None else f"{metric}@{step}",
        direction=direction,
        declarations=declarations(known.declarations, block=block),
        unit=declared.unit if declared is not None else None,
    )
    said = declared.direction if declared is not None else None
    against = otherwise_declared(direction, metric, declared=said)
    notes = (*_damage(known.damage), *against, *frame.notes)
    flags = [("journal", known.named), (frame.direction, frame.direction in wanted or None)]
    repeated = [("where", one) for one in where] + [("block", one) for one in block]
    asked = tuple((name, value) for name, value in (*flags, *repeated) if value is not None)
    renamed = tuple(sorted(known.declarations.names.items()))
    return replace(frame, notes=notes, asked=asked, renamed=renamed)


def public(address: str) -> str:
    """An address as it may be written down and typed: without its password."""
    return typed(address)


def hinted(hint: str, address: str | None) -> str:
    """A hint whose commands are for the journal that was named."""
    return addressed(hint, address)


def growth(address: str) -> Callable[[], object]:
    """What changes when the journal in this database grows; the same as before while it is away."""
    ends = getattr(journal.open(address).store, "ends")  # noqa: B009 - databases alone have it
    seen = None

    def now() -> object:
        nonlocal seen
        with suppress(journal.ReadFailed, journal.JournalNotFound):
            seen = ends()
        return seen

    return now


def runs_of_journal(
    runs: Sequence[Run],
    *,
    metric: str,
    block: Sequence[str],
    source: str,
    step: int | None,
) -> Runs:
    """The journal's runs as the analyst takes them.

    block: parameters, parts of the recorded context, or `seed`, the runs' own.
    Raises `UnknownParameter` for a block that no run has.
    """
    names = sorted({name for run in runs for name in run.params})
    others = sorted({name for run in runs for name in run.metrics} - {metric})
    contexts = [flat(run.context) for run in runs]
    # A parameter that is a block becomes one by its role.
    blocks = {name: _block(name, runs, contexts, names) for name in block if name not in names}
    columns = {name: [run.params.get(name) for run in runs] for name in names}
    if step is None:
        measured = [run.metrics.get(metric) for run in runs]
        reached = _reached(runs, metric)
    else:
        measured = [steps.value(run.series.get(metric, ()), step) for run in runs]
        reached = np.zeros(0)
    made = Runs(
        columns=columns,
        objective=np.array([math.nan if value is None else value for value in measured]),
        has_metric=np.array([value is not None for value in measured], dtype=bool),
        outcomes=[
            outcome(run.status) if step is None else steps.ended(outcome(run.status), value)
            for run, value in zip(runs, measured, strict=True)
        ],
        order=np.array([run.started_at.timestamp() for run in runs], dtype=float),
        run_ids=[run.id for run in runs],
        seeds=[run.seed for run in runs],
        seconds=np.array(
            [math.nan if run.seconds is None else run.seconds for run in runs], dtype=float
        ),
        blocks=pd.DataFrame(blocks, index=range(len(runs))),
        other_metrics={name: _metric(runs, name) for name in others},
        context=contexts,
        absent={
            name: np.array([name not in run.params for run in runs])  # null is a value
            for name in names
            if None in columns[name]
        },
        source=source,
        metric=metric,
        reached=reached,
    )
    return replace(made, digest=digest_of(made))


def _block(
    name: str,
    runs: Sequence[Run],
    contexts: Sequence[Mapping[str, Scalar]],
    parameters: Sequence[str],
) -> pd.Series:
    """(n_runs,) which block each run is in, by its context or its seed."""
    if name == "seed" and any(run.seed is not None for run in runs):
        return pd.Series([run.seed for run in runs], dtype=object)
    if not any(name in context for context in contexts):
        raise UnknownParameter(
            f"no run has a parameter or context {name!r} to take as a block",
            hint=_near(name, {*parameters, *(key for context in contexts for key in context)}),
            word=name,
        )
    return pd.Series([context.get(name) for context in contexts], dtype=object)


def declarations(known: Declarations, *, block: Sequence[str] = ()) -> dict[str, Declaration]:
    """What was declared of the parameters, in the analyst's words; `block` wins over a role."""
    said = {name: _declaration(parameter) for name, parameter in known.parameters.items()}
    for name in block:
        said[name] = replace(said.get(name, Declaration()), role="block")
    return said


def _declaration(parameter: ParameterDeclaration) -> Declaration:
    parts = [Condition(parent, tuple(v)) for parent, v in sorted(parameter.condition.items())]
    condition = replace(parts[0], also=tuple(parts[1:])) if parts else None
    return Declaration(
        domain=parameter.domain,
        levels=tuple(parameter.levels),
        scale=cast(Scale | None, parameter.scale),
        role=cast(Role | None, parameter.role),
        condition=condition,
    )


def _known_metric(
    metric: str, step: int | None, runs: Sequence[Run], *, where: str
) -> tuple[str, int | None]:
    """The metric that some run has, and the step; `name@5` is step 5 of a metric called name.

    Where no run has any metric (none finished yet, all failed) the name is taken as it is.
    """
    measured = Counter(name for run in runs for name in run.metrics)
    base, _, at = metric.rpartition("@")
    if metric not in measured and base in measured and at.isdecimal():
        metric, step = base, int(at) if step is None else step
    if measured and metric not in measured:
        said, hint = f"no run has the metric {metric!r}", _measured(metric, measured)
        raise UnknownMetric(said, where=where, hint=hint, word=metric)
    return metric, step


def _measured(name: str, known: Mapping[str, int]) -> str:
    """What may have been meant; a metric with a tenth of another's runs may be a slip itself."""
    usual = {metric for metric, n in known.items() if 10 * n > max(known.values())}
    rare = {f"{metric} ({counted(known[metric], 'run')})" for metric in {*known} - usual}
    return guess(name, usual, otherwise=_near(name, usual | rare))


def _near(name: str, known: set[str]) -> str:
    return guess(name, known, otherwise=f"there is {', '.join(sorted(known)[:8])}")


def _metric(runs: Sequence[Run], name: str) -> np.ndarray:
    return np.array([run.metrics.get(name, math.nan) for run in runs], dtype=float)


def _reached(runs: Sequence[Run], metric: str) -> np.ndarray:
    """(n_runs,) the last step of each run's series; empty where none has any."""
    series = [run.series.get(metric) for run in runs]
    if not any(series):
        return np.zeros(0)
    return np.array([points[-1][0] if points else math.nan for points in series], dtype=float)


def _damage(damage: Sequence[Damage]) -> list[Finding]:
    serious = [str(item) for item in damage if not item.harmless]
    return [finding("damage", n=len(serious), first=serious[0])] if serious else []
