"""Commands to copy, quoted so that a shell takes every name and value as it is."""

from __future__ import annotations

import re
from collections.abc import Sequence

from analysis.options import DETAIL, spelled
from analysis.results import Report, Scalar
from journal.pairs import write_name
from journal.shell import quoted
from journal.values import write_scalar

_WORD = re.compile(r"""(?:\$'(?:\\.|[^'\\])*'|'[^']*'|"(?:\\.|[^"\\])*"|\\.|[^\s'"\\]|['"\\])+""")
"""A word of a command line, quoted as it stands; a quote that is never closed is a letter."""

_PLAN = re.compile(r"knobwise plan( -n (?P<n>[0-9]+))?")
_AT_A_STEP = re.compile(r"@\d+$")
"""The end of a metric as it stood at a step: runs are not listed by that."""


def named(name: str) -> str:
    """A name where a command takes one by itself, or in front of a value's `=`."""
    return quoted(write_name(name))


def said_once(metric: str) -> str:
    """How the direction of a metric is declared, behind another way to say it."""
    told = f"knobwise declare metric {named(metric)} --direction WHICH"
    return f"; or say it once, WHICH being maximize or minimize: {told}"


def kept(report: Report) -> bool:
    """Whether the runs are of a journal; of a table or arrays no command could be typed."""
    return bool(report.provenance.journal)


def plan(report: Report, *, n: int = 0) -> str:
    """What proposes runs to make; where nothing varies, the command that logs one.

    n: how many, if not as many as the report proposes. Without a journal it is Python, or nothing.
    """
    proposed = len(report.plan.runs) if report.plan else 0
    n = n or proposed if proposed else 0
    if not kept(report):
        return f"analysis.assess(frame, planned={n}).plan" if n else ""
    if not n:
        return first(report)
    words = ["plan", "-m", quoted(report.metric.name), "-n", str(n)]
    return knobwise(*words, *spelled(_asked(report, without=DETAIL)))


def first(report: Report) -> str:
    """How a run gets into the journal, where there is none to plan from."""
    words = ["log", "NAME=VALUE", "NAME=VALUE", "-m", f"{named(report.metric.name)}=VALUE"]
    return knobwise(*words, *journal(report))


def report(report: Report, language: str = "en") -> str:
    """What writes the full report: a command, or Python where the runs are of no journal."""
    if not kept(report):
        return 'analysis.write([report], "report.html")'
    words = ["report", "-m", quoted(report.metric.name)]
    told = ["--lang", language] if language != "en" else []
    return knobwise(*words, *spelled(_asked(report)), *told)


def best(report: Report) -> str:
    """The command that lists what may be the best by its own runs; empty where none can."""
    if not kept(report) or _AT_A_STEP.search(report.metric.name):
        return ""
    flags = [option for option in _asked(report) if option[0] in ("minimize", "maximize")]
    where = [quoted(str(value)) for name, value in _asked(report) if name == "where"]
    named = ["-m", quoted(report.metric.name)]
    return knobwise("best", *where, *named, *spelled(flags), *journal(report))


def completed(typed: str, report: Report) -> str:
    """A command that a sentence names, for the same runs of the same journal as the report.

    Empty where there is no journal to ask.
    """
    if (asked := _PLAN.fullmatch(typed)) is not None:
        return plan(report, n=int(asked["n"] or 0))
    program, _, words = typed.partition(" ")
    if program != "knobwise":
        return typed
    if not kept(report):
        return ""
    where = [quoted(str(value)) for name, value in _asked(report) if name == "where"]
    return knobwise(words, *(where if words.startswith("ls") else ()), *journal(report))


def knobwise(*words: str) -> str:
    """A command of knobwise, of words that are quoted already."""
    return " ".join(("knobwise", *words))


def _asked(report: Report, *, without: Sequence[str] = ()) -> list[tuple[str, Scalar]]:
    return [option for option in report.provenance.asked if option[0] not in without]


def journal(report: Report) -> list[str]:
    """What names the journal, for commands that take none of the other options."""
    return spelled(option for option in _asked(report) if option[0] == "journal")


def heard(report: Report, command: str | None) -> list[str]:
    """The option that hears what a recorded command prints, where runs of it were told one."""
    prefix = dict(report.plan.prefixes if report.plan else ()).get(command or "")
    return [] if prefix is None else ["--prefix", quoted(prefix)]


def split(command: str) -> list[str]:
    """The words of a command line, each quoted as it stands there."""
    return _WORD.findall(command)


def plain(value: Scalar) -> str:
    """The value as a program reads it among its arguments."""
    return value if isinstance(value, str) else write_scalar(value)


def between(one: float, other: float) -> float:
    """A number to type between two, of as few digits as tell them apart."""
    middle = one + (other - one) / 2
    rounded = (float(f"{middle:.{digits}g}") for digits in range(1, 17))
    return next((v for v in rounded if min(one, other) < v < max(one, other)), middle)
