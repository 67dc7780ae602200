"""Pictures of what has to be tuned together: the interaction matrix and the strongest pair."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import numpy as np
import seaborn as sns
from matplotlib.figure import Figure

from analysis.errors import Misused
from analysis.grouping import apart
from analysis.numerals import digits_of, setting, share, shortened
from analysis.places import BEFORE
from analysis.plots_axis import LABEL_COLUMNS, Axis, Labels, crowded
from analysis.plots_style import (
    COLORS,
    ENGLISH,
    INTENSITY,
    PAIR_WIDTH,
    Canvas,
    axes,
    corner,
    figure,
    label,
    label_inches,
    lift,
    styled,
    text_inches,
)
from analysis.plots_ticks import objective_texts, objective_ticks, with_first
from analysis.results import Interaction, ParameterResult, Report, Scalar
from analysis.shortening import settings

if TYPE_CHECKING:
    from matplotlib.axes import Axes

MATRIX_SIZE = 10
_CELL, _BAR, _SURFACE = 0.46, 0.27, 2.4
"""Inches of a cell of the matrix; of a surface's colour bar and its gap, and of its panel."""
_LABELS = 36
"""Columns that the names of a surface's levels share."""
_BESIDE, _ABOVE = 8, 16
"""Names of levels that have room below a surface, and beside it."""
STRONGEST = 0.5
"""How far the matrix goes into its hue: ink reads on it, on a light page and on a dark one."""
_PALE = 0.2
"""Part of that for what lies below the margin, on which grey reads as well."""


def matrix(
    report: Report,
    *,
    canvas: Canvas = ENGLISH,  # noqa: ARG001 - as every plot's
) -> Figure:
    """Shares that two parameters hold only together, lower triangle, strongest parameters first."""
    names = matrix_names(report)
    found = {frozenset(item.parameters): item for item in report.interactions}
    top = max([1e-9, _margin(report), *(item.share for item in found.values())])
    values = np.full((max(len(names) - 1, 1), max(len(names) - 1, 1)), np.nan)
    for r, row in enumerate(names[1:]):
        for c, column in enumerate(names[: r + 1]):
            values[r, c] = _strength(report, found.get(frozenset((row, column))), top)
    with styled():
        labels = [label(report, name) for name in names]
        left, below = label_inches(labels[1:]), label_inches(labels[:-1]) * 0.78 + 0.15
        side = _CELL * len(values)
        made = figure(max(left + side + 0.3, 2.6), side + below + 0.12)
        width = made.get_size_inches()[0]
        panel = axes(made, left=left, right=width - left - side, top=0.12, bottom=below)
        sns.heatmap(
            values, ax=panel, cmap=INTENSITY, vmin=0, vmax=1, cbar=False, linewidths=1.5,
            linecolor=COLORS["paper"], square=False,
        )  # fmt: skip
        for r, row in enumerate(names[1:]):
            for c, column in enumerate(names[: r + 1]):
                _cell_text(panel, (c, r), found.get(frozenset((row, column))), report)
        panel.set_yticks(np.arange(len(labels) - 1) + 0.5, labels[1:], rotation=0)
        panel.set_xticks(np.arange(len(labels) - 1) + 0.5, labels[:-1], rotation=42, ha="right")
        _plain(panel)
    return made


def matrix_names(report: Report) -> tuple[str, ...]:
    """The parameters in the strongest interactions, in the report's order."""
    strongest = sorted(report.interactions, key=lambda item: -item.share)
    chosen: list[str] = []
    for item in strongest:
        fresh = [name for name in item.parameters if name not in chosen]
        if len(chosen) + len(fresh) <= MATRIX_SIZE:
            chosen += fresh
    return tuple(p.name for p in report.parameters if p.name in chosen)


def surface(report: Report, *, canvas: Canvas = ENGLISH) -> Figure:
    """The objective's mean given the two parameters of the strongest pair; dark is good."""
    shape = report.surface
    if shape is None:
        raise Misused("the report has no surface", where="plots.surface")
    factor = lift(report)
    values = np.array(shape.mean, dtype=float) * factor
    low, high = float(values.min()), float(values.max())
    better = values if report.metric.direction == "maximize" else low + high - values
    with styled():
        x = _surface_labels(report, shape.x, shape.x_values, most=_BESIDE)
        y = _surface_labels(report, shape.y, shape.y_values, most=_ABOVE)
        bar_right = label_inches(objective_texts(low, high, report=report))
        right = bar_right + _BAR
        left, more = x.margins(label_inches(y.texts), width=PAIR_WIDTH, right=right)
        made = figure(PAIR_WIDTH, 3.1 + more)
        panel = axes(made, left=left, right=right, top=0.26, bottom=0.46 + more)
        sns.heatmap(better[::-1], ax=panel, cmap=INTENSITY, vmin=low, vmax=high, cbar=False)
        _mark_best(panel, better)
        x.write(panel)
        n = len(shape.y_values)
        panel.set_yticks([n * (1 - at) for at in y.at], y.texts, rotation=0)
        panel.set_xlabel(label(report, shape.x))
        panel.set_ylabel("")
        corner(panel, label(report, shape.y), left=left)
        _plain(panel)
        bar = axes(made, left=PAIR_WIDTH - bar_right - 0.12, right=bar_right, top=0.26,
                   bottom=0.46 + more)  # fmt: skip
        _color_bar(bar, report, low, high)
        room = math.floor(
            (PAIR_WIDTH - 0.4 - text_inches(label(report, shape.y))) / text_inches("x")
        )
        panel.annotate(shortened(canvas.metric(report), room), (1, 1), xytext=(72 * right - 8, 7),
                       xycoords="axes fraction", textcoords="offset points", ha="right",
                       va="bottom", fontsize=8.5, color=COLORS["muted"])  # fmt: skip
    return made


