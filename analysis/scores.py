"""Normal scores: a monotone map under which the results of runs are a normal sample.

The score of a result is the normal quantile of its rank (van der Waerden 1952). Between neighbours
in rank such a map jumps and rests by chance, most of all among the best few runs; where a smooth
curve of results over scores agrees with every rank as far as chance goes, it is the map.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np
from scipy.stats import norm, rankdata

OUTER = 0.1
"""Share of the sample whose slope carries the map on beyond its ends."""
FAR = 10.0
"""Scores to which it is carried."""
FEWEST = 10
"""Different results below which nothing is smoothed."""
BANDWIDTH, NEIGHBOURS = 0.25, 8
"""Scores to either side over which the map is smoothed, and how many of them at least."""
BAND = 2.0
"""Standard errors of a rank's score within which a smooth map passes every result."""
N_POINTS = 121
"""Of a smooth map."""
N_NODES = 9
"""Of the quadrature over noise."""


@dataclass(frozen=True, eq=False)
class NormalScores:
    """A monotone map: values (n,) ascending and distinct, scores (n,) ascending."""

    values: np.ndarray
    scores: np.ndarray

    @classmethod
    def of(cls, objective: np.ndarray) -> NormalScores:
        """The map of a sample; ties share the score of their mean rank."""
        scores = norm.ppf((rankdata(objective) - 0.5) / len(objective))
        values, first, counts = np.unique(objective, return_index=True, return_counts=True)
        raw = cls(values, scores[first])
        return raw._smoothed(counts) or raw

    def __call__(self, objective: np.ndarray) -> np.ndarray:
        """Values to scores, linear between the map's points and beyond its ends."""
        z, y = self._extended
        return np.asarray(np.interp(objective, y, z))

    def back(self, scores: np.ndarray) -> np.ndarray:
        """Scores to values; beyond the sample's ends, straight on at the slope of its outer tenth.

        Settings that nobody tried may well be better than the best run: an end that held would
        hide it. Where the runs crowd against a ceiling the slope there is nearly flat.
        """
        return np.asarray(np.interp(scores, *self._extended))

    def spread(self, values: np.ndarray, *, variance: np.ndarray) -> np.ndarray:
        """(n,) variance of the scores of results that vary about these values (n,) by so much.

        Of normal results, by Gauss-Hermite quadrature.
        """
        nodes, weights = np.polynomial.hermite_e.hermegauss(N_NODES)
        weights = weights / weights.sum()
        scores = self(values[:, None] + np.sqrt(variance)[:, None] * nodes)
        return np.asarray((scores - (scores @ weights)[:, None]) ** 2 @ weights)

    @cached_property
    def _extended(self) -> tuple[np.ndarray, np.ndarray]:
        """The map with one more point far beyond either end."""
        z, y = self.scores, self.values
        step = min(max(2, round(OUTER * len(z))), len(z) - 1)
        if step < 1:
            return z, y
        low, high = (
            (y[step] - y[0]) / (z[step] - z[0]),
            (y[-1] - y[-1 - step]) / (z[-1] - z[-1 - step]),
        )
        return (
            np.concatenate([[z[0] - FAR], z, [z[-1] + FAR]]),
            np.concatenate([[y[0] - FAR * low], y, [y[-1] + FAR * high]]),
        )

    def _smoothed(self, counts: np.ndarray) -> NormalScores | None:
        """The same map, smooth; None where the results crowd or leave gaps that chance does not.

        counts: (n,) runs with each of the values.
        """
        z, n = self.scores, counts.sum()
        if len(z) < FEWEST:
            return None
        grid = np.linspace(z[0], z[-1], N_POINTS)
        curve = _local_lines(grid, z, self.values, weight=counts)
        # The mean of the least map above the curve and of the greatest below it: the same for an
        # objective and its negative.
        above = np.maximum.accumulate(curve)
        below = np.minimum.accumulate(curve[::-1])[::-1]
        rise = 1e-6 * np.ptp(self.values) * (np.arange(N_POINTS) - (N_POINTS - 1) / 2)
        smooth = NormalScores((above + below) / 2 + rise, grid)
        share = norm.cdf(z)
        chance = np.sqrt(share * (1 - share) / n) / norm.pdf(z)
        agrees = np.abs(smooth(self.values) - z) <= BAND * chance
        return smooth if agrees.all() else None


def _local_lines(
    grid: np.ndarray, x: np.ndarray, y: np.ndarray, *, weight: np.ndarray
) -> np.ndarray:
    """(g,) local linear regression of y (n,) on x (n,) at the points of a grid.

    Epanechnikov's kernel over the bandwidth, or as far as the nearest neighbours reach (Fan &
    Gijbels 1996, "Local Polynomial Modelling", section 2.3).
    """
    distance = np.abs(grid[:, None] - x)
    reach = np.partition(distance, NEIGHBOURS - 1, axis=1)[:, NEIGHBOURS - 1]
    reach = 1.0001 * np.maximum(BANDWIDTH, reach)
    kernel = np.clip(1 - (distance / reach[:, None]) ** 2, 0, None) * weight
    kernel /= kernel.sum(axis=1, keepdims=True)
    centre, level = kernel @ x, kernel @ y
    off = x - centre[:, None]
    across = (kernel * off**2).sum(axis=1)
    slope = (kernel * off * (y - level[:, None])).sum(axis=1) / np.maximum(across, 1e-300)
    return np.asarray(level + slope * (grid - centre))
