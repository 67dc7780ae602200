"""Optuna's SQLite schema, as of Optuna 2 to 5, read into studies and trials.

A cell that is not of its column's kind refuses its trial, or its study, and no other.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from journal.importers_optuna_storage import STATES, Study, Trial, names_of
from journal.importers_sqlite import Rows, misfits, reading
from journal.packing import Json

_VALUES = {"INF_POS": float("inf"), "INF_NEG": float("-inf"), "NAN": float("nan")}
_STUDIES: tuple[dict[str, str], ...] = (
    {"studies.study_name": "text"},
    {"study_directions.direction": "text"},
    {"study_system_attributes.key": "text", "study_system_attributes.value_json": "text"},
    {"study_user_attributes.key": "text", "study_user_attributes.value_json": "text null"},
)
_TRIALS: tuple[dict[str, str], ...] = (
    {"trials.number": "integer", "trials.state": "text", "trials.datetime_start": "text null",
     "trials.datetime_complete": "text null"},
    {"trial_params.param_name": "text", "trial_params.distribution_json": "text"},
    {"trial_intermediate_values.step": "integer"},
    {"trial_user_attributes.key": "text", "trial_user_attributes.value_json": "text null"},
)  # fmt: skip


def studies(path: Path) -> tuple[list[Study], list[str]]:
    """The studies in an SQLite file, and what was not understood. Raises ReadFailed."""
    with reading(path, "studies", "trials", "trial_params", tracker="Optuna") as rows:
        odd = misfits(rows, *_STUDIES, key="study_id")
        found = {
            key: Study(name=str(name), directions=[], broken=odd.get(key, ""))
            for key, name in rows("SELECT study_id, study_name FROM studies ORDER BY study_id")
        }
        _describe({key: study for key, study in found.items() if not study.broken}, rows)
        odd = misfits(rows, *_TRIALS, key="trial_id")
        trials: dict[int, Trial] = {}
        refused: list[str] = []
        for key, study, number, state, began, ended in rows(
            "SELECT trial_id, study_id, number, state, datetime_start, datetime_complete "
            "FROM trials ORDER BY study_id, number"
        ):
            if study not in found:
                refused.append(f"trial_id {key}: no study has its study_id, {study!r:.40}")
                continue
            known = state in STATES
            broken = odd.get(key, "") or ("" if known else f"trials.state is {state!r:.40}")
            trials[key] = Trial(
                number=number, state=STATES.index(state if known else "FAIL"), began=began,
                ended=ended, broken=broken,
            )  # fmt: skip
            found[study].trials.append(trials[key])
        _fill({key: trial for key, trial in trials.items() if not trial.broken}, rows)
    return list(found.values()), refused


def _describe(found: Mapping[int, Study], rows: Rows) -> None:
    """Directions, names of objectives and attributes into their studies."""
    codes = {"MINIMIZE": 1, "MAXIMIZE": 2}
    for key, direction in rows(
        "SELECT study_id, direction FROM study_directions ORDER BY study_id, objective"
    ):
        if key in found:
            found[key].directions.append(codes.get(direction, 0))
    for key, names in rows(
        "SELECT study_id, value_json FROM study_system_attributes WHERE key = 'study:metric_names'"
    ):
        if key in found:
            found[key].metrics = names_of(json.loads(names))
    for key, name, value in rows("SELECT study_id, key, value_json FROM study_user_attributes"):
        if key in found:
            found[key].attributes[name] = _attribute(value)
    for study in found.values():
        study.broken = "" if study.directions else "study_directions has no direction of it"


def _fill(trials: Mapping[int, Trial], rows: Rows) -> None:
    """Parameters, values, reports and attributes into their trials."""
    for key, name, value, space in rows(
        "SELECT trial_id, param_name, param_value, distribution_json FROM trial_params "
        "ORDER BY param_id"
    ):
        if key in trials:
            trials[key].internal[name] = value
            trials[key].distributions[name] = space
    for key, value, kind in _valued(rows, "trial_values", "value", "objective"):
        if key in trials:
            number = _VALUES.get(kind, value)
            if number is None:
                trials[key].broken = "trial_values.value is null"
            else:
                trials[key].values.append(number)
    for key, step, value, kind in _valued(
        rows, "trial_intermediate_values", "intermediate_value", "step", also="step"
    ):
        if key in trials:
            trials[key].reported.append((step, _VALUES.get(kind, value)))
    for key, name, told in rows("SELECT trial_id, key, value_json FROM trial_user_attributes"):
        if key in trials:
            trials[key].attributes[name] = _attribute(told)


def _attribute(told: str) -> Json:
    """What JSON says; the text where it is none."""
    try:
        value: Json = json.loads(told)
    except (ValueError, TypeError, RecursionError):
        return told
    return value


def _valued(
    rows: Rows, table: str, column: str, order: str, *, also: str = ""
) -> Iterator[tuple[Any, ...]]:
    """Rows of a table of values, with their kind; schemas before Optuna 3 had no kind."""
    columns = {name for _, name, *_ in rows(f"PRAGMA table_info({table})")}
    kind = f"{column}_type" if f"{column}_type" in columns else "'FINITE'"
    more = f"{also}, " if also else ""
    order = order if order in columns else "1"
    yield from rows(
        f"SELECT trial_id, {more}{column}, {kind} FROM {table} ORDER BY trial_id, {order}"
    )
