"""Ids of events and runs: 128 bits, ordered by time of birth, unique without asking anybody.

RFC 9562. Version 7: 48 bits of milliseconds, 12 bits of the millisecond's fraction (method 3 of
section 6.2), 62 random bits. Within a process ids strictly increase, also when the clock does not.
Version 8, for imports: the hash of what was imported, so that importing twice gives the same ids.
"""

from __future__ import annotations

import hashlib
import os
import time

_VARIANT = 0b10 << 62
_last_ticks = 0


def uuid7() -> str:
    """A new id, greater than every id that this process made before."""
    global _last_ticks  # noqa: PLW0603 - the one place that remembers the last id's time
    ticks = (time.time_ns() << 12) // 1_000_000
    if ticks <= _last_ticks:
        ticks = _last_ticks + 1
    _last_ticks = ticks
    time_part = f"{ticks:015x}"
    random_part = f"{int.from_bytes(os.urandom(8), 'big') >> 2 | _VARIANT:016x}"
    return (
        f"{time_part[:8]}-{time_part[8:12]}-7{time_part[12:]}-{random_part[:4]}-{random_part[4:]}"
    )


def uuid_of(content: bytes) -> str:
    """The id (version 8) of this content: the same wherever and whenever it is computed."""
    digest = hashlib.sha256(content).digest()
    high = digest[:8].hex()
    low = f"{int.from_bytes(digest[8:16], 'big') & (1 << 62) - 1 | _VARIANT:016x}"
    return f"{high[:8]}-{high[8:12]}-8{high[13:]}-{low[:4]}-{low[4:]}"
