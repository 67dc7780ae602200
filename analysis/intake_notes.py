"""What is found while runs are read: no results, copies, names of runs, values not recorded."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence

import numpy as np

from analysis import steps
from analysis.conditions import find_condition
from analysis.inference import Inference
from analysis.metric_names import other_names
from analysis.narrowing import without
from analysis.numerals import setting
from analysis.results import Finding, Scalar
from analysis.runs import Runs
from analysis.sentences import finding
from analysis.space import Condition, level_key, numbers_of
from analysis.stopped import STOPPED, stopped
from analysis.two_names import two_names
from journal.filter_writer import filter_text
from journal.identity import is_seed, last_part

SHOWN = 4
"""Values that are written out."""
FEWEST = 3
"""Runs of a level, none of which gave a result, before that is said."""
ROUNDED = 1e-9
"""Relative distance within which a value is an end of a range: programs say exp(log(low))."""
FIGURE, TEXTS = re.compile(r"[0-9]"), 0.1
"""What a text has that was meant for a number, and how many there are at most for each number."""


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
        *_budgets(runs),
        *_results(runs, reasons, metric=metric, sentinels=sentinels),
        *other_names(runs, reasons, metric=metric),
        *_names(inference),
        *_ranged(inference),
        *_absences(runs, reasons, inference),
        *_fruitless(runs, reasons, inference),
        *stopped(runs, reasons, inference=inference),
        *_outside(runs, reasons, inference),
        *_texts(runs, reasons, inference),
    ]
    return tuple(found)


def otherwise_declared(asked: str, metric: str, *, declared: str | None) -> list[Finding]:
    """Says so where what is asked for as good was declared to be bad."""
    return [] if declared in (None, asked) else [finding(f"direction.{asked}", name=metric)]


def _budgets(runs: Runs) -> list[Finding]:
    """What the steps say at which the metric's series end, of runs that ended or were stopped."""
    if not len(runs.reached):
        return []
    ended = np.array([outcome == "finished" for outcome in runs.outcomes]) & runs.has_metric
    done = runs.reached[ended & np.isfinite(runs.reached)].tolist()
    cut = runs.reached[np.isin(runs.outcomes, STOPPED) & np.isfinite(runs.reached)].tolist()
    return steps.mixed(done, runs.metric) + steps.cut_off(
        done + cut, runs.metric, finished=len(done)
    )


def _results(
    runs: Runs, reasons: Sequence[str | None], *, metric: str, sentinels: tuple[float, ...]
) -> list[Finding]:
    counts = Counter(reasons)
    first = dict(zip(reversed(reasons), reversed(runs.run_ids), strict=True))
    keys = {"nan": ("nan_success", "nan_success.one"), "infinite": ("infinite", "infinite.one"),
            "sentinel": ("sentinel", "sentinel.one"),
            "duplicate": ("duplicates.copies", "duplicates.copies.one"),
            "same_seed": ("same_seed", "same_seed.one")}  # fmt: skip
    whole = [int(value) if value.is_integer() else value for value in sentinels[:SHOWN]]
    values = (*map(setting, whole), *("…",) * (len(sentinels) > SHOWN))
    return [
        finding(
            one if counts[reason] == 1 else many,
            metric=metric,
            n=counts[reason],
            runs=runs.n_runs,
            values=values,
            id=first[reason],
        )
        for reason, (many, one) in keys.items()
        if counts[reason]
    ]


def _names(inference: Inference) -> list[Finding]:
    """Names of runs, and seeds, which were not taken for settings; not what is called seed."""
    found = []
    for parameter in (p for p in inference.nuisance if not p.declared):
        name = parameter.name
        if any(isinstance(v, str) for v in parameter.levels):
            found.append(finding("identifier", name, name=name))
        elif not is_seed(name):
            found.append(finding("identifier.counted", name, name=name))
        elif last_part(name) != "seed":
            found.append(finding("seed_name", name, level="note", name=name))
    return found


def _ranged(inference: Inference) -> list[Finding]:
    """What was declared to hang on single values of a range, where none can be named."""
    return [
        finding("condition_range", name, parent, name=name, parent=parent)
        for name, parent in inference.ranged.items()
    ]


def _absences(runs: Runs, reasons: Sequence[str | None], inference: Inference) -> list[Finding]:
    """Parameters that some used runs did not record, and no condition says why; a block may."""
    used = np.array([reason is None for reason in reasons], dtype=bool)
    blocks = _block_values(runs, used, inference)
    n, found = int(used.sum()), two_names(runs, inference)
    told = {name for one in found for name in one.parameters}
    studied = [p for p in inference.studied if p.condition is None]
    names = [p.name for p in studied if p.name in runs.absent and p.name not in inference.ranged]
    for name in names:
        if name not in told and (count := int(runs.absent[name][used].sum())):
            values = _of_used(runs.columns[name], used)
            if there := find_condition(values, name, parents=blocks):
                found.append(_only_in_blocks(name, there, n=n - count, runs=n))
            else:
                found.append(finding("absent", name, name=name, n=count, runs=n))
    return found


