"""Killed, cut, flipped, mutated: what a journal loses.

    python -m benchmarks.journal_crash            1,000 kills, every cut, 100,000 flips, a million
                                                  mutated lines: about an hour
    python -m benchmarks.journal_crash --small    a hundredth of it, not kept

A kill is a SIGKILL at a random moment of writing (one writer, then four), followed by reading and a
further append. Lost: acknowledged runs that are no longer read. Unreadable: journals that raise.
Wrong: values presented as sound that were never written.
"""

from __future__ import annotations

import argparse
import random
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

import journal
from benchmarks import record
from journal.damage import Damage
from journal.events import Event
from journal.segments import json_reader, scan
from journal.store import decode

ROOT = Path(__file__).parents[1]
WRITER = """
import sys, journal
book = journal.open(sys.argv[1])
n = 0
while True:
    n += 1
    print(book.log({"n": n, "text": "v" * (n * 37 % 3000)}, metrics={"m": n / 7}), flush=True)
"""


def main(words: Sequence[str] | None = None) -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--small", action="store_true")
    small = bool(parser.parse_args(words).small)
    share = 0.01 if small else 1.0
    rng = random.Random(0)
    rows = [
        kills(1, int(500 * share), rng),
        kills(4, int(500 * share), rng),
        cuts(lines=5 if small else 50),
        flips(int(100_000 * share), rng),
        mutations(int(1_000_000 * share), rng),
    ]
    columns = ["what", "times", "acknowledged", "lost", "unreadable", "wrong"]
    table = [[row.get(name) for name in columns] for row in rows]
    record.show("Crash and damage", record.markdown(columns, table))
    record.keep("journal_crash", rows, small=small)


def kills(writers: int, times: int, rng: random.Random) -> record.Row:
    """SIGKILL at a random moment of writing."""
    acknowledged = lost = unreadable = 0
    for _ in range(times):
        with tempfile.TemporaryDirectory() as folder:
            book = Path(folder) / "book"
            said = killed(writers, book, rng)
            try:
                journal.open(book).log({"after": "the kill"})
                reading = journal.open(book).read()
            except Exception as error:  # noqa: BLE001 - that is what is counted
                print(f"unreadable: {error!r}", file=sys.stderr)
                unreadable += 1
                continue
            acknowledged += len(said)
            lost += len(said - {str(event.run) for event in reading.events})
            if any(not found.harmless for found in reading.damage):
                print(f"damage: {reading.damage}", file=sys.stderr)
                unreadable += 1
    what = f"SIGKILL, {writers} writer{'s' if writers > 1 else ''}"
    return counts(what, times, acknowledged=acknowledged, lost=lost, unreadable=unreadable)


def killed(writers: int, book: Path, rng: random.Random) -> set[str]:
    """What writers acknowledged before they were killed; they write for up to 60 ms."""
    children = [
        subprocess.Popen(
            [sys.executable, "-c", WRITER, str(book)], stdout=subprocess.PIPE, cwd=ROOT
        )
        for _ in range(writers)
    ]
    said: set[str] = set()
    for child in children:
        assert child.stdout is not None
        said.add(child.stdout.readline().decode().strip())
    time.sleep(rng.random() * 0.06)
    for child in children:
        child.kill()
    for child in children:
        said.update(line.decode() for line in child.communicate()[0].split(b"\n")[:-1])
    return said


def cuts(lines: int) -> record.Row:
    """A journal cut at every byte, read, appended to, and read again."""
    with tempfile.TemporaryDirectory() as folder:
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
    """A segment's bytes, and the events in it."""
    book = journal.open(folder)
    book.append(
        [book.logged({"n": n, "text": "ä{" * (n % 5)}, metrics={"m": n / 7}) for n in range(lines)]
    )
    book.close()
    (path,) = folder.glob("*.jsonl")
    return path.read_bytes(), {event.id: event for event in book.read().events}


def read(data: bytes) -> tuple[list[Event], list[Damage]]:
    """A segment's events in file order, and its damage."""
    damage: list[Damage] = []

    def events() -> Iterator[Event]:
        for batch in scan([data], "s", json_reader()):
            damage.extend(batch.damage)
            for event, _, _ in decode(batch, damage):
                yield event

    found = list(events())
    return found, damage


def counts(what: str, times: int, **found: int) -> record.Row:
    return {"what": what, "times": times, **{name: float(n) for name, n in found.items()}}


if __name__ == "__main__":
    main()
