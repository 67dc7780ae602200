"""Knobwise as the benchmarks call it: the one place to change when the analysis' API does."""

from __future__ import annotations

import time
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

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
    """Indices without intervals."""
    from analysis.assess import decompose

    started = time.process_time()
    found: Any = decompose(frame, np.random.default_rng(seed))
    cpu = time.process_time() - started
    names = frame.space.names
    return Shares(
        first_order=dict(zip(names, map(float, found.first_order), strict=True)),
        total=dict(zip(names, map(float, found.total_order), strict=True)),
        cpu=cpu,
        name=str(getattr(found, "name", "")),
    )


def assessed(frame: Frame, *, seed: int, margin: float | None = None) -> tuple[Report, float]:
    """The whole report, and the wall seconds it took."""
    from analysis.assess import assess

    options: dict[str, Any] = {} if margin is None else {"margin": margin}
    started = time.perf_counter()
    report = assess(frame, rng=seed, **options)
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
