"""Parameters that go by two names: one written otherwise, misspelt, or renamed halfway."""

from __future__ import annotations

import re
from collections.abc import Sequence
from itertools import permutations

import numpy as np

from analysis.inference import Inference
from analysis.results import Finding, Scalar
from analysis.runs import Runs
from analysis.sentences import finding
from analysis.space import level_key

JOINS = re.compile(r"[\s_-]+")
"""What joins the words of a name: batch-size, batch_size and batchSize differ in writing alone."""
SLIPS = 0.05
"""Share of the runs up to which those with another name are taken for slips of the pen."""


def two_names(runs: Runs, inference: Inference) -> list[Finding]:
    """Names of which no run has two, and which may be one parameter's."""
    absent = [p for p in inference.studied if p.name in runs.absent]
    written = _written(runs, [p.name for p in absent])
    found = [_also_written(runs, other, name) for other, name in written.items()]
    told = {*written, *written.values(), *inference.ranged}
    others = [p.name for p in absent if p.condition is None and p.name not in told]
    return found + [_by_another_name(runs, *pair) for pair in dict(_renamed(runs, others)).items()]


def _written(runs: Runs, names: Sequence[str]) -> dict[str, str]:
    """Names that differ from another in capitals and what joins their words alone -> that one.

    It is the one that most runs have; no run has two of them.
    """
    alike: dict[str, list[str]] = {}
    for name in names:
        alike.setdefault(JOINS.sub("", name).casefold(), []).append(name)
    found: dict[str, str] = {}
    for group in alike.values():
        there = {name: ~runs.absent[name] for name in group}
        most = max(group, key=lambda name: int(there[name].sum()))
        if np.sum([*there.values()], axis=0).max() == 1:
            found |= {name: most for name in group if name != most}
    return found


def _also_written(runs: Runs, other: str, name: str) -> Finding:
    """Says how many runs have either name."""
    n, others = (int((~runs.absent[one]).sum()) for one in (other, name))
    return finding("absent.written", other, name, old=other, new=name, n=n, others=others)


def _renamed(runs: Runs, names: Sequence[str]) -> list[tuple[str, str]]:
    """Pairs of parameters of which every run has one: those few or the earlier have, and the other.

    Their values are alike: numbers that overlap, or a level that both have.
    """
    return [
        (old, new)
        for old, new in permutations(names, 2)
        if (runs.absent[old] == ~runs.absent[new]).all()
        and (_few(runs, old) or (not _few(runs, new) and _earlier(runs, old, new)))
        and _alike(*(_recorded(runs, name) for name in (old, new)))
    ]


def _few(runs: Runs, name: str) -> bool:
    """Whether so few runs have a parameter that its name is more likely a slip than a new one."""
    return int((~runs.absent[name]).sum()) <= SLIPS * runs.n_runs


def _earlier(runs: Runs, old: str, new: str) -> bool:
    return bool(runs.order[~runs.absent[old]].max() < runs.order[~runs.absent[new]].min())


def _by_another_name(runs: Runs, old: str, new: str) -> Finding:
    """Says under which name a parameter probably belongs."""
    count, slip = int((~runs.absent[old]).sum()), _few(runs, old)
    key = "absent.renamed" if not slip else "absent.slip" if count > 1 else "absent.slip.one"
    return finding(key, old, new, old=old, new=new, n=count)


def _recorded(runs: Runs, name: str) -> list[Scalar]:
    """The parameter's values in the runs that have one."""
    return [v for v, gone in zip(runs.columns[name], runs.absent[name], strict=True) if not gone]


def _alike(old: Sequence[Scalar], new: Sequence[Scalar]) -> bool:
    """Whether one parameter may have had both: ranges that overlap, or a common level."""
    if all(isinstance(v, int | float) and not isinstance(v, bool) for v in (*old, *new)):
        left, right = [float(v or 0) for v in old], [float(v or 0) for v in new]
        return max(min(left), min(right)) <= min(max(left), max(right))
    return not {*map(level_key, old)}.isdisjoint(map(level_key, new))
