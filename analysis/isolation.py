"""The best run in each slice of one parameter: what it could reach, whatever the others were."""

from __future__ import annotations

import math

from analysis.results import ParameterResult, Report, Scalar
from analysis.space import is_missing, level_key

SLICES = 9


def best_per_slice(report: Report, parameter: ParameterResult) -> list[tuple[Scalar, float]]:
    """(value, objective) of the best run in each slice, in order along the axis.

    Slices: the levels, or nine of equal width on the parameter's own scale; those without a run
    are left out.
    """
    index = [p.name for p in report.parameters].index(parameter.name)
    better = max if report.metric.direction == "maximize" else min
    slices: dict[int, list[tuple[float, Scalar]]] = {}
    codes = {level_key(level): i for i, level in enumerate(parameter.levels)}
    for point in report.points:
        value = point.values[index]
        number = _slice(value, parameter, codes)
        if number is not None:
            slices.setdefault(number, []).append((point.objective, value))
    best = [better(slices[number], key=lambda pair: pair[0]) for number in sorted(slices)]
    return [(value, objective) for objective, value in best]


def _slice(
    value: Scalar, parameter: ParameterResult, codes: dict[tuple[str, str], int]
) -> int | None:
    if parameter.scale == "levels" or parameter.domain is None:
        return codes.get(level_key(value))
    if is_missing(value) or isinstance(value, str):
        return None
    low, high = parameter.domain
    number = float(value or 0)
    if parameter.scale == "log":
        if min(number, low) <= 0:
            return None
        low, high, number = math.log(low), math.log(high), math.log(number)
    width = high / 2 - low / 2
    unit = (number / 2 - low / 2) / width if width > 0 else 0.0
    return min(max(int(unit * SLICES), 0), SLICES - 1)
