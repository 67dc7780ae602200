"""`knobwise importance`: the answer in the terminal, or as JSON."""

from __future__ import annotations

import sys
from collections.abc import Mapping
from dataclasses import replace
from functools import partial
from typing import Annotated

import typer

from analysis.options import LANG, Completion, asking
from analysis.request import Request, answered, strictly


def mount(larger: typer.Typer, completed: Mapping[str, Completion] | None = None) -> None:
    """Add the command to an application."""
    larger.command("importance")(asking(importance, completed=completed))


def importance(
    metric: Annotated[
        list[str],
        typer.Option("--metric", "-m", metavar="NAME", help="Metric to explain; may be repeated."),
    ],
    request: Request,
    *,
    as_json: Annotated[bool, typer.Option("--json", help="The contract as JSON.")] = False,
    lang: Annotated[str, typer.Option(metavar="LANG", help=LANG)] = "en",
    strict: Annotated[
        bool, typer.Option("--strict", help="Exit 3 when the answer is withheld.")
    ] = False,
) -> int:
    """Which parameters are critical, negligible, or still open.

    knobwise importance -m accuracy --maximize --where 'lr<0.1'

    knobwise importance -m accuracy -m loss --anova robust --contrast optimizer

    knobwise importance -m loss --step 1 --step 10 --by dataset --block host

    -m loss@10 is the whole answer at step 10. Exit codes: 0 answered, 1 failed, 2 usage,
    3 withheld (with --strict).
    """
    request = replace(request, metrics=metric)
    work = partial(_show, request, as_json=as_json, language=lang, strict=strict)
    return answered(work, journal=request.journal)


def _show(request: Request, *, as_json: bool, language: str, strict: bool) -> int:
    from analysis import terminal
    from analysis.words import words

    words(language)  # what cannot be is said before the work
    reports = request.answers()
    if as_json:
        texts = [report.to_json() for report in reports]
        sys.stdout.write(f"{texts[0] if len(texts) == 1 else '[' + ','.join(texts) + ']'}\n")
    else:
        for position, report in enumerate(reports):
            if position:
                sys.stdout.write("\n")
            terminal.show(report, sys.stdout, language=language)
    return strictly(reports, strict=strict)
