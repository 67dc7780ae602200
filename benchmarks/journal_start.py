"""What a shell loop waits for: CPU of one whole process that logs one run.

    python -m benchmarks.journal_start            beside Optuna and MLflow
    python -m benchmarks.journal_start --small    without them, not kept

Each tool logs a run of ten parameters and three metrics as its documentation shows, into a store
that exists; bare Python (`-c pass`) stands beside it, taken in turns so that a busy machine is
busy for all. CPU is user and system time of the process and its children. Bytecode is written
first, as an installer does: without it a start costs half as much again.
"""

from __future__ import annotations

import argparse
import compileall
import os
import resource
import statistics
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path

from benchmarks import record, trackers

ROOT = Path(__file__).parents[1]
PARAMETERS = [f"p{i}={i}.5e-3" for i in range(10)]
METRICS = ["-m", "accuracy=0.931", "-m", "loss=0.21", "-m", "seconds=12.5"]


def main(words: Sequence[str] | None = None) -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--small", action="store_true")
    small = bool(parser.parse_args(words).small)
    repeats = 5 if small else 25
    for package in ("journal", "analysis"):
        compileall.compile_dir(ROOT / package, quiet=1)
    with tempfile.TemporaryDirectory() as folder:
        commands = {
            "python -c pass": [sys.executable, "-c", "pass"],
            "knobwise log": [knobwise(), "log", *PARAMETERS, *METRICS, "--journal", "book"],
        }
        found: dict[str, list[float]] = {name: [] for name in commands}
        for _ in range(repeats):
            for name, command in commands.items():
                found[name].append(cpu_seconds(command, folder))
        for name in () if small else trackers.NAMES:
            command = trackers.command(name, "one", folder)
            cpu_seconds(command, folder)
            found[name] = [cpu_seconds(command, folder) for _ in range(5)]
    bare = statistics.median(found["python -c pass"])
    rows: list[record.Row] = [
        {
            "method": name,
            "cpu_seconds": statistics.median(seconds),
            "times_bare_python": statistics.median(seconds) / bare,
        }
        for name, seconds in found.items()
    ]
    table = [[row["method"], row["cpu_seconds"], row["times_bare_python"]] for row in rows]
    record.show(
        "One run, a process of its own", record.markdown(["", "CPU seconds", "× bare"], table)
    )
    record.keep("journal_start", rows, small=small)


def knobwise() -> str:
    """The installed command, as a shell would find it."""
    return str(Path(sys.executable).with_name("knobwise"))


def cpu_seconds(command: Sequence[str], folder: str) -> float:
    """User and system time of a process."""
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    subprocess.run(command, cwd=folder, env=environment, check=True, capture_output=True)
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    return after.ru_utime - before.ru_utime + after.ru_stime - before.ru_stime


if __name__ == "__main__":
    main()
