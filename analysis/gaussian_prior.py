"""Functions drawn from the Gaussian process before and after it has seen the runs.

A prior draw is (1/sqrt R) sum_r [eps1 sqrt(r1) e1(g^r) + eps2 sqrt(r2) e2(g^r) + ...] with g_i^r
independent draws of the one-parameter processes: its covariance is exactly the model's. Matheron's
rule turns it into a posterior draw (Wilson et al. 2020, "Efficiently sampling functions from
Gaussian process posteriors", eq. 8).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy.linalg import cho_solve

from analysis.gaussian import CONSTANT, Posterior, symmetric

N_FEATURES = 24
"""R: products averaged in one prior draw."""


@dataclass(frozen=True, eq=False)
class Prior:
    """`size` prior draws: coefficients of each axis' features, and the random signs."""

    posterior: Posterior
    coefficients: list[np.ndarray]
    signs: np.ndarray
    constant: np.ndarray

    @classmethod
    def of(cls, posterior: Posterior, size: int, *, rng: np.random.Generator) -> Prior:
        """Draw `size` functions from the prior of one set of weights, in pairs of f and -f."""
        half = -(-size // 2)
        coefficients = []
        for index in range(len(posterior.model.axes)):
            roots = np.sqrt(posterior.model.feature_weights(posterior.theta, index))
            draw = rng.standard_normal((len(roots), half, N_FEATURES))
            coefficients.append(roots[:, None, None] * np.repeat(draw, 2, axis=1)[:, :size])
        orders = posterior.model.orders(posterior.theta)
        signs = mirrored(rng.standard_normal((3, N_FEATURES, half)), size).transpose(0, 2, 1)
        return cls(
            posterior,
            coefficients,
            signs * np.sqrt(orders / N_FEATURES)[:, None, None],
            mirrored(rng.standard_normal(half), size) * np.sqrt(CONSTANT),
        )

    def axis_values(self, index: int, codes: np.ndarray) -> np.ndarray:
        """(n, size, R) one-parameter draws at codes of one axis."""
        axis = self.posterior.model.axes[index]
        return np.asarray(np.tensordot(axis.features(codes), self.coefficients[index], axes=1))

    def values(self, codes: np.ndarray) -> np.ndarray:
        """(n, size) prior draws at full settings."""
        active = self.posterior.model.active(self.posterior.theta)
        blocks = (self.axis_values(index, codes[:, index]) for index in active)
        first, second, product = symmetric(blocks)
        rest = product - 1 - first - second
        total = first * self.signs[0] + second * self.signs[1] + rest * self.signs[2]
        return np.asarray(self.constant + total.sum(axis=-1))


def mirrored(values: np.ndarray, size: int) -> np.ndarray:
    """(..., size) each of the values (..., half) followed by the same with the other sign."""
    signed = np.stack([values, -values], axis=-1)
    return signed.reshape(*values.shape[:-1], -1)[..., :size]


def conditioned(
    posterior: Posterior, size: int, *, rng: np.random.Generator
) -> tuple[Prior, np.ndarray]:
    """A prior draw and the weights (n_train, size) that correct it to the data.

    Draws come in pairs on either side of the posterior mean (antithetic, Hammersley & Morton 1956):
    what a share owes to a draw's chance likeness with the mean cancels, and an objective and its
    negative get the same shares.
    """
    prior = Prior.of(posterior, size, rng=rng)
    half = rng.standard_normal((len(posterior.target), -(-size // 2)))
    noise = mirrored(half, size) * np.sqrt(posterior.noise)[:, None]
    gap = posterior.target[:, None] - prior.values(posterior.codes) - noise
    return prior, np.asarray(cho_solve(posterior.factor, gap))
