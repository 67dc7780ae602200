"""Drop the judged journals that later ones replaced: `python -m benchmarks.superseded`.

A row per parameter of each journal judged: nine tenths of `benchmarks/results/`, and of each truth,
size and way of sampling only the newest are counted. The others stay in the repository's history.
"""

from __future__ import annotations

import shutil
import tempfile
from pathlib import Path

import journal
from benchmarks import record
from journal.copying import PORTION
from journal.runs import Run

KEY = ("truth", "n", "sampler")


def kept(runs: list[Run]) -> list[Run]:
    """Those of the newest session of their truth, size and sampler, and all other measurements."""
    judged = [run for run in runs if run.params["benchmark"] == "judged"]
    last = {record.of(run.params, KEY): run.params["session"] for run in judged}
    gone = {run.id for run in judged if run.params["session"] != last[record.of(run.params, KEY)]}
    return [run for run in runs if run.id not in gone]


def main() -> None:
    book = journal.open(record.RESULTS)
    runs = list(book.runs())
    wanted = {run.id for run in kept(runs)}
    events = [event for event in book.read().events if event.run in wanted or not event.run]
    with tempfile.TemporaryDirectory(dir=record.RESULTS.parent) as folder:
        fresh = Path(folder) / "results"
        target = journal.open(fresh)
        for start in range(0, len(events), PORTION):
            target.append(events[start : start + PORTION])
        assert len(list(target.runs())) == len(wanted)
        shutil.rmtree(record.RESULTS)
        fresh.rename(record.RESULTS)
    print(f"{len(wanted)} of {len(runs)} measurements kept")


if __name__ == "__main__":
    main()
