"""Addresses of journals that are no folders."""

from __future__ import annotations

import re

from journal.errors import JournalError, UsageError

TYPE_CHECKING = False
if TYPE_CHECKING:
    from journal.store import Store

_PASSWORD = re.compile(r"(?<=://)([^/?#@\s]*?):[^/?#\s]+@")
_PARAMETER = re.compile(r"(?i)([?&](?:password|sslpassword)=)[^&#\s]*")


def shown(address: str) -> str:
    """The address without its password: for messages, reports and exports."""
    if "://" not in address:
        return address
    return _PARAMETER.sub(r"\1***", _PASSWORD.sub(r"\1:***@", address))


def database(address: str) -> Store:
    """The store at this address. Raises UsageError for a kind of address that is not known."""
    scheme = address.partition("://")[0]
    if scheme not in {"postgresql", "postgres"}:
        hint = "a folder, or postgresql://user@host/database"
        raise UsageError(f"{scheme}:// is no journal's address", word=address, hint=hint)
    try:
        from journal.postgres import PostgresStore
    except ImportError:
        hint = "pip install 'knobwise[postgres]'"
        raise JournalError("PostgreSQL needs psycopg, which is not installed", hint=hint) from None
    return PostgresStore(address)
