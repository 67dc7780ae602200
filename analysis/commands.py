"""Commands to copy, quoted so that a shell takes every name and value as it is."""

from __future__ import annotations

import shlex

from analysis.numerals import setting, shown
from analysis.results import BestRun, PlannedRun, Report, Scalar

_PLACEHOLDER = "python train.py"


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
    """The command that proposes what to run next."""
    n = len(report.plan.runs) if report.plan and report.plan.runs else 12
    return f"knobwise plan -m {quoted(report.metric.name)} -n {n}"


def first(report: Report) -> str:
    """How a run gets into the journal, where there is none to plan from."""
    return f"knobwise log NAME=VALUE NAME=VALUE -m {quoted(report.metric.name)}=VALUE"


def report(report: Report) -> str:
    """The command that writes the full report."""
    return f"knobwise report -m {quoted(report.metric.name)}"


def program(report: Report) -> str:
    """How the best run was started, up to its first parameter; a placeholder where not known."""
    best = next((run for run in report.best if run.command), None)
    if best is None:
        return _PLACEHOLDER
    names = {name for name, _ in best.parameters}
    kept = []
    for word in shown(best.command or "").split():
        if word.lstrip("-").partition("=")[0] in names:
            break
        kept.append(word)
    return " ".join(kept) or _PLACEHOLDER


def run(report: Report, planned: PlannedRun) -> str:
    """One planned run as a recorded command line."""
    flags = [flag(name, value) for name, value in planned.parameters if value is not None]
    seed = f"--seed {planned.seed}"
    return " ".join(("knobwise run --", program(report), *flags, seed))


def settings(report: Report, best: BestRun) -> str:
    """One of the best configurations as a recorded command line, where none was recorded."""
    flags = [flag(name, value) for name, value in best.parameters if value is not None]
    return " ".join(("knobwise run --", program(report), *flags))


def flag(name: str, value: Scalar) -> str:
    """--lr 0.003, to the last digit: a rounded setting is another configuration."""
    exact = repr(value) if isinstance(value, float) else value
    text = exact if isinstance(exact, str) else setting(exact)
    return f"{quoted('--' + name)} {quoted(text)}"


def reproduce(best: BestRun) -> tuple[str, ...]:
    """How to make one of the best runs again: its code, its command, its environment."""
    lines = [f"knobwise show {quoted(best.run_id)}"]
    if best.commit:
        lines.append(f"git checkout {quoted(best.commit)}")
    if best.command:
        lines.append(shown(best.command))
    return tuple(lines)