def _block_values(runs: Runs, used: np.ndarray, inference: Inference) -> dict[str, list[Scalar]]:
    """What each used run has of every block, given or a parameter."""
    columns = {str(name): runs.blocks[name].tolist() for name in runs.blocks}
    columns |= {name: list(runs.columns[name]) for name in inference.blocks}
    return {name: _of_used(column, used) for name, column in columns.items()}


def _of_used(column: Sequence[Scalar], used: np.ndarray) -> list[Scalar]:
    return [value for value, kept in zip(column, used, strict=True) if kept]


def _only_in_blocks(name: str, there: Condition, *, n: int, runs: int) -> Finding:
    """A parameter that exists in some blocks alone: blocks are not asked about, nor conditions."""
    kept = filter_text(name, "!=", value=None)
    return finding(
        "absent.block", name, name=name, block=there.parent, where=str(there), n=n, runs=runs,
        kept=kept,
    )  # fmt: skip


def _outside(runs: Runs, reasons: Sequence[str | None], inference: Inference) -> list[Finding]:
    """Parameters that used runs have outside the range that was declared of them."""
    used, found = [k for k, reason in enumerate(reasons) if reason is None], []
    for parameter in inference.studied:
        if not parameter.numeric or parameter.domain is None:
            continue
        name, (low, high) = parameter.name, parameter.domain
        column = [runs.columns[name][k] for k in used]
        numbers = numbers_of([None if value == parameter.atom else value for value in column])
        beyond = ~(np.isclose(numbers, low, ROUNDED, 0) | np.isclose(numbers, high, ROUNDED, 0))
        below, above = int((beyond & (numbers < low)).sum()), int((beyond & (numbers > high)).sum())
        if n := below + above:
            operator, end = (">", high) if above >= below else ("<", low)
            where = without(parameter, operator, value=end)
            least, most = float(np.nanmin(numbers)), float(np.nanmax(numbers))
            found.append(
                finding(
                    "outside" if n > 1 else "outside.one",
                    name,
                    name=name,
                    n=n,
                    runs=len(used),
                    low=low,
                    high=high,
                    least=min(least, low),
                    most=max(most, high),
                    where=where,
                )
            )
    return found


def _texts(runs: Runs, reasons: Sequence[str | None], inference: Inference) -> list[Finding]:
    """Parameters that are numbers in nearly all used runs, and in some a text with a figure in it.

    A decimal comma, a slip of the pen: nothing that a number could be made of, so that the text is
    a value of its own, or all numbers are levels.
    """
    used, found = [k for k, reason in enumerate(reasons) if reason is None], []
    for parameter in inference.studied:
        column = runs.columns[parameter.name]
        odd = [k for k in used if isinstance(text := column[k], str) and FIGURE.search(text)]
        n_numbers = sum(isinstance(column[k], int | float) for k in used)
        if 0 < len(odd) <= TEXTS * n_numbers:
            values = tuple(dict.fromkeys(setting(column[k]) for k in odd))
            told = (*values[:SHOWN], *("…",) * (len(values) > SHOWN))
            found.append(
                finding(
                    "text_number" if len(odd) > 1 else "text_number.one",
                    parameter.name,
                    name=parameter.name,
                    n=len(odd),
                    runs=len(used),
                    run=runs.run_ids[odd[0]],
                    values=told,
                )
            )
    return found


def _fruitless(runs: Runs, reasons: Sequence[str | None], inference: Inference) -> list[Finding]:
    """Levels that were tried and never gave a result: no verdict or recommendation holds there."""
    over = [k for k, reason in enumerate(reasons) if reason not in (None, "duplicate", "running")]
    found = []
    for parameter in inference.studied if len(over) >= FEWEST else ():
        column, name = runs.columns[parameter.name], parameter.name
        known = {level_key(level) for level in (*parameter.levels, None)}
        tried = [] if parameter.numeric else [column[k] for k in over]
        values = {level_key(value): value for value in tried}
        for key, n in Counter(map(level_key, tried)).items():
            if n >= FEWEST and key not in known:
                where = filter_text(name, "=", value=values[key])
                found.append(
                    finding("fruitless", name, name=name, value=values[key], n=n, where=where)
                )
    return found
