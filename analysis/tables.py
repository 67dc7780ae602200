"""The tables under the figures: every cell has its text and, where it is a number, the number.

The text is what a reader sees, in any rendering; the number is what the JSON says, so that a test
(or a reader's script) can hold one against the other.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from analysis import facts, ranges, story
from analysis.numerals import (
    DIGITS,
    Measure,
    digits_of,
    p_value,
    setting,
    share,
    shortened,
    statistic,
)
from analysis.results import FailureParameter, Marginal, ParameterResult, Report, Scalar, Share
from analysis.words import Voice

MOST_PARAMETERS = 500
MOST_SETTINGS = 60
_ID_LENGTH, _ID_DIGITS, _ID_COLUMNS = 36, 8, 13
"""Of a journal's run the last digits are shown, as `knobwise ls` does; of others this much."""
_LEVEL_COLUMNS = 72
"""Of all levels below a parameter's name; its panel has them where they take more."""


@dataclass(frozen=True)
class Cell:
    """One cell: text in the rendering's voice, its numbers, a second line, a verdict's colour."""

    text: str
    numbers: tuple[float | int | None, ...] = ()
    numeric: bool = False
    under: str = ""
    tone: str = ""

    @property
    def estimated(self) -> bool:
        """Whether it is a share or a difference: an estimate with its interval."""
        return len(self.numbers) == 3


@dataclass(frozen=True)
class Table:
    """Headings and rows; the first cell of a row names it."""

    caption: str
    headings: tuple[str, ...]
    rows: tuple[tuple[Cell, ...], ...]
    n_left_out: int = 0

    @classmethod
    def of(
        cls, caption: str, headings: Sequence[str], *, rows: Iterable[tuple[Cell, ...]],
        most: int = 200,
    ) -> Table:  # fmt: skip
        """The first rows only, where they are very many: a page has to open."""
        every = list(rows)
        return cls(caption, tuple(headings), tuple(every[:most]), max(len(every) - most, 0))

    @property
    def numeric(self) -> tuple[bool, ...]:
        """Which columns are numbers, and so stand to the right."""
        return tuple(any(row[i].numeric for row in self.rows) for i in range(len(self.headings)))


def parameters(report: Report, voice: Voice) -> Table:
    """Everything about each parameter: the table under the effect figure."""
    headings = heads(voice, "parameter", "verdict", "risk", "total", "first", "shapley", "F", "p",
                     "omega", "rank", "n")  # fmt: skip
    rows = (_parameter(report, parameter, voice) for parameter in report.parameters)
    return Table.of(voice.say("table.parameters"), headings, rows=rows, most=MOST_PARAMETERS)


def heads(voice: Voice, *keys: str) -> tuple[str, ...]:
    """The headings of columns."""
    return tuple(voice.say(f"column.{key}") for key in keys)


def _parameter(report: Report, row: ParameterResult, voice: Voice) -> tuple[Cell, ...]:
    anova = row.anova
    return (
        Cell(voice.whole(row.name), under=description(row, voice)),
        Cell(f"{story.SHAPES[row.verdict]} {story.verdict(row, voice)}", tone=row.verdict),
        risk_cell(report, row),
        share_cell(row.total),
        share_cell(row.first_order),
        Cell(share(row.shapley), (row.shapley,), numeric=True),
        Cell(statistic(anova.F if anova else None), (anova.F,) if anova else (), numeric=True),
        Cell(p_value(anova.p_adjusted if anova else None),
             (anova.p_adjusted,) if anova else (), numeric=True),
        Cell(share(anova.omega_squared if anova else None),
             (anova.omega_squared,) if anova else (), numeric=True),
        Cell(rank(row), numeric=True),
        Cell(f"{row.configurations:,}", (row.configurations,), numeric=True),
    )  # fmt: skip


def searched(report: Report, voice: Voice) -> Table:
    """What was searched: the parameters of a report without an answer."""
    rows = tuple(
        (Cell(voice.whole(row.name)), Cell(description(row, voice)),
         Cell(f"{row.configurations:,}", (row.configurations,), numeric=True))
        for row in report.parameters
    )  # fmt: skip
    headings = heads(voice, "parameter", "searched", "n")
    return Table.of(voice.say("table.searched"), headings, rows=rows)


