"""What to run next to learn most: settings that settle what is undetermined, and second seeds.

Three kinds of runs, in this order:

1. *Second seeds near the best*, while the noise there has fewer than `NEAR_BEST_DF` degrees of
   freedom, for at most a quarter of the runs: the margin is made of that noise.
2. *Settings that tell most* about the undetermined parameters (`analysis.planner_gain`), out of
   random settings and of contrasts that move one undetermined parameter.
3. *Gaps*: random settings as far as possible from all runs, a quarter of the rest, as a guard
   against a surrogate that is sure of the wrong thing; all of the rest without a surrogate.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Protocol

import numpy as np

from analysis.answers import TIED
from analysis.errors import Misused
from analysis.frame import Frame
from analysis.noise import replicate_df
from analysis.planner_failures import Dangers
from analysis.planner_gain import greedy_picks
from analysis.planner_pool import (
    contrast_settings,
    decoded,
    not_among,
    random_settings,
    spread,
    unseen,
)
from analysis.recorded import telling, unbroken
from analysis.results import Plan, PlannedRun, Report, Said, Scalar
from analysis.results_runs import Setting
from analysis.sentences import english, said
from analysis.slices import gate, settings
from analysis.space import Parameter, level_key

NEAR_BEST = 0.25
NEAR_BEST_DF = 8
MOST_TARGETS = 6
"""Undetermined parameters planned for at once: those with the widest intervals."""
N_BASE = 12
"""Settings of the others at which an undetermined parameter is moved; half of them good ones."""
N_GOOD = 32
N_DRAWS = 80
POOL = 256
SECOND_SEED = said("plan.second_seed")
GAP = said("plan.gap")


class Surrogate(Protocol):
    """What the planner asks of a surrogate."""

    def mean(self, codes: np.ndarray) -> np.ndarray:
        """(n,) prediction."""

    def draws(self, codes: np.ndarray, n_draws: int, *, rng: np.random.Generator) -> np.ndarray:
        """(n_draws, n) plausible functions."""


def plan(
    frame: Frame,
    report: Report,
    *,
    surrogate: Surrogate | None,
    n: int,
    rng: np.random.Generator,
    blocks: Sequence[Setting] = ((),),
) -> Plan:
    """Which n runs would settle most, and which parameters should they settle?

    surrogate: reads codes in the order of `frame.space`; None where there is none to trust.
    blocks: settings of the block parameters, taken in turn: every block gets its share of runs.
    `Plan.settles` names the undetermined parameters whose estimate of further runs is at most n.
    Raises `Misused` for n below 1.
    """
    if n < 1:
        raise Misused(f"a plan needs at least one run, not {n}", where="-n")
    if not len(frame.space):
        return Plan(runs=(), settles=(), seconds=None)
    names = (*frame.space.names, *(parameter.name for parameter in frame.constants))
    runs, settles = _second_seeds(frame, report, n), _settled(report, n)
    for row, why in _new_settings(frame, report, surrogate, n - len(runs), rng):
        named = dict(why.facts).get("name")
        reason = said("plan.settle", name=named) if named in settles else why
        run = _run(frame, row, decoded(frame.space, row), seed=_first_seed(frame), reason=reason)
        runs.append(replace(run, parameters=unbroken(run.parameters, names)))
    if len(runs) < n:  # a finished grid: nothing new is left, so repeat the best
        runs += _repeats(frame, report, n - len(runs), already=runs)
    known, commands = frame.seconds[np.isfinite(frame.seconds)], _recorded(frame, report)
    return Plan(
        runs=tuple(_in_block(run, blocks[i % len(blocks)]) for i, run in enumerate(runs)),
        settles=settles,
        seconds=float(known.mean()) * len(runs) if len(known) else None,
        recorded=next(iter(commands), None),
        ways=telling(commands),
        renamed=frame.renamed,
    )


def _in_block(run: PlannedRun, block: Setting) -> PlannedRun:
    return replace(run, parameters=tuple(sorted((*run.parameters, *block))))


def targets(frame: Frame, report: Report) -> list[str]:
    """What is undetermined, or else worth tuning, or else all; widest total shares first.

    Not what is switched off wherever its switch is recommended, where anything else is left.
    """
    known = [item for item in report.parameters if item.name in frame.space.names]
    rows = [item for item in known if not item.switched_off_by] or known
    worth = [item for item in rows if item.verdict in TIED]
    asked = [item for item in worth if item.verdict == "undetermined"] or worth or rows
    wide = {item.name: item.total.high - item.total.low if item.total else 1.0 for item in asked}
    return sorted(wide, key=lambda name: (-wide[name], name))[:MOST_TARGETS]


def _settled(report: Report, n: int) -> tuple[str, ...]:
    return tuple(
        item.name
        for item in report.parameters
        if item.verdict == "undetermined" and not item.switched_off_by
        if item.more_runs is not None and item.more_runs <= n
    )


def _new_settings(
    frame: Frame,
    report: Report,
    surrogate: Surrogate | None,
    n: int,
    rng: np.random.Generator,
) -> list[tuple[np.ndarray, Said]]:
    """(codes, reason) of up to n settings that were not run yet."""
    pool = random_settings(frame.space, max(POOL, 4 * n), rng=rng)
    pool = pool[unseen(frame, pool)]
    dangers = Dangers.of(frame, rng.spawn(1)[0])
    pool = pool[dangers.fine(pool)]
    told: list[tuple[np.ndarray, Said]] = []
    if surrogate is not None and n > 0:
        told = _telling(frame, report, surrogate, dangers, pool, n - n // 4, rng)
    taken = np.array([row for row, _ in told]).reshape(len(told), len(frame.space))
    near = np.vstack([frame.configuration_codes, taken])
    pool = pool[not_among(pool, taken)]
    gaps = spread(frame.space, pool, near=near, n=n - len(told))
    return told + [(pool[row], GAP) for row in gaps]


def _telling(
    frame: Frame,
    report: Report,
    surrogate: Surrogate,
    dangers: Dangers,
    pool: np.ndarray,
    n: int,
    rng: np.random.Generator,
) -> list[tuple[np.ndarray, Said]]:
    """The n settings that tell most about what is undetermined, or else matters."""
    names = targets(frame, report)
    base = _base(frame, surrogate, rng)
    slices = [
        contrast_settings(frame.space, frame.space.index(name), base=base, rng=rng)
        for name in names
    ]
    width = len(frame.space)
    codes = np.vstack([pool, *(part.reshape(-1, width) for part in slices)])
    draws = surrogate.draws(codes, N_DRAWS, rng=rng)
    effects = []
    at = len(pool)
    for part in slices:
        size = part.shape[0] * part.shape[1]
        values = draws[:, at : at + size].reshape(len(draws), part.shape[0], part.shape[1])
        effects.append((values - values.mean(axis=2, keepdims=True)).reshape(len(draws), size))
        at += size
    positions = np.flatnonzero(unseen(frame, codes) & dangers.fine(codes))
    picks = greedy_picks(draws[:, positions], effects, n=n, noise_variance=_noise(report, draws))
    return [
        (codes[positions[p.candidate]], said("plan.learn", name=names[p.target])) for p in picks
    ]


def _base(frame: Frame, surrogate: Surrogate, rng: np.random.Generator) -> np.ndarray:
    """(N_BASE, d) ungated settings: half good ones far from each other, half random."""
    many = settings(frame.space, 256, rng=rng)
    order = np.argsort(-frame.sign * surrogate.mean(gate(frame.space, many)), kind="stable")
    good, rest = many[order[:N_GOOD]], many[np.sort(order[N_GOOD:])]
    apart = spread(frame.space, good, near=good[:1], n=N_BASE // 2)
    return np.vstack([good[apart], rest[: N_BASE - len(apart)]])


def _noise(report: Report, draws: np.ndarray) -> float:
    """Noise variance of one run; a tenth of the surrogate's variance where it is not known."""
    if report.noise is not None and report.noise.sd > 0:
        return report.noise.sd**2
    return 0.1 * float(np.var(draws.mean(axis=0))) + 1e-300


