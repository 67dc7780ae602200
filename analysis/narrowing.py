"""A filter that leaves settings of one parameter out of the question, or runs by their result."""

from __future__ import annotations

import numpy as np

from analysis.commands import between
from analysis.frame import Frame
from analysis.results import Scalar
from analysis.space import Parameter, is_missing
from journal.filter_writer import filter_text

_OTHERWISE = {"=": "!=", "<": ">=", "<=": ">", ">": "<=", ">=": "<"}

UNKNOWN = "FILTER"
"""Stands for a filter that only the reader can write."""


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
    return f"!{left_out}"


def but(frame: Frame, far: np.ndarray) -> str:
    """All runs but these; `UNKNOWN` where no bound of the metric parts them from the others.

    frame: the runs as they were logged; far: (n_runs,) bool, some of them and not all.
    """
    for operator, sign in (("<", 1.0), (">", -1.0)):
        objective = sign * frame.objective
        others, nearest = float(objective[~far].max()), float(objective[far].min())
        if frame.transform == "none" and others < nearest:
            cut = between(sign * others, sign * nearest)
            return filter_text(frame.metric, operator, value=cut, kind="metrics")
    return UNKNOWN
