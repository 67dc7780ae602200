"""All runs into a frame: seconds and memory, beside orjson with pandas on the same bytes.

    python -m benchmarks.journal_load            1,000, 100,000 and 1,000,000 runs; peers at 1,000
    python -m benchmarks.journal_load --small    10,000 runs, without peers, not kept

Ten parameters and three metrics a run. The yardstick parses the same files line by line with
orjson and hands the rows to pandas; it checks nothing. Both alternate, each time in a process of
its own; CPU seconds are of all processes together, CPU and wall are medians. Peers read what they
wrote themselves, which takes them so long that it is 1,000 runs: Optuna's `trials_dataframe`,
MLflow's `search_runs`.
"""

from __future__ import annotations

import argparse
import json
import random
import resource
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from pathlib import Path

import orjson
import pandas as pd

import journal
from benchmarks import record, trackers
from journal.entries import logged_body
from journal.ids import uuid7
from journal.lines import Entry
from journal.writer import Writer

ROOT = Path(__file__).parents[1]
PEER_RUNS = 1000
EVERYBODY = (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)


def main(words: Sequence[str] | None = None) -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--small", action="store_true")
    parser.add_argument("--measure", nargs=3, help=argparse.SUPPRESS)
    asked = parser.parse_args(words)
    if asked.measure:
        method, folder, turns = asked.measure
        print(json.dumps(measure(METHODS[method], Path(folder), turns=int(turns))))
        return
    small = bool(asked.small)
    rows: list[record.Row] = []
    for n in (10_000,) if small else (PEER_RUNS, 100_000, 1_000_000):
        with tempfile.TemporaryDirectory() as folder:
            fill(Path(folder), n)
            rounds, turns = (5, 3) if n <= 100_000 else (3, 1)
            found = [[one(m, Path(folder), turns=turns) for m in METHODS] for _ in range(rounds)]
            for method, told in zip(METHODS, zip(*found, strict=True), strict=True):
                rows.append({"method": method, "runs": n, **middle(told)})
    for tracker in () if small else trackers.NAMES:
        with tempfile.TemporaryDirectory() as folder:
            trackers.ask(tracker, "write", folder, PEER_RUNS)
            seconds = trackers.ask(tracker, "load", folder, seconds=600)
        wall = float("nan") if seconds is None else seconds
        rows.append({"method": tracker, "runs": PEER_RUNS, "wall_seconds": wall})
    columns = ["method", "runs", "cpu_seconds", "wall_seconds", "gigabytes"]
    table = [[row.get(name) for name in columns] for row in rows]
    record.show("Loading runs into a frame", record.markdown(columns, table))
    record.keep("journal_load", rows, small=small)


def fill(folder: Path, n: int) -> None:
    """A journal of n runs."""
    rng = random.Random(0)
    writer = Writer(str(folder))
    for start in range(0, n, 5000):
        writer.append([entry(rng, writer) for _ in range(min(5000, n - start))])
    writer.close()


def entry(rng: random.Random, writer: Writer) -> Entry:
    params = {
        "lr": 10 ** rng.uniform(-5, -1),
        "batch": rng.choice([32, 64, 128]),
        "act": rng.choice(["relu", "tanh", "gelu"]),
        "depth": rng.randrange(1, 9),
        "width": rng.randrange(8, 512),
        "decay": rng.random(),
        "dropout": rng.random() / 2,
        "momentum": rng.random(),
        "scale": rng.random(),
        "nesterov": rng.random() < 0.5,
    }
    metrics = {name: rng.random() for name in ("accuracy", "loss", "seconds")}
    run = uuid7()
    body = logged_body(params, metrics=metrics, seed=rng.randrange(5))
    return run, run, writer.now(), "logged", body


def ours(folder: Path) -> pd.DataFrame:
    return journal.open(folder).frame()


def plain(folder: Path) -> pd.DataFrame:
    """What a script of ten lines would do: no hash, no damage, no corrections."""
    rows = []
    for path in sorted(folder.glob("*.jsonl")):
        with path.open("rb") as file:
            for line in file:
                told = orjson.loads(line)
                body = told["body"]
                row = {"id": told["run"], "at": told["at"], "seed": body.get("seed")}
                rows.append({**row, **body["params"], **body["metrics"]})
    return pd.DataFrame(rows)


METHODS: dict[str, Callable[[Path], pd.DataFrame]] = {"journal": ours, "orjson + pandas": plain}


def one(method: str, folder: Path, *, turns: int) -> dict[str, list[float]]:
    """Measured in a process of its own, so that memory is this method's."""
    command = [sys.executable, "-m", "benchmarks.journal_load", "--measure", method, str(folder)]
    done = subprocess.run(
        [*command, str(turns)], cwd=ROOT, stdout=subprocess.PIPE, text=True, check=True
    )
    found: dict[str, list[float]] = json.loads(done.stdout)
    return found


def middle(told: Sequence[dict[str, list[float]]]) -> dict[str, float]:
    """The median of each figure over all processes and turns."""
    return {name: statistics.median(x for one in told for x in one[name]) for name in told[0]}


def measure(
    method: Callable[[Path], pd.DataFrame], folder: Path, *, turns: int
) -> dict[str, list[float]]:
    cpu, wall = [], []
    for _ in range(turns):
        started = (cpu_seconds(), time.perf_counter())
        frame = method(folder)
        cpu.append(cpu_seconds() - started[0])
        wall.append(time.perf_counter() - started[1])
        del frame
    peak = sum(resource.getrusage(who).ru_maxrss for who in EVERYBODY) / 1e6
    return {"cpu_seconds": cpu, "wall_seconds": wall, "gigabytes": [peak]}


def cpu_seconds() -> float:
    """Of this process and of those it waited for."""
    used = [resource.getrusage(who) for who in EVERYBODY]
    return sum(one.ru_utime + one.ru_stime for one in used)


if __name__ == "__main__":
    main()
