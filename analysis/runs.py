"""Runs as they come, before anything is judged: from a table here, from a journal in `intake`."""

from __future__ import annotations

import hashlib
import json
import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Literal, cast

import numpy as np
import pandas as pd

from analysis.errors import InputError, UnknownMetric, UnknownParameter
from analysis.results import Scalar

Outcome = Literal["finished", "failed", "killed", "running", "interrupted", "pruned"]

OUTCOMES: dict[str, Outcome] = {
    **dict.fromkeys(("finished", "success", "succeeded", "complete", "completed"), "finished"),
    **dict.fromkeys(("ok", "done", "true", "", "none", "terminated"), "finished"),
    **dict.fromkeys(("failed", "fail", "failure", "error", "errored", "crashed"), "failed"),
    **dict.fromkeys(("diverged", "false", "oom", "nan"), "failed"),
    **dict.fromkeys(("killed", "cancelled", "canceled", "stopped", "timeout"), "killed"),
    **dict.fromkeys(("running", "pending", "waiting", "queued", "started"), "running"),
    "interrupted": "interrupted",
    "pruned": "pruned",
}
"""What other trackers call the end of a run."""


@dataclass(frozen=True, kw_only=True, eq=False)
class Runs:
    """All runs of one metric, usable or not; every sequence has one entry per run.

    columns: parameter -> values, None where the run has none
    objective: (n_runs,) float, NaN where the metric is NaN; `has_metric` tells it from absence
    order: (n_runs,) float, start time in seconds, or row number
    seconds: (n_runs,) float, NaN where unknown
    other_metrics: name -> (n_runs,) float, for findings only
    absent: parameter -> (n_runs,) bool, where it was not recorded at all; a table cannot tell
    context: what was recorded around each run (commit, command, host); may be empty
    """

    columns: Mapping[str, Sequence[Scalar]]
    objective: np.ndarray
    has_metric: np.ndarray
    outcomes: Sequence[Outcome]
    order: np.ndarray
    run_ids: Sequence[str]
    seeds: Sequence[Scalar]
    seconds: np.ndarray
    blocks: pd.DataFrame
    other_metrics: Mapping[str, np.ndarray] = field(default_factory=dict)
    context: Sequence[Mapping[str, Scalar]] = ()
    absent: Mapping[str, np.ndarray] = field(default_factory=dict)
    source: str = ""
    digest: str = ""

    @property
    def n_runs(self) -> int:
        """All runs, usable or not."""
        return len(self.objective)


def runs_of_table(
    table: pd.DataFrame,
    *,
    parameters: Sequence[str],
    metric: str,
    seed: str | None = None,
    blocks: Sequence[str] = (),
    status: str | None = None,
    order: str | None = None,
    seconds: str | None = None,
    run_id: str | None = None,
    other_metrics: Sequence[str] = (),
) -> Runs:
    """The rows of a table as runs; one row is one run.

    `order` names a column of numbers or times; without it, rows are taken to be in order.
    Raises `UnknownMetric`, `UnknownParameter` or `InputError` for a column that is not there.
    """
    named = [name for name in (seed, status, order, seconds, run_id) if name]
    _check(table, [metric], UnknownMetric)
    _check(table, parameters, UnknownParameter)
    if metric in parameters:
        raise InputError(f"{metric!r} is named as a parameter and as the metric")
    _check(table, [*blocks, *other_metrics, *named], InputError)
    # An empty cell and NaN are one in a table: both are NaN here, and only None is "not measured".
    measured = table[metric].tolist()
    n_runs = len(table)
    rows = np.arange(n_runs, dtype=float)
    return Runs(
        columns={name: scalars(table[name]) for name in parameters},
        objective=np.array([number_or_nan(scalar(value)) for value in measured], dtype=float),
        has_metric=np.array(
            [not (value is None or value is pd.NA) for value in measured], dtype=bool
        ),
        outcomes=[outcome(value) for value in scalars(table[status])]
        if status
        else ["finished"] * n_runs,
        order=_times(table[order]) if order else rows,
        run_ids=[str(value) for value in (table[run_id] if run_id else table.index)],
        seeds=scalars(table[seed]) if seed else [None] * n_runs,
        seconds=_numbers(table[seconds]) if seconds else np.full(n_runs, math.nan),
        blocks=table[list(blocks)].reset_index(drop=True),
        other_metrics={name: _numbers(table[name]) for name in other_metrics},
        source="table",
        digest=table_digest(table[[*parameters, metric]]),
    )


def _check(table: pd.DataFrame, names: Sequence[str], error: type[InputError]) -> None:
    for name in names:
        if name not in table.columns:
            raise error(f"no column {name!r}", hint=f"columns: {_some(table.columns)}")


def outcome(value: Scalar) -> Outcome:
    """How a run ended, from the words that trackers use; what is not known counts as finished."""
    if isinstance(value, int | float) and not isinstance(value, bool):
        return "finished" if value == 0 else "failed"  # an exit code
    return OUTCOMES.get(str(value).strip().lower(), "finished")


def scalars(column: pd.Series) -> list[Scalar]:
    """A column's values as JSON scalars: numpy's become Python's, None for what is missing."""
    values: list[object] = column.tolist()
    kinds = set(map(type, values))
    if kinds <= {int, bool, str} or (kinds == {float} and not column.isna().any()):
        return cast("list[Scalar]", values)
    return [scalar(value) for value in values]


def scalar(value: object) -> Scalar:
    """One value as a JSON scalar; text for anything that is none."""
    if value is None or value is pd.NA or value is pd.NaT:
        return None
    if isinstance(value, np.generic):
        value = value.item()
    if isinstance(value, bool | str):
        return value
    if isinstance(value, float):
        return None if math.isnan(value) else value
    if isinstance(value, int):
        return value
    return str(value)


def number_or_nan(value: Scalar) -> float:
    """The number, or NaN for None and for text that is no number."""
    if value is None:
        return math.nan
    try:
        return float(value)
    except (ValueError, OverflowError):
        return math.nan


def table_digest(table: pd.DataFrame) -> str:
    """A hash of the rows in order, the same on every machine."""
    digest = hashlib.sha256(json.dumps(list(map(str, table.columns))).encode())
    for name in table.columns:
        if table[name].dtype.kind == "f":  # 100,000 numbers as text take a second
            digest.update(table[name].to_numpy(dtype="<f8").tobytes())
        else:
            digest.update(json.dumps(scalars(table[name])).encode())
    return digest.hexdigest()


def _numbers(column: pd.Series) -> np.ndarray:
    return np.array([number_or_nan(value) for value in scalars(column)], dtype=float)


def _times(column: pd.Series) -> np.ndarray:
    """Seconds, from numbers or from times; rows that have neither come first."""
    if pd.api.types.is_numeric_dtype(column):
        return _numbers(column)
    times = pd.to_datetime(column, utc=True, errors="coerce")
    seconds = (times - pd.Timestamp(0, tz="UTC")).dt.total_seconds()
    return np.asarray(seconds.to_numpy(dtype=float))


def _some(names: pd.Index) -> str:
    words = [str(name) for name in names]
    return ", ".join(words[:8]) + (", …" if len(words) > 8 else "")
