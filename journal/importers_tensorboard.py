"""Runs of TensorBoard's HParams plugin, from its event files.

A folder whose events begin an HParams session is a run; its scalars, and those of folders below
that are no runs of their own (``train``, ``validation``), are its metrics. A run's id follows from
the time of its first event and its parameters.
"""

from __future__ import annotations

import json
import struct
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from journal import values
from journal.counts import counted
from journal.errors import JournalError, UsageError
from journal.importers import Foreign, Understood, run_id, took
from journal.importers_series import with_series
from journal.importers_wire import (
    Fields,
    WireError,
    check_there,
    double,
    fields,
    integer,
    messages,
    said,
    shortest,
    single,
    text,
    tf_records,
)
from journal.packing import pack
from journal.times import from_epoch
from journal.values import Scalar

_PLUGIN = "hparams"
_SUCCESS, _FAILURE = 1, 2
_FLOAT, _DOUBLE = 1, 2
_EXACT = 2**53


@dataclass(slots=True)
class _Session:
    """What the events of one folder say; ``above`` names the run's, where that is above it."""

    folder: Path
    above: str = ""
    params: dict[str, Scalar] | None = None
    status: int | None = None
    times: list[float] = field(default_factory=list)
    series: dict[str, list[tuple[int, float]]] = field(default_factory=dict)


def read(path: Path, *, all_ended: bool = False) -> Understood:
    """The runs below this folder. Raises UsageError where there is none."""
    check_there(path)
    files = sorted(path.rglob("*tfevents*")) if path.is_dir() else [path]
    sessions: dict[Path, _Session] = {}
    refused: list[str] = []
    for file in files:
        session = sessions.setdefault(file.parent, _Session(file.parent))
        try:
            for record in tf_records(file.read_bytes()):
                _event(session, fields(record))
        except (OSError, WireError, JournalError) as error:
            refused.append(f"{file}: {said(error)}")
    begun = [session for session in sessions.values() if session.params is not None]
    if not begun and not refused:
        hint = "runs are known by their HParams: SummaryWriter.add_hparams"
        raise UsageError("no run of HParams is here", word=str(path), hint=hint)
    for session in sessions.values():
        _give_to_its_run(session, sessions)
    _whole_numbers(begun)
    ended = [session for session in begun if session.status is not None or all_ended]
    open_runs = counted(len(begun) - len(ended), "run")
    told = f"{open_runs} without an end: under way, or killed (--all-ended)"
    runs: list[Foreign] = []
    for session in ended:
        try:
            runs.append(_foreign(session))
        except JournalError as error:
            refused.append(f"{session.folder}: {error}")
    return Understood(
        source=str(path), runs=with_series(runs),
        refused=tuple(refused), left_out=(told,) if len(ended) < len(begun) else (),
    )  # fmt: skip


def _event(session: _Session, event: Fields) -> None:
    time, step = double(event, 1), integer(event, 2)
    if time:
        session.times.append(time)
    for summary in messages(event, 5):
        for value in messages(summary, 1):
            plugin = next(
                (data for meta in messages(value, 9) for data in messages(meta, 1)), Fields()
            )
            if text(plugin, 1) == _PLUGIN:
                for content in messages(plugin, 2):
                    _session(session, content)
            elif (number := _scalar(value)) is not None:
                name = values.check_name(text(value, 1))
                session.series.setdefault(name, []).append((step, number))


def _session(session: _Session, content: Fields) -> None:
    for start in messages(content, 3):
        session.params = {
            values.check_name(text(entry, 1)): _value(next(messages(entry, 2), Fields()))
            for entry in messages(start, 1)
        }
    for end in messages(content, 4):
        session.status = integer(end, 1)


def _value(value: Fields) -> Scalar:
    """A ``google.protobuf.Value``."""
    if 2 in value:
        return double(value, 2)
    if 3 in value:
        return values.check_text(text(value, 3), "a parameter")
    if 4 in value:
        return bool(integer(value, 4))
    return None


def _scalar(value: Fields) -> float | None:
    """A scalar summary, as TensorFlow 1, PyTorch (a float) or TensorFlow 2 (a tensor) write it."""
    if 2 in value:
        return single(value, 2)
    for tensor in messages(value, 8):
        code, size = {_FLOAT: ("<f", 4), _DOUBLE: ("<d", 8)}.get(integer(tensor, 1), ("", 0))
        for number in (4, {_FLOAT: 5, _DOUBLE: 6}.get(integer(tensor, 1), 0)):
            raw = tensor.get(number, [b""])[-1]
            if code and isinstance(raw, bytes) and len(raw) == size:
                return shortest(raw) if size == 4 else float(struct.unpack(code, raw)[0])
    return None


def _give_to_its_run(session: _Session, sessions: dict[Path, _Session]) -> None:
    """Scalars of a folder that is no run go to the nearest run above, under the folder's name.

    Else to the only run below: ``add_hparams`` writes the session into a folder of its own there.
    """
    if session.params is not None:
        return
    for above in session.folder.parents:
        run = sessions.get(above)
        if run is not None and run.params is not None:
            prefix = session.folder.relative_to(above).as_posix()
            for name, points in session.series.items():
                run.series[f"{prefix}/{name}"] = points
            run.times += session.times
            return
    below = [
        run for run in sessions.values()
        if run.params is not None and session.folder in run.folder.parents
    ]  # fmt: skip
    for run in below:
        if run.folder.parent == session.folder:
            run.above = session.folder.resolve().name
    if len(below) == 1:
        below[0].series = {**session.series, **below[0].series}
        below[0].times += session.times


def _foreign(session: _Session) -> Foreign:
    params = session.params or {}
    first, last = (min(session.times), max(session.times)) if session.times else (0.0, 0.0)
    status = {_SUCCESS: "finished", _FAILURE: "failed"}.get(session.status or 0, "killed")
    content = json.dumps(pack(params), sort_keys=True)
    own = session.folder.resolve().name
    return Foreign(
        run=run_id("tensorboard", repr(first), content),
        place=str(session.folder),
        params=values.parameters(params),
        metrics={name: points[-1][1] for name, points in _by_step(session)},
        status=status,
        began=from_epoch(first) if first else None,
        seconds=took(last - first) if first else None,
        series=dict(_by_step(session)),
        context={"tensorboard": {"folder": "/".join(filter(None, (session.above, own)))}},
    )


def _whole_numbers(begun: Sequence[_Session]) -> None:
    """HParams keeps all numbers as floats: those whole in every run become integers."""
    told = [session.params for session in begun if session.params is not None]
    for name in {name for params in told for name in params}:
        found = [params[name] for params in told if name in params]
        if all(isinstance(v, float) and v.is_integer() and abs(v) < _EXACT for v in found):
            for params in told:
                if isinstance(value := params.get(name), float):
                    params[name] = int(value)


def _by_step(session: _Session) -> Iterator[tuple[str, list[tuple[int, float]]]]:
    for name, points in session.series.items():
        yield name, sorted(points, key=lambda point: point[0])