def description(row: ParameterResult, voice: Voice) -> str:
    """What a parameter is: kind, scale, range searched, levels, condition, role."""
    if row.domain is None and not row.levels:
        return voice.say("searched.none")
    parts = [voice.say(f"kind.{row.kind}")]
    if row.scale != "levels":
        parts[0] = voice.say("table.scaled", kind=parts[0], scale=voice.say(f"scale.{row.scale}"))
    parts.append(ranges.searched(row, voice, columns=_LEVEL_COLUMNS))
    if row.condition:
        parts.append(voice.say("table.where", condition=ranges.where(row.condition, voice)))
    if row.role != "studied":
        parts.append(voice.say(f"role.{row.role}"))
    return voice.join(parts, voice.words["list.comma"])


def rank(row: ParameterResult) -> str:
    """2–3 (78 %)."""
    if row.rank_low is None or row.rank_high is None:
        return "–"
    places = str(row.rank_low)
    if row.rank_high != row.rank_low:
        places = f"{places}–{row.rank_high}"
    held = row.rank_stability
    return places if held is None else f"{places} ({100 * held:.0f} %)"


def risk_cell(report: Report, row: ParameterResult) -> Cell:
    """0.0183 [0.0150, 0.0211]."""
    risk = row.tuning_risk
    if risk is None:
        return Cell("–", numeric=True)
    return Cell(story.evidence(report, row), (risk.mean, risk.low, risk.high), numeric=True)


def share_cell(found: Share | None) -> Cell:
    """0.66 [0.60, 0.72]."""
    if found is None:
        return Cell("–", numeric=True)
    text = f"{share(found.share)} [{share(found.low)}, {share(found.high)}]"
    return Cell(text, (found.share, found.low, found.high), numeric=True)


def levels(report: Report, values: Sequence[float]) -> list[Cell]:
    """A column of levels of the objective."""
    texts = Measure.of(report).column(values)
    return [Cell(text, (value,), numeric=True) for text, value in zip(texts, values, strict=True)]


def marginal(report: Report, name: str, *, found: Marginal, voice: Voice) -> Table:
    """The marginal's numbers."""
    columns = (levels(report, numbers) for numbers in (found.mean, found.low, found.high))
    own = digits(report, name)
    rows = [
        (Cell(setting(value, digits=own), numeric=True), *cells)
        for value, *cells in zip(found.values, *columns, strict=True)
    ]
    headings = (voice.name(name), *heads(voice, "mean", "low", "high"))
    return Table.of(voice.say("table.marginal", name=voice.name(name)), headings, rows=rows)


def interactions(report: Report, voice: Voice) -> Table:
    """Shares of pairs, strongest first; of conditional parameters where both exist."""
    ordered = sorted(report.interactions, key=lambda item: -item.share)
    rows = tuple(
        (Cell(voice.names(item.parameters)),
         share_cell(Share(share=item.share, low=item.low, high=item.high)))
        for item in ordered
    )  # fmt: skip
    conditional = {p.name for p in report.parameters if p.condition}
    somewhere = any(not conditional.isdisjoint(item.parameters) for item in ordered)
    caption = voice.say("table.interactions.where" if somewhere else "table.interactions")
    return Table.of(caption, heads(voice, "pair", "together"), rows=rows)


def digits(report: Report, name: str) -> int:
    """Digits that tell a parameter's values apart; as many as usual of what is none."""
    return next((digits_of(p) for p in report.parameters if p.name == name), DIGITS)


def surface(report: Report, voice: Voice) -> Table:
    """The strongest pair's surface, a row per value of the second parameter."""
    shape = report.surface
    assert shape is not None
    columns = [levels(report, means) for means in zip(*shape.mean, strict=True)]
    corner = f"{setting(shape.y)} ↓ {setting(shape.x)} →"
    headings = (
        voice.text(corner),
        *(voice.text(setting(value, digits=digits(report, shape.x))) for value in shape.x_values),
    )
    rows = tuple(
        (Cell(voice.text(setting(value, digits=digits(report, shape.y))), numeric=True), *cells)
        for value, *cells in zip(shape.y_values, *columns, strict=True)
    )  # fmt: skip
    return Table.of(voice.say("table.surface"), headings, rows=rows)


