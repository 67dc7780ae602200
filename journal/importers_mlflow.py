"""Runs of MLflow, from its folder of files (``mlruns``) or from its SQLite database.

A run's id follows from MLflow's. Parameters are text there and are read as ``knobwise log`` reads
text, ``None`` as null. A metric that some run logged more than once is a series, its last value the
result; else it is a result. A run is tagged with its experiment; MLflow's own tags are in
its context. Deleted runs, those of deleted experiments, and runs that have not ended, are left out.
"""

from __future__ import annotations

import sys
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path

from journal import values
from journal.counts import counted
from journal.errors import JournalError, UsageError, ValueRefused
from journal.importers import Foreign, Understood, run_id, took
from journal.importers_series import with_series
from journal.importers_sqlite import Rows, is_sqlite, misfits, reading
from journal.importers_wire import said
from journal.packing import Json
from journal.times import from_epoch
from journal.values import Scalar

STATUS = {"FINISHED": "finished", "FAILED": "failed", "KILLED": "killed"}
_CODES = {"1": "RUNNING", "2": "SCHEDULED", "3": "FINISHED", "4": "FAILED", "5": "KILLED"}

_DATABASE = "mlflow.db"
_DELETED = "run that is deleted"


@dataclass(slots=True, kw_only=True)
class Stored:
    """A run as either store has it. Points are (step, timestamp, value)."""

    id: str
    experiment: str
    status: str
    began: int | None
    ended: int | None
    name: str = ""
    user: str = ""
    params: dict[str, str] = field(default_factory=dict)
    tags: dict[str, str] = field(default_factory=dict)
    points: dict[str, list[tuple[int, int, float]]] = field(default_factory=dict)


def read(path: Path, *, chosen: Sequence[str] = ()) -> Understood:
    """The runs there; of the ``chosen`` experiments, else of all. Raises UsageError, ReadFailed."""
    refused: list[str] = []
    left_out: Counter[str] = Counter()
    if path.is_dir():
        stored = list(_of_files(path, refused, left_out))
    elif is_sqlite(path):
        stored = _of_sqlite(path, refused, left_out)
    else:
        hint = "the folder mlruns, or the SQLite file"
        raise UsageError("this is no store of MLflow", word=str(path), hint=hint)
    there = sorted({run.experiment for run in stored})
    for name in chosen:
        if name not in there:
            hint = "there is " + ", ".join(there)
            raise UsageError(f"no run is of an experiment {name}", word=name, hint=hint)
    runs: list[Foreign] = []
    for run in stored:
        if chosen and run.experiment not in chosen:
            continue
        if run.status not in STATUS:
            left_out[f"run that is {run.status.lower() or 'of no status'}"] += 1
            continue
        try:
            runs.append(_foreign(run))
        except JournalError as error:
            refused.append(f"run {run.id}: {error}")
    told = tuple(counted(count, what) for what, count in left_out.items() if count)
    beside = _beside(path) if path.is_dir() else None
    return Understood(
        source=str(path), runs=with_series(runs), left_out=told, refused=tuple(refused),
        remarks=(f"{beside} may have more runs: import it as well",) if beside else (),
    )  # fmt: skip


def _beside(path: Path) -> Path | None:
    """The database in or beside this folder: newer MLflow keeps its runs there, files in mlruns."""
    places = (path / _DATABASE, path.parent / _DATABASE)
    return next((place for place in places if place.is_file() and is_sqlite(place)), None)


def _foreign(run: Stored) -> Foreign:
    own = {name: value for name, value in run.tags.items() if not name.startswith("mlflow.")}
    told: dict[str, Json] = {"experiment": run.experiment, "run_id": run.id}
    source = run.tags.get("mlflow.source.name", "")
    parent = run.tags.get("mlflow.parentRunId", "")
    further = {"run": run.name, "parent": parent, "user": run.user, "source": source}
    told |= {name: value for name, value in further.items() if value}
    if own:
        told["tags"] = dict(own)
    context: dict[str, Json] = {"mlflow": told}
    if commit := run.tags.get("mlflow.source.git.commit"):
        context["git"] = {"commit": commit}
    note = run.tags.get("mlflow.note.content")
    began, ended = _moment(run.began), _moment(run.ended)
    points = {name: sorted(several) for name, several in run.points.items() if several}
    results = {name: several[-1][2] for name, several in points.items()}
    return Foreign(
        run=run_id("mlflow", run.id),
        params=values.parameters({name: scalar(text) for name, text in run.params.items()}),
        metrics=values.metrics(results),
        status=STATUS[run.status],
        place=f"run {run.id}",
        began=began,
        seconds=took((ended - began).total_seconds()) if began and ended else None,
        tags=(values.check_text(run.experiment, "an experiment's name"),),
        notes=(values.note(note),) if note else (),
        series={
            values.check_name(name): [(step, value) for step, _, value in several]
            for name, several in points.items()
        },
        context=context,
        attributes={name: scalar(text) for name, text in own.items()},
    )


def scalar(text: str) -> Scalar:
    """A value that was written by Python's ``str``."""
    return None if text == "None" else values.read_word(text)


def _moment(millis: int | None) -> datetime | None:
    return from_epoch(millis, per_second=1000) if millis else None


