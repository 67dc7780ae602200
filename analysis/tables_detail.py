"""Tables that were asked for (levels in pairs, shares part by part), and the classical one."""

from __future__ import annotations

from collections.abc import Sequence

from analysis import facts
from analysis.numerals import Measure, p_value, setting, statistic
from analysis.results import LevelContrast, Report, Said, Share, Stratum
from analysis.shortening import settings
from analysis.tables import Cell, Table, heads, share_cell
from analysis.words import Voice

LEVEL_COLUMNS = 24
"""Of a level's name, of which two stand side by side."""
PART_COLUMNS = 16
"""Of a part's value at the head of its column: two commits fit in a narrow terminal."""


def asked_for(report: Report, voice: Voice) -> list[Table]:
    """Levels in pairs (--contrast) and shares part by part (--step, --by), one table each."""
    found = report.classical.contrasts if report.classical else ()
    names = dict.fromkeys(contrast.parameter for contrast in found)
    pairs = [_contrasts(report, [c for c in found if c.parameter == n], n, voice) for n in names]
    kinds = dict.fromkeys(stratum.by for stratum in report.strata)
    return pairs + [_strata([s for s in report.strata if s.by == by], by, voice) for by in kinds]


def tests_asked_for(report: Report, voice: Voice) -> list[Table]:
    """The classical table (--anova), where the full page has it anyway."""
    found = classical(report, voice)
    return [found] if found and report.classical and report.classical.asked else []


def classical(report: Report, voice: Voice) -> Table | None:
    """Every term of the classical table, and the lack of fit; the caption names the untested."""
    found = report.classical
    if found is None or not (found.terms or found.asked):
        return None
    digits = 0 if all(term.error_df % 1 == 0 for term in found.terms) else 1
    rows = [
        (
            Cell(voice.names(term.parameters, last="with")),
            Cell(f"{term.df}", (term.df,), numeric=True),
            Cell(f"{term.error_df:,.{digits}f}", (term.error_df,), numeric=True),
            Cell(statistic(term.F), (term.F,), numeric=True),
            Cell(p_value(term.p_adjusted), (term.p_adjusted,), numeric=True),
            _share(term.omega_squared, term.omega_low, term.omega_high),
            _share(term.partial_eta_squared, term.partial_eta_low, term.partial_eta_high),
        )
        for term in found.terms
    ]
    misfit = found.lack_of_fit
    if misfit is not None:
        rows.append(
            (
                Cell(voice.say("column.lack_of_fit")),
                Cell(f"{misfit.df:,}", (misfit.df,), numeric=True),
                Cell(f"{misfit.pure_df:,}", (misfit.pure_df,), numeric=True),
                Cell(statistic(misfit.F), (misfit.F,), numeric=True),
                Cell(p_value(misfit.p), (misfit.p,), numeric=True),
                Cell("–", numeric=True),
                Cell("–", numeric=True),
            )
        )
    headings = heads(voice, "term", "df", "error_df", "F", "p", "omega.interval", "eta")
    caption = voice.say("table.classical", method=_joined(facts.tests(report, voice), voice))
    return Table.of(caption, headings, rows=rows)


def tested(report: Report, voice: Voice) -> str:
    """How the tests in the table of parameters were made, where it stands alone; empty of none."""
    said = facts.tests(report, voice)
    return voice.say("table.tests", method=_joined(said, voice)) if said else ""


def _joined(said: Sequence[str], voice: Voice) -> str:
    return voice.join(said, voice.words["list.groups"])


def _share(value: float, low: float, high: float) -> Cell:
    return share_cell(Share(share=value, low=low, high=high))


def _contrasts(report: Report, found: Sequence[LevelContrast], name: str, voice: Voice) -> Table:
    ranks = any(contrast.ranks for contrast in found)
    measure = Measure(transform="none", resolution=1.0) if ranks else Measure.of(report)
    levels = list(dict.fromkeys(level for c in found for level in (c.first, c.second)))
    short = dict(zip(levels, settings(levels, columns=LEVEL_COLUMNS), strict=True))
    rows = [
        (
            Cell(voice.text(f"{short[c.first]} – {short[c.second]}")),
            Cell(
                f"{measure.size(c.difference)} {measure.interval(c.low, c.high)}",
                (c.difference, c.low, c.high),
                numeric=True,
            ),
            Cell(p_value(c.p), (c.p,), numeric=True),
        )
        for c in found
    ]
    headings = heads(voice, "levels", "difference", "p")
    key = "table.contrasts.ranks" if ranks else "table.contrasts"
    made = _joined(_compared(report, voice), voice)
    return Table.of(voice.say(key, name=voice.name(name), made=made), headings, rows=rows)


def _compared(report: Report, voice: Voice) -> list[str]:
    """On what levels in pairs are compared, whose errors they have, and how they are one test."""
    says = report.classical.says if report.classical else None
    told = dict(says.facts) if says else {}
    rows, error, tests = (
        fact if isinstance(fact := told.get(name), Said) else None
        for name in ("rows", "error", "tests")
    )
    robust = says is not None and says.key.startswith("says.classical.welch")
    robust |= tests is not None and tests.key == "says.classical.tests.robust"
    on, of = voice.known(rows), voice.fixed("CR2") if robust else voice.known(error)
    said = [voice.say("table.contrasts.errors", rows=on, error=of)] if on and of else []
    return [*said, voice.say(f"table.contrasts.{'sidak' if robust else 'tukey'}")]


def _strata(parts: Sequence[Stratum], by: str, voice: Voice) -> Table:
    """A row per parameter, in the order of the first part that has it; a column per part."""
    totals = [{p.name: p.total for p in part.parameters} for part in parts]
    names = dict.fromkeys(name for part in totals for name in part)
    order = sorted(names, key=lambda name: -max(_size(part.get(name)) for part in totals))
    rows = [
        (Cell(voice.whole(name)), *(share_cell(part.get(name)) for part in totals))
        for name in order
    ]
    counts = [Cell(f"{part.configurations:,}", (part.configurations,), True) for part in parts]
    rows.append((Cell(voice.say("column.configurations")), *counts))
    values = settings([part.value for part in parts], columns=PART_COLUMNS)
    headings = (
        voice.say("column.parameter"),
        *(voice.told(part.called, f"{by} {at}") for part, at in zip(parts, values, strict=True)),
    )
    because = [_withheld(part, voice) for part in parts if part.because]
    own = any(part.called for part in parts)
    caption = voice.say("table.strata.runs" if own else "table.strata", by=voice.name(by))
    if because:
        reasons = voice.join(because, voice.words["list.groups"])
        caption = voice.join((caption, voice.say("table.strata.withheld", because=reasons)), " ")
    return Table.of(caption, headings, rows=rows)


def _withheld(part: Stratum, voice: Voice) -> str:
    """Of which part nothing is said, and why, as a part of a sentence."""
    told = voice.told(part.called, setting(part.value))
    return voice.join((told, voice.told(part.says, part.because or "").rstrip(".")), ": ")


def _size(found: Share | None) -> float:
    return -1.0 if found is None else found.share
