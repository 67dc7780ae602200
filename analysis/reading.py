"""How to read each section: the sentences beside the figures, made from the report's numbers."""

from __future__ import annotations

from collections import Counter

from analysis import commands, facts, grouping, ranges, story
from analysis.grouping import Group
from analysis.numerals import Measure, share
from analysis.results import Margin, ParameterResult, Report
from analysis.results_detail import Claim
from analysis.risk import OF
from analysis.verdicts import side
from analysis.words import MOST_NAMES, Voice

MISFIT = 0.05
"""A lack of fit is significant below this p."""


def effects(report: Report, voice: Voice) -> str:
    """What the two figures of section 1 show."""
    of, level = _settings_of_others(report), facts.claimed_at(report)
    told = [voice.say("reading.effect", of=of, level=level), facts.apart(report, voice)]
    return voice.join([part for part in told if part], " ")


def _settings_of_others(report: Report) -> int:
    """Of how many random settings of the others the best is expected."""
    return next((p.tuning_risk.of for p in report.parameters if p.tuning_risk), OF)


def left_over(report: Report, voice: Voice) -> str:
    """What single parameters do not hold: pairs, the rest, noise. Nothing is forced to 100 %."""
    said = []
    orders = report.variance_by_order
    if orders:
        pairs = orders[1] if len(orders) > 1 else 0.0
        rest = 1 - orders[0] - pairs
        key = "reading.orders.rest" if rest >= 0.005 else "reading.orders"
        gaps = {"single": share(orders[0]), "pairs": share(pairs), "rest": share(max(rest, 0.0))}
        said.append(voice.say(key, **gaps))
    if report.noise is not None:
        key = "reading.noise.residual" if report.noise.source == "residual" else "reading.noise"
        said.append(voice.say(key, noise=share(report.noise.share_of_single_run)))
    return voice.join(said, " ")


def because(report: Report, row: ParameterResult, *, voice: Voice) -> str:
    """Why this verdict: the numbers as the page writes them, or why there are none."""
    if row.tuning_risk is None or row.total is None or row.claim is None:
        return voice.told(row.says, row.because)
    measure, risk, total, margin = Measure.of(report), row.tuning_risk, row.total, report.margin
    claim, key = row.claim, f"because.{row.verdict}"
    if row.verdict == "undetermined":
        key = f"because.undetermined.{_open(claim, margin)}"
    told = ranges.where(row.condition, voice) if row.condition else ""
    where = voice.say("because.where", condition=told) if told else ""
    return voice.say(
        key,
        where=where,
        risk=measure.size(risk.mean),
        risk_interval=measure.interval(claim.risk_low, claim.risk_high),
        margin=measure.size(margin.metric if margin else None),
        share=share(total.share),
        share_interval=f"[{share(claim.share_low)}, {share(claim.share_high)}]",
        delta=share(margin.share if margin else None),
        n=f"{row.configurations:,}",
        level=f"{claim.level:.0%}".replace("%", " %"),
    )


def _open(claim: Claim, margin: Margin | None) -> str:
    """Which interval crosses its margin, and on which side of its margin the other one lies."""
    if margin is None:
        return "both"
    of_share = side(claim.share_low, claim.share_high, margin=margin.share)
    of_risk = side(claim.risk_low, claim.risk_high, margin=margin.metric)
    if of_share == "unclear":
        return "both" if of_risk == "unclear" else f"share.{of_risk}"
    return f"risk.{of_share}"


def marginals(report: Report, voice: Voice) -> str:
    """What a panel shows, and what it calls best."""
    measure = facts.measure(report, voice)
    return voice.say("reading.settings", measure=measure, of=_settings_of_others(report))


def sample(report: Report, voice: Voice, *, most: int) -> str:
    """How many of the runs the pictures show, where they do not show all."""
    drawn = min(len(report.points), most)
    if drawn >= report.runs.used:
        return ""
    return voice.say("reading.sample", n=f"{drawn:,}", used=f"{report.runs.used:,}")


def panel(report: Report, row: ParameterResult, *, voice: Voice) -> str:
    """Under a panel: the best settings, the range searched, the edge."""
    n = voice.count("configurations.short", row.configurations)
    parts = [voice.say("panel.searched", searched=ranges.searched(row, voice), n=n)]
    if row.condition:
        parts.insert(0, voice.say("panel.where", condition=ranges.where(row.condition, voice)))
    if row.recommendation:
        good = ranges.good(row, row.recommendation, voice=voice)
        good = ranges.beside_hazard(good, row.recommendation, voice=voice)
        parts.insert(0, voice.say("panel.best", good=good))
        if ranges.widened(report, row):
            parts.append(voice.say(f"panel.edge.{row.recommendation.at_edge}"))
    return voice.join(parts, " ")


def groups(report: Report, voice: Voice) -> tuple[str, ...]:
    """Which parameters belong together, which can be tuned one after the other."""
    said = []
    for group in grouping.together(report):
        key = "group.nested" if grouping.conditional(report, group.tuned) else "group.together"
        said += _grouped(report, group, key, voice)
    for group in grouping.unsure(report):
        said += _grouped(report, group, "group.unsure", voice)
    if len(story.studied(report)) == 1 and report.groups:
        return (*said, voice.say("group.only", names=voice.names(report.groups[0])))
    for group in grouping.alone(report):
        if group.fixed:
            gaps = {"fixed": voice.names(group.fixed), "name": voice.names(group.tuned)}
            said.append(voice.say("group.then", **gaps))
    single = [group.tuned[0] for group in grouping.alone(report) if not group.fixed]
    if single:
        said.append(voice.count("group.alone", len(single), names=voice.names(single)))
    unsure = [g.tuned[0] for g in grouping.groups(report) if len(g.tuned) == 1]
    unsure = [name for name in unsure if name in _open_risks(report)]
    if unsure:
        said.append(voice.count("group.open", len(unsure), names=voice.names(unsure)))
    return tuple(said or [voice.say("group.none")])


