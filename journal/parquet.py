"""Runs as a Parquet file: the one module of the journal that knows pyarrow."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq

from journal.listing import names
from journal.runs import Run
from journal.values import Scalar, write_scalar

_EXACT = 2**53
_INT64 = 2**63


def write(runs: Sequence[Run], path: Path) -> list[str]:
    """Write the runs to this file; returns the columns whose values had to become text.

    Columns as in ``ls --csv``, typed: integer, float, boolean, text, UTC time, lists of text. A
    parameter with values of several kinds is text, as ``knobwise log`` reads it. Absent and null
    are both null.
    """
    columns: dict[str, pa.Array] = {
        "id": pa.array([run.id for run in runs], pa.string()),
        "status": pa.array([run.status for run in runs], pa.string()),
        "seed": column([run.seed for run in runs])[0],
        "started_at": pa.array([run.started_at for run in runs], pa.timestamp("us", tz="UTC")),
        "seconds": pa.array([run.seconds for run in runs], pa.float64()),
        "tags": pa.array([list(run.tags) for run in runs], pa.list_(pa.string())),
        "notes": pa.array([list(run.notes) for run in runs], pa.list_(pa.string())),
    }
    params, metrics = names(runs)
    texts: list[str] = []
    for name in params:
        columns[f"params.{name}"], mixed = column([run.params.get(name) for run in runs])
        texts += [f"params.{name}"] if mixed else []
    for name in metrics:
        values = [run.metrics.get(name) for run in runs]
        columns[f"metrics.{name}"] = pa.array(values, pa.float64())
    pq.write_table(pa.table(columns), path)
    return texts


def column(values: Sequence[Scalar]) -> tuple[pa.Array, bool]:
    """The values as the narrowest column that keeps each exactly; had they to become text?"""
    kinds = {type(value) for value in values} - {type(None)}
    if kinds == {float} or (kinds == {int, float} and all(map(_is_exact, values))):
        return pa.array(values, pa.float64()), False
    if kinds == {int} and all(map(_is_int64, values)):
        return pa.array(values, pa.int64()), False
    if kinds in ({bool}, {str}, set()):
        return pa.array(values), False
    return pa.array([None if v is None else write_scalar(v) for v in values], pa.string()), True


def _is_exact(value: Scalar) -> bool:
    return not isinstance(value, int) or abs(value) <= _EXACT


def _is_int64(value: Scalar) -> bool:
    return value is None or (isinstance(value, int) and -_INT64 <= value < _INT64)
