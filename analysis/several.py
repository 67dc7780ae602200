"""Several questions in one call: an answer for every metric, and shares of parts of its runs.

Each whole answer and each part is a piece of work that needs nothing of the others, large enough to
be worth a process of its own.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from functools import partial

from joblib import delayed

from analysis.assessment import Progress, assess
from analysis.frame import Frame
from analysis.results import Report
from analysis.strata import Part, Piece, done, pieces
from analysis.trade_offs import with_trade_offs
from analysis.transform import How, transformed


@dataclass(frozen=True, eq=False)
class Question:
    """The runs of one metric, and the parts of them whose shares are asked for as well."""

    frame: Frame
    parts: tuple[Part, ...] = ()


def several(
    questions: Sequence[Question],
    *,
    rng: int,
    transform: How,
    workers: int,
    progress: Progress,
    ask: Callable[..., Report] = assess,
) -> list[Report]:
    """What does each question have for an answer, its parts among it?

    ask: `assess`, with such settings as every answer has. workers: answers and parts side by side,
    in processes or wherever joblib's backend sends them; a single answer shares them out itself.
    Parts are on the scale of their whole. The reports do not depend on the number of workers.
    Raises what `assess` and `strata` raise.
    """
    n = sum(1 + len(question.parts) for question in questions)
    jobs = max(1, min(workers, n))
    given = {"rng": rng, "transform": transform, "workers": workers // jobs}
    work: list[Piece] = []
    for question in questions:
        frame, here = question.frame, len(work)
        told = partial(_within, progress, here, n) if jobs == 1 else None
        work.append((frame.metric, delayed(ask)(frame, progress=told, **given)))
        if question.parts:
            scale = transformed(frame, transform)[0].transform
            work += pieces(question.parts, rng=rng, transform=scale)
    found = done(work, workers=jobs, progress=progress)
    reports = []
    for question in questions:
        report, *parts = found[: 1 + len(question.parts)]
        del found[: 1 + len(question.parts)]
        reports.append(replace(report, strata=(*report.strata, *parts)))
    return with_trade_offs(reports, [question.frame for question in questions])


def _within(
    progress: Callable[[str, float], None], place: int, n: int, what: str, done: float
) -> None:
    """Progress of one piece as progress of all."""
    progress(what, (place + done) / n)
