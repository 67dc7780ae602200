"""A run's values by name, as filters, columns and sorting take them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from journal.packing import Json
from journal.runs import Run
from journal.values import Scalar

FACTS = ("status", "seed", "seconds", "id", "exit_code")
"""What every run has a place for; these names come before parameters of the same name."""
MISSING = object()
"""Stands for a value that the run does not have."""


def lookup(run: Run, name: str) -> object:
    """The run's value of this name, a scalar; MISSING where it has none.

    Its own facts first, then parameters, metrics and context; ``params.``, ``metrics.`` and
    ``context.`` before the name say which.
    """
    if name in FACTS:
        value = getattr(run, name)
        return MISSING if value is None else value
    if name in run.params:
        return run.params[name]
    if name in run.metrics:
        return run.metrics[name]
    kind, dot, rest = name.partition(".")
    if dot and kind == "params":
        return run.params.get(rest, MISSING)
    if dot and kind == "metrics":
        return run.metrics.get(rest, MISSING)
    if dot and kind == "context":
        return _inside(run.context, rest)
    return _inside(run.context, name)


def _inside(context: Mapping[str, Json], path: str) -> object:
    """The context's value at this dotted path."""
    value = context.get(path, MISSING)
    if value is not MISSING and not isinstance(value, dict | list):
        return value
    for place, char in enumerate(path):
        inner = context.get(path[:place]) if char == "." else None
        if isinstance(inner, dict | list):
            found = _inside(_named(inner), path[place + 1 :])
            if found is not MISSING:
                return found
    return MISSING


def _named(inner: dict[str, Json] | list[Json]) -> dict[str, Json]:
    """The same by name; a list's elements by their position."""
    return inner if isinstance(inner, dict) else {str(k): item for k, item in enumerate(inner)}


def flat(context: Mapping[str, Json], prefix: str = "") -> dict[str, Scalar]:
    """Context as one level of dotted names; of lists, their elements by position."""
    found: dict[str, Scalar] = {}
    for name, value in context.items():
        if isinstance(value, dict | list):
            found |= flat(_named(value), f"{prefix}{name}.")
        else:
            found[f"{prefix}{name}"] = value
    return found


def names_of(runs: Iterable[Run]) -> dict[str, None]:
    """Every name that ``lookup`` answers for one of these runs, context under its prefix."""
    names: dict[str, None] = dict.fromkeys(FACTS)
    for run in runs:
        names.update(dict.fromkeys(run.params))
        names.update(dict.fromkeys(run.metrics))
        names.update(dict.fromkeys(f"context.{name}" for name in flat(run.context)))
    return names
