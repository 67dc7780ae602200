"""Reading another tracker's SQLite file: read-only, and without its library."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from journal.errors import ReadFailed, UsageError

Rows = Callable[[str], Iterator[tuple[Any, ...]]]


def is_sqlite(path: Path) -> bool:
    """Does the file begin as an SQLite database does? Raises UsageError where there is no file."""
    try:
        with path.open("rb") as file:
            return file.read(16) == b"SQLite format 3\0"
    except OSError as failed:
        raise UsageError(failed.strerror or str(failed), word=str(path)) from None


@contextmanager
def reading(path: Path, *tables: str, tracker: str) -> Iterator[Rows]:
    """A way to ask the file. Raises UsageError without these tables, ReadFailed if it is broken."""
    connection = sqlite3.connect(f"{path.resolve().as_uri()}?mode=ro", uri=True, timeout=10)
    try:
        there = {
            name
            for (name,) in connection.execute("SELECT name FROM sqlite_master WHERE type='table'")
        }
        if missing := [name for name in tables if name not in there]:
            hint = "tables: " + ", ".join(sorted(there)[:12]) if there else "it is empty"
            raise UsageError(
                f"not a database of {tracker}: no table {missing[0]}", word=str(path), hint=hint
            )
        yield connection.execute
    except sqlite3.Error as failed:
        raise ReadFailed(f"SQLite says: {failed}", where=str(path)) from failed
    except (ValueError, TypeError, KeyError, OverflowError, RecursionError) as failed:
        said = f"{tracker} does not write this: {failed!r:.80}"
        raise ReadFailed(said, where=str(path)) from failed
    finally:
        connection.close()
