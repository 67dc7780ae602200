"""Where does the variance come from? What fits the runs of one region -> shares, with draws.

Half of a `study`, enough for whoever asks about shares alone: why runs fail, or what changes with
the budget.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property

import numpy as np

from analysis.aliasing import Aliases, aliases
from analysis.decomposition import Decomposition
from analysis.findings_design import changed_alone
from analysis.fitted import Fitted, canonical
from analysis.fitting import choose, explored
from analysis.frame import Frame
from analysis.indices import Indices, averaged, indices, with_parents
from analysis.noise import noise
from analysis.passing import TimesPart
from analysis.poor_corners import Corner
from analysis.sampling import crowded
from analysis.slices import sobol_settings
from analysis.space import Space
from analysis.threads import one_thread
from analysis.views import mixed_indices

N_OTHERS = 256
"""Random settings of the other parameters at which every slice is taken."""
N_DRAWS = 60
"""Plausible functions behind every interval."""


@dataclass(frozen=True, eq=False, kw_only=True)
class Sensitivity(Fitted):
    """The shares of one region; every array is in `frame.space` order.

    decomposition: the estimates, `averaged` over the draws in `indices`, of which row 0 is the
    mean function's. corners: levels that were run in a poor corner of another parameter alone, and
    times: what time may have done, where somebody looked for them.
    """

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
    def crowded(self) -> bool:
        """Whether an optimizer, or a person, ran few settings beside those that did well."""
        return bool(crowded(self.frame))

    @cached_property
    def aliases(self) -> Aliases:
        """Interactions that these configurations cannot tell from others, or from effects."""
        return aliases(self.frame)


@one_thread
def sensitivity(there: Fitted, *, workers: int = 1) -> Sensitivity:
    """Decompose what speaks for a region's shares; many regions are kept, their draws are not."""
    fit_rng, slice_rng = there.streams[:2]
    choice = explored(there.choice.of_shares, fit_rng, workers=workers)
    others = sobol_settings(there.frame.space, N_OTHERS, rng=slice_rng)
    found = []
    for surrogate in choice.surrogates:
        part = choice.for_shares.part(surrogate, N_DRAWS)
        slices = surrogate.slices(others, part.n_draws, rng=slice_rng)
        found.append((part, with_parents(indices(slices), surrogate.space)))
    whole = mixed_indices(found)
    return Sensitivity(
        frame=there.frame,
        noise=there.noise,
        choice=there.choice.of_shares,
        decomposition=averaged(whole),
        indices=whole,
    )


@one_thread
def decompose(
    frame: Frame, rng: np.random.Generator, *, workers: int = 1
) -> tuple[Space, Decomposition]:
    """The indices alone, without intervals: the space they refer to and its decomposition."""
    ordered = canonical(frame)
    choice = choose(ordered, noise(ordered), rng=rng, workers=workers)
    return ordered.space, choice.for_shares.decompose()
