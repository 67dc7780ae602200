"""What is found while runs are read: no results, copies, names of runs, values not recorded."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

import numpy as np

from analysis.inference import Inference
from analysis.results import Finding
from analysis.runs import Runs
from analysis.sentences import finding

SHOWN = 4
"""Values that are written out."""
MIXED = 1.5
"""Budgets are mixed from this ratio of the largest to the smallest."""


def intake_notes(
    runs: Runs,
    reasons: Sequence[str | None],
    *,
    metric: str,
    sentinels: tuple[float, ...],
    inference: Inference,
) -> tuple[Finding, ...]:
    """Findings on the runs that were left out and the parameters set aside.

    reasons: per run, None if it is used, else why it is not (`analysis.assembly`).
    """
    found = [
        *_results(runs, reasons, metric=metric, sentinels=sentinels),
        *_names(inference),
        *_absences(runs, reasons, inference),
    ]
    return tuple(found)


def stopped_early(ends: Sequence[float], metric: str) -> list[Finding]:
    """Says so where the metric's series end at different steps: some runs were stopped early."""
    shortest, longest = (min(ends), max(ends)) if ends else (0.0, 0.0)
    if len(ends) < 2 or longest < MIXED * max(shortest, 1):
        return []
    few = sum(end < longest for end in ends)
    low, high = int(shortest), int(longest)
    return [finding("budgets.steps", name=metric, low=low, high=high, few=few, n=len(ends))]


def _results(
    runs: Runs, reasons: Sequence[str | None], *, metric: str, sentinels: tuple[float, ...]
) -> list[Finding]:
    counts = Counter(reasons)
    first = dict(zip(reversed(reasons), reversed(runs.run_ids), strict=True))
    keys = {"nan": "nan_success", "infinite": "infinite", "sentinel": "sentinel",
            "duplicate": "duplicates.copies"}  # fmt: skip
    values = tuple(f"{value:g}" for value in sentinels[:SHOWN]) + ("…",) * (len(sentinels) > SHOWN)
    return [
        finding(
            key,
            metric=metric,
            n=counts[reason],
            runs=runs.n_runs,
            values=values,
            id=first[reason],
        )
        for reason, key in keys.items()
        if counts[reason]
    ]


def _names(inference: Inference) -> list[Finding]:
    """Text that names runs, and so was not taken for a setting."""
    return [
        finding("identifier", parameter.name, name=parameter.name)
        for parameter in inference.nuisance
        if not parameter.declared and any(isinstance(v, str) for v in parameter.levels)
    ]


def _absences(runs: Runs, reasons: Sequence[str | None], inference: Inference) -> list[Finding]:
    """Parameters that some used runs did not record, and no condition says why."""
    used = np.array([reason is None for reason in reasons], dtype=bool)
    found = []
    for parameter in inference.studied:
        if parameter.condition is not None or parameter.name not in runs.absent:
            continue
        count = int(runs.absent[parameter.name][used].sum())
        if count:
            found.append(
                finding(
                    "absent",
                    parameter.name,
                    name=parameter.name,
                    n=count,
                    runs=int(used.sum()),
                )
            )
    return found
