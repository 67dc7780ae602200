"""Runs as they come, before anything is judged: from a table here, from a journal in `intake`."""

from __future__ import annotations

import hashlib
import json
import math
import re
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from numbers import Real
from typing import Literal, cast

import numpy as np
import pandas as pd

from analysis.commands import quoted
from analysis.errors import InputError, UnknownMetric, UnknownParameter
from analysis.results import Scalar

Outcome = Literal["finished", "failed", "killed", "running", "interrupted"]

OUTCOMES: dict[str, Outcome] = {
    **dict.fromkeys(("finished", "success", "succeeded", "complete", "completed"), "finished"),
    **dict.fromkeys(("ok", "done", "true", "terminated"), "finished"),
    **dict.fromkeys(
        ("failed", "fail", "failure", "error", "errored", "crashed", "crash"), "failed"
    ),
    **dict.fromkeys(("diverged", "false", "oom", "nan"), "failed"),
    **dict.fromkeys(
        ("killed", "cancelled", "canceled", "stopped", "timeout", "aborted", "preempted"), "killed"
    ),
    "pruned": "killed",
    **dict.fromkeys(("running", "pending", "waiting", "queued", "started"), "running"),
    **dict.fromkeys(("", "none"), "running"),
    "interrupted": "interrupted",
}
"""What other trackers call the end of a run; one without a word for it has not ended."""


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
    metric: its name, as it was recorded
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
    metric: str = ""

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
    Raises `UnknownMetric`, `UnknownParameter` or `InputError` for a column that is not there, or is
    asked for twice; `InputError` for a status that nobody knows.
    """
    parameters, blocks, other_metrics = map(_names, (parameters, blocks, other_metrics))
    _check_table(table, [*parameters, *blocks], metric=metric)
    ends = {"status": status, "order": order, "seconds": seconds, "run_id": run_id}
    roles = {role: name for role, name in {"seed": seed, **ends}.items() if name}
    _check(table, [metric], UnknownMetric)
    _check(table, parameters, UnknownParameter)
    _check(table, [*blocks, *other_metrics, *roles.values()], InputError)
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
        metric=metric,
        digest=_digest(table, parameters, blocks=blocks, roles={"metric": metric, **roles}),
    )


def table_of_arrays(
    X: np.ndarray,
    y: np.ndarray,
    *,
    names: Sequence[str] | None,
    seeds: Sequence[Scalar] | None,
    block: Sequence[Scalar] | None,
) -> tuple[pd.DataFrame, list[str]]:
    """Settings and results as a table with the columns y, seed, block; the settings' names.

    Raises `InputError` where shapes or names do not fit.
    """
    X = np.asarray(X)
    if X.ndim != 2:
        raise InputError(f"settings are an array of two dimensions, not of {X.ndim}")
    named = list(names) if names is not None else [f"x{j}" for j in range(X.shape[1])]
    if len(named) != X.shape[1]:
        raise InputError(f"{len(named)} names for {X.shape[1]} columns of settings")
    told = {"y": y, "seed": seeds, "block": block}
    columns = {name: list(column) for name, column in told.items() if column is not None}
    told_names: Sequence[object] = named
    if unread := [name for name in told_names if not isinstance(name, str)]:
        raise InputError(f"a parameter's name is a text, not {unread[0]!r}")
    if unread := [value for value in columns["y"] if not _number_or_missing(value)]:
        raise InputError(f"y holds {unread[0]!r}, which is no number")
    for name, column in columns.items():
        if len(column) != len(X):
            raise InputError(f"{len(column)} values of {name} for {len(X)} settings")
        if any(isinstance(value, np.ndarray | list | tuple) for value in column):
            raise InputError(f"{name} holds arrays where one value belongs", hint=f"{name}.ravel()")
    if taken := [name for name in named if name in columns or named.count(name) > 1]:
        raise InputError(f"no parameter can be called {taken[0]!r} here: that name is taken")
    settings = pd.DataFrame({name: X[:, j] for j, name in enumerate(named)})
    return settings.assign(**columns).infer_objects(), named


def _number_or_missing(value: object) -> bool:
    """A real number, NaN and infinities among them, or a missing value; an array is told later."""
    return value is None or value is pd.NA or isinstance(value, Real | np.bool_ | np.ndarray | list)


def _names(told: Sequence[str]) -> Sequence[str]:
    """One name is a list of one, not of its letters."""
    return [told] if isinstance(told, str) else told


def _check_table(table: object, columns: Sequence[str], *, metric: str) -> None:
    """Raises `InputError` where columns have one name, or one is to be two things."""
    if not isinstance(table, pd.DataFrame):
        kind = type(table).__name__
        raise InputError(f"a table is a pandas.DataFrame, not {kind}", hint="pd.DataFrame(it)")
    every: Sequence[object] = (*columns, metric)
    if unread := [name for name in every if not isinstance(name, str)]:
        raise InputError(
            f"a column's name is a text, not {unread[0]!r}", hint="table.rename(columns=str)"
        )
    if metric in columns:
        raise InputError(f"{metric!r} is named as a parameter and as the metric")
    if twice := [name for name in (*columns, metric) if (table.columns == name).sum() > 1]:
        raise InputError(f"the table has more than one column {twice[0]!r}")
    if twice := [name for name, n in Counter(columns).items() if n > 1]:
        raise InputError(
            f"{twice[0]!r} is asked for twice",
            hint="a column is a parameter or a block",
        )


def _check(table: pd.DataFrame, names: Sequence[str], error: type[InputError]) -> None:
    for name in names:
        if name not in table.columns:
            raise error(f"no column {name!r}", hint=f"columns: {_some(table.columns)}")


def outcome(value: Scalar) -> Outcome:
    """How a run ended, from the words that trackers use, or from an exit code.

    Raises `InputError` for a word that is none of them.
    """
    word = str(value).strip().lower()
    if re.fullmatch(r"[-+]?\d+(\.0*)?", word):
        return "finished" if float(word) == 0 else "failed"
    if word not in OUTCOMES:
        raise InputError(
            f"{value!r} is no way for a run to end",
            where="status",
            hint="finished, failed, killed, running, interrupted, or an exit code",
        )
    return OUTCOMES[word]


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
    if isinstance(value, int | str):
        return value
    if isinstance(value, float):
        return None if math.isnan(value) else value
    return str(value)


def number_or_nan(value: Scalar) -> float:
    """The number, or NaN for None and for text that is no number."""
    if value is None:
        return math.nan
    try:
        return float(value)
    except (ValueError, OverflowError):
        return math.nan


def _digest(
    table: pd.DataFrame,
    parameters: Sequence[str],
    *,
    blocks: Sequence[str],
    roles: Mapping[str, str],
) -> str:
    """A hash of what is read of the rows, in order, and as what; the same on every machine."""
    asked = [list(map(str, parameters)), list(map(str, blocks)), roles]
    digest = hashlib.sha256(json.dumps(asked).encode())
    for name in dict.fromkeys((*parameters, *blocks, *roles.values())):
        if table[name].dtype.kind == "f":  # 100,000 numbers as text take a second
            digest.update(table[name].to_numpy(dtype="<f8").tobytes())
        else:
            digest.update(json.dumps(scalars(table[name]), default=str).encode())
    return digest.hexdigest()


def flat(context: Mapping[str, object], prefix: str = "") -> dict[str, Scalar]:
    """Nested context with dotted names; words (a command) as a shell takes them, no other lists."""
    found: dict[str, Scalar] = {}
    for name, value in context.items():
        if isinstance(value, Mapping):
            found |= flat(value, f"{prefix}{name}.")
        elif value is None or isinstance(value, bool | int | float | str):
            found[f"{prefix}{name}"] = value
        elif isinstance(value, list | tuple):
            words = [word for word in value if isinstance(word, str)]
            if words and len(words) == len(value):
                found[f"{prefix}{name}"] = " ".join(map(quoted, words))
    return found


def _numbers(column: pd.Series) -> np.ndarray:
    return np.array([number_or_nan(value) for value in scalars(column)], dtype=float)


def _times(column: pd.Series) -> np.ndarray:
    """Seconds, from numbers or from times; rows that have neither come first."""
    numbers = np.zeros(0) if column.dtype.kind in "mM" else _numbers(column)
    if len(numbers) and np.isfinite(numbers).all():
        return numbers
    if column.dtype.kind != "m":
        column = pd.to_datetime(column, utc=True, errors="coerce") - pd.Timestamp(0, tz="UTC")
    times = np.asarray(column.dt.total_seconds(), dtype=float)
    return max((times, numbers), key=lambda found: int(np.isfinite(found).sum()))


def _some(names: pd.Index) -> str:
    words = [str(name) for name in names]
    return ", ".join(words[:8]) + (", …" if len(words) > 8 else "")
