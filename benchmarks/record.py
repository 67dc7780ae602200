"""What a benchmark found: appended to a JSON-lines file, shown as a table, passed on in short."""

from __future__ import annotations

import json
import os
import platform
import subprocess
import sys
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from pathlib import Path

RESULTS = Path(__file__).with_name("results")
STARTED = datetime.now(UTC).isoformat(timespec="seconds")
"""One run of a benchmark is the rows that share this."""


def keep(benchmark: str, rows: Sequence[Mapping[str, object]], *, small: bool) -> None:
    """Append these rows with where and when they were measured; a small run is not kept.

    Called as results come, so that a run that is stopped keeps what it has.
    """
    if small or not rows:
        return
    RESULTS.mkdir(exist_ok=True)
    about = {
        "benchmark": benchmark,
        "at": STARTED,
        "commit": _commit(),
        "python": platform.python_version(),
        "cores": os.cpu_count(),
    }
    with (RESULTS / f"{benchmark}.jsonl").open("a") as stream:
        for row in rows:
            stream.write(json.dumps({**about, **row}) + "\n")


def latest(benchmark: str) -> list[dict[str, object]]:
    """The rows of the last kept run of a benchmark."""
    path = RESULTS / f"{benchmark}.jsonl"
    rows = [json.loads(line) for line in path.read_text().splitlines()] if path.exists() else []
    return [row for row in rows if row["at"] == rows[-1]["at"]]


def markdown(columns: Sequence[str], rows: Sequence[Sequence[object]]) -> str:
    """A Markdown table; numbers to three digits."""
    lines = ["| " + " | ".join(columns) + " |", "|" + "---|" * len(columns)]
    lines += ["| " + " | ".join(_cell(value) for value in row) + " |" for row in rows]
    return "\n".join(lines)


def show(title: str, text: str) -> None:
    """Print, and copy to the file that KNOBWISE_BENCH_COPY names."""
    block = f"\n## {title}\n\n{text}\n"
    print(block, flush=True)
    copy = os.environ.get("KNOBWISE_BENCH_COPY")
    if copy:
        with Path(copy).open("a") as stream:
            stream.write(f"\n<!-- {datetime.now(UTC):%H:%M:%S} {' '.join(sys.argv)} -->{block}")


def _cell(value: object) -> str:
    if isinstance(value, float):
        return "–" if value != value else f"{value:.3g}"
    return "–" if value is None else str(value)


def _commit() -> str:
    done = subprocess.run(
        ["git", "rev-parse", "--short", "HEAD"], capture_output=True, text=True, check=False
    )
    return done.stdout.strip() or "unknown"
