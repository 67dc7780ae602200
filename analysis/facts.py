"""The facts at the head of a report: runs, noise, margin, skill, scale, each as a phrase."""

from __future__ import annotations

import re
from collections.abc import Sequence
from itertools import zip_longest

from analysis import invocation
from analysis.numerals import LONGEST, Measure, share, shortened, shown
from analysis.results import BestRun, Exclusion, ParameterResult, Report
from analysis.results_detail import CLAIM_LEVEL
from analysis.shortening import brief
from analysis.words import Voice

UNIT_COLUMNS = 40
"""A longer metric is cut in the middle where it is a unit; the title has it whole."""


def unit(report: Report, voice: Voice, *, columns: int = UNIT_COLUMNS) -> str:
    """What a risk is counted in: val_error, a factor on val_error, a share of the runs beaten."""
    return voice.say(
        f"unit.{report.metric.transform}", metric=_metric(report, voice, columns=columns)
    )


def legend(report: Report, voice: Voice) -> str:
    """What stands under each name on the cards, and what the verdicts are claimed on."""
    key = f"card.legend.{report.metric.transform}"
    said = [voice.say(key, metric=_metric(report, voice))]
    if any(p.claim for p in report.parameters):
        said.append(voice.say("card.legend.claim", level=claimed_at(report)))
    return voice.join(said, " ")


def claimed_at(report: Report) -> str:
    """The level of the intervals that verdicts are claimed on, in percent."""
    claims = (p.claim for p in report.parameters if p.claim)
    return f"{100 * next((claim.level for claim in claims), CLAIM_LEVEL):.0f}"


def _metric(report: Report, voice: Voice, *, columns: int = UNIT_COLUMNS) -> str:
    """The metric with its unit, as text of the page."""
    metric = report.metric
    name = brief(report, metric.name, columns=columns)
    plain = (
        f"{name} ({shortened(shown(metric.unit), columns)})"
        if metric.unit and metric.transform == "none"
        else name
    )
    return voice.text(plain)


def amount(report: Report, voice: Voice, *, value: float) -> str:
    """A difference with its unit; on a log scale the factor it is."""
    size = Measure.of(report).size(value)
    if report.metric.transform == "log10":
        factor = size.removesuffix("×")
        return voice.say("amount.factor", factor=factor, metric=_metric(report, voice))
    if report.metric.transform == "rank":
        return voice.say("amount.rank", value=size)
    return voice.say("amount", value=size, unit=unit(report, voice))


def silence(parameter: ParameterResult, voice: Voice) -> str:
    """Why nothing is said of a parameter, without its full stop; empty where something is."""
    if parameter.tuning_risk is not None:
        return ""
    return voice.told(parameter.says, parameter.because).rstrip(".")


def apart(report: Report, voice: Voice) -> str:
    """What the numbers of conditional parameters are of; empty without any."""
    there = any(row.condition and row.tuning_risk for row in report.parameters)
    return voice.say("reading.conditional") if there else ""


def tests(report: Report, voice: Voice) -> list[str]:
    """How the classical tests were made, what is to be known of them, and what was not tested."""
    found = report.classical
    if found is None or not (found.terms or found.asked):
        return []
    said = [voice.told(found.says, found.method)]
    notes = zip_longest(found.notes_say, found.notes, fillvalue=None)
    said += [voice.told(note, otherwise or "") for note, otherwise in notes]
    for left in found.dropped:
        gaps = {"names": voice.names(left.parameters, last="with")}
        gaps |= {"reason": voice.told(left.says, left.reason)}
        said.append(voice.say("table.classical.dropped", **gaps))
    return said


def levelled(report: Report) -> bool:
    """Whether results are compared as in an average block, not as they were logged."""
    taken_out = f"says.blocks.{report.metric.transform}"
    return any(found.says is not None and found.says.key == taken_out for found in report.findings)


def run_counts(report: Report, voice: Voice) -> str:
    """180 of 195 runs used (150 configurations), 12 failed, 3 excluded (1 without val_error).

    Runs that ended without a result count as failed here as they do where causes are sought.
    """
    runs = report.runs
    every = runs.used + runs.failed + sum(item.count for item in runs.excluded)
    configurations = voice.count("configurations", runs.configurations)
    if runs.used == every > 0:
        return voice.count("runs.all", every, configurations=configurations)
    unfit = [item for item in runs.excluded if item.failed]
    others = [item for item in runs.excluded if item not in unfit]
    failed = runs.failed + sum(item.count for item in unfit)
    parts = [
        voice.count("runs", every, used=f"{runs.used:,}", configurations=configurations),
        _with_reasons("failed.of" if unfit else "failed", failed, unfit, voice),
    ]
    if others:
        total = sum(item.count for item in others)
        parts.append(_with_reasons("excluded", total, others, voice))
    return voice.join(parts, voice.words["list.comma"])


def _with_reasons(key: str, n: int, items: Sequence[Exclusion], voice: Voice) -> str:
    """How many, and why; a single reason is that of all, and is not counted again."""
    reasons = [
        excluded(item, voice)
        if item.count == n
        else voice.say("excluded.reason", n=f"{item.count:,}", reason=excluded(item, voice))
        for item in items
    ]
    return voice.say(key, n=f"{n:,}", reasons=voice.join(reasons, voice.words["list.comma"]))


def sized(n_bytes: int) -> str:
    """How large a file is, with as many digits as anybody needs."""
    return f"{n_bytes / 1e3:,.0f} kB" if n_bytes < 1e6 else f"{n_bytes / 1e6:.1f} MB"


