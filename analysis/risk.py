"""What do I lose if I never tune it? The tuning risk of every draw, from its slices.

b(v) is the expected best of k random settings of all other parameters with this one held at v.
For m settings with sorted values y_(1) <= ... <= y_(m), E max of k draws with replacement is
sum_i y_(i) [(i/m)^k - ((i-1)/m)^k] (the expected validation curve of Dodge et al. 2019, eq. 4).
Risk = best over v of b - mean over v of b; worst case: min instead of mean.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from analysis.frame import Frame

OF = 20
"""k: a person's budget for the other parameters."""


CEILING = 0.05
"""Where at least this share of the configurations has one and the same best result, and five of
them, it is the best that there is: an accuracy of 1, a loss of 0."""


@dataclass(frozen=True, eq=False)
class Risk:
    """One parameter's risk; row 0 of every array is the plug-in.

    expected_best: (n_draws, n_settings), oriented so that high is good; mean, worst: (n_draws,),
    both >= 0, in the objective's unit. crossed: (n_draws - 1,) each draw's gain at the setting
    that *another* draw thinks best: the best of several noisy values is too good to be true (the
    winner's curse), the value of a setting chosen without looking is not.
    """

    expected_best: np.ndarray
    mean: np.ndarray
    worst: np.ndarray
    crossed: np.ndarray
    best_setting: int

    @property
    def curse(self) -> float:
        """By how much the best setting looks better than it is, on average over the draws."""
        return float(np.mean(self.mean[1:]) - np.mean(self.crossed))


def best_of_weights(m: int, k: int = OF) -> np.ndarray:
    """(m,) weights of ascending order statistics whose sum is E max of k draws."""
    edges = (np.arange(m + 1) / m) ** k
    return np.diff(edges)


@dataclass(frozen=True)
class Quality:
    """The objective oriented so that high is good; limit: what nothing exceeds, likewise."""

    sign: float
    limit: float = np.inf

    @classmethod
    def of(cls, frame: Frame) -> Quality:
        """That of a frame's objective."""
        return cls(frame.sign, ceiling(frame.means, sign=frame.sign))

    def __call__(self, values: np.ndarray) -> np.ndarray:
        """How good values of the objective are."""
        return np.minimum(self.sign * values, self.limit)

    def expected_best(self, values: np.ndarray) -> np.ndarray:
        """(n_draws, n_settings) b of a parameter's (n_draws, n_settings, n_others) slices."""
        return np.asarray(np.sort(self(values), axis=2) @ best_of_weights(values.shape[2]))


def ceiling(means: np.ndarray, *, sign: float) -> float:
    """The best that the objective can be, oriented so that high is good; infinity if nobody knows.

    A smooth surrogate does not know it, and tells settings apart that are all as good as can be.
    """
    oriented = sign * means
    there = int(np.sum(oriented == oriented.max()))
    return float(oriented.max()) if there >= max(5, CEILING * len(means)) else np.inf


def risk(expected: np.ndarray, weights: np.ndarray) -> Risk:
    """Risk of one parameter from b at its settings.

    expected: (n_draws, n_settings) as `Quality.expected_best` gives it; weights: (n_settings,).
    """
    best = expected.max(axis=1)
    drawn, level = expected[1:], (expected @ weights)[1:]
    chosen = np.roll(drawn.argmax(axis=1), len(drawn) // 2)
    return Risk(
        expected_best=expected,
        mean=best - expected @ weights,
        worst=best - expected.min(axis=1),
        crossed=drawn[np.arange(len(drawn)), chosen] - level,
        best_setting=int(np.argmax(expected[0])),
    )
