"""Seeds that move all configurations alike: what a seed adds is then no noise between two of them.

Where every configuration was run once with each of the same seeds, the results are a complete
block design, and the difference of two means holds none of what the seeds add. What scatters it is
the residual of the additive model (configuration + seed), with (k - 1)(J - 1) degrees of freedom
for k configurations and J seeds. Seeds that add nothing, as far as an F test tells, are left in.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence

from journal.student import f_tail

_CHANCE = 0.01
"""Seeds that seem to act alike so rarely by chance do."""


def seed_effects(results: Sequence[Mapping[int, float]]) -> dict[int, float] | None:
    """What each seed adds to the results of these configurations, by seed; in sum nothing.

    None where the configurations have not all the same seeds, two at least, or where chance alone
    would make the seeds differ so.
    """
    k, n_seeds = len(results), len(results[0]) if results else 0
    if k < 2 or n_seeds < 2 or any(told.keys() != results[0].keys() for told in results):
        return None
    means = [math.fsum(told.values()) / n_seeds for told in results]
    rows = list(zip(results, means, strict=True))
    effects = {seed: math.fsum(told[seed] - mean for told, mean in rows) / k for seed in results[0]}
    between = k * math.fsum(effect**2 for effect in effects.values())
    rest = math.fsum(
        (told[seed] - mean - effect) ** 2 for told, mean in rows for seed, effect in effects.items()
    )
    if rest > 0:
        ratio = between * (k - 1) / rest
        return (
            effects if f_tail(ratio, n_seeds - 1, below=(k - 1) * (n_seeds - 1)) < _CHANCE else None
        )
    return effects if between > 0 else None
