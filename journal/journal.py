"""A journal in Python: open, log, read."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from datetime import datetime
from typing import TYPE_CHECKING, Any, Self, TypeVar, overload

from journal import values
from journal.discovery import find, is_folder
from journal.entries import logged_body
from journal.errors import ValueRefused, a_kind_of
from journal.events import Event, Logged
from journal.ids import is_uuid, uuid7
from journal.lines import NOW
from journal.packing import Json
from journal.store import sink_of
from journal.times import moment, stamp

if TYPE_CHECKING:
    import pandas as pd

    from journal.declarations import Declarations
    from journal.recording import Recording
    from journal.runs import Fold, Run
    from journal.store import Reading, Store

R = TypeVar("R")


class Journal:
    """A log of runs that is never rewritten. Made by ``journal.open``."""

    def __init__(self, store: Store) -> None:
        self.store = store
        self._sink = sink_of(store)

    def __repr__(self) -> str:
        from journal.addresses import shown

        return f"<Journal {shown(self.address)}>"

    def __reduce__(self) -> tuple[Callable[[str], Journal], tuple[str]]:
        """A copy, or one that another process is sent, is the same journal opened anew."""
        return open, (self.store.home,)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *exc: object) -> None:
        self.close()

    @property
    def address(self) -> str:
        """Where it is: a folder's path, or a database's address."""
        return self.store.address

    def close(self) -> None:
        """Let go of files and locks; the journal can be used again afterwards."""
        self.store.close()

    def log(
        self,
        params: Mapping[str, object],
        *,
        metrics: Mapping[str, object] | None = None,
        seed: int | None = None,
        status: str = "finished",
        tags: Sequence[str] = (),
        note: str | None = None,
        at: datetime | None = None,
        seconds: float | None = None,
        context: Mapping[str, Json] | None = None,
    ) -> str:
        """Record a whole run and return its id: when it returns, the run is on disk.

        ``at`` is when the run began, where that was not now. Raises ValueRefused, WriteFailed.
        """
        body = logged_body(
            params,
            metrics={} if metrics is None else metrics,
            seed=seed,
            status=status,
            tags=tags,
            note=note,
            began=None if at is None else stamp(moment(at)),
            seconds=seconds,
            context=context,
        )
        run = uuid7()
        self._sink.append([(run, run, NOW, "logged", body)])
        return run

    def logged(
        self,
        params: Mapping[str, object],
        *,
        metrics: Mapping[str, object] | None = None,
        seed: int | None = None,
        status: str = "finished",
        tags: Sequence[str] = (),
        note: str | None = None,
        at: datetime | None = None,
        seconds: float | None = None,
        context: Mapping[str, Json] | None = None,
        run: str | None = None,
    ) -> Logged:
        """The event that ``log`` records, checked and not yet written: for appending many.

        ``run`` is its id, where it has one already. Raises ValueRefused.
        """
        run = uuid7() if run is None else run
        if not is_uuid(run):
            raise ValueRefused(f"a run's id is a UUID, not {run!r:.80}")
        if context is not None:
            values.mapping(context, "the context is")
        return Logged(
            id=run,
            run=run,
            at=self.store.now(),
            params=values.parameters(params),
            metrics=values.metrics({} if metrics is None else metrics),
            seed=values.seed(seed),
            status=status,
            tags=values.labels(tags),
            note=None if note is None else values.note(note),
            began=None if at is None else moment(at),
            seconds=None if seconds is None else values.duration(seconds),
            context={} if context is None else context,
        )

    @overload
    def run(self, params: Callable[..., R], /) -> Callable[..., R]: ...

    @overload
    def run(
        self,
        params: Mapping[str, object] | None = None,
        /,
        *,
        seed: int | None = None,
        tags: Sequence[str] = (),
        note: str | None = None,
        resume: str | None = None,
        strict: bool = False,
        **parameters: object,
    ) -> Recording: ...

    def run(
        self,
        params: Mapping[str, object] | Callable[..., R] | None = None,
        /,
        *,
        seed: int | None = None,
        tags: Sequence[str] = (),
        note: str | None = None,
        resume: str | None = None,
        strict: bool = False,
        **parameters: object,
    ) -> Recording | Callable[..., R]:
        """A run to record in this journal, for ``with`` or as decorator; see ``journal.run``."""
        from journal.recorder import begin

        return begin(
            self,
            params,
            parameters=parameters,
            seed=seed,
            tags=tags,
            note=note,
            resume=resume,
            strict=strict,
        )

    def append(self, events: Sequence[Event]) -> None:
        """Record these events, all or none; on disk when it returns. Raises ValueRefused."""
        told: object = events
        several: list[Any] = list(told) if isinstance(told, Iterable) else [told]
        for event in several:
            if not isinstance(event, Event):
                hint = "Journal.logged makes one"
                raise ValueRefused(f"events are wanted, not {a_kind_of(event)}", hint=hint)
        self.store.append(several)

    def read(self) -> Reading:
        """Every event in order, and every damage. Raises JournalNotFound."""
        from journal.store import read

        return read(self.store)

    def fold(self) -> Fold:
        """Runs, declarations, orphans; warns (DamageWarning) where the journal is damaged."""
        from journal.damage import warn_of
        from journal.runs import fold

        reading = self.read()
        warn_of(reading.damage)
        return fold(reading.events)

    def runs(self) -> Iterator[Run]:
        """All runs in order of their start, retracted ones left out."""
        return (run for run in self.fold().runs if run.retracted is None)

    def declarations(self) -> Declarations:
        """What was declared about metrics and parameters."""
        return self.fold().declarations

    def frame(self) -> pd.DataFrame:
        """One row per run (retracted ones left out), in order of their start, indexed by id.

        Columns ``status``, ``seed`` (Int64), ``started_at`` (UTC), ``seconds``, ``tags``,
        ``notes``, then ``params.NAME`` and ``metrics.NAME``. See ``journal.tables``.
        """
        from journal.tables import frame

        return frame(self.store)


def open(path: str | os.PathLike[str] | None = None) -> Journal:  # noqa: A001 - as in webbrowser.open
    """The journal at this path or address; without one, as the command finds it.

    Opening neither reads nor makes anything: a folder is made by the first append. A relative path
    is taken from the working directory as it is now. Raises JournalNotFound where that is gone,
    ValueRefused for what is no path, UsageError for an address of another kind.
    """
    from pathlib import Path

    from journal.folder import FolderStore

    address = find(path)
    if not is_folder(address):
        from journal.addresses import database

        return Journal(database(address))
    return Journal(FolderStore(Path(address)))
