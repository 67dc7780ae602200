"""Scalars as the JSON of a line, and back.

JSON has no NaN, no infinities, and readers differ on integers beyond 64 bits. A scalar of these
kinds is an object of one key: ``{"float": "nan"}``, ``{"float": "-inf"}``, ``{"int": "2…"}``. No
value is an object otherwise (nested parameters are flattened), so nothing is mistaken for it.
"""

from __future__ import annotations

import re
from collections.abc import Mapping

from journal.values import INTEGER_DIGITS, Scalar, kept

Json = None | bool | int | float | str | list["Json"] | dict[str, "Json"]
_DIGITS = re.compile(rf"-?[0-9]{{1,{INTEGER_DIGITS}}}")
_INT64 = 1 << 63
_AS_IS = frozenset({str, bool, type(None)})


class BodyError(ValueError):
    """A line that is as it was written, and yet no event of this format: another program's."""

    kind = "malformed"  # of damage


def pack_scalar(value: Scalar) -> Json:
    """A scalar as JSON. Raises ValueRefused for an integer that would not be read back."""
    if type(value) is float:
        return value if value - value == 0.0 else {"float": repr(value)}
    if type(value) is int and not -_INT64 <= value < _INT64:
        return {"int": str(kept(value))}
    return value


def unpack_scalar(value: Json) -> Scalar:
    """A scalar from JSON."""
    if not isinstance(value, dict):
        if isinstance(value, list):
            raise BodyError("a list where one value belongs")
        return value
    match value:
        case {"float": "nan" | "inf" | "-inf" as name} if len(value) == 1:
            return float(str(name))
        case {"int": str(digits)} if len(value) == 1 and _DIGITS.fullmatch(digits):
            return int(digits)
    raise BodyError("an object where one value belongs")


def unpack_nested(told: Mapping[str, Json]) -> dict[str, Json]:
    """Parameters as somebody wrote them: their scalars from JSON, nested ones as they are."""
    return {name: _unpacked(value) for name, value in told.items()}


def _unpacked(value: Json) -> Json:
    try:
        return unpack_scalar(value)
    except BodyError:
        return value


def pack(values: Mapping[str, Scalar]) -> dict[str, Json]:
    """A mapping of scalars as JSON. Raises ValueRefused, as ``pack_scalar`` does."""
    return {
        name: value
        if (type(value) is float and value - value == 0.0) or type(value) in _AS_IS
        else pack_scalar(value)
        for name, value in values.items()
    }
