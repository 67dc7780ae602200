"""A team's journal under load: 16 writers, clients and server killed, what may not be done refused.

    python -m benchmarks.journal_postgres            a few minutes
    python -m benchmarks.journal_postgres --small    under a minute, not kept

Starts its own PostgreSQL (fsync on, data on disk). Speed stands beside a bare loop that inserts and
commits the same bytes into a table with nothing but a primary key.
"""

from __future__ import annotations

import argparse
import os
import random
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path

import psycopg

import journal
from benchmarks import record
from journal import verification
from tests.journal.server import Server

ROOT = Path(__file__).parents[1]


def main(words: Sequence[str] | None = None) -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--small", action="store_true")
    small = bool(parser.parse_args(words).small)
    with Server(on_disk=True) as server, tempfile.TemporaryDirectory() as folder:
        rows = speed(server, Path(folder), small=small)
        rows += kills(server, Path(folder), small=small)
    record.keep("journal_postgres", rows, small=small)


def speed(server: Server, folder: Path, *, small: bool) -> list[record.Row]:
    """Runs per second, one writer and sixteen, one run or a thousand per commit."""
    seconds = 1.0 if small else 8.0
    rows: list[record.Row] = []
    for writers, portion in ((1, 1), (16, 1), (1, 1000), (16, 1000)):
        found: dict[str, float] = {}
        for mode in ("bare", "journal"):
            address = server.database(f"speed_{mode}_{writers}_{portion}")
            with psycopg.connect(address, autocommit=True) as connection:
                connection.execute("CREATE TABLE bare (id uuid PRIMARY KEY, body text)")
            notes = folder / f"{mode}-{writers}-{portion}"
            notes.mkdir()
            started = [
                write(mode, address, acks=notes, portion=portion, seconds=seconds)
                for _ in range(writers)
            ]
            found[mode] = sum(float(writer.communicate()[0]) for writer in started)
        share = found["journal"] / found["bare"]
        rows.append({"writers": writers, "runs_per_commit": portion, **found, "share": share})
    record.show(
        "Runs per second into PostgreSQL",
        record.markdown(list(rows[0]), [list(row.values()) for row in rows]),
    )
    return rows


def kills(server: Server, folder: Path, *, small: bool) -> list[record.Row]:
    """Sixteen writers; one is killed twice a second, the server now and then."""
    address, acks, rng = server.database("kills"), folder / "kills", random.Random(0)
    acks.mkdir()
    server_kills, clients = (2, 8) if small else (20, 200)
    writers = [
        write("journal", address, acks=acks, portion=1 + 4 * (k % 3), seconds=1e6)
        for k in range(16)
    ]
    try:
        for kill in range(clients):
            time.sleep(rng.uniform(0.0, 0.5))
            if kill % (clients // server_kills) == 0:
                server.kill()
                server.start()
            victim = rng.randrange(16)
            writers[victim].kill()
            writers[victim].wait()
            writers[victim] = write(
                "journal", address, acks=acks, portion=1 + 4 * (victim % 3), seconds=1e6
            )
        time.sleep(1.0)
        gave_up = sum(writer.poll() is not None for writer in writers)
    finally:
        for writer in writers:
            writer.kill()
            writer.wait()
    return judged(address, acks, clients=clients, server_kills=server_kills, gave_up=gave_up)


def judged(
    address: str, acks: Path, *, clients: int, server_kills: int, gave_up: int
) -> list[record.Row]:
    """What is there against what was acknowledged."""
    with journal.open(address) as book:
        ids = [event.id for event in book.read().events]
        checked = verification.verify(book.store)
        book.log({"after": True})
    with psycopg.connect(address, autocommit=True) as connection:
        stored = connection.execute("SELECT count(*) FROM knobwise_events").fetchone()
        refused = 0
        for statement in ("UPDATE knobwise_events SET n = n", "DELETE FROM knobwise_events",
                          "TRUNCATE knobwise_events"):  # fmt: skip
            try:
                connection.execute(statement)
            except psycopg.errors.InsufficientPrivilege:
                refused += 1
    told = acknowledged(acks)
    row: record.Row = {
        "clients_killed": clients, "servers_killed": server_kills, "writers": 16,
        "acknowledged": len(told), "lost": len(told - set(ids)),
        "doubled": (stored[0] if stored else 0) - 1 - len(set(ids)), "damage": len(checked.damage),
        "gave_up": gave_up, "refused": f"{refused} of 3",
    }  # fmt: skip
    record.show("Killed while writing", record.markdown(list(row), [list(row.values())]))
    return [row]


def write(
    mode: str, address: str, *, acks: Path, portion: int, seconds: float
) -> subprocess.Popen[str]:
    """A writer in a process of its own, which notes what was acknowledged to it."""
    mine = acks / f"{os.getpid()}-{time.monotonic_ns()}"
    words = ["-m", "benchmarks.journal_postgres_writer", mode, address, str(mine), str(portion)]
    return subprocess.Popen(
        [sys.executable, *words, str(seconds)], cwd=ROOT, stdout=subprocess.PIPE, text=True
    )


def acknowledged(acks: Path) -> set[str]:
    """The ids in all writers' notes; a last one that was cut short was not noted."""
    return {
        line for path in acks.iterdir() for line in path.read_text().splitlines() if len(line) == 36
    }


if __name__ == "__main__":
    main()
