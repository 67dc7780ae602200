"""The picture of two ways to the same order: functional and classical analysis of variance."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from matplotlib.figure import Figure
from matplotlib.ticker import MaxNLocator

from analysis.numerals import number
from analysis.plots_effect import shown_rows
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
    styled,
    text_inches,
)
from analysis.plots_ticks import formatter
from analysis.results import Report

if TYPE_CHECKING:
    from matplotlib.axes import Axes

_NAMED = 4
_LEFT, _RIGHT, _TOP, _BOTTOM, _HEIGHT = 0.5, 0.3, 0.26, 0.46, 3.2
_OFF, _LINE = 0.09, 0.15
"""Inches from a dot to its name, and of a name's height."""


def agreement(report: Report, *, canvas: Canvas = ENGLISH) -> Figure:
    """First-order share against the classical omega squared: two ways to the same order.

    Without conditional parameters: the one is a share of the variance where they exist, the other
    of all.
    """
    rows = [p for p in shown_rows(report) if p.anova and p.first_order and not p.condition]
    places = [
        (max(row.anova.omega_squared, 0.0), row.first_order.share)
        for row in rows
        if row.anova and row.first_order
    ]
    top = max([0.05, *(value for place in places for value in place)])
    with styled():
        made = figure(PAIR_WIDTH, _HEIGHT)
        panel = axes(made, left=_LEFT, right=_RIGHT, top=_TOP, bottom=_BOTTOM,
                     title=canvas.say("figure.omega"))  # fmt: skip
        panel.plot([0, top], [0, top], color=COLORS["rule"], lw=0.9, zorder=0)
        for row, (x, y) in zip(rows, places, strict=True):
            panel.plot([x], [y], "o", ms=6, color=VERDICT_COLORS[row.verdict])
        panel.set_xlim(-0.02 * top, top * 1.12)
        panel.set_ylim(-0.02 * top, top * 1.12)
        _names(panel, [label(report, row.name) for row in rows[:_NAMED]], places)
        for axis in (panel.xaxis, panel.yaxis):
            axis.set_major_locator(MaxNLocator(nbins=4, steps=[1, 2, 5, 10]))
            axis.set_major_formatter(formatter(lambda value: number(value, digits=2)))
        corner(panel, canvas.say("figure.first"), left=_LEFT)
    return made


@dataclass(frozen=True)
class Box:
    """A rectangle in inches from the figure's lower left corner."""

    left: float
    right: float
    bottom: float
    top: float

    def meets(self, other: Box) -> bool:
        """Whether the two have a point in common."""
        beside = self.right <= other.left or other.right <= self.left
        return not (beside or self.top <= other.bottom or other.top <= self.bottom)


def beside(x: float, y: float, *, text: str, taken: list[Box], within: Box) -> Box | None:
    """Where a dot's name has room: right or left of it, above or below; none where all are taken.

    x, y: the dot. taken: what is there already, the dots among it. within: what not to leave.
    """
    width = text_inches(text)
    for up in (0.0, _LINE, -_LINE, 2 * _LINE, -2 * _LINE):
        for left in (x + _OFF, x - _OFF - width):
            box = Box(left, left + width, y + up - _LINE / 2, y + up + _LINE / 2)
            inside = within.left <= box.left and box.right <= within.right
            inside = inside and within.bottom <= box.bottom and box.top <= within.top
            if inside and not any(box.meets(other) for other in taken):
                return box
    return None


def _names(panel: Axes, names: list[str], places: list[tuple[float, float]]) -> None:
    """Names beside the first dots, none on another or on a dot; those without room are left out."""
    made = panel.figure
    dots = [panel.transData.transform(place) / made.dpi for place in places]
    half = _OFF / 2
    taken = [Box(x - half, x + half, y - half, y + half) for x, y in dots]
    within = Box(_LEFT + 0.02, PAIR_WIDTH - 0.02, _BOTTOM, _HEIGHT - _TOP)
    for name, (x, y) in zip(names, dots, strict=False):
        box = beside(x, y, text=name, taken=taken, within=within)
        if box is not None:
            taken.append(box)
            panel.annotate(
                name, (box.left * 72, (box.bottom + box.top) * 36), xycoords="figure points",
                va="center", fontsize=8.5, color=COLORS["ink"], annotation_clip=False,
            )  # fmt: skip
