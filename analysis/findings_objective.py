"""What is odd about the objective itself: constant, heavy-tailed, copied, or of mixed budgets."""

from __future__ import annotations

import re
from collections import Counter

import numpy as np
from scipy.stats import hypergeom

from analysis.blocking import without_blocks
from analysis.evenness import sampling_weights
from analysis.findings_parts import ALPHA, numbers_run, valued
from analysis.frame import Frame
from analysis.narrowing import without
from analysis.noise import FEWEST, copied, identical, noise
from analysis.results import Finding
from analysis.sentences import finding
from analysis.space import Parameter, is_number
from analysis.steps import MIXED
from analysis.transform import HEAVY, MIN_CONFIGURATIONS, TAIL, choose, heavy_where, tail_share
from journal.filter_writer import filter_text

BUDGET = re.compile(
    r"(^|[./])((n|num|max|total|global|train|training)_)*(epochs?|steps?|iters?|iterations?|updates|"
    r"budget|tokens(_seen)?|samples_seen)$"
)
"""How long a run lasted. Not warmup_steps or gradient_accumulation_steps, which are settings."""
MOST_BUDGETS = 12
"""Of more budgets none is asked for alone."""
MOST_PERCENTS, APART = 0.1, 20.0
"""Results that are a hundredth of themselves among the others: at most such a share of all, and by
so much larger than the largest of the others."""
EDGE = 0.1
"""The outer tenth of an axis is its edge."""
TOP = 0.1
MIN_TOP = 5


def constants(frame: Frame) -> list[Finding]:
    """Parameters and metrics that never change, and what only failed runs tried."""
    tried = frame.failed.space.names if frame.failed is not None else ()
    findings = [_constant(p, tried=p.name in tried) for p in frame.constants if frame.n_runs]
    if frame.n_runs > 1 and np.ptp(frame.objective) == 0:
        findings.append(
            finding(
                "constant_metric",
                level="error",
                metric=frame.metric,
                value=float(frame.objective[0]),
                n=frame.n_runs,
            )
        )
    return findings


def percents(frame: Frame) -> list[Finding]:
    """Results that were probably logged in percent among shares; the frame's as they were logged.

    All others lie between 0 and 1, and a hundredth of each lies among them.
    """
    y = frame.objective
    odd = y > 1
    others, n = y[~odd], int(odd.sum())
    if not 0 < n <= MOST_PERCENTS * len(y) or others.min() < 0 or others.max() <= 0:
        return []
    far, would = y[odd].min() >= APART * others.max(), y[odd] / 100
    if not far or would.min() < others.min() or would.max() > 1:
        return []
    row = int(np.flatnonzero(odd)[0])
    return [
        finding(
            "percents" if n > 1 else "percents.one",
            metric=frame.metric,
            n=n,
            runs=len(y),
            run=frame.run_ids[row],
            value=float(y[row]),
            share=float(y[row]) / 100,
            kept=filter_text(frame.metric, "<=", value=1),
        )
    ]


def _constant(parameter: Parameter, *, tried: bool) -> Finding:
    """What is said of a parameter that never changes; tried: failed runs had other values."""
    name = parameter.name
    only = parameter.levels[0] if parameter.levels else None
    if only is None:
        case, facts = "absent_tried" if tried else "absent", {"name": name}
        if parameter.condition is not None and parameter.declared:
            case, facts = "absent_where", facts | {"where": str(parameter.condition)}
        return finding(f"constant_parameter.{case}", name, level="note", **facts)
    if tried:
        return finding("one_level.tried", name, name=name, value=only)
    if None in parameter.levels and len(parameter.levels) > 1:
        return finding("one_level.where", name, level="note", name=name, value=only)
    return finding("constant_parameter", name, level="note", name=name, value=only)


def heavy_tails(frame: Frame) -> list[Finding]:
    """Do a few configurations hold most of the variance of an untransformed metric?"""
    plain = without_blocks(frame)[0]
    if frame.transform != "none" or plain.n_configurations < MIN_CONFIGURATIONS:
        return []
    weights = sampling_weights(plain)
    share = tail_share(plain.means, weights)
    if share < HEAVY:
        return []
    better = "log" if choose(frame)[0] == "log10" else "rank"
    if better == "rank" and heavy_where(plain, weights) == "good":
        return [finding("heavy_tails.good", metric=frame.metric, share=share, tail=TAIL)]
    return [finding("heavy_tails", metric=frame.metric, share=share, tail=TAIL, better=better)]


