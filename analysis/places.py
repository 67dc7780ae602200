"""Where a value stands on its parameter's axis: the unit interval on the own scale, or a level."""

from __future__ import annotations

import math

from analysis.results import ParameterResult, Scalar


def numeric(parameter: ParameterResult) -> bool:
    """Whether the axis is a range rather than levels side by side."""
    return parameter.scale != "levels" and parameter.domain is not None


def place(parameter: ParameterResult, value: Scalar) -> float:
    """0 to 1 within the range searched; NaN where the value has no place (inactive, None, text).

    A level stands in the middle of its share of the axis. Nothing overflows between 1e-300 and
    1e300.
    """
    if not numeric(parameter):
        return (level(parameter, value) + 0.5) / max(len(parameter.levels), 1)
    if value is None or isinstance(value, str) or not math.isfinite(value):
        return math.nan
    assert parameter.domain is not None
    low, high = parameter.domain
    number = float(value)
    if parameter.scale == "log":
        if min(number, low) <= 0:
            return math.nan
        low, high, number = math.log(low), math.log(high), math.log(number)
    width = high / 2 - low / 2
    return (number / 2 - low / 2) / width if width > 0 else 0.5


def level(parameter: ParameterResult, value: Scalar) -> float:
    """The number of a level; NaN where it is none."""
    for code, known in enumerate(parameter.levels):
        if _key(known) == _key(value):
            return float(code)
    return math.nan


def _key(value: Scalar) -> tuple[str, object]:
    """True is not 1, and 1 is 1.0."""
    if value is None or (isinstance(value, float) and math.isnan(value)):
        return ("none", None)
    if isinstance(value, bool):
        return ("bool", value)
    return ("text", value) if isinstance(value, str) else ("number", value)
