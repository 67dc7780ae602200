"""Runs whose metric has another name by a slip: they are left out, as if nothing were measured."""

from __future__ import annotations

import re
from collections.abc import Sequence
from difflib import SequenceMatcher

import numpy as np

from analysis.results import Finding
from analysis.runs import Runs
from analysis.sentences import finding

ALIKE = 0.8
"""From here on two names look alike: val_acurracy and val_accuracy (.92) do, and loss and los."""


def other_names(runs: Runs, reasons: Sequence[str | None], *, metric: str) -> list[Finding]:
    """Other metrics with nearly the metric's name, in runs that have one of the two only."""
    found = []
    without = np.array([reason == "missing" for reason in reasons], dtype=bool)
    for name, values in sorted(runs.other_metrics.items()):
        there = ~np.isnan(values)
        rows = np.flatnonzero(without & there)
        if not len(rows) or (there & runs.has_metric).any() or not _alike(name, metric):
            continue
        key = "metric_name.one" if len(rows) == 1 else "metric_name"
        found.append(
            finding(
                key if len(rows) <= runs.has_metric.sum() else "metric_name.asked",
                name=metric,
                other=name,
                n=len(rows),
                run=runs.run_ids[rows[0]],
            )
        )
    return found


def _alike(first: str, second: str) -> bool:
    """Whether one may be the other by a slip; another number is another metric (top1, top5)."""
    if re.findall(r"\d+", first) != re.findall(r"\d+", second):
        return False
    return SequenceMatcher(None, first.casefold(), second.casefold()).ratio() >= ALIKE
