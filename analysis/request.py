"""One question to the analyst, as the commands take it: from words to a report, with progress."""

from __future__ import annotations

import sys
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import partial
from math import inf
from typing import TYPE_CHECKING, Annotated, Literal

from typer import Option

from analysis.bar import Bar
from analysis.errors import AnalysisError, Misused, UnknownMetric, chosen
from analysis.options import PLANNED, SHARE_MARGIN, asked
from journal.errors import UsageError

if TYPE_CHECKING:
    from analysis.frame import Frame
    from analysis.intake import Told
    from analysis.results import Report, Scalar
    from analysis.several import Question
    from analysis.transform import How

Blocks = Literal["fixed", "random"]
TRANSFORMS: dict[str, How] = {
    "auto": "auto",
    "none": "none",
    "log": "log10",
    "log10": "log10",
    "rank": "rank",
}
BLOCKS: dict[str, Blocks] = {"fixed": "fixed", "random": "random"}
FAILED, USAGE, WITHHELD = 1, 2, 3


@dataclass(frozen=True, kw_only=True)
class Request:
    """What was asked on the command line; `answers` does the work, one report per metric."""

    metrics: Sequence[str] = ()
    journal: Annotated[
        str | None, Option(metavar="PATH", help="Folder or postgresql:// address.")
    ] = None
    minimize: Annotated[
        bool,
        Option(
            "--minimize", help="Low values are good; of several metrics, where none is declared."
        ),
    ] = False
    maximize: Annotated[
        bool,
        Option(
            "--maximize", help="High values are good; of several metrics, where none is declared."
        ),
    ] = False
    margin: Annotated[
        float | None,
        Option(
            metavar="LOSS", help="Smallest loss that would change a decision, in the metric's unit."
        ),
    ] = None
    share_margin: Annotated[
        float, Option(metavar="SHARE", help="The same for shares of the explainable variance.")
    ] = SHARE_MARGIN
    transform: Annotated[
        str, Option(metavar="SCALE", help="Scale of the metric: auto, none, log (or log10), rank.")
    ] = "auto"
    where: Annotated[
        Sequence[str],
        Option(metavar="FILTER", help="Only runs that match, such as 'lr<1e-2'; repeatable."),
    ] = ()
    block: Annotated[
        Sequence[str],
        Option(
            metavar="NAME",
            help="What sets runs apart: a parameter (dataset), context (host) or seed.",
        ),
    ] = ()
    block_as: Annotated[
        str, Option(metavar="HOW", help="How blocks enter the classical tests: fixed or random.")
    ] = "fixed"
    anova: Annotated[
        Sequence[str],
        Option(
            metavar="HOW",
            help="How the classical tests are made: robust (unequal variances), ranks, welch "
            "(each parameter alone), type3, bh, pure; repeatable.",
        ),
    ] = ()
    contrast: Annotated[
        Sequence[str],
        Option(
            metavar="NAME",
            help="Compare the levels of this parameter in pairs (Tukey); repeatable.",
        ),
    ] = ()
    step: Annotated[
        Sequence[int],
        Option(metavar="STEP", help="Shares also as the metric stood at this step; repeatable."),
    ] = ()
    by: Annotated[
        Sequence[str],
        Option(
            metavar="NAME",
            help="Shares also at each value of this budget, dataset, ...; repeatable.",
        ),
    ] = ()
    seed: Annotated[int, Option(metavar="N", min=0, help="Seed of the analysis.")] = 0
    workers: Annotated[
        int,
        Option(
            metavar="N",
            min=1,
            help="Pieces of work side by side; the answer does not depend on it.",
        ),
    ] = 1
    command: str = ""
    planned: int = PLANNED

    def _frame(self, known: Told, metric: str, *, step: int | None = None) -> Frame:
        """The runs of one metric; step: as it stood there."""
        from analysis.intake import frame_of

        direction: Literal["minimize", "maximize"] | None
        direction = "minimize" if self.minimize else "maximize" if self.maximize else None
        return frame_of(
            known,
            metric=metric,
            direction=direction if len(self.metrics) == 1 else None,
            otherwise=direction,
            where=tuple(self.where),
            block=tuple(self.block),
            step=step,
        )

    def asked(self, direction: str | None = None) -> tuple[tuple[str, Scalar], ...]:
        """The options that the answer depends on, as they may be written down: no password.

        direction: the answer's; a flag that a declaration overruled is none of its options.
        """
        from analysis.intake import public

        told = self if self.journal is None else replace(self, journal=public(self.journal))
        without = [flag for flag in ("minimize", "maximize") if direction not in (None, flag)]
        return asked(told, without=("workers", *without))

    def answers(self) -> list[Report]:
        """One report per metric, with progress on stderr while they are made.

        All of them are of the journal as it is when the first is asked for. Raises `Misused` for an
        option that cannot be, before any run is read.
        """
        from analysis.assessment import assess
        from analysis.classical import Classical
        from analysis.intake import told
        from analysis.several import several

        if self.minimize and self.maximize:
            raise Misused("--minimize and --maximize exclude each other")
        if self.margin is not None:
            _between("--margin", self.margin, inf)
        _between("--share-margin", self.share_margin, 1.0)
        transform = chosen(self.transform, TRANSFORMS, where="--transform")
        blocks = chosen(self.block_as, BLOCKS, where="--block-as")
        classical = Classical.of(self.anova, blocks=blocks, contrasts=self.contrast)
        with Bar(", ".join(self.metrics)) as bar:
            bar.tell("reading the journal", 0.0)
            known = told(self.journal)
            if blocks != "fixed" and not (self.block or known.declares_block):
                raise Misused("--block-as says how blocks enter, and there is no --block")
            asked = self._asked_of(known)
        ask = partial(
            assess,
            margin=self.margin,
            share_margin=self.share_margin,
            command=self.command,
            planned=self.planned,
            classical=classical,
        )
        with Bar(", ".join(self.metrics)) as bar:
            reports = several(
                [self._question(frame, at) for frame, at in asked],
                rng=self.seed,
                transform=transform,
                workers=self.workers,
                progress=bar.tell,
                ask=ask,
            )
        return [self._told(report, at) for report, (_, at) in zip(reports, asked, strict=True)]

    def _question(self, frame: Frame, at: Mapping[int, Frame]) -> Question:
        """The runs of a metric, and those of each value of `--by` and each `--step`."""
        from analysis.several import Question
        from analysis.strata import parts_at, parts_by

        parts = [part for name in self.by for part in parts_by(frame, name)]
        return Question(frame, [*parts, *parts_at(at)])

    def _told(self, report: Report, at: Mapping[int, Frame]) -> Report:
        """The report with the options that it answers; at: the steps that the metric has."""
        told = replace(self, step=tuple(at)).asked(report.metric.direction)
        report = replace(report, provenance=replace(report.provenance, asked=told))
        return advised(report) if self.by or self.step else report

    def _asked_of(self, known: Told) -> list[tuple[Frame, dict[int, Frame]]]:
        """The runs of each metric, and as they stood at each step that it has.

        A step that some of several metrics lack is said, and the others are answered there. Raises
        `UnknownMetric` for one that none has.
        """
        asked: list[tuple[Frame, dict[int, Frame]]]
        asked = [(self._frame(known, metric), {}) for metric in self.metrics]
        for step in self.step:
            lacking = []
            for metric, (_, at) in zip(self.metrics, asked, strict=True):
                try:
                    at[step] = self._frame(known, metric, step=step)
                except UnknownMetric as none:
                    lacking.append(none)
            if len(lacking) == len(asked):
                raise lacking[0]
            for without in lacking:
                _tell(f"--step {step}: {without.message}: answered without it", without.typed)
        return asked


