"""What a report says in sentences: title, facts, cards, what to do next.

One source for the terminal, Markdown and HTML: each passes its own voice, so that all of them say
the same words and numbers. Nothing is computed here but counts.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from analysis import facts, grouping
from analysis.numerals import Measure, duration, shortened, shown
from analysis.ranges import among, as_good, beside_hazard, end, few, good, value_of, where, widened
from analysis.results import Finding, ParameterResult, Recommendation, Report, Verdict
from analysis.sentences import told
from analysis.verdicts import MOST_RUNS, side
from analysis.words import Voice

CardKind = Literal["first", "last", "fix", "unsure", "withheld"]

CARDS: dict[CardKind, tuple[Verdict, ...]] = {
    "first": ("critical",),
    "last": ("fine",),
    "fix": ("negligible", "forgiving"),
    "unsure": ("undetermined", "not_estimable"),
}
SHAPES: dict[Verdict, str] = {
    "critical": "●",
    "fine": "◐",
    "forgiving": "◇",
    "negligible": "◇",
    "undetermined": "◆",
    "not_estimable": "✕",
}
CARD_SHAPES: dict[CardKind, str] = {
    "first": "●", "last": "◐", "fix": "◇", "unsure": "◆", "withheld": "■",
}  # fmt: skip
BESIDE_UNSEEN = ("says.aliased.interactions", "says.one_at_a_time", "says.poor_corner",
                 "says.stopped")  # fmt: skip
"""Findings after which nothing low is claimed, however many such runs there are."""
_UNIT_COLUMNS = 40
_AT_ONCE = 6


@dataclass(frozen=True)
class Item:
    """One parameter on a card: its name, what to do with it, its risk, its n."""

    name: str
    note: str
    numbers: str
    behind: str = ""


@dataclass(frozen=True)
class Card:
    """One card of the answer."""

    kind: CardKind
    title: str
    meaning: str
    items: tuple[Item, ...]


def title(report: Report, voice: Voice) -> str:
    """What moves `val_error`?"""
    return voice.say("title", metric=voice.name(report.metric.name))


def direction(report: Report, voice: Voice) -> str:
    """Lower is better, in the unit that was declared: numbers on another scale do not show it."""
    said = voice.say(f"direction.{report.metric.direction}")
    if not report.metric.unit:
        return said
    unit = voice.text(shortened(shown(report.metric.unit), _UNIT_COLUMNS))
    return voice.say("direction.unit", said=said, unit=unit)


def cards(report: Report, voice: Voice) -> tuple[Card, ...]:
    """The answer. A withheld one is a single card: the reason, and what would cure it."""
    if report.answer == "withheld":
        says = report.withheld_says
        cure = voice.advised(says, report.withheld_cure or "")
        because = voice.told(says, report.withheld_because or "")
        item = Item(name="", note=because, numbers=cure)
        return (Card("withheld", voice.say("card.withheld"), voice.say("card.withheld.why"),
                     (item,)),)  # fmt: skip
    return tuple(_card(report, voice, kind) for kind in CARDS)


def _card(report: Report, voice: Voice, kind: CardKind) -> Card:
    items = [
        Item(voice.name(parameter.name), note(report, parameter, voice=voice),
             evidence(report, parameter),
             voice.count("configurations.short", parameter.configurations))
        for parameter in in_use_first(report)
        if parameter.verdict in CARDS[kind]
    ]  # fmt: skip
    return Card(kind, voice.say(f"card.{kind}"), voice.say(f"card.{kind}.why"), tuple(items))


def at_once(n: int) -> int:
    """How many of n items to show before "and so many more", which is never one."""
    return n if n == _AT_ONCE + 1 else _AT_ONCE


def warnings(report: Report) -> tuple[Finding, ...]:
    """The findings that change the answer, errors first; notes stand with the checks."""
    rank = {"error": 0, "warning": 1}
    heard = [finding for finding in told(report.findings) if finding.level in rank]
    return tuple(sorted(heard, key=lambda finding: rank[finding.level]))


def studied(report: Report) -> tuple[ParameterResult, ...]:
    """The parameters that the answer is about, in the report's order."""
    return tuple(p for p in report.parameters if p.role == "studied")


def in_use_first(report: Report) -> list[ParameterResult]:
    """The same, those last that nobody uses who follows the recommendations."""
    return sorted(studied(report), key=lambda p: p.switched_off_by is not None)


def note(report: Report, parameter: ParameterResult, *, voice: Voice) -> str:
    """What to do with one parameter, in a few words; of what exists only somewhere, where."""
    return _located(parameter, _advice(report, parameter, voice), voice)


def best(parameter: ParameterResult, voice: Voice) -> str:
    """What is best of one that is worth tuning, in as few words; empty of others."""
    if parameter.verdict not in ("critical", "fine") or parameter.recommendation is None:
        return ""
    told = good(parameter, parameter.recommendation, voice=voice)
    return _located(parameter, beside_hazard(told, parameter.recommendation, voice=voice), voice)


def _located(parameter: ParameterResult, said: str, voice: Voice) -> str:
    """What is said of a parameter, and where it exists, if it does not everywhere."""
    off = parameter.switched_off_by
    settled = parameter.verdict not in ("undetermined", "not_estimable")
    if not said or not parameter.condition or not (settled or off):
        return said
    told = where(parameter.condition, voice)
    key = "note.off" if off else "note.where"
    return voice.say(key, note=said, condition=told, name=voice.name(off or ""))


