"""Some runs as columns, each as narrow as it goes, so that their lines' objects can be dropped.

Arrays are the standard library's: a portion is cheap to send from one process to another
(``journal.shares``) and needs no numpy on the way.
"""

from __future__ import annotations

from array import array
from collections.abc import Iterable, Mapping, Sequence
from enum import Enum
from itertools import chain
from operator import itemgetter
from typing import TYPE_CHECKING, Any, TypeAlias

from journal.columns import Columns
from journal.packing import BodyError, unpack_scalar
from journal.values import Scalar


class Absent(Enum):
    """Stands for a value that a run does not have."""

    ABSENT = "absent"


ABSENT = Absent.ABSENT
_NAN = float("nan")
Cell = Scalar | Absent
if TYPE_CHECKING:
    Array: TypeAlias = array[float] | array[int]
    Piece: TypeAlias = Sequence[Cell] | Array
    """Values of one column; an array of doubles ``d``, 64-bit integers ``q`` or booleans ``b``."""


class Portion:
    """Runs as columns. ``started_at`` as the file's 27 characters; seconds NaN where untold."""

    __slots__ = (
        "metrics", "notes", "params", "run", "seconds", "seed", "started_at", "status", "tags",
    )  # fmt: skip

    def __init__(self, told: Columns) -> None:
        self.run = told.run
        self.status = told.status
        self.started_at = told.started_at
        self.seed: Piece = narrow([ABSENT if seed is None else seed for seed in told.seed])
        self.seconds = array("d", [_NAN if s is None else s for s in told.seconds])
        self.tags = told.tags
        self.notes = told.notes
        self.params = {name: narrow(cells) for name, cells in _cells(told.params).items()}
        self.metrics = {name: _metric(cells) for name, cells in _cells(told.metrics).items()}

    def __len__(self) -> int:
        return len(self.run)


def names_of(mappings: Iterable[Mapping[str, object]]) -> list[str]:
    """All names, in order of first appearance."""
    return list(dict.fromkeys(chain.from_iterable(mappings)))


def narrow(values: Sequence[Any]) -> Piece:
    """Values as an array where all are of one type that an array keeps exactly."""
    kinds = set(map(type, values))
    if kinds == {float}:
        return array("d", values)
    if kinds == {bool}:
        return array("b", values)
    if kinds == {int}:
        try:
            return array("q", values)
        except OverflowError:
            return values
    if not kinds.isdisjoint({dict, list}):
        return [value if value is ABSENT else unpack_scalar(value) for value in values]
    return values


def _metric(values: Sequence[Any]) -> array[float]:
    kinds = set(map(type, values))
    if kinds == {float}:
        return array("d", values)
    if not kinds <= {float, int, dict, Absent}:
        raise BodyError("a metric that is no number")
    told: list[Any] = [_NAN if v is ABSENT else unpack_scalar(v) for v in values]
    return array("d", told)


def _cells(mappings: Sequence[Mapping[str, Scalar]]) -> dict[str, Sequence[Cell]]:
    """The values by name, ABSENT where a mapping has none. Most often all have the same names."""
    names = list(mappings[0]) if mappings else []
    try:
        if len(names) > 1 and sum(map(len, mappings)) == len(names) * len(mappings):
            return dict(
                zip(names, zip(*map(itemgetter(*names), mappings), strict=True), strict=True)
            )
    except KeyError:
        pass
    return {name: [m.get(name, ABSENT) for m in mappings] for name in names_of(mappings)}
