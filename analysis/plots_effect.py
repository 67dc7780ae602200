"""Pictures of how much each parameter moves the result: tuning risk, and shares of variance."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np
from matplotlib.figure import Figure

from analysis import facts, story
from analysis.figures import ROWS_SHOWN
from analysis.numerals import Measure, number, read
from analysis.plots_style import (
    COLORS,
    ENGLISH,
    PAIR_WIDTH,
    VERDICT_COLORS,
    Canvas,
    above,
    axes,
    figure,
    label,
    label_inches,
    lift,
    name_rows,
    styled,
)
from analysis.plots_ticks import along, formatter, round_places, tick_texts
from analysis.results import ParameterResult, Report, Verdict

if TYPE_CHECKING:
    from matplotlib.axes import Axes

_ROW = 0.29
BEFORE_ZERO = 0.025
"""Part of the axis before 0, so that a mark at 0 does not stand on the parameters' names."""
_MARKERS: dict[Verdict, str] = {
    "critical": "o", "fine": "o", "forgiving": "D", "negligible": "D", "undetermined": "D",
    "not_estimable": "x",
}  # fmt: skip


def risks(report: Report, *, canvas: Canvas = ENGLISH) -> Figure:
    """Tuning risk of each parameter with its interval, on the metric's axis, over the noise band.

    The axis is a square root where one risk is far above the margin, and says so.
    """
    rows = shown_rows(report)
    with styled():
        factor = lift(report)
        highs = [row.tuning_risk.high * factor for row in rows if row.tuning_risk]
        margin = report.margin.metric * factor if report.margin else 0.0
        top = max([*highs, 1.6 * margin], default=0.0) or 1.0
        root = 0 < margin < top / 6
        unit = facts.unit(report, canvas.voice, columns=24)
        title = canvas.say("figure.risk.root" if root else "figure.risk", unit=unit)
        made, panel = _rows_figure(report, rows, title=title)
        _scale(panel, report, top, root=root)
        if margin:
            panel.axvspan(0, margin, color=COLORS["band"], lw=0)
            panel.axvline(margin, color=COLORS["muted"], lw=0.9, ls=(0, (3, 2)))
            above(panel, canvas.say("figure.margin"), place=margin)
        for place, row in enumerate(rows):
            if row.tuning_risk is None:
                _missing(panel, place, story.verdict(row, canvas.voice))
                continue
            risk = row.tuning_risk
            claim = row.claim
            sure = (claim.risk_low * factor, claim.risk_high * factor) if claim else None
            numbers = (risk.mean * factor, risk.low * factor, risk.high * factor)
            _dot(panel, place, numbers, row.verdict, sure=sure)
    return made


def shares(report: Report, *, canvas: Canvas = ENGLISH) -> Figure:
    """Total share (filled) and first-order share (open) of each parameter, with intervals."""
    rows = shown_rows(report)
    with styled():
        made, panel = _rows_figure(report, rows, title=canvas.say("figure.share"))
        highs = [row.total.high for row in rows if row.total]
        delta = report.margin.share if report.margin else 0.0
        top = max([*highs, 2 * delta, 0.1])
        panel.set_xlim(-BEFORE_ZERO * top, top * 1.04)
        if delta:
            panel.axvspan(0, delta, color=COLORS["band"], lw=0)
            panel.axvline(delta, color=COLORS["muted"], lw=0.9, ls=(0, (3, 2)))
            above(panel, f"{delta:g}", place=delta)
        for place, row in enumerate(rows):
            if row.total is None:
                _missing(panel, place, story.verdict(row, canvas.voice))
                continue
            total, claim = row.total, row.claim
            sure = (claim.share_low, claim.share_high) if claim else None
            numbers = (total.share, total.low, total.high)
            _dot(panel, place - 0.13, numbers, row.verdict, sure=sure)
            if row.first_order is not None:
                first = row.first_order
                _open_dot(panel, place + 0.2, (first.share, first.low, first.high))
        panel.xaxis.set_major_formatter(formatter(lambda value: number(value, digits=2)))
    return made


def shown_rows(report: Report) -> tuple[ParameterResult, ...]:
    """The parameters with room in the picture; the table has all of them."""
    return story.studied(report)[:ROWS_SHOWN]


