"""The pictures behind the checks, as `analysis.figures` has the others."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from analysis import facts, plots, story, tables
from analysis.numerals import Measure, setting, share
from analysis.results import FailureParameter
from analysis.tables import Cell, Table

if TYPE_CHECKING:
    from analysis.figures import Gallery, Picture

FAILURES_SHOWN = 4
_BEST_STEPS = 20


def pictures(gallery: Gallery) -> Iterator[Picture]:
    """Skill, residuals, order of the runs, agreement, ranks, failures: those that can be drawn."""
    report, voice = gallery.report, gallery.plain
    if report.surrogate is not None:
        about = facts.reached(report, voice, known="about.skill", alone="about.skill.alone")
        table = tables.skills(report, gallery.voice)
        yield gallery.picture("skill", about, table=table, plot=plots.skill)
    if sum(point.predicted is not None for point in report.points) > 1:
        table, about = _residuals(gallery)
        yield gallery.picture("residuals", about, table=table, plot=plots.residuals)
    if len(report.points) > 1:
        table, about = _progress(gallery)
        yield gallery.picture("progress", about, table=table, plot=plots.progress)
    yield from _orders(gallery)
    yield from _growth(gallery)
    failing = report.failures.parameters[:FAILURES_SHOWN] if report.failures else ()
    for place, parameter in enumerate(failing, start=1):
        yield _failure(gallery, parameter, place)


def _orders(gallery: Gallery) -> Iterator[Picture]:
    report, voice = gallery.report, gallery.plain
    both = [p for p in story.studied(report) if p.anova and p.first_order and not p.condition]
    if len(both) > 1:
        rows = tuple(
            (Cell(gallery.voice.name(p.name)), tables.share_cell(p.first_order),
             Cell(share(p.anova.omega_squared if p.anova else None),
                  (p.anova.omega_squared if p.anova else None,), numeric=True))
            for p in both
        )  # fmt: skip
        headings = tables.heads(gallery.voice, "parameter", "first", "omega")
        table = Table.of(gallery.voice.say("picture.agreement"), headings, rows=rows)
        about = voice.say("about.agreement", n=len(both))
        yield gallery.picture("agreement", about, table=table, plot=plots.agreement)
    ranked = [p for p in story.studied(report) if p.rank_low and p.rank_high]
    if len(ranked) > 1:
        ranks: tuple[tuple[Cell, ...], ...] = tuple(
            (Cell(gallery.voice.name(p.name)),
             Cell(str(p.rank_low), (p.rank_low,), numeric=True),
             Cell(str(p.rank_high), (p.rank_high,), numeric=True),
             Cell(share(p.rank_stability), (p.rank_stability,), numeric=True))
            for p in ranked
        )  # fmt: skip
        headings = tables.heads(gallery.voice, "parameter", "low", "high", "held")
        said = "; ".join(f"{voice.name(p.name)} {p.rank_low}–{p.rank_high}" for p in ranked[:12])
        table = Table.of(gallery.voice.say("picture.ranks"), headings, rows=ranks)
        about = voice.say("about.ranks", rows=said)
        yield gallery.picture("ranks", about, table=table, plot=plots.ranks)


def _growth(gallery: Gallery) -> Iterator[Picture]:
    report, voice = gallery.report, gallery.plain
    grown = report.accumulation
    if grown is None or not grown.parameters or len(grown.configurations) < 2:
        return
    strongest = sorted(range(len(grown.parameters)), key=lambda i: -grown.total[-1][i])[:8]
    said = [
        f"{voice.name(grown.parameters[i])} {' → '.join(share(row[i]) for row in grown.total)}"
        for i in strongest
    ]
    sizes = voice.listed([f"{n:,}" for n in grown.configurations])
    about = voice.say("about.growth", sizes=sizes, rows="; ".join(said))
    table = tables.growth(report, gallery.voice)
    yield gallery.picture("growth", about, table=table, plot=plots.growth)


def _residuals(gallery: Gallery) -> tuple[Table, str]:
    """The largest residuals: those one looks up."""
    report, measure = gallery.report, Measure.of(gallery.report)
    known = [(point.objective - point.predicted, point) for point in report.points
             if point.predicted is not None]  # fmt: skip
    largest = sorted(known, key=lambda pair: (-abs(pair[0]), pair[1].order))[:8]
    rows = tuple(
        (predicted, observed, Cell(measure.size(residual), numeric=True))
        for (residual, _), predicted, observed in zip(
            largest,
            tables.levels(report, [point.objective - away for away, point in largest]),
            tables.levels(report, [point.objective for _, point in largest]),
            strict=True,
        )
    )
    headings = tables.heads(gallery.voice, "predicted", "observed", "residual")
    about = gallery.plain.say("about.residuals", n=f"{len(known):,}",
                              largest=measure.size(abs(largest[0][0])))  # fmt: skip
    return Table(gallery.voice.say("table.residuals"), headings, rows), about


def _progress(gallery: Gallery) -> tuple[Table, str]:
    """The runs at which the best so far improved."""
    report, measure = gallery.report, Measure.of(gallery.report)
    points = sorted(report.points, key=lambda point: point.order)
    sign = report.metric.sign
    steps: list[tuple[int, float]] = []
    for place, point in enumerate(points, start=1):
        if not steps or sign * point.objective > sign * steps[-1][1]:
            steps.append((place, point.objective))
    shown = steps[-_BEST_STEPS:]
    rows = tuple(
        (Cell(f"{place:,}", (place,), numeric=True), cell)
        for (place, _), cell in zip(
            shown, tables.levels(report, [value for _, value in shown]), strict=True
        )
    )
    headings = tables.heads(gallery.voice, "order", "best_so_far")
    about = gallery.plain.say("about.progress", n=f"{len(points):,}", at=f"{steps[-1][0]:,}",
                              best=measure.value(steps[-1][1]))  # fmt: skip
    return Table(gallery.voice.say("table.progress"), headings, rows), about


def _failure(gallery: Gallery, parameter: FailureParameter, place: int) -> Picture:
    voice = gallery.plain
    said = "; ".join(
        f"{setting(text)}: {failed}/{total}" for text, failed, total in parameter.rates
    )
    return gallery.named(
        f"failures-{place}",
        parameter.name,
        description=voice.say("about.failures", name=voice.name(parameter.name), rows=said),
        table=tables.failures(parameter, gallery.voice),
        plot=plots.failures,
    )
