"""What is left of a share's interval where settings, and results, changed with time?

A parameter that changed with time may owe a part of its effect to it, or time may have hidden a
part (`analysis.passing`): either way its own share is another one, and so are those of all others,
which are of the variance that the parameters explain together.
"""

from __future__ import annotations

import numpy as np

from analysis.passing import TimesPart
from analysis.sensitivity import Sensitivity


def times_part(study: Sensitivity, index: int) -> TimesPart:
    """How far time may have made or hidden the effect of a parameter that changed with it."""
    return study.times.get(study.frame.space.names[index], TimesPart(risk=0.0, sd=0.0))


def without_time(study: Sensitivity, index: int, *, low: float) -> float:
    """A share's lower end: without what time made of it, beside what it hid of others.

    Standard deviations of effects that coincide add up.
    """
    if (time := _sd(study, index)) > 0:
        low = max(float(np.sqrt(max(low, 0.0))) - time, 0.0) ** 2
    return low / _explained(study, index)[1]


def with_time(study: Sensitivity, index: int, *, high: float) -> float:
    """A share's upper end: with what time hid of it, beside what it made of others."""
    if (time := _sd(study, index)) > 0:
        high = (float(np.sqrt(high)) + time) ** 2
    least = _explained(study, index)[0]
    return min(1.0, high / least) if least > high else 1.0


def _explained(study: Sensitivity, index: int) -> tuple[float, float]:
    """The least and the most that parameters may explain, once time has what it did to the others.

    What they seem to explain now is one.
    """
    least = most = 1.0
    for other, name in enumerate(study.frame.space.names):
        if name in study.times and other != index:
            held, time = float(study.decomposition.total_order[other]), _sd(study, other)
            sd = float(np.sqrt(held))
            least -= held - max(sd - time, 0.0) ** 2
            most += (sd + time) ** 2 - held
    return least, most


def _sd(study: Sensitivity, index: int) -> float:
    """Standard deviation of what time may have done, with that of the whole for one."""
    whole = float(study.decomposition.variance)
    return times_part(study, index).sd / float(np.sqrt(whole)) if whole > 0 else 0.0
