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
    millis, nanos = divmod(time.time_ns(), 1_000_000)
    ticks = max(millis << 12 | (nanos << 12) // 1_000_000, _last_ticks + 1)
    _last_ticks = ticks
    high = (ticks >> 12) << 16 | 0x7000 | ticks & 0xFFF
    low = _VARIANT | int.from_bytes(os.urandom(8), "big") >> 2
    return _text(high << 64 | low)


def uuid_of(content: bytes) -> str:
    """The id (version 8) of this content: the same wherever and whenever it is computed."""
    bits = int.from_bytes(hashlib.sha256(content).digest()[:16], "big")
    high = (bits >> 64) & ~0xF000 | 0x8000
    low = bits & (1 << 62) - 1 | _VARIANT
    return _text(high << 64 | low)


def _text(bits: int) -> str:
    h = f"{bits:032x}"
    return f"{h[:8]}-{h[8:12]}-{h[12:16]}-{h[16:20]}-{h[20:]}"
