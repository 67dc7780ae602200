"""Which configurations may be the best? All that the replicates cannot tell from it.

A configuration is the runs with equal parameters (nuisance ones aside); its estimate is their mean.
Where configurations were repeated, their spread is the noise, and the answer is the subset that
contains the best configuration with 95 % confidence (Gupta's selection with Dunnett's critical
values, ``journal.dunnett``; the noise is pooled, means may rest on different numbers of runs). With
fewer than 3 degrees of freedom nobody can tell, and the answer is the top n, called so.

Noise is often far larger among bad runs, so it is pooled over the better half of the repeated
configurations, if that has 10 degrees of freedom or more. Two runs with one seed and one result
are one run recorded twice, not a replicate.
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from journal.declarations import Declarations
from journal.dunnett import critical_value
from journal.runs import Run
from journal.values import Scalar

DF_AT_LEAST = 3
"""Below this the spread is anybody's guess: the top n is given instead."""
DF_OF_A_HALF = 10
"""So many degrees of freedom let the better half speak for the noise near the best."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Configuration:
    """Runs equal in every parameter.

    ``mean`` is over the runs in ``runs`` (best first, each once); ``failed`` counts those that
    gave no result. ``behind``: how far the mean is behind the best mean, in the metric's unit;
    ``allowance``: how far it may be and still be the best's, None where that cannot be told.
    """

    params: Mapping[str, Scalar]
    mean: float
    n: int
    failed: int
    runs: tuple[str, ...]
    behind: float = 0.0
    allowance: float | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Noise:
    """The spread among replicates: standard deviation, degrees of freedom, where it is from."""

    sd: float
    df: int
    source: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Best:
    """The answer. ``told``: are ``configurations`` those that cannot be told from the best?

    Else they are all of them. Either way the best mean comes first. ``compared`` is how many there
    were; ``not_finite`` counts runs whose metric is no finite number, which are left out.
    """

    metric: str
    direction: str
    told: bool
    configurations: tuple[Configuration, ...]
    compared: int
    noise: Noise | None
    confidence: float
    not_finite: int


def best(
    runs: Iterable[Run],
    metric: str,
    direction: str,
    *,
    declared: Declarations | None = None,
    confidence: float = 0.95,
) -> Best:
    """The configurations that may be the best in this metric; see the module.

    direction: ``minimize`` or ``maximize``. Retracted runs are for the caller to leave out.
    """
    sign = 1.0 if direction == "maximize" else -1.0
    groups, not_finite = _groups(list(runs), metric, sign, declared)
    found = sorted(groups, key=lambda group: (-sign * group.mean, group.key))
    noise = _noise(found)
    told = noise is not None and noise.df >= DF_AT_LEAST
    if told and noise is not None:
        rows = _subset(found, sign, noise, confidence)
    else:
        top = found[0].mean if found else 0.0
        rows = [group.row(behind=abs(top - group.mean)) for group in found]
    return Best(
        metric=metric, direction=direction, told=told, configurations=tuple(rows),
        compared=len(found), noise=noise, confidence=confidence, not_finite=not_finite,
    )  # fmt: skip


@dataclass(slots=True)
class _Group:
    """A configuration while it is being collected."""

    key: tuple[tuple[str, str, str], ...]
    params: Mapping[str, Scalar]
    results: list[tuple[float, str]]
    failed: int = 0
    mean: float = 0.0
    squares: float = 0.0

    def settle(self, sign: float) -> None:
        """Compute mean and spread; put the best run first."""
        values = [value for value, _ in self.results]
        self.mean = math.fsum(values) / len(values)
        self.squares = math.fsum((value - self.mean) ** 2 for value in values)
        self.results.sort(key=lambda result: (-sign * result[0], result[1]))

    def row(self, *, behind: float, allowance: float | None = None) -> Configuration:
        """The configuration as the answer gives it."""
        return Configuration(
            params=self.params, mean=self.mean, n=len(self.results), failed=self.failed,
            runs=tuple(run for _, run in self.results), behind=behind, allowance=allowance,
        )  # fmt: skip


def _groups(
    runs: Sequence[Run], metric: str, sign: float, declared: Declarations | None
) -> tuple[list[_Group], int]:
    known = declared.parameters if declared else {}
    nuisance = {name for name, parameter in known.items() if parameter.role == "nuisance"}
    groups: dict[tuple[tuple[str, str, str], ...], _Group] = {}
    seen: set[tuple[object, ...]] = set()
    not_finite = 0
    for run in runs:
        params = {name: value for name, value in run.params.items() if name not in nuisance}
        key = tuple(sorted((name, *_identity(value)) for name, value in params.items()))
        group = groups.setdefault(key, _Group(key, params, []))
        if run.status in {"failed", "killed"}:
            group.failed += 1
        elif run.status == "finished" and metric in run.metrics:
            value = run.metrics[metric]
            copy = (key, run.seed, value)
            if not math.isfinite(value):
                not_finite += 1
            elif run.seed is None or copy not in seen:
                seen.add(copy)
                group.results.append((value, run.id))
    found = [group for group in groups.values() if group.results]
    for group in found:
        group.settle(sign)
    return found, not_finite


def _identity(value: Scalar) -> tuple[str, str]:
    """What makes a value itself: 1 is 1.0, and is neither true nor the text 1."""
    if isinstance(value, float) and value.is_integer():
        return ("number", str(int(value)))
    if isinstance(value, int | float) and not isinstance(value, bool):
        return ("number", repr(value))
    return (type(value).__name__, str(value))


def _noise(ordered: Sequence[_Group]) -> Noise | None:
    """The spread of the repeated configurations, which come best first."""
    repeated = [group for group in ordered if len(group.results) > 1]
    better = repeated[: (len(repeated) + 1) // 2]
    for groups, source in ((better, "the better half"), (repeated, "all")):
        df = sum(len(group.results) - 1 for group in groups)
        if df >= DF_OF_A_HALF or (groups is repeated and df > 0):
            squares = math.fsum(group.squares for group in groups)
            return Noise(sd=math.sqrt(squares / df), df=df, source=source)
    return None


def _subset(
    ordered: Sequence[_Group], sign: float, noise: Noise, confidence: float
) -> list[Configuration]:
    """Those that no other exceeds by more than their allowance."""
    sizes = Counter(len(group.results) for group in ordered)
    tops: dict[int, float] = {}
    for group in ordered:
        tops.setdefault(len(group.results), group.mean)  # the best mean of so many runs
    critical: dict[int, float] = {}
    kept = []
    for group in ordered:
        n = len(group.results)
        if n not in critical:
            others = Counter(sizes)
            others[n] -= 1
            critical[n] = critical_value(n, +others, df=noise.df, confidence=confidence)
        allowances = {m: critical[n] * noise.sd * math.sqrt(1 / n + 1 / m) for m in tops}
        if all(sign * (top - group.mean) <= allowances[m] for m, top in tops.items()):
            first = ordered[0]
            behind = abs(first.mean - group.mean)
            kept.append(group.row(behind=behind, allowance=allowances[len(first.results)]))
    return kept
