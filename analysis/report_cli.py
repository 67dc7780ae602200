"""`knobwise report`: the answer to keep and to send."""

from __future__ import annotations

import secrets
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from analysis.options import LANG, Completion, asked, asking, spelled
from analysis.request import Request, answered, strictly

if TYPE_CHECKING:
    from analysis.results import Report


def mount(larger: typer.Typer, completed: Mapping[str, Completion] | None = None) -> None:
    """Add the command to an application."""
    larger.command("report")(asking(report, completed=completed))


@dataclass(frozen=True, kw_only=True)
class Output:
    """Where the report goes, and how."""

    paths: Sequence[Path]
    language: str
    figures: Path | None
    strict: bool
    port: int


def report(
    saved: Annotated[
        Path | None,
        typer.Argument(metavar="REPORT.json", help="A saved report, rendered again as it was."),
    ] = None,
    metric: Annotated[
        list[str] | None,
        typer.Option("--metric", "-m", metavar="NAME", help="Metric to explain; may be repeated."),
    ] = None,
    output: Annotated[
        list[Path] | None,
        typer.Option(
            "--output",
            "-o",
            metavar="FILE",
            help="File to write: .html (report.html if none), .md or .json; repeatable.",
        ),
    ] = None,
    *,
    request: Request,
    lang: Annotated[str, typer.Option(metavar="LANG", help=LANG)] = "en",
    figures: Annotated[
        Path | None, typer.Option(metavar="FOLDER", help="Folder for every figure as SVG and PNG.")
    ] = None,
    watch: Annotated[
        bool, typer.Option("--watch", help="Serve it here and render again as the journal grows.")
    ] = False,
    port: Annotated[
        int,
        typer.Option(metavar="N", min=0, max=65535, help="Port of --watch; 0 takes a free one."),
    ] = 0,
    strict: Annotated[
        bool, typer.Option("--strict", help="Exit 3 when the answer is withheld.")
    ] = False,
) -> int:
    """The importance report as a page, as Markdown or as JSON.

    knobwise report -m accuracy -o report.html

    knobwise report report.json -o report.md --lang ko

    knobwise report -m accuracy --watch

    Exit codes: 0 written, 1 failed, 2 usage, 3 withheld (with --strict).
    """
    if (saved is None) == (not metric):
        raise typer.BadParameter("give either a metric (-m NAME) or a saved report")
    if saved is not None and (options := asked(request)):
        flag = spelled(options)[0]
        raise typer.BadParameter(f"{flag} asks a journal; a saved report is rendered as it was")
    if watch and (figures is not None or strict):
        flag = "--strict" if figures is None else "--figures"
        raise typer.BadParameter(f"--watch goes on, so it has no use for {flag}: leave one out")
    if port and not watch:
        raise typer.BadParameter("--port is where --watch serves: give both")
    request = replace(request, metrics=metric or ())
    source = Source(request, saved)
    paths = output or [Path("report.html")]
    to = Output(paths=paths, language=lang, figures=figures, strict=strict, port=port)
    work = partial(_watch if watch else _write, source, to)
    return answered(work, journal=request.journal)


@dataclass(frozen=True)
class Source:
    """Where reports come from: the journal, or a saved one."""

    request: Request
    saved: Path | None

    def address(self) -> str:
        """What to watch: known before the first analysis, so that no run is missed meanwhile."""
        if self.saved is not None:
            return str(self.saved)
        from analysis.intake import source

        return source(self.request.journal)

    def reports(self) -> list[Report]:
        """The reports, made anew or read."""
        if self.saved is None:
            return replace(self.request, command=command(self.request)).answers()
        from analysis.codec import from_json
        from analysis.errors import InputError

        try:
            return list(from_json(self.saved.read_bytes(), where=str(self.saved)))
        except OSError as error:
            raise InputError(f"cannot read it: {error.strerror}", where=str(self.saved)) from error


def command(request: Request) -> str:
    """What to type for the same answer: only what the answer depends on, and no machine's paths."""
    from journal.shell import quoted

    metrics = [word for metric in request.metrics for word in ("-m", quoted(metric))]
    told = [(name, value) for name, value in request.asked() if name != "seed"]
    return " ".join(("knobwise", "report", *metrics, *spelled((*told, ("seed", request.seed)))))


def _write(source: Source, to: Output) -> int:
    from analysis import rendering, terminal
    from analysis.facts import sized
    from analysis.numerals import shown
    from analysis.words import words

    for path in to.paths:
        rendering.check(path, to.figures)  # what cannot be is said before the work
    words(to.language)
    reports = source.reports()
    for made in reports:
        terminal.show(made, sys.stdout, language=to.language)
    sys.stdout.flush()  # the answer stays, whatever becomes of the file
    for path in to.paths:
        size = rendering.write(reports, path, language=to.language)
        sys.stderr.write(f"wrote {shown(str(path))} ({sized(size)})\n")
    if to.figures is not None:
        written = rendering.figures(reports, to.figures, language=to.language)
        sys.stderr.write(f"wrote {len(written)} figures to {shown(str(to.figures))}\n")
    return strictly(reports, strict=to.strict)


def _watch(source: Source, to: Output) -> int:
    from analysis import html, intake, rendering, watch
    from analysis.words import words

    for path in to.paths:
        rendering.check(path)
    words(to.language)
    address = source.address()
    changed = intake.growth(address) if "://" in address else partial(watch.signature, address)
    changed()

    def render(live: watch.Live) -> str:
        reports = source.reports()
        for path in to.paths:
            rendering.write(reports, path, language=to.language)
        return html.render(reports, language=to.language, live=live)

    live = watch.Live(secrets.token_urlsafe(16))
    watch.follow(
        render, changed, live=live, policy=html.POLICY, port=to.port, outages=intake.OUTAGES
    )
    return 0
