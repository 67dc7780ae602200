"""Commands to copy, quoted so that a shell takes every name and value as it is."""

from __future__ import annotations

import re
import shlex
from collections.abc import Iterable, Sequence

from analysis.numerals import shown
from analysis.options import DETAIL, spelled
from analysis.results import BestRun, PlannedRun, Report, Scalar

_OTHERWISE = re.compile(
    r"""|~|null|Null|NULL|true|True|TRUE|false|False|FALSE
    |[-+]?[0-9]+ |[-+]?(\.[0-9]+|[0-9]+(\.[0-9]*)?)([eE][-+]?[0-9]+)? |0[xo].*
    |[-+]?\.?(inf|Inf|INF|Infinity) |\.?(nan|NaN|NAN) |'.*' |".*\"""",
    re.VERBOSE | re.DOTALL,
)
"""Words that `knobwise log` reads as no text, or as another: in quotes they are what they are."""
_FLAG = re.compile(r"[A-Za-z_][\w./]*")
"""Names that `knobwise run` gives a parameter that a program is told by `--NAME`."""
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


def run(report: Report, planned: PlannedRun) -> str:
    """One planned run as a recorded command line."""
    return _recorded_run(report, planned.parameters, planned.seed)


def settings(report: Report, best: BestRun) -> str:
    """One of the best configurations as a recorded command line, where none was recorded."""
    constant = [
        (p.name, p.levels[0]) for p in report.parameters if p.role == "constant" and p.levels
    ]
    return _recorded_run(report, (*best.parameters, *constant), best.seed)


def _recorded_run(report: Report, named: Sequence[tuple[str, Scalar]], seed: Scalar) -> str:
    """A program started with these settings as flags, under `knobwise run`.

    Where the flags would be recorded as something else (a name with a dash, text that reads as a
    number), the parameters are recorded beside them.
    """
    words = flags(report, (*named, ("seed", seed)))
    beside: list[str] = []
    if not all(value is None or _as_flag(name, value) for name, value in named):
        beside = ["--no-flags"]
        beside += [f"-p {quoted(f'{name}={exact(value)}')}" for name, value in named]
        beside += [f"--seed {quoted(plain(seed))}"] if seed is not None else []
    return _knobwise("run", *_journal(report), *beside, "--", program(report), *words)


def _as_flag(name: str, value: Scalar) -> bool:
    """Whether a flag's words are recorded as this parameter."""
    text = plain(value)
    bare = text == exact(value) and text and not text.startswith("-") and "=" not in text
    return bool(_FLAG.fullmatch(name)) and (not isinstance(value, str) or bool(bare))


def flag(word: str, value: Scalar) -> str:
    """--lr 0.003, to the last digit: a rounded setting, or seed, is another run."""
    return f"{word} {quoted(plain(value))}"


def plain(value: Scalar) -> str:
    """The value as a program reads it among its arguments."""
    return value if isinstance(value, str) else exact(value)


def exact(value: Scalar) -> str:
    """The value as the command line reads it back: null, true, 0.003, text."""
    if value is None:
        return "null"
    if isinstance(value, bool):
        return "true" if value else "false"
    if not isinstance(value, str):
        return repr(value)
    return "'" + value.replace("'", "''") + "'" if _OTHERWISE.fullmatch(value.strip()) else value


def reproduce(report: Report, best: BestRun) -> tuple[str, ...]:
    """How to make one of the best runs again: all that is known of it, its code, its command."""
    lines = [_knobwise("show", quoted(best.run_id), *_journal(report))]
    if best.commit:
        lines.append(f"git checkout {quoted(best.commit)}")
    if best.command:
        lines.append(shown(best.command))
    return tuple(lines)
