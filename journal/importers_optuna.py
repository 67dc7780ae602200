"""Trials of Optuna's studies as runs, with directions and search spaces declared.

A trial's id follows from its study's name, its number and the time it began: the same trial in a
copy of the storage is the same run. Pruned trials end as ``killed``; intermediate values are the
series of the first objective. A run is tagged with its study.
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, datetime
from pathlib import Path

from journal import importers_optuna_sqlite, importers_optuna_storage, values
from journal.clock import LONG_AGO
from journal.counts import counted
from journal.errors import JournalError, UsageError, ValueRefused
from journal.events import Declared
from journal.ids import NO_UUID
from journal.importers import Foreign, Understood, attributes_of, run_id, took
from journal.importers_optuna_grid import MOST, gridded
from journal.importers_optuna_storage import DIRECTIONS, STATES, Study, Trial
from journal.importers_sqlite import is_sqlite
from journal.packing import Json
from journal.times import parse_moment, read_stamp
from journal.values import Scalar

_NEVER = read_stamp(LONG_AGO)
_STATUS = {"COMPLETE": "finished", "PRUNED": "killed", "FAIL": "failed"}


def read(path: Path, *, chosen: Sequence[str] = (), names: Sequence[str] = ()) -> Understood:
    """The runs of a journal file or an SQLite file; of the ``chosen`` studies, else of all.

    ``names`` name the objectives where the study does not. Raises UsageError.
    """
    kept = importers_optuna_sqlite if is_sqlite(path) else importers_optuna_storage
    found, refused = kept.studies(path)
    unknown = [name for name in chosen if name not in {study.name for study in found}]
    if unknown:
        hint = "there is " + ", ".join(study.name for study in found)
        raise UsageError(f"no study is called {unknown[0]}", word=unknown[0], hint=hint)
    wanted = [study for study in found if not chosen or study.name in chosen]
    refused += [
        f"study {study.name}: Optuna does not write this: {study.broken}"
        for study in wanted
        if study.broken
    ]
    wanted = [study for study in wanted if not study.broken]
    runs: list[Foreign] = []
    open_trials: Counter[str] = Counter()
    for study in wanted:
        for trial in study.trials:
            state = STATES[trial.state]
            if state not in _STATUS:
                open_trials[state.lower()] += 1
                continue
            try:
                runs.append(_run(study, trial, names))
            except JournalError as error:
                refused.append(f"study {study.name}, trial {trial.number}: {error}")
    directions, unlike = _directions(wanted, names)
    spaces, remarks = _spaces(wanted)
    return Understood(
        source=str(path),
        runs=tuple(runs),
        declared=(*directions, *spaces),
        remarks=(*unlike, *remarks),
        left_out=tuple(
            counted(count, f"trial that is {state}") for state, count in open_trials.items()
        ),
        refused=tuple(refused),
    )


def _run(study: Study, trial: Trial, names: Sequence[str]) -> Foreign:
    if trial.broken:
        raise ValueRefused(f"Optuna does not write this: {trial.broken}")
    objectives = _objectives(study, names)
    status = _STATUS[STATES[trial.state]]
    results = dict(zip(objectives, trial.values, strict=False)) if status == "finished" else {}
    series = {objectives[0]: _points(trial)} if trial.reported and objectives else {}
    began, ended = (parse_moment(str(at)) if at else None for at in (trial.began, trial.ended))
    told: dict[str, Json] = {"study": study.name, "trial": trial.number}
    if trial.attributes:
        told["user_attrs"] = dict(trial.attributes)
    if study.attributes:
        told["study_attrs"] = dict(study.attributes)
    return Foreign(
        run=run_id("optuna", study.name, trial.number, _begun(trial)),
        place=f"study {study.name}, trial {trial.number}",
        params=values.parameters(_externals(study, trial)),
        metrics=values.metrics(results),
        status=status,
        began=began,
        seconds=took((ended - began).total_seconds()) if began and ended else None,
        tags=(study.name,),
        series=series,
        context={"optuna": told},
        attributes=attributes_of(trial.attributes),
    )  # fmt: skip


def _begun(trial: Trial) -> str:
    """What tells the trial from one of its number in a study begun anew: when it began, as written.

    Optuna writes local time without its zone; with that of the machine that imports it, the same
    trial would be another run on a machine elsewhere.
    """
    if not trial.began:
        return str(trial.internal)
    told = datetime.fromisoformat(str(trial.began))
    return str(told.replace(tzinfo=UTC) if told.tzinfo is None else told.astimezone(UTC))


def _externals(study: Study, trial: Trial) -> dict[str, Scalar]:
    """The trial's parameters. Raises ValueRefused."""
    spaces = study.spaces(trial)
    return {name: external(value, spaces.get(name, {})) for name, value in trial.internal.items()}


def _points(trial: Trial) -> list[tuple[int, float]]:
    return [(step, values.number(value, "a reported value")) for step, value in trial.reported]


def _objectives(study: Study, names: Sequence[str]) -> list[str]:
    """The objectives' names: as the study says, as told, else ``value`` or ``value_0`` …"""
    count = len(study.directions)
    if study.metrics:
        return list(study.metrics)
    if len(names) == count:
        return list(names)
    return ["value"] if count == 1 else [f"value_{place}" for place in range(count)]


