"""Runs as text: a table that fits the terminal, CSV, and the JSON of ``ls --json``."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import TextIO

from journal.packing import Json
from journal.runs import Run
from journal.times import stamp
from journal.values import Scalar, write_scalar

SHORT = 8
"""An id's last digits, which are random, tell runs apart; its first are the time."""


def as_json(run: Run) -> dict[str, Json]:
    """The run as ``ls --json`` gives it (design, section 5).

    JSON has no NaN and no infinities: they are the texts ``nan``, ``inf`` and ``-inf``.
    """
    return {
        "id": run.id,
        "params": {name: json_scalar(value) for name, value in run.params.items()},
        "metrics": {name: json_scalar(value) for name, value in run.metrics.items()},
        "seed": run.seed,
        "status": run.status,
        "started_at": stamp(run.started_at),
        "seconds": run.seconds,
        "tags": list(run.tags),
        "notes": list(run.notes),
    }


def json_scalar(value: Scalar) -> Json:
    """A scalar in valid JSON: what is not finite as text."""
    return repr(value) if isinstance(value, float) and value - value != 0 else value


def write_csv(runs: Sequence[Run], out: TextIO) -> None:
    """One row per run: what every run has, then params.NAME and metrics.NAME.

    An absent value is an empty cell; null is ``null``; floats are exact.
    """
    import csv

    params, metrics = names(runs)
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(
        ["id", "status", "seed", "started_at", "seconds", "tags", "notes"]
        + [f"params.{name}" for name in params]
        + [f"metrics.{name}" for name in metrics]
    )
    for run in runs:
        fixed = [run.id, run.status, run.seed, stamp(run.started_at), run.seconds]
        told = [" ".join(run.tags), " | ".join(run.notes)]
        cells = [write_scalar(run.params[n]) if n in run.params else "" for n in params]
        measured = [repr(run.metrics[n]) if n in run.metrics else "" for n in metrics]
        writer.writerow([*fixed, *told, *cells, *measured])


def names(runs: Iterable[Run]) -> tuple[list[str], list[str]]:
    """The parameters and the metrics that any of the runs has, in order of first appearance."""
    params: dict[str, None] = {}
    metrics: dict[str, None] = {}
    for run in runs:
        params.update(dict.fromkeys(run.params))
        metrics.update(dict.fromkeys(run.metrics))
    return list(params), list(metrics)


def write_table(runs: Sequence[Run], out: TextIO, *, width: int) -> list[str]:
    """A table at most ``width`` wide; returns the columns it had no room for.

    Metrics take precedence over parameters, parameters that vary over those that do not.
    """
    params, metrics = names(runs)
    columns: dict[str, list[str]] = {
        "id": [run.id[-SHORT:] for run in runs],
        "status": [run.status for run in runs],
    }
    if any(run.seed is not None for run in runs):
        columns["seed"] = ["" if run.seed is None else str(run.seed) for run in runs]
    shown = dict(columns)
    for name in params:
        columns[name] = [_cell(run.params[name]) if name in run.params else "" for run in runs]
    for name in metrics:
        columns[f"={name}"] = [_cell(run.metrics.get(name)) for run in runs]
    varying = [name for name in params if len(set(columns[name])) > 1]
    constant = [name for name in params if name not in varying]
    room = width - sum(_wide(name, cells) + 2 for name, cells in shown.items())
    for name in [*(f"={metric}" for metric in metrics), *varying, *constant]:
        needed = _wide(name.lstrip("="), columns[name]) + 2
        if needed <= room + 2:
            room -= needed
            shown[name] = columns[name]
    ordered = {name: shown[name] for name in columns if name in shown}
    _write(ordered, out)
    return [name.lstrip("=") for name in columns if name not in shown]


def _write(columns: dict[str, list[str]], out: TextIO) -> None:
    widths = [_wide(name.lstrip("="), cells) for name, cells in columns.items()]
    right = [all(_numeric(cell) for cell in cells) for cells in columns.values()]
    heads = [name.lstrip("=") for name in columns]
    for row in [heads, *zip(*columns.values(), strict=True)]:
        parts = [
            cell.rjust(wide) if flush else cell.ljust(wide)
            for cell, wide, flush in zip(row, widths, right, strict=True)
        ]
        out.write("  ".join(parts).rstrip() + "\n")


def _wide(name: str, cells: Sequence[str]) -> int:
    return max(len(name), *map(len, cells)) if cells else len(name)


def _numeric(cell: str) -> bool:
    return not cell or cell[-1].isdigit() or cell in {"nan", "inf", "-inf"}


def _cell(value: Scalar) -> str:
    if value is None:
        return ""
    if isinstance(value, float):
        return f"{value:.5g}"
    text = "".join(c if c.isprintable() else "?" for c in write_scalar(value))
    return text if len(text) <= 24 else text[:23] + "…"
