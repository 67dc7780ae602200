"""What fits the runs of one region, and how large their noise is: before anything is sliced.

Whether anything predicts runs that it has not seen is known here already (`Choice.evidence`), so
nobody need make draws and slices only to drop them (`enough.require_skill`).
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace

import numpy as np
from scipy.stats import chi2

from analysis.evenness import even_levels
from analysis.fitting import Choice, choose, variance_of
from analysis.frame import Frame
from analysis.misfit import from_residuals
from analysis.noise import NoiseModel, noise
from analysis.space import Space
from analysis.threads import one_thread

SHARES, RISKS = 1, 2
"""Streams of random numbers that are left for what is asked next: one of slices; one of peaks, too,
where risks are asked about."""


@dataclass(frozen=True, eq=False, kw_only=True)
class Fitted:
    """The surrogates and the noise of one region; every array is in `frame.space` order.

    frame: `canonical`, with other columns and rows than the frame that was asked about. streams: to
    draw from in what is asked next, once; the first has drawn for the fit.
    """

    frame: Frame
    noise: NoiseModel
    choice: Choice
    streams: tuple[np.random.Generator, ...] = field(default=(), repr=False)

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
        df = self.noise.effective_df
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
            of_mean = noise / self.noise.sd**2 * self.noise_of_means
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
        return variance_of(choice.target, choice.precision)

    @property
    def noise_of_means(self) -> float:
        """How much of that is noise."""
        own, trust = self.noise.left_of_means(self.frame.replicates), self.choice.precision
        return float(np.mean(own if trust is None else own[self.choice.rows] * trust))


@one_thread
def fitted(
    frame: Frame, rng: np.random.Generator, *, later: int = RISKS, workers: int = 1
) -> Fitted:
    """Fit one region, and find its noise; later: how many streams are left, `SHARES` or `RISKS`.

    Raises `NoiseUnknown` where neither replicates nor a fit tell the noise.
    """
    ordered = canonical(frame)
    known = noise(ordered)
    streams = tuple(rng.spawn(1 + later))
    choice = choose(ordered, known, rng=streams[0], workers=workers)
    model = known or from_residuals(ordered, choice, rng=rng, workers=workers)
    return Fitted(frame=ordered, noise=model, choice=choice, streams=streams)


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
