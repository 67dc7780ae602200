"""Runs as a pandas table: the one module of the journal that knows pandas.

Absent and null: a parameter that a run does not have is missing (NaN, <NA>); one that it has as
null is ``None`` in a column of objects. A column is int64, float64, bool or str where all its
values are; Int64 or boolean where some are missing; float64 where integers and floats mix without
loss; else object, every value as it was recorded.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt
import pandas as pd

from journal.journal import warn_of
from journal.runs import Run, fold
from journal.store import Store, read

_INT64 = 2**63
_EXACT = 2**53

Column = npt.NDArray[np.float64] | pd.api.extensions.ExtensionArray
ABSENT = object()
"""Stands for a value that a run does not have."""


def frame(store: Store) -> pd.DataFrame:
    """The store's runs as a table; see ``Journal.frame``."""
    reading = read(store)
    warn_of(reading.damage)
    return table([run for run in fold(reading.events).runs if run.retracted is None])


def table(runs: Sequence[Run]) -> pd.DataFrame:
    """These runs as a table, in the order given."""
    columns: dict[str, object] = {
        "status": [run.status for run in runs],
        "seed": column([ABSENT if run.seed is None else run.seed for run in runs]),
        "started_at": pd.to_datetime([run.started_at for run in runs], utc=True),
        "seconds": np.array(
            [np.nan if r.seconds is None else r.seconds for r in runs], dtype=float
        ),
        "tags": [run.tags for run in runs],
        "notes": [run.notes for run in runs],
    }
    for name in dict.fromkeys(name for run in runs for name in run.params):
        columns[f"params.{name}"] = column([run.params.get(name, ABSENT) for run in runs])
    for name in dict.fromkeys(name for run in runs for name in run.metrics):
        values = [run.metrics.get(name, np.nan) for run in runs]
        columns[f"metrics.{name}"] = np.array(values, dtype=float)
    index = pd.Index([run.id for run in runs], name="id", dtype=str)
    return pd.DataFrame(columns, index=index)


def column(values: Sequence[object]) -> Column:
    """Values, some of them ABSENT, as an array of the narrowest type that keeps each exactly."""
    kinds = set(map(type, values))
    missing = object in kinds
    kinds.discard(object)
    if kinds == {float} or (kinds == {int, float} and _all_exact(values)):
        return np.array([np.nan if value is ABSENT else value for value in values], dtype=float)
    if kinds == {bool}:
        return _array(values, pd.NA, "boolean" if missing else "bool")
    if kinds == {str}:
        return _array(values, np.nan, "str")
    if kinds == {int} and all(type(v) is not int or -_INT64 <= v < _INT64 for v in values):
        return _array(values, pd.NA, "Int64" if missing else "int64")
    return _array(values, np.nan, "object")


def _array(values: Sequence[object], absent: object, dtype: str) -> Column:
    filled = [absent if value is ABSENT else value for value in values]
    narrow: Column = pd.Series(filled, dtype=dtype).array
    return narrow


def _all_exact(values: Sequence[object]) -> bool:
    return all(type(v) is not int or abs(v) <= _EXACT for v in values)
