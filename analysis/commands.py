"""Commands to copy, quoted so that a shell takes every name and value as it is."""

from __future__ import annotations

import re
import shlex
from collections.abc import Iterable, Sequence

from analysis.numerals import setting, shown
from analysis.options import DETAIL, spelled
from analysis.results import BestRun, PlannedRun, Report, Scalar

UNKNOWN = "python YOUR_SCRIPT"
"""The program where no run says what it was: no file is called so, and nothing runs by mistake."""
_WORD = re.compile(r"""(?:\$'(?:\\.|[^'\\])*'|'[^']*'|"(?:\\.|[^"\\])*"|\\.|[^\s'"\\]|['"\\])+""")
"""A word of a command line, quoted as it stands; a quote that is never closed is a letter."""


def quoted(text: str) -> str:
    """One word for a POSIX shell; what cannot be seen is spelled in `$'…'`."""
    visible = shown(text)
    if visible == text:
        return shlex.quote(text)
    escaped = "".join(
        {"\\": "\\\\", "'": "\\'"}.get(character, shown(character)) for character in text
    )
    return f"$'{escaped}'"


def plan(report: Report) -> str:
    """The command that proposes what to run next; where nothing varies, the one that logs a run."""
    if report.plan is None or not report.plan.runs:
        return first(report)
    words = ["plan", "-m", quoted(report.metric.name), "-n", str(len(report.plan.runs))]
    return _knobwise(*words, *spelled(_asked(report, without=DETAIL)))


def first(report: Report) -> str:
    """How a run gets into the journal, where there is none to plan from."""
    words = ["log", "NAME=VALUE", "NAME=VALUE", "-m", f"{quoted(report.metric.name)}=VALUE"]
    return _knobwise(*words, *_journal(report))


def report(report: Report) -> str:
    """The command that writes the full report."""
    words = ["report", "-m", quoted(report.metric.name)]
    return _knobwise(*words, *spelled(_asked(report)))


def completed(typed: str, report: Report) -> str:
    """A command that a sentence names, for the same runs of the same journal as the report."""
    if typed == "knobwise plan":
        return plan(report)
    program, _, words = typed.partition(" ")
    if program != "knobwise":
        return typed
    where = [quoted(str(value)) for name, value in _asked(report) if name == "where"]
    return _knobwise(words, *(where if words.startswith("ls") else ()), *_journal(report))


def _knobwise(*words: str) -> str:
    return " ".join(("knobwise", *words))


def _asked(report: Report, *, without: Sequence[str] = ()) -> list[tuple[str, Scalar]]:
    return [option for option in report.provenance.asked if option[0] not in without]


def _journal(report: Report) -> list[str]:
    """What names the journal, for commands that take none of the other options."""
    return spelled(option for option in _asked(report) if option[0] == "journal")


def program(report: Report) -> str:
    """How the best run was started, up to its first parameter; `UNKNOWN` where not recorded."""
    known = {"seed", *settable(report)}
    kept = []
    for word in split(_recorded(report)):
        if not known.isdisjoint(_names(word)):
            break
        kept.append(word)
    return " ".join(kept) or UNKNOWN


def _recorded(report: Report) -> str:
    """The command that the best run was recorded with; else that of any run."""
    planned = report.plan.recorded if report.plan else None
    return shown(next((run.command for run in report.best if run.command), planned) or "")


def _names(word: str) -> tuple[str, str]:
    """What a flag may be called as a parameter: --batch-size is batch_size in the journal."""
    name = word.lstrip("-").partition("=")[0]
    return name, name.replace("-", "_")


def flags(report: Report, named: Iterable[tuple[str, Scalar]]) -> list[str]:
    """Settings as flags, spelled as the recorded command spells them; unset ones left out."""
    words = [word for word in split(_recorded(report)) if word.startswith("--")]
    spelled = {name: word.partition("=")[0] for word in words for name in _names(word)}
    return [
        flag(spelled.get(name) or quoted("--" + name), value)
        for name, value in named
        if value is not None
    ]


def settable(report: Report) -> set[str]:
    """The parameters that a run can be given: studied, constant, and those that set runs apart."""
    told = [run.parameters for run in report.best]
    told += [run.parameters for run in report.plan.runs] if report.plan else []
    return {name for settings in told for name, _ in settings} | {
        item.name for item in report.parameters
    }


def split(command: str) -> list[str]:
    """The words of a command line, each quoted as it stands there."""
    return _WORD.findall(command)


def start(report: Report) -> str:
    """How a recorded run is started, up to its first parameter."""
    return _knobwise("run", *_journal(report), "--", program(report))


def run(report: Report, planned: PlannedRun) -> str:
    """One planned run as a recorded command line."""
    named = (*planned.parameters, ("seed", planned.seed))
    return " ".join((start(report), *flags(report, named)))


def settings(report: Report, best: BestRun) -> str:
    """One of the best configurations as a recorded command line, where none was recorded."""
    constant = [
        (p.name, p.levels[0]) for p in report.parameters if p.role == "constant" and p.levels
    ]
    named = (*best.parameters, *constant, ("seed", best.seed))
    return " ".join((start(report), *flags(report, named)))


def flag(word: str, value: Scalar) -> str:
    """--lr 0.003, to the last digit: a rounded setting, or seed, is another run."""
    number = isinstance(value, int | float) and not isinstance(value, bool)
    text = repr(value) if number else value if isinstance(value, str) else setting(value)
    return f"{word} {quoted(text)}"


def reproduce(report: Report, best: BestRun) -> tuple[str, ...]:
    """How to make one of the best runs again: all that is known of it, its code, its command."""
    lines = [_knobwise("show", quoted(best.run_id), *_journal(report))]
    if best.commit:
        lines.append(f"git checkout {quoted(best.commit)}")
    if best.command:
        lines.append(shown(best.command))
    return tuple(lines)
