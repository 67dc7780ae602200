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
from itertools import cycle
from typing import Protocol

import numpy as np

from analysis.answers import TIED
from analysis.errors import Misused
from analysis.frame import Frame
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
from analysis.planner_repeats import SECOND_SEED, best_first, in_block, repeats, second_seeds
from analysis.planner_runs import planned_run
from analysis.recorded import telling, unbroken
from analysis.results import Plan, Report, Said
from analysis.results_runs import Setting
from analysis.sentences import said
from analysis.slices import gate, sobol_settings

MOST_TARGETS = 6
"""Undetermined parameters planned for at once: those with the widest intervals."""
N_BASE = 12
"""Settings of the others at which an undetermined parameter is moved; half of them good ones."""
N_GOOD = 32
N_DRAWS = 80
POOL = 256
GAPS, GAPS_OF_CROWDS = 4, 2
"""One in so many settings is in a gap; where an optimizer, or a person, crowded the runs."""
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
    block_of: Mapping[str, Setting] | None = None,
) -> Plan:
    """Which n runs would settle most, and which parameters should they settle?

    surrogate: reads codes in the order of `frame.space`; None where there is none to trust.
    blocks: settings of the block parameters, taken in turn: every block gets its share of runs.
    block_of: run id -> its own, in which its second seed is run: in another it were no repetition.
    `Plan.settles` names the undetermined parameters whose estimate of further runs is at most n.
    Raises `Misused` for n below 1.
    """
    if n < 1:
        raise Misused(f"a plan needs at least one run, not {n}", where="n")
    if not len(frame.space):
        return Plan(runs=(), settles=(), seconds=None)
    names = (*frame.space.names, *(parameter.name for parameter in frame.constants))
    own, settles = block_of or {}, _settled(report, n)
    runs = second_seeds(frame, report, n=n, own=own)
    seed = _first_seed(frame)
    for row, why in _Search(frame, report, rng).settings(surrogate, n - len(runs)):
        named = dict(why.facts).get("name")
        reason = said("plan.settle", name=named) if named in settles else why
        values = decoded(frame.space, row)
        run = planned_run(frame, row, values=values, seed=seed, reason=reason)
        runs.append(replace(run, parameters=unbroken(run.parameters, names)))
    if len(runs) < n:  # a finished grid: nothing new is left, so repeat the best
        runs += repeats(frame, report, n=n - len(runs), already=runs, own=own)
    turns = cycle(blocks)
    known, prefixes = frame.seconds[np.isfinite(frame.seconds)], _recorded(frame, report)
    commands = list(prefixes)
    ways = telling(commands)
    seen = {*commands[:1], *ways, *(best.command for best in report.best)}
    return Plan(
        runs=tuple(
            run if own and run.says == SECOND_SEED else in_block(run, next(turns)) for run in runs
        ),
        settles=settles,
        seconds=float(known.mean()) * len(runs) if len(known) else None,
        recorded=next(iter(commands), None),
        prefixes=tuple((c, p) for c, p in prefixes.items() if p is not None and c in seen),
        ways=ways,
        renamed=frame.renamed,
        seed_name=frame.seed_name,
    )


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


@dataclass(frozen=True, eq=False)
class _Search:
    """What is asked about settings that were not run yet: by what runs, and what they left open."""

    frame: Frame
    report: Report
    rng: np.random.Generator

    def settings(self, surrogate: Surrogate | None, n: int) -> list[tuple[np.ndarray, Said]]:
        """(codes, reason) of up to n of them."""
        frame = self.frame
        pool = random_settings(frame.space, max(POOL, 4 * n), rng=self.rng)
        pool = pool[unseen(frame, pool)]
        dangers = Dangers.of(frame, self.rng.spawn(1)[0])
        pool = pool[dangers.fine(pool)]
        told: list[tuple[np.ndarray, Said]] = []
        if surrogate is not None and n > 0:
            told = self._telling(surrogate, dangers, pool, n - n // self._gaps_are)
        taken = np.array([row for row, _ in told]).reshape(len(told), len(frame.space))
        near = np.vstack([frame.configuration_codes, taken])
        pool = pool[not_among(pool, taken)]
        gaps = spread(frame.space, pool, near=near, n=n - len(told))
        return told + [(pool[row], GAP) for row in gaps]

    @property
    def _gaps_are(self) -> int:
        """Of how many settings one is in a gap: more where the surrogate has seen few of them."""
        crowded = any(found.code == "crowded" for found in self.report.findings)
        return GAPS_OF_CROWDS if crowded else GAPS

    def _telling(
        self, surrogate: Surrogate, dangers: Dangers, pool: np.ndarray, n: int
    ) -> list[tuple[np.ndarray, Said]]:
        """The n settings that tell most about what is undetermined, or else matters."""
        space, names = self.frame.space, targets(self.frame, self.report)
        base = self._base(surrogate)
        slices = [
            contrast_settings(space, space.index(name), base=base, rng=self.rng) for name in names
        ]
        codes = np.vstack([pool, *(part.reshape(-1, len(space)) for part in slices)])
        draws = surrogate.draws(codes, N_DRAWS, rng=self.rng)
        effects, ends = [], np.cumsum([len(pool), *(part[..., 0].size for part in slices[:-1])])
        for part, drawn in zip(slices, np.split(draws, ends, axis=1)[1:], strict=True):
            values = drawn.reshape(len(draws), *part.shape[:2])
            effects.append((values - values.mean(axis=2, keepdims=True)).reshape(drawn.shape))
        positions = np.flatnonzero(unseen(self.frame, codes) & dangers.fine(codes))
        noise = _noise(self.report, draws)
        picks = greedy_picks(draws[:, positions], effects, n=n, noise_variance=noise)
        return [
            (codes[positions[p.candidate]], said("plan.learn", name=names[p.target])) for p in picks
        ]

    def _base(self, surrogate: Surrogate) -> np.ndarray:
        """(N_BASE, d) ungated settings: half good ones far from each other, half random."""
        frame = self.frame
        many = sobol_settings(frame.space, 256, rng=self.rng)
        order = np.argsort(-frame.sign * surrogate.mean(gate(frame.space, many)), kind="stable")
        good, rest = many[order[:N_GOOD]], many[np.sort(order[N_GOOD:])]
        apart = spread(frame.space, good, near=good[:1], n=N_BASE // 2)
        return np.vstack([good[apart], rest[: N_BASE - len(apart)]])


def _noise(report: Report, draws: np.ndarray) -> float:
    """Noise variance of one run; a tenth of the surrogate's variance where it is not known."""
    if report.noise is not None and report.noise.sd > 0:
        return report.noise.sd**2
    return 0.1 * float(np.var(draws.mean(axis=0))) + 1e-300


def _recorded(frame: Frame, report: Report) -> dict[str, str | None]:
    """The commands of the configurations that have one, the best first, with `--prefix` of each."""
    rows = frame.first_rows[best_first(frame, report)] if frame.context else ()
    told: dict[str, str | None] = {}
    for context in (frame.context[row] for row in rows):
        command, prefix = context.get("command"), context.get("run.prefix")
        if isinstance(command, str):
            told.setdefault(command, prefix if isinstance(prefix, str) else None)
    return told


def _first_seed(frame: Frame) -> int:
    numbers = [seed for seed in frame.seeds if isinstance(seed, int) and not isinstance(seed, bool)]
    return min(numbers, default=0)
