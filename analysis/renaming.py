"""What parameters were called in commands that were recorded before they were renamed."""

from __future__ import annotations

from collections.abc import Iterable

from analysis.recorded import listed
from journal.flags import recorded_name

UNCLEAR = ""
"""Stands for the present name of what was called so at one time and something else at another."""


def present_names(renamed: Iterable[tuple[str, str]]) -> dict[str, str]:
    """Old name, as told or as recorded, -> present name.

    renamed: (old, present), UNCLEAR for a present name that nobody knows. A list is told by one
    name: it has another one if all its places moved alike.
    """
    names: dict[str, str] = {}
    for old, present in renamed:
        names |= {old: present, recorded_name(old): present}
        if place := listed(old):
            base, at = listed(present) or (UNCLEAR, -1)
            moved = base if at == place[1] else UNCLEAR
            names[place[0]] = moved if names.get(place[0], moved) == moved else UNCLEAR
    return names
