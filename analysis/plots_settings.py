"""Pictures of which settings are good: the marginal with the runs behind it, and the best runs."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np
from matplotlib.figure import Figure
from matplotlib.patches import PathPatch
from matplotlib.path import Path

from analysis.isolation import best_per_slice, indistinguishable
from analysis.places import BEFORE
from analysis.plots_axis import Axis, called
from analysis.plots_style import (
    COLORS,
    ENGLISH,
    PAIR_WIDTH,
    RASTER_ABOVE,
    VERDICT_COLORS,
    Canvas,
    axes,
    corner,
    figure,
    label,
    label_inches,
    lift,
    once_per_report,
    styled,
)
from analysis.plots_ticks import objective_texts, objective_ticks
from analysis.results import Report, RunPoint

if TYPE_CHECKING:
    from matplotlib.axes import Axes

_COLUMNS, _WIDE_COLUMNS = 32, 36
"""Of the levels' names together, below a panel and below an isolation plot."""
MOST_DOTS = 10_000
LEVELS_DRAWN = 60
"""Of more levels an even selection; the table has more of them."""
_WIDTH, _HEIGHT = 2.62, 2.0


def marginal(report: Report, name: str, *, canvas: Canvas = ENGLISH) -> Figure:
    """One parameter's marginal with its 95 % band over the runs; its best region marked."""
    parameter = called(report.parameters, name)
    with styled():
        axis = Axis(parameter)
        ticks = objective_texts(*objective_range(report), report=report)
        left, more = axis.labels(_COLUMNS).margins(label_inches(ticks), width=_WIDTH, right=0.08)
        made = figure(_WIDTH, _HEIGHT + more)
        panel = axes(made, left=left, right=0.08, top=0.24, bottom=0.44 + more)
        _cloud(panel, report, axis)
        _line(panel, report, axis)
        _best_region(panel, axis)
        axis.ticks(panel, columns=_COLUMNS)
        panel.set_ylim(objective_range(report))
        objective_ticks(panel, report)
        panel.set_xlabel(label(report, parameter.name))
        corner(panel, canvas.metric(report), left=left)
    return made


def isolation(report: Report, name: str, *, canvas: Canvas = ENGLISH) -> Figure:
    """The best run in each slice of one parameter; grey: indistinguishable from the best."""
    parameter = called(report.parameters, name)
    with styled():
        axis, factor = Axis(parameter), lift(report)
        ticks = objective_texts(*objective_range(report), report=report)
        left = label_inches(ticks)
        left, more = axis.labels(_WIDE_COLUMNS).margins(left, width=PAIR_WIDTH, right=0.14)
        made = figure(PAIR_WIDTH, 2.8 + more)
        panel = axes(made, left=left, right=0.14, top=0.26, bottom=0.46 + more)
        _cloud(panel, report, axis)
        best = best_per_slice(report, parameter)
        places = [axis.place(value) for value, _ in best]
        values = [value * factor for _, value in best]
        first = places.count(BEFORE)  # a special value is no neighbour of the range
        for part in (slice(0, first), slice(first, None)):
            panel.plot(places[part], values[part], color=COLORS["critical"], lw=1.6, marker="o",
                       ms=5, zorder=4)  # fmt: skip
        start, end = (value * factor for value in indistinguishable(report))
        panel.axhspan(start, end, color=COLORS["band"], lw=0, zorder=0)
        axis.ticks(panel, columns=_WIDE_COLUMNS)
        panel.set_ylim(objective_range(report))
        objective_ticks(panel, report)
        panel.set_xlabel(label(report, parameter.name))
        corner(panel, canvas.metric(report), left=left)
    return made


@once_per_report
def objective_range(report: Report) -> tuple[float, float]:
    """The shared axis: every marginal's band, and nine tenths of the runs on the bad side."""
    factor = lift(report)
    marginals = [p.marginal for p in report.parameters if p.marginal]
    bands = [value * factor for m in marginals for value in (*m.low, *m.high)]
    points = np.array([point.objective for point in report.points], dtype=float) * factor
    if len(points):
        worst = 0.0 if report.metric.direction == "maximize" else 1.0
        good, bad = (points.min(), points.max()) if worst else (points.max(), points.min())
        usual = np.quantile(points, 0.92 if worst else 0.08)
        bands += [float(good), float(usual)]
        if abs(bad - good) < 2.5 * abs(usual - good):
            bands.append(float(bad))
    low, high = min(bands, default=0.0), max(bands, default=1.0)
    pad = (high - low) * 0.05 or abs(high) * 0.1 or 1.0
    return low - pad, high + pad


