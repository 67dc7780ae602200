"""The best run in each slice of one parameter: what it could reach, whatever the others were."""

from __future__ import annotations

import math

from analysis.places import BEFORE, Places
from analysis.results import ParameterResult, Report, Scalar

SLICES = 9
TWO_SEEDS = 1.96 * math.sqrt(2)
"""Standard deviations within which 95 % of the differences between two seeds lie."""


def best_per_slice(report: Report, parameter: ParameterResult) -> list[tuple[Scalar, float]]:
    """(value, objective) of the best run in each slice, in order along the axis.

    Slices: the levels, or nine of equal width on the parameter's own scale and its special value;
    those without a run are left out.
    """
    index = [p.name for p in report.parameters].index(parameter.name)
    places, sign = Places(parameter), report.metric.sign
    slices: dict[int, list[tuple[float, Scalar]]] = {}
    for point in report.points:
        value = point.values[index]
        number = _slice(places, value)
        if number is not None:
            slices.setdefault(number, []).append((point.objective, value))
    best = [max(slices[number], key=lambda pair: sign * pair[0]) for number in sorted(slices)]
    return [(value, objective) for objective, value in best]


def indistinguishable(report: Report) -> tuple[float, float]:
    """From the best run to the results that a second seed of it could have given as well."""
    values = [point.objective for point in report.points]
    if not values:
        return 0.0, 0.0
    reach = TWO_SEEDS * (report.noise.sd_near_best if report.noise else 0.0)
    if report.metric.direction == "maximize":
        return max(values) - reach, max(values)
    return min(values), min(values) + reach


def _slice(places: Places, value: Scalar) -> int | None:
    if not places.numeric:
        code = places.level(value)
        return None if math.isnan(code) else int(code)
    unit = places(value)
    if math.isnan(unit) or unit == BEFORE:
        return None if math.isnan(unit) else -1
    return min(max(int(unit * SLICES), 0), SLICES - 1)
