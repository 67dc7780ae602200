"""The space: what each parameter is, on which scale, over which range, and when it is active.

Every parameter becomes one *axis*. A numeric axis is the unit interval on the parameter's own
scale (linear or log) under the uniform measure; an axis of levels is the codes 0..L-1 under equal
weight. A numeric parameter that was None (or absent without a stated condition) in some runs keeps
that as an extra atom, coded `NONE`, weighted by its observed share of configurations; one that is
conditional is coded NaN where it is inactive.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, replace

import numpy as np

from analysis.results import Kind, Role, Scalar, Scale

NONE = -1.0
"""Code of a numeric axis for "no value"; far enough from [0, 1] for any split between them."""


@dataclass(frozen=True)
class Condition:
    """The parameter exists only where `parent` has one of `values`."""

    parent: str
    values: tuple[Scalar, ...]

    def __str__(self) -> str:
        return f"{self.parent} = {' or '.join(str(value) for value in self.values)}"


@dataclass(frozen=True, kw_only=True)
class Parameter:
    """One axis of the space.

    `domain` is in the parameter's own unit (numeric axes); `levels` lists the values of a level
    axis in code order (ordinal: ascending, None last). `none_share` is the weight of the None atom
    of a numeric axis (0 where every run has a value).
    """

    name: str
    kind: Kind
    scale: Scale
    domain: tuple[float, float] | None = None
    levels: tuple[Scalar, ...] = ()
    role: Role = "studied"
    condition: Condition | None = None
    none_share: float = 0.0
    declared: bool = False

    @property
    def numeric(self) -> bool:
        """Whether the axis is an interval rather than levels."""
        return self.scale != "levels"

    def encode(self, values: list[Scalar]) -> np.ndarray:
        """Codes (n,) float of raw values: [0, 1] or level codes; NONE or NaN for no value."""
        missing = math.nan if self.condition is not None else NONE
        if not self.numeric:
            code = {level_key(level): float(index) for index, level in enumerate(self.levels)}
            return np.array([code.get(level_key(value), missing) for value in values], dtype=float)
        numbers = np.array(
            [missing if is_missing(value) else float(value) for value in values],  # type: ignore[arg-type]
            dtype=float,
        )
        present = np.array([not is_missing(value) for value in values])
        numbers[present] = self.to_unit(numbers[present])
        return numbers

    def to_unit(self, numbers: np.ndarray) -> np.ndarray:
        """Own unit -> [0, 1] on the parameter's scale; values outside the domain are clipped."""
        assert self.domain is not None
        low, high = self.domain
        if self.scale == "log":
            low, high, numbers = math.log(low), math.log(high), np.log(np.maximum(numbers, 1e-320))
        width = high - low
        unit = (numbers - low) / width if width > 0 else np.zeros_like(numbers)
        return np.asarray(np.clip(unit, 0.0, 1.0))

    def decode(self, code: float) -> Scalar:
        """The raw value of one code."""
        if math.isnan(code) or code == NONE:
            return None
        if not self.numeric:
            return self.levels[int(code)]
        assert self.domain is not None
        low, high = self.domain
        if self.scale == "log":
            value = math.exp(math.log(low) + code * (math.log(high) - math.log(low)))
        else:
            value = low + code * (high - low)
        return round(value) if self.kind == "integer" else value

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


def level_key(value: Scalar) -> tuple[str, str]:
    """Equality of levels: True is not 1, 1 and 1.0 are the same, None is a level."""
    if is_missing(value):
        return ("none", "")
    if isinstance(value, bool):
        return ("bool", str(value))
    if isinstance(value, int | float):
        return ("number", repr(float(value)))
    return ("text", str(value))
