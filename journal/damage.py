"""What in a journal is not as it was written."""

from __future__ import annotations

import warnings
from collections.abc import Iterable
from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Damage:
    """Something in a journal that is not as it was written, and where.

    kind is one of
    ``torn``       a write that never ended: harmless, it was never acknowledged;
    ``altered``    bytes that are no longer what was written, and cannot be read;
    ``missing``    lines that were there once and are gone;
    ``unchained``  a sound line that does not follow on the one before it (a fork, a rewrite);
    ``conflict``   two different events with one id;
    ``malformed``  sound bytes that are no event of this format;
    ``newer``      an event that a later version of Knobwise wrote;
    ``unreadable`` a file that cannot be opened or read.
    """

    kind: str
    segment: str
    line: int = 0
    offset: int = 0
    length: int = 0
    message: str

    @property
    def harmless(self) -> bool:
        """Is nothing lost that was ever acknowledged?"""
        return self.kind == "torn"

    def __str__(self) -> str:
        place = f"{self.segment}:{self.line}: byte {self.offset}" if self.line else self.segment
        return f"{place}: {self.kind}: {self.message}"


class DamageWarning(UserWarning):
    """Parts of a journal are not as they were written; ``Journal.read().damage`` names them."""


def warn_of(damage: Iterable[Damage]) -> None:
    """Warn of what is more than a torn tail."""
    serious = [str(d) for d in damage if not d.harmless]
    if serious:
        more = f" (and {len(serious) - 1} more; see knobwise verify)" if len(serious) > 1 else ""
        warnings.warn(f"damaged journal: {serious[0]}{more}", DamageWarning, stacklevel=4)
