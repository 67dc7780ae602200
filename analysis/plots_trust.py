"""Pictures behind the checks: skill, residuals, order of the runs, failures, agreement, ranks."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import seaborn as sns
from matplotlib.figure import Figure
from matplotlib.ticker import FixedLocator, MaxNLocator

from analysis import facts, story
from analysis.errors import Misused
from analysis.numerals import number, shortened
from analysis.plots_axis import called
from analysis.plots_effect import shown_rows
from analysis.plots_settings import dots
from analysis.plots_style import (
    COLORS,
    PAIR_WIDTH,
    RASTER_ABOVE,
    VERDICT_COLORS,
    Canvas,
    axes,
    corner,
    figure,
    formatter,
    label,
    label_inches,
    lift,
    log_places,
    objective_ticks,
    styled,
)
from analysis.results import Report
from analysis.shortening import settings

if TYPE_CHECKING:
    from matplotlib.axes import Axes

_WIDTH = PAIR_WIDTH


def skill(report: Report, *, canvas: Canvas | None = None) -> Figure:
    """Out-of-sample skill of each surrogate tried, against the ceiling that noise leaves."""
    canvas = canvas or Canvas()
    fitted = report.surrogate
    if fitted is None:
        raise Misused("the report has no surrogate", where="plots.skill")
    rows = fitted.candidates or ((fitted.name, fitted.skill),)
    labels = [shortened(facts.surrogate(name, canvas.voice), 34) for name, _ in rows]
    with styled():
        made = figure(_WIDTH, 0.85 + 0.34 * len(rows))
        panel = axes(made, left=label_inches(labels), right=0.2, top=0.3, bottom=0.5)
        answering = {name for name, _ in facts.parts(fitted.name)}
        colors = [COLORS["critical" if name in answering else "point"] for name, _ in rows]
        panel.barh(range(len(rows)), [max(s, 0.0) for _, s in rows], color=colors, height=0.55,
                   edgecolor="none")  # fmt: skip
        panel.axvline(fitted.ceiling, color=COLORS["unsure"], lw=1.4, ls=(0, (4, 2)))
        panel.annotate(canvas.say("figure.ceiling"), (fitted.ceiling, 1), xytext=(0, 3),
                       xycoords=("data", "axes fraction"), textcoords="offset points",
                       ha="center", fontsize=8, color=COLORS["muted"])  # fmt: skip
        panel.set_xlim(0, 1)
        panel.set_ylim(len(rows) - 0.4, -0.6)
        panel.set_yticks(range(len(rows)), labels)
        panel.tick_params(axis="y", length=0, labelcolor=COLORS["ink"])
        panel.set_xlabel(canvas.say("figure.skill"))
    return made


def residuals(report: Report, *, canvas: Canvas | None = None) -> Figure:
    """Observed minus predicted against the prediction, and how the residuals are distributed."""
    canvas = canvas or Canvas()
    factor = lift(report)
    pairs = [
        (point.predicted * factor, (point.objective - point.predicted) * factor)
        for point in report.points
        if point.predicted is not None
    ]
    predicted, left_over = np.array(pairs, dtype=float).reshape(-1, 2).T
    with styled():
        made = figure(_WIDTH, 2.9)
        panel = axes(made, left=0.78, right=1.15, top=0.26, bottom=0.46)
        dots(panel, predicted, y=left_over, raster=len(pairs) > RASTER_ABOVE)
        panel.axhline(0, color=COLORS["muted"], lw=0.9)
        _limits(panel, predicted, left_over)
        objective_ticks(panel, report, axis="x", lifted=factor)
        logs = report.metric.transform == "log10"
        places = log_places(*panel.get_ylim()) if logs else []
        if places:
            panel.yaxis.set_major_locator(FixedLocator(places))
        panel.yaxis.set_major_formatter(formatter(
            lambda value: f"{number(10**value)}×" if logs else number(value / factor, digits=2)
        ))  # fmt: skip
        panel.set_xlabel(canvas.say("figure.predicted"))
        key = "figure.residual.log10" if logs else "figure.residual"
        corner(panel, canvas.say(key), left=0.78)
        side = axes(made, left=_WIDTH - 1.05, right=0.1, top=0.26, bottom=0.46)
        if len(left_over) > 1 and np.ptp(left_over) > 0:
            sns.histplot(y=left_over, ax=side, bins=min(40, 6 + len(pairs) // 12), edgecolor="none",
                         color=COLORS["point"])  # fmt: skip
        side.set_ylim(panel.get_ylim())
        side.set_axis_off()
    return made


def progress(report: Report, *, canvas: Canvas | None = None) -> Figure:
    """The objective in the order of the runs, and the best so far: drift, crowding, stability."""
    canvas = canvas or Canvas()
    factor = lift(report)
    points = sorted(report.points, key=lambda point: point.order)
    values = np.array([point.objective for point in points], dtype=float) * factor
    running = np.maximum if report.metric.direction == "maximize" else np.minimum
    with styled():
        made = figure(_WIDTH, 2.7)
        panel = axes(made, left=0.78, right=0.14, top=0.26, bottom=0.46)
        places = np.arange(1, len(points) + 1, dtype=float)
        dots(panel, places, y=values, raster=len(points) > RASTER_ABOVE)
        best = running.accumulate(values)
        turns = np.flatnonzero(np.r_[True, np.diff(best) != 0, True][: len(best)])
        turns = np.r_[turns, len(best) - 1]
        panel.step(places[turns], best[turns], where="post", color=COLORS["critical"], lw=1.8,
                   zorder=3)  # fmt: skip
        _limits(panel, places, values)
        objective_ticks(panel, report, lifted=factor)
        panel.set_xlabel(canvas.say("figure.order"))
        corner(panel, canvas.metric(report), left=0.78)
    return made


def failures(report: Report, name: str, *, canvas: Canvas | None = None) -> Figure:
    """The share of runs that failed along one parameter, with the runs counted."""
    canvas = canvas or Canvas()
    found = report.failures.parameters if report.failures else ()
    parameter = called(found, name)
    labels = settings([text for text, _, _ in parameter.rates], columns=26)
    with styled():
        made = figure(_WIDTH, 0.75 + 0.32 * len(labels))
        panel = axes(made, left=label_inches(labels), right=0.75, top=0.1, bottom=0.5)
        rates = [failed / total if total else 0.0 for _, failed, total in parameter.rates]
        panel.barh(range(len(labels)), rates, color=COLORS["unsure"], height=0.55, edgecolor="none")
        for place, (_, failed, total) in enumerate(parameter.rates):
            panel.annotate(f"{failed} / {total}", (rates[place], place), xytext=(5, 0),
                           textcoords="offset points", va="center", fontsize=8.5,
                           color=COLORS["muted"])  # fmt: skip
        panel.set_xlim(0, max([*rates, 0.05]) * 1.02)
        panel.set_ylim(len(labels) - 0.4, -0.6)
        panel.set_yticks(range(len(labels)), labels)
        panel.tick_params(axis="y", length=0, labelcolor=COLORS["ink"])
        panel.xaxis.set_major_locator(MaxNLocator(nbins=5, steps=[1, 2, 5, 10]))
        panel.xaxis.set_major_formatter(formatter(lambda value: number(value, digits=2)))
        panel.set_xlabel(canvas.say("figure.failures", name=label(report, name)))
    return made


def agreement(report: Report, *, canvas: Canvas | None = None) -> Figure:
    """First-order share against the classical omega squared: two ways to the same order."""
    canvas = canvas or Canvas()
    rows = [p for p in shown_rows(report) if p.anova and p.first_order]
    with styled():
        made = figure(3.6, 3.2)
        panel = axes(made, left=0.5, right=0.3, top=0.26, bottom=0.46)
        top = 0.05
        for place, row in enumerate(rows):
            assert row.anova is not None
            assert row.first_order is not None
            x, y = max(row.anova.omega_squared, 0.0), row.first_order.share
            top = max(top, x, y)
            panel.plot([x], [y], "o", ms=6, color=VERDICT_COLORS[row.verdict])
            if place < 4:
                panel.annotate(label(report, row.name), (x, y), xytext=(6, 4), fontsize=8.5,
                               textcoords="offset points", color=COLORS["ink"])  # fmt: skip
        panel.plot([0, top], [0, top], color=COLORS["rule"], lw=0.9, zorder=0)
        panel.set_xlim(-0.02 * top, top * 1.12)
        panel.set_ylim(-0.02 * top, top * 1.12)
        for axis in (panel.xaxis, panel.yaxis):
            axis.set_major_locator(MaxNLocator(nbins=4, steps=[1, 2, 5, 10]))
            axis.set_major_formatter(formatter(lambda value: number(value, digits=2)))
        panel.set_xlabel(canvas.say("figure.omega"))
        corner(panel, canvas.say("figure.first"), left=0.5)
    return made


def ranks(report: Report, *, canvas: Canvas | None = None) -> Figure:
    """From which to which rank each parameter goes when the configurations are drawn again."""
    canvas = canvas or Canvas()
    rows = [p for p in story.studied(report) if p.rank_low and p.rank_high][:30]
    labels = [label(report, row.name) for row in rows]
    with styled():
        made = figure(_WIDTH, 0.7 + 0.27 * max(len(rows), 1))
        panel = axes(made, left=label_inches(labels), right=0.55, top=0.1, bottom=0.5)
        for place, row in enumerate(rows):
            panel.plot([row.rank_low or 0, row.rank_high or 0], [place, place], lw=6, marker="o",
                       ms=6, mew=0, color=VERDICT_COLORS[row.verdict])  # fmt: skip
            if row.rank_stability is not None:
                held = f"{100 * row.rank_stability:.0f} %"
                panel.annotate(held, (1, place), xycoords=("axes fraction", "data"),
                               xytext=(30, 0), textcoords="offset points", ha="right",
                               va="center", fontsize=8.5, color=COLORS["muted"])  # fmt: skip
        most = max((row.rank_high or 1 for row in rows), default=1)
        step = -(-most // 10)
        panel.set_xlim(0.5, most + 0.5)
        panel.set_xticks(range(1, most + 1, step))
        panel.set_ylim(len(rows) - 0.4, -0.6)
        panel.set_yticks(range(len(rows)), labels)
        panel.tick_params(axis="y", length=0, labelcolor=COLORS["ink"])
        panel.set_xlabel(canvas.say("figure.rank"))
    return made


def _limits(panel: Axes, x: np.ndarray, y: np.ndarray) -> None:
    for values, put in ((x, panel.set_xlim), (y, panel.set_ylim)):
        low, high = (float(values.min()), float(values.max())) if len(values) else (0.0, 1.0)
        pad = (high - low) * 0.04 or abs(high) * 0.1 or 1.0
        put(low - pad, high + pad)
