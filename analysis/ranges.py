"""A parameter's settings in words: what was searched, and what is good, with enough digits."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from analysis.numerals import digits_of, display_width, setting
from analysis.places import Places
from analysis.results import ParameterResult, Recommendation, Report, Scalar
from analysis.results_runs import Setting
from analysis.words import Voice

LEVELS_SHOWN, LEVELS_IN_BRIEF = 8, 3
LEVELS_NAMED = 4
"""Levels that are named where all that gave a result are good; of more there is the number."""


def value_of(
    parameter: ParameterResult, value: Scalar, *, voice: Voice, computed: bool = False
) -> str:
    """A value of this parameter, with the digits that tell it from others."""
    return voice.code(setting(value, digits=digits_of(parameter), computed=computed))


def values_of(parameter: ParameterResult, values: Iterable[Scalar], *, voice: Voice) -> list[str]:
    """Each value of this parameter; what tells thousands of them apart is found once."""
    digits = digits_of(parameter)
    return [voice.code(setting(value, digits=digits)) for value in values]


def good(parameter: ParameterResult, best: Recommendation, *, voice: Voice) -> str:
    """The settings to leave it at, and beside what; levels as good beside other values."""
    told, others = among(parameter, best, voice=voice), as_good(parameter, best, voice=voice)
    return voice.say("good.elsewhere", good=told, others=others) if others else told


def among(parameter: ParameterResult, best: Recommendation, *, voice: Voice) -> str:
    """The settings to leave it at, and beside what."""
    told = _good(parameter, best, voice)
    if not best.beside:
        return told
    return voice.say("good.with", good=told, others=_set_to(best.beside, voice))


def as_good(parameter: ParameterResult, best: Recommendation, *, voice: Voice) -> str:
    """The levels as good beside other values of other parameters; empty where there are none."""
    others = []
    for one in best.elsewhere:
        level = value_of(parameter, one.value, voice=voice)
        others.append(voice.say("good.beside", value=level, others=_set_to(one.beside, voice)))
    if not others:
        return ""
    return voice.say("good.as_good", others=voice.listed(few(others), last="or"))


def beside_hazard(told: str, best: Recommendation, *, voice: Voice) -> str:
    """What is told of a recommendation, and where in it runs fail most."""
    if best.hazard is None:
        return told
    at, failed, n = best.hazard
    counts = {"failed": f"{failed:,}", "n": f"{n:,}"}
    return voice.say("good.hazard", good=told, at=voice.code(at), **counts)


def _set_to(beside: Setting, voice: Voice) -> str:
    """Other parameters and their values, with the digits that tell these from others."""
    known = {item.name: item for item in voice.about.parameters} if voice.about else {}
    told = []
    for name, value in beside:
        code = (
            value_of(known[name], value, voice=voice)
            if name in known
            else voice.code(setting(value))
        )
        told.append(voice.say("good.beside.value", name=voice.name(name), value=code))
    return voice.listed(told)


def _good(parameter: ParameterResult, best: Recommendation, voice: Voice) -> str:
    """A range, some levels, or any of what was searched."""
    values = values_of(parameter, best.values or (best.value,), voice=voice)
    if best.low is not None and best.high is not None:
        domain = parameter.domain
        low, high = (
            value_of(parameter, end, voice=voice, computed=end not in (domain or ()))
            for end in (best.low, best.high)
        )
        whole = domain is not None and _whole((best.low, best.high), domain, parameter.scale)
        within = low  # where no digit tells the ends apart
        if low != high:
            within = voice.say("good.any" if whole else "good.range", low=low, high=high)
        beside = values if best.values else []
        first = best.value in best.values
        return voice.listed([*beside, within] if first else [within, *beside], last="or")
    if len(best.values) > 1 and len(best.values) == len(parameter.levels):
        if len(values) > LEVELS_NAMED:
            return voice.say("good.any_levels", n=len(values))
        return voice.say("good.any_level", levels=voice.join(values, voice.words["list.comma"]))
    numbers = [value for value in best.values if value is not None]  # null stands last of levels
    if len(numbers) > 2 and _neighbours(parameter, numbers):
        within = voice.say("good.range", low=values[0], high=values[len(numbers) - 1])
        return voice.listed([within, *values[len(numbers) :]], last="or")
    return voice.listed(few(values), last="or")


def where(condition: str, voice: Voice) -> str:
    """When a parameter exists, in the reader's language: optimizer = adam 또는 sgd.

    In the report a condition is English text; what is a name there and what a level, the report
    knows. Where it does not, the text stands as it is.
    """
    told = voice.about.parameters if voice.about and voice.words.language != "en" else ()
    known = {p.name: sorted(map(setting, p.levels), key=len, reverse=True) for p in told}
    parts = [
        voice.listed([voice.text(f"{name} = {first}"), *map(voice.text, others)], last="or")
        for name, (first, *others) in _conditions(condition, known)
    ]
    return voice.listed(parts) if parts else voice.text(condition)


def _conditions(text: str, known: Mapping[str, Sequence[str]]) -> list[tuple[str, list[str]]]:
    """The parameters and their levels in "a = x or y and b = z"; empty where it is not one."""
    for name in [name for name in known if text.startswith(f"{name} = ")]:
        taken: list[str] = []
        rest = text.removeprefix(f"{name} = ")
        while level := next((v for v in known[name] if f"{rest} ".startswith(f"{v} ")), ""):
            taken.append(level)
            rest = rest[len(level) :].removeprefix(" or ")
            if not rest:
                return [(name, taken)]
            if rest.startswith(" and "):
                more = _conditions(rest.removeprefix(" and "), known)
                return [(name, taken), *more] if more else []
    return []


def _neighbours(parameter: ParameterResult, values: Sequence[Scalar]) -> bool:
    """Whether these levels of an ordered parameter stand side by side."""
    places = Places(parameter)
    found = sorted(int(places.level(value)) for value in values)
    return parameter.kind == "ordinal" and found == list(range(found[0], found[0] + len(found)))


def _whole(region: tuple[float, float], domain: tuple[float, float], scale: str) -> bool:
    """Whether the good region is all that was searched, up to a hundredth of its width."""
    slack = (domain[1] - domain[0]) / 100
    if scale == "log":
        return region[0] <= domain[0] * 1.05 and region[1] >= domain[1] / 1.05
    return region[0] <= domain[0] + slack and region[1] >= domain[1] - slack


def searched(parameter: ParameterResult, voice: Voice, *, columns: int | None = None) -> str:
    """The range searched: no verdict reaches beyond it.

    columns: where the levels take more, only the first few of them and how many more there are.
    """
    if parameter.domain is not None and parameter.scale != "levels":
        low, high = values_of(parameter, parameter.domain, voice=voice)
        within = voice.say("searched.range", low=low, high=high)
        beside = values_of(parameter, parameter.levels, voice=voice)
        return voice.listed([within, *beside], last="or")
    levels = values_of(parameter, parameter.levels, voice=voice)
    if parameter.kind == "ordinal" and len(levels) > LEVELS_SHOWN - 2:
        return voice.say("searched.levels", low=levels[0], high=levels[-1], n=len(levels))
    more = len(levels) - LEVELS_IN_BRIEF
    if columns is not None and more > 1 and _taken(parameter) > columns:
        listed = voice.join(levels[:LEVELS_IN_BRIEF], voice.words["list.comma"])
        return voice.join((listed, voice.say("list.more", n=more)), " ")
    return voice.join(few(levels), voice.words["list.comma"])


def _taken(parameter: ParameterResult) -> int:
    """Columns of all levels, one after the other."""
    return sum(2 + display_width(setting(level)) for level in parameter.levels)


def few(items: Iterable[str]) -> list[str]:
    """The first few of many, and the last."""
    items = list(items)
    return items if len(items) <= LEVELS_SHOWN else [*items[: LEVELS_SHOWN - 1], "…", items[-1]]


def end(parameter: ParameterResult, voice: Voice) -> str:
    """The end that the best lies at: width at 128."""
    ends = [level for level in parameter.levels if level is not None]
    if parameter.domain is not None and parameter.scale != "levels":
        ends = list(parameter.domain)
    assert parameter.recommendation is not None
    reached = ends[0 if parameter.recommendation.at_edge == "low" else -1]
    return voice.say(
        "next.end", name=voice.name(parameter.name), end=value_of(parameter, reached, voice=voice)
    )


def widened(report: Report, parameter: ParameterResult) -> bool:
    """Whether to go on beyond the end of the range: the best lies there, and it may matter."""
    best, claim, margin = parameter.recommendation, parameter.claim, report.margin
    if best is None or best.at_edge is None or parameter.switched_off_by:
        return False
    return claim is None or margin is None or claim.risk_high > margin.metric
