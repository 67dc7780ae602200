"""What runs say against a declaration: told when it is made, not when the analysis stops at it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Protocol

from journal.counts import counted
from journal.declarations import ParameterDeclaration
from journal.identity import key, meets
from journal.values import Scalar, write_scalar


class Measured(Protocol):
    """A run as far as it is looked at here: one of the journal, or one that is imported."""

    @property
    def params(self) -> Mapping[str, Scalar]:
        """Its parameters."""

    @property
    def retracted(self) -> str | None:
        """Why it should not count."""


def contradictions(declared: ParameterDeclaration, runs: Iterable[Measured]) -> list[str]:
    """A sentence for each part of the declaration that runs do not agree with.

    Runs in which the parameter is not active, and those that are retracted, do not count; None and
    NaN are no values. 0 has a place beside a log scale.
    """
    every = [run.params for run in runs if run.retracted is None]
    having = [params for params in every if declared.name in params]
    had = [params[declared.name] for params in having if meets(params, declared.condition)]
    told = _of_condition(declared, every)
    if having and not had and not told:
        told = [f"in no run that has {declared.name} does its condition hold"]
    return told + _of_values(declared, had)


def _of_condition(
    declared: ParameterDeclaration, runs: Sequence[Mapping[str, Scalar]]
) -> list[str]:
    """What a condition asks of a parameter and no run has, though some have the parameter."""
    told = []
    for parent, wanted in declared.condition.items():
        known = {key(params[parent]) for params in runs if parent in params}
        told += [
            f"no run has {parent} = {write_scalar(value)}"
            for value in wanted
            if known and key(value) not in known
        ]
    return told


def _of_values(declared: ParameterDeclaration, had: Sequence[Scalar]) -> list[str]:
    """What is beside the declared range, levels or scale."""
    name = declared.name
    values = [value for value in had if value is not None and value == value]
    numbers = [v for v in values if isinstance(v, int | float) and not isinstance(v, bool)]
    finite = [n for n in numbers if n - n == 0]  # an integer may be larger than all floats
    if declared.levels:
        known = set(map(key, declared.levels))
        return _told(name, [v for v in values if key(v) not in known], "not among its levels")
    if declared.domain is None and declared.scale is None:
        return []
    told = []
    words = {key(value) for value in values} - {key(number) for number in finite}
    if len(words) > 1 or (words and not finite):
        told += _told(name, [v for v in values if key(v) in words], "not a number of an interval")
    if declared.domain is not None:
        low, high = declared.domain
        beside = {0.0} if declared.scale == "log" else set()
        outside = [n for n in finite if not low <= n <= high and n not in beside]
        told += _told(name, outside, f"outside its domain {low:g} to {high:g}")
    if declared.scale == "log":
        told += _told(name, [v for v in finite if v < 0], "not on a log scale")
        if declared.domain is not None and declared.domain[0] <= 0:
            told.append(f"{name} has a log scale, but its domain starts at {declared.domain[0]:g}")
    return told


def _told(name: str, values: Sequence[Scalar], what: str) -> list[str]:
    if not values:
        return []
    different = list({key(value): value for value in values}.values())
    few = ", ".join(write_scalar(value) for value in different[:3])
    more = ", …" if len(different) > 3 else ""
    return [f"{counted(len(values), 'run has')} {name} = {few}{more}, {what}"]