def outside(report: Report) -> int:
    """How many runs lie beyond the shared axis."""
    low, high = objective_range(report)
    factor = lift(report)
    return sum(not low <= point.objective * factor <= high for point in report.points)


def _cloud(panel: Axes, report: Report, axis: Axis) -> None:
    """The runs as dots; one picture where they are many."""
    index = [p.name for p in report.parameters].index(axis.parameter.name)
    factor = lift(report)
    points = sampled(report.points)
    places = np.array([axis.place(point.values[index]) for point in points], dtype=float)
    values = np.array([point.objective for point in points], dtype=float) * factor
    if not axis.numeric:
        places = places + _jitter(len(places)) * 0.5 / max(len(axis.parameter.levels), 1)
    low, high = objective_range(report)
    kept = np.isfinite(places) & (values >= low) & (values <= high)
    dots(panel, places[kept], y=values[kept], raster=len(report.points) > RASTER_ABOVE)


def sampled(points: Sequence[RunPoint]) -> Sequence[RunPoint]:
    """An even selection of very many runs: more dots make a cloud larger, not clearer."""
    return points[:: math.ceil(len(points) / MOST_DOTS)] if len(points) > MOST_DOTS else points


def dots(panel: Axes, x: np.ndarray, *, y: np.ndarray, raster: bool) -> None:
    """A cloud of dots: one path of lines without length, whose round ends are the dots.

    That takes a fifth of the text that markers take.
    """
    if not len(x):
        return
    step = math.ceil(len(x) / MOST_DOTS)
    x, y = x[::step], y[::step]
    if raster:
        alpha = min(0.5, 1200 / max(len(x), 1) ** 0.9)
        panel.plot(x, y, ls="", marker="o", ms=1.8, mew=0, color=COLORS["point"],
                   alpha=max(alpha, 0.04), rasterized=True, zorder=1)  # fmt: skip
        return
    places = np.repeat(np.stack([x, y], axis=1), 2, axis=0)
    places[1::2, 0] += (np.ptp(x) or abs(float(x[0])) or 1.0) * 1.5e-4  # Agg drops no length at all
    codes = np.tile(np.array([Path.MOVETO, Path.LINETO], dtype=Path.code_type), len(x))
    panel.add_patch(
        PathPatch(Path(places, codes), fill=False, edgecolor=COLORS["point"], lw=2.4, alpha=0.5,
                  capstyle="round", zorder=1, snap=False)
    )  # fmt: skip


def _jitter(n: int) -> np.ndarray:
    """Even scatter in [-0.5, 0.5] without a random number: multiples of the golden ratio."""
    return np.asarray(np.arange(n) * 0.6180339887498949 % 1.0 - 0.5)


def _line(panel: Axes, report: Report, axis: Axis) -> None:
    marginal = axis.parameter.marginal
    if marginal is None:
        return
    factor = lift(report)
    color = VERDICT_COLORS[axis.parameter.verdict]
    places = np.array([axis.place(value) for value in marginal.values])
    mean, low, high = (np.array(v) * factor for v in (marginal.mean, marginal.low, marginal.high))
    if axis.numeric:
        kept = places >= 0
        panel.fill_between(places[kept], low[kept], high[kept], color=color, alpha=0.22, lw=0)
        panel.plot(places[kept], mean[kept], color=color, lw=2.0, zorder=3)
        kept = places == BEFORE
    else:
        kept = np.arange(len(places)) % math.ceil(len(places) / LEVELS_DRAWN) == 0
    places, mean, low, high = (values[kept] for values in (places, mean, low, high))
    panel.vlines(places, low, high, color=color, lw=2.4, zorder=3)
    panel.plot(places, mean, ls="", marker="o", ms=6, color=color, mec=COLORS["paper"], zorder=4)


def _best_region(panel: Axes, axis: Axis) -> None:
    """A thick bar under the best settings."""
    best = axis.parameter.recommendation
    if best is None:
        return
    color = VERDICT_COLORS[axis.parameter.verdict]
    spans: list[tuple[float, float]] = []
    values = best.values
    if axis.numeric and best.low is not None and best.high is not None:
        spans = [(axis.place(best.low), axis.place(best.high))]
    elif not axis.numeric:
        values = values or (best.value,)
    half = 0.03 if axis.numeric else 0.4 / max(len(axis.parameter.levels), 1)
    centres = [axis.place(value) for value in values[:LEVELS_DRAWN]]
    spans += [(centre - half, centre + half) for centre in centres]
    for start, end in spans:
        if math.isfinite(start) and math.isfinite(end):
            panel.plot([start, end], [0.012, 0.012], color=color, lw=4, solid_capstyle="butt",
                       transform=panel.get_xaxis_transform(), zorder=5)  # fmt: skip