def slices(
    report: Report, name: str, *, best: Sequence[tuple[Scalar, float]], voice: Voice
) -> Table:
    """The best run in each slice of a parameter."""
    found = levels(report, [objective for _, objective in best])
    rows = tuple(
        (Cell(voice.text(setting(value, digits=digits(report, name))), numeric=True), cell)
        for (value, _), cell in zip(best, found, strict=True)
    )
    headings = (voice.name(name), voice.say("column.best"))
    return Table.of(voice.say("table.slices", name=voice.name(name)), headings, rows=rows)


def growth(report: Report, voice: Voice) -> Table:
    """Total shares by number of configurations, a row per parameter in the report's order."""
    grown = report.accumulation
    assert grown is not None
    place = {name: column for column, name in enumerate(grown.parameters)}
    rows = [
        (Cell(voice.name(p.name)), *(
            Cell(share(row[place[p.name]]), (row[place[p.name]],), numeric=True)
            for row in grown.total
        ))
        for p in report.parameters if p.name in place
    ]  # fmt: skip
    headings = (voice.say("column.parameter"), *(f"{n:,}" for n in grown.configurations))
    return Table.of(voice.say("table.growth"), headings, rows=rows)


def skills(report: Report, voice: Voice) -> Table:
    """Skill of each surrogate that was tried, and the ceiling."""
    fitted = report.surrogate
    assert fitted is not None
    rows = [
        (Cell(facts.surrogate(name, voice)), Cell(share(skill), (skill,), numeric=True))
        for name, skill in fitted.candidates or ((fitted.name, fitted.skill),)
    ]
    if (limit := facts.ceiling(report)) is not None:
        rows.append((Cell(voice.say("figure.ceiling")),
                     Cell(share(limit), (limit,), numeric=True)))  # fmt: skip
    return Table.of(voice.say("table.skill"), heads(voice, "surrogate", "skill"), rows=rows)


def failures(parameter: FailureParameter, voice: Voice) -> Table:
    """Failed runs and all runs along a parameter."""
    rows = tuple(
        (Cell(voice.text(text)), Cell(f"{failed:,}", (failed,), numeric=True),
         Cell(f"{total:,}", (total,), numeric=True),
         Cell(share(failed / total if total else None), numeric=True))
        for text, failed, total in parameter.rates
    )  # fmt: skip
    name = voice.name(parameter.name)
    headings = (name, *heads(voice, "failed", "runs", "share"))
    return Table.of(voice.say("table.failures", name=name), headings, rows=rows)


def _id(run: str) -> str:
    return run[-_ID_DIGITS:] if len(run) == _ID_LENGTH else shortened(run, _ID_COLUMNS)


def best_runs(report: Report, voice: Voice) -> Table:
    """The best runs with their settings, blocks first, then in the report's order."""
    told = [dict((*run.block, *run.parameters)) for run in report.best]
    rank = {p.name: place for place, p in enumerate(report.parameters)}
    names = sorted(set().union(*told), key=lambda name: (rank.get(name, -1), name))
    names = names[:MOST_SETTINGS]
    rows = []
    means = levels(report, [run.value for run in report.best])
    predicted = levels(report, [run.predicted for run in report.best])
    scale = "level" if facts.levelled(report) else ""
    scale = "ranked" if report.metric.transform == "rank" else scale  # not in the metric's unit
    for run, values, mean, guess in zip(report.best, told, means, predicted, strict=True):
        own = "–" if run.measured is None else setting(run.measured)
        cells = [
            Cell(voice.text(setting(values[n], digits=digits(report, n))) if n in values else "")
            for n in names
        ]
        rows.append((
            Cell(voice.code(_id(run.run_id))),
            *([Cell(own, numeric=True)] if scale else []),
            mean,
            guess,
            Cell(f"{run.seeds:,}", (run.seeds,), numeric=True),
            *cells,
        ))  # fmt: skip
    keys = ("run", "value", *([scale] if scale else []), "predicted", "seeds")
    headings = (*heads(voice, *keys), *map(voice.name, names))
    return Table.of(voice.say("table.best"), headings, rows=rows)
