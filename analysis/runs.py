"""Runs as they come, before anything is judged: from a table (`intake_table`) or from a journal."""

from __future__ import annotations

import math
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Literal, cast

import numpy as np
import pandas as pd

from analysis.errors import InputError
from analysis.results import Scalar
from analysis.space import Space
from journal.shell import quoted

Outcome = Literal["finished", "failed", "killed", "running", "interrupted"]

OUTCOMES: dict[str, Outcome] = {
    **dict.fromkeys(("finished", "success", "succeeded", "complete", "completed"), "finished"),
    **dict.fromkeys(("ok", "done", "true", "terminated"), "finished"),
    **dict.fromkeys(
        ("failed", "fail", "failure", "error", "errored", "crashed", "crash"), "failed"
    ),
    **dict.fromkeys(("diverged", "false", "oom", "nan"), "failed"),
    **dict.fromkeys(
        ("killed", "cancelled", "canceled", "stopped", "timeout", "aborted", "preempted"), "killed"
    ),
    "pruned": "killed",
    **dict.fromkeys(("running", "pending", "waiting", "queued", "started"), "running"),
    **dict.fromkeys(("", "none"), "running"),
    "interrupted": "interrupted",
}
"""What other trackers call the end of a run; one without a word for it has not ended."""


@dataclass(frozen=True, kw_only=True, eq=False)
class Runs:
    """All runs of one metric, usable or not; every sequence has one entry per run.

    columns: parameter -> values, None where the run has none
    objective: (n_runs,) float, NaN where the metric is NaN; `has_metric` tells it from absence
    order: (n_runs,) float, start time in seconds, or row number
    seconds: (n_runs,) float, NaN where unknown
    other_metrics: name -> (n_runs,) float, for findings only
    absent: parameter -> (n_runs,) bool, where it was not recorded at all; a table cannot tell
    context: what was recorded around each run (commit, command, host); may be empty
    metric: its name, as it was recorded
    reached: (n_runs,) float, the last step at which it was logged, NaN where at none; empty where
        no run has steps, or what was asked is its value at one
    """

    columns: Mapping[str, Sequence[Scalar]]
    objective: np.ndarray
    has_metric: np.ndarray
    outcomes: Sequence[Outcome]
    order: np.ndarray
    run_ids: Sequence[str]
    seeds: Sequence[Scalar]
    seconds: np.ndarray
    blocks: pd.DataFrame
    other_metrics: Mapping[str, np.ndarray] = field(default_factory=dict)
    context: Sequence[Mapping[str, Scalar]] = ()
    absent: Mapping[str, np.ndarray] = field(default_factory=dict)
    source: str = ""
    digest: str = ""
    metric: str = ""
    reached: np.ndarray = field(default_factory=lambda: np.zeros(0))

    @property
    def n_runs(self) -> int:
        """All runs, usable or not."""
        return len(self.objective)


@dataclass(frozen=True, eq=False)
class FailedRuns:
    """Runs that ended without a usable objective, beside all runs: the yes/no objective.

    codes: (n_all, n_parameters); failed: (n_all,) bool; over used *and* failed runs, in a space of
    their own, because runs may fail where none finished. `reported` counts those with status
    failed; the others had no number or one that stands for none, most of them `value`.
    """

    space: Space
    codes: np.ndarray
    failed: np.ndarray
    values: tuple[tuple[Scalar, ...], ...]
    reported: int
    metric: str
    value: float | None


def outcome(value: Scalar) -> Outcome:
    """How a run ended, from the words that trackers use, or from an exit code.

    Raises `InputError` for a word that is none of them.
    """
    word = str(value).strip().lower()
    if re.fullmatch(r"[-+]?\d+(\.0*)?", word):
        return "finished" if float(word) == 0 else "failed"
    if word not in OUTCOMES:
        raise InputError(
            f"{value!r} is no way for a run to end",
            where="status",
            hint="finished, failed, killed, running, interrupted, or an exit code",
        )
    return OUTCOMES[word]


def scalars(column: pd.Series) -> list[Scalar]:
    """A column's values as JSON scalars: numpy's become Python's, None for what is missing."""
    values: list[object] = column.tolist()
    kinds = set(map(type, values))
    if kinds <= {int, bool, str} or (kinds == {float} and not column.isna().any()):
        return cast("list[Scalar]", values)
    return [scalar(value) for value in values]


def scalar(value: object) -> Scalar:
    """One value as a JSON scalar; text for anything that is none."""
    if value is None or value is pd.NA or value is pd.NaT:
        return None
    if isinstance(value, np.generic):
        value = value.item()
    if isinstance(value, int | str):
        return value
    if isinstance(value, float):
        return None if math.isnan(value) else value
    return str(value)


def flat(context: Mapping[str, object], prefix: str = "") -> dict[str, Scalar]:
    """Nested context with dotted names; words (a command) as a shell takes them, no other lists."""
    found: dict[str, Scalar] = {}
    for name, value in context.items():
        if isinstance(value, Mapping):
            found |= flat(value, f"{prefix}{name}.")
        elif value is None or isinstance(value, bool | int | float | str):
            found[f"{prefix}{name}"] = value
        elif isinstance(value, list | tuple):
            words = [word for word in value if isinstance(word, str)]
            if words and len(words) == len(value):
                found[f"{prefix}{name}"] = " ".join(map(quoted, words))
    return found