@dataclass
class _Seeds:
    """Seeds already used or planned, per configuration of the frame."""

    frame: Frame

    def __post_init__(self) -> None:
        self.last: dict[int, int] = {}
        for configuration, seed in zip(self.frame.configuration, self.frame.seeds, strict=True):
            number = seed if isinstance(seed, int) and not isinstance(seed, bool) else -1
            key = int(configuration)
            self.last[key] = max(self.last.get(key, 0), number)

    def next(self, configuration: int) -> int:
        """A seed that this configuration was not run with."""
        self.last[configuration] += 1
        return self.last[configuration]


def _second_seeds(frame: Frame, report: Report, n: int) -> list[PlannedRun]:
    """Repeats of the best configurations while the noise near the best is poorly known.

    None where all results are equal: none is best.
    """
    if np.ptp(frame.objective) == 0:
        return []
    order = _best_first(frame, report)
    top = order[: max(2, round(NEAR_BEST * len(order)))]
    missing = NEAR_BEST_DF - int(replicate_df(frame)[top].sum())
    return _repeats(frame, report, min(max(missing, 0), n // 4), already=())


def _repeats(
    frame: Frame, report: Report, n: int, *, already: Sequence[PlannedRun]
) -> list[PlannedRun]:
    """N repeats, one for each of the best configurations in turn."""
    seeds = _Seeds(frame)
    order = _best_first(frame, report)[: max(2, round(NEAR_BEST * frame.n_configurations))]
    runs = []
    for turn in range(n + len(already)):
        configuration = int(order[turn % len(order)])
        seed = seeds.next(configuration)
        row = frame.first_rows[configuration]
        runs.append(_run(frame, frame.codes[row], frame.values[row], seed=seed, reason=SECOND_SEED))
    return [run for run in runs if run not in already][:n]


def _best_first(frame: Frame, report: Report) -> np.ndarray:
    """Configurations, those the report calls best first, then by their mean."""
    rank = {run.run_id: place for place, run in enumerate(report.best)}
    ids = [frame.run_ids[row] for row in frame.first_rows]
    place = np.array([rank.get(run_id, len(rank)) for run_id in ids])
    return np.lexsort((-frame.sign * frame.means, place))


def _recorded(frame: Frame, report: Report) -> list[str]:
    """The commands of the configurations that have one, the best first."""
    rows = frame.first_rows[_best_first(frame, report)] if frame.context else ()
    told = (frame.context[row].get("command") for row in rows)
    return [command for command in told if isinstance(command, str)]


def _first_seed(frame: Frame) -> int:
    numbers = [seed for seed in frame.seeds if isinstance(seed, int) and not isinstance(seed, bool)]
    return min(numbers, default=0)


def _run(
    frame: Frame, codes: np.ndarray, values: Sequence[Scalar], *, seed: int, reason: Said
) -> PlannedRun:
    """One planned run, with every parameter it needs: those that never changed as they were.

    codes: (d,), NaN where a parameter does not exist in this setting; it is then left out, and so
    is one that never changed where it exists, if it does not exist here.
    """
    own = zip(frame.space.names, codes, values, strict=True)
    named = {name: value for name, code, value in own if not np.isnan(code)}
    named |= _constants(frame, named)
    parameters = tuple((name, named[name]) for name in sorted(named))
    return PlannedRun(parameters=parameters, seed=seed, reason=english(reason), says=reason)


def _constants(frame: Frame, named: Mapping[str, Scalar]) -> dict[str, Scalar]:
    """Parameters that never changed where they exist, of those that exist beside these."""
    held = {p.name: p for p in frame.constants if p.levels}

    def exists(parameter: Parameter, below: frozenset[str]) -> bool:
        return all(
            level_key(value_of(condition.parent, below)) in map(level_key, condition.values)
            for condition in parameter.conditions
            if condition.parent in frame.space.names or condition.parent in held.keys() - below
        )

    def value_of(name: str, below: frozenset[str]) -> Scalar:
        if name in held and exists(held[name], below | {name}):
            return held[name].levels[0]
        return named.get(name)

    return {name: p.levels[0] for name, p in held.items() if exists(p, frozenset({name}))}
