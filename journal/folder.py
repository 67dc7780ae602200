"""A journal as a folder of segments: the store that needs nothing but a filesystem."""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime
from pathlib import Path
from stat import S_ISREG

from journal.bodies import entry_of
from journal.damage import Damage
from journal.discovery import absolute, by_name, not_found
from journal.errors import ReadFailed
from journal.events import Event
from journal.room import without_room
from journal.segments import Batch, json_reader, naming, scan
from journal.times import read_stamp
from journal.writer import SUFFIX, Writer

CHUNK_BYTES = 1 << 16
"""What is read and parsed at a time: small enough for a processor's cache."""


class FolderStore:
    """Events in ``*.jsonl`` segments of one folder. See ``journal.store.Store``."""

    def __init__(self, folder: Path) -> None:
        self.address = str(folder)
        self.home = absolute(self.address)
        self.folder = Path(self.home)
        self.writer = Writer(self.home)

    def now(self) -> datetime:
        """The time, but later than the segment's last event and than the last answer."""
        return read_stamp(self.writer.now())

    def append(self, events: Sequence[Event]) -> None:
        """Write the events as one piece and fsync."""
        self.writer.append([entry_of(event) for event in events])

    def segments(self) -> list[Path]:
        """The files there are now, by name.

        Raises JournalNotFound where there is none, ReadFailed where the folder does not say or none
        of them may be read.
        """
        try:
            with os.scandir(self.folder) as files:
                found = sorted(file.name for file in files if file.name.endswith(SUFFIX))
        except (FileNotFoundError, NotADirectoryError):
            found = []
        except OSError as failed:
            said = failed.strerror or str(failed)
            refused = isinstance(failed, PermissionError)
            said = f"the folder cannot be read: {said}"
            raise _read_failed(said, self.address, refused=refused) from None
        if not found:
            raise not_found(self.address)
        segments = [self.folder / name for name in found]
        if all(map(_withheld, segments)):
            raise _read_failed("none of its segments may be read", self.address, refused=True)
        return segments

    def batches(self, run: str | None = None) -> Iterator[Batch]:
        """Each segment, by name, as it stands now; a write under way is seen as a torn tail."""
        return scan_files(self.segments(), run)

    def close(self) -> None:
        """Let go of the segment and its lock."""
        self.writer.close()


def scan_files(segments: Iterable[Path], run: str | None = None) -> Iterator[Batch]:
    """All that is in these segments, in portions, with the damage; or what names this run."""
    loads = json_reader()
    for path in segments:
        try:
            if not S_ISREG(path.stat().st_mode):  # to open a pipe is to wait for its writer
                yield _unreadable(path, "not a file")
                continue
            with path.open("rb", buffering=0) as file:
                chunks = without_room(file, CHUNK_BYTES)
                yield from scan(naming(chunks, run) if run else chunks, path.name, loads=loads)
        except OSError as failed:
            yield _unreadable(path, f"{failed.strerror or failed}; the runs in it are left out")


def _read_failed(said: str, address: str, *, refused: bool) -> ReadFailed:
    ask = "ask its owner for the right to read it, or " if refused else ""
    return ReadFailed(said, where=address, **by_name(f"{ask}name another"))


def _withheld(path: Path) -> bool:
    """Is this a segment that may not be read? What else may be wrong with it, reading tells."""
    try:
        os.close(os.open(path, os.O_RDONLY | os.O_NONBLOCK))
    except PermissionError:
        return True
    except OSError:
        return False
    return False


def _unreadable(path: Path, said: str) -> Batch:
    damage = Damage(kind="unreadable", segment=path.name, message=said)
    return Batch(segment=path.name, damage=[damage])
