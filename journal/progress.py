"""How far a command has come with a large journal: a line on the terminal, if somebody waits."""

from __future__ import annotations

import sys
import time
from collections.abc import Iterator

from journal.segments import Batch
from journal.store import Source

_PATIENCE_SECONDS = 1.0
"""What is over sooner needs no word."""
_EVERY_SECONDS = 0.2


class Watched:
    """A store whose reading is told on stderr, where that is a terminal."""

    def __init__(self, store: Source) -> None:
        self.store = store

    @property
    def address(self) -> str:
        """The store's."""
        return self.store.address

    def batches(self, run: str | None = None) -> Iterator[Batch]:
        """The store's, with a word every now and then."""
        batches = self.store.batches(run)
        return _told(batches) if sys.stderr.isatty() else batches


def _told(batches: Iterator[Batch]) -> Iterator[Batch]:
    due = time.monotonic() + _PATIENCE_SECONDS
    events = shown = 0
    for batch in batches:
        yield batch
        events += len(batch.records)
        if time.monotonic() >= due:
            due = time.monotonic() + _EVERY_SECONDS
            shown = sys.stderr.write(f"\r{events:,} events read ")
            sys.stderr.flush()
    if shown:
        sys.stderr.write("\r" + " " * shown + "\r")
