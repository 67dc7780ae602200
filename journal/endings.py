"""How a run ended, as told by the exception that left its block."""

from __future__ import annotations

import traceback
from collections.abc import Mapping
from dataclasses import dataclass, field

from journal.entries import whole
from journal.packing import Json
from journal.redaction import redact
from journal.values import mapping

ERROR_LETTERS = 2_000
"""Most of an error's message that is kept."""
TRACE_LETTERS = 6_000
"""Most of a traceback that is kept: its end."""


@dataclass(frozen=True, slots=True)
class Ending:
    """Status, reason, exit code, and what more there is to say."""

    status: str
    error: str | None = None
    exit_code: int | None = None
    context: Mapping[str, Json] = field(default_factory=dict)


def ending_of(error: BaseException) -> Ending:
    """``killed`` by Ctrl-C or cancellation, ``finished`` by ``sys.exit(0)``, else ``failed``."""
    if isinstance(error, SystemExit):
        return _exited(error.code)
    told = brief(f"{type(error).__name__}: {error}" if str(error) else type(error).__name__)
    if not isinstance(error, Exception) or type(error).__name__ == "CancelledError":
        return Ending("killed", told)
    return Ending("failed", told, context={"traceback": _trace(error)})


def brief(text: str) -> str:
    """An error's message, short enough, whole Unicode, without secrets."""
    clean = redact(text[: 2 * ERROR_LETTERS]).encode("utf-8", "backslashreplace").decode()
    return clean if len(clean) <= ERROR_LETTERS else clean[: ERROR_LETTERS - 1] + "…"


def told(
    status: str | None,
    before: Ending,
    *,
    error: object = None,
    exit_code: object = None,
    context: Mapping[str, Json] | None = None,
) -> Ending:
    """An ending in somebody's words, what they leave out being as it was before.

    An error without a status is of a run that failed; another status has reasons of its own.
    Raises ValueRefused where they can be no ending.
    """
    if context is not None:
        mapping(context, "the context is")
    if status is None:
        status = before.status if error is None else "failed"
    known = before if status == before.status else Ending(status)
    reason = known.error if error is None else brief(str(error))
    code = known.exit_code if exit_code is None else whole(exit_code, "the exit code")
    return Ending(status, reason, code, context or before.context)


def _exited(code: object) -> Ending:
    if code is None or code == 0:
        return Ending("finished", exit_code=0)
    if isinstance(code, int):  # True as well, which a shell sees as 1
        seen = int(code) if abs(code) < 1 << 63 else -1  # as which Python itself leaves then
        return Ending("failed", f"exit code {seen}", exit_code=seen)
    return Ending("failed", brief(str(code)), exit_code=1)


def _trace(error: BaseException) -> str:
    text = "".join(traceback.format_exception(error))
    end = redact(text[-2 * TRACE_LETTERS :])
    return end.encode("utf-8", "backslashreplace").decode()[-TRACE_LETTERS:]
