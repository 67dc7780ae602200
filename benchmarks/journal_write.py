"""Durable runs per second in one process, as a share of what the disk allows.

    python -m benchmarks.journal_write            some minutes, beside Optuna and MLflow
    python -m benchmarks.journal_write --small    under a minute, not kept

The yardstick is a bare loop that writes and fsyncs the same bytes to a file of its own. Each
writer alternates between the two in short turns, so that disk and machine are the same for both;
the share is the median over turns. Afterwards every run is read back: none lost, none doubled.
"""

from __future__ import annotations

import argparse
import json
import os
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path

import journal
from benchmarks import record, trackers
from journal import verification

ROOT = Path(__file__).parents[1]
TURN = 50
PARAMETERS = {f"p{i}": i * 0.5e-3 for i in range(8)} | {"batch": 64, "act": "relu"}
METRICS = {"accuracy": 0.931, "loss": 0.21, "seconds": 12.5}


def main(words: Sequence[str] | None = None) -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--small", action="store_true")
    parser.add_argument("--writer", nargs=2, help=argparse.SUPPRESS)
    asked = parser.parse_args(words)
    if asked.writer:
        print(json.dumps(alternate(Path(asked.writer[0]), int(asked.writer[1]))))
        return
    small = bool(asked.small)
    rows: list[record.Row] = []
    for writers in (1, 4) if small else (1, 4, 64):
        turns = 4 if small else max(8, 240 // writers)
        rows.append({"writers": writers, **together(writers, turns)})
    columns = ["writers", "bare", "journal", "share", "lost", "doubled"]
    table = [[row[name] for name in columns] for row in rows]
    for tracker in () if small else trackers.NAMES:
        with tempfile.TemporaryDirectory() as folder:
            speed = trackers.ask(tracker, "write", folder, 200)
        rows.append({"method": tracker, "writers": 1, "journal": speed or float("nan")})
        table.append([f"1, {tracker}", None, speed, None, None, None])
    bulk = bulk_speed(20_000 if small else 100_000)
    rows.append({"method": "--jsonl", "writers": 1, "journal": bulk})
    table.append(["1, log --jsonl -", None, bulk, None, None, None])
    record.show("Durable runs per second", record.markdown(columns, table))
    record.keep("journal_write", rows, small=small)


def together(writers: int, turns: int) -> dict[str, float]:
    """Several writers at once on one journal: runs per second of all, and what became of them."""
    with tempfile.TemporaryDirectory() as folder:
        command = [sys.executable, "-m", "benchmarks.journal_write", "--writer", folder, str(turns)]
        children = [
            subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True)
            for _ in range(writers)
        ]
        told = [json.loads(child.communicate()[0]) for child in children]
        book = journal.open(Path(folder) / "book")
        kept = [run.id for run in book.runs()]
        acknowledged = [run for one in told for run in one["ids"]]
        assert verification.verify(book.store).damage == ()
    return {
        "bare": sum(TURN / statistics.median(one["bare"]) for one in told),
        "journal": sum(TURN / statistics.median(one["journal"]) for one in told),
        "share": statistics.median(
            b / j for one in told for b, j in zip(one["bare"], one["journal"], strict=True)
        ),
        "lost": float(len(set(acknowledged) - set(kept))),
        "doubled": float(len(kept) - len(set(kept))),
    }


def alternate(folder: Path, turns: int) -> dict[str, list[float] | list[str]]:
    """Seconds per turn of the bare loop and of the journal, in turns."""
    book = journal.open(folder / "book")
    ids = [book.log(PARAMETERS, metrics=METRICS, seed=0)]
    (line,) = (path for path in (folder / "book").glob("*.jsonl") if holds(path, ids[0]))
    data = line.read_bytes()
    fd = os.open(folder / f"bare-{os.getpid()}", os.O_WRONLY | os.O_CREAT | os.O_APPEND)
    found: dict[str, list[float]] = {"bare": [], "journal": []}
    for _ in range(turns):
        started = time.perf_counter()
        for _ in range(TURN):
            os.write(fd, data)
            os.fsync(fd)
        found["bare"].append(time.perf_counter() - started)
        started = time.perf_counter()
        ids += [book.log(PARAMETERS, metrics=METRICS, seed=seed) for seed in range(TURN)]
        found["journal"].append(time.perf_counter() - started)
    return {**found, "ids": ids}


def holds(path: Path, run: str) -> bool:
    return run.encode() in path.read_bytes()


def bulk_speed(n: int) -> float:
    """Runs per second of `knobwise log --jsonl -`, its start included."""
    line = json.dumps({"params": PARAMETERS, "metrics": METRICS, "seed": 3}) + "\n"
    with tempfile.TemporaryDirectory() as folder:
        started = time.perf_counter()
        command = [str(Path(sys.executable).with_name("knobwise")), "log", "--jsonl", "-"]
        done = subprocess.run(
            command, input=line * n, capture_output=True, text=True, check=True, cwd=folder
        )
        seconds = time.perf_counter() - started
        assert len(set(done.stdout.split())) == n
    return n / seconds


if __name__ == "__main__":
    main()
