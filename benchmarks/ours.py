"""Knobwise as the benchmarks call it: the one place to change when the analysis' API does."""

from __future__ import annotations

import time
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from analysis.frame import Frame
    from analysis.results import Report


@dataclass(frozen=True, kw_only=True)
class Shares:
    """Point estimates of one method on one set of runs; None where it gives none."""

    first_order: dict[str, float]
    total: dict[str, float] | None
    cpu: float
    name: str = ""


def decomposed(frame: Frame, *, seed: int) -> Shares:
    """Indices without intervals; conditional parameters where they are active."""
    from analysis.regions import active_frames
    from analysis.sensitivity import decompose

    rng = np.random.default_rng(seed)
    started = time.process_time()
    space, found = decompose(frame, rng)
    first = dict(zip(space.names, found.first_order.tolist(), strict=True))
    total = dict(zip(space.names, found.total_order.tolist(), strict=True))
    for names, part in active_frames(frame):
        inner, there = decompose(part, rng)
        for name in names:
            first[name] = float(there.first_order[inner.index(name)])
            total[name] = float(there.total_order[inner.index(name)])
    return Shares(first_order=first, total=total, cpu=time.process_time() - started)


def estimated(frame: Frame, *, seed: int) -> Shares:
    """The shares that a report gives, without the rest of it; conditional ones where active."""
    from analysis.estimates import first_share
    from analysis.fitted import fitted
    from analysis.regions import active_frames
    from analysis.study import study

    rng = np.random.default_rng(seed)
    started = time.process_time()
    whole = study(fitted(frame, rng))
    names, found = whole.frame.space.names, whole.decomposition
    first = {name: first_share(whole, index).share for index, name in enumerate(names)}
    total = dict(zip(names, found.total_order.tolist(), strict=True))
    for governed, part in active_frames(frame):
        there = study(fitted(part, rng))
        for name in governed:
            index = there.frame.space.index(name)
            first[name] = first_share(there, index).share
            total[name] = float(there.decomposition.total_order[index])
    cpu, name = time.process_time() - started, whole.choice.for_shares.name
    return Shares(first_order=first, total=total, cpu=cpu, name=name)


def assessed(
    frame: Frame, *, seed: int, margin: float | None = None, workers: int = 1
) -> tuple[Report, float]:
    """The whole report on the untransformed objective, and the wall seconds it took."""
    from analysis.assessment import assess

    started = time.perf_counter()
    report = assess(frame, rng=seed, margin=margin, transform="none", workers=workers)
    return report, time.perf_counter() - started


def shares(report: Report) -> Shares:
    """Point estimates of a report; zero where it withholds or cannot estimate."""
    return Shares(
        first_order={
            p.name: p.first_order.share if p.first_order else 0.0 for p in report.parameters
        },
        total={p.name: p.total.share if p.total else 0.0 for p in report.parameters},
        cpu=0.0,
        name=report.surrogate.name if report.surrogate else "withheld",
    )
