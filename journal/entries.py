"""A whole run, checked, as the body of its line: what ``Logged`` is, without making one.

``knobwise log`` and bulk logging come here straight; ``Journal.logged`` makes the event. A test
holds the two to the same bytes.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from journal import values
from journal.errors import ValueRefused
from journal.packing import Json, pack, pack_scalar

_INT32 = 1 << 31
STATUSES = ("finished", "failed", "killed")
"""How a run can end. (``running`` and ``interrupted`` are derived, never recorded.)"""


def one_of(value: str | None, allowed: tuple[str, ...], what: str) -> None:
    """Raises ValueRefused unless the value is None or one of those allowed."""
    if value is not None and value not in allowed:
        raise ValueRefused(f"{what} is {value!r}", hint="one of " + ", ".join(allowed))


def logged_body(
    params: Mapping[str, object],
    *,
    metrics: Mapping[str, object],
    seed: object = None,
    status: str = "finished",
    tags: Sequence[str] = (),
    note: str | None = None,
    began: str | None = None,
    seconds: object = None,
    context: Mapping[str, Json] | None = None,
) -> dict[str, Json]:
    """The body of a ``logged`` line. Raises ValueRefused for what cannot be kept exactly."""
    body: dict[str, Json] = {}
    if flat := _parameters(params):
        body["params"] = flat
    if measured := _metrics(metrics):
        body["metrics"] = measured
    if seed is not None and (number := values.seed(seed)) is not None:
        body["seed"] = pack_scalar(number)
    if status != "finished":
        one_of(status, STATUSES, "the status")
        body["status"] = status
    if tags:
        body["tags"] = [values.check_text(tag, "a tag") for tag in tags]
    if note is not None:
        body["note"] = values.check_text(note, "the note")
    if began is not None:
        body["began"] = began
    if seconds is not None:
        body["seconds"] = pack_scalar(values.number(seconds, "seconds"))
    if context:
        body["context"] = dict(context)
    return body


def _parameters(nested: Mapping[str, object]) -> dict[str, Json]:
    """Parameters checked and packed; those of a flat mapping in one pass, most as they are."""
    if not values.is_flat(nested):
        return pack(values.parameters(nested))
    body: dict[str, Json] = {}
    for name, value in nested.items():
        if type(value) is float:
            as_is = value - value == 0.0
        elif type(value) is str:
            as_is = len(value) < values.TEXT_BYTES and value.isascii()
        else:
            as_is = type(value) is int and -_INT32 < value < _INT32
        body[name] = value if as_is else pack_scalar(values.plain(value, name))  # type: ignore[assignment]
    return body


def _metrics(measured: Mapping[str, object]) -> dict[str, Json]:
    return {
        values.check_name(str(name)): value
        if type(value) is float and value - value == 0.0
        else pack_scalar(values.number(value, str(name)))
        for name, value in measured.items()
        if value is not None
    }
