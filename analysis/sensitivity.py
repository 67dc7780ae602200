"""Where does the variance come from? Runs of one region -> surrogates -> shares, with draws.

Half of a `study`, enough for whoever asks about shares alone: why runs fail, or what changes with
the budget.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from functools import cached_property

import numpy as np
from scipy.stats import chi2

from analysis.aliasing import Aliases, aliases
from analysis.decomposition import Decomposition
from analysis.evenness import even_levels
from analysis.findings_design import changed_alone
from analysis.fitting import Choice, choose, explored, spread
from analysis.frame import Frame
from analysis.indices import Indices, averaged, indices, with_parents
from analysis.misfit import from_residuals
from analysis.noise import NoiseModel, noise
from analysis.passing import TimesPart
from analysis.poor_corners import Corner
from analysis.slices import settings
from analysis.space import Space
from analysis.threads import one_thread
from analysis.views import mixed_indices

N_OTHERS = 256
"""Random settings of the other parameters at which every slice is taken."""
N_DRAWS = 60
"""Plausible functions behind every interval."""


@dataclass(frozen=True, eq=False, kw_only=True)
class Sensitivity:
    """The shares of one region; every array is in `frame.space` order.

    decomposition: the estimates, `averaged` over the draws in `indices`, of which row 0 is the
    mean function's. corners: levels that were run in a poor corner of another parameter alone, and
    times: what time may have done, where somebody looked for them.
    """

    frame: Frame
    noise: NoiseModel
    choice: Choice
    decomposition: Decomposition
    indices: Indices
    corners: tuple[Corner, ...] = ()
    times: Mapping[str, TimesPart] = field(default_factory=dict)

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
def sensitivity(frame: Frame, rng: np.random.Generator, *, workers: int = 1) -> Sensitivity:
    """Fit one region, and decompose what speaks for its shares.

    Raises `NoiseUnknown` where neither replicates nor a fit tell the noise.
    """
    ordered = canonical(frame)
    known = noise(ordered)
    fit_rng, slice_rng = rng.spawn(2)
    chosen = choose(ordered, known, rng=fit_rng, workers=workers).of_shares
    choice = explored(chosen, fit_rng, workers=workers)
    others = settings(ordered.space, N_OTHERS, rng=slice_rng)
    model = known or from_residuals(ordered, choice, rng=rng, workers=workers)
    found = []
    for surrogate in choice.surrogates:
        part = choice.for_shares.part(surrogate, N_DRAWS)
        slices = surrogate.slices(others, part.n_draws, rng=slice_rng)
        found.append((part, with_parents(indices(slices), surrogate.space)))
    whole = mixed_indices(found)
    choice.forget()  # nothing more is asked of these draws, and many regions are kept
    return Sensitivity(
        frame=ordered, noise=model, choice=choice, decomposition=averaged(whole), indices=whole
    )


@one_thread
def decompose(
    frame: Frame, rng: np.random.Generator, *, workers: int = 1
) -> tuple[Space, Decomposition]:
    """The indices alone, without intervals: the space they refer to and its decomposition."""
    ordered = canonical(frame)
    choice = choose(ordered, noise(ordered), rng=rng, workers=workers)
    return ordered.space, choice.for_shares.decompose()


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