def external(internal: object, space: Mapping[str, Json]) -> Scalar:
    """The value that Optuna's internal number stands for in this distribution."""
    kind, told = str(space.get("name")), space.get("attributes")
    if not isinstance(told, dict):
        raise ValueRefused(f"a distribution without attributes: {kind}")
    if not isinstance(internal, int | float) or not math.isfinite(internal):
        raise ValueRefused(f"{internal!r} stands for no value of a {kind}")
    choices = told.get("choices")
    if isinstance(choices, list):
        place = int(internal)
        if not 0 <= place < len(choices):
            raise ValueRefused(f"choice {place} of {len(choices)}")
        choice = choices[place]
        return str(choice) if isinstance(choice, list | dict) else choice
    return int(internal) if kind.startswith("Int") else float(internal)


def _directions(studies: Sequence[Study], names: Sequence[str]) -> tuple[list[Declared], list[str]]:
    """The objectives' directions; what is to be said where studies disagree on one.

    A metric has one direction in a journal: one study's would turn the other's results around.
    """
    told: dict[str, dict[str, str]] = {}
    for study in studies:
        for name, code in zip(_objectives(study, names), study.directions, strict=False):
            if code in DIRECTIONS:
                told.setdefault(name, {}).setdefault(DIRECTIONS[code], study.name)
    made: list[Declared] = []
    remarks: list[str] = []
    for name, ways in told.items():
        if len(ways) == 1:
            (way,) = ways
            made.append(Declared(id=NO_UUID, run=None, at=_NEVER, metric=name, direction=way))
            continue
        said = " and ".join(f"{way} in study {study}" for way, study in ways.items())
        cure = "--study NAME --objective NAME imports one under a name of its own"
        remarks.append(f"{name}: {said}: its direction is not declared ({cure})")
    return made, remarks


def _spaces(studies: Sequence[Study]) -> tuple[list[Declared], list[str]]:
    """Domain and scale, or levels, of parameters, as wide as any study; what to remark."""
    spaces: dict[str, list[Mapping[str, Json]]] = {}
    tried: dict[str, list[Scalar]] = {}
    for study, trial in [(one, trial) for one in studies for trial in one.trials]:
        try:
            told, found = study.spaces(trial), _externals(study, trial)
        except ValueRefused:
            continue  # its run is refused for the same
        for name, space in told.items():
            if space not in spaces.setdefault(name, []):
                spaces[name].append(space)
            tried.setdefault(name, []).append(found.get(name))
    made: list[Declared] = []
    remarks: list[str] = []
    for name, several in spaces.items():
        try:
            levels, remark = gridded(name, several, tried=tried[name])
            made += _space(name, several, levels)
            remark = remark or _unlike(name, several)
        except ValueRefused as error:
            remark = f"{name}: what it may be is not understood, and not declared: {error}"
        remarks += [remark] if remark else []
    return made, remarks


def _unlike(name: str, several: Sequence[Mapping[str, Json]]) -> str:
    """What is not declared since these distributions are of two kinds; empty where they are not."""
    listed = {"Categorical" in str(space.get("name")) for space in several}
    if len(listed) > 1:
        return f"{name}: a choice in some trials, a range in others: neither is declared"
    if len({_is_log(space) for space in several}) > 1:
        return f"{name}: on a log scale in some trials only: no scale is declared, its range is"
    return ""


def _space(
    name: str, several: Sequence[Mapping[str, Json]], points: Sequence[Scalar]
) -> Iterable[Declared]:
    """What these distributions of one parameter say together; nothing where their kinds differ.

    points: the few values that its steps leave it, if they do.
    """
    if points:
        yield Declared(id=NO_UUID, run=None, at=_NEVER, parameter=name, levels=tuple(points))
        return
    told = [space["attributes"] for space in several if isinstance(space.get("attributes"), dict)]
    attributes = [one for one in told if isinstance(one, dict)]
    if not attributes:
        return
    levels: dict[tuple[type, object], Scalar] = {}
    for one in attributes:
        listed = one.get("choices")
        for value in listed if isinstance(listed, list) else ():
            if not isinstance(value, list | dict):
                levels[type(value), value] = value
    if levels:
        if all("choices" in one for one in attributes):
            yield Declared(
                id=NO_UUID, run=None, at=_NEVER, parameter=name, levels=tuple(levels.values())
            )
        return
    logs = {_is_log(space) for space in several}
    lows = [values.number(one.get("low"), "low") for one in attributes]
    highs = [values.number(one.get("high"), "high") for one in attributes]
    if min(lows) < max(highs):
        few = max(highs) - min(lows) < MOST and all(map(_is_whole, several))
        # Few integers have no scale to speak of: said, it would make an interval of 1 to 4 layers.
        scale = "log" if logs == {True} else None if few or len(logs) > 1 else "linear"
        yield Declared(
            id=NO_UUID, run=None, at=_NEVER, parameter=name, domain=(min(lows), max(highs)),
            scale=scale,
        )  # fmt: skip


def _is_whole(space: Mapping[str, Json]) -> bool:
    return str(space.get("name")).startswith("Int")


def _is_log(space: Mapping[str, Json]) -> bool:
    told = space.get("attributes")
    return "Log" in str(space.get("name")) or (isinstance(told, dict) and bool(told.get("log")))
