"""Several questions in one call: an answer for every metric, and shares of parts of its runs.

Each whole answer and each part is a piece of work that needs nothing of the others, large enough to
be worth a process of its own.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from functools import partial

import numpy as np
from joblib import delayed

from analysis.assessment import Progress, assess
from analysis.errors import Misused, require_kind
from analysis.frame import Frame
from analysis.results import Report
from analysis.strata import Part, Piece, done, pieces
from analysis.trade_offs import with_trade_offs
from analysis.transform import How, transformed
from analysis.usable import every, require_working


@dataclass(frozen=True, eq=False)
class Question:
    """The runs of one metric, and the parts of them whose shares are asked for as well.

    Raises `Misused` for what is no frame, and no parts of one.
    """

    frame: Frame
    parts: Sequence[Part] = ()

    def __post_init__(self) -> None:
        require_kind(self.frame, Frame, what="what is asked about", hint="see Frame.from_table")
        every(self.parts, Part, what="a part", hint='see parts_by(frame, "data")')


def several(
    questions: Question | Iterable[Question],
    *,
    rng: int | np.integer = 0,
    transform: How = "auto",
    workers: int = 1,
    progress: Progress | None = None,
    ask: Callable[..., Report] = assess,
) -> list[Report]:
    """What does each question have for an answer, its parts and trade-offs among it?

    rng: a seed, the same for every question. ask: `assess`, or a partial of it with settings that
    every answer has. workers: answers and parts side by side, in processes or wherever joblib's
    backend sends them; a single answer shares them out itself. Parts are on the scale of their
    whole. The reports do not depend on the number of workers. Raises what `assess` and `strata`
    raise, and `Misused` for a generator in place of a seed.
    """
    asked = every(questions, Question, what="what is asked", hint="Question(frame)")
    require_working(rng, workers=workers, progress=progress)
    if isinstance(rng, np.random.Generator):
        raise Misused("several questions have a seed, not a generator", where="rng", hint="rng=0")
    n = sum(1 + len(question.parts) for question in asked)
    jobs = max(1, min(workers, n))
    each = workers // jobs
    given = {"rng": rng, "transform": transform, "workers": each}
    work: list[Piece] = []
    for question in asked:
        frame, here = question.frame, len(work)
        told = partial(_within, progress, here, n) if progress and jobs == 1 else None
        work.append((frame.metric, delayed(ask)(frame, progress=told, **given)))
        if question.parts:
            scale = transformed(frame, transform)[0].transform
            work += pieces(question.parts, rng=rng, transform=scale, workers=each)
    found = done(work, jobs=jobs, progress=progress)
    reports = []
    for question in asked:
        report, *parts = found[: 1 + len(question.parts)]
        del found[: 1 + len(question.parts)]
        reports.append(replace(report, strata=(*report.strata, *parts)))
    return with_trade_offs(reports, [question.frame for question in asked])


def _within(progress: Progress, place: int, n: int, what: str, done: float) -> None:
    """Progress of one piece as progress of all."""
    progress(what, (place + done) / n)
