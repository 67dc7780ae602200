"""Runs as a pandas table: the one module of the journal that knows pandas.

Absent and null: a parameter that a run does not have is missing (NaN, <NA>); one that it has as
null is ``None`` in a column of objects. A column is int64, float64, bool or str where all its
values are; Int64 or boolean where some are missing; float64 where integers and floats mix without
loss; else object, every value as it was recorded.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from itertools import chain
from operator import itemgetter

import numpy as np
import numpy.typing as npt
import pandas as pd

from journal.collector import paused
from journal.columns import Columns, NotPlain, Plain, of_runs, of_store
from journal.damage import Damage
from journal.journal import warn_of
from journal.packing import BodyError, unpack_scalar
from journal.runs import Run
from journal.store import Store

_INT64 = 2**63
_EXACT = 2**53

Floats = npt.NDArray[np.float64]
Piece = Sequence[object] | npt.NDArray[np.float64 | np.int64 | np.bool]
Column = npt.NDArray[np.float64 | np.int64 | np.bool] | pd.api.extensions.ExtensionArray
ABSENT = object()
"""Stands for a value that a run does not have."""


def frame(store: Store) -> pd.DataFrame:
    """The store's runs as a table; see ``Journal.frame``."""
    with paused():
        try:
            made, damage = _quickly(store)
        except (BodyError, NotPlain):
            columns, damage = of_store(store)
            made = _join([_Portion(columns)])
    warn_of(damage)
    return made


def table(runs: Iterable[Run]) -> pd.DataFrame:
    """These runs as a table, in the order given."""
    return _join([_Portion(of_runs(runs))])


def _quickly(store: Store) -> tuple[pd.DataFrame, list[Damage]]:
    plain = Plain(store)
    portions = [_Portion(columns) for columns in plain.portions()]
    if touched := plain.touched():
        kept = [portion for portion in portions if touched.isdisjoint(portion.run)]
        mixed = {run for portion in portions for run in portion.run} - touched
        mixed -= {run for portion in kept for run in portion.run}
        portions = kept
    else:
        mixed = set()
    portions += [_Portion(columns) for columns in plain.again(mixed)]
    made = _join(portions)
    starts = made["started_at"]
    if not (starts.is_monotonic_increasing and starts.is_unique):
        made = made.sort_values(["started_at", "id"])
    return made, plain.damage


class _Portion:
    """Some runs, their columns already as narrow as they go: the lines' objects can be dropped."""

    def __init__(self, told: Columns) -> None:
        self.length = len(told.run)
        self.run = told.run
        self.status = told.status
        self.started = _times(told.started_at)
        self.seed = _narrow([ABSENT if s is None else s for s in told.seed])
        self.seconds = np.array(told.seconds, dtype=float)  # None is NaN
        self.tags = told.tags
        self.notes = told.notes
        self.params = {name: _narrow(cells) for name, cells in _cells(told.params).items()}
        self.metrics = {name: _metric(cells) for name, cells in _cells(told.metrics).items()}


def _join(portions: Sequence[_Portion]) -> pd.DataFrame:
    started = np.concatenate([portion.started for portion in portions])
    columns: dict[str, object] = {
        "status": _texts(list(chain.from_iterable(p.status for p in portions))),
        "seed": _whole([portion.seed for portion in portions]),
        "started_at": pd.DatetimeIndex(started).tz_localize("UTC").array,
        "seconds": np.concatenate([portion.seconds for portion in portions]),
        "tags": _objects(chain.from_iterable(p.tags for p in portions)),
        "notes": _objects(chain.from_iterable(p.notes for p in portions)),
    }
    for name in _names([portion.params for portion in portions]):
        pieces = [portion.params.get(name, [ABSENT] * portion.length) for portion in portions]
        columns[f"params.{name}"] = _whole(pieces)
    for name in _names([portion.metrics for portion in portions]):
        columns[f"metrics.{name}"] = np.concatenate(
            [p.metrics.get(name, np.full(p.length, np.nan)) for p in portions]
        )
    runs = list(chain.from_iterable(p.run for p in portions))
    return pd.DataFrame(columns, index=pd.Index(runs, name="id", dtype="str"))


def _names(mappings: Sequence[Mapping[str, object]]) -> list[str]:
    """All names, in order of first appearance."""
    return list(dict.fromkeys(chain.from_iterable(mappings)))


def _cells(mappings: Sequence[Mapping[str, object]]) -> dict[str, Sequence[object]]:
    """The values by name, ABSENT where a mapping has none. Most often all have the same names."""
    names = list(mappings[0]) if mappings else []
    try:
        if len(names) > 1 and sum(map(len, mappings)) == len(names) * len(mappings):
            return dict(
                zip(names, zip(*map(itemgetter(*names), mappings), strict=True), strict=True)
            )
    except KeyError:
        pass
    return {name: [m.get(name, ABSENT) for m in mappings] for name in _names(mappings)}


def _metric(values: Sequence[object]) -> Floats:
    kinds = set(map(type, values))
    if kinds == {float}:
        return _floats(values)
    if not kinds <= {float, int, dict, object}:
        raise BodyError("a metric that is no number")
    return _floats([np.nan if v is ABSENT else unpack_scalar(v) for v in values])  # type: ignore[arg-type]


def _narrow(values: Sequence[object]) -> Piece:
    """Values as an array where all are of one type that an array keeps exactly."""
    kinds = set(map(type, values))
    if kinds == {float}:
        return _floats(values)
    if kinds == {bool}:
        return np.array(values, dtype=bool)
    if kinds == {int}:
        try:
            return np.array(values, dtype=np.int64)
        except OverflowError:
            return values
    if dict in kinds or list in kinds:
        return [v if v is ABSENT else unpack_scalar(v) for v in values]  # type: ignore[arg-type]
    return values


def _whole(pieces: Sequence[Piece]) -> Column:
    """Pieces of one column as one."""
    filled = [piece for piece in pieces if len(piece)]
    arrays = [piece for piece in filled if isinstance(piece, np.ndarray)]
    if arrays and len(arrays) == len(filled) and len({piece.dtype for piece in arrays}) == 1:
        return np.concatenate(arrays)
    lists = (piece.tolist() if isinstance(piece, np.ndarray) else piece for piece in filled)
    return column(list(chain.from_iterable(lists)))


def _times(stamps: Sequence[str]) -> npt.NDArray[np.datetime64]:
    try:
        return np.array([stamp[:26] for stamp in stamps], dtype="datetime64[us]")
    except ValueError:
        raise NotPlain from None


def _floats(values: Sequence[object]) -> Floats:
    return np.array(values, dtype=float)


def _objects(values: Iterable[object]) -> Column:
    whole: Column = pd.Series(list(values), dtype=object).array
    return whole


def column(values: Sequence[object]) -> Column:
    """Values, some of them ABSENT, as an array of the narrowest type that keeps each exactly."""
    kinds = set(map(type, values))
    missing = object in kinds
    kinds.discard(object)
    if kinds == {float} or (kinds == {int, float} and _all_exact(values)):
        return _floats([np.nan if v is ABSENT else v for v in values] if missing else values)
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
