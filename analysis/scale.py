"""Were numbers spread over a linear or a logarithmic axis?"""

from __future__ import annotations

import numpy as np
from scipy.special import betaincinv

from analysis.results import Scale

LOG_DECADES = 2.0
CHANCE = 0.05
LEAST_REACHED = 0.75
"""Of the two decades; fewer than 17 values cannot tell by themselves."""


def infer_scale(finite: np.ndarray) -> Scale:
    """Log or linear, rule 5; finite: (n,) numbers.

    Values drawn from two decades never quite reach both ends. n values spread evenly over a width
    span Beta(n - 1, 2) of it, so a span counts as two decades unless evenly spread values would
    give less in fewer than 5 % of samples.
    """
    if len(finite) < 2 or finite.min() <= 0:
        return "linear"
    logs = np.log10(finite)
    reached = max(float(betaincinv(len(logs) - 1, 2, CHANCE)), LEAST_REACHED)
    if logs.max() - logs.min() < LOG_DECADES * reached:
        return "linear"
    return "log" if uniform_distance(logs) < uniform_distance(finite) else "linear"


def uniform_distance(numbers: np.ndarray) -> float:
    """Kolmogorov's distance between (n,) numbers and the uniform law over their range."""
    ordered = np.sort(numbers) / 2
    unit = (ordered - ordered[0]) / (ordered[-1] - ordered[0])
    steps = np.arange(len(unit) + 1) / len(unit)
    return float(max((steps[1:] - unit).max(), (unit - steps[:-1]).max()))
