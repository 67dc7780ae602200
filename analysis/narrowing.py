"""A filter that leaves settings of one parameter out of the question."""

from __future__ import annotations

from analysis.results import Scalar
from analysis.space import Parameter, is_missing
from journal.filter_writer import UNWRITABLE, filter_text

_OTHERWISE = {"=": "!=", "<": ">=", "<=": ">", ">": "<=", ">=": "<"}


def without(parameter: Parameter, operator: str, *, value: Scalar) -> str:
    """The runs but those whose parameter compares so with the value: = < <= > >=.

    A run without the parameter meets no comparison (`journal.filters`): where some have none, the
    comparison is turned round as a whole, which keeps them.
    """
    if is_missing(value):  # no value at all is the same to the analyst, and meets no comparison
        return filter_text(parameter.name, "!=", value=None)
    nowhere = parameter.condition is not None or parameter.none_share > 0
    if not nowhere and not any(map(is_missing, parameter.levels)):
        return filter_text(parameter.name, _OTHERWISE[operator], value=value)
    left_out = filter_text(parameter.name, operator, value=value)
    return left_out if left_out == UNWRITABLE else f"!{left_out}"
