"""Whole assessments of truths, a row per parameter: what coverage and verdicts are counted from."""

from __future__ import annotations

import itertools
import time
from collections.abc import Iterable, Iterator, Sequence
from contextlib import nullcontext
from dataclasses import replace
from typing import Literal

import numpy as np
import pandas as pd
from joblib import Parallel, delayed

from analysis.results import ParameterResult, Report
from benchmarks import naive, ours, record, truths
from benchmarks.peers import Peers, find
from benchmarks.truths import grids
from benchmarks.truths.grids import Grid
from benchmarks.truths.knobs import pure_noise
from benchmarks.truths.trained import HELD_OUT
from benchmarks.truths.truth import Truth, frame_of

Row = dict[str, object]
Sampler = Literal["random", "tpe"]
REPLICATED = 0.2
"""Share of configurations that are run twice: how the noise becomes known."""
NOISE_SHARE = 0.1
"""Noise given to functions that have none of their own: without noise there is no margin."""
FUNCTIONS = [name for name in truths.FUNCTIONS if name != "pure_noise"]
SMALL = ["three_of_ten", "mixed"]


def names_of(wanted: Sequence[str] | None) -> list[str]:
    """Truths by name; "functions", "grids" and "held out" stand for all of them."""
    groups = {
        "functions": FUNCTIONS,
        "grids": grids.available(),
        HELD_OUT: grids.held_out(),
    }
    return [name for one in wanted or groups for name in groups.get(one, [one])]


def noisy(name: str) -> Truth | Grid:
    """The truth, with noise if it is a function without any."""
    truth = find(name)
    if isinstance(truth, Truth) and truth.noise is None and not truth.noise_share:
        return replace(truth, noise_share=NOISE_SHARE)
    return truth


def rows(
    names: Sequence[str],
    sizes: Sequence[int],
    *,
    seeds: Iterable[int],
    keep: bool,
    workers: int = 1,
    sampler: Sampler = "random",
) -> Iterator[Row]:
    """A row per truth, size, seed and parameter; journals are judged by `workers` processes."""
    jobs = itertools.product(sizes, seeds, map(noisy, names))
    with Peers() if sampler == "tpe" else nullcontext() as peers:
        journals = Parallel(n_jobs=workers, return_as="generator")(
            delayed(of_one)(truth, runs_of(truth, n, seed=seed, peers=peers), n=n, seed=seed)
            for n, seed, truth in jobs
        )
        for journal in journals:
            found = [row | {"sampler": sampler} for row in journal]
            record.keep("judged", found, small=not keep)
            yield from found


def runs_of(truth: Truth | Grid, n: int, *, seed: int, peers: Peers | None = None) -> pd.DataFrame:
    """The runs of one journal: random ones, some twice; or, given peers, those that TPE chooses.

    Sizes and truths draw different ones even under one seed.
    """
    if peers is not None:
        return peers.tpe(truth, n, seed=seed)
    stream = np.random.default_rng([seed, n, sum(map(ord, truth.name))])
    return truth.table(n, stream, replicated=REPLICATED)


def of_one(truth: Truth | Grid, runs: pd.DataFrame, *, n: int, seed: int) -> list[Row]:
    """One journal's rows."""
    frame = frame_of(truth, runs)
    report, seconds = ours.assessed(frame, seed=seed)
    control = naive.intervals(
        frame.codes,
        frame.objective,
        levels=[0 if p.numeric else len(p.levels) for p in frame.space.parameters],
        seed=seed,
    )
    about: Row = {
        "truth": truth.name,
        "n": n,
        "seed": seed,
        "answer": report.answer,
        "surrogate": report.surrogate.name if report.surrogate else None,
        "skill": report.surrogate.skill if report.surrogate else None,
        "margin": report.margin.metric if report.margin else None,
        "share_margin": report.margin.share if report.margin else None,
        "wall": seconds,
    }
    by_name = dict(zip(frame.space.names, control, strict=True))
    return [about | _row(truth, p, by_name.get(p.name)) for p in report.parameters]


def _row(
    truth: Truth | Grid, found: ParameterResult, control: tuple[float, float, float] | None
) -> Row:
    exact = truth.exact
    row: Row = {
        "parameter": found.name,
        "verdict": found.verdict,
        "conditional": found.condition is not None,
        "exact_first": exact.first_order[found.name],
        "exact_total": exact.total[found.name],
        "exact_risk": exact.risk[found.name].mean,
        "naive": list(control[1:]) if control is not None else None,
    }
    if found.first_order is not None:
        row["first"] = [found.first_order.share, found.first_order.low, found.first_order.high]
    if found.total is not None:
        row["total"] = [found.total.share, found.total.low, found.total.high]
    if found.tuning_risk is not None:
        risk = found.tuning_risk
        row["risk"] = [risk.mean, risk.low, risk.high]
    return row


def kept() -> list[Row]:
    """The rows of the last kept run."""
    return record.latest("judged")


def noise_journals(count: int, *, runs: int, parameters: int) -> list[Report]:
    """Reports of journals in which no parameter does anything."""
    truth = pure_noise(parameters)
    found = []
    for seed in range(count):
        table = truth.table(runs, np.random.default_rng(1000 + seed), replicated=REPLICATED)
        found.append(ours.assessed(frame_of(truth, table), seed=seed)[0])
    return found


Quantity = Literal["first", "total", "risk"]
QUANTITIES: tuple[Quantity, ...] = ("first", "total", "risk")


def elapsed(started: float) -> str:
    """Minutes since, for the heading."""
    return f"{(time.perf_counter() - started) / 60:.0f} min"
