"""Shares part by part: how does what matters change with the budget, or from step to step?

Early in a training the learning rate may decide everything, at its end the regularisation; what a
small budget teaches need not hold for a large one. Each part is fitted on its own, by the same
machinery and with the same refusals as the whole. The parts of a budget keep the whole's ranges and
levels, so that their shares are taken under one measure.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, get_args

import numpy as np
from joblib import Parallel, delayed

from analysis.blocking import without_blocks
from analysis.enough import require_enough, require_skill
from analysis.errors import (
    InputError,
    Misused,
    UnknownParameter,
    Withheld,
    chosen,
    meant,
    require_kind,
)
from analysis.estimates import first_share, total_share
from analysis.findings_design import untold
from analysis.fitted import SHARES, fitted
from analysis.frame import Frame
from analysis.regions import Region, regions
from analysis.results import Said, Scalar, Stratum, StratumParameter, Transform
from analysis.sensitivity import Sensitivity, sensitivity
from analysis.sentences import english
from analysis.space import Space, factorize, is_number, level_key, missing
from analysis.threads import one_thread
from analysis.transform import transformed
from analysis.usable import every, require_working
from journal.filter_writer import filter_text
from journal.shell import quoted

MOST_PARTS = 24
"""More values than this are no budgets."""
Progress = Callable[[str, float], None]


@dataclass(frozen=True, eq=False)
class Part:
    """The runs of one part: those in which `by` is `value`, or all as they stood at that step.

    called: what it is, where that is a sentence of ours and no value of anything.
    """

    by: str
    value: Scalar
    frame: Frame
    called: Said | None = None

    @classmethod
    def of_runs(cls, called: Said, frame: Frame) -> Part:
        """Runs that no value tells apart, such as all of them."""
        return cls("runs", english(called), frame, called)


def parts_by(frame: Frame, name: str) -> list[Part]:
    """The runs of each value of a parameter or of a block, which is no longer asked about in them.

    Raises `UnknownParameter`; `Misused` for a parameter with too many values, or a constant.
    """
    require_kind(frame, Frame, what="what has parts", hint="see Frame.from_table")
    require_kind(name, str, what="a name", hint="of a parameter or a block")
    if name in frame.space.names:
        column = [row[frame.space.index(name)] for row in frame.values]
    elif name in frame.blocks:
        column = list(frame.blocks[name])
    elif name in {parameter.name for parameter in frame.constants}:
        raise Misused(
            f"{name} is the same in all these runs: they are one part, the whole",
            where="name",
            flag="--by",
        )
    else:
        raise _unknown(frame, name)
    codes, values = factorize(column)
    if len(values) > MOST_PARTS:
        middle = sorted(values, key=_place)[len(values) // 2]
        operator = "=" if _place(middle)[0] else ">="
        where = filter_text(name, operator, value=middle)
        part = "ask for all that is said of a part of them"
        raise Misused(
            f"{name} has {len(values)} different values, too many to ask for each",
            where="name",
            flag="--by",
            hint=f"{part}: where={where!r}",
            typed=f"{part}: --where {quoted(where)}",
        )
    order = sorted(range(len(values)), key=lambda index: _place(values[index]))
    return [
        Part(name, values[index], _without(frame.take(np.flatnonzero(codes == index)), name))
        for index in order
    ]


def _unknown(frame: Frame, name: str) -> UnknownParameter:
    """The error for a name that no parameter and no block has."""
    names = [*frame.space.names, *map(str, frame.blocks)]
    known = meant(name, names, otherwise=f"one of {', '.join(names)}")
    recorded = any(name in context for context in frame.context)
    recorded |= name == "seed" and any(seed is not None for seed in frame.seeds)
    ways = (f"block={name!r}", f"--block {quoted(name)}")
    hint, typed = (f"with {way} it is a block; or " if recorded else "" for way in ways)
    return UnknownParameter(
        f"no studied parameter or block is called {name}",
        where="name",
        flag="--by",
        hint=f"{hint}{known}",
        typed=f"{typed}{known}",
        word=name,
    )


def parts_at(frames: Mapping[int, Frame]) -> list[Part]:
    """All runs as they stood at each step: step -> its frame."""
    hint = '{10: Frame.from_journal(path, metric="loss", step=10)}'
    require_kind(frames, Mapping, what="what has steps", hint=hint)
    every(frames.values(), Frame, what="a step's part", hint=hint)
    return [Part("step", step, frames[step]) for step in sorted(frames)]


@one_thread
def strata(
    parts: Iterable[Part],
    *,
    rng: int | np.integer | np.random.Generator = 0,
    transform: Transform = "none",
    workers: int = 1,
    progress: Progress | None = None,
) -> tuple[Stratum, ...]:
    """First-order and total shares of every part, with their intervals; or why there are none.

    transform: the scale of the objective, the same in every part. workers: parts side by side, in
    processes of their own or wherever joblib's backend sends them. progress: called before each.
    """
    asked = every(parts, Part, what="a part", hint='see parts_by(frame, "data")')
    require_working(rng, workers=workers, progress=progress)
    chosen(transform, dict.fromkeys(get_args(Transform)), where="transform")
    jobs = max(1, min(workers, len(asked)))
    work = pieces(asked, rng=rng, transform=transform, workers=workers // jobs)
    return tuple(done(work, jobs=jobs, progress=progress))


Piece = tuple[str, Any]
"""What is worth a process of its own: what it is called, and joblib's delayed call."""


