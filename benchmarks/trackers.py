"""Other trackers, in an environment of their own, doing what the journal's benchmarks do.

    python -m benchmarks.trackers FOLDER      makes the environment (KNOBWISE_TRACKERS points to it)

The package's own environment never sees them: each task is a process, `benchmarks.tracker_worker`.
"""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parents[1]
DEFAULT = ROOT / "benchmarks" / ".cache" / "trackers"
ALL = ("optuna journal", "mlflow sqlite")


def _place() -> Path:
    return Path(os.environ.get("KNOBWISE_TRACKERS", DEFAULT))


NAMES = ALL if (_place() / "bin" / "python").exists() else ()
"""The trackers that can be asked: none where their environment was not made."""


def command(tracker: str, task: str, *arguments: object) -> list[str]:
    """The command that makes this tracker do this task; it prints what it measured."""
    python = str(_place() / "bin" / "python")
    worker = str(Path(__file__).with_name("tracker_worker.py"))
    return [python, worker, tracker, task, *map(str, arguments)]


def ask(tracker: str, task: str, *arguments: object, seconds: float | None = None) -> float | None:
    """The number that the task printed; None where it took longer than it may."""
    try:
        done = subprocess.run(
            command(tracker, task, *arguments),
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            text=True,
            check=True,
            timeout=seconds,
        )
    except subprocess.TimeoutExpired:
        return None
    return float(done.stdout.split()[-1])


def install(folder: Path) -> None:
    """Make the trackers' environment."""
    subprocess.run([sys.executable, "-m", "venv", folder], check=True)
    requirements = str(ROOT / "benchmarks" / "trackers.txt")
    subprocess.run([folder / "bin" / "pip", "install", "-q", "-r", requirements], check=True)


if __name__ == "__main__":
    install(Path(sys.argv[1]) if len(sys.argv) > 1 else DEFAULT)
