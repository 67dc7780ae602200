"""`knobwise importance`: the answer in the terminal, or as JSON."""

from __future__ import annotations

import sys
from typing import Annotated

import typer

from analysis.request import Request, answered, strictly

EPILOG = (
    "Example: knobwise importance -m accuracy --maximize --where 'lr<0.1'  "
    "Exit: 0 answered, 1 failed, 2 usage, 3 withheld (with --strict)."
)


def mount(larger: typer.Typer) -> None:
    """Add the command to an application."""
    larger.command("importance", epilog=EPILOG)(importance)


def importance(
    metric: Annotated[
        list[str], typer.Option("--metric", "-m", help="Metric to explain; may be repeated.")
    ],
    journal: Annotated[
        str | None, typer.Option("--journal", help="Folder or postgresql:// address.")
    ] = None,
    *,
    minimize: Annotated[bool, typer.Option("--minimize", help="Low values are good.")] = False,
    maximize: Annotated[bool, typer.Option("--maximize", help="High values are good.")] = False,
    margin: Annotated[
        float | None,
        typer.Option(help="Smallest loss that would change a decision, in the metric's unit."),
    ] = None,
    share_margin: Annotated[
        float, typer.Option(help="The same for shares of the explainable variance.")
    ] = 0.05,
    transform: Annotated[
        str, typer.Option(help="Scale of the metric: auto, none, log or rank.")
    ] = "auto",
    where: Annotated[
        list[str] | None, typer.Option(help="Only runs that match, such as 'lr<1e-2'; repeatable.")
    ] = None,
    block: Annotated[
        list[str] | None, typer.Option(help="Parameter that sets runs apart, such as dataset.")
    ] = None,
    seed: Annotated[int, typer.Option(help="Seed of the analysis.")] = 0,
    workers: Annotated[int, typer.Option(help="Processes; the answer does not depend on it.")] = 1,
    as_json: Annotated[bool, typer.Option("--json", help="The contract as JSON.")] = False,
    strict: Annotated[bool, typer.Option(help="Exit 3 when the answer is withheld.")] = False,
) -> int:
    """Which parameters are critical, which negligible, and which cannot be told yet."""
    request = Request(
        metrics=metric,
        journal=journal,
        minimize=minimize,
        maximize=maximize,
        margin=margin,
        share_margin=share_margin,
        transform=transform,
        where=where or (),
        block=block or (),
        seed=seed,
        workers=workers,
    )
    return answered(lambda: _show(request, as_json=as_json, strict=strict))


def _show(request: Request, *, as_json: bool, strict: bool) -> int:
    from analysis import terminal

    reports = request.answers()
    if as_json:
        texts = [report.to_json() for report in reports]
        sys.stdout.write(f"{texts[0] if len(texts) == 1 else '[' + ','.join(texts) + ']'}\n")
    else:
        for position, report in enumerate(reports):
            if position:
                sys.stdout.write("\n")
            terminal.show(report, sys.stdout)
    return strictly(reports, strict=strict)
