"""An optimizer's runs, and twenty more: how far do they lower the error of the shares?

    python -m benchmarks.further            four functions, 100 and 300 runs by TPE, eight seeds
    python -m benchmarks.further --small    under 30 s, after random runs, without peers

The twenty are chosen by TPE going on, drawn at random, or planned (`knobwise plan`). Error: mean
over parameters of |estimate - exact| in percentage points, first order and total.
"""

from __future__ import annotations

import argparse
from collections import defaultdict
from collections.abc import Sequence
from contextlib import ExitStack

import numpy as np
import pandas as pd

from analysis.assessment import assess
from analysis.results import PlannedRun
from benchmarks import record
from benchmarks.accuracy import drawn, our_row
from benchmarks.peers import Peers, find
from benchmarks.record import Row
from benchmarks.truths.truth import METRIC, Truth, frame_of

NAMES = ("ishigami", "sobol_g", "three_of_ten", "mixed")
SIZES = (100, 300)
MORE = 20
AFTER = ("none", "as before", "random", "planned")


def measure(
    names: Sequence[str], sizes: Sequence[int], *, seeds: int, peers: Peers | None
) -> list[Row]:
    """A row per truth, size, seed and way of choosing the further runs."""
    rows: list[Row] = []
    for name in names:
        truth = find(name)
        assert isinstance(truth, Truth)
        for n in sizes:
            for seed in range(seeds):
                found = [
                    {"truth": name, "n": n, "more": MORE, "after": after, "seed": seed}
                    | our_row(truth, table, seed=seed)
                    for after, table in _journals(truth, n, seed=seed, peers=peers).items()
                ]
                record.keep("further", found, small=peers is None)
                rows += found
    return rows


def _journals(truth: Truth, n: int, *, seed: int, peers: Peers | None) -> dict[str, pd.DataFrame]:
    """The runs without and with further ones; those of TPE begin with the same n."""
    known, rng = drawn(truth, n, seed=seed, peers=peers), np.random.default_rng([seed, n])
    report = assess(frame_of(truth, known), rng=seed, planned=MORE, transform="none")
    assert report.plan is not None
    return {
        "none": known,
        "as before": drawn(truth, n + MORE, seed=seed, peers=peers),
        "random": pd.concat([known, truth.table(MORE, rng)], ignore_index=True),
        "planned": pd.concat(
            [known, carried_out(truth, report.plan.runs, rng=rng)], ignore_index=True
        ),
    }


def carried_out(
    truth: Truth, runs: Sequence[PlannedRun], *, rng: np.random.Generator
) -> pd.DataFrame:
    """What comes of planned runs, as a user would record it."""
    made = pd.DataFrame([dict(run.parameters) for run in runs], columns=truth.names)
    columns = {name: made[name].to_numpy() for name in truth.names}
    values = truth.f(columns)
    made[METRIC] = values + truth.noise_sd(columns, values) * rng.standard_normal(len(runs))
    made["seed"] = [run.seed for run in runs]
    return made


def tables(rows: Sequence[Row]) -> str:
    """Truth x size against what came after: first order / total, then the mean over truths."""
    cells: dict[tuple[object, object], list[Row]] = defaultdict(list)
    for row in rows:
        cells[row["truth"], row["n"]].append(row)
    for row in rows:
        cells["**mean**", row["n"]].append(row)
    lines = [[truth, n, *(_pair(of, after) for after in AFTER)] for (truth, n), of in cells.items()]
    heads = ["as they are", *(f"{MORE} more, {after}" for after in AFTER[1:])]
    return record.markdown(["truth", "N", *heads], lines)


def _pair(rows: Sequence[Row], after: str) -> str:
    found = [row for row in rows if row["after"] == after]
    first, total = (np.mean([float(str(row[of])) for row in found]) for of in ("first", "total"))
    return f"{first:.2f} / {total:.2f}"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--small", action="store_true")
    parser.add_argument("--seeds", type=int, default=8)
    parser.add_argument("--only", nargs="*", default=NAMES, help="truths by name")
    parser.add_argument("--sizes", nargs="*", type=int, default=SIZES)
    chosen = parser.parse_args()
    if chosen.small:
        chosen.only, chosen.sizes, chosen.seeds = ["mixed"], [50], 1
    with ExitStack() as stack:
        peers = None if chosen.small else stack.enter_context(Peers())
        rows = measure(chosen.only, chosen.sizes, seeds=chosen.seeds, peers=peers)
    first = "random runs" if chosen.small else "runs by TPE"
    record.show(f"Error after {first} and {MORE} more: first order / total", tables(rows))


if __name__ == "__main__":
    main()
