"""Runs of a table and of arrays: what its columns are to be, and whether they can be that."""

from __future__ import annotations

import hashlib
import json
import math
import warnings
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import timedelta
from decimal import Decimal
from numbers import Real
from typing import Any, NoReturn

import numpy as np
import pandas as pd

from analysis.declaration import Declaration, require_declared
from analysis.errors import InputError, Misused, UnknownMetric, UnknownParameter, shown
from analysis.results import Scalar
from analysis.runs import Runs, outcome, scalars


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
    asked for twice; `InputError` for a status that nobody knows, and for a cell that is no number
    where one belongs.
    """
    parameters = _names(parameters, where="parameters")
    blocks, other_metrics = (
        _names(blocks, where="blocks"),
        _names(other_metrics, where="other_metrics"),
    )
    ends = {"status": status, "order": order, "seconds": seconds, "run_id": run_id}
    roles = {role: name for role, name in {"seed": seed, **ends}.items() if name is not None}
    asked = [*parameters, *blocks, metric, *other_metrics, *roles.values()]
    _check_table(table, asked)
    _check_roles([*parameters, *blocks], metric=metric)
    _check_once(table, asked)
    _check(table, [metric], UnknownMetric)
    _check(table, parameters, UnknownParameter)
    _check(table, [*blocks, *other_metrics, *roles.values()], InputError)
    n_runs = len(table)
    return Runs(
        columns={name: scalars(table[name]) for name in parameters},
        objective=_numbers(table[metric]),
        # An empty cell of a column of numbers is NaN, and a run that diverged.
        has_metric=np.array([not _is_none(value) for value in table[metric].tolist()], dtype=bool),
        outcomes=[outcome(value) for value in scalars(table[status])]
        if status
        else ["finished"] * n_runs,
        order=_times(table[order]) if order else np.arange(n_runs, dtype=float),
        run_ids=[str(value) for value in (table[run_id] if run_id else table.index)],
        seeds=scalars(table[seed]) if seed else [None] * n_runs,
        seconds=_durations(table[seconds]) if seconds else np.full(n_runs, math.nan),
        blocks=table[list(blocks)].reset_index(drop=True),
        other_metrics={name: _numbers(table[name]) for name in other_metrics},
        metric=metric,
        digest=_digest(table, parameters, blocks=blocks, roles={"metric": metric, **roles}),
    )


def table_of_arrays(
    X: object,
    y: object,
    *,
    names: Sequence[str] | None,
    seeds: Sequence[Scalar] | None,
    block: Sequence[Scalar] | None,
) -> tuple[pd.DataFrame, list[str]]:
    """Settings and results as a table with the columns y, seed, block; the settings' names.

    A y of None was not measured; one of NaN is of a run that diverged. Raises `InputError` where
    shapes or names do not fit.
    """
    told: dict[str, object] = {"y": y, "seed": seeds, "block": block}
    for name, given in {"X": X, "y": y, "seeds": seeds, "block": block}.items():
        if isinstance(given, np.ma.MaskedArray):  # what is masked would be read all the same
            raise InputError(f"{name} is a masked array", hint=f"{name}.tolist(): None for masked")
    try:
        X = np.asarray(X)
    except ValueError:
        raise InputError("settings are rows of one length") from None
    if X.ndim != 2:
        raise InputError(f"settings are an array of two dimensions, not of {X.ndim}")
    numbered = [f"x{j}" for j in range(X.shape[1])]
    named = numbered if names is None else list(_names(names, where="names"))
    if len(named) != X.shape[1]:
        raise InputError(f"{len(named)} names for {X.shape[1]} columns of settings")
    columns = {
        name: _listed(name, column)
        for name, column in told.items()
        if column is not None or name == "y"
    }
    told_names: Sequence[object] = named
    if unread := [name for name in told_names if not isinstance(name, str)]:
        raise InputError(f"a parameter's name is a text, not {unread[0]!r}")
    for name, column in columns.items():
        if len(column) != len(X):
            raise InputError(f"{len(column)} values of {name} for {len(X)} settings")
        if any(isinstance(value, np.ndarray | list | tuple) for value in column):
            raise InputError(f"{name} holds arrays where one value belongs", hint=f"{name}.ravel()")
    if taken := [name for name in named if name in columns or named.count(name) > 1]:
        raise InputError(f"no parameter can be called {taken[0]!r} here: that name is taken")
    if texts := [row for row, value in enumerate(columns["y"]) if isinstance(value, str)]:
        _refuse(columns["y"], texts[0], name="y")
    settings = pd.DataFrame({name: X[:, j] for j, name in enumerate(named)})
    columns["y"] = [pd.NA if value is None else value for value in columns["y"]]
    return settings.assign(**columns).infer_objects(), named


def with_orders(
    table: pd.DataFrame, declarations: Mapping[str, Declaration] | None
) -> dict[str, Declaration]:
    """What is said of columns, by name, or by pandas: an ordered categorical of texts has an order.

    Raises as `require_declared` does.
    """
    require_declared(declarations, table.columns)
    said = dict(declarations or {})
    for name, dtype in table.dtypes.items():
        if not isinstance(dtype, pd.CategoricalDtype) or not dtype.ordered:
            continue
        levels, own = scalars(dtype.categories.to_series()), said.get(str(name), Declaration())
        numbers = all(isinstance(level, int | float) for level in levels)
        if not numbers and not (own.levels or own.domain or own.scale):
            said[str(name)] = replace(own, levels=tuple(levels))
    return said


def _listed(name: str, column: object) -> list[Any]:
    """The values, one for each setting. Raises `InputError` where there is but one."""
    one = isinstance(column, str) or getattr(column, "ndim", 1) == 0
    if one or not isinstance(column, Iterable):
        raise InputError(f"{name} is a value for each setting, not {shown(column)}")
    return list(column)


def _names(told: Sequence[str], *, where: str) -> Sequence[str]:
    """One name is a list of one, not of its letters. Raises `Misused` for what are none."""
    if not isinstance(told, Iterable):
        raise Misused(f"it is a list of names, not {shown(told)}", where=where)
    return [told] if isinstance(told, str) else list(told)


def _check_table(table: object, names: Sequence[object]) -> None:
    """Raises `InputError` for what is no table, and for a name that no column can have."""
    if not isinstance(table, pd.DataFrame):
        kind = type(table).__name__
        raise InputError(f"a table is a pandas.DataFrame, not {kind}", hint="pd.DataFrame(it)")
    if unread := [name for name in names if not isinstance(name, str)]:
        raise InputError(
            f"a column's name is a text, not {shown(unread[0])}", hint="table.rename(columns=str)"
        )


def _check_roles(columns: Sequence[str], *, metric: str) -> None:
    """Raises `InputError` where a column is to be two things."""
    if metric in columns:
        raise InputError(f"{metric!r} is named as a parameter and as the metric")
    if twice := [name for name, n in Counter(columns).items() if n > 1]:
        raise InputError(
            f"{twice[0]!r} is asked for twice",
            hint="a column is a parameter or a block",
        )


def _check_once(table: pd.DataFrame, names: Sequence[str]) -> None:
    """Raises `InputError` where two columns have one of these names."""
    if twice := [name for name in names if (table.columns == name).sum() > 1]:
        raise InputError(f"the table has more than one column {twice[0]!r}")


def _check(table: pd.DataFrame, names: Sequence[str], error: type[InputError]) -> None:
    for name in names:
        if name not in table.columns:
            raise error(f"no column {name!r}", hint=f"columns: {_some(table.columns)}")


def _numbers(column: pd.Series) -> np.ndarray:
    """(n,) float, NaN without a value. Raises `InputError` for a cell that is no number."""
    values = column.tolist()
    numbers = list(map(_number, values))
    if None in numbers:
        _refuse(values, numbers.index(None), name=str(column.name))
    return np.array(numbers, dtype=float)


def _refuse(values: Sequence[object], row: int, *, name: str) -> NoReturn:
    """Raises `InputError` for a cell that is no number."""
    cure = "a number; NaN of a run that diverged, None where nothing was measured"
    if isinstance(values[row], timedelta):
        cure = f"table[{name!r}].dt.total_seconds()"
    raise InputError(f"row {row} holds {values[row]!r}, which is no number", where=name, hint=cure)


def _number(value: object) -> float | None:
    """A cell as a number, or a text of one; NaN for no value, None for what is no number."""
    if _is_none(value):
        return math.nan
    if not isinstance(value, Real | Decimal | np.bool_ | str):
        return None
    try:
        return float(value)
    except OverflowError:  # an integer beyond any float, of either sign
        return math.inf
    except ValueError:
        return None


def _is_none(value: object) -> bool:
    return value is None or value is pd.NA or value is pd.NaT


def _durations(column: pd.Series) -> np.ndarray:
    """Seconds, from numbers or from lengths of time."""
    if column.dtype.kind != "m":
        return _numbers(column)
    return np.asarray(column.dt.total_seconds().to_numpy(dtype=float, na_value=math.nan))


def _times(column: pd.Series) -> np.ndarray:
    """Seconds, from numbers or from times; rows that have neither come first.

    Raises `InputError` where all that is there is neither.
    """
    kind = column.dtype.kind
    numbers = np.array([] if kind in "mM" else list(map(_number, column.tolist())), dtype=float)
    if len(numbers) and np.isfinite(numbers).all():
        return numbers
    since = column
    if kind != "m":
        with warnings.catch_warnings(action="ignore", category=UserWarning):  # of words
            since = pd.to_datetime(column, utc=True, errors="coerce") - pd.Timestamp(0, tz="UTC")
    times = np.asarray(since.dt.total_seconds(), dtype=float)
    found = max((times, numbers), key=lambda found: int(np.isfinite(found).sum()))
    if column.notna().any() and not np.isfinite(found).any():
        one = column[column.notna()].tolist()[0]
        raise InputError(f"{one!r} is neither a number nor a time", where=str(column.name))
    return found


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


def _some(names: pd.Index) -> str:
    words = [str(name) for name in names]
    return ", ".join(words[:8]) + (", …" if len(words) > 8 else "")
