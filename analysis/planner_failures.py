"""Where are runs likely to fail? What a plan keeps away from.

A forest of the yes/no objective (failed or used) tells each setting's chance to fail: it splits
along the parameters that failures depend on and leaves the idle ones, which a distance would count
as much. Its deviations from the overall rate are shrunk by what they foresee of held-out runs.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

import numpy as np

from analysis.forest import Forest, ForestSurrogate, trust
from analysis.frame import Frame
from analysis.gaussian import Data
from analysis.noise import FEWEST
from analysis.planner_pool import decoded
from analysis.results import Scalar
from analysis.space import Space, encode

MOST_CHANCE = 0.25
"""A setting is not proposed if it is likelier to fail than this and than the runs so far were."""
LEAST_KEPT = 0.1
"""This share of the settings, those that are least likely to fail, stays in any case."""
MOST_ROWS = 4000
"""Runs that the forest is grown on, so that time does not grow with the journal."""
FOREST = Forest(min_leaf=3)


@dataclass(frozen=True, eq=False)
class Dangers:
    """A forest of failures in the space of used and failed runs; without one none is known.

    fixed: what planned runs keep as it was in all used ones.
    """

    space: Space
    fixed: Mapping[str, Scalar] = field(default_factory=dict)
    forest: ForestSurrogate | None = None
    trust: float = 0.0

    @classmethod
    def of(cls, frame: Frame, rng: np.random.Generator) -> Dangers:
        """What the runs so far tell of settings in the codes of the frame's space."""
        failed = frame.failed
        if failed is None or len(failed.failed) < FEWEST or failed.failed.all():
            return cls(frame.space)
        rows = rng.permutation(len(failed.failed))[:MOST_ROWS]
        codes, rates = failed.codes[rows], failed.failed[rows].astype(float)
        forest = FOREST(failed.space, Data(codes, rates, np.ones(len(rates)), 0.0), rng=rng)
        part = trust(rates - rates.mean(), forest.held_out - rates.mean(), certain=0.0)
        fixed = {p.name: p.levels[0] for p in frame.constants if p.levels}
        return cls(frame.space, fixed, forest if part > 0 else None, part)

    def chances(self, codes: np.ndarray) -> np.ndarray:
        """(n,) chance of each setting to fail; 0 where nothing is known."""
        if self.forest is None or not len(codes):
            return np.zeros(len(codes))
        there = self._there(self.forest.space, codes)
        overall = self.forest.baseline
        return np.asarray(overall + self.trust * (self.forest.mean(there) - overall))

    def fine(self, codes: np.ndarray) -> np.ndarray:
        """(n,) bool: settings that are not likely to fail, or less so than nearly all others."""
        if self.forest is None or not len(codes):
            return np.ones(len(codes), dtype=bool)
        chances = self.chances(codes)
        least = float(np.quantile(chances, LEAST_KEPT))
        return np.asarray(chances <= max(MOST_CHANCE, self.forest.baseline, least))

    def _there(self, other: Space, codes: np.ndarray) -> np.ndarray:
        """The settings as codes of another space."""
        known = {p.name: p.decode(0.0) for p in other.parameters} | dict(self.fixed)
        rows = [
            known | dict(zip(self.space.names, decoded(self.space, row), strict=True))
            for row in codes
        ]
        return encode(other, tuple(tuple(row[name] for name in other.names) for row in rows))