def budgets(frame: Frame) -> list[Finding]:
    """Were runs of different length compared?"""
    findings = []
    for parameter in frame.space.parameters:
        if BUDGET.search(parameter.name.lower()):
            low, high = _range(parameter)
            if low > 0 and high >= MIXED * low:
                findings.append(_mixed(frame, parameter, low=low, high=high))
    for name, column in frame.other_metrics.items():
        known = column[np.isfinite(column)]
        if not BUDGET.search(name.lower()) or not len(known) or known.min() <= 0:
            continue
        if known.max() >= MIXED * known.min():
            findings.append(_measured(name, known, least=_least(frame)))
    return findings


def _least(frame: Frame) -> int:
    """So many configurations of one budget, which is then no parameter, may have an answer."""
    return max(FEWEST, len(frame.space) + 1)


def _measured(name: str, known: np.ndarray, *, least: int) -> Finding:
    """A budget that was measured: the largest, or the longer half where hardly a run got there."""
    longest = known.max()
    one = np.count_nonzero(known == longest) >= least
    kept = float(longest if one else np.sort(known)[len(known) // 2])
    return finding(
        "budgets.metric" if one else "budgets.spread",
        name=name,
        low=float(known.min()),
        high=float(longest),
        where=filter_text(name, ">=", value=kept, kind="metrics"),
    )


def _mixed(frame: Frame, parameter: Parameter, *, low: float, high: float) -> Finding:
    """A budget of few values can be asked for at each; of many, the longer half is comparable.

    Held is the largest that enough configurations had, or the one that most had.
    """
    run = numbers_run(frame, parameter) or [high]
    name, few = parameter.name, len(run) <= MOST_BUDGETS
    place = frame.space.index(name)
    had = Counter(frame.values[row][place] for row in frame.first_rows.tolist())
    enough = [budget for budget in run if had[budget] >= _least(frame)]
    one = enough[-1] if enough else max(reversed(run), key=had.__getitem__)
    where = filter_text(name, "=" if few else ">=", value=one if few else run[len(run) // 2])
    key = "budgets.parameter" if few else "budgets.spread"
    return finding(key, name, name=name, low=low, high=high, where=where)


def duplicates(frame: Frame) -> list[Finding]:
    """Do replicates agree to all digits, although the metric is no coarse one?"""
    if not copied(frame):
        return []
    same, replicated = identical(frame)
    return [finding("duplicates.seeds", metric=frame.metric, same=same, n=replicated)]


def unequal_noise(frame: Frame) -> list[Finding]:
    """Do seeds matter far more at one level of a parameter than at another?"""
    known = noise(frame) if frame.n_runs > frame.n_configurations else None
    if known is None or known.levels is None:
        return []
    found = known.levels
    return [
        finding(
            "unequal_noise",
            found.name,
            name=found.name,
            noisy=found.level,
            quiet=found.quiet,
            ratio=found.ratio,
            where=without(frame.space[found.name], "=", value=found.level),
        )
    ]


def edge(frame: Frame) -> list[Finding]:
    """Do the best configurations lie at the end of what was searched?"""
    n = frame.n_configurations
    top = max(MIN_TOP, round(TOP * n))
    if n < 4 * MIN_TOP or np.ptp(frame.means) == 0:
        return []
    best = np.argsort(-frame.sign * frame.means, kind="stable")[:top]
    findings = []
    for j, parameter in enumerate(frame.space.parameters):
        ends = _ends(frame.configuration_codes[:, j], parameter)
        for side, at_end in ends.items():
            hits, marked = int(at_end[best].sum()), int(at_end.sum())
            chance = float(hypergeom.sf(hits - 1, n, marked, top))
            if hits >= top / 2 and chance * 2 * len(frame.space) < ALPHA:
                findings.append(
                    finding(
                        f"edge.{side}",
                        parameter.name,
                        level="note",
                        name=parameter.name,
                        hits=hits,
                        top=top,
                        low=parameter.typed(_range(parameter)[0]),
                        high=parameter.typed(_range(parameter)[1]),
                    )
                )
    return findings


def _ends(column: np.ndarray, parameter: Parameter) -> dict[str, np.ndarray]:
    """(n,) bool per side: at that end of an ordered axis; empty for categories."""
    if parameter.numeric:
        here = valued(column)
        return {"low": here & (column <= EDGE), "high": here & (column >= 1 - EDGE)}
    numbers = [level for level in parameter.levels if level is not None]
    if parameter.kind != "ordinal" or len(numbers) < 3:
        return {}
    return {"low": column == 0, "high": column == len(numbers) - 1}


def _range(parameter: Parameter) -> tuple[float, float]:
    if parameter.domain is not None:
        return parameter.domain
    numbers = [float(v) for v in parameter.levels if is_number(v)]
    return (min(numbers), max(numbers)) if numbers else (0.0, 0.0)
