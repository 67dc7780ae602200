"""Where two metrics want different values of one parameter: which, and what each wants.

Each metric has a report of its own, and each recommends; followed one after the other they undo
each other. Said only of what must be tuned for both, and where each metric's mean is surely worse
at the value that is best for the other.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace
from functools import partial
from itertools import permutations

import numpy as np

from analysis.commands import between
from analysis.findings import ordered
from analysis.frame import Frame
from analysis.results import Finding, Marginal, ParameterResult, Report, Scalar
from analysis.sentences import finding, said
from analysis.space import is_number
from journal.filter_writer import filter_text

TUNED = ("critical", "fine")
AT_A_STEP = re.compile(r"@\d+$")
"""A metric as it stood at a step, as `analysis.intake` calls it."""


def with_trade_offs(reports: Sequence[Report], frames: Sequence[Frame]) -> list[Report]:
    """The reports, each with the other metrics that it pulls apart from.

    frames: their runs. The parameters of a metric whose answer was withheld are compared with none.
    """
    found: dict[int, list[Finding]] = {place: [] for place in range(len(reports))}
    for here, there in permutations(found, 2):
        found[here] += trade_offs(reports[here], reports[there], runs=frames[there])
    return [
        replace(report, findings=ordered((*report.findings, *found[place])))
        for place, report in enumerate(reports)
    ]


def trade_offs(report: Report, other: Report, *, runs: Frame) -> list[Finding]:
    """What the report recommends that is surely bad for another metric, as a finding of the report.

    runs: those of the other metric.
    """
    theirs = {parameter.name: parameter for parameter in other.parameters}
    both = [(mine, theirs[mine.name]) for mine in report.parameters if mine.name in theirs]
    signs = report.metric.sign, other.metric.sign
    apart = [
        (mine, their)
        for mine, their in both
        if _loses(mine, their, sign=signs[0]) and _loses(their, mine, sign=signs[1])
    ]
    if not apart or report.metric.name == other.metric.name:
        return []
    names = report.metric.name, other.metric.name
    told = partial(
        finding,
        metric=names[0],
        other=names[1],
        values=tuple(
            said("trade_off.at", name=mine.name, here=_held(mine), there=_held(their))
            for mine, their in apart
        ),
    )
    parameters = [mine.name for mine, _ in apart]
    if any(map(AT_A_STEP.search, names)):  # filters know a metric's last value alone
        return [told("trade_off.step", *parameters)]
    operator = ">=" if other.metric.sign > 0 else "<="
    middle = between(*np.quantile(runs.objective, (0.4, 0.6)))
    where = filter_text(names[1], operator, value=middle, kind="metrics")
    return [told("trade_off", *parameters, where=where)]


def _loses(mine: ParameterResult, their: ParameterResult, *, sign: float) -> bool:
    """Must it be tuned, and is the mean surely worse at the value that is best for the other?"""
    here, there = mine.recommendation, their.recommendation
    if mine.verdict not in TUNED or mine.marginal is None or here is None or there is None:
        return False
    best, beside = (_band(mine.marginal, value, sign=sign) for value in (here.value, there.value))
    return beside is not None and best is not None and min(best) > max(beside)


def _band(marginal: Marginal, value: Scalar, *, sign: float) -> tuple[float, float] | None:
    """The ends of the band at the value, or at the number next to it; None where there is none."""
    values = marginal.values
    place = values.index(value) if value in values else None
    if place is None and is_number(value):
        numbers = [(abs(one - value), at) for at, one in enumerate(values) if is_number(one)]
        place = min(numbers)[1] if numbers else None
    return None if place is None else (sign * marginal.low[place], sign * marginal.high[place])


def _held(parameter: ParameterResult) -> Scalar:
    return parameter.recommendation.value if parameter.recommendation else None
