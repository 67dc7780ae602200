"""Do intervals of pairs hold the exact shares, and is what is tuned apart apart?

    python -m benchmarks.pairs                  functions and grids, 100 random runs, three seeds
    python -m benchmarks.pairs --sampler tpe    on points that Optuna's TPE chose
    python -m benchmarks.pairs --small          under 30 s, nothing is kept

Counted on the journals of `benchmarks.coverage`, where there is an answer. Two parameters are apart
if the report has one of them in a group without the other.
"""

from __future__ import annotations

import argparse
from collections.abc import Sequence
from contextlib import nullcontext

from analysis.assessment import assess
from analysis.grouping import apart
from benchmarks import coverage, judged, record
from benchmarks.judged import Row, Sampler
from benchmarks.peers import Peers
from benchmarks.truths.truth import frame_of

SIZES = (100,)
ACTIVE, MARGIN = 0.01, 0.05


def measure(
    names: Sequence[str], sizes: Sequence[int], *, seeds: int, sampler: Sampler, small: bool
) -> list[Row]:
    """A row per truth, size, seed and pair."""
    rows: list[Row] = []
    with Peers() if sampler == "tpe" else nullcontext() as peers:
        for name in names:
            for n in sizes:
                for seed in range(seeds):
                    found = of_one(name, n, seed=seed, peers=peers)
                    told = [row | {"sampler": sampler} for row in found]
                    record.keep("pairs", told, small=small)
                    rows += told
    return rows


def of_one(name: str, n: int, *, seed: int, peers: Peers | None) -> list[Row]:
    """The pairs of one journal; none where the answer is withheld."""
    truth = judged.noisy(name)
    runs = judged.runs_of(truth, n, seed=seed, peers=peers)
    report = assess(frame_of(truth, runs), rng=seed, planned=0)
    exact = {frozenset(pair): share for pair, share in truth.exact.pairs.items()}
    return [
        {"truth": name, "n": n, "seed": seed, "pair": " + ".join(pair.parameters),
         "exact": float(exact.get(frozenset(pair.parameters), 0.0)),
         "share": [pair.share, pair.low, pair.high], "apart": apart(report, pair)}
        for pair in report.interactions
    ]  # fmt: skip


def tables(rows: Sequence[Row]) -> str:
    """Per way of sampling and size: coverage, width, and what is said to be apart."""
    lines = []
    for sampler, n in dict.fromkeys((row["sampler"], row["n"]) for row in rows):
        at = [row for row in rows if (row["sampler"], row["n"]) == (sampler, n)]
        real = [row for row in at if _exact(row) >= MARGIN]
        some = [row for row in at if _exact(row) >= ACTIVE]
        little = [row for row in at if _exact(row) < MARGIN / 2]
        lines.append([
            sampler, n, len(at), *map(_covered, (at, some, real)),
            coverage.mean_of(at, lambda row: coverage.width(row, "share")),
            f"{sum(bool(row['apart']) for row in real)} of {len(real)}",
            f"{sum(bool(row['apart']) for row in little)} of {len(little)}",
        ])  # fmt: skip
    heads = ["runs by", "N", "pairs", "covered", "of 1 % and more", "of 5 % and more", "width",
             "apart, of 5 % and more", "apart, of less than 2.5 %"]  # fmt: skip
    return record.markdown(heads, lines)


def _exact(row: Row) -> float:
    return float(str(row["exact"]))


def _covered(rows: Sequence[Row]) -> str:
    held = coverage.mean_of(rows, lambda row: coverage.held(row, "share", exactly="exact"))
    return f"{held:.0%}"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--small", action="store_true")
    parser.add_argument("--only", nargs="*", help="truths by name; also: functions, grids")
    parser.add_argument("--sizes", nargs="*", type=int, default=SIZES)
    parser.add_argument("--seeds", type=int, default=3)
    parser.add_argument("--sampler", choices=("random", "tpe"), default="random")
    chosen = parser.parse_args()
    if chosen.small:
        chosen.only, chosen.seeds = ["mixed"], 2
    rows = measure(
        judged.names_of(chosen.only or ["functions", "grids"]),
        chosen.sizes,
        seeds=chosen.seeds,
        sampler=chosen.sampler,
        small=chosen.small,
    )
    record.show("Shares of pairs", tables(rows))


if __name__ == "__main__":
    main()
