"""A whole run, checked, as the body of its line: what ``Logged`` is, without making one.

``knobwise log`` and bulk logging come here straight; ``Journal.logged`` makes the event. A test
holds the two to the same bytes.
"""

from __future__ import annotations

from collections.abc import Mapping

from journal import values
from journal.errors import ValueRefused
from journal.masking import is_suspect
from journal.packing import Json, pack, pack_scalar

_INT32, _INT64 = 1 << 31, 1 << 63
STATUSES = ("finished", "failed", "killed")
"""How a run can end. (``running`` and ``interrupted`` are derived, never recorded.)"""


def one_of(value: object, allowed: tuple[str, ...], *, what: str) -> None:
    """Raises ValueRefused unless the value is None or one of those allowed."""
    if value is not None:
        among(value, allowed, what=what)


def among(value: object, allowed: tuple[str, ...], *, what: str) -> None:
    """Raises ValueRefused unless the value is one of those allowed."""
    if not isinstance(value, str) or value not in allowed:
        from journal.guesses import guess

        hint = guess(f"{value}", allowed, otherwise="one of " + ", ".join(allowed))
        raise ValueRefused(f"{what} is {value!r:.80}", hint=hint, word=f"{value}")


def ended_as(status: str) -> str:
    """How a run of this status ended, in another journal: one that was interrupted is killed.

    Raises ValueRefused for what is no end.
    """
    told = "killed" if status == "interrupted" else status
    among(told, STATUSES, what="the status")
    return told


def whole(value: object, what: str) -> int | None:
    """An integer that is one already, or None. Raises ValueRefused for anything else."""
    if value is None:
        return value
    if type(value) is int:
        return values.kept(value, what)
    raise ValueRefused(f"{what} is {value!r:.80}, not an integer")


def whole_step(told: object) -> int:
    """A step: an integer of 64 bits, or a number that is one, as 2.0. Raises ValueRefused."""
    try:
        number = values.plain(told, "the step")
    except ValueRefused:
        number = None
    if isinstance(number, float) and number.is_integer():
        number = int(number)
    if type(number) is int and -_INT64 <= number < _INT64:
        return number
    hint = "run.log(STEP, loss=0.2); what has no step is a result: run.result(loss=0.2)"
    raise ValueRefused(f"the step is {told!r:.80}, not an integer", hint=hint)


def logged_body(
    params: Mapping[str, object],
    *,
    metrics: Mapping[str, object],
    seed: object = None,
    status: str = "finished",
    tags: object = (),
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
    if (number := values.seed(seed)) is not None:
        body["seed"] = pack_scalar(number)
    among(status, STATUSES, what="the status")
    if status != "finished":
        body["status"] = status
    if tags is not None and (told := values.labels(tags)):
        body["tags"] = list(told)
    if note is not None:
        body["note"] = values.note(note)
    if began is not None:
        body["began"] = began
    if seconds is not None:
        body["seconds"] = pack_scalar(values.duration(seconds))
    if context is not None:
        values.mapping(context, "the context is")
    if context:
        body["context"] = dict(context)
    return body


def _parameters(nested: Mapping[str, object]) -> dict[str, Json]:
    """Parameters checked and packed: most often every value is one that JSON has as it is."""
    if type(nested) is not dict:
        return pack(values.parameters(nested))
    for name, value in nested.items():
        if type(value) is float:
            if value - value != 0.0:  # NaN, or infinite
                break
        elif type(value) is str:
            if len(value) >= values.TEXT_BYTES or not value.isascii() or is_suspect(name, value):
                break
        elif type(value) is not bool and not (type(value) is int and -_INT32 < value < _INT32):
            break
    else:
        if values.are_names(nested):
            return dict(nested)  # the loop saw to its values
    return pack(values.parameters(nested))


def _metrics(measured: Mapping[str, object]) -> dict[str, Json]:
    if type(measured) is not dict:
        return pack(values.metrics(measured))
    for value in measured.values():
        if type(value) is not float or value - value != 0.0:
            break
    else:
        if values.are_names(measured):
            return dict(measured)
    return pack(values.metrics(measured))
