"""Server and clients killed in the middle of commits: what was acknowledged is there, once."""

import random
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

import journal
from journal import verification
from tests.journal.server import Server

pytestmark = pytest.mark.postgres
ROOT = Path(__file__).parents[2]
WRITER = """
import sys, journal
book = journal.open(sys.argv[1])
while True:
    events = [book.logged({"i": i}) for i in range(int(sys.argv[2]))]
    book.append(events)
    print(*(event.id for event in events), sep="\\n", flush=True)
"""


@pytest.fixture(scope="module")
def server() -> Iterator[Server]:
    with Server() as running:
        yield running


def check(address: str, acknowledged: set[str]) -> None:
    """Everything acknowledged is there once, and the journal is sound and goes on."""
    with journal.open(address) as book:
        reading = book.read()
        ids = [event.id for event in reading.events]
        assert reading.damage == ()
        assert acknowledged <= set(ids)
        assert len(ids) == len(set(ids))
        assert verification.verify(book.store).sound
        book.log({"after": True})
        assert len(book.read().events) == len(ids) + 1


def test_clients_killed_while_they_write_lose_nothing_acknowledged(server):
    address = server.database("clients")
    rng = random.Random(0)
    acknowledged: set[str] = set()
    for portion in ("1", "1", "20"):
        writers = [
            subprocess.Popen([sys.executable, "-c", WRITER, address, portion],
                             stdout=subprocess.PIPE, cwd=ROOT, text=True)
            for _ in range(2)
        ]  # fmt: skip
        for writer in writers:
            assert writer.stdout is not None
            acknowledged.add(writer.stdout.readline().strip())
        time.sleep(rng.uniform(0, 0.1))
        for writer in writers:
            writer.send_signal(signal.SIGKILL)
        for writer in writers:
            out, _ = writer.communicate()
            acknowledged.update(line for line in out.splitlines() if len(line) == 36)
    check(address, acknowledged)


def test_a_server_killed_while_they_write_is_waited_for_and_loses_nothing(server):
    address = server.database("server")
    stop, failed = threading.Event(), []
    acknowledged: list[set[str]] = [set(), set(), set()]

    def work(k: int) -> None:
        try:
            with journal.open(address) as book:
                while not stop.is_set():
                    events = [book.logged({"k": k}) for _ in range(1 + 4 * k)]
                    book.append(events)
                    acknowledged[k].update(event.id for event in events)
        except journal.JournalError as error:
            failed.append(error)

    writers = [threading.Thread(target=work, args=(k,)) for k in range(3)]
    for writer in writers:
        writer.start()
    rng = random.Random(1)
    for _ in range(2):
        before = [len(mine) for mine in acknowledged]
        while not all(len(mine) > n for mine, n in zip(acknowledged, before, strict=True)):
            time.sleep(0.01)
        time.sleep(rng.uniform(0, 0.2))
        server.kill()
        server.start()
    time.sleep(0.3)
    stop.set()
    for writer in writers:
        writer.join()
    assert failed == []
    check(address, set().union(*acknowledged))
