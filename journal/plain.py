"""``logged`` lines looked at many at once: are they events of this format?

``bodies.event_of`` reads one line, value by value. Most lines of a large journal are of one kind,
and of a few hundred together it is cheaper to ask which types occur at all. The answer is no where
that does not tell: then each is read by itself.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import chain
from operator import itemgetter
from typing import Any

from journal.entries import STATUSES
from journal.ids import is_uuid
from journal.lines import Record
from journal.packing import BodyError
from journal.times import read_stamp

_PARTS = itemgetter("id", "run", "at", "body")
_TYPES: dict[str, set[type]] = {
    "params": {dict},
    "metrics": {dict},
    "seed": {int, type(None)},
    "status": {str},
    "tags": {list},
    "note": {str, type(None)},
    "began": {str},
    "seconds": {float, type(None)},
    "context": {dict},
}
"""What JSON has for each field, None where a line does not have it."""
_DEFAULTS: dict[str, object] = {
    "params": {}, "metrics": {}, "seed": None, "status": "finished", "tags": [], "note": None,
    "began": "", "seconds": None, "context": {},
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Logged:
    """``logged`` lines, a list per part; ``fields`` has those that any of the bodies has.

    What stands inside ``params`` and ``metrics`` may still be packed, and was not looked at.
    """

    id: Sequence[str]
    run: Sequence[str]
    began: Sequence[str]
    fields: Mapping[str, list[Any]]


def logged(records: Sequence[Record]) -> Logged | None:
    """These lines of the type ``logged``; None where one may be no event, or is about no run."""
    try:
        ids, runs, at, bodies = zip(*map(_PARTS, records), strict=True)
    except (KeyError, ValueError):  # a line without one of these, or there is no line at all
        return Logged((), (), (), {}) if not records else None
    if not (all(map(is_uuid, ids)) and (ids == runs or all(map(is_uuid, runs)))):
        return None
    if not ({dict}.issuperset(map(type, bodies)) and _are_times(at)):
        return None
    fields = _fields(bodies)
    if fields is None:
        return None
    if "began" not in fields:
        return Logged(ids, runs, at, fields)
    began = [body.get("began", own) for own, body in zip(at, bodies, strict=True)]
    return Logged(ids, runs, began, fields) if _are_times(began) else None


def are_logged(records: Sequence[Record]) -> bool:
    """Would ``event_of`` read every one of these lines of the type ``logged``?

    No where some of their values are packed, or might be no event's: it only costs time.
    """
    told = logged(records)
    return (
        told is not None
        and _types_in(told.fields.get("params", ())).isdisjoint({dict, list})
        and _types_in(told.fields.get("metrics", ())) <= {float}
    )


def _fields(bodies: Sequence[dict[str, Any]]) -> dict[str, list[Any]] | None:
    names = set(chain.from_iterable(bodies))
    if not names <= _TYPES.keys():
        return None
    told = {name: [body.get(name, _DEFAULTS[name]) for body in bodies] for name in names}
    if not all(_TYPES[name].issuperset(map(type, values)) for name, values in told.items()):
        return None
    if not set(told.get("status", ())) <= set(STATUSES):
        return None
    if not {str}.issuperset(map(type, chain.from_iterable(told.get("tags", ())))):
        return None
    return told


def _types_in(mappings: Iterable[dict[str, Any]]) -> set[type]:
    """The types of all values in these mappings."""
    return set(map(type, chain.from_iterable(values.values() for values in mappings)))


def _are_times(stamps: Iterable[Any]) -> bool:
    try:
        for stamp in stamps:
            read_stamp(stamp)
    except BodyError:
        return False
    return True
