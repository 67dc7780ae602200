"""Events to the JSON of a line's body, and back.

JSON has no NaN, no infinities, and readers differ on integers beyond 64 bits. A scalar of these
kinds is an object of one key: ``{"float": "nan"}``, ``{"float": "-inf"}``, ``{"int": "2…"}``. No
value is an object otherwise (nested parameters are flattened), so nothing is mistaken for it.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import MISSING, fields
from datetime import UTC, datetime

from journal.errors import ValueRefused
from journal.events import KINDS, Event, Json
from journal.host import Process
from journal.values import INTEGER_DIGITS, Scalar

_INT64 = 1 << 63
_UUID = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}")


class BodyError(ValueError):
    """A line that is as it was written, and yet no event of this format: another program's."""


class NewerBodyError(ValueError):
    """An event type or a field of a later format."""


def stamp(at: datetime) -> str:
    """A time as the file has it: UTC, microseconds, 27 characters that sort as times do."""
    return at.astimezone(UTC).isoformat(timespec="microseconds")[:26] + "Z"


def read_stamp(text: Json) -> datetime:
    """The time back from its 27 characters."""
    if not isinstance(text, str) or len(text) != 27 or text[26] != "Z":
        raise BodyError(f"{text!r} is not a time")
    try:
        return datetime.fromisoformat(text)
    except ValueError:
        raise BodyError(f"{text!r} is not a time") from None


def pack_scalar(value: Scalar) -> Json:
    """A scalar as JSON."""
    if type(value) is float:
        return value if value - value == 0.0 else {"float": repr(value)}
    if type(value) is int and not -_INT64 <= value < _INT64:
        return {"int": str(value)}
    return value


def unpack_scalar(value: Json) -> Scalar:
    """A scalar from JSON."""
    if not isinstance(value, dict):
        if isinstance(value, list):
            raise BodyError("a list where one value belongs")
        return value
    match value:
        case {"float": "nan" | "inf" | "-inf" as name} if len(value) == 1:
            return float(str(name))
        case {"int": str(digits)} if len(value) == 1 and len(digits) <= INTEGER_DIGITS + 1:
            return int(digits)
    raise BodyError("an object where one value belongs")


def pack(values: Mapping[str, Scalar]) -> dict[str, Json]:
    """A mapping of scalars as JSON."""
    return {name: pack_scalar(value) for name, value in values.items()}


def body(event: Event) -> dict[str, Json]:
    """The event's own fields as JSON, those at their defaults left out."""
    content: dict[str, Json] = {}
    for name, default, writer in _LAYOUT[type(event)]:
        value = getattr(event, name)
        if value != default or default is MISSING:
            content[name] = writer(value)
    return content


def event_of(record: Mapping[str, Json]) -> Event:
    """The event of a line's JSON.

    Raises BodyError where it is none, NewerBodyError where it belongs to a later format.
    """
    kind = record.get("type")
    content = record.get("body")
    if not isinstance(kind, str) or not isinstance(content, dict):
        raise BodyError("an event without a type or a body")
    if kind not in KINDS:
        raise NewerBodyError(f"events of type {kind!r} are not known to this version")
    layout = _READERS[KINDS[kind]]
    given: dict[str, object] = {}
    for name, value in content.items():
        if name not in layout:
            raise NewerBodyError(f"the field {name!r} of {kind!r} is not known to this version")
        given[name] = layout[name](value)
    run = record.get("run")
    given["id"] = _uuid(record.get("id"))
    given["run"] = None if run is None else _uuid(run)
    given["at"] = read_stamp(record.get("at"))
    try:
        return KINDS[kind](**given)  # type: ignore[arg-type] # each reader made its field's type
    except (TypeError, ValueRefused) as refused:
        raise BodyError(str(refused)) from None


def _as_is(value: Json) -> Json:
    return value


def _many(values: Iterable[Scalar]) -> Json:
    return [pack_scalar(value) for value in values]


def _condition(condition: Mapping[str, tuple[Scalar, ...]]) -> Json:
    return {name: _many(values) for name, values in condition.items()}


def _process(process: Process | None) -> Json:
    if process is None:
        return None
    return {"host": process.host, "boot": process.boot, "pid": process.pid, "born": process.born}


def _text(value: Json) -> str:
    if not isinstance(value, str):
        raise BodyError(f"{value!r} where a text belongs")
    return value


