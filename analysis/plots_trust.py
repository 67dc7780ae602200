"""Pictures behind the checks: skill, residuals, order of the runs, failures, ranks."""

from __future__ import annotations

import numpy as np
import seaborn as sns
from matplotlib.figure import Figure
from matplotlib.ticker import FixedFormatter, FixedLocator, MaxNLocator

from analysis import facts, story
from analysis.errors import Misused
from analysis.numerals import Measure, number, read, shortened
from analysis.plots_axis import called
from analysis.plots_settings import dots
from analysis.plots_style import (
    COLORS,
    ENGLISH,
    PAIR_WIDTH,
    RASTER_ABOVE,
    VERDICT_COLORS,
    Canvas,
    above,
    axes,
    corner,
    figure,
    label,
    label_inches,
    lift,
    name_rows,
    styled,
)
from analysis.plots_ticks import (
    along,
    formatter,
    log_places,
    objective_places,
    objective_texts,
    objective_ticks,
    round_places,
    tick_texts,
)
from analysis.results import Report
from analysis.shortening import settings


def skill(report: Report, *, canvas: Canvas = ENGLISH) -> Figure:
    """Out-of-sample skill of each surrogate tried, against the ceiling that noise leaves."""
    fitted = report.surrogate
    if fitted is None:
        raise Misused("the report has no surrogate", where="plots.skill")
    rows = fitted.candidates or ((fitted.name, fitted.skill),)
    labels = [shortened(facts.surrogate(name, canvas.voice), 34) for name, _ in rows]
    with styled():
        made = figure(PAIR_WIDTH, 0.85 + 0.34 * len(rows))
        panel = axes(made, left=label_inches(labels), right=0.2, top=0.3, bottom=0.5,
                     title=canvas.say("figure.skill"))  # fmt: skip
        answering = {name for name, _ in facts.parts(fitted.name)}
        colors = [COLORS["critical" if name in answering else "point"] for name, _ in rows]
        panel.barh(range(len(rows)), [max(s, 0.0) for _, s in rows], color=colors, height=0.55,
                   edgecolor="none")  # fmt: skip
        panel.set_xlim(0, 1)
        if (limit := facts.ceiling(report)) is not None:
            panel.axvline(limit, color=COLORS["unsure"], lw=1.4, ls=(0, (4, 2)))
            above(panel, canvas.say("figure.ceiling"), place=limit)
        name_rows(panel, labels)
    return made


