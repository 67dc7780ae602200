"""Axes of levels: which levels, in which order, and of which kind."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from analysis.commands import named
from analysis.errors import InputError
from analysis.results import Kind, Scalar
from analysis.space import Parameter, factorize, is_missing, level_key
from journal.filter_writer import filter_text
from journal.shell import quoted

GRID_LEVELS = 30
"""More different numbers than these are no levels, unless that is declared."""


def level_axis(name: str, distinct: Sequence[Scalar]) -> Parameter:
    """An axis of these different values."""
    kinds = {level_key(value)[0] for value in distinct} - {"none"}
    kind: Kind = "categorical"
    if kinds == {"number"}:
        kind = "ordinal"
    elif kinds == {"bool"}:
        kind = "boolean"
    return Parameter(name=name, kind=kind, scale="levels", levels=ordered_levels(distinct))


def declared_levels(
    name: str, distinct: Sequence[Scalar], *, declared: Sequence[Scalar]
) -> Parameter:
    """Declared levels that were run; a run outside them is refused.

    In the declared order, but numbers by their size: what is said of an end or of neighbours is
    said of that order.
    """
    known = {level_key(level) for level in declared}
    strangers = [v for v in distinct if level_key(v) not in known and not is_missing(v)]
    if strangers:
        without = quoted(filter_text(name, "!=", value=strangers[0]))
        raise InputError(
            f"{name} = {strangers[0]} was run, but is not among its declared levels",
            where=name,
            hint="declare it, too, or leave out the runs that have it",
            typed=f"knobwise declare parameter {named(name)} --clear, or --where {without}",
        )
    run = {level_key(value) for value in distinct}
    levels = tuple(level for level in declared if level_key(level) in run)
    if any(is_missing(value) and level_key(value) not in known for value in distinct):
        levels = (*levels, None)
    found = level_axis(name, distinct)
    return replace(found, levels=ordered_levels(levels) if found.ordered else levels)


def ordered_levels(distinct: Sequence[Scalar]) -> tuple[Scalar, ...]:
    """Truth values, then numbers ascending, then text in order, then None."""
    rank = {"bool": 0, "number": 1, "text": 2, "none": 3}

    def place(value: Scalar) -> tuple[int, float, str]:
        kind, text = level_key(value)
        return rank[kind], float(text) if kind == "number" else 0.0, text

    levels = sorted(distinct, key=place)
    return tuple(None if is_missing(level) else level for level in levels)


def as_levels(parameter: Parameter, values: Sequence[Scalar]) -> Parameter:
    """The axis with levels where it is a range of few integers, that each may be named."""
    distinct = factorize(values)[1]
    if parameter.numeric and parameter.kind == "integer" and len(distinct) <= GRID_LEVELS:
        return level_axis(parameter.name, distinct)
    return parameter