def done(work: Sequence[Piece], *, jobs: int, progress: Progress | None) -> list[Any]:
    """What every piece of work gives, so many side by side; progress: called before each."""
    ready = Parallel(n_jobs=jobs, return_as="generator")(piece for _, piece in work)
    found = []
    for place, (called, _) in enumerate(work):
        if progress is not None:
            progress(called, place / len(work))
        found.append(next(ready))
    return found


def pieces(
    parts: Sequence[Part],
    *,
    rng: int | np.integer | np.random.Generator,
    transform: Transform,
    workers: int,
) -> list[Piece]:
    """Every part as work that needs no other; workers: those that each may have."""
    streams = np.random.default_rng(rng).spawn(len(parts))
    return [
        (
            f"{part.by} {part.value}",
            delayed(stratum)(part, stream, transform=transform, workers=workers),
        )
        for part, stream in zip(parts, streams, strict=True)
    ]


@one_thread
def stratum(
    part: Part, rng: np.random.Generator, *, transform: Transform | None, workers: int = 1
) -> Stratum:
    """The shares of one part; transform: None where its frame is on the wanted scale already."""
    frame = varying(part.frame)
    try:
        if transform is not None:
            frame, _ = transformed(frame, transform)
        frame, _ = without_blocks(frame)  # on the scale of the answer, as in the whole's
        require_enough(frame)
        found = fitted(frame, rng, later=SHARES, workers=workers)
        require_skill(found)
        there = sensitivity(found, workers=workers)
        apart = regions(frame, rng, workers=workers)
    except Withheld as reason:
        return replace(described(part, None), because=reason.message, says=reason.says)
    except InputError as reason:
        return replace(described(part, None), because=reason.message)
    return described(part, there, apart=apart)


def described(part: Part, there: Sensitivity | None, *, apart: tuple[Region, ...] = ()) -> Stratum:
    """What a study says of a part, and of conditional parameters those of where they exist.

    Nothing of parameters that no run of the part tells apart.
    """
    own = {name: region.study for region in apart for name in region.names}
    own |= dict.fromkeys(untold(part.frame) if there else ())
    return Stratum(
        by=part.by,
        value=part.value,
        called=part.called,
        runs=part.frame.n_runs,
        configurations=part.frame.unblocked.n_configurations,  # as the whole's
        answer="withheld" if there is None else "given",
        because=None,
        parameters=tuple(_shares(own.get(name, there), name) for name in part.frame.space.names),
    )


def _shares(there: Sensitivity | None, name: str) -> StratumParameter:
    if there is None or name not in there.frame.space.names:
        return StratumParameter(name=name, first_order=None, total=None)
    index = there.frame.space.index(name)
    if len(np.unique(there.frame.codes[:, index])) < 2:  # constant where it exists
        return StratumParameter(name=name, first_order=None, total=None)
    return StratumParameter(
        name=name, first_order=first_share(there, index), total=total_share(there, index)
    )


def varying(frame: Frame) -> Frame:
    """The frame without what these runs hold constant, and without conditions that always hold."""
    columns = dict(zip(frame.space.names, zip(*frame.values, strict=True), strict=False))
    kept = {name for name, column in columns.items() if len(set(map(level_key, column))) > 1}
    parameters = tuple(
        replace(p, condition=None)
        if p.condition and p.condition.parent not in kept and not missing(columns[p.name]).any()
        else p
        for p in frame.space.parameters
        if p.name in kept
    )
    if parameters == frame.space.parameters:
        return frame
    return frame.take(np.arange(frame.n_runs), space=Space(parameters))


def _without(frame: Frame, name: str) -> Frame:
    """The frame of one value of a parameter or block, which is gone."""
    blocks = frame.blocks.drop(columns=name, errors="ignore").reset_index(drop=True)
    kept = tuple(p for p in frame.space.parameters if p.name != name)
    frame = replace(frame, blocks=blocks)
    if len(kept) == len(frame.space):
        return frame
    return frame.take(np.arange(frame.n_runs), space=Space(kept))


def _place(value: Scalar) -> tuple[bool, float, str]:
    """Numbers in their order, then words in theirs."""
    if is_number(value):
        return False, float(value), ""
    return True, 0.0, str(value)
