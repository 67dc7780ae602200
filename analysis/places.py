"""Where a value stands on its parameter's axis: the unit interval on the own scale, or a level."""

from __future__ import annotations

import math

from analysis.results import ParameterResult, Scalar
from journal.identity import key

BEFORE = -0.12
"""Where the special value of a range stands, beside the unit interval."""


class Places:
    """Values of one parameter -> 0 to 1 within the range searched; NaN where there is no place.

    No place: inactive, text on a range, a level that was not searched. A level stands in the middle
    of its share of the axis, the special value of a range before its start. Nothing overflows
    between 1e-300 and 1e300.
    """

    def __init__(self, parameter: ParameterResult) -> None:
        self.domain = parameter.domain if parameter.scale != "levels" else None
        self.log = parameter.scale == "log"
        self.n_levels = max(len(parameter.levels), 1)
        self._codes = {_key(known): float(code) for code, known in enumerate(parameter.levels)}

    @property
    def numeric(self) -> bool:
        """Whether the axis is a range rather than levels side by side."""
        return self.domain is not None

    def __call__(self, value: Scalar) -> float:
        """The place of one value."""
        if self.domain is None:
            return (self.level(value) + 0.5) / self.n_levels
        if not math.isnan(self.level(value)):
            return BEFORE
        if value is None or isinstance(value, str) or not math.isfinite(value):
            return math.nan
        (low, high), number = self.domain, float(value)
        if self.log:
            if min(number, low) <= 0:
                return math.nan
            low, high, number = math.log(low), math.log(high), math.log(number)
        width = high / 2 - low / 2
        return (number / 2 - low / 2) / width if width > 0 else 0.5

    @property
    def special(self) -> bool:
        """Whether a value stands beside the range."""
        return self.numeric and bool(self._codes)

    def level(self, value: Scalar) -> float:
        """The number of a level; NaN where it is none."""
        return self._codes.get(_key(value), math.nan)


def _key(value: Scalar) -> tuple[str, object]:
    """Settings that are the same, as in a journal; but NaN is no value, as None is."""
    return key(None if isinstance(value, float) and math.isnan(value) else value)
