"""How far are the indices from the exact ones? Mean absolute error in percentage points.

    python -m benchmarks.accuracy                   functions, grids, held-out grids, ours and peers
    python -m benchmarks.accuracy --sampler tpe     the same on points that Optuna's TPE chose
    python -m benchmarks.accuracy --small           under 30 s, without peers

`oracle` (when asked for) is ours, told which parameters do nothing: what is left of its error when
it need not find that out. `form` is told the function but for the amplitudes of its terms, which it
takes by least squares: what no analysis can be expected to beat.

The error is the mean over parameters of |estimate - exact|, averaged over seeds. A peer that has
no value for a parameter (Optuna drops conditional ones) is taken to say 0, as its users read it.
"""

from __future__ import annotations

import argparse
from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from contextlib import ExitStack
from dataclasses import replace
from functools import partial

import numpy as np
import pandas as pd

from benchmarks import ours, record, truths
from benchmarks.peers import Peers, find
from benchmarks.truths import grids
from benchmarks.truths.exact import Columns
from benchmarks.truths.grids import Grid
from benchmarks.truths.reference import TABLES, reference
from benchmarks.truths.trained import HELD_OUT
from benchmarks.truths.truth import METRIC, Answered, Truth, frame_of

FUNCTIONS = [name for name in truths.FUNCTIONS if name != "pure_noise"]
PEERS = ("fanova", "fanova_levels", "ped_anova", "rbd_fast", "hdmr", "ax")
OWN = ("ours", "oracle", "form")
TOLD = ("oracle", "form")
USUAL = tuple(name for name in PEERS if name not in ("fanova_levels", "ax"))
"""Categories for every level cost the peer twenty times as much, and Ax needs an environment of
5 GB (`python -m benchmarks.peers --ax`): measured when asked for."""
SMALL = ["ishigami", "three_of_ten", "mixed"]
Row = dict[str, object]


def error(found: dict[str, float], exact: dict[str, float]) -> float:
    """Mean absolute error in percentage points."""
    return 100.0 * float(np.mean([abs(found.get(n, 0.0) - v) for n, v in exact.items()]))


def our_row(truth: Answered, table: pd.DataFrame, *, seed: int, method: str = "ours") -> Row:
    if method == "form":
        return form_row(truth, table)
    told = truth if method == "ours" else without_idle(truth)
    found = ours.estimated(frame_of(told, table), seed=seed)
    assert found.total is not None
    return {
        "method": method,
        "surrogate": found.name,
        "first": error(found.first_order, truth.exact.first_order),
        "total": error(found.total, truth.exact.total),
        "cpu": found.cpu,
    }


def form_row(truth: Answered, table: pd.DataFrame) -> Row:
    """The exact answer of the truth whose terms have the amplitudes that fit the runs best."""
    assert isinstance(truth, Truth)
    columns = {name: table[name].to_numpy() for name in truth.names}
    terms = np.column_stack([np.ones(len(table)), *(f(columns) for _, f in truth.blocks)])
    amplitudes = np.linalg.lstsq(terms.astype(float), table[METRIC].to_numpy(float))[0][1:]
    blocks = tuple(
        (names, partial(_scaled, function, float(amplitude)))
        for (names, function), amplitude in zip(truth.blocks, amplitudes, strict=True)
    )
    found = replace(truth, blocks=blocks).exact
    return {
        "method": "form",
        "first": error(found.first_order, truth.exact.first_order),
        "total": error(found.total, truth.exact.total),
    }


def _scaled(function: Callable[[Columns], np.ndarray], by: float, columns: Columns) -> np.ndarray:
    return by * np.asarray(function(columns), dtype=float)


def without_idle(truth: Answered) -> Answered:
    """The same truth without the parameters that do nothing."""
    assert isinstance(truth, Truth | Grid)
    kept = tuple(axis for axis in truth.axes if truth.exact.total[axis.name] > 0)
    return replace(truth, axes=kept)


def peer_row(
    peers: Peers, peer: str, *, truth: Answered, table: pd.DataFrame, seed: int
) -> Row | None:
    reply = peers.ask(peer, truth, table=table, seed=seed)
    if "refused" in reply:
        return None
    # Without a total of its own, a peer's user has its first order to go by.
    total = reply["total"] or reply["first_order"]
    return {
        "method": peer,
        "first": error(reply["first_order"], truth.exact.first_order),
        "total": error(total, truth.exact.total),
        "own_total": reply["total"] is not None,
        "cpu": reply["cpu"],
    }


def drawn(truth: Truth | Grid, n: int, *, seed: int, peers: Peers | None) -> pd.DataFrame:
    """Random runs; or, given peers, those that TPE chooses."""
    if peers is not None:
        return peers.tpe(truth, n, seed=seed)
    return truth.table(n, np.random.default_rng(seed))


