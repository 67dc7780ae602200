"""The space: what each parameter is, on which scale, over which range, and when it is active.

Every parameter becomes one *axis*. A numeric axis is the unit interval on the parameter's own
scale (linear or log) under the uniform measure; an axis of levels is the codes 0..L-1 under equal
weight. A numeric parameter that took one special value beside its numbers in some runs (None, a
word such as "auto", or 0 on a log axis) keeps that as an extra *atom*, coded `NONE`, weighted by
its observed share of configurations; one that is conditional is coded NaN where it is inactive.
"""

from __future__ import annotations

import math
import sys
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import TypeGuard

import numpy as np
import pandas as pd

from analysis.errors import Misused, require_kind, shown
from analysis.numerals import resolving, setting
from analysis.results import Kind, Role, Scalar, Scale

_NUMBER_TYPES = {float, int, type(None)}
_PLAIN_TYPES = {str, bool, type(None)}
_LARGEST = int(sys.float_info.max)

NONE = -1.0
"""Code of a numeric axis for "no value"; far enough from [0, 1] for any split between them."""


@dataclass(frozen=True)
class Condition:
    """The parameter exists only where `parent` has one of `values`, and all of `also` hold."""

    parent: str
    values: tuple[Scalar, ...]
    also: tuple[Condition, ...] = ()

    def __post_init__(self) -> None:
        require_kind(self.parent, str, what="Condition.parent", hint="the name of a parameter")
        values: object = self.values
        if not isinstance(values, tuple | list):  # not a text's letters
            told = "a text" if isinstance(values, str) else shown(values)
            hint = f"({shown(values)},)"
            raise Misused(f"values are a tuple, not {told}", where="Condition.values", hint=hint)

    def __str__(self) -> str:
        first = f"{self.parent} = {' or '.join(map(setting, self.values))}"
        return " and ".join([first, *map(str, self.also)])

    @property
    def parts(self) -> tuple[Condition, ...]:
        """This and all that must hold beside it."""
        return self, *(part for other in self.also for part in other.parts)


@dataclass(frozen=True, kw_only=True)
class Parameter:
    """One axis of the space.

    `domain` is in the parameter's own unit (numeric axes); `levels` lists the values of a level
    axis in code order (ordinal: ascending, None last). `none_share` is the weight of the atom of a
    numeric axis (0 where every run has a number) and `atom` is the value that the atom stands for.
    """

    name: str
    kind: Kind
    scale: Scale
    domain: tuple[float, float] | None = None
    levels: tuple[Scalar, ...] = ()
    role: Role = "studied"
    condition: Condition | None = None
    none_share: float = 0.0
    atom: Scalar = None
    declared: bool = False

    @property
    def conditions(self) -> tuple[Condition, ...]:
        """All that must hold for it to exist; none of an unconditional one."""
        return self.condition.parts if self.condition is not None else ()

    @property
    def numeric(self) -> bool:
        """Whether the axis is an interval rather than levels."""
        return self.scale != "levels"

    @property
    def ordered(self) -> bool:
        """Whether its values have an order: numbers and levels of them, not names or truths."""
        return self.numeric or self.kind == "ordinal"

    @property
    def special(self) -> tuple[Scalar, ...]:
        """The value that a numeric axis has beside its numbers; empty without one."""
        return (self.atom,) if self.numeric and self.none_share > 0 else ()

    def encode(self, values: Sequence[Scalar]) -> np.ndarray:
        """Codes (n,) float of raw values: [0, 1] or level codes; NONE or NaN for no value.

        A level that the axis does not know is coded like no value.
        """
        missing = math.nan if self.condition is not None else NONE
        if not self.numeric:
            code = {level_key(level): float(index) for index, level in enumerate(self.levels)}
            inverse, distinct = factorize(values)
            coded = [code.get(level_key(value), missing) for value in distinct]
            return np.asarray(np.array(coded, dtype=float)[inverse])
        numbers = numbers_of(values)
        apart = self._at_atom(values, numbers)
        present = np.isfinite(numbers) & ~apart
        numbers[present] = self.to_unit(numbers[present])
        numbers[~present] = missing
        numbers[apart] = NONE
        return numbers

    def _at_atom(self, values: Sequence[Scalar], numbers: np.ndarray) -> np.ndarray:
        """(n,) bool: at the special value, if it is one that is recorded; None may be no value."""
        if not self.special or is_missing(self.atom):
            return np.zeros(len(numbers), dtype=bool)
        if is_number(self.atom):
            return np.asarray(numbers == float(self.atom))  # 0 on a log axis, or an infinity
        key = level_key(self.atom)
        return np.array([level_key(value) == key for value in values], dtype=bool)

    def to_unit(self, numbers: np.ndarray) -> np.ndarray:
        """Own unit -> [0, 1] on the parameter's scale; values outside the domain are clipped."""
        assert self.domain is not None
        low, high = self.domain
        if self.scale == "log":
            low, high, numbers = math.log(low), math.log(high), np.log(np.maximum(numbers, 1e-320))
        # Halves, because the width of -1e308..1e308 is no float.
        width = high / 2 - low / 2
        unit = (numbers / 2 - low / 2) / width if width > 0 else np.zeros_like(numbers)
        return np.asarray(np.clip(unit, 0.0, 1.0))

    def decode(self, code: float) -> Scalar:
        """The raw value of one code."""
        if math.isnan(code):
            return None
        if not self.numeric:
            return None if code == NONE else self.levels[int(code)]
        if code == NONE:
            return self.atom
        assert self.domain is not None
        low, high = self.domain
        if code in (0.0, 1.0):
            value = high if code else low  # as it was logged, to the last digit
        elif self.scale == "log":
            value = math.exp(math.log(low) + code * (math.log(high) - math.log(low)))
        else:
            value = low * (1.0 - code) + code * high
        value = min(max(value, low), high)  # rounding must not leave what was searched
        return round(value) if self.kind == "integer" else value

    def typed(self, value: Scalar) -> Scalar:
        """The value as one would type it: with the digits that tell it from others of the range."""
        if not isinstance(value, float) or not math.isfinite(value) or self.domain is None:
            return value
        low, high = self.domain
        digits = resolving(self.domain, self.scale)
        return min(max(float(f"{value:.{digits}g}"), low), high) if low <= value <= high else value

    def restricted(self, values: tuple[Scalar, ...]) -> Parameter:
        """The same level axis with only these levels."""
        keep = {level_key(value) for value in values}
        return replace(
            self, levels=tuple(level for level in self.levels if level_key(level) in keep)
        )