def _uuid(value: Json) -> str:
    if not isinstance(value, str) or not _UUID.fullmatch(value):
        raise BodyError(f"{value!r} is not a UUID")
    return value


def _integer(value: Json) -> int:
    scalar = unpack_scalar(value)
    if type(scalar) is not int:
        raise BodyError(f"{value!r} where an integer belongs")
    return scalar


def _float(value: Json) -> float:
    scalar = unpack_scalar(value)
    if type(scalar) is int and abs(scalar) < _INT64:
        return float(scalar)
    if type(scalar) is not float:
        raise BodyError(f"{value!r} where a number belongs")
    return scalar


def _mapping(value: Json) -> dict[str, Json]:
    if not isinstance(value, dict):
        raise BodyError(f"{value!r} where an object belongs")
    return value


def _list(value: Json) -> list[Json]:
    if not isinstance(value, list):
        raise BodyError(f"{value!r} where a list belongs")
    return value


def _read_scalars(value: Json) -> dict[str, Scalar]:
    return {name: unpack_scalar(item) for name, item in _mapping(value).items()}


def _read_floats(value: Json) -> dict[str, float]:
    return {name: _float(item) for name, item in _mapping(value).items()}


def _texts(value: Json) -> tuple[str, ...]:
    return tuple(_text(item) for item in _list(value))


def _read_process(value: Json) -> Process:
    told = _mapping(value)
    return Process(
        host=_text(told.get("host")),
        boot=_text(told.get("boot")),
        pid=_integer(told.get("pid")),
        born=_integer(told.get("born")),
    )


def _read_condition(value: Json) -> dict[str, tuple[Scalar, ...]]:
    return {n: tuple(unpack_scalar(v) for v in _list(vs)) for n, vs in _mapping(value).items()}


def _read_pair(value: Json) -> tuple[float, float]:
    ends = _list(value)
    if len(ends) != 2:
        raise BodyError(f"{value!r} where a low and a high end belong")
    return _float(ends[0]), _float(ends[1])


def _optional(reader: Callable[[Json], object]) -> Callable[[Json], object]:
    return lambda value: None if value is None else reader(value)


_Codec = tuple[Callable[..., Json], Callable[[Json], object]]
_LABELS: _Codec = (list, _texts)
_WORD: _Codec = (_as_is, _optional(_text))
_COUNT: _Codec = (pack_scalar, _optional(_integer))
_AMOUNT: _Codec = (pack_scalar, _optional(_float))
_CODECS: dict[str, _Codec] = {
    "params": (pack, _read_scalars),
    "metrics": (pack, _read_floats),
    "context": (dict, _mapping),
    "condition": (_condition, _read_condition),
    "process": (_process, _optional(_read_process)),
    "began": (stamp, read_stamp),
    "seed": _COUNT,
    "exit_code": _COUNT,
    "seconds": _AMOUNT,
    "tags": _LABELS,
    "removed": _LABELS,
    "step": (_many, lambda value: tuple(_integer(item) for item in _list(value))),
    "name": (list, _texts),
    "value": (_many, lambda value: tuple(_float(item) for item in _list(value))),
    "default": (pack_scalar, unpack_scalar),
    "domain": (_many, _read_pair),
    "levels": (_many, lambda value: tuple(unpack_scalar(item) for item in _list(value))),
    "status": _WORD,
    "note": _WORD,
    "error": _WORD,
    "reason": _WORD,
    "old": _WORD,
    "new": _WORD,
    "parameter": _WORD,
    "metric": _WORD,
    "direction": _WORD,
    "unit": _WORD,
    "scale": _WORD,
    "role": _WORD,
}
_ENVELOPE = {"id", "run", "at"}


def _default(default: object, factory: object) -> object:
    return factory() if callable(factory) else default


_LAYOUT: dict[type[Event], list[tuple[str, object, Callable[..., Json]]]] = {
    kind: [
        (f.name, _default(f.default, f.default_factory), _CODECS[f.name][0])
        for f in fields(kind)
        if f.name not in _ENVELOPE
    ]
    for kind in KINDS.values()
}
_READERS: dict[type[Event], dict[str, Callable[[Json], object]]] = {
    kind: {name: _CODECS[name][1] for name, _, _ in layout} for kind, layout in _LAYOUT.items()
}