def _rows_figure(
    report: Report, rows: Sequence[ParameterResult], *, title: str
) -> tuple[Figure, Axes]:
    labels = [label(report, row.name) for row in rows]
    made = figure(PAIR_WIDTH, 0.73 + _ROW * max(len(rows), 1))
    panel = axes(made, left=label_inches(labels), right=0.16, top=0.27, bottom=0.46, title=title)
    name_rows(panel, labels)
    panel.spines["left"].set_visible(False)
    for place in range(len(rows)):
        panel.axhline(place, color=COLORS["rule"], lw=0.5, zorder=0)
    return made, panel


def _scale(panel: Axes, report: Report, top: float, *, root: bool) -> None:
    """From nothing to the largest risk; factors of the metric where its scale is log10."""
    factor, logs = lift(report), report.metric.transform == "log10"
    if root:
        panel.set_xscale("function", functions=(_signed_root, _signed_square))
    panel.set_xlim(-top * (BEFORE_ZERO**2 if root else BEFORE_ZERO), top * 1.04)
    places = _factor_ticks(top, root=root) if logs else _root_ticks(top) if root else []
    places = places or round_places(0.0, top * 1.04, n=5)
    measure = Measure.of(report)

    def write(places: Sequence[float]) -> list[str]:
        plain = [value / factor for value in places]
        factors = [f"{read(math.pow(10, value))}×" for value in plain] if logs else []
        return factors or tick_texts(plain, measure)

    along(panel, places, write=write, place=float)


def _signed_root(values: np.ndarray) -> np.ndarray:
    return np.asarray(np.sign(values) * np.sqrt(np.abs(values)))


def _signed_square(values: np.ndarray) -> np.ndarray:
    return np.asarray(np.sign(values) * np.square(values))


def _root_ticks(top: float) -> list[float]:
    """0 and round numbers that stand apart on a square-root axis."""
    power = 10.0 ** math.floor(math.log10(top))
    wanted = [step * power * scale for scale in (0.01, 0.1, 1.0) for step in (1, 2, 5)]
    kept = [0.0]
    for place in wanted:
        if place <= top and math.sqrt(place / top) - math.sqrt(kept[-1] / top) > 0.13:
            kept.append(place)
    return kept


def _factor_ticks(top: float, *, root: bool) -> list[float]:
    """Decimal logarithms of round factors from 1 that stand apart; none where they are huge."""
    if top > 12:
        return []
    small = (1.01, 1.02, 1.05, 1.1, 1.2, 1.3, 1.5, 1.7)
    steps = (*small, *(m * 10.0**p for p in range(13) for m in (2, 3, 5, 10)))
    kept = [0.0]
    for place in map(math.log10, steps):
        ends = (place / top, kept[-1] / top)
        gap = math.sqrt(ends[0]) - math.sqrt(ends[1]) if root else ends[0] - ends[1]
        if place <= top * 1.04 and gap > 0.16:
            kept.append(place)
    return kept


def _missing(panel: Axes, place: float, text: str) -> None:
    panel.annotate(
        text, (0, place), xytext=(6, 0), textcoords="offset points", va="center", fontsize=8,
        color=COLORS["muted"], fontstyle="italic",
    )  # fmt: skip


def _dot(
    panel: Axes,
    place: float,
    numbers: tuple[float, float, float],
    verdict: Verdict,
    *,
    sure: tuple[float, float] | None,
) -> None:
    """The estimate, a line for the interval, and thick the one that the verdict is claimed on."""
    mean, low, high = numbers
    color = VERDICT_COLORS[verdict]
    panel.plot([low, high], [place, place], color=color, lw=1.1 if sure else 2.4, zorder=3)
    if sure:
        panel.plot(sure, [place, place], color=color, lw=2.8, zorder=3, solid_capstyle="butt")
    hollow = verdict in ("forgiving", "negligible")
    fill = "left" if verdict == "fine" else "full"
    panel.plot(
        [mean], [place], marker=_MARKERS[verdict], ls="", ms=6.5 if hollow else 7.5, zorder=4,
        clip_on=False, mfc=COLORS["paper"] if hollow else color, mec=color, mew=1.4, fillstyle=fill,
        markerfacecoloralt=COLORS["paper"],
    )  # fmt: skip


def _open_dot(panel: Axes, place: float, numbers: tuple[float, float, float]) -> None:
    mean, low, high = numbers
    panel.plot([low, high], [place, place], color=COLORS["point"], lw=1.1, zorder=3)
    panel.plot([mean], [place], marker="o", ls="", ms=4, zorder=4, clip_on=False,
               mfc=COLORS["paper"], mec=COLORS["point"], mew=1.1)  # fmt: skip
