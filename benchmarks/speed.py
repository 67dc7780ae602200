"""How long does it take? The decomposition beside Optuna's fANOVA; the whole assessment; growth.

    python -m benchmarks.speed               all three, and docs/methods/speed.svg
    python -m benchmarks.speed --small       under 30 s, without peers

Seconds of CPU where methods are compared, because others may use the machine; wall seconds and peak
memory for whole assessments, each in a process of its own.
"""

from __future__ import annotations

import argparse
import itertools
import json
import resource
import subprocess
import sys
import time
from collections.abc import Callable, Sequence
from functools import partial
from pathlib import Path

import numpy as np
from sklearn.base import clone

from analysis.forest import Forest
from analysis.frame import Frame
from analysis.noise import noise
from analysis.smooth import configuration_data
from analysis.threads import one_thread
from benchmarks import ours, record
from benchmarks.peers import Peers
from benchmarks.truths.axes import Axis
from benchmarks.truths.exact import Columns
from benchmarks.truths.truth import Truth, frame_of

PLOT = Path(__file__).parents[1] / "docs" / "methods" / "speed.svg"
Row = dict[str, object]


def wide(d: int) -> Truth:
    """`d` parameters of decreasing weight, neighbours interacting, 20 % noise."""
    names = [f"x{i:03}" for i in range(d)]
    blocks = [((name,), partial(_wave, name=name, k=i)) for i, name in enumerate(names)]
    pairs = [
        ((a, b), partial(_meeting, a=a, b=b, k=i))
        for i, (a, b) in enumerate(itertools.pairwise(names))
    ]
    return Truth(
        name=f"wide_{d}",
        axes=tuple(Axis(name=name) for name in names),
        blocks=(*blocks, *pairs),
        noise_share=0.2,
    )


def _wave(c: Columns, *, name: str, k: int) -> np.ndarray:
    return np.asarray(np.sin((2 + k % 3) * c[name]) / (1 + k / 3))


def _meeting(c: Columns, *, a: str, b: str, k: int) -> np.ndarray:
    return np.asarray((c[a] - 0.5) * (c[b] - 0.5) / (1 + k / 3))


def cpu(work: Callable[[], object], *, times: int = 3) -> float:
    """The least CPU seconds of a few repetitions."""
    found = []
    for _ in range(times):
        started = time.process_time()
        work()
        found.append(time.process_time() - started)
    return min(found)


@one_thread
def decomposition(n: int, d: int, *, peers: Peers | None) -> Row:
    """CPU seconds of the forest's own fit, of its decomposition, and of Optuna's fANOVA."""
    truth = wide(d)
    table = truth.table(n, np.random.default_rng(0))
    frame = frame_of(truth, table)
    data = configuration_data(frame, noise(frame))
    fitted = Forest()(frame.space, data, rng=np.random.default_rng(0))
    model = fitted.model
    target = data.target - data.target.mean()
    features = np.nan_to_num(frame.configuration_codes)
    row: Row = {
        "n": n,
        "d": d,
        "fit": cpu(lambda: clone(model).fit(features, target)),
        "fit_and_boxes": cpu(lambda: Forest()(frame.space, data, rng=np.random.default_rng(0))),
        "decompose": cpu(lambda: _fresh(fitted, Forest, frame, data)),
        "quick_path": cpu(lambda: ours.decomposed(frame, seed=0), times=1),
    }
    row["decompose"] = _number(row["decompose"]) - _number(row["fit_and_boxes"])
    if peers is not None:
        row["optuna"] = peers.ask("fanova", truth, table=table, seed=0)["cpu"]
        row["times"] = _number(row["optuna"]) / _number(row["decompose"])
        row["times_with_fit"] = _number(row["optuna"]) / (
            _number(row["decompose"]) + _number(row["fit_and_boxes"])
        )
    return row


def _fresh(_: object, make: type[Forest], frame: Frame, data: object) -> object:
    """Fit and decompose, nothing cached in between."""
    surrogate = make()(frame.space, data, rng=np.random.default_rng(0))  # type: ignore[arg-type]
    return surrogate.decompose()


