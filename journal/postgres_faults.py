"""What a database's error means: try again, or tell the user what to do."""

from __future__ import annotations

import psycopg

from journal.addresses import without_secrets

_PASSING = ("08", "40", "57P", "53300", "55P03")
"""Connection lost, serialization, server shutting down or starting, too many connections, lock."""
_AWAY = ("refused", "starting up", "shutting down", "not yet accepting", "recovery", "timeout",
         "timed out", "closed the connection", "too many clients", "No such file",
         "reset by peer")  # fmt: skip
_HINTS = {
    "42501": "the role may not do this: GRANT SELECT, INSERT ON knobwise_events TO it "
             "(docs/teams.md)",
    "53100": "free some space on the server; nothing of this was logged",
    "25006": "the server is read-only (a standby?); nothing of this was logged",
    "3F000": "the schema in the address's search_path does not exist: CREATE SCHEMA",
}  # fmt: skip


def is_passing(error: psycopg.Error, *, reached: bool) -> bool:
    """May it go well if tried again? ``reached``: the server had answered before."""
    if error.sqlstate is not None:
        return error.sqlstate.startswith(_PASSING)
    if isinstance(error, psycopg.OperationalError | psycopg.InterfaceError):
        return reached or any(word in str(error) for word in _AWAY)
    return False


def said(error: psycopg.Error, address: str) -> tuple[str, str]:
    """The error in one line, and the remedy; the address's password is in neither."""
    told = error.diag.message_primary or str(error).strip().partition("\n")[0]
    hint = _HINTS.get(error.sqlstate or "", "") or error.diag.message_hint or ""
    if error.sqlstate is None and not hint:
        hint = "is the server running, and are name and password right?"
    return without_secrets(told, address) or type(error).__name__, without_secrets(hint, address)
