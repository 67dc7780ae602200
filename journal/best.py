"""Which configurations may be the best? All that the replicates cannot tell from it.

A configuration: runs equal in all parameters but nuisances and seeds; its estimate is their mean.
Where configurations were repeated, their spread is the noise, and the answer is the subset that
contains the best configuration with 95 % confidence: Gupta's selection, every configuration that no
other exceeds by more than its allowance. Where all scatter alike, the noise is pooled and the
allowance is Dunnett's (``journal.dunnett``). Where they do not, each has a spread of its own,
steadied by that of the others (``journal.spread``), and the allowance is Welch's for the pair
(``journal.welch``), at a level that all pairs share (Sidak; conservative, since the pairs have a
mean in common). With fewer than 3 degrees of freedom nobody can tell, and the answer is the top n,
called so. Where all were run with the same seeds, and these act alike, what the seeds add is taken
out of the spread (``journal.paired``).

Noise is often far larger among bad runs, so what is typical is taken from the better half of the
repeated configurations, if that has 10 degrees of freedom or more. Two runs with one seed and one
result are one run recorded twice, not a replicate. Where all results of a configuration agree to
all digits and no seeds differ, they may be copies of one run: they say nothing of the noise, and
count as one.
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace

from journal import identity
from journal.declarations import Declarations, seed_among, set_aside
from journal.dunnett import critical_value
from journal.paired import seed_effects
from journal.runs import Run
from journal.spread import Spread, moderated
from journal.values import Scalar
from journal.welch import Mean, allowance, unexceeded

DF_AT_LEAST = 3
"""Below this the spread is anybody's guess: the top n is given instead."""
DF_OF_A_HALF = 10
"""So many degrees of freedom let the better half speak for the noise near the best."""

_ROUNDING = 1e-14
"""Results that differ by no more of their size are equal."""
_LARGEST = 1e150
"""Of larger ones the squared differences are no floats, or their sum is none."""


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
    """The spread among replicates: standard deviation, degrees of freedom, where it is from.

    ``alike``: do all scatter so, as far as replicates tell? ``paired``: is it what is left within
    the seeds that all have in common?
    """

    sd: float
    df: int
    source: str
    alike: bool = True
    paired: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Best:
    """The answer. ``told``: are ``configurations`` those that cannot be told from the best?

    Else they are all of them. Either way the best mean comes first. ``compared`` is how many there
    were; ``not_finite`` counts runs whose metric is nan, inf or beyond 1e150, which are left out;
    ``copied`` the configurations whose repeated results may be copies (see the module).
    """

    metric: str
    direction: str
    told: bool
    configurations: tuple[Configuration, ...]
    compared: int
    noise: Noise | None
    confidence: float
    not_finite: int
    copied: int


def best(
    runs: Iterable[Run],
    metric: str,
    *,
    direction: str,
    declared: Declarations | None = None,
    confidence: float = 0.95,
) -> Best:
    """The configurations that may be the best in this metric; see the module.

    direction: ``minimize`` or ``maximize``. Retracted runs are for the caller to leave out.
    """
    sign = 1.0 if direction == "maximize" else -1.0
    groups, not_finite = _groups(list(runs), metric, sign, declared)
    found = sorted(groups, key=lambda group: (-sign * group.mean, group.key))
    typical, source = _typical(found)
    paired = _pair(found, typical)
    noise = _noise(typical, source, paired=paired)
    told = noise is not None and noise.df >= DF_AT_LEAST
    if told and noise is not None:
        spreads = _spreads(found, typical, noise)
        if spreads is None:
            rows = _subset_of_alike(found, sign, noise, confidence)
        else:
            noise = replace(noise, alike=False)
            rows = _subset_of_unlike(found, sign, spreads, confidence)
    else:
        top = found[0].mean if found else 0.0
        rows = [group.row(behind=abs(top - group.mean)) for group in found]
    return Best(
        metric=metric, direction=direction, told=told, configurations=tuple(rows),
        compared=len(found), noise=noise, confidence=confidence, not_finite=not_finite,
        copied=sum(group.copied for group in found),
    )  # fmt: skip


_Key = tuple[tuple[str, str, object], ...]


@dataclass(slots=True)
class _Group:
    """A configuration while it is being collected."""

    key: _Key
    params: dict[str, Scalar]
    results: list[tuple[float, str]]
    seeds: dict[int, float] = field(default_factory=dict)
    failed: int = 0
    mean: float = 0.0
    squares: float = 0.0
    copied: bool = False
    share: float = 1.0

    @property
    def n(self) -> int:
        """How many results that are no copies of each other, as far as one can tell."""
        return 1 if self.copied else len(self.results)

    @property
    def df(self) -> float:
        """The degrees of freedom of its squares."""
        return (self.n - 1) * self.share

    def settle(self, sign: float) -> None:
        """Compute mean and spread; put the best run first."""
        values = [value for value, _ in self.results]
        self.mean = math.fsum(values) / len(values)
        self.squares = math.fsum((value - self.mean) ** 2 for value in values)
        same = math.isclose(min(values), max(values), rel_tol=_ROUNDING)
        self.copied = same and len(values) > 1 and len(self.seeds) < 2
        self.results.sort(key=lambda result: (-sign * result[0], result[1]))

    def pair(self, effects: Mapping[int, float], share: float) -> None:
        """Take what the seeds add out of its spread, and the degrees of freedom that this costs."""
        rest = (value - self.mean - effects[seed] for seed, value in self.seeds.items())
        self.squares, self.share = math.fsum(value**2 for value in rest), share

    def spread(self) -> Spread:
        """Its own variance, of the results it has."""
        return Spread(self.squares / self.df if self.df else 0.0, self.df)

    def row(self, *, behind: float, allowance: float | None = None) -> Configuration:
        """The configuration as the answer gives it."""
        return Configuration(
            params=self.params, mean=self.mean, n=len(self.results), failed=self.failed,
            runs=tuple(run for _, run in self.results), behind=behind, allowance=allowance,
        )  # fmt: skip


