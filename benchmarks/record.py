"""What a benchmark found: kept in a journal of our own and shown as a table.

`benchmarks/results/` is a Knobwise journal. A measurement is a run: what was measured (benchmark,
truth, size, method, seed) are its parameters, what came out its metrics; an estimate with its
interval is three metrics, `total`, `total_low`, `total_high`. `knobwise ls --journal
benchmarks/results` reads it.
"""

from __future__ import annotations

import os
import platform
import subprocess
import sys
from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, datetime
from functools import cache
from pathlib import Path

import journal
from journal.events import Logged

RESULTS = Path(__file__).with_name("results")
STARTED = datetime.now(UTC).isoformat(timespec="seconds")
"""One run of a benchmark is the measurements that share this."""
UNSAID = {"sampler": "random"}
"""What measurements are of that do not say it: the first were of random runs alone."""
Row = dict[str, object]


def keep(benchmark: str, rows: Sequence[Mapping[str, object]], *, small: bool) -> None:
    """Record these rows with where and when they were measured; a small run is not kept.

    Called as results come, so that a run that is stopped keeps what it has.
    """
    if small or not rows:
        return
    book = _book()
    book.append([_event(book, {"benchmark": benchmark, "session": STARTED, **row}) for row in rows])


def latest(benchmark: str) -> list[Row]:
    """The rows of the last kept run of a benchmark, as they were given to `keep`."""
    rows = [row for row in _rows() if row["benchmark"] == benchmark]
    return [row for row in rows if row["session"] == rows[-1]["session"]]


def newest(benchmark: str, *, key: tuple[str, ...]) -> list[Row]:
    """All kept rows of a benchmark, but of each key only those of the last session that has it."""
    rows = [row for row in _rows() if row["benchmark"] == benchmark]
    last = {of(row, key): row["session"] for row in rows}
    return [row for row in rows if row["session"] == last[of(row, key)]]


def of(row: Mapping[str, object], key: tuple[str, ...]) -> tuple[object, ...]:
    """What a measurement is of, by these parameters."""
    return tuple(row.get(part, UNSAID.get(part)) for part in key)


def commits(rows: Sequence[Row]) -> list[str]:
    """The commits at which kept rows were measured, the oldest first."""
    kinds = {(row["benchmark"], row["session"]) for row in rows}
    found = {
        str(run.context.get("commit")): None
        for run in _book().runs()
        if (run.params.get("benchmark"), run.params.get("session")) in kinds
    }
    return list(found)


def _event(book: journal.Journal, row: Mapping[str, object]) -> Logged:
    params: dict[str, object] = {}
    metrics: dict[str, object] = {}
    for name, value in row.items():
        if isinstance(value, list):
            metrics |= dict(zip(_names(name, len(value)), value, strict=True))
        elif isinstance(value, float):
            metrics[name] = value
        elif name != "seed":
            params[name] = value
    seed = row.get("seed")
    return book.logged(
        params,
        metrics=metrics,
        seed=seed if isinstance(seed, int) else None,
        context={"commit": _commit(), "python": platform.python_version(), "cores": _cores()},
    )


def _rows() -> Iterator[Row]:
    for run in _book().runs():
        row: Row = {**run.params, "seed": run.seed}
        for name, value in run.metrics.items():
            stem = name.removesuffix("_low").removesuffix("_high")
            length = 3 if stem in run.metrics else 2
            if f"{stem}_low" in run.metrics:
                row[stem] = [run.metrics[part] for part in _names(stem, length)]
            else:
                row[name] = value
        yield row


def _names(name: str, length: int) -> list[str]:
    """Metric names of an interval, or of an estimate with its interval."""
    return [f"{name}_low", f"{name}_high"] if length == 2 else [name, f"{name}_low", f"{name}_high"]


@cache
def _book() -> journal.Journal:
    return journal.open(RESULTS)


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


def _cores() -> int:
    return os.cpu_count() or 1


@cache
def _commit() -> str:
    done = subprocess.run(
        ["git", "rev-parse", "--short", "HEAD"], capture_output=True, text=True, check=False
    )
    return done.stdout.strip() or "unknown"
