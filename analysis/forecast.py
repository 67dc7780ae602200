"""How many more runs would settle a parameter? The fewest that will more likely than not.

More runs narrow an interval, and they move it. If the plausible functions hold what the runs leave
open, what remains of their spread s is s', and the estimate will have moved by sqrt(s^2 - s'^2),
towards any of them. So every draw is asked in turn: were this the truth, would the narrower
interval lie on one side of the margin? The part of the draws that say yes is the chance; a verdict
needs the share's and the risk's. Both are looked at as square roots, as amplitudes: what is nearly
zero is known the more exactly, and cannot fall below.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np

from analysis.estimates import lowered, raised, reach
from analysis.results import Margin
from analysis.study import Study
from analysis.verdicts import MOST_RUNS

CHANCE = 0.65
"""From which a number of runs is named. The first of many to reach it is a lucky one: somewhat more
than half are kept."""
SHARE_RATE = 0.7
RISK_RATE = 0.4
UNSEEN_RATE = 1.0
"""With n runs the spread of total shares, that of risks and the variance that the surrogate does
not foresee fall as n^-rate: medians, measured by adding runs (docs/decisions/0074)."""
HIDDEN_RATE = 0.5
"""So does what a level may hide in its noise, a standard error."""
RESTLESS = 1.3
"""Estimates move so much more than the draws foresee: weights are learned anew, draws drawn."""
STEPS = 120
"""Numbers of runs that are tried, each the same factor above the last."""


@dataclass(frozen=True, eq=False)
class Outlook:
    """One index of one parameter: what its claim will look like once there are more runs.

    draws: (n_draws,) the index in every plausible function; lowered: how far below the draws the
    claim's lower end lies; raised: how far above them the upper one, which falls as n^-raised_rate.
    """

    estimate: float
    draws: np.ndarray
    margin: float
    rate: float
    lowered: float = 0.0
    raised: float = 0.0
    raised_rate: float = UNSEEN_RATE

    def chance(self, growth: float) -> float:
        """That so many times the runs leave the interval on one side of the margin."""
        left = growth**-self.rate
        low, high = np.sqrt(np.maximum(reach(self.estimate, self.draws), 0.0))
        drawn = np.sqrt(np.maximum(self.draws, 0.0))
        middle = float(np.mean(drawn))
        moved = middle + RESTLESS * math.sqrt(1 - left**2) * (drawn - middle)
        lower = np.maximum(moved - left * (middle - low), 0.0) ** 2 - left * self.lowered
        upper = np.maximum(moved + left * (high - middle), 0.0) ** 2
        upper += self.raised * growth**-self.raised_rate
        return float(np.mean((lower > self.margin) | (upper < self.margin)))


def more_runs(share: Outlook, risk: Outlook, *, n_runs: int) -> int | None:
    """The fewest runs to add after which more likely than not both are clear, in two digits.

    None where that takes more than `MOST_RUNS` times the runs there are.
    """
    for growth in map(float, np.geomspace(1, 1 + MOST_RUNS, STEPS + 1)[1:]):
        if share.chance(growth) * risk.chance(growth) >= CHANCE:
            extra = n_runs * (growth - 1)
            step = int(10 ** max(0, math.floor(math.log10(max(extra, 1))) - 1))
            return math.ceil(extra / step) * step
    return None


def outlooks(study: Study, index: int, *, margin: Margin) -> tuple[Outlook, Outlook]:
    """A parameter's total share and its risk, as the verdict looks at them."""
    risk, (share_above, risk_above) = study.risks[index], raised(study, index)
    share = Outlook(
        estimate=float(study.decomposition.total_order[index]),
        draws=study.indices.total[1:, index],
        margin=margin.share,
        rate=SHARE_RATE,
        raised=share_above,
    )
    return share, Outlook(
        estimate=float(risk.mean[0]),
        draws=risk.mean[1:],
        margin=margin.metric,
        rate=RISK_RATE,
        lowered=lowered(study, index),
        raised=risk_above,
        raised_rate=HIDDEN_RATE,
    )