def _of_files(path: Path, refused: list[str], left_out: Counter[str]) -> Iterator[Stored]:
    """Every run of a folder of experiments; a broken one is refused, the others go on."""
    root = path / "mlruns" if (path / "mlruns").is_dir() else path
    experiments = sorted(root.glob("*/meta.yaml"))
    if not experiments:
        beside = _beside(path)
        hint = f"its runs may be in {beside}" if beside else "the folder that MLflow calls mlruns"
        raise UsageError("there is no experiment of MLflow here", word=str(path), hint=hint)
    left_out[_DELETED] += sum(1 for _ in root.glob(".trash/*/*/meta.yaml"))
    for place in experiments:
        try:
            experiment = _yaml(place)
        except (OSError, ValueError) as error:
            refused.append(f"{place}: {said(error)}")
            continue
        if experiment.get("lifecycle_stage") == "deleted":
            left_out[_DELETED] += sum(1 for _ in place.parent.glob("*/meta.yaml"))
            continue
        name = experiment.get("name") or place.parent.name
        for folder in sorted(meta.parent for meta in place.parent.glob("*/meta.yaml")):
            try:
                run = _of_folder(folder, name)
            except (OSError, ValueError, JournalError) as error:
                refused.append(f"{folder}: {said(error)}")
                continue
            if run is None:
                left_out[_DELETED] += 1
            else:
                yield run


def _of_folder(folder: Path, experiment: str) -> Stored | None:
    told = _yaml(folder / "meta.yaml")
    if "run_id" not in told:
        raise ValueRefused("meta.yaml is not whole: MLflow cannot read this run either")
    if told.get("lifecycle_stage") == "deleted":
        return None
    tags = _texts(folder / "tags")
    status = told.get("status", "")
    return Stored(
        id=told["run_id"],
        experiment=experiment,
        status=_CODES.get(status, status),
        began=_integer(told.get("start_time")),
        ended=_integer(told.get("end_time")),
        name=told.get("run_name") or tags.get("mlflow.runName", ""),
        user=told.get("user_id", ""),
        params=_texts(folder / "params"),
        tags=tags,
        points={
            name: [_point(line) for line in text.splitlines() if line.strip()]
            for name, text in _texts(folder / "metrics").items()
        },
    )


def _texts(folder: Path) -> dict[str, str]:
    """The content of each file below, by its path: MLflow lays ``a/b`` into a folder ``a``."""
    files = sorted(file for file in folder.rglob("*") if file.is_file())
    return {file.relative_to(folder).as_posix(): file.read_text(encoding="utf-8") for file in files}


def _point(line: str) -> tuple[int, int, float]:
    """``timestamp value step`` (before MLflow 1.0 without step)."""
    parts = line.split()
    if len(parts) not in {2, 3}:
        raise ValueRefused(f"a metric's line {line[:60]!r}")
    return int(parts[2]) if len(parts) == 3 else 0, int(parts[0]), float(parts[1])


def _yaml(path: Path) -> dict[str, str]:
    """The plain ``key: value`` lines of which MLflow's meta.yaml consists; null is absent."""
    told: dict[str, str] = {}
    for line in path.read_text(encoding="utf-8").splitlines():
        key, colon, text = line.partition(": ")
        if colon and not key.startswith((" ", "-")):
            value = values.read_word(text)
            if value is not None:
                told[key] = text if not isinstance(value, str) else value
    return told


def _integer(text: str | int | None) -> int | None:
    return int(text) if text else None


_RUNS = {
    "runs.run_uuid": "text", "experiments.name": "text", "runs.status": "text null",
    "runs.start_time": "integer null", "runs.end_time": "integer null", "runs.name": "text null",
    "runs.user_id": "text null",
}  # fmt: skip
_OF_RUNS = (
    {"params.key": "text", "params.value": "text"},
    {"tags.key": "text", "tags.value": "text null"},
    {"metrics.key": "text", "metrics.value": "real integer", "metrics.timestamp": "integer",
     "metrics.step": "integer"},
)  # fmt: skip


def _of_sqlite(path: Path, refused: list[str], left_out: Counter[str]) -> list[Stored]:
    stored: dict[str, Stored] = {}
    with reading(path, "experiments", "runs", "params", "metrics", tracker="MLflow") as rows:
        both = "runs JOIN experiments USING (experiment_id)"
        odd = misfits(rows, *_OF_RUNS, key="run_uuid")
        odd |= misfits(rows, _RUNS, key="run_uuid", within=both)
        for row in rows(
            "SELECT run_uuid, experiments.name, status, start_time, end_time, "
            "runs.lifecycle_stage, runs.name, user_id, experiments.lifecycle_stage "
            f"FROM {both} ORDER BY start_time, run_uuid"
        ):
            run, experiment, status, began, ended, stage, name, user, experiments = row
            if "deleted" in {stage, experiments}:
                left_out[_DELETED] += 1
            elif run in odd:
                refused.append(f"run {run}: MLflow does not write this: {odd[run]}")
            else:
                stored[run] = Stored(
                    id=run, experiment=experiment, status=status or "", began=began, ended=ended,
                    name=name or "", user=user or "",
                )  # fmt: skip
        _fill(stored, rows)
    return list(stored.values())


def _fill(stored: dict[str, Stored], rows: Rows) -> None:
    for run, key, value in rows("SELECT run_uuid, key, value FROM params ORDER BY rowid"):
        if run in stored:
            stored[run].params[key] = value
    for run, key, value in rows("SELECT run_uuid, key, value FROM tags"):
        if run in stored:
            stored[run].tags[key] = value or ""
    largest = sys.float_info.max  # which MLflow writes for infinity
    infinite = {largest: float("inf"), -largest: float("-inf")}
    for run, key, value, time, step, nan in rows(
        "SELECT run_uuid, key, value, timestamp, step, is_nan FROM metrics"
    ):
        if run in stored:
            number = float("nan") if nan else float(value)
            number = infinite.get(number, number)
            stored[run].points.setdefault(key, []).append((step, time, number))
