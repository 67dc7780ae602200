"""Runs by configuration: those equal in every parameter but nuisances and seeds.

Not every run is another draw of its configuration. Two with one seed, one result and one version of
the code are one run recorded twice. Where all results of a configuration agree to all digits and no
seeds differ, they may be copies of one run: they say nothing of the noise, and count as one. And
runs that were made again with their own seed differ by what a machine, or a change of the code,
does to one seed, not by what another seed does: they count once, by their mean, unless they differ
by as much as runs of different seeds do (F test of seeds nested in configurations): then the seed
decides nothing. The report has the same rule (``analysis.repeats``).
"""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from journal import identity
from journal.declarations import Declarations, seed_among, set_aside
from journal.facts import flat
from journal.runs import Run
from journal.spread import Spread
from journal.student import f_tail
from journal.values import Scalar

_ROUNDING = 1e-14
"""Results that differ by no more of their size are equal."""
_LARGEST = 1e150
"""Of larger ones the squared differences are no floats, or their sum is none."""
_LEAST_DF, _AS_NOISY = 5, 0.05
"""As ``analysis.repeats`` has them: degrees of freedom between seeds, and the chance."""

_Key = tuple[tuple[str, str, object], ...]
_Versions = tuple[tuple[str, tuple[str, object]], ...]


@dataclass(frozen=True, slots=True)
class Result:
    """What a run gave, and the seed that it was told."""

    value: float
    run: Run
    seed: int | None


@dataclass(slots=True)
class Group:
    """A configuration; ``draws`` are its results, of each seed one, and ``seeds`` says whose."""

    key: _Key
    params: dict[str, Scalar]
    results: list[Result] = field(default_factory=list)
    draws: list[float] = field(default_factory=list)
    seeds: dict[int, float] = field(default_factory=dict)
    failed: int = 0
    mean: float = 0.0
    squares: float = 0.0
    copied: bool = False
    share: float = 1.0

    @property
    def n(self) -> int:
        """How many draws that are no copies of each other, as far as one can tell."""
        return 1 if self.copied else len(self.draws)

    @property
    def again(self) -> int:
        """Runs that count once with another one."""
        return len(self.results) - len(self.draws)

    @property
    def df(self) -> float:
        """The degrees of freedom of its squares."""
        return (self.n - 1) * self.share

    def settle(self, *, sign: float, once: bool) -> None:
        """Compute mean and spread; put the best run first. once: of each seed one draw."""
        by_seed = defaultdict(list)
        for place, one in enumerate(self.results):
            own = ("run", place) if one.seed is None or not once else ("seed", one.seed)
            by_seed[own].append(one.value)
        self.draws = [math.fsum(values) / len(values) for values in by_seed.values()]
        self.seeds = {one.seed: one.value for one in self.results if one.seed is not None}
        self.seeds |= {
            seed: math.fsum(v) / len(v) for (of, seed), v in by_seed.items() if of == "seed"
        }
        self.mean = math.fsum(self.draws) / len(self.draws)
        self.squares = math.fsum((value - self.mean) ** 2 for value in self.draws)
        same = math.isclose(min(self.draws), max(self.draws), rel_tol=_ROUNDING)
        self.copied = same and len(self.draws) > 1 and len(self.seeds) < 2
        self.results.sort(key=lambda one: (-sign * one.value, one.run.id))

    def pair(self, effects: Mapping[int, float], share: float) -> None:
        """Take what the seeds add out of its spread, and the degrees of freedom that this costs."""
        rest = (value - self.mean - effects[seed] for seed, value in self.seeds.items())
        self.squares, self.share = math.fsum(value**2 for value in rest), share

    def spread(self) -> Spread:
        """Its own variance, of the results it has."""
        return Spread(self.squares / self.df if self.df else 0.0, self.df)


def gathered(
    runs: Sequence[Run], metric: str, *, sign: float, declared: Declarations | None
) -> tuple[list[Group], int]:
    """The configurations that have a result, and how many runs have one that is not finite."""
    nuisance = set_aside((name for run in runs for name in run.params), declared)
    groups: dict[_Key, Group] = {}
    seen: dict[tuple[object, ...], list[Run]] = defaultdict(list)
    not_finite = 0
    for run in runs:
        params = {name: value for name, value in run.params.items() if name not in nuisance}
        there = ((name, value) for name, value in params.items() if value is not None)
        key = tuple(sorted((name, *identity.key(value)) for name, value in there))
        group = groups.setdefault(key, Group(key, params))
        group.params |= params  # null is the same as not recorded
        if run.status in {"failed", "killed"}:
            group.failed += 1
        elif run.status == "finished" and metric in run.metrics:
            value = run.metrics[metric]
            seed = seed_among(run.params, nuisance) if run.seed is None else run.seed
            if not abs(value) <= _LARGEST:  # NaN neither
                not_finite += 1
                continue
            before = [] if seed is None else seen[key, seed, value]
            if not before or _versions(run) not in map(_versions, before):
                before.append(run)
                group.results.append(Result(value, run, seed))
    found = [group for group in groups.values() if group.results]
    once = not _decides_nothing(found)
    for group in found:
        group.settle(sign=sign, once=once)
    return found, not_finite


def _versions(run: Run) -> _Versions:
    context = flat(run.context)
    return tuple(
        (name, identity.key(value))
        for name, value in sorted(context.items())
        if identity.is_version(name)
    )


def _decides_nothing(groups: Sequence[Group]) -> bool:
    """Whether the spread between seeds of a configuration is no larger than that of one seed.

    Of runs with one version of the code: what a change of it does is no scatter.
    """
    if not any(_has_again(group) for group in groups):
        return False
    draws: dict[tuple[int, _Versions], dict[object, list[float]]] = {}
    for place, group in enumerate(groups):
        for number, one in enumerate(group.results):
            of = draws.setdefault((place, _versions(one.run)), defaultdict(list))
            of[("run", number) if one.seed is None else ("seed", one.seed)].append(one.value)
    within = among = 0.0
    inner = between = 0
    for of_seed in draws.values():
        values = [value for values in of_seed.values() for value in values]
        mean = math.fsum(values) / len(values)
        for own in of_seed.values():
            middle = math.fsum(own) / len(own)
            within += math.fsum((value - middle) ** 2 for value in own)
            among += len(own) * (middle - mean) ** 2
        inner, between = inner + len(values) - len(of_seed), between + len(of_seed) - 1
    if inner < 1 or between < _LEAST_DF:
        return False
    if within == 0:
        return among == 0
    return f_tail(among / between / (within / inner), between, below=inner) >= _AS_NOISY


def _has_again(group: Group) -> bool:
    seeds = [one.seed for one in group.results if one.seed is not None]
    return len(set(seeds)) < len(seeds)
