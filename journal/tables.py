"""Runs as a pandas table: the one module of the journal that knows pandas.

Absent and null: a parameter that a run does not have is missing (NaN, <NA>); one that it has as
null is ``None`` in a column of objects. A column is int64, float64, bool or str where all its
values are; Int64 or boolean where some are missing; float64 where integers and floats mix without
loss; else object, every value as it was recorded.
"""

from __future__ import annotations

from array import array
from collections.abc import Iterable, Sequence
from itertools import chain
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from journal.collector import paused
from journal.columns import NotPlain, of_runs, of_store
from journal.damage import Damage, warn_of
from journal.packing import BodyError
from journal.portions import ABSENT, Absent, Portion, names_of
from journal.runs import Run
from journal.shares import read_plainly
from journal.store import Store

_INT64 = 2**63
_EXACT = 2**53

if TYPE_CHECKING:
    from journal.portions import Array, Piece

Numbers = npt.NDArray[np.float64 | np.int64 | np.bool_]
Column = Numbers | pd.api.extensions.ExtensionArray


def frame(store: Store) -> pd.DataFrame:
    """The store's runs as a table; see ``Journal.frame``."""
    with paused():
        try:
            made, damage = _quickly(store)
        except (BodyError, NotPlain):
            columns, damage = of_store(store)
            made = _join([Portion(columns)])
    warn_of(damage)
    return made


def table(runs: Iterable[Run]) -> pd.DataFrame:
    """These runs as a table, in the order given."""
    return _join([Portion(of_runs(runs))])


def _quickly(store: Store) -> tuple[pd.DataFrame, list[Damage]]:
    plain, portions = read_plainly(store)
    mixed: set[str] = set()
    if touched := plain.touched():
        kept = [portion for portion in portions if touched.isdisjoint(portion.run)]
        mixed = {run for portion in portions for run in portion.run if run not in touched}
        mixed -= {run for portion in kept for run in portion.run}
        portions = kept
    portions += [Portion(columns) for columns in plain.again(store, mixed)]
    # Most often that is the order already: a writer's lines are, and a segment follows another.
    portions.sort(key=lambda portion: portion.started_at[:1])
    made = _join(portions)
    starts = made["started_at"]
    if not (starts.is_monotonic_increasing and starts.is_unique):
        made = made.sort_values(["started_at", "id"])
    return made, plain.damage


def _join(portions: Sequence[Portion]) -> pd.DataFrame:
    columns: dict[str, Column | pd.Series[Any]] = {
        "status": _texts(list(chain.from_iterable(p.status for p in portions))),
        "seed": _whole([portion.seed for portion in portions]),
        "started_at": _times(list(chain.from_iterable(p.started_at for p in portions))),
        "seconds": _numbers([portion.seconds for portion in portions]),
        "tags": _objects(chain.from_iterable(p.tags for p in portions)),
        "notes": _objects(chain.from_iterable(p.notes for p in portions)),
    }
    for name in names_of(portion.params for portion in portions):
        pieces = [portion.params.get(name, [ABSENT] * len(portion)) for portion in portions]
        columns[f"params.{name}"] = _whole(pieces)
    for name in names_of(portion.metrics for portion in portions):
        columns[f"metrics.{name}"] = _numbers(
            [p.metrics.get(name) or array("d", [np.nan]) * len(p) for p in portions]
        )
    runs = list(chain.from_iterable(p.run for p in portions))
    index = pd.Index(runs, name="id", dtype="str")
    for name, values in columns.items():
        if str(values.dtype) == "object":  # else None beside text is made NaN
            columns[name] = pd.Series(values, index=index, dtype=object)
    return pd.DataFrame(columns, index=index)


def _numbers(pieces: Sequence[Array]) -> Numbers:
    """Arrays of one type as one of numpy."""
    dtype = {"d": float, "q": np.int64, "b": bool}[pieces[0].typecode]
    return np.frombuffer(bytearray().join(pieces), dtype=dtype)


def _whole(pieces: Sequence[Piece]) -> Column:
    """Pieces of one column as one."""
    filled = [piece for piece in pieces if len(piece)]
    arrays = [piece for piece in filled if isinstance(piece, array)]
    if arrays and len(arrays) == len(filled) and len({piece.typecode for piece in arrays}) == 1:
        return _numbers(arrays)
    lists = (_numbers([piece]).tolist() if isinstance(piece, array) else piece for piece in filled)
    return column(list(chain.from_iterable(lists)))


def _times(stamps: Sequence[str]) -> Column:
    """Times from the file's 27 characters, of which the last says that they are UTC."""
    if not {27}.issuperset(map(len, stamps)):
        raise NotPlain
    try:
        letters = np.frombuffer("".join(stamps).encode("ascii"), dtype="S27")
        told = letters.astype("S26").astype("datetime64[us]")
    except ValueError:
        raise NotPlain from None
    times: Column = pd.DatetimeIndex(told).tz_localize("UTC").array
    return times


def _objects(values: Iterable[object]) -> Column:
    whole: Column = pd.Series(list(values), dtype=object).array
    return whole


def column(values: Sequence[object]) -> Column:
    """Values, some of them ABSENT, as an array of the narrowest type that keeps each exactly."""
    kinds = set(map(type, values))
    missing = Absent in kinds
    kinds.discard(Absent)
    if kinds == {float} or (kinds == {int, float} and _all_exact(values)):
        return np.array([np.nan if v is ABSENT else v for v in values], dtype=float)
    if kinds == {bool}:
        return _array(values, pd.NA, "boolean" if missing else "bool")
    if kinds == {str}:
        return _texts(values)
    if kinds == {int} and _fits(values):
        return _array(values, pd.NA, "Int64" if missing else "int64")
    return _array(values, np.nan, "object")


def _texts(values: Sequence[object]) -> Column:
    """Text, some of it ABSENT; where few different ones repeat, each is made once."""
    distinct = list(dict.fromkeys(values))
    if len(distinct) * 8 > len(values):
        return _array(values, np.nan, "str")
    place = {value: code for code, value in enumerate(distinct)}
    codes = np.fromiter(map(place.__getitem__, values), dtype=np.int64, count=len(values))
    texts: Column = pd.Series(_array(distinct, np.nan, "str")).take(codes).array
    return texts


def _array(values: Sequence[object], absent: object, dtype: str) -> Column:
    if ABSENT in values:
        values = [absent if value is ABSENT else value for value in values]
    narrow: Column = pd.Series(list(values), dtype=dtype).array
    return narrow


def _fits(values: Sequence[object]) -> bool:
    whole = [value for value in values if type(value) is int]
    return min(whole) >= -_INT64 and max(whole) < _INT64


def _all_exact(values: Sequence[object]) -> bool:
    return all(type(v) is not int or abs(v) <= _EXACT for v in values)
