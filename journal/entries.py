"""A whole run, checked, as the body of its line: what ``Logged`` is, without making one.

``knobwise log`` and bulk logging come here straight; ``Journal.logged`` makes the event. A test
holds the two to the same bytes.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from journal import values
from journal.errors import ValueRefused
from journal.packing import Json, pack, pack_scalar

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
    if flat := values.parameters(params):
        body["params"] = pack(flat)
    if measured := values.metrics(metrics):
        body["metrics"] = pack(measured)
    if (number := values.seed(seed)) is not None:
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
