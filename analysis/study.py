"""One pass of the numbers: what fits the runs of one region -> draws -> components, risks.

The whole space is one study. A conditional parameter is studied where it is active (`regions`): the
runs there, with its parent restricted to the levels that switch it on.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cached_property, partial

import numpy as np

from analysis.bad_ends import most_seen
from analysis.fitted import Fitted
from analysis.fitting import explored
from analysis.indices import averaged
from analysis.optimum import best_setting
from analysis.passing import TimesPart
from analysis.peaks import closer
from analysis.poor_corners import Corner
from analysis.risk import Quality, Risk, risk
from analysis.sensitivity import N_DRAWS, N_OTHERS, Sensitivity
from analysis.slices import gate, sobol_settings
from analysis.threads import one_thread
from analysis.views import View, mixed, mixed_indices

GOOD = 4
"""Good is the best of so many."""
CLOSE = 0.1
"""Where a neighbour of a parameter's best setting is worse by this much of a good run's noise, the
settings between them are looked at as well."""


@dataclass(frozen=True, eq=False, kw_only=True)
class Study(Sensitivity):
    """The shares and the tuning risks of one region; every array is in `frame.space` order.

    codes[j], weights[j]: (n_settings_j,) the settings that parameter j is sliced at and their
    measure, which those around the best one have not; means[j]: (n_draws, n_settings_j) the
    objective's mean there, row 0 the estimate; others: (n_others, d) the settings of the others,
    inactive codes included.
    """

    risks: tuple[Risk, ...]
    codes: tuple[np.ndarray, ...]
    weights: tuple[np.ndarray, ...]
    means: tuple[np.ndarray, ...]
    others: np.ndarray

    @cached_property
    def quality(self) -> Quality:
        """How good values of the objective are."""
        return Quality.of(self.frame)

    @cached_property
    def optimum(self) -> np.ndarray:
        """(d,) codes of the setting that is predicted to be best, all parameters together.

        NaN where a condition switches a parameter off.
        """
        sign = self.frame.sign
        best = best_setting(self.choice.for_risks, self.promising, axes=self.codes, sign=sign)
        return np.asarray(gate(self.frame.space, best[None])[0])

    @cached_property
    def promising(self) -> np.ndarray:
        """(n, d) codes to look for a good setting from: the best that were run, and others.

        What a run does not have has a code all the same, for levels that would switch it on.
        """
        best = np.argsort(-self.frame.sign * self.frame.means, kind="stable")[:N_OTHERS]
        run = self.frame.configuration_codes[best]
        whole = np.where(np.isnan(run), self.others[: len(run)], run)
        return np.concatenate([whole, self.others])

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


@one_thread
def study(
    there: Fitted,
    *,
    workers: int = 1,
    corners: Iterable[Corner] = (),
    times: Mapping[str, TimesPart] | None = None,
) -> Study:
    """Slice and decompose one region; corners, times: as `Sensitivity` has them."""
    frame = there.frame
    fit_rng, slice_rng, peak_rng = there.streams
    choice = explored(there.choice, fit_rng, workers=workers)
    others = sobol_settings(frame.space, N_OTHERS, rng=slice_rng)
    quality = Quality.of(frame)
    more = closer(
        choice.surrogates, choice.for_risks, others=others, rng=peak_rng, quality=quality,
        tolerance=CLOSE * there.noise.sd_near_best,
    )  # fmt: skip
    of = partial(View.of, choice=choice, n_draws=N_DRAWS, rng=slice_rng, more=more, quality=quality)
    views = [of(surrogate, others) for surrogate in choice.surrogates]
    found = mixed_indices([(view.share, view.indices) for view in views])
    return Study(
        frame=frame,
        noise=there.noise,
        choice=choice,
        corners=tuple(corners),
        times=times or {},
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
            for index in range(len(frame.space))
        ),
        others=others,
    )


def _mean(values: np.ndarray, weight: np.ndarray) -> tuple[float, float]:
    """The weighted mean and its standard error."""
    mean = float(np.average(values, weights=weight))
    return mean, float(np.sqrt(np.sum((weight * (values - mean)) ** 2)) / weight.sum())
