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
repeated configurations, if that has 10 degrees of freedom or more. What is no replicate, though it
looks like one, counts once (``journal.gathered``).
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

from journal.declarations import Declarations
from journal.dunnett import critical_value
from journal.gathered import Group, gathered
from journal.paired import seed_effects
from journal.runs import Run
from journal.spread import Spread, moderated
from journal.values import Scalar
from journal.welch import Mean, allowance, unexceeded

DF_AT_LEAST = 3
"""Below this the spread is anybody's guess: the top n is given instead."""
DF_OF_A_HALF = 10
"""So many degrees of freedom let the better half speak for the noise near the best."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Configuration:
    """Runs equal in every parameter.

    ``mean`` is over the seeds of the runs in ``runs`` (best first); ``failed`` counts those that
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
    ``copied`` the configurations whose repeated results may be copies; ``again`` the runs that
    count once with another one of their configuration and seed.
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
    again: int


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
    groups, not_finite = gathered(list(runs), metric, sign=sign, declared=declared)
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
        rows = [_row(group, behind=abs(top - group.mean)) for group in found]
    return Best(
        metric=metric, direction=direction, told=told, configurations=tuple(rows),
        compared=len(found), noise=noise, confidence=confidence, not_finite=not_finite,
        copied=sum(group.copied for group in found), again=sum(group.again for group in found),
    )  # fmt: skip


def _row(group: Group, *, behind: float, allowance: float | None = None) -> Configuration:
    """The configuration as the answer gives it."""
    return Configuration(
        params=group.params, mean=group.mean, n=len(group.results), failed=group.failed,
        runs=tuple(one.run.id for one in group.results), behind=behind, allowance=allowance,
    )  # fmt: skip


def _typical(ordered: Sequence[Group]) -> tuple[list[Group], str]:
    """The repeated configurations that speak for the noise near the best; they come best first."""
    repeated = [group for group in ordered if group.n > 1]
    better = repeated[: (len(repeated) + 1) // 2]
    if sum(group.n - 1 for group in better) >= DF_OF_A_HALF:
        return better, "the better half"
    return repeated, "all"


def _pair(ordered: Sequence[Group], typical: Sequence[Group]) -> bool:
    """Take out what the seeds add, where all were run once with each of the same; is it?"""
    several = typical if len(typical) > 1 else ordered
    once = bool(ordered) and all(len(group.draws) == len(group.seeds) for group in ordered)
    shared = once and all(group.seeds.keys() == ordered[0].seeds.keys() for group in ordered)
    if not shared or (len(several) - 1) * (len(ordered[0].seeds) - 1) < DF_AT_LEAST:
        return False
    effects = seed_effects([group.seeds for group in several])
    for group in ordered if effects else ():
        is_one = any(group is one for one in several)
        group.pair(effects or {}, 1 - 1 / len(several) if is_one else 1.0)
    return effects is not None


def _noise(groups: Sequence[Group], source: str, *, paired: bool) -> Noise | None:
    """What these repeated configurations scatter, taken together."""
    df = round(math.fsum(group.df for group in groups))
    squares = math.fsum(group.squares for group in groups)
    return Noise(sd=math.sqrt(squares / df), df=df, source=source, paired=paired) if df else None


def _spreads(
    ordered: Sequence[Group], typical: Sequence[Group], noise: Noise
) -> list[Spread] | None:
    """The spread of each configuration; None where they scatter alike."""
    pooled = Spread(noise.sd**2, noise.df)
    own = [group.spread() for group in ordered]
    spreads = moderated(own, [group.spread() for group in typical], pooled=pooled)
    return None if all(spread is pooled for spread in spreads) else spreads


def _subset_of_alike(
    ordered: Sequence[Group], sign: float, noise: Noise, confidence: float
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
            kept.append(_row(group, behind=behind, allowance=allowances[first.n]))
    return kept


def _subset_of_unlike(
    ordered: Sequence[Group], sign: float, spreads: Sequence[Spread], confidence: float
) -> list[Configuration]:
    """Each with its spread: Welch's t for each pair, the confidence shared among the pairs."""
    tail = 1 - confidence ** (1 / max(1, len(ordered) - 1))
    means = [
        Mean(sign * group.mean, spread.variance / group.n, spread.df)
        for group, spread in zip(ordered, spreads, strict=True)
    ]
    return [
        _row(
            group,
            behind=abs(ordered[0].mean - group.mean),
            allowance=allowance(mean, means[0], tail=tail),
        )
        for group, mean, kept in zip(ordered, means, unexceeded(means, tail), strict=True)
        if kept
    ]