def _color_bar(bar: Axes, report: Report, low: float, high: float) -> None:
    steps = np.linspace(low, high, 48)[:, None]
    if report.metric.direction == "minimize":
        steps = steps[::-1]
    span = high - low or abs(high) or 1.0
    mesh = bar.pcolormesh(
        [0, 1], np.linspace(low, low + span, 49), steps, cmap=INTENSITY, vmin=low, vmax=high
    )
    mesh.set_edgecolor("none")
    bar.set_xticks([])
    objective_ticks(bar, report)
    bar.yaxis.tick_right()
    for spine in bar.spines.values():
        spine.set_visible(False)


def _surface_labels(report: Report, name: str, values: tuple[Scalar, ...], *, most: int) -> Labels:
    """Round values on a range, else as many levels as have room."""
    parameter = next((p for p in report.parameters if p.name == name), None)
    middles = (np.arange(len(values)) + 0.5) / len(values)
    if parameter is not None and Axis(parameter).numeric:
        made = _round_labels(parameter, values, middles)
        if len(made) > 1:
            return Labels([at for at, _ in made], [text for _, text in made], slanted=False)
    step = -(-len(values) // most)
    texts = settings(values[::step], columns=LABEL_COLUMNS)
    return Labels(middles[::step].tolist(), texts, crowded(texts, room=_LABELS / len(texts)))


def _round_labels(
    parameter: ParameterResult, values: tuple[Scalar, ...], middles: np.ndarray
) -> list[tuple[float, str]]:
    """(place, text) of the special values of a range and of round ones, where they touch none."""
    axis, digits = Axis(parameter), digits_of(parameter)
    known = np.array([axis.place(value) for value in values])
    kept = known >= 0
    if kept.sum() < 2:
        return []
    made = [(float(middles[i]), setting(values[i])) for i in np.flatnonzero(known == BEFORE)]
    first = len(made)
    for value in axis.round_values():
        place = axis.place(value)
        if known[kept].min() - 0.03 <= place <= known[kept].max() + 0.03:
            beside = float(np.interp(place, known[kept], middles[kept]))
            made.append((beside, setting(value, digits=digits)))
    at, texts = [_SURFACE * place for place, _ in made], [text for _, text in made]
    return [made[i] for i in with_first(at, texts=texts, first=first)]


def _mark_best(panel: Axes, better: np.ndarray) -> None:
    """A ring in the best cell."""
    row, column = np.unravel_index(int(np.argmax(better)), better.shape)
    panel.plot([column + 0.5], [len(better) - row - 0.5], marker="o", ms=7, mfc="none",
               mec=COLORS["paper"], mew=1.6)  # fmt: skip


def _margin(report: Report) -> float:
    return report.margin.share if report.margin else 0.05


def _strength(report: Report, item: Interaction | None, top: float) -> float:
    """Of the hue: the share against the largest; pale where the two are tuned one by one."""
    if item is None:
        return 0.0
    strength = STRONGEST * item.share / top
    return min(strength, STRONGEST * _PALE) if apart(report, item) else strength


def _cell_text(
    panel: Axes, place: tuple[int, int], item: Interaction | None, report: Report
) -> None:
    """The share; bold where its interval lies above the margin, grey of two tuned one by one."""
    text, below = "·", True
    if item is not None:
        text = share(item.share).removeprefix("0") if item.share >= 0.005 else "0"
        below = apart(report, item)
    bold = item is not None and item.low > _margin(report)
    panel.text(place[0] + 0.5, place[1] + 0.5, text, ha="center", va="center", fontsize=8.5,
               color=COLORS["muted" if below else "ink"],
               fontweight="bold" if bold else "normal")  # fmt: skip


def _plain(panel: Axes) -> None:
    panel.tick_params(length=0, labelcolor=COLORS["ink"])
    for spine in panel.spines.values():
        spine.set_visible(False)
