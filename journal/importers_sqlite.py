"""Reading another tracker's SQLite file: read-only, and without its library."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from journal.absent import unreadable
from journal.errors import ReadFailed, UsageError

Rows = Callable[[str], Iterator[tuple[Any, ...]]]
_KINDS: dict[str, tuple[type, str]] = {
    "blob": (bytes, "bytes"), "null": (type(None), "null"), "text": (str, "text"),
    "integer": (int, "an integer"), "real": (float, "a real number"),
}  # fmt: skip
"""What SQLite calls kinds, as Python has them and as they are called here."""


def is_sqlite(path: Path) -> bool:
    """Does the file begin as an SQLite database does? Raises UsageError where there is no file."""
    try:
        with path.open("rb") as file:
            return file.read(16) == b"SQLite format 3\0"
    except OSError as failed:
        raise unreadable(path, failed) from None


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


def misfits(
    rows: Rows, *tables: Mapping[str, str], key: str, within: str = ""
) -> dict[object, str]:
    """Which rows have a cell that is not of its column's kind, by their key; of each row the first.

    SQLite holds anything in any column. tables: the kinds of each ``table.column``, as SQLite calls
    them; of one table, or of those that are joined ``within``.
    """
    found: dict[object, str] = {}
    for columns in tables:
        table = within or next(iter(columns)).partition(".")[0]
        kinds = {column: tuple(told.split()) for column, told in columns.items()}
        odd = " OR ".join(
            f"typeof({column}) NOT IN ({', '.join(map(repr, kinds[column]))})" for column in kinds
        )
        for known, *there in rows(f"SELECT {key}, {', '.join(kinds)} FROM {table} WHERE {odd}"):
            cells = zip(kinds, there, strict=True)
            wrong = next(
                _misfit(column, cell, kinds=kinds[column])
                for column, cell in cells
                if type(cell) not in {_KINDS[kind][0] for kind in kinds[column]}
            )
            found.setdefault(known, wrong)
    return found


def _misfit(column: str, cell: object, *, kinds: Sequence[str]) -> str:
    there = "null" if cell is None else f"{cell!r:.40}"
    said = f"{column} is {there}, not {' or '.join(_KINDS[kind][1] for kind in kinds)}"
    if isinstance(cell, bytes) and "text" in kinds:
        name = column.partition(".")[2]
        return f"{said} (in a copy: SET {name} = CAST({name} AS TEXT))"
    return said
