"""Every figure of a report: what it is called, what it says in words, its table, how it is drawn.

The description is made from the numbers, so that the page says the same to those who cannot see
the picture. Drawing waits until somebody asks for it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING

from analysis import facts, isolation, story, tables
from analysis.numerals import Measure, setting, share
from analysis.results import ParameterResult, Report, Scalar
from analysis.tables import Table
from analysis.words import Voice, Words

if TYPE_CHECKING:
    from matplotlib.figure import Figure

ROWS_SHOWN = 30
MARGINALS_SHOWN = 24
ISOLATIONS_SHOWN = 2


@dataclass(frozen=True)
class Picture:
    """One figure. `key` names its file and its ids; title and description are plain text."""

    key: str
    title: str
    description: str
    table: Table
    draw: Callable[[], Figure]
    parameter: str | None = None


@dataclass(frozen=True)
class Gallery:
    """All pictures of one report in one language; `voice` writes the tables' names."""

    report: Report
    words: Words
    voice: Voice

    @property
    def plain(self) -> Voice:
        """Titles and descriptions are plain text, whatever the page is."""
        return Voice(self.words)

    def every(self) -> Iterator[Picture]:
        """All of them, in the page's order."""
        for group in (self.effects, self.marginals, self.pairs, self.trust):
            yield from group()

    def effects(self) -> Iterator[Picture]:
        """Tuning risks and shares."""
        if self.report.answer == "withheld" or not story.studied(self.report):
            return
        from analysis import plots

        table = tables.parameters(self.report, self.voice)
        yield self.picture("risks", self._risks(), table=table, plot=plots.risks)
        yield self.picture("shares", self._shares(), table=table, plot=plots.shares)

    def marginals(self) -> Iterator[Picture]:
        """One panel per studied parameter that has a marginal, the strongest first."""
        from analysis import plots

        rows = [p for p in story.studied(self.report) if p.marginal][:MARGINALS_SHOWN]
        for place, row in enumerate(rows, start=1):
            assert row.marginal is not None
            table = tables.marginal(self.report, row.name, found=row.marginal, voice=self.voice)
            yield self.named(f"marginal-{place}", row.name, description=self._marginal(row),
                             table=table, plot=plots.marginal)  # fmt: skip

    def pairs(self) -> Iterator[Picture]:
        """The interaction matrix, the strongest pair's surface, isolation plots."""
        from analysis import plots

        report = self.report
        if len(plots.matrix_names(report)) > 1:
            cells = tables.interactions(report, self.voice)
            yield self.picture("matrix", self._matrix(), table=cells, plot=plots.matrix)
        shape = report.surface
        if shape is not None and shape.mean:
            names = {"x": self.plain.name(shape.x), "y": self.plain.name(shape.y)}
            strongest = max(report.interactions, key=lambda pair: pair.share, default=None)
            apart = strongest is not None and {shape.x, shape.y} != {*strongest.parameters}
            title = self.plain.say(f"picture.surface{'.apart' if apart else ''}", **names)
            yield Picture("surface", title, self._surface(), tables.surface(report, self.voice),
                          self._drawn(plots.surface))  # fmt: skip
        rows = [p for p in story.studied(report) if p.total][:ISOLATIONS_SHOWN]
        for place, row in enumerate(rows, start=1):
            best = isolation.best_per_slice(report, row)
            if len(best) > 1:
                table = tables.slices(report, row.name, best=best, voice=self.voice)
                about = self._slices(row, best)
                yield self.named(f"isolation-{place}", row.name, description=about, table=table,
                                 plot=plots.isolation)  # fmt: skip

    def trust(self) -> Iterator[Picture]:
        """The pictures behind the checks."""
        from analysis import figures_trust

        yield from figures_trust.pictures(self)

    def picture(
        self, key: str, description: str, *, table: Table, plot: Callable[..., Figure]
    ) -> Picture:
        """A picture whose key names its title."""
        title = self.plain.say(f"picture.{key}")
        return Picture(key, title, description, table, self._drawn(plot))

    def named(
        self, key: str, name: str, *, description: str, table: Table, plot: Callable[..., Figure]
    ) -> Picture:
        """A picture of one parameter, whose key without its number names its title."""
        title = self.plain.say(f"picture.{key.rpartition('-')[0]}", name=self.plain.name(name))
        return Picture(key, title, description, table, self._drawn(plot, name), parameter=name)

    def _drawn(self, plot: Callable[..., Figure], *name: str) -> Callable[[], Figure]:
        from analysis import plots

        return partial(plot, self.report, *name, canvas=plots.Canvas(self.plain))

    def _risks(self) -> str:
        said = [
            f"{self.plain.name(p.name)} {tables.risk_cell(self.report, p).text} "
            f"({story.verdict(p, self.plain)})"
            for p in story.studied(self.report)[:12] if p.tuning_risk
        ]  # fmt: skip
        margin = self.report.margin
        size = Measure.of(self.report).size(margin.metric if margin else None)
        unit = facts.unit(self.report, self.plain)
        return self.plain.say("about.risks", margin=size, unit=unit, rows="; ".join(said))

    def _shares(self) -> str:
        said = [
            f"{self.plain.name(p.name)} {tables.share_cell(p.total).text}"
            for p in story.studied(self.report)[:12] if p.total
        ]  # fmt: skip
        return self.plain.say("about.shares", rows="; ".join(said))

    def _marginal(self, row: ParameterResult) -> str:
        found, measure = row.marginal, Measure.of(self.report)
        assert found is not None
        quality = [self.report.metric.sign * mean for mean in found.mean]
        top, bottom = (quality.index(pick(quality)) for pick in (max, min))
        return self.plain.say(
            "about.marginal",
            best=measure.value(found.mean[top]), best_at=setting(found.values[top]),
            worst=measure.value(found.mean[bottom]), worst_at=setting(found.values[bottom]),
            n=f"{row.configurations:,}",
        )  # fmt: skip

    def _matrix(self) -> str:
        ordered = sorted(self.report.interactions, key=lambda item: -item.share)[:5]
        said = [f"{' × '.join(map(self.plain.name, i.parameters))} {share(i.share)}"
                for i in ordered]  # fmt: skip
        return self.plain.say("about.matrix", rows="; ".join(said))

    def _surface(self) -> str:
        shape, measure = self.report.surface, Measure.of(self.report)
        assert shape is not None
        cells = [
            (mean, x, y)
            for y, means in zip(shape.y_values, shape.mean, strict=True)
            for x, mean in zip(shape.x_values, means, strict=True)
        ]
        mean, x, y = max(cells, key=lambda cell: self.report.metric.sign * cell[0])
        return self.plain.say(
            "about.surface", x=self.plain.name(shape.x), y=self.plain.name(shape.y),
            best=measure.value(mean), x_at=setting(x), y_at=setting(y),
        )  # fmt: skip

    def _slices(self, row: ParameterResult, best: list[tuple[Scalar, float]]) -> str:
        value, objective = max(best, key=lambda pair: self.report.metric.sign * pair[1])
        return self.plain.say(
            "about.isolation", name=self.plain.name(row.name), n=len(best),
            best=Measure.of(self.report).value(objective), best_at=setting(value),
        )  # fmt: skip
