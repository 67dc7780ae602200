"""What may have been meant by a name that nobody knows."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from difflib import get_close_matches

_ALIKE = 0.65
"""tag for teg and batch_size for batch look alike (2/3); dropout and opt (0.6) do not."""


def nearest(name: str, known: Iterable[str]) -> str | None:
    """The known name that looks most alike; None where none does."""
    return next(iter(get_close_matches(name, sorted(known), 1, _ALIKE)), None)


def guess(
    name: str, known: Iterable[str], *, otherwise: str, renamed: Mapping[str, str] | None = None
) -> str:
    """A hint: what may have been meant, or what to say instead.

    renamed: what was called by one name -> what it is called; empty where that is not clear.
    """
    if now := (renamed or {}).get(name):
        return f"it is called {now} since it was renamed"
    near = nearest(name, known)
    return otherwise if near is None else f"did you mean {near}?"