def residuals(report: Report, *, canvas: Canvas = ENGLISH) -> Figure:
    """Observed minus predicted against the prediction, and how the residuals are distributed."""
    factor = lift(report)
    pairs = [
        (point.predicted * factor, (point.objective - point.predicted) * factor)
        for point in report.points
        if point.predicted is not None
    ]
    predicted, left_over = np.array(pairs, dtype=float).reshape(-1, 2).T
    logs = report.metric.transform == "log10"
    places, texts = _difference_ticks(report, _span(left_over))
    left = label_inches(texts)
    with styled():
        made = figure(PAIR_WIDTH, 2.7)
        panel = axes(made, left=left, right=0.95, top=0.26, bottom=0.46,
                     title=canvas.say("figure.predicted"))  # fmt: skip
        dots(panel, predicted, y=left_over, raster=len(pairs) > RASTER_ABOVE)
        panel.axhline(0, color=COLORS["muted"], lw=0.9)
        panel.set_xlim(_span(predicted))
        panel.set_ylim(_span(left_over))
        levels = objective_places(*_span(predicted), report=report)
        measure = Measure.of(report)
        along(panel, levels, write=lambda some: tick_texts([v / factor for v in some], measure),
              place=float)  # fmt: skip
        panel.yaxis.set_major_locator(FixedLocator(places))
        panel.yaxis.set_major_formatter(FixedFormatter(texts))
        corner(panel, canvas.say("figure.residual.log10" if logs else "figure.residual"), left=left)
        side = axes(made, left=PAIR_WIDTH - 0.85, right=0.1, top=0.26, bottom=0.46)
        if len(left_over) > 1 and np.ptp(left_over) > 0:
            sns.histplot(y=left_over, ax=side, bins=min(40, 6 + len(pairs) // 12), edgecolor="none",
                         color=COLORS["point"])  # fmt: skip
        side.set_ylim(panel.get_ylim())
        side.set_axis_off()
    return made


def _difference_ticks(report: Report, span: tuple[float, float]) -> tuple[list[float], list[str]]:
    """Round differences upwards; factors where the scale is log10."""
    places = log_places(*span) if report.metric.transform == "log10" else []
    if places:
        return places, [f"{read(10**place)}×" for place in places]
    places = round_places(*span, n=4)
    plain = Measure("none", Measure.of(report).resolution)
    return places, tick_texts([place / lift(report) for place in places], plain)


def progress(report: Report, *, canvas: Canvas = ENGLISH) -> Figure:
    """The objective in the order of the runs, and the best so far: drift, crowding, stability."""
    factor = lift(report)
    points = sorted(report.points, key=lambda point: point.order)
    values = np.array([point.objective for point in points], dtype=float) * factor
    running = np.maximum if report.metric.direction == "maximize" else np.minimum
    left = label_inches(objective_texts(*_span(values), report=report))
    with styled():
        made = figure(PAIR_WIDTH, 2.6)
        panel = axes(made, left=left, right=0.14, top=0.26, bottom=0.46,
                     title=canvas.say("figure.order"))  # fmt: skip
        places = np.arange(1, len(points) + 1, dtype=float)
        dots(panel, places, y=values, raster=len(points) > RASTER_ABOVE)
        best = running.accumulate(values)
        turns = np.flatnonzero(np.r_[True, np.diff(best) != 0, True][: len(best)])
        turns = np.r_[turns, len(best) - 1]
        panel.step(places[turns], best[turns], where="post", color=COLORS["critical"], lw=1.8,
                   zorder=3)  # fmt: skip
        panel.set_xlim(_span(places))
        panel.set_ylim(_span(values))
        objective_ticks(panel, report)
        corner(panel, canvas.metric(report), left=left)
    return made


def failures(report: Report, name: str, *, canvas: Canvas = ENGLISH) -> Figure:
    """The share of runs that failed along one parameter, with the runs counted."""
    found = report.failures.parameters if report.failures else ()
    parameter = called(found, name)
    labels = settings([text for text, _, _ in parameter.rates], columns=26)
    with styled():
        made = figure(PAIR_WIDTH, 0.75 + 0.32 * len(labels))
        panel = axes(made, left=label_inches(labels), right=0.75, top=0.1, bottom=0.5,
                     title=canvas.say("figure.failures", name=label(report, name)))  # fmt: skip
        rates = [failed / total if total else 0.0 for _, failed, total in parameter.rates]
        panel.barh(range(len(labels)), rates, color=COLORS["unsure"], height=0.55, edgecolor="none")
        for place, (_, failed, total) in enumerate(parameter.rates):
            panel.annotate(f"{failed} / {total}", (rates[place], place), xytext=(5, 0),
                           textcoords="offset points", va="center", fontsize=8.5,
                           color=COLORS["muted"])  # fmt: skip
        panel.set_xlim(0, max([*rates, 0.05]) * 1.02)
        name_rows(panel, labels)
        panel.xaxis.set_major_locator(MaxNLocator(nbins=5, steps=[1, 2, 5, 10]))
        panel.xaxis.set_major_formatter(formatter(lambda value: number(value, digits=2)))
    return made


def ranks(report: Report, *, canvas: Canvas = ENGLISH) -> Figure:
    """From which to which rank each parameter goes when the configurations are drawn again."""
    rows = [p for p in story.studied(report) if p.rank_low and p.rank_high][:30]
    labels = [label(report, row.name) for row in rows]
    with styled():
        made = figure(PAIR_WIDTH, 0.7 + 0.27 * max(len(rows), 1))
        panel = axes(made, left=label_inches(labels), right=0.55, top=0.1, bottom=0.5,
                     title=canvas.say("figure.rank"))  # fmt: skip
        for place, row in enumerate(rows):
            panel.plot([row.rank_low or 0, row.rank_high or 0], [place, place], lw=6, marker="o",
                       ms=6, mew=0, color=VERDICT_COLORS[row.verdict])  # fmt: skip
            if row.rank_stability is not None:
                held = f"{100 * row.rank_stability:.0f} %"
                panel.annotate(held, (1, place), xycoords=("axes fraction", "data"),
                               xytext=(30, 0), textcoords="offset points", ha="right",
                               va="center", fontsize=8.5, color=COLORS["muted"])  # fmt: skip
        most = max((row.rank_high or 1 for row in rows), default=1)
        panel.set_xlim(0.5, most + 0.5)
        along(panel, range(1, most + 1), write=lambda some: [str(place) for place in some],
              place=float)  # fmt: skip
        name_rows(panel, labels)
    return made


def _span(values: np.ndarray) -> tuple[float, float]:
    """An axis for the values, with some air at its ends."""
    low, high = (float(values.min()), float(values.max())) if len(values) else (0.0, 1.0)
    pad = (high - low) * 0.04 or abs(high) * 0.1 or 1.0
    return low - pad, high + pad