def measure(
    jobs: Iterable[tuple[Answered, int, int, pd.DataFrame]],
    *,
    peers: Peers | None,
    methods: Sequence[str],
    about: Row,
    small: bool,
) -> list[Row]:
    """A row per truth, size, seed and method."""
    rows: list[Row] = []
    for truth, n, seed, table in jobs:
        known = len(rows)
        this: Row = {**about, "truth": truth.name, "n": n, "seed": seed}
        for method in methods:
            if method == "oracle" and all(truth.exact.total.values()):
                continue
            if method == "form" and (not isinstance(truth, Truth) or truth.factors):
                continue
            if method in OWN:
                rows.append(this | our_row(truth, table, seed=seed, method=method))
            elif peers is not None:
                row = peer_row(peers, method, truth=truth, table=table, seed=seed)
                if row is not None:
                    rows.append(this | row)
        record.keep("accuracy", rows[known:], small=small)
    return rows


def tables(rows: Sequence[Row]) -> str:
    """Truth x size against method: first-order / total error, then the mean of common ones."""
    methods = sorted({str(row["method"]) for row in rows}, key=[*OWN, *PEERS].index)
    cells: dict[tuple[object, object], dict[str, list[Row]]] = defaultdict(
        lambda: defaultdict(list)
    )
    for row in rows:
        cells[row["truth"], row["n"]][str(row["method"])].append(row)
    lines = []
    for (name, n), found in cells.items():
        lines.append([name, n, *(_pair(found.get(method, [])) for method in methods)])
    for n in dict.fromkeys(row["n"] for row in rows):
        at = {name: found for (name, size), found in cells.items() if size == n}
        known = [method for method in methods if method not in TOLD]
        some = [method for method in known if any(method in found for found in at.values())]
        common = [found for found in at.values() if all(method in found for method in some)]
        means = [
            _pair(*(found[method] for found in common)) if method in some else "–"
            for method in methods
        ]
        lines.append([f"**mean of the {len(common)} that all took**", n, *means])
    return record.markdown(["truth", "N", *methods], lines)


def _pair(*truths: Sequence[Row]) -> str:
    """First-order / total error, the mean over truths of the mean over seeds."""
    told = [rows for rows in truths if rows]
    if not told:
        return "–"
    first, total = (
        np.mean([np.mean([float(str(row[part])) for row in rows]) for rows in told])
        for part in ("first", "total")
    )
    own = told[0][0].get("own_total", True)
    return f"{first:.2f} / {total:.2f}" if own else f"{first:.2f} / ({total:.2f})"


def jobs_of(
    names: Sequence[str], sizes: Sequence[int], *, seeds: int, peers: Peers | None
) -> Iterable[tuple[Answered, int, int, pd.DataFrame]]:
    for name in names:
        truth = find(name)
        for n in sizes:
            for seed in range(seeds):
                yield truth, n, seed, drawn(truth, n, seed=seed, peers=peers)


def references() -> Iterable[tuple[Answered, int, int, pd.DataFrame]]:
    for name in TABLES:
        table = reference(name)
        yield table, len(table.runs), 0, table.runs


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--small", action="store_true")
    parser.add_argument("--seeds", type=int, default=5)
    parser.add_argument("--sampler", choices=["random", "tpe"], default="random")
    parser.add_argument("--only", nargs="*", help=f"truths by name; also: {GROUPS}")
    parser.add_argument("--methods", nargs="*", default=["ours", *USUAL])
    parser.add_argument("--sizes", nargs="*", type=int)
    chosen = parser.parse_args()
    if chosen.small:
        chosen.only, chosen.methods, chosen.seeds, chosen.sizes = SMALL, ["ours"], 2, [100]
    wanted = chosen.only or list(GROUPS)
    with ExitStack() as stack:
        needs = chosen.sampler == "tpe" or any(m not in OWN for m in chosen.methods)
        peers = stack.enter_context(Peers()) if needs else None
        tpe = peers if chosen.sampler == "tpe" else None
        groups = {
            "functions": (FUNCTIONS, (100, 500)),
            "grids": (grids.available(), (100, 300)),
            HELD_OUT: (grids.held_out(), (100, 300)),
            "chosen": ([name for name in wanted if name not in GROUPS], (100, 500)),
        }
        for title, (names, sizes) in groups.items():
            if not names or (title != "chosen" and title not in wanted):
                continue
            jobs = jobs_of(names, chosen.sizes or sizes, seeds=chosen.seeds, peers=tpe)
            report(title, jobs, peers=peers, methods=chosen.methods, options=chosen)
        if "reference" in wanted:
            report("reference", references(), peers=peers, methods=chosen.methods, options=chosen)


GROUPS = ("functions", "grids", HELD_OUT, "reference")


def report(
    title: str,
    jobs: Iterable[tuple[Answered, int, int, pd.DataFrame]],
    *,
    peers: Peers | None,
    methods: Sequence[str],
    options: argparse.Namespace,
) -> None:
    rows = measure(
        jobs,
        peers=peers,
        methods=methods,
        about={"group": title, "sampler": options.sampler},
        small=options.small,
    )
    heading = f"Error, {title}, {options.sampler} sampling, {options.seeds} seeds"
    record.show(f"{heading}: first order / total, percentage points", tables(rows))


if __name__ == "__main__":
    main()
