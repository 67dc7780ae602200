"""What to tune at the same time, and what can be tuned on its own: the report's groups in words."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from analysis.ranges import where
from analysis.results import Interaction, Report
from analysis.words import Voice

TOGETHER = " + "
"""Between names of one group, where several groups are listed."""
SURELY = 0.005
"""The lower end of a share that is above zero with two decimals."""


@dataclass(frozen=True)
class Group:
    """Parameters to tune at the same time, and forgiving partners to fix before that."""

    tuned: tuple[str, ...]
    fixed: tuple[str, ...]


def groups(report: Report) -> tuple[Group, ...]:
    """The report's groups, each in two parts, without what is switched off."""
    forgiving = {p.name for p in report.parameters if p.verdict == "forgiving"}
    off = {p.name for p in report.parameters if p.switched_off_by}
    parts = [
        Group(
            tuned=tuple(name for name in group if name not in forgiving | off),
            fixed=tuple(name for name in group if name in forgiving - off),
        )
        for group in report.groups
    ]
    return tuple(part for part in parts if part.tuned)


def together(report: Report) -> tuple[Group, ...]:
    """Those of which the best settings surely depend on each other: two parameters and more.

    A part of a group is without the partners that are fixed before all of it is tuned.
    """
    found = []
    for group in groups(report):
        parts = _tied(report, group.tuned)
        found += [group] if len(parts) == 1 else [Group(part, ()) for part in parts]
    return tuple(group for group in found if len(group.tuned) > 1)


def unsure(report: Report) -> tuple[Group, ...]:
    """Groups that may be several: not all of their parameters surely act together."""
    return tuple(group for group in groups(report) if len(_tied(report, group.tuned)) > 1)


def alone(report: Report) -> tuple[Group, ...]:
    """Parameters worth tuning that can be tuned on their own, once their partners are fixed."""
    worth = {p.name for p in report.parameters if p.verdict in ("critical", "fine")}
    return tuple(g for g in groups(report) if len(g.tuned) == 1 and g.tuned[0] in worth)


def _tied(report: Report, names: Sequence[str]) -> list[tuple[str, ...]]:
    """The names in parts: chains of pairs that surely hold a share, above zero as it is written."""
    if len(names) < 2:
        return [tuple(names)]
    sure = {frozenset(pair.parameters) for pair in report.interactions if pair.low >= SURELY}
    parts = list[list[str]]()
    for name in names:
        linked = [part for part in parts if any(frozenset((name, other)) in sure for other in part)]
        parts = [part for part in parts if part not in linked]
        parts.append([*(other for part in linked for other in part), name])
    return [tuple(name for name in names if name in part) for part in parts]


def members(report: Report, names: Sequence[str], *, voice: Voice, between: str = "") -> str:
    """The names of a group, those of one condition side by side: algorithm; C and gamma (… = svm).

    between: what stands between names; as in a sentence by default.
    """
    conditions = {p.name: p.condition or "" for p in report.parameters}
    found: dict[str, list[str]] = {}
    for name in sorted(names, key=lambda name: conditions.get(name, "") != ""):
        found.setdefault(conditions.get(name, ""), []).append(name)
    parts = []
    for condition, those in found.items():
        listed = voice.join([*map(voice.name, those)], between) if between else voice.names(those)
        if condition:
            listed = voice.say("group.where", names=listed, condition=where(condition, voice))
        parts.append(listed)
    return voice.join(parts, between or voice.words["list.groups"])


def conditional(report: Report, names: Sequence[str]) -> bool:
    """Whether some of the parameters exist at some settings of others only."""
    return any(p.condition for p in report.parameters if p.name in names)


def fixing(group: Group, shown: str, *, voice: Voice) -> str:
    """Those to tune, already written, with those to fix in brackets."""
    if not group.fixed:
        return shown
    return voice.say("group.fixed", group=shown, names=voice.names(group.fixed))


def led(report: Report, group: Group, *, voice: Voice) -> str:
    """The strongest with the others: lr with act and batch (momentum fixed)."""
    first, *others = group.tuned
    if conditional(report, group.tuned):
        shown = members(report, group.tuned, voice=voice, between=TOGETHER)
    else:
        shown = voice.join((voice.name(first), voice.names(others)), voice.words["list.with"])
    return fixing(group, shown, voice=voice)


def apart(report: Report, pair: Interaction) -> bool:
    """Whether two parameters can be tuned one after the other: little together, or no chain."""
    left, right = pair.parameters
    little = report.margin is not None and pair.high < report.margin.share
    return little or any((left in group) != (right in group) for group in report.groups)
