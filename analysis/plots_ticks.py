"""Ticks: round places on an axis, their texts, and as many of them as have room."""

from __future__ import annotations

import itertools
import math
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, TypeVar

from matplotlib.ticker import (
    FixedFormatter,
    FixedLocator,
    FuncFormatter,
    MaxNLocator,
    NullLocator,
)

from analysis.numerals import Measure, grouped, number, plain, scientific
from analysis.plots_style import inches_at, lift, text_inches
from analysis.results import Report

if TYPE_CHECKING:
    from matplotlib.axes import Axes

T = TypeVar("T")
_GAP = 0.1
"""Inches between two labels."""


def objective_ticks(panel: Axes, report: Report) -> None:
    """Few ticks upwards, written in the metric's own unit (10**x where the scale is log10)."""
    low, high = panel.get_ylim()
    panel.yaxis.set_major_locator(FixedLocator(objective_places(low, high, report=report)))
    panel.yaxis.set_major_formatter(FixedFormatter(objective_texts(low, high, report=report)))
    panel.yaxis.set_minor_locator(NullLocator())


def objective_texts(low: float, high: float, *, report: Report) -> list[str]:
    """What will stand at the ticks of an axis from low to high, in lifted units."""
    places = objective_places(low, high, report=report)
    return tick_texts([v / lift(report) for v in places], Measure.of(report))


def objective_places(low: float, high: float, *, report: Report) -> list[float]:
    """Round levels of the objective."""
    logs = log_places(low, high) if report.metric.transform == "log10" else []
    return logs or round_places(low, high, n=4)


def along(
    panel: Axes,
    values: Sequence[T],
    *,
    write: Callable[[Sequence[T]], Sequence[str]],
    place: Callable[[T], float],
    first: int = 0,
) -> None:
    """Ticks from left to right, no text touching another, the first few in any case.

    write: the texts of some values, told apart from each other. place: where a value stands.
    """
    places = [place(value) for value in values]
    at = [inches_at(panel, place) for place in places]
    kept = with_first(at, texts=write(values), first=first)
    panel.xaxis.set_major_locator(FixedLocator([places[i] for i in kept]))
    panel.xaxis.set_major_formatter(FixedFormatter(list(write([values[i] for i in kept]))))
    panel.xaxis.set_minor_locator(NullLocator())


def with_first(at: Sequence[float], *, texts: Sequence[str], first: int) -> list[int]:
    """Which of the texts that stand at these inches to keep: the first few, and what is clear."""
    others = [first + i for i in apart(at[first:], texts[first:])]
    clear = [i for i in others if not first or _clear(first - 1, i, at, texts)]
    return [*range(first), *clear]


def apart(at: Sequence[float], texts: Sequence[str]) -> list[int]:
    """Every k-th of the texts that stand at these inches, k as small as keeps them apart."""
    for step in range(1, len(at) + 1):
        some = range(0, len(at), step)
        if all(_clear(left, right, at, texts) for left, right in itertools.pairwise(some)):
            return list(some)
    return []


def _clear(left: int, right: int, at: Sequence[float], texts: Sequence[str]) -> bool:
    room = (text_inches(texts[left]) + text_inches(texts[right])) / 2 + _GAP
    return at[right] - at[left] >= room


def log_values(low: float, high: float) -> list[float]:
    """Powers of ten from low to high, else steps of 1, 2 and 5 where they fit."""
    first, last = math.ceil(math.log10(low) - 1e-9), math.floor(math.log10(high) + 1e-9)
    if last - first >= 2:
        step = math.ceil((last - first) / 4)
        return [10.0**power for power in range(first, last + 1, step)]
    steps = [m * 10.0**p for p in range(first - 1, last + 1) for m in (1, 2, 3, 5, 7)]
    for wanted in ((1, 2, 5), (1, 2, 3, 5, 7)):
        inside = [v for v in steps if low * 0.999 <= v <= high * 1.001 and _leads(v) in wanted]
        if len(inside) >= 2:
            return inside[:: math.ceil(len(inside) / 5)]
    return []


def _leads(value: float) -> int:
    return round(value / math.pow(10, math.floor(math.log10(value) + 1e-9)))


def log_places(low: float, high: float) -> list[float]:
    """Exponents of round numbers; none where a float cannot hold them."""
    if low < -290 or high > 290:
        return []
    return [math.log10(value) for value in log_values(10.0**low, 10.0**high)]


def tick_texts(values: Sequence[float], measure: Measure) -> list[str]:
    """Ticks told apart from each other, all plain with the same decimals or none of them."""
    if measure.transform == "log10":
        texts = [measure.value(value) for value in values]
        grown = any("e" in text for text in texts)
        return [_power(text) if grown and "," in text else text for text in texts]
    largest = max(map(abs, values), default=0.0)
    steps = [abs(b - a) for a, b in itertools.pairwise(values) if b != a]
    decimals = 1 - math.floor(math.log10(min(steps, default=largest) or 1.0))
    if not plain(largest, decimals=decimals - 1):
        return _powers(values)
    texts = [grouped(value, decimals=decimals) for value in values]
    while decimals > 0 and all(text.endswith("0") for text in texts):
        decimals -= 1
        texts = [grouped(value, decimals=decimals) for value in values]
    return texts


def _power(text: str) -> str:
    return scientific(float(text.replace(",", "")))


def _powers(values: Sequence[float]) -> list[str]:
    digits = 3
    while len({number(v, digits=digits) for v in values}) < len(values) and digits < 12:
        digits += 1
    return [scientific(value, digits=digits) if value else "0" for value in values]


def round_places(low: float, high: float, *, n: int) -> list[float]:
    """At most n + 1 round numbers from low to high."""
    found = MaxNLocator(nbins=n, steps=[1, 2, 2.5, 5, 10]).tick_values(low, high)
    slack = (high - low) * 1e-9
    return [0.0 if abs(t) < slack else float(t) for t in found if low - slack <= t <= high + slack]


def formatter(write: Callable[[float], str]) -> FuncFormatter:
    """A tick formatter of one value."""
    return FuncFormatter(lambda value, _position: write(value))
