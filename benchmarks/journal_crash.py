"""Killed, cut, flipped, mutated: what a journal loses.

    python -m benchmarks.journal_crash            1,000 kills, every cut, 100,000 flips, a million
                                                  mutated lines: some minutes
    python -m benchmarks.journal_crash --small    a hundredth of it, not kept

A kill is a SIGKILL at a random moment of writing (one writer, then four), followed by reading and a
further append. Lost: acknowledged runs that are no longer read. Unreadable: journals that raise.
Wrong: values presented as sound that were never written.
"""

from __future__ import annotations

import argparse
import os
import random
import signal
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from itertools import count
from pathlib import Path
from typing import Any

import journal
from benchmarks import record
from journal.damage import Damage
from journal.events import (
    Amended,
    Declared,
    Defaulted,
    Event,
    Finished,
    Logged,
    Metrics,
    Noted,
    Renamed,
    Retracted,
    Started,
    Tagged,
)
from journal.ids import uuid7
from journal.segments import json_reader, scan
from journal.store import decode

MEMORY = "/dev/shm" if Path("/dev/shm").is_dir() else None
"""Where no disk is waited for: what a reader makes of damaged bytes does not depend on it."""


def main(words: Sequence[str] | None = None) -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--small", action="store_true")
    small = bool(parser.parse_args(words).small)
    share = 0.01 if small else 1.0
    rng = random.Random(0)
    rows = [
        kills(1, int(500 * share), rng=rng),
        kills(4, int(500 * share), rng=rng),
        cuts(lines=5 if small else 50),
        flips(int(100_000 * share), rng),
        mutations(int(1_000_000 * share), rng),
    ]
    columns = ["what", "times", "acknowledged", "lost", "unreadable", "wrong"]
    table = [[row.get(name) for name in columns] for row in rows]
    record.show("Crash and damage", record.markdown(columns, table))
    record.keep("journal_crash", rows, small=small)


def kills(writers: int, times: int, *, rng: random.Random) -> record.Row:
    """SIGKILL at a random moment of writing."""
    acknowledged = lost = unreadable = wrong = 0
    for _ in range(times):
        with tempfile.TemporaryDirectory() as folder:
            book = Path(folder) / "book"
            said = killed(writers, book, rng=rng)
            try:
                journal.open(book).log({"after": "the kill"})
                reading = journal.open(book).read()
            except Exception as error:  # noqa: BLE001 - that is what is counted
                print(f"unreadable: {error!r}", file=sys.stderr)
                unreadable += 1
                continue
            acknowledged += len(said)
            lost += len(said - {str(event.run) for event in reading.events})
            wrong += sum(not is_as_written(event) for event in reading.events)
            if any(not found.harmless for found in reading.damage):
                print(f"damage: {reading.damage}", file=sys.stderr)
                unreadable += 1
    what = f"SIGKILL, {writers} writer{'s' if writers > 1 else ''}"
    found = {"acknowledged": acknowledged, "lost": lost, "unreadable": unreadable, "wrong": wrong}
    return counts(what, times, **found)


def killed(writers: int, book: Path, *, rng: random.Random) -> set[str]:
    """What writers acknowledged before they were killed; they write for up to 60 ms."""
    children = [started(book) for _ in range(writers)]
    said = [os.read(ear, 37) for _, ear in children]
    time.sleep(rng.random() * 0.06)
    for pid, _ in children:
        os.kill(pid, signal.SIGKILL)
    for place, (pid, ear) in enumerate(children):
        os.waitpid(pid, 0)
        with os.fdopen(ear, "rb") as rest:
            said[place] += rest.read()
    return {line.decode() for told in said for line in told.split(b"\n")[:-1]}


def started(book: Path) -> tuple[int, int]:
    """A writer's process id, and where it says what it was acknowledged."""
    ear, mouth = os.pipe()
    pid = os.fork()
    if pid:
        os.close(mouth)
        return pid, ear
    try:
        writer = journal.open(book)
        for n in count(1):
            run = writer.log({"n": n, "text": text_of(n)}, metrics={"m": n / 7})
            os.write(mouth, f"{run}\n".encode())
    finally:
        os._exit(1)


def text_of(n: int) -> str:
    return "v" * (n * 37 % 3000)


def is_as_written(event: Event) -> bool:
    """Is it what `started` wrote, or what was appended after the kill?"""
    assert isinstance(event, Logged)
    n = event.params.get("n")
    if not isinstance(n, int):
        return event.params == {"after": "the kill"}
    return event.params["text"] == text_of(n) and event.metrics == {"m": n / 7}


def cuts(lines: int) -> record.Row:
    """A journal cut at every byte, read, appended to, and read again."""
    with tempfile.TemporaryDirectory(dir=MEMORY) as folder:
        place = Path(folder) / "book"
        data, written = sample(place, lines)
        (path,) = place.glob("*.jsonl")
        ends = [place for place, byte in enumerate(data) if byte == ord("\n")]
        order = [event.id for event in written.values()]
        lost = unreadable = 0
        for cut in range(len(data) + 1):
            path.write_bytes(data[:cut])
            kept = order[: sum(cut >= end for end in ends)]
            with journal.open(place) as book:
                lost += [event.id for event in book.read().events] != kept
                kept.append(book.log({"after": "the cut"}))
            reading = journal.open(place).read()
            lost += [event.id for event in reading.events] != kept
            unreadable += any(not found.harmless for found in reading.damage)
    return counts("cut at every byte", len(data) + 1, lost=lost, unreadable=unreadable)


