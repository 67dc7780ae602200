"""Ids of events and runs: 128 bits, ordered by time of birth, unique without asking anybody.

RFC 9562. Version 7: 48 bits of milliseconds, 12 bits of the millisecond's fraction (method 3 of
section 6.2), 62 random bits. Within a process ids strictly increase, also when the clock does not.
Version 8, for imports: the hash of what was imported, so that importing twice gives the same ids.
"""

from __future__ import annotations

import os
import re
import time
from collections.abc import Iterable

from journal.hashing import sha256

NO_UUID = "00000000-0000-0000-0000-000000000000"
"""In the place of an id that an event will only be given, or that nobody asks for."""
_UUID = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}")
_VARIANT = 0b10 << 62
_last_ticks = 0


def uuid7() -> str:
    """A new id, greater than every id that this process made before."""
    global _last_ticks  # noqa: PLW0603 - the one place that remembers the last id's time
    ticks = (time.time_ns() << 12) // 1_000_000
    if ticks <= _last_ticks:
        ticks = _last_ticks + 1
    _last_ticks = ticks
    high = ticks >> 12 << 16 | 0x7000 | ticks & 0xFFF
    low = int.from_bytes(os.urandom(8), "big") >> 2 | _VARIANT
    return _written((high << 64 | low).to_bytes(16, "big"))


def uuid_of(content: bytes) -> str:
    """The id (version 8) of this content: the same wherever and whenever it is computed."""
    digest = sha256(content).digest()
    high = int.from_bytes(digest[:8], "big") & ~0xF000 | 0x8000
    low = int.from_bytes(digest[8:16], "big") & (1 << 62) - 1 | _VARIANT
    return _written((high << 64 | low).to_bytes(16, "big"))


def is_uuid(text: object) -> bool:
    """Is it a whole id, as the format writes them?"""
    return isinstance(text, str) and _UUID.fullmatch(text) is not None


def ends_told(words: Iterable[str]) -> tuple[str, ...]:
    """The ends of ids that people gave, as ``is_called`` wants them."""
    return tuple(end for word in words if (end := word.strip().lower()))


def is_called(id_: str, ends: tuple[str, ...]) -> bool:
    """Does the id begin or end with one of these?"""
    return id_.startswith(ends) or id_.endswith(ends)


def _written(id_: bytes) -> str:
    digits = id_.hex()
    return f"{digits[:8]}-{digits[8:12]}-{digits[12:16]}-{digits[16:20]}-{digits[20:]}"
