"""`knobwise plan`: what to run next, as command lines to copy or as JSON."""

from __future__ import annotations

import json
import sys
from collections.abc import Mapping
from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING, Annotated

import typer
from typer.core import TyperCommand

from analysis.options import DETAIL, Completion, asking
from analysis.request import Request, answered, strictly

if TYPE_CHECKING:
    from analysis.results import Report


def mount(
    larger: typer.Typer,
    completed: Mapping[str, Completion] | None = None,
    *,
    kind: type[TyperCommand] = TyperCommand,
) -> None:
    """Add the command to an application, as one of this kind."""
    larger.command("plan", cls=kind)(asking(plan, without=DETAIL, completed=completed))


def plan(
    metric: Annotated[
        str, typer.Option("--metric", "-m", metavar="NAME", help="Metric to learn about.")
    ],
    n: Annotated[
        int, typer.Option("-n", metavar="N", min=1, max=10_000, help="Runs to propose.")
    ] = 16,
    *,
    command: Annotated[
        str | None,
        typer.Option(
            "--command", metavar="WORDS", help="How a run is started, with the placeholders above."
        ),
    ] = None,
    request: Request,
    as_json: Annotated[bool, typer.Option("--json", help="Settings and reasons as JSON.")] = False,
    strict: Annotated[
        bool, typer.Option("--strict", help="Exit 3 when the answer is withheld.")
    ] = False,
) -> int:
    """What to run next to settle what is undetermined.

    knobwise plan -m accuracy -n 16

    knobwise plan -m accuracy --command 'knobwise run -- python train.py {args}' | sh

    It is told as commands to copy. A command is the recorded one with other values where they
    stand. --command gives another, with placeholders: {args} are the parameters and the seed as
    recorded commands tell them (--lr 0.003 --amp --seed 1; --amp true where none shows how),
    {pairs} the parameters as knobwise log reads them (lr=0.003 amp=true), {seed} and {lr} one
    value. Without any, {args} stands at its end. A placeholder is a word, or part of one, outside
    quotes. Exit codes: 0 planned, 1 failed, 2 usage, 3 withheld (with --strict).
    """
    request = replace(request, metrics=(metric,), planned=n)
    work = partial(_show, request, command=command, as_json=as_json, strict=strict)
    return answered(work, journal=request.journal)


def _show(request: Request, *, command: str | None, as_json: bool, strict: bool) -> int:
    from analysis import facts
    from analysis.errors import AnalysisError
    from analysis.words import Voice, words

    report = request.answers()[0]
    if report.plan is None or not report.plan.runs:
        raise AnalysisError(
            report.withheld_because or "nothing varies in these runs",
            where="plan",
            hint=report.withheld_cure or "log some runs with different settings",
        )
    text = as_data(report) if as_json else as_commands(report, command)
    sys.stdout.write(text + "\n")
    if not as_json:
        sys.stderr.write(said(report) + "\n")
        voice = Voice(words())
        stand_in = facts.your_script(report, voice) if command is None else None
        if stand_in:
            sys.stderr.write(f"{stand_in} --command says how it starts.\n")
        untold = facts.untold(report, voice) if command is None else None
        nowhere = homeless(report, command) if command else None
        lost = unrecorded(report, command) if command else None
        for line in filter(None, (untold, facts.unsaid(report, voice), nowhere, lost)):
            sys.stderr.write(f"{line}\n")
    return strictly([report], strict=strict)


def as_data(report: Report) -> str:
    """The plan as JSON; a run's `params` and `seed` are those of `knobwise log --jsonl -`."""
    from analysis.codec import packed

    assert report.plan is not None
    return json.dumps(
        {
            "schema": 1,
            "metric": report.metric.name,
            "runs": [
                {"params": packed(dict(run.parameters)), "seed": run.seed, "reason": run.reason}
                for run in report.plan.runs
            ],
            "settles": report.plan.settles,
            "seconds": report.plan.seconds,
        },
        ensure_ascii=False,
        allow_nan=False,
    )


def as_commands(report: Report, command: str | None) -> str:
    """One shell command per planned run, its reason behind a #."""
    from analysis import invocation, planner_words
    from analysis.numerals import shown

    assert report.plan is not None
    if command:
        planner_words.check_template(command, invocation.settable(report))
        like = invocation.shape(report)
        called = report.plan.seed_name
        made = [
            planner_words.command_line(command, run, like=like, seed_name=called)
            for run in report.plan.runs
        ]
    else:
        made = [invocation.readable(line) for line in invocation.runs(report)]
    lines = [(line, shown(run.reason)) for line, run in zip(made, report.plan.runs, strict=True)]
    width = min(max(len(line) for line, _ in lines), 120)
    return "\n".join(f"{line:{width}}  # {reason}" for line, reason in lines)


def homeless(report: Report, command: str) -> str | None:
    """Which parameters the runs are to set, and a command of one's own has no place for."""
    from analysis import planner_words
    from analysis.numerals import shown

    assert report.plan is not None
    constant = {item.name for item in report.parameters if item.role == "constant"}
    names = {name for run in report.plan.runs for name, _ in run.parameters} - constant
    left = planner_words.left_out(command, sorted(names))
    if not left:
        return None
    placeholders = " ".join(f"{{{name}}}" for name in left)
    return shown(f"--command has no {placeholders}: what these runs set there reaches no program")


def unrecorded(report: Report, command: str) -> str | None:
    """That a command of one's own is not recorded by being planned."""
    from analysis.commands import heard, journal, knobwise
    from analysis.numerals import shown

    if "knobwise" in command:
        return None
    recorded = report.plan.recorded if report.plan else None
    run = knobwise("run", *journal(report), *heard(report, recorded), "--")
    return shown(f"recorded only if the program records itself; else begin --command with {run}")


def said(report: Report) -> str:
    """What the runs are for, for a person: what they should settle, how long they take."""
    from analysis.numerals import shown

    assert report.plan is not None
    n, seconds, settles = len(report.plan.runs), report.plan.seconds, report.plan.settles
    time = f", about {seconds / 60:.0f} min" if seconds and seconds >= 90 else ""
    what = f"{n} runs{time}" if n > 1 else f"1 run{time}"
    if settles:
        return f"{what}; should settle {', '.join(map(shown, settles))}"
    if report.answer == "withheld":
        why = " ".join(filter(None, (report.withheld_because, report.withheld_cure)))
        apart = report.withheld_says and report.withheld_says.key == "says.withheld.skill.apart"
        if apart:  # by an option that this command has not
            why = why.rstrip(".") + " (an option of knobwise importance)."
        return f"{what}; no answer yet: {shown(why)}"
    if any(item.verdict == "undetermined" for item in report.parameters):
        return f"{what}; more than these are needed to settle what is undetermined"
    if any(
        item.verdict == "not_estimable" and item.role == "studied" for item in report.parameters
    ):
        return f"{what}; nothing is undetermined but what cannot be estimated"
    return f"{what}; nothing is undetermined, so they narrow the intervals"
