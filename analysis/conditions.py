"""Where does a parameter exist? Conditions found from absences, and applied to values."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence

import numpy as np

from analysis.results import Scalar
from analysis.space import Condition, factorize, is_missing, level_key, missing

MAX_PARENT_LEVELS = 30
CHANCE = 0.01
"""An absence that another parameter settles exactly counts as its doing only below this."""


def find_condition(
    child: Sequence[Scalar], name: str, *, parents: Mapping[str, Sequence[Scalar]]
) -> Condition | None:
    """Which one other parameter settles, by its level, whether this one has a value?

    child: (n_configurations,) values of the parameter; parents: the same of every parameter that
    has levels. None if every configuration has a value, or no parameter settles it. Of several that
    do, one that always has a value itself comes first, then the one with fewer levels, then by
    name.
    """
    absent = missing(child)
    if not absent.any() or absent.all():
        return None
    found: list[tuple[bool, int, str, Condition]] = []
    for parent, values in parents.items():
        if parent == name:
            continue
        codes, levels = factorize(values)
        if not 2 <= len(levels) <= MAX_PARENT_LEVELS:
            continue
        counts = np.bincount(codes)
        gone = np.bincount(codes, weights=absent)
        if ((gone != 0) & (gone != counts)).any():
            continue
        active = tuple(level for level, none in zip(levels, gone == 0, strict=True) if none)
        if any(is_missing(level) for level in active):
            continue  # it would exist exactly where its parent does not
        if chance_of_split(counts, int(absent.sum())) < CHANCE:
            partial = any(is_missing(level) for level in levels)
            active = tuple(sorted(active, key=level_key))
            found.append((partial, len(levels), parent, Condition(parent, active)))
    return min(found, key=lambda item: item[:3])[3] if found else None


def conditions(
    columns: Mapping[str, Sequence[Scalar]],
    *,
    parents: Mapping[str, Sequence[Scalar]],
    said: Mapping[str, Condition],
    elsewhere: Mapping[str, Condition],
) -> dict[str, Condition]:
    """The condition of every parameter that has one: what was said, else what is found.

    elsewhere: what was found among more configurations than these, which may be too few to tell.
    No parameter hangs on itself: of two that exist together each would decide of the other. The one
    with fewer values decides, and its absence is a value of its own.
    """
    known = dict(said)
    for name, values in columns.items():
        if name not in said:
            found = find_condition(values, name, parents=parents)
            found = found or _kept(elsewhere.get(name), values, parents=parents)
            known |= {name: found} if found else {}
    for name in sorted(known, key=lambda name: (len(factorize(columns[name])[1]), name)):
        if name not in said and name in _ancestors(name, known):
            del known[name]
    return known


def _kept(
    condition: Condition | None,
    child: Sequence[Scalar],
    *,
    parents: Mapping[str, Sequence[Scalar]],
) -> Condition | None:
    """A condition found among more configurations, if these are told by it where the child is."""
    if condition is None or condition.parent not in parents:
        return None
    on, _ = _switched(condition, parents[condition.parent])
    absent = missing(child)
    return condition if absent.any() and np.array_equal(on, ~absent) else None


def _ancestors(name: str, known: Mapping[str, Condition]) -> list[str]:
    """What a parameter hangs on, what that hangs on, and so on; a circle is gone round once."""
    chain: list[str] = []
    while name in known and (name := known[name].parent) not in chain:
        chain.append(name)
    return chain


def chance_of_split(counts: np.ndarray, n_absent: int) -> float:
    """How likely is it that absences thrown at random fill whole levels and leave the rest empty?

    counts: (n_levels,) configurations per level. The number of sets of levels whose counts sum to
    `n_absent`, over the number of ways to choose that many configurations.
    """
    ways = np.zeros(n_absent + 1)
    ways[0] = 1.0
    for count in counts:
        if count <= n_absent:
            ways[count:] = ways[count:] + ways[: n_absent + 1 - count]
    n = int(counts.sum())
    log_choices = math.lgamma(n + 1) - math.lgamma(n_absent + 1) - math.lgamma(n - n_absent + 1)
    return float(ways[n_absent] * math.exp(-log_choices))


def blank_inactive(
    columns: Mapping[str, Sequence[Scalar]], conditions: Mapping[str, Condition]
) -> dict[str, list[Scalar]]:
    """The values with None wherever a condition says that the parameter does not exist.

    A script may record the slope of an activation that it did not use; such a value means nothing,
    nor does what hangs on that slope.
    """
    levels = {
        name: [
            (c.parent, *_switched(c, columns[c.parent])) for c in whole.parts if c.parent in columns
        ]
        for name, whole in conditions.items()
        if name in columns
    }
    there = {name: np.ones(len(values), dtype=bool) for name, values in columns.items()}
    for _ in range(len(levels) + 1):  # a chain is no longer; of a circle that is enough, too
        before = {name: there[name] for name in levels}
        for name, hangs_on in levels.items():
            found = [np.where(there[parent], on, none) for parent, on, none in hangs_on]
            there[name] = np.logical_and.reduce(found) if found else there[name]
        if all(np.array_equal(before[name], there[name]) for name in levels):
            break
    return {
        name: [v if kept else None for v, kept in zip(values, there[name].tolist(), strict=True)]
        for name, values in columns.items()
    }


def _switched(condition: Condition, values: Sequence[Scalar]) -> tuple[np.ndarray, bool]:
    """(n,) bool: where the parent has one of the condition's levels; and whether none is one."""
    codes, levels = factorize(values)
    wanted = {level_key(value) for value in condition.values}
    on = np.array([level_key(level) in wanted for level in levels], dtype=bool)[codes]
    return on, level_key(None) in wanted