def _grouped(report: Report, group: Group, key: str, voice: Voice) -> list[str]:
    """What is said of a group, and what is to be fixed before it is tuned."""
    said = [voice.say(key, names=grouping.members(report, group.tuned, voice=voice))]
    if group.fixed:
        said.append(voice.say("group.before", names=voice.names(group.fixed)))
    return said


def _open_risks(report: Report) -> set[str]:
    """Parameters of which it is open whether they are worth tuning: their risk may be either."""
    margin = report.margin
    return {
        p.name
        for p in story.studied(report)
        if p.claim and margin and p.verdict == "undetermined"
        if side(p.claim.risk_low, p.claim.risk_high, margin=margin.metric) == "unclear"
    }


def best(report: Report, voice: Voice) -> str:
    """What the best runs are called so by, which of them may be luck, and who asks the runs alone.

    `knobwise best` holds configurations against each other by their own runs, all at once, and so
    has more of them; here the surrogate speaks too.
    """
    if report.runs.configurations == 1:
        return voice.say("reading.best.only")
    sign = report.metric.sign
    lucky = [b for b in report.best if b.seeds == 1 and sign * (b.value - b.predicted) > 0]
    if len(report.best) == 1:
        said = [voice.say("reading.best.alone")]
        said += [voice.say("reading.best.lucky")] if lucky else []
    else:
        said = [voice.say("reading.best", n=f"{len(report.best):,}")]
        said += [voice.count("reading.best.few", len(lucky))] if lucky else []
    if facts.levelled(report):  # runs alone are compared as they were logged
        return voice.join(said, " ")
    command = commands.best(report)
    key = "reading.best.own.listed" if command else "reading.best.own"
    said.append(voice.say(key, command=voice.command(command)))
    return voice.join(said, " ")


def under(report: Report, key: str, *, voice: Voice) -> str:
    """What a figure needs beside it: what its lines and marks are, and what it leaves out."""
    if key == "matrix":
        from analysis.plots_pairs import matrix_names

        paired = {name for item in report.interactions for name in item.parameters}
        return _left_out(report, set(matrix_names(report)), paired, voice)
    if key == "growth" and report.accumulation is not None:
        left = _left_out(report, set(report.accumulation.parameters), set(), voice)
        return voice.join([voice.say("reading.growth"), left], " ") if left else voice.say(
            "reading.growth")  # fmt: skip
    return voice.say("reading.surface") if key == "surface" else ""


def _left_out(report: Report, drawn: set[str], known: set[str], voice: Voice) -> str:
    """Parameters that a figure has no place for, and why; known: those its table has."""
    missing = [p for p in story.studied(report) if p.total and p.name not in drawn]
    said = []
    crowded = [p.name for p in missing if p.name in known]
    if crowded:
        said.append(voice.say("reading.crowded", names=voice.names(crowded)))
    absent = [
        voice.say(
            "reading.absent", name=voice.name(p.name), condition=ranges.where(p.condition, voice)
        )
        for p in missing
        if p.condition and p.name not in known
    ]
    if len(absent) > MOST_NAMES:
        more = voice.say("list.more", n=len(absent) - MOST_NAMES)
        absent = [*absent[:MOST_NAMES], more]
    if absent:
        names = voice.join(absent, voice.words["list.comma"])
        said.append(voice.say("reading.left_out", names=names))
    return voice.join(said, " ")


def plan(report: Report, voice: Voice) -> str:
    """What the planned runs are for."""
    found = report.plan
    if found is None:
        return ""
    about: dict[str, Counter[str]] = {"says.plan.settle": Counter(), "says.plan.learn": Counter()}
    others: Counter[str] = Counter()
    for run in found.runs:
        name = dict(run.says.facts).get("name") if run.says and run.says.key in about else None
        if run.says and name is not None:
            about[run.says.key][str(name)] += 1
        else:
            others[voice.told(run.says, run.reason)] += 1
    said = [
        voice.say(f"reading.{key.removeprefix('says.')}", names=_counted(names, voice))
        for key, names in about.items()
        if names
    ]
    said += [voice.count("reading.reason", n, reason=reason) for reason, n in others.items()]
    return voice.say("reading.plan", reasons=voice.join(said, voice.words["list.groups"]))


def _counted(names: Counter[str], voice: Voice) -> str:
    """Parameters with how often each: lr (3), width (2)."""
    shown = [voice.say("reading.times", name=voice.name(name), n=n) for name, n in names.items()]
    return voice.join(shown, voice.words["list.comma"])


def misfit(report: Report, voice: Voice) -> str:
    """What a significant lack of fit means; nothing where there is none."""
    found = report.classical.lack_of_fit if report.classical else None
    if found is None or found.p >= MISFIT:
        return ""
    unequal = any(finding.code == "unequal_noise" for finding in report.findings)
    return voice.say("reading.misfit.unequal" if unequal else "reading.misfit")


def failures(report: Report, voice: Voice) -> str:
    """Which parameters the failures are related to."""
    found = report.failures
    if found is None:
        return ""
    said = [
        voice.say("reading.failure", name=voice.name(p.name), total=share(p.total.share),
                  low=share(p.total.low), high=share(p.total.high))
        for p in found.parameters[:5]
    ]  # fmt: skip
    rows = voice.join(said, voice.words["list.comma"])
    return voice.say("reading.failures", share=f"{100 * found.share:.1f} %", rows=rows)
