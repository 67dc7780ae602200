"""Memory that one array leaves is there for the next.

The GNU C library gives memory back to the system as soon as a little of it is free, and every page
of the next array is then had anew, which may take longer than the sums in it: up to a quarter of an
assessment was that. How much may lie free follows the largest piece that was ever mapped and let go
of (at most 32 MB: mallopt(3), M_MMAP_THRESHOLD). So one such piece is, once; nobody writes to it,
so it takes no memory. Where another library hands out memory nothing changes.
"""

from __future__ import annotations

from functools import cache

import numpy as np

LARGEST = (32 << 20) - (64 << 10)
"""Bytes: just below the largest piece that counts."""


@cache
def keep_what_is_free() -> None:
    """From now on this process may keep 64 MB that it does not use, for each of its threads."""
    np.empty(LARGEST, dtype=np.uint8)
