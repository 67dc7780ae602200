"""Pictures of what has to be tuned together: the interaction matrix and the strongest pair."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import seaborn as sns
from matplotlib.collections import QuadMesh
from matplotlib.figure import Figure

from analysis.errors import Misused
from analysis.numerals import digits_of, setting, share, shortened
from analysis.places import BEFORE
from analysis.plots_axis import Axis
from analysis.plots_style import (
    COLORS,
    INTENSITY,
    PAIR_WIDTH,
    Canvas,
    axes,
    corner,
    figure,
    label,
    label_inches,
    lift,
    objective_ticks,
    styled,
)
from analysis.results import Interaction, Report, Scalar

if TYPE_CHECKING:
    from matplotlib.axes import Axes

MATRIX_SIZE = 10
_CELL = 0.46
_LABELS = 48
"""Columns that the names of a surface's levels share."""


def matrix(report: Report, *, canvas: Canvas | None = None) -> Figure:
    """Shares that two parameters hold only together, lower triangle, strongest parameters first."""
    canvas = canvas or Canvas()
    names = matrix_names(report)
    found = {frozenset(item.parameters): item for item in report.interactions}
    values = np.full((max(len(names) - 1, 1), max(len(names) - 1, 1)), np.nan)
    for r, row in enumerate(names[1:]):
        for c, column in enumerate(names[: r + 1]):
            item = found.get(frozenset((row, column)))
            values[r, c] = item.share if item else 0.0
    with styled():
        labels = [label(report, name) for name in names]
        left, below = label_inches(labels[1:]), label_inches(labels[:-1]) * 0.78 + 0.15
        side = _CELL * len(values)
        made = figure(max(left + side + 0.3, 2.6), side + below + 0.12)
        width = made.get_size_inches()[0]
        panel = axes(made, left=left, right=width - left - side, top=0.12, bottom=below)
        top = max(np.nanmax(values), report.margin.share if report.margin else 0.05, 1e-9)
        sns.heatmap(
            values, ax=panel, cmap=INTENSITY, vmin=0, vmax=top, cbar=False, linewidths=1.5,
            linecolor=COLORS["paper"], square=False,
        )  # fmt: skip
        _outline(panel)
        for r, row in enumerate(names[1:]):
            for c, column in enumerate(names[: r + 1]):
                _cell_text(panel, (c, r), found.get(frozenset((row, column))), top, report)
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


def surface(report: Report, *, canvas: Canvas | None = None) -> Figure:
    """The objective's mean given the two parameters of the strongest pair; dark is good."""
    canvas = canvas or Canvas()
    shape = report.surface
    if shape is None:
        raise Misused("the report has no surface", where="plots.surface")
    factor = lift(report)
    values = np.array(shape.mean, dtype=float) * factor
    low, high = float(values.min()), float(values.max())
    better = values if report.metric.direction == "maximize" else low + high - values
    with styled():
        x_ticks, y_ticks = (_surface_ticks(report, *side) for side in (
            (shape.x, shape.x_values), (shape.y, shape.y_values)))  # fmt: skip
        left = max(label_inches([text for _, text in y_ticks]), 0.3)
        made = figure(PAIR_WIDTH, 3.1)
        panel = axes(made, left=left, right=0.95, top=0.26, bottom=0.46)
        sns.heatmap(better[::-1], ax=panel, cmap=INTENSITY, vmin=low, vmax=high, cbar=False)
        _outline(panel)
        _mark_best(panel, better)
        panel.set_xticks([at for at, _ in x_ticks], [text for _, text in x_ticks], rotation=0)
        n = len(shape.y_values)
        panel.set_yticks([n - at for at, _ in y_ticks], [text for _, text in y_ticks], rotation=0)
        panel.set_xlabel(label(report, shape.x))
        panel.set_ylabel("")
        corner(panel, label(report, shape.y), left=left)
        _plain(panel)
        bar = axes(made, left=PAIR_WIDTH - 0.8, right=0.68, top=0.42, bottom=0.46)
        _color_bar(bar, report, low, high)
        made.text(1 - 0.12 / PAIR_WIDTH, 1 - 0.22 / 3.1, shortened(canvas.metric(report), 28),
                  ha="right", va="bottom", fontsize=8.5, color=COLORS["muted"])  # fmt: skip
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
    objective_ticks(bar, report, lifted=lift(report))
    bar.yaxis.tick_right()
    for spine in bar.spines.values():
        spine.set_visible(False)


def _surface_ticks(
    report: Report, name: str, values: tuple[Scalar, ...]
) -> list[tuple[float, str]]:
    """(place in cells, text): round values on a range, else the levels, at most eight."""
    parameter = next((p for p in report.parameters if p.name == name), None)
    middles = np.arange(len(values)) + 0.5
    if parameter is not None and Axis(parameter).numeric:
        axis = Axis(parameter)
        known = np.array([axis.place(value) for value in values])
        digits = digits_of(parameter)
        wanted = [(axis.place(v), setting(v, digits=digits)) for v in axis.round_values()]
        kept = known >= 0
        beside = [
            (float(middles[place]), setting(values[place]))
            for place in np.flatnonzero(known == BEFORE)
        ]
        if kept.sum() > 1:
            made = beside + [
                (float(np.interp(place, known[kept], middles[kept])), text)
                for place, text in wanted
                if known[kept].min() - 0.03 <= place <= known[kept].max() + 0.03
            ]
            if len(made) > 1:
                return made
    step = -(-len(values) // 8)
    room = max(_LABELS // len(values[::step]) - 1, 5)
    return [
        (float(at), shortened(setting(value), room))
        for at, value in list(zip(middles, values, strict=True))[::step]
    ]


def _mark_best(panel: Axes, better: np.ndarray) -> None:
    """A ring in the best cell."""
    row, column = np.unravel_index(int(np.argmax(better)), better.shape)
    panel.plot([column + 0.5], [len(better) - row - 0.5], marker="o", ms=7, mfc="none",
               mec=COLORS["paper"], mew=1.6)  # fmt: skip


def _cell_text(
    panel: Axes, place: tuple[int, int], item: Interaction | None, top: float, report: Report
) -> None:
    """The share; strong where its interval lies above the margin, faint where below."""
    if item is None:
        text, color, weight = "·", COLORS["muted"], "normal"
    else:
        delta = report.margin.share if report.margin else 0.05
        text = share(item.share).removeprefix("0") if item.share >= 0.005 else "0"
        strong = item.share > 0.72 * top
        pale = item.share < 0.3 * top
        quiet = COLORS["muted"] if item.high < delta and pale else COLORS["ink"]
        color = COLORS["paper"] if strong else quiet
        weight = "bold" if item.low > delta else "normal"
    panel.text(place[0] + 0.5, place[1] + 0.5, text, ha="center", va="center", color=color,
               fontsize=8.5, fontweight=weight)  # fmt: skip


def _outline(panel: Axes) -> None:
    for mesh in panel.collections:
        if isinstance(mesh, QuadMesh):
            mesh.set_snap(False)
            mesh.set_antialiased(False)


def _plain(panel: Axes) -> None:
    panel.tick_params(length=0, labelcolor=COLORS["ink"])
    for spine in panel.spines.values():
        spine.set_visible(False)