@dataclass(frozen=True)
class Space:
    """The studied parameters, in name order: column order never changes an answer."""

    parameters: tuple[Parameter, ...]

    @property
    def names(self) -> tuple[str, ...]:
        """The parameters' names, in order."""
        return tuple(parameter.name for parameter in self.parameters)

    def __len__(self) -> int:
        return len(self.parameters)

    def __getitem__(self, name: str) -> Parameter:
        return next(parameter for parameter in self.parameters if parameter.name == name)

    def index(self, name: str) -> int:
        """Column of a parameter in encoded arrays."""
        return self.names.index(name)


def is_missing(value: Scalar) -> bool:
    """None and NaN mean "no value"."""
    return value is None or (isinstance(value, float) and math.isnan(value))


def missing(values: Sequence[Scalar]) -> np.ndarray:
    """(n,) bool: which of the values are none."""
    kinds = set(map(type, values))
    if not kinds & {float, type(None)}:
        return np.zeros(len(values), dtype=bool)
    if kinds == {float}:
        return np.asarray(np.isnan(numbers_of(values)))
    return np.array([is_missing(value) for value in values], dtype=bool)


def is_number(value: Scalar) -> TypeGuard[int | float]:
    """A finite or infinite number; True, NaN and integers that no float can hold are none."""
    if isinstance(value, bool) or not isinstance(value, int | float):
        return False
    return not math.isnan(value) if isinstance(value, float) else abs(value) <= _LARGEST


def level_key(value: Scalar) -> tuple[str, str]:
    """Equality of levels: True is not 1, 1 and 1.0 are the same, None is a level."""
    if is_missing(value):
        return ("none", "")
    if isinstance(value, bool):
        return ("bool", str(value))
    if is_number(value):
        return ("number", repr(float(value) + 0.0))  # + 0.0: -0.0 is 0.0
    return ("text", str(value))


def numbers_of(values: Sequence[Scalar]) -> np.ndarray:
    """(n,) float: the numbers as they are, NaN for whatever is no number."""
    kinds = set(map(type, values))
    if not kinds & {float, int}:
        return np.full(len(values), math.nan)
    if kinds <= _NUMBER_TYPES:
        try:
            return np.array(values, dtype=float)
        except OverflowError:  # an integer that no float can hold
            pass
    return np.array(
        [float(value) if is_number(value) else math.nan for value in values],
        dtype=float,
    )


def factorize(values: Sequence[Scalar]) -> tuple[np.ndarray, list[Scalar]]:
    """(n,) int: which distinct level each value is; and the levels in order of first appearance.

    The two short cuts are for 100,000 runs; both answer like `level_key`.
    """
    kinds = set(map(type, values))
    if kinds <= _PLAIN_TYPES:
        codes, _ = pd.factorize(np.array(values, dtype=object), use_na_sentinel=False)
        return codes, _at(values, firsts(codes))
    if kinds <= _NUMBER_TYPES:
        numbers = numbers_of(values)
        # An integer that no float can hold became NaN too; only then must the values be looked at.
        n_nan = int(np.isnan(numbers).sum())
        if n_nan == 0 or int not in kinds or n_nan == sum(map(is_missing, values)):
            codes, _ = pd.factorize(numbers + 0.0, use_na_sentinel=False)
            return codes, _at(values, firsts(codes))
    seen: dict[tuple[str, str], int] = {}
    keys = [level_key(value) for value in values]
    inverse = np.array([seen.setdefault(key, len(seen)) for key in keys], dtype=np.intp)
    return inverse, _at(values, firsts(inverse))


def _at(values: Sequence[Scalar], rows: np.ndarray) -> list[Scalar]:
    return (
        list(values) if len(rows) == len(values) else list(map(values.__getitem__, rows.tolist()))
    )


def firsts(codes: np.ndarray) -> np.ndarray:
    """(n_distinct,) int: where each code stands first; codes count up as they appear."""
    highest = np.maximum.accumulate(codes)
    return np.flatnonzero(np.diff(highest, prepend=-1))


def group_rows(columns: Sequence[np.ndarray], n_rows: int) -> np.ndarray:
    """(n_rows,) int: which rows are equal in every integer column, by order of first appearance."""
    group = np.zeros(n_rows, dtype=np.int64)
    for column in columns:
        group = pd.factorize(group * (int(column.max(initial=0)) + 1) + column)[0]
    return group


def encode(space: Space, values: tuple[tuple[Scalar, ...], ...]) -> np.ndarray:
    """(n_runs, n_parameters) codes of raw rows."""
    if not values or not len(space):
        return np.zeros((len(values), len(space)))
    columns = zip(*values, strict=True)
    coded = [p.encode(column) for p, column in zip(space.parameters, columns, strict=True)]
    return np.column_stack(coded)
