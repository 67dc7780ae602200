"""The picture of stability: total shares as more of the configurations are known."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from matplotlib.figure import Figure

from analysis.errors import Misused
from analysis.numerals import number
from analysis.plots_style import (
    COLORS,
    ENGLISH,
    PAIR_WIDTH,
    VERDICT_COLORS,
    Canvas,
    axes,
    corner,
    figure,
    label,
    label_inches,
    styled,
)
from analysis.plots_ticks import along, formatter
from analysis.results import Report, Verdict

NAMED = 6
"""Lines with a name at their end; the others are thin, and all are in the table."""
_APART = 0.077
"""Of the axis, between names: a line of 8.5 points, also of letters as high as Korean ones."""


def growth(report: Report, *, canvas: Canvas = ENGLISH) -> Figure:
    """Total share of each parameter from growing numbers of configurations, drawn at random."""
    grown = report.accumulation
    if grown is None or len(grown.configurations) < 2:
        raise Misused("the report has one size only", where="plots.growth")
    verdicts: dict[str, Verdict] = {p.name: p.verdict for p in report.parameters}
    totals = np.array(grown.total, dtype=float)
    order = np.argsort(-totals[-1], kind="stable")
    strongest = [int(i) for i in order if grown.parameters[i] in verdicts]
    named = strongest[:NAMED]
    with styled():
        made = figure(PAIR_WIDTH, 2.9)
        names = [label(report, grown.parameters[i]) for i in named]
        right = label_inches(names)
        panel = axes(made, left=0.5, right=right, top=0.26, bottom=0.46,
                     title=canvas.say("figure.growth"))  # fmt: skip
        panel.set_xscale("log")
        top = max(float(totals.max()), 0.1) * 1.05
        panel.set_ylim(0, top)
        for index in reversed(strongest):
            main = index in named
            color = VERDICT_COLORS[verdicts[grown.parameters[index]]] if main else COLORS["rule"]
            panel.plot(grown.configurations, totals[:, index], color=color, lw=1.8 if main else 1,
                       marker="o", ms=4 if main else 2.5, zorder=3 if main else 2)  # fmt: skip
        heights = spread([totals[-1, i] / top for i in named])
        for index, name, height in zip(named, names, heights, strict=True):
            panel.annotate(name, (1, height), xycoords="axes fraction", xytext=(7, 0),
                           textcoords="offset points", va="center", fontsize=8.5,
                           color=VERDICT_COLORS[verdicts[grown.parameters[index]]])  # fmt: skip
        along(
            panel, grown.configurations, write=lambda sizes: [f"{n:,}" for n in sizes], place=float
        )
        panel.yaxis.set_major_formatter(formatter(lambda value: number(value, digits=2)))
        corner(panel, canvas.say("figure.total"), left=0.5)
    return made


def spread(heights: Sequence[float], *, apart: float = _APART) -> list[float]:
    """Descending heights of labels, moved down as little as keeps them apart, none below 0."""
    placed: list[float] = []
    for height in heights:
        placed.append(min(height, placed[-1] - apart) if placed else height)
    floor = 0.0
    for i in reversed(range(len(placed))):
        placed[i] = max(placed[i], floor)
        floor = placed[i] + apart
    return placed
