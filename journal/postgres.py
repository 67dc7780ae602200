"""A journal in PostgreSQL: the store that a team shares. ``journal.postgres_table`` is the table.

Appending holds a slot of the table for as long as the connection lasts, so one run costs one round
trip and one commit. What a broken connection leaves open (was it committed?) is settled by trying
again with the same ids: what is there already, unchanged, is done.
"""

from __future__ import annotations

import os
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from datetime import datetime
from itertools import islice
from typing import Any, TypeVar

import psycopg
from psycopg.conninfo import conninfo_to_dict

from journal import postgres_table as table
from journal.addresses import shown, without_secrets
from journal.bodies import entry_of
from journal.clock import LONG_AGO, is_ahead, now_after
from journal.discovery import not_found
from journal.errors import JournalError, ReadFailed, ValueRefused, WriteFailed
from journal.events import Event
from journal.forks import RENEWAL
from journal.lines import NO_LINE, TAIL_BYTES, Entry, encode
from journal.postgres_faults import is_passing, said
from journal.segments import Batch, json_reader, scan
from journal.times import read_stamp

PATIENCE_SECONDS = 15.0
"""How long a server that has gone is waited for."""
_CHUNK_ROWS = 500
_CONFLICTS = 20
_SETTINGS = {
    "connect_timeout": "5", "application_name": "knobwise", "keepalives_idle": "30",
    "tcp_user_timeout": "30000", "client_encoding": "utf8",
}  # fmt: skip
_inherited: list[psycopg.Connection] = []
"""Connections of a parent process: kept, because closing one would end the parent's session."""

Row = tuple[int, int, int, str, str, str | None, str, str, str, str]
T = TypeVar("T")


class PostgresStore:
    """Events in one table of a database: a ``journal.store.Store``. Safe under threads and fork."""

    def __init__(self, address: str) -> None:
        self.address = self.home = address
        self.begins = True  # may the first append make the table where there is none?
        self._pid = os.getpid()
        self._mutex = threading.Lock()
        self._connection: psycopg.Connection | None = None
        self._reached = False
        self._slot: int | None = None
        self._tail: tuple[int, int, str] | None = None
        self._stamped = LONG_AGO

    def now(self) -> datetime:
        """The time, but later than the last answer and than the last event of the slot in hand."""
        self._after_fork()
        with self._mutex:
            self._stamped = now_after(self._stamped)
            return read_stamp(self._stamped)

    def append(self, events: Sequence[Event]) -> None:
        """Insert the events in one transaction. See ``journal.store.Store.append``."""
        self._after_fork()
        entries = [entry_of(event) for event in events]
        if not entries:
            return
        with self._mutex:
            self._patiently(lambda connection: self._append(connection, entries), WriteFailed)

    def batches(self, run: str | None = None) -> Iterator[Batch]:
        """Each part of the table as it stands now, in portions; or what is about this run."""
        loads = json_reader()
        slot, part = -1, -1
        while found := self._read(table.NEXT_PART, slot, part):
            slot, part = found[0]
            if run is None:
                lines = self._read(table.LINES, slot, part)
            else:
                lines = self._read(table.LINES_ABOUT, slot, part, run)
            yield from scan(_chunks(lines), f"{slot}.{part}", loads=loads)

    def ends(self) -> tuple[tuple[int, int, int], ...]:
        """Where each part ends: (slot, part, n). It changes when the journal grows, only then."""
        query = f"SELECT slot, part, max(n) FROM {table.TABLE} GROUP BY slot, part ORDER BY 1, 2"
        return tuple((slot, part, n) for slot, part, n in self._read(query))

    def close(self) -> None:
        """Let go of the connection, and with it of the slot."""
        self._after_fork()
        with self._mutex:
            self._let_go()

    def __del__(self) -> None:
        held = getattr(self, "_connection", None) is not None and callable(_insert)
        if held and self._pid == os.getpid():  # at a process's very end no module is whole
            self._let_go()

    def _after_fork(self) -> None:
        if self._pid == os.getpid():
            return
        with RENEWAL:
            if self._pid != os.getpid():
                if self._connection is not None:
                    _inherited.append(self._connection)
                self._mutex = threading.Lock()
                self._connection, self._slot, self._tail = None, None, None
                self._pid = os.getpid()

    def _let_go(self) -> None:
        connection, self._connection = self._connection, None
        self._slot = self._tail = None
        if connection is not None:
            connection.close()

    def _connected(self) -> psycopg.Connection:
        if self._connection is None:
            told = conninfo_to_dict(self.address)
            more = {name: value for name, value in _SETTINGS.items() if name not in told}
            connection = psycopg.connect(
                self.address, autocommit=True, prepare_threshold=None, **more  # type: ignore[arg-type]
            )  # fmt: skip
            self._connection, self._reached = connection, True
            connection.execute("SET synchronous_commit TO on")  # acknowledged is on disk
        return self._connection

    def _patiently(self, work: Callable[[psycopg.Connection], T], failure: type[JournalError]) -> T:
        """Do the work; again on a new connection where the server went away under it."""
        until, pause = time.monotonic() + PATIENCE_SECONDS, 0.05
        while True:
            try:
                return work(self._connected())
            except psycopg.Error as error:
                self._let_go()
                if not is_passing(error, reached=self._reached) or time.monotonic() + pause > until:
                    message, hint = said(error, self.address)
                    failed = failure(message, where=shown(self.address), hint=hint)
                    told = str(error)
                    safe = without_secrets(told, self.address) == told
                    raise failed from (error if safe else None)
            except JournalError:
                raise
            except BaseException:
                self._let_go()  # what the connection is in the middle of, nobody knows
                raise
            time.sleep(pause)
            pause = min(2 * pause, 2.0)

    def _read(self, query: str, *place: int | str) -> list[tuple[Any, ...]]:
        self._after_fork()

        def work(connection: psycopg.Connection) -> list[tuple[Any, ...]]:
            try:
                return connection.execute(query, place, binary=True).fetchall()
            except psycopg.errors.UndefinedTable:
                raise not_found(shown(self.address)) from None

        with self._mutex:
            return self._patiently(work, ReadFailed)

    def _append(self, connection: psycopg.Connection, entries: Sequence[Entry]) -> None:
        for _ in range(_CONFLICTS):
            try:
                self._hold(connection)
                rows = self._rows(entries)
                _insert(connection, rows)
            except psycopg.errors.UndefinedTable:
                if not self.begins:
                    raise not_found(shown(self.address)) from None
                _make(connection)
            except psycopg.errors.UniqueViolation:
                self._tail = None
                entries = _unknown(connection, entries)
                if not entries:
                    return
            else:
                slot, part, n, *_, hashed = rows[-1]
                self._slot, self._tail = slot, (part, n, hashed)
                return
        hint = "is the connection pooled per transaction? The journal needs a session of its own"
        raise WriteFailed("others write to the same slot", where=shown(self.address), hint=hint)

    def _hold(self, connection: psycopg.Connection) -> None:
        """Make sure of a slot, and of where it ends."""
        if self._slot is None:
            found = connection.execute(table.TAKE).fetchone()
            self._slot, self._tail = (found[0] if found else 0), None
        if self._tail is None:
            end = connection.execute(table.TAIL, (self._slot,)).fetchone()
            part, n, hashed, at = end or (0, 0, NO_LINE, LONG_AGO)
            self._tail = (part, n, hashed)
            if not is_ahead(at):
                self._stamped = max(self._stamped, at)

    def _rows(self, entries: Sequence[Entry]) -> list[Row]:
        """The entries as the next rows of the slot in hand."""
        assert self._slot is not None  # held
        assert self._tail is not None
        part, n, hashed = self._tail
        rows: list[Row] = []
        for entry in entries:
            if n >= table.PART_ROWS:
                part, n, hashed = part + 1, 0, NO_LINE
            n, previous = n + 1, hashed
            line, hashed = encode(entry, number=n, previous=previous)
            event, run, at, kind, _ = entry
            rows.append((self._slot, part, n, previous, event, run, at, kind, _body(line), hashed))
        return rows


