"""Events to the JSON of a line's body, and back: each field's writer and reader, by its name."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import MISSING, fields

from journal.errors import ValueRefused
from journal.events import KINDS, Event
from journal.ids import is_uuid
from journal.lines import Entry
from journal.packing import BodyError, Json, pack, pack_scalar, unpack_scalar
from journal.processes import Process
from journal.times import read_stamp, stamp
from journal.values import Scalar

_NESTED = frozenset({dict, list})


class NewerBodyError(BodyError):
    """An event type or a field of a later format."""

    kind = "newer"


def body(event: Event) -> dict[str, Json]:
    """The event's own fields as JSON, those at their defaults left out."""
    content: dict[str, Json] = {}
    for name, default, writer in _LAYOUT[type(event)]:
        value = getattr(event, name)
        if value != default or default is MISSING:
            content[name] = writer(value)
    return content


def entry_of(event: Event) -> Entry:
    """What the event's line is made of."""
    return event.id, event.run, stamp(event.at), type(event).__name__.lower(), body(event)


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
    if not isinstance(value, str) or not is_uuid(value):
        raise BodyError(f"{value!r} is not a UUID")
    return value


def _integer(value: Json) -> int:
    scalar = unpack_scalar(value)
    if type(scalar) is not int:
        raise BodyError(f"{value!r} where an integer belongs")
    return scalar


def _float(value: Json) -> float:
    scalar = unpack_scalar(value)
    if type(scalar) is int and abs(scalar) < 1 << 64:
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
    told = _mapping(value)
    if _NESTED.isdisjoint(map(type, told.values())):
        return told  # type: ignore[return-value] # nothing packed: the mapping is as it should be
    return {name: unpack_scalar(item) for name, item in told.items()}


def _read_floats(value: Json) -> dict[str, float]:
    told = _mapping(value)
    if {float}.issuperset(map(type, told.values())):
        return told  # type: ignore[return-value]
    return {name: _float(item) for name, item in told.items()}


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
_WORDS = (
    "note", "error", "reason", "old", "new", "parameter", "metric", "direction", "unit", "scale",
    "role",
)  # fmt: skip
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
    "status": (_as_is, _text),
    **dict.fromkeys(_WORDS, _WORD),
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