def flips(times: int, rng: random.Random) -> record.Row:
    """Random single-bit flips: at most the line they hit (two, where a newline is hit) is lost."""
    with tempfile.TemporaryDirectory() as folder:
        data, written = sample(Path(folder) / "book", 40)
    lost = wrong = unreadable = unnamed = 0
    for _ in range(times):
        flipped = bytearray(data)
        flipped[rng.randrange(len(data))] ^= 1 << rng.randrange(8)
        try:
            events, damage = read(bytes(flipped))
        except Exception:  # noqa: BLE001 - that is what is counted
            unreadable += 1
            continue
        wrong += any(written.get(event.id) != event for event in events)
        lost += len(written) - len(events) > 1
        unnamed += not damage
    row = counts("bit flips", times, lost=lost, unreadable=unreadable, wrong=wrong)
    return {**row, "unnamed": float(unnamed)}


def mutations(lines: int, rng: random.Random) -> record.Row:
    """Segments mutated in all the ways files go wrong, until so many lines were read."""
    with tempfile.TemporaryDirectory() as folder:
        data, written = sample(Path(folder) / "book", 100)
    wrong = unreadable = seen = 0
    while seen < lines:
        mutated = data
        for _ in range(rng.randrange(1, 8)):
            mutated = rng.choice(WAYS)(mutated, rng)
        seen += mutated.count(b"\n") + 1
        try:
            events, _ = read(mutated)
        except Exception as error:  # noqa: BLE001 - that is what is counted
            print(f"unreadable: {error!r}", file=sys.stderr)
            unreadable += 1
            continue
        wrong += any(written.get(event.id) != event for event in events)
    return counts("mutated lines", lines, unreadable=unreadable, wrong=wrong)


def span(data: bytes, rng: random.Random) -> tuple[int, int]:
    start = rng.randrange(max(1, len(data)))
    return start, min(len(data), start + int(rng.expovariate(1 / 200)))


def cut_out(data: bytes, rng: random.Random) -> bytes:
    start, end = span(data, rng)
    return data[:start] + data[end:]


def doubled(data: bytes, rng: random.Random) -> bytes:
    start, end = span(data, rng)
    return data[:end] + data[start:end] + data[end:]


def zeroed(data: bytes, rng: random.Random) -> bytes:
    start, end = span(data, rng)
    return data[:start] + bytes(end - start) + data[end:]


def noisy(data: bytes, rng: random.Random) -> bytes:
    start, end = span(data, rng)
    return data[:start] + rng.randbytes(end - start) + data[end:]


def inserted(data: bytes, rng: random.Random) -> bytes:
    start, _ = span(data, rng)
    return (
        data[:start]
        + rng.choice([b"\n", b'"}\n', b'{"knobwise":1', b"\0", b"#torn\n"])
        + data[start:]
    )


def moved(data: bytes, rng: random.Random) -> bytes:
    start, end = span(data, rng)
    to = rng.randrange(max(1, len(data)))
    rest = data[:start] + data[end:]
    return rest[:to] + data[start:end] + rest[to:]


WAYS: list[Callable[[bytes, random.Random], bytes]] = [
    cut_out, doubled, zeroed, noisy, inserted, moved,
]  # fmt: skip


def sample(folder: Path, lines: int) -> tuple[bytes, dict[str, Event]]:
    """A segment's bytes, and the events in it: of every kind."""
    book = journal.open(folder)
    made: list[Event] = []
    while len(made) < lines:
        n = len(made)
        run = book.logged({"n": n, "text": "ä{" * (n % 5)}, metrics={"m": n / 7})
        made += [run, *about(run, n)]
        made += [
            Renamed(id=uuid7(), run=None, at=run.at, old="lr", new="rate"),
            Defaulted(id=uuid7(), run=None, at=run.at, parameter="width", default=n),
            Declared(id=uuid7(), run=None, at=run.at, metric="m", direction="minimize"),
        ]
    book.append(made)
    book.close()
    (path,) = folder.glob("*.jsonl")
    return path.read_bytes(), {event.id: event for event in book.read().events}


def about(run: Logged, n: int) -> list[Event]:
    """One of every event that is about a run."""

    def told() -> dict[str, Any]:
        return {"id": uuid7(), "run": run.run, "at": run.at}

    return [
        Started(**told(), params={"lr": n / 3, "act": "relu"}, seed=n, tags=("a", "b")),
        Metrics(**told(), step=(1, 2), name=("loss", "loss"), value=(n / 9, n / 10)),
        Finished(**told(), exit_code=n, metrics={"m": n / 11}, error="Ä\n"),
        Amended(**told(), params={"lr": n / 5}, removed=("act",), reason="typing"),
        Tagged(**told(), tags=("c",), removed=("a",)),
        Noted(**told(), note='{"knobwise":1,"n":1}'),
        Retracted(**told(), reason="diverged"),
    ]


def read(data: bytes) -> tuple[list[Event], list[Damage]]:
    """A segment's events in file order, and its damage."""
    damage: list[Damage] = []

    def events() -> Iterator[Event]:
        for batch in scan([data], "s", loads=json_reader()):
            damage.extend(batch.damage)
            for event, _, _ in decode(batch, damage):
                yield event

    found = list(events())
    return found, damage


def counts(what: str, times: int, **found: int) -> record.Row:
    return {"what": what, "times": times, **{name: float(n) for name, n in found.items()}}


if __name__ == "__main__":
    main()
