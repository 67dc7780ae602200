"""Numbers that stand for "no result": the largest integer, 1e308, -1 or 9999 among real values."""

from __future__ import annotations

import numpy as np

ALWAYS = (2.0**31 - 1, -(2.0**31), 2.0**32 - 1, 2.0**63 - 1, -(2.0**63), 2.0**64 - 1)
"""Limits of integer types; no measurement ends on one exactly."""
HUGE = 1e300
CODES = tuple(
    sign * code for code in (999.0, 9999.0, 99999.0, 999999.0, 1e9, 1e10, 1e12) for sign in (1, -1)
)
"""Round codes, taken as such only far from every other value."""
FAR = 10.0
"""How many ranges of the other values away a code must lie."""


def sentinel_values(objective: np.ndarray) -> tuple[float, ...]:
    """Which values of (n,) finite objectives stand for "no result"?

    - any value of `HUGE` or more, or equal to the limit of an integer type (`ALWAYS`);
    - -1, if two runs or more have exactly that and no other value is below 0;
    - a code (999, 9999, ... 1e12, either sign) that lies `FAR` times the range of all other values
      away from the nearest of them.
    """
    finite = objective[np.isfinite(objective)]
    found = {float(v) for v in np.unique(finite) if abs(v) >= HUGE or float(v) in ALWAYS}
    rest = finite[~np.isin(finite, list(found))]
    for code in (-1.0, *CODES):
        here = rest == code
        others = rest[~here]
        if not here.any() or len(others) < 2:
            continue
        if code == -1.0:
            is_sentinel = here.sum() >= 2 and others.min() >= 0
        else:
            gap = np.abs(others - code).min()
            is_sentinel = gap > FAR * (others.max() - others.min()) and gap > FAR
        if is_sentinel:
            found.add(code)
    return tuple(sorted(found))