def _groups(
    runs: Sequence[Run], metric: str, sign: float, declared: Declarations | None
) -> tuple[list[_Group], int]:
    nuisance = set_aside((name for run in runs for name in run.params), declared)
    groups: dict[_Key, _Group] = {}
    seen: set[tuple[object, ...]] = set()
    not_finite = 0
    for run in runs:
        params = {name: value for name, value in run.params.items() if name not in nuisance}
        there = ((name, value) for name, value in params.items() if value is not None)
        key = tuple(sorted((name, *identity.key(value)) for name, value in there))
        group = groups.setdefault(key, _Group(key, params, []))
        group.params |= params  # null is the same as not recorded
        if run.status in {"failed", "killed"}:
            group.failed += 1
        elif run.status == "finished" and metric in run.metrics:
            value = run.metrics[metric]
            seed = seed_among(run.params, nuisance) if run.seed is None else run.seed
            copy = (key, seed, value)
            if not abs(value) <= _LARGEST:  # NaN neither
                not_finite += 1
            elif seed is None or copy not in seen:
                seen.add(copy)
                group.results.append((value, run.id))
                group.seeds |= {} if seed is None else {seed: value}
    found = [group for group in groups.values() if group.results]
    for group in found:
        group.settle(sign)
    return found, not_finite


def _typical(ordered: Sequence[_Group]) -> tuple[list[_Group], str]:
    """The repeated configurations that speak for the noise near the best; they come best first."""
    repeated = [group for group in ordered if group.n > 1]
    better = repeated[: (len(repeated) + 1) // 2]
    if sum(group.n - 1 for group in better) >= DF_OF_A_HALF:
        return better, "the better half"
    return repeated, "all"


def _pair(ordered: Sequence[_Group], typical: Sequence[_Group]) -> bool:
    """Take out what the seeds add, where all were run once with each of the same; is it?"""
    several = typical if len(typical) > 1 else ordered
    once = bool(ordered) and all(len(group.results) == len(group.seeds) for group in ordered)
    shared = once and all(group.seeds.keys() == ordered[0].seeds.keys() for group in ordered)
    if not shared or (len(several) - 1) * (len(ordered[0].seeds) - 1) < DF_AT_LEAST:
        return False
    effects = seed_effects([group.seeds for group in several])
    for group in ordered if effects else ():
        is_one = any(group is one for one in several)
        group.pair(effects or {}, 1 - 1 / len(several) if is_one else 1.0)
    return effects is not None


def _noise(groups: Sequence[_Group], source: str, *, paired: bool) -> Noise | None:
    """What these repeated configurations scatter, taken together."""
    df = round(math.fsum(group.df for group in groups))
    squares = math.fsum(group.squares for group in groups)
    return Noise(sd=math.sqrt(squares / df), df=df, source=source, paired=paired) if df else None


def _spreads(
    ordered: Sequence[_Group], typical: Sequence[_Group], noise: Noise
) -> list[Spread] | None:
    """The spread of each configuration; None where they scatter alike."""
    pooled = Spread(noise.sd**2, noise.df)
    own = [group.spread() for group in ordered]
    spreads = moderated(own, [group.spread() for group in typical], pooled=pooled)
    return None if all(spread is pooled for spread in spreads) else spreads


def _subset_of_alike(
    ordered: Sequence[_Group], sign: float, noise: Noise, confidence: float
) -> list[Configuration]:
    """One spread for all: Dunnett's critical value, exact."""
    sizes = Counter(group.n for group in ordered)
    tops: dict[int, float] = {}
    for group in ordered:
        tops.setdefault(group.n, group.mean)  # the best mean of so many runs
    critical: dict[int, float] = {}
    kept = []
    for group in ordered:
        n = group.n
        if n not in critical:
            others = Counter(sizes)
            others[n] -= 1
            critical[n] = critical_value(n, +others, df=noise.df, confidence=confidence)
        allowances = {m: critical[n] * noise.sd * math.sqrt(1 / n + 1 / m) for m in tops}
        if all(sign * (top - group.mean) <= allowances[m] for m, top in tops.items()):
            first = ordered[0]
            behind = abs(first.mean - group.mean)
            kept.append(group.row(behind=behind, allowance=allowances[first.n]))
    return kept


def _subset_of_unlike(
    ordered: Sequence[_Group], sign: float, spreads: Sequence[Spread], confidence: float
) -> list[Configuration]:
    """Each with its spread: Welch's t for each pair, the confidence shared among the pairs."""
    tail = 1 - confidence ** (1 / max(1, len(ordered) - 1))
    means = [
        Mean(sign * group.mean, spread.variance / group.n, spread.df)
        for group, spread in zip(ordered, spreads, strict=True)
    ]
    return [
        group.row(
            behind=abs(ordered[0].mean - group.mean), allowance=allowance(mean, means[0], tail=tail)
        )
        for group, mean, kept in zip(ordered, means, unexceeded(means, tail), strict=True)
        if kept
    ]