def _body(line: bytes) -> str:
    """The JSON of a line's body, as its hash covers it."""
    start = line.index(b'"body":') + len(b'"body":')
    return line[start : -TAIL_BYTES - 1].decode()


def _insert(connection: psycopg.Connection, rows: Sequence[Row]) -> None:
    """All rows or none."""
    if len(rows) == 1:
        connection.execute(table.INSERT, rows[0])  # a transaction of its own
        return
    with connection.transaction(), connection.cursor().copy(table.COPY) as copy:
        for row in rows:
            copy.write_row(row)


def _unknown(connection: psycopg.Connection, entries: Sequence[Entry]) -> list[Entry]:
    """Those that are not there. Raises ValueRefused for one that is there with other content."""
    ids = [entry[0] for entry in entries]
    there = {row[0]: tuple(row) for row in connection.execute(table.KNOWN, (ids,))}
    missing: list[Entry] = []
    seen: set[str] = set()
    for entry in entries:
        event, run, at, kind, _ = entry
        if event in there:
            content = _body(encode(entry, number=1, previous=NO_LINE)[0])
            if there[event] != (event, run, at, kind, content):
                raise ValueRefused(f"another event has the id {event}")
        elif event not in seen:
            seen.add(event)
            missing.append(entry)
    return missing


def _make(connection: psycopg.Connection) -> None:
    """Make the table, unless somebody else just did."""
    with connection.transaction():
        connection.execute(table.LOCK_MAKING)
        encoding = connection.execute("SHOW server_encoding").fetchone()
        if encoding and encoding[0] != "UTF8":
            hint = "CREATE DATABASE name ENCODING 'UTF8' TEMPLATE template0"
            raise WriteFailed(f"the database's encoding is {encoding[0]}", hint=hint)
        connection.execute(table.CREATE)


def _chunks(lines: Sequence[tuple[Any, ...]]) -> Iterator[bytes]:
    rows = iter(lines)
    while some := list(islice(rows, _CHUNK_ROWS)):
        yield b"".join(bytes(line) + b"\n" for (line,) in some)
