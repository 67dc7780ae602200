"""The thread that writes: nothing that one recording raises ends it for the others."""

import sys
import threading
import time

import pytest

from journal.errors import WriteFailed
from journal.flusher import Flusher, flusher
from journal.folder import FolderStore
from journal.warned import RecordingWarning


class Waits:
    """Something to flush, which fails at first."""

    def __init__(self, failures: int) -> None:
        self.failures = failures
        self.flushed = threading.Event()

    def flush_quietly(self) -> bool:
        if self.failures:
            self.failures -= 1
            raise RecordingWarning("as an error")
        self.flushed.set()
        return True

    def flush_at_exit(self) -> None:
        self.flush_quietly()


@pytest.fixture
def own(monkeypatch):
    """A flusher of the test's own, in a hurry, and what it complained of."""
    complaints: list[object] = []
    monkeypatch.setattr(sys, "excepthook", lambda kind, error, trace: complaints.append(error))
    monkeypatch.setattr("journal.flusher.INTERVAL_SECONDS", 0.01)
    return Flusher(), complaints


def test_an_exception_in_one_flush_ends_neither_the_thread_nor_the_others(own):
    flusher, complaints = own
    failing, sound = Waits(failures=3), Waits(failures=0)
    flusher.watch(failing)
    flusher.watch(sound)
    assert sound.flushed.wait(10)
    assert failing.flushed.wait(10)
    assert [str(error) for error in complaints] == ["as an error"]


def test_at_the_end_of_the_process_one_that_fails_stops_no_other(own, monkeypatch):
    monkeypatch.setattr("journal.flusher.INTERVAL_SECONDS", 60)
    flusher, complaints = own
    failing, sound = Waits(failures=9), Waits(failures=0)
    flusher.watch(failing)
    flusher.watch(sound)
    flusher.flush_at_exit()
    assert sound.flushed.is_set()
    assert len(complaints) == 1


def test_a_thread_that_died_is_replaced(own):
    flusher, _ = own
    flusher._thread = threading.Thread(target=lambda: None)
    waits = Waits(failures=0)
    flusher.watch(waits)
    assert waits.flushed.wait(10)


def test_where_warnings_are_errors_a_refused_flush_is_tried_again(book, monkeypatch):
    shown: list[object] = []
    monkeypatch.setattr(sys, "excepthook", lambda kind, error, trace: shown.append(error))
    monkeypatch.setattr(flusher, "_complained", False)
    run = book.run(lr=1).start()
    append = FolderStore.append
    refusals = [WriteFailed("No space left on device", where=book.address)] * 2

    def refuse_at_first(store, events):
        if refusals:
            raise refusals.pop()
        append(store, events)

    monkeypatch.setattr(FolderStore, "append", refuse_at_first)
    run.log(0, loss=0.5)
    until = time.monotonic() + 20
    while not book.fold().runs[0].series and time.monotonic() < until:
        time.sleep(0.05)
    assert dict(book.fold().runs[0].series) == {"loss": ((0, 0.5),)}
    assert [type(error) for error in shown] == [RecordingWarning]
    run.finish()
