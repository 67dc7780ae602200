"""One pass of the numbers: runs of one region -> surrogate -> components, draws, risks.

The whole space is one study. A conditional parameter is studied where it is active (`regions`): the
runs there, with its parent restricted to the levels that switch it on.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from functools import cached_property, partial

import numpy as np
from scipy.stats import chi2

from analysis.aliasing import Aliases, aliases
from analysis.bad_ends import most_seen
from analysis.decomposition import Decomposition
from analysis.findings_design import changed_alone
from analysis.fitting import Choice, choose, explored, spread
from analysis.frame import Frame
from analysis.indices import Indices, averaged
from analysis.misfit import from_residuals
from analysis.noise import NoiseModel, noise
from analysis.optimum import best_setting
from analysis.passing import TimesPart
from analysis.peaks import closer
from analysis.poor_corners import Corner
from analysis.risk import Risk, ceiling, risk
from analysis.sampling import even_levels
from analysis.slices import settings
from analysis.space import Space
from analysis.threads import one_thread
from analysis.views import View, mixed

N_OTHERS = 256
"""Random settings of the other parameters at which every slice is taken."""
GOOD = 4
"""Good is the best of so many."""
CLOSE = 0.1
"""Where a neighbour of a parameter's best setting is worse by this much of a good run's noise, the
settings between them are looked at as well."""
N_DRAWS = 60
"""Plausible functions behind every interval."""


@dataclass(frozen=True, eq=False)
class Study:
    """The numbers of one region; every array is in `frame.space` order.

    decomposition: the estimates, `averaged` over the draws in `indices`, of which row 0 is the
    mean function's. codes[j], weights[j]: (n_settings_j,) the settings that parameter j is sliced
    at and their measure, which those around the best one have not; means[j]: (n_draws,
    n_settings_j) the objective's mean there, row 0 the estimate; others: (n_others, d) the
    settings of the others, inactive codes included. corners: levels that were run in a poor corner
    of another parameter alone, where somebody looked for them.
    """

    frame: Frame
    noise: NoiseModel
    choice: Choice
    decomposition: Decomposition
    indices: Indices
    risks: tuple[Risk, ...]
    codes: tuple[np.ndarray, ...]
    weights: tuple[np.ndarray, ...]
    means: tuple[np.ndarray, ...]
    others: np.ndarray
    corners: tuple[Corner, ...] = ()
    times: Mapping[str, TimesPart] = field(default_factory=dict)

    @cached_property
    def optimum(self) -> np.ndarray:
        """(d,) codes of the setting that is predicted to be best, all parameters together."""
        best = np.argsort(-self.frame.sign * self.frame.means, kind="stable")[:N_OTHERS]
        known = np.concatenate([self.frame.configuration_codes[best], self.others])
        return best_setting(self.choice.for_risks, known, axes=self.codes, sign=self.frame.sign)

    @cached_property
    def seen(self) -> tuple[np.ndarray, ...]:
        """Of each parameter (n_settings,) the best seen where all runs did badly, else infinity."""
        return tuple(
            most_seen(self.frame, index, codes=codes) for index, codes in enumerate(self.codes)
        )

    def even(self, index: int) -> np.ndarray:
        """The positions of a parameter's settings without those looked at around the best one."""
        codes = self.codes[index]
        return np.flatnonzero((self.weights[index] > 0) | np.isin(codes, (0.0, 1.0)))

    @cached_property
    def unbounded(self) -> frozenset[str]:
        """Parameters of which nothing low can be claimed: no run shows their interactions.

        They were changed only while all others stood still; or their interactions are those of
        others; or one of their levels was run in a corner of another parameter alone. Or runs were
        stopped at some of their values more often than at others, and the worst are missing.
        """
        there = {corner.parameter.name for corner in self.corners}
        pruned = {
            name for one in self.frame.notes if one.code == "stopped" for name in one.parameters
        }
        return self.alone | there | pruned

    @cached_property
    def alone(self) -> frozenset[str]:
        """Those of them that no run shows any interaction of, or none that is surely theirs."""
        known = self.aliases
        return frozenset(changed_alone(self.frame)[1]) | known.members | known.effects

    def unseen_together(self, left: str, right: str) -> bool:
        """Whether no run shows what two parameters do together."""
        pairs = [{corner.parameter.name, corner.other.name} for corner in self.corners]
        return not self.alone.isdisjoint((left, right)) or {left, right} in pairs

    @cached_property
    def aliases(self) -> Aliases:
        """Interactions that these configurations cannot tell from others, or from effects."""
        return aliases(self.frame)

    @property
    def unseen(self) -> float:
        """The share of the variance that the surrogate does not foresee, and that is not noise.

        It lies in what the runs do not show, interactions most of all. Where no replicates tell
        the noise, half of all that is not foreseen counts as such. In a complete design no
        configuration is unseen.
        """
        return self._unseen(noise=self.noise.sd**2)

    @property
    def unseen_at_most(self) -> float:
        """The same with noise as small as the replicates allow: its lower 90 % limit."""
        df = self.noise.df
        return self._unseen(noise=self.noise.sd**2 * df / float(chi2.ppf(0.9, df)))

    @cached_property
    def missed_among_good(self) -> float:
        """By how much more predictions lie off among the good configurations than among all.

        In the objective's unit, as a standard deviation; the best quarter by prediction, and each
        configuration predicted without its own runs. A surrogate that bends where it must not
        (a valley along two axes at once), or rounds off a peak, shows it there. Zero where the
        difference is less than its standard error.
        """
        choice, sign = self.choice, self.frame.sign
        squared = (choice.target - choice.held_out) ** 2
        # Weighed, or a few runs of a noisy level would pass for a bend.
        trust = np.ones(len(squared)) if choice.precision is None else choice.precision
        order = np.argsort(-sign * choice.held_out, kind="stable")
        n_good = max(len(order) // GOOD, 1)
        among, others = (
            _mean(squared[rows], trust[rows]) for rows in (order[:n_good], order[n_good:])
        )
        more, chance = among[0] - others[0], float(np.hypot(among[1], others[1]))
        part = float(trust[order[n_good:]].sum() / trust.sum())  # beside all, the good with them
        return float(np.sqrt(more * part)) if more > chance else 0.0

    def missed_at_levels(self, index: int) -> float:
        """By how much more predictions lie off at a parameter's levels, one like another.

        Than among all configurations, beyond noise; in the objective's unit, as a standard
        deviation. Zero where levels have as many runs as lot gives them: an optimizer leaves some
        early, whose few runs tell little of what they were not run at.
        """
        choice, parameter = self.choice, self.frame.space.parameters[index]
        if parameter.numeric or even_levels(self.frame, index):
            return 0.0
        off = (choice.target - choice.held_out) ** 2
        off = off - self.noise.of_means(self.frame.replicates)[choice.rows]
        trust = np.ones(len(off)) if choice.precision is None else choice.precision
        codes = self.frame.configuration_codes[choice.rows, index]
        at = [codes == level for level in np.unique(codes[~np.isnan(codes)])]
        evenly = np.mean([np.average(off[there], weights=trust[there]) for there in at])
        return float(np.sqrt(max(float(evenly - np.average(off, weights=trust)), 0.0)))

    def _unseen(self, *, noise: float) -> float:
        if self.frame.complete:
            return 0.0
        missed = 1 - self.choice.skill
        if self.noise.source == "residual":
            return float(np.clip(missed / 2, 0.0, 1.0))
        if self.choice.precision is not None:
            of_mean, spread = noise / self.noise.sd**2 * self.noise_of_means, self.spread
        else:
            of_mean = noise * float(np.mean(1 / self.frame.replicates))
            of_mean += float(np.mean(self.noise.between * self.noise.apart))
            spread = self.spread
        return float(np.clip(missed - of_mean / spread, 0.0, 1.0)) if spread > 0 else 0.0

    @property
    def spread(self) -> float:
        """The variance of the configurations' means, weighed as skill is."""
        choice = self.choice
        if choice.precision is None:
            return float(np.var(self.frame.means))
        return spread(choice.target, choice.precision)

    @property
    def noise_of_means(self) -> float:
        """How much of that is noise."""
        own, trust = self.noise.left_of_means(self.frame.replicates), self.choice.precision
        return float(np.mean(own if trust is None else own[self.choice.rows] * trust))


@one_thread
def study(frame: Frame, rng: np.random.Generator, *, workers: int = 1) -> Study:
    """Fit, decompose and slice one region.

    Raises `NoiseUnknown` where neither replicates nor a fit tell the noise.
    """
    ordered = canonical(frame)
    known = noise(ordered)
    fit_rng, slice_rng, peak_rng = rng.spawn(3)
    choice = explored(choose(ordered, known, rng=fit_rng, workers=workers), fit_rng)
    others = settings(ordered.space, N_OTHERS, rng=slice_rng)
    limit = ceiling(ordered.means, sign=ordered.sign)
    model = known or from_residuals(ordered, choice, rng=rng, workers=workers)
    more = closer(
        choice.surrogates, choice.for_risks, others=others, rng=peak_rng, sign=ordered.sign,
        limit=limit, tolerance=CLOSE * model.sd_near_best,
    )  # fmt: skip
    of = partial(
        View.of, choice=choice, n_draws=N_DRAWS, rng=slice_rng, more=more, sign=ordered.sign,
        limit=limit,
    )  # fmt: skip
    views = [of(surrogate, others) for surrogate in choice.surrogates]
    found = Indices(
        variance=mixed([(view.share, view.indices.variance) for view in views]),
        first=mixed([(view.share, view.indices.first) for view in views]),
        total=mixed([(view.share, view.indices.total) for view in views]),
        pairs=mixed([(view.share, view.indices.pairs) for view in views]),
    )
    return Study(
        frame=ordered,
        noise=model,
        choice=choice,
        decomposition=averaged(found),
        indices=found,
        risks=tuple(
            risk(mixed([(view.risk, view.expected[index]) for view in views]), weights)
            for index, weights in enumerate(views[0].weights)
        ),
        codes=views[0].codes,
        weights=views[0].weights,
        means=tuple(
            mixed([(view.share, view.means[index]) for view in views])
            for index in range(len(ordered.space))
        ),
        others=others,
    )


@one_thread
def decompose(
    frame: Frame, rng: np.random.Generator, *, workers: int = 1
) -> tuple[Space, Decomposition]:
    """The indices alone, without intervals: the space they refer to and its decomposition."""
    ordered = canonical(frame)
    choice = choose(ordered, noise(ordered), rng=rng, workers=workers)
    return ordered.space, choice.for_shares.decompose()


def _mean(values: np.ndarray, weight: np.ndarray) -> tuple[float, float]:
    """The weighted mean and its standard error."""
    mean = float(np.average(values, weights=weight))
    return mean, float(np.sqrt(np.sum((weight * (values - mean)) ** 2)) / weight.sum())


def canonical(frame: Frame) -> Frame:
    """The same frame, parameters ordered by their runs, then runs by their settings.

    So neither renaming nor the order in which runs are told changes a number; but parameters of
    which the same values were run equally often (a grid) are told apart by that order.
    """
    columns = list(np.nan_to_num(frame.codes, nan=2.0).T)
    keys = [
        (parameter.kind, np.sort(column).tobytes(), column.tobytes())
        for parameter, column in zip(frame.space.parameters, columns, strict=True)
    ]
    order = sorted(range(len(keys)), key=keys.__getitem__)
    renamed = replace(
        frame,
        space=Space(tuple(frame.space.parameters[index] for index in order)),
        codes=frame.codes[:, order],
        values=tuple(tuple(row[index] for index in order) for row in frame.values),
    )
    rows = np.lexsort(np.nan_to_num(renamed.codes, nan=2.0).T)
    return renamed.take(rows)
