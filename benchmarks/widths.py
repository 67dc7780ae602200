"""How wide are first-order intervals beside those of peers, and do they cover? On the same runs.

    python -m benchmarks.widths            functions of numbers at 50, 100 and 300 runs, five seeds
    python -m benchmarks.widths --small    under 30 s, nothing is kept

SALib's RBD-FAST is asked anew for its bootstrap interval (95 %, 100 resamples), on the journals
that `benchmarks.coverage` judged of random runs; ours and the naive interval (spread over a
forest's trees) are the rows that it kept. Of ours only answered journals have an interval.
"""

from __future__ import annotations

import argparse
from collections.abc import Sequence

from benchmarks import coverage, judged, record
from benchmarks.judged import Row
from benchmarks.peers import Peers

SIZES = (50, 100, 300)
KEY = ("truth", "n", "seed", "parameter")
WHOSE = ("first", "naive", "rbd_fast")


def measure(names: Sequence[str], sizes: Sequence[int], *, seeds: int, small: bool) -> list[Row]:
    """RBD-FAST's intervals: a row per truth, size, seed and parameter; none of what it refuses."""
    rows: list[Row] = []
    with Peers() as peers:
        for name in names:
            truth = judged.noisy(name)
            for n in sizes:
                for seed in range(seeds):
                    runs = judged.runs_of(truth, n, seed=seed)
                    reply = peers.ask("rbd_fast_interval", truth, table=runs, seed=seed)
                    if "refused" in reply:
                        continue
                    found = [
                        {"truth": name, "n": n, "seed": seed, "parameter": parameter,
                         "rbd_fast": [share - half, share + half]}
                        for parameter, share in reply["first_order"].items()
                        for half in (reply["half_width"][parameter],)
                    ]  # fmt: skip
                    record.keep("widths", found, small=small)
                    rows += found
    return rows


def tables(rows: Sequence[Row]) -> str:
    """Per size: coverage and mean width of ours, naive and RBD-FAST, where all three answer.

    Parameters with at least 1 % of the variance, and the others.
    """
    judgements = record.newest("judged", key=(*KEY, "sampler"))
    random = [row for row in judgements if record.of(row, ("sampler",)) == ("random",)]
    ours = {tuple(row[k] for k in KEY): row for row in random}
    both = [ours[key] | row for row in rows if (key := tuple(row[k] for k in KEY)) in ours]
    told = [row for row in both if all(isinstance(row.get(who), list) for who in WHOSE)]
    lines = []
    for n in dict.fromkeys(row["n"] for row in told):
        for kind, at in (
            ("active", [r for r in told if r["n"] == n and coverage.active(r)]),
            ("others", [r for r in told if r["n"] == n and not coverage.active(r)]),
        ):
            cells = [_cell(at, who) for who in WHOSE]
            lines.append([n, kind, len(at), *cells])
    return record.markdown(["N", "parameters", "intervals", "ours", "naive", "rbd_fast"], lines)


def _cell(rows: Sequence[Row], who: str) -> str:
    held = coverage.mean_of(rows, lambda row: coverage.held(row, who, exactly="exact_first"))
    return f"{held:.0%} / {coverage.mean_of(rows, lambda row: coverage.width(row, who)):.3f}"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--small", action="store_true")
    parser.add_argument("--seeds", type=int, default=5)
    chosen = parser.parse_args()
    names = ["three_of_ten"] if chosen.small else judged.FUNCTIONS
    sizes = (50,) if chosen.small else SIZES
    rows = measure(names, sizes, seeds=2 if chosen.small else chosen.seeds, small=chosen.small)
    record.show("First-order intervals on the same runs: coverage / width", tables(rows))


if __name__ == "__main__":
    main()
