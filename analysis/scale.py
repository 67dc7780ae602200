"""Were numbers spread over a linear or a logarithmic axis?"""

from __future__ import annotations

import numpy as np
from scipy.special import betaincinv
from scipy.stats import ks_2samp, kstest

from analysis.results import Scale

LOG_DECADES = 2.0
CHANCE = 0.05
LEAST_REACHED = 0.75
"""Of the two decades; fewer than 17 values cannot tell by themselves."""
FIRST, NEXT = 10, 50
"""Settings that an optimizer draws at random before it leads (Optuna's default), and those by which
it is seen to: a person who goes on to another range does so later."""
LED = 0.01
"""Below this p, the first settings and the later ones, or the first and an even spread, differ."""


def infer_scale(finite: np.ndarray) -> Scale:
    """Log or linear, rule 5; finite: (n,) numbers in the order in which they were run.

    Values drawn from two decades never quite reach both ends. n values spread evenly over a width
    span Beta(n - 1, 2) of it, so a span counts as two decades unless evenly spread values would
    give less in fewer than 5 % of samples.

    What an optimizer drove to the low end of a linear axis is spread as if in log, and to the high
    end of a logarithmic one as if linearly: there the settings before it led decide.
    """
    if len(finite) < 2 or finite.min() <= 0:
        return "linear"
    logs = np.log10(finite)
    reached = max(float(betaincinv(len(logs) - 1, 2, CHANCE)), LEAST_REACHED)
    if logs.max() - logs.min() < LOG_DECADES * reached:
        return "linear"
    if (before := _before_led(finite)) is not None:
        return before
    return "log" if uniform_distance(logs) < uniform_distance(finite) else "linear"


def _before_led(positive: np.ndarray) -> Scale | None:
    """What the first settings say, where they reach over an axis that later ones crowd on.

    The law over all that was run, uniform or uniform in log, that the first lie closer to. None
    where first and later settings are spread alike, or the first are spread evenly under neither or
    were run from one end on, as a grid is.
    """
    first, later = positive[:FIRST], positive[FIRST : FIRST + NEXT]
    if len(later) < FIRST or ks_2samp(first, later, method="asymp").pvalue >= LED:
        return None
    steps = np.diff(first)
    if (steps >= 0).all() or (steps <= 0).all():
        return None
    low, high = positive.min(), positive.max()
    linear = kstest((first - low) / (high - low), "uniform")
    log = kstest(np.log(first / low) / np.log(high / low), "uniform")
    if max(linear.pvalue, log.pvalue) < LED:
        return None
    return "log" if log.statistic < linear.statistic else "linear"


def uniform_distance(numbers: np.ndarray) -> float:
    """Kolmogorov's distance between (n,) numbers and the uniform law over their range."""
    ordered = np.sort(numbers) / 2
    unit = (ordered - ordered[0]) / (ordered[-1] - ordered[0])
    steps = np.arange(len(unit) + 1) / len(unit)
    return float(max((steps[1:] - unit).max(), (unit - steps[:-1]).max()))
