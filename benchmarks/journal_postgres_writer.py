"""A writer for ``benchmarks.journal_postgres``: appends until its time is over, or it is killed.

    python -m benchmarks.journal_postgres_writer MODE ADDRESS NOTES RUNS_PER_COMMIT SECONDS

MODE is ``journal``, or ``bare``: the same bytes inserted into a table with a primary key alone.
NOTES gets the id of every run whose commit was acknowledged; stdout at the end runs per second.
"""

from __future__ import annotations

import os
import sys
import time
from collections.abc import Callable
from datetime import UTC, datetime

import journal
from journal.bodies import entry_of
from journal.events import Logged
from journal.ids import uuid7
from journal.lines import NO_LINE, encode

PARAMS = {f"parameter_{i}": 0.37 * i for i in range(10)}
METRICS = {"accuracy": 0.931, "loss": 0.21, "seconds": 12.5}


def main(words: list[str]) -> None:
    mode, address, notes, portion, seconds = words
    append = (bare if mode == "bare" else ours)(address, int(portion))
    acknowledged = os.open(notes, os.O_CREAT | os.O_APPEND | os.O_WRONLY)
    append()  # connecting is not measured
    begun, runs = time.monotonic(), 0
    while (took := time.monotonic() - begun) < float(seconds):
        ids = append()
        runs += len(ids)
        os.write(acknowledged, b"".join(f"{run}\n".encode() for run in ids))
    print(runs / took)


def ours(address: str, portion: int) -> Callable[[], list[str]]:
    """Appends to the journal."""
    book = journal.open(address)

    def append() -> list[str]:
        events: list[Logged] = [book.logged(PARAMS, metrics=METRICS) for _ in range(portion)]
        while True:
            try:
                book.append(events)
            except journal.WriteFailed:
                continue  # the server is away for longer than an append waits: again, as it is
            return [event.id for event in events]

    return append


def bare(address: str, portion: int) -> Callable[[], list[str]]:
    """Inserts and commits, and does nothing else."""
    import psycopg

    connection = psycopg.connect(address, autocommit=True, prepare_threshold=None)
    event = Logged(id=uuid7(), run=uuid7(), at=datetime.now(UTC), params=PARAMS, metrics=METRICS)
    text = encode(entry_of(event), number=1, previous=NO_LINE)[0].decode()

    def append() -> list[str]:
        ids = [uuid7() for _ in range(portion)]
        if portion == 1:
            connection.execute("INSERT INTO bare VALUES (%s, %s)", (ids[0], text))
            return ids
        with connection.transaction(), connection.cursor().copy("COPY bare FROM STDIN") as copy:
            for run in ids:
                copy.write_row((run, text))
        return ids

    return append


if __name__ == "__main__":
    main(sys.argv[1:])