def _advice(report: Report, parameter: ParameterResult, voice: Voice) -> str:
    best = parameter.recommendation
    if parameter.verdict == "undetermined":
        return _open(report, parameter, voice)
    if parameter.verdict == "not_estimable":
        return voice.say("note.not_estimable")
    if best is None:
        return ""
    if parameter.verdict not in ("negligible", "forgiving"):
        told = voice.say("note.best", good=good(parameter, best, voice=voice))
    else:
        told = _held(parameter, best, voice)
    return beside_hazard(told, best, voice=voice)


def _held(parameter: ParameterResult, best: Recommendation, voice: Voice) -> str:
    """Where to leave it, and what else would do.

    What is forgiving may be anywhere because its partners make up for it, and not beside any.
    """
    value = value_of(parameter, best.value, voice=voice)
    others = as_good(parameter, best, voice=voice)
    if best.low is None and tuple(best.values) == (best.value,):
        if others:
            return voice.say("note.leave", value=value, good=others)
        return voice.say("note.leave.only" if best.alone else "note.leave.one", value=value)
    told = among(parameter, best, voice=voice)
    if others:
        both = voice.join((told, others), voice.words["list.groups"])
        return voice.say("note.leave", value=value, good=both)
    key = "note.leave.tuned" if parameter.verdict == "forgiving" else "note.leave"
    return voice.say(key, value=value, good=told)


def _open(report: Report, parameter: ParameterResult, voice: Voice) -> str:
    """What would settle an open verdict, and where the risk lies; or why neither is known."""
    claim, best = parameter.claim, parameter.recommendation
    if claim is None or report.margin is None:
        return facts.silence(parameter, voice)
    if parameter.more_runs:
        more = voice.count("note.more", parameter.more_runs)
    elif _beside_unseen(report, parameter):
        more = voice.say("note.more.elsewhere")
    else:
        more = voice.say("note.more.most", times=MOST_RUNS)
    known = side(claim.risk_low, claim.risk_high, margin=report.margin.metric)
    if known == "above":
        return voice.say("note.worth", more=more)
    if known == "below" and best is not None:
        return voice.say("note.safe", value=value_of(parameter, best.value, voice=voice), more=more)
    return more


def _beside_unseen(report: Report, parameter: ParameterResult) -> bool:
    """Whether a finding says that no run shows what it does beside some of the others."""
    return any(
        parameter.name in (item.parameters[:1] if item.code == "poor_corner" else item.parameters)
        for item in report.findings
        if item.says is not None and item.says.key.startswith(BESIDE_UNSEEN)
    )


def evidence(report: Report, parameter: ParameterResult) -> str:
    """Risk with its interval."""
    risk = parameter.tuning_risk
    if risk is None:
        return ""
    measure = Measure.of(report)
    return f"{measure.size(risk.mean)} {measure.interval(risk.low, risk.high)}"


def verdict(parameter: ParameterResult, voice: Voice) -> str:
    """The verdict's word."""
    return voice.words[f"verdict.{parameter.verdict}"]


def _about(seconds: float, voice: Voice) -> str:
    amount, unit_key = duration(seconds)
    return voice.say("next.time", time=voice.say(f"time.{unit_key}", n=amount))


def doubts(report: Report, voice: Voice) -> list[str]:
    """Checks that failed, each a sentence, but for those that repeat a finding."""
    return [
        voice.say("next.doubt", detail=voice.told(check.says, check.detail))
        for check in report.checks
        if check.status == "fail" and (check.says is None or check.says.key != "says.check.found")
    ]


def do_next(report: Report, voice: Voice) -> tuple[str, ...]:
    """What to run next and how to tune, in sentences."""
    said, plan = doubts(report, voice), report.plan
    if report.answer == "withheld" and not (plan and plan.runs):
        cure = voice.advised(report.withheld_says, report.withheld_cure or "")
        return (cure or voice.say("next.withheld"),)
    open_ones = report.answer == "withheld" or any(
        p.verdict in CARDS["unsure"] for p in studied(report)
    )
    if plan is not None and plan.runs:
        time = _about(plan.seconds, voice) if plan.seconds and plan.seconds >= 1 else ""
        runs = voice.count("next.runs", len(plan.runs), time=time)
        key = "next.settle" if plan.settles else "next.learn" if open_ones else "next.narrow"
        said.append(voice.say(key, runs=runs, names=voice.names(plan.settles)))
    for key, groups in (
        ("next.together", grouping.together(report)), ("next.unsure", grouping.unsure(report)),
    ):  # fmt: skip
        tied = [grouping.led(report, group, voice=voice) for group in groups]
        if tied:
            said.append(voice.say(key, groups=voice.join(tied, voice.words["list.groups"])))
    single = [
        grouping.fixing(group, voice.name(group.tuned[0]), voice=voice)
        for group in grouping.alone(report)
    ]
    if single:
        said.append(voice.count("next.alone", len(single), names=voice.listed(single)))
    if beyond := ends(report, voice):
        said.append(voice.say("next.edge", ends=voice.join(few(beyond), voice.words["list.comma"])))
    return tuple(said) or (voice.say("next.nothing"),)


def ends(report: Report, voice: Voice) -> list[str]:
    """The ends of ranges beyond which to go on: width at 128."""
    return [end(p, voice) for p in studied(report) if widened(report, p)]