def advised(report: Report) -> Report:
    """The report whose findings do not advise to ask what it was asked: `--by`, `--step`."""
    from analysis.words import Voice, words

    voice = Voice(words(), report)
    return replace(
        report,
        findings=tuple(
            replace(item, hint=voice.hint(item.says))
            if item.says is not None and voice.asked_by(item.says)
            else item
            for item in report.findings
        ),
    )


def answered(work: Callable[[], int], *, journal: str | None = None) -> int:
    """Do a command's work; what the analyst refuses is said in one line, and is the exit status.

    Commands in its hint are for the journal that was named. Raises UsageError for what is about one
    word of the command line, which the journal points at.
    """
    try:
        return work()
    except AnalysisError as error:
        from analysis.intake import hinted

        if error.word:
            said, hint = error.message, error.typed
            raise UsageError(said, where=error.flag, hint=hint, word=error.word) from None
        where = f"{error.flag}: " if error.flag else ""
        _tell(f"{where}{error.message}", hinted(error.typed, journal))
        return USAGE if isinstance(error, Misused) else FAILED


def _tell(said: str, hint: str) -> None:
    from analysis.numerals import visible

    sys.stderr.write(visible(f"knobwise: {said}" + (f"\n  {hint}" if hint else "")) + "\n")


def strictly(reports: Sequence[Report], *, strict: bool) -> int:
    """0, or `WITHHELD` when an answer was withheld and the caller wants to know."""
    return WITHHELD if strict and any(report.answer == "withheld" for report in reports) else 0


def _between(option: str, value: float, high: float) -> None:
    """Refuses a value that is not above 0 and below `high`."""
    if not 0 < value < high:
        said = f"{value:g} is not above 0 and below {high:g}"
        raise Misused(said, where=option, word=option)
