"""Do the 95 % intervals hold the exact answer? Coverage and width; and an error of the risks.

    python -m benchmarks.coverage            all functions and grids at 50, 100 and 300 runs
    python -m benchmarks.coverage --kept     the tables of the last kept run again
    python -m benchmarks.coverage --sampler tpe  the same on points that Optuna's TPE chose
    python -m benchmarks.coverage --small    under 30 s

Of random runs a fifth of the configurations have a second seed. Where an answer is withheld there
is no interval, and the parameter is left out (the share of answers given stands beside). The
negative control is the common interval from the spread over a forest's trees (`benchmarks.naive`),
first order.
"""

from __future__ import annotations

import argparse
import time
from collections import defaultdict
from collections.abc import Callable, Sequence
from typing import get_args

import numpy as np

from benchmarks import judged, record
from benchmarks.judged import QUANTITIES, Quantity, Row

TOLERANCE = 1e-6
"""An exact zero is covered by an interval that starts at zero."""


def covered(row: Row, quantity: str) -> bool | None:
    """Whether the interval holds the exact value; None where there is no interval."""
    return held(
        row, quantity, exactly="exact_first" if quantity == "naive" else f"exact_{quantity}"
    )


def held(row: Row, whose: str, *, exactly: str) -> bool | None:
    """The same of any interval and any exact value of the row."""
    interval = row.get(whose)
    if not isinstance(interval, list):
        return None
    exact = _number(row[exactly])
    return bool(interval[-2] - TOLERANCE <= exact <= interval[-1] + TOLERANCE)


def width(row: Row, quantity: str) -> float | None:
    """The interval's length."""
    interval = row.get(quantity)
    return float(interval[-1] - interval[-2]) if isinstance(interval, list) else None


def active(row: Row) -> bool:
    """Whether the parameter holds at least 1 % of the variance."""
    return _number(row["exact_total"]) >= 0.01


def mean_of(rows: Sequence[Row], measure: Callable[[Row], float | None]) -> float:
    """Mean of a measure over the rows that have it."""
    found = [value for value in map(measure, rows) if value is not None]
    return float(np.mean(found)) if found else float("nan")


def by_truth(rows: Sequence[Row]) -> str:
    """Coverage first / total / risk of each truth and size."""
    groups: dict[tuple[object, object], list[Row]] = defaultdict(list)
    for row in rows:
        groups[row["truth"], row["n"]].append(row)
    lines = []
    for (name, n), group in groups.items():
        given = [row["answer"] == "given" for row in group]
        lines.append(
            [name, n, f"{np.mean(given):.0%}"]
            + [_percent(_coverage(group, quantity)) for quantity in (*QUANTITIES, "naive")]
            + [_percent(_coverage([r for r in group if active(r)], q)) for q in QUANTITIES]
            + [mean_of(group, lambda r, q=q: width(r, q)) for q in QUANTITIES]  # type: ignore[misc]
        )
    return record.markdown(
        ["truth", "N", "given", *QUANTITIES, "naive first",
         *(f"{q}, active" for q in QUANTITIES), *(f"width {q}" for q in QUANTITIES)],
        lines,
    )  # fmt: skip


def summary(rows: Sequence[Row]) -> str:
    """Per size: mean over truths, worst truth, and the negative control."""
    lines: list[list[object]] = []
    for n in [*dict.fromkeys(row["n"] for row in rows), "all"]:
        at = [row for row in rows if n in (row["n"], "all")]
        for quantity in (*QUANTITIES, "naive"):
            each = {
                name: _coverage([r for r in at if r["truth"] == name], quantity)
                for name in dict.fromkeys(str(row["truth"]) for row in at)
            }
            known = {name: value for name, value in each.items() if value == value}
            if known:
                worst = min(known, key=lambda name: known[name])
                lines.append(
                    [n, quantity, _percent(float(np.mean(list(known.values())))),
                     _percent(_coverage([r for r in at if active(r)], quantity)),
                     f"{worst} {known[worst]:.0%}",
                     sum(value < 0.8 for value in known.values())]
                )  # fmt: skip
    return record.markdown(
        ["N", "interval of", "mean over truths", "active parameters", "worst", "truths below 80 %"],
        lines,
    )


def _coverage(rows: Sequence[Row], quantity: str) -> float:
    return mean_of(rows, lambda row: covered(row, quantity))


def _number(value: object) -> float:
    assert isinstance(value, float | int)
    return float(value)


def _percent(value: float) -> str:
    return "–" if value != value else f"{value:.0%}"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--small", action="store_true")
    parser.add_argument("--kept", action="store_true")
    parser.add_argument(
        "--only", nargs="*", help="truths by name; also: functions, grids, 'held out'"
    )
    parser.add_argument("--sizes", nargs="*", type=int, default=[50, 100, 300])
    parser.add_argument("--sampler", choices=get_args(judged.Sampler), default="random")
    parser.add_argument("--seeds", type=int, default=5)
    parser.add_argument("--workers", type=int, default=1)
    chosen = parser.parse_args()
    if chosen.small:
        chosen.only, chosen.sizes, chosen.seeds = judged.SMALL, [60], 2
    started = time.perf_counter()
    if chosen.kept:
        rows = judged.kept()
    else:
        names = judged.names_of(chosen.only)
        seeds = range(chosen.seeds)
        rows = list(
            judged.rows(
                names,
                chosen.sizes,
                seeds=seeds,
                keep=not chosen.small,
                workers=chosen.workers,
                sampler=chosen.sampler,
            )
        )
    heading = f"{chosen.sampler} sampling, {chosen.seeds} seeds, {judged.elapsed(started)}"
    record.show(f"Coverage of 95 % intervals, {heading}", summary(rows))
    record.show("Coverage by truth: first / total / risk", by_truth(rows))


if __name__ == "__main__":
    main()


__all__ = ["Quantity", "active", "by_truth", "covered", "summary"]