def noise(report: Report, voice: Voice) -> str:
    """±0.0034 val_error, one standard deviation of a single run, 30 d.f. from replicates."""
    if report.noise is None:
        return voice.say("noise.unknown")
    return voice.say(
        "noise.factor" if report.metric.transform == "log10" else "noise.known",
        amount=amount(report, voice, value=report.noise.sd),
        df=f"{report.noise.df:,}",
        source=voice.words[f"noise.{report.noise.source}"],
        near_best=Measure.of(report).size(report.noise.sd_near_best),
    )


def margin(report: Report, voice: Voice) -> str:
    """An effect counts when it costs more than the margin; where the margin comes from."""
    if report.margin is None:
        return voice.say("margin.none")
    return voice.say(
        "margin.words",
        amount=amount(report, voice, value=report.margin.metric),
        source=voice.words[f"margin.{report.margin.source}"],
        share=f"{100 * report.margin.share:.3g}",
    )


def skill(report: Report, voice: Voice) -> str:
    """How well the surrogate predicts configurations it has not seen."""
    if report.surrogate is None:
        return voice.say("skill.none")
    return reached(report, voice, known="skill.words", alone="skill.words.alone")


def ceiling(report: Report) -> float | None:
    """What noise leaves to reach, where repetitions tell the noise."""
    told = report.noise is not None and report.noise.source == "replicates"
    return report.surrogate.ceiling if report.surrogate is not None and told else None


def reached(report: Report, voice: Voice, *, known: str, alone: str) -> str:
    """A sentence on the surrogate's skill, beside what noise leaves if that is known."""
    fitted, limit = report.surrogate, ceiling(report)
    assert fitted is not None
    said = {"name": surrogate(fitted.name, voice), "skill": share(fitted.skill)}
    if limit is None:
        return voice.say(alone, **said)
    return voice.say(known, **said, ceiling=share(limit))


def surroundings(best: BestRun, voice: Voice) -> list[str]:
    """What a best run's command does not say: changes in no commit, Python and host."""
    told = [voice.say("best.dirty")] if best.dirty else []
    known = [key for key in ("python", "host") if getattr(best, key)]
    if known:
        named = {"python": voice.text(best.python or ""), "host": voice.text(best.host or "")}
        told.append(voice.say(f"best.ran.{'_'.join(known)}", **named))
    return told


def your_script(report: Report, voice: Voice) -> str | None:
    """Why commands have a stand-in for the program, where they have one."""
    like = invocation.shape(report)
    if like.main is not invocation.UNKNOWN:
        return None
    if not like.seen:
        return voice.say("page.your_script")
    key = "flags" if like.clear(like.seen[0]) else "renamed"
    command = voice.code(shortened(like.seen[0].command, LONGEST))
    return voice.say(f"page.your_script.{key}", command=command)


def untold(report: Report, voice: Voice) -> str | None:
    """Which settings of planned runs stand beside the program, where some do."""
    names = invocation.beside(report)
    return voice.count("page.untold", len(names), names=voice.names(names)) if names else None


def unsaid(report: Report, voice: Voice) -> str | None:
    """Which parameters are null in planned runs whose commands do not say so."""
    names = invocation.unsaid(report)
    return voice.say("page.unsaid", names=voice.names(names)) if names else None


def cut(report: Report, voice: Voice) -> str | None:
    """That long texts are cut, where one of the settings that are shown is."""
    settings = [run.parameters for run in report.best]
    settings += [run.parameters for run in report.plan.runs] if report.plan else []
    shown_ones = [level for p in report.parameters for level in p.levels]
    shown_ones += [value for run in settings for _, value in run]
    long = any(isinstance(value, str) and len(value) > LONGEST for value in shown_ones)
    return voice.say("page.cut", columns=LONGEST) if long else None


def settings_only(best: BestRun, voice: Voice) -> str:
    """Why a best run's settings are given as flags, and not as its command has them."""
    if not best.command:
        return voice.say("page.settings_only")
    return voice.say(
        "page.settings_only.flags", command=voice.code(shortened(best.command, LONGEST))
    )


def excluded(item: Exclusion, voice: Voice) -> str:
    """Why some runs do not count."""
    return voice.told(item.says, item.reason)


def surrogate(name: str, voice: Voice) -> str:
    """A surrogate's name, in the report's language where its parts are ours."""
    known = parts(name)
    if any(f"surrogate.{part}" not in voice.words for part, _ in known):
        return voice.text(name)
    said = [
        voice.join((voice.say(f"surrogate.{part}"), voice.fixed(weight.replace("%", " %"))), "")
        for part, weight in known
    ]
    return voice.listed(said)


def parts(name: str) -> list[tuple[str, str]]:
    """The surrogates behind a name, with their weights: a (60%) and b (40%)."""
    found = [re.fullmatch(r"(.*?)( \(\d+%\))?", part) for part in name.split(" and ")]
    return [(part[1], part[2] or "") for part in found if part]


def scale(report: Report, voice: Voice) -> str:
    """The scale of the objective and the measure over the space."""
    transform = voice.words[f"transform.{report.metric.transform}"]
    return voice.say("scale", transform=transform, measure=measure(report, voice))


def measure(report: Report, voice: Voice) -> str:
    """The measure over the space, in the report's language where its words are fixed ones."""
    said = report.provenance.measure
    fixed = voice.words.get(f"measure.{said}", "")
    return voice.say(f"measure.{said}") if fixed else voice.text(said)
