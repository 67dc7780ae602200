"""One question to the analyst, as the commands take it: from words to a report, with progress."""

from __future__ import annotations

import sys
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Annotated, Literal, Self, TextIO

from typer import Option

from analysis.errors import AnalysisError, InputError

if TYPE_CHECKING:
    from analysis.frame import Frame
    from analysis.results import Report

TRANSFORMS = {"auto": "auto", "none": "none", "log": "log10", "log10": "log10", "rank": "rank"}
FAILED, WITHHELD = 1, 3


@dataclass(frozen=True, kw_only=True)
class Request:
    """What was asked on the command line; `answers` does the work, one report per metric."""

    metrics: Sequence[str] = ()
    journal: Annotated[str | None, Option(help="Folder or postgresql:// address.")] = None
    minimize: Annotated[bool, Option("--minimize", help="Low values are good.")] = False
    maximize: Annotated[bool, Option("--maximize", help="High values are good.")] = False
    margin: Annotated[
        float | None,
        Option(help="Smallest loss that would change a decision, in the metric's unit."),
    ] = None
    share_margin: Annotated[
        float, Option(help="The same for shares of the explainable variance.")
    ] = 0.05
    transform: Annotated[str, Option(help="Scale of the metric: auto, none, log or rank.")] = "auto"
    where: Annotated[
        Sequence[str], Option(help="Only runs that match, such as 'lr<1e-2'; repeatable.")
    ] = ()
    block: Annotated[
        Sequence[str], Option(help="Parameter that sets runs apart, such as dataset.")
    ] = ()
    seed: Annotated[int, Option(help="Seed of the analysis.")] = 0
    workers: Annotated[int, Option(help="Processes; the answer does not depend on it.")] = 1
    command: str = ""
    planned: int = 12

    def frame(self, metric: str) -> Frame:
        """The runs of one metric."""
        from analysis.frame import Frame

        if self.minimize and self.maximize:
            raise InputError("--minimize and --maximize exclude each other")
        direction: Literal["minimize", "maximize"] | None
        direction = "minimize" if self.minimize else "maximize" if self.maximize else None
        return Frame.from_journal(
            self.journal,
            metric=metric,
            direction=direction,
            where=tuple(self.where),
            block=tuple(self.block),
        )

    def answers(self) -> list[Report]:
        """One report per metric, with progress on stderr while they are made."""
        from analysis.assessment import assess

        if self.transform not in TRANSFORMS:
            raise InputError(
                f"{self.transform!r} is no transform",
                where="--transform",
                hint="one of auto, none, log, rank",
            )
        reports = []
        for metric in self.metrics:
            with Bar(metric) as bar:
                bar.tell("reading the journal", 0.0)
                report = assess(
                    self.frame(metric),
                    rng=self.seed,
                    margin=self.margin,
                    share_margin=self.share_margin,
                    transform=TRANSFORMS[self.transform],  # type: ignore[arg-type]
                    workers=self.workers,
                    progress=bar.tell,
                    command=self.command,
                    planned=self.planned,
                )
            reports.append(report)
        return reports


class Bar:
    """Progress on a terminal's stderr, nothing anywhere else; gone when the work is done."""

    WIDTH = 24
    PATIENCE = 0.5

    def __init__(self, title: str, stream: TextIO | None = None) -> None:
        self.title = title
        self.stream = stream or sys.stderr
        self.started = time.monotonic()
        self.shown = False

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *reason: object) -> None:
        if self.shown:
            self.stream.write("\r\x1b[K")
            self.stream.flush()

    def tell(self, what: str, done: float) -> None:
        """Show what is being done; silent for quick work and where nobody watches."""
        if not self.stream.isatty() or time.monotonic() - self.started < self.PATIENCE:
            return
        full = round(self.WIDTH * min(max(done, 0.0), 1.0))
        bar = "#" * full + "-" * (self.WIDTH - full)
        self.stream.write(f"\r\x1b[K{self.title[:24]} [{bar}] {what[:28]}")
        self.stream.flush()
        self.shown = True


def answered(work: Callable[[], int]) -> int:
    """Do a command's work; what the analyst refuses is said in one line, and is the exit status."""
    try:
        return work()
    except AnalysisError as error:
        where = f"{error.where}: " if error.where else ""
        sys.stderr.write(f"knobwise: {where}{error.message}\n")
        if error.hint:
            sys.stderr.write(f"  hint: {error.hint}\n")
        return FAILED


def strictly(reports: Sequence[Report], *, strict: bool) -> int:
    """0, or `WITHHELD` when an answer was withheld and the caller wants to know."""
    return WITHHELD if strict and any(report.answer == "withheld" for report in reports) else 0
