"""Addresses of journals that are no folders."""

from __future__ import annotations

import re

from journal.errors import JournalError, UsageError

TYPE_CHECKING = False
if TYPE_CHECKING:
    from journal.store import Store

HIDDEN = "***"
"""What stands where a password stood."""
_PARAMETER = re.compile(r"(?<=[?&])([^?&=]*)=([^&]*)")
_SECRET = frozenset({"password", "sslpassword", "oauth_client_secret"})
_LONG = 3
"""A password shorter than this stands in most words; it is hidden where a message quotes it."""


def shown(address: str) -> str:
    """The address without its password: for messages, reports and exports."""
    for start, end in reversed(_secrets(address)):
        address = address[:start] + HIDDEN + address[end:]
    return address


def without_secrets(message: str, address: str) -> str:
    """What a database's library says of this address, without the password.

    It quotes the address, its password, or what it takes for the host or port after a password
    in which ``@`` or ``/`` is not percent-encoded.
    """
    message = message.replace(address, shown(address))
    parts: set[str] = set()
    for start, end in _secrets(address):
        secret = address[start:end]
        for whole in (secret, _decoded(secret)):
            message = message.replace(whole, HIDDEN) if len(whole) >= _LONG else message
        parts |= {part for part in re.split("[@/?:&]", secret) if part}

    def hide(found: re.Match[str]) -> str:
        mark, quoted = found.groups()
        return mark + HIDDEN + mark if any(part in quoted for part in parts) else found[0]

    return re.sub(r"""(["'])(.*?)\1""", hide, message)


def _secrets(address: str) -> list[tuple[int, int]]:
    """Where the passwords stand, in their order.

    That of the user goes from the first colon to the last ``@`` before the path, or, where it has
    an unencoded ``/``, to the last one before the query.
    """
    if "://" not in address:
        return []
    start = address.index("://") + 3
    path = _position(address, "/", start)
    at = address.rfind("@", start, path)
    if at < 0:
        at = address.rfind("@", path, _position(address, "?", path))
    colon = address.find(":", start, min(at, path)) if at >= 0 else -1
    found = [(colon + 1, at)] if 0 <= colon < at - 1 else []
    parameters = _PARAMETER.finditer(address, max(at, start))
    return found + [word.span(2) for word in parameters if _decoded(word[1]).lower() in _SECRET]


def _position(text: str, char: str, start: int) -> int:
    """Where the character stands first from there on; the text's end where it does not."""
    found = text.find(char, start)
    return len(text) if found < 0 else found


def _decoded(text: str) -> str:
    from urllib.parse import unquote

    return unquote(text) if "%" in text else text


def typed(address: str) -> str:
    """An address as it may be written down and typed: without its password."""
    return shown(address).replace(":***@", "@")


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