def whole(n: int, d: int, *, workers: int) -> Row:
    """A whole assessment in a process of its own: wall seconds, CPU seconds, peak memory."""
    command = [sys.executable, "-m", "benchmarks.speed", "--one", str(n), str(d), str(workers)]
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    row: Row = json.loads(done.stdout.splitlines()[-1])
    return row


def one(n: int, d: int, *, workers: int) -> None:
    """What `whole` runs: prints a row."""
    truth = wide(d)
    frame = frame_of(truth, truth.table(n, np.random.default_rng(0), replicated=0.2))
    started = time.process_time()
    report, wall = ours.assessed(frame, seed=0, workers=workers)
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 2**20
    row = {
        "n": n,
        "d": d,
        "workers": workers,
        "wall": wall,
        "cpu": time.process_time() - started,
        "peak_gb": peak,
        "surrogate": report.surrogate.name if report.surrogate else None,
    }
    print(json.dumps(row))


def draw(rows: Sequence[Row], path: Path) -> None:
    """Wall seconds and memory against runs, a line per number of parameters."""
    from matplotlib.figure import Figure

    figure = Figure(figsize=(9, 3.6), layout="constrained")
    axes = figure.subplots(1, 2)
    for d in sorted({_number(row["d"]) for row in rows}):
        line = sorted(
            (_number(r["n"]), _number(r["wall"]), _number(r["peak_gb"]))
            for r in rows
            if r["d"] == d and r["workers"] == 1
        )
        n, wall, peak = zip(*line, strict=True)
        axes[0].plot(n, wall, marker="o", label=f"{d:.0f} parameters")
        axes[1].plot(n, peak, marker="o")
    axes[0].set(xscale="log", yscale="log", xlabel="runs", ylabel="seconds, one worker")
    axes[1].set(xscale="log", xlabel="runs", ylabel="peak memory, GB", ylim=(0, None))
    axes[0].legend(frameon=False)
    path.parent.mkdir(parents=True, exist_ok=True)
    figure.savefig(path)


def _number(value: object) -> float:
    assert isinstance(value, float | int)
    return float(value)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--small", action="store_true")
    parser.add_argument("--growth", action="store_true", help="also N x D x workers, and the plot")
    parser.add_argument("--no-peers", action="store_true")
    parser.add_argument("--one", nargs=3, type=int, metavar=("N", "D", "WORKERS"))
    chosen = parser.parse_args()
    if chosen.one:
        n, d, workers = chosen.one
        one(n, d, workers=workers)
        return
    if chosen.small:
        parts = [decomposition(300, 10, peers=None)]
    elif chosen.no_peers:
        parts = [decomposition(1000, 20, peers=None)]
    else:
        with Peers() as peers:
            parts = [decomposition(n, d, peers=peers) for n, d in ((1000, 10), (1000, 20))]
    alone = chosen.small or chosen.no_peers
    _show("Decomposition, CPU seconds", "decomposition", parts, small=alone)
    sizes = [(60, 5)] if chosen.small else [(200, 10), (1000, 20), (100_000, 20)]
    wholes = [whole(n, d, workers=w) for n, d in sizes for w in (1, 2)]
    _show("Whole assessment", "assessment", wholes, small=chosen.small)
    if chosen.growth:
        grid = [(n, d) for d in (5, 10, 20, 40) for n in (100, 300, 1000, 3000, 10_000)]
        growth = [whole(n, d, workers=1) for n, d in grid]
        _show("Growth", "growth", growth, small=False)
        draw(growth, PLOT)


def _show(title: str, part: str, rows: Sequence[Row], *, small: bool) -> None:
    columns = list(rows[0])
    record.show(title, record.markdown(columns, [[row.get(c) for c in columns] for row in rows]))
    record.keep("speed", [{"part": part, **row} for row in rows], small=small)


if __name__ == "__main__":
    main()
