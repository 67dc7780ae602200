"""The smooth surrogate: a Gaussian process that is an orthogonal functional ANOVA.

    K = c + r1 e1(A) + r2 e2(A) + r3 [prod_i (1 + A_i) - 1 - e1(A) - e2(A)] + noise

A_i is the zero-mean kernel of parameter i, a learned mixture of a few fixed kernels; e1 and e2 are
elementary symmetric polynomials over parameters, the bracket holds every order above two
(Duvenaud, Nickisch & Rasmussen 2011; Durrande et al. 2013). Weights are found by maximum a
posteriori with exact gradients (`gaussian_fit`); their uncertainty is kept by a short Markov chain,
because plugging in one value makes an inert parameter look surely inert.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np
from scipy.linalg import cho_factor, cho_solve

from analysis.kernels import Axis
from analysis.slices import active_share
from analysis.space import Space

CONSTANT = 4.0
"""Prior variance of the overall mean, in units of the objective's variance."""
CHUNK = 2048
"""Settings predicted at once: memory stays bounded however many there are."""
NUGGET = 1e-5
"""Share of the variance that always counts as noise: keeps amplitudes within what can be summed."""
PRIOR_WEIGHT = (-4.5, 2.2)
PRIOR_ORDER = ((0.0, 1.5), (-1.0, 1.5), (-2.5, 1.5))
"""Log-normal priors (mean, sd of the log): kernel weights; orders one, two, and above."""


@dataclass(frozen=True, eq=False)
class Data:
    """What a surrogate is fitted to: one row per configuration.

    codes: (n, d); target: (n,) mean objective; noise: (n,) variance of each mean, any scale.
    noise_df: degrees of freedom behind the noise's scale; 0 when it has to be learned.
    """

    codes: np.ndarray
    target: np.ndarray
    noise: np.ndarray
    noise_df: float

    weight: np.ndarray | None = None
    """(n,) resampling weights; None is one each."""

    def take(self, rows: np.ndarray) -> Data:
        """Some of the configurations."""
        weight = None if self.weight is None else self.weight[rows]
        return Data(self.codes[rows], self.target[rows], self.noise[rows], self.noise_df, weight)


@dataclass(frozen=True, eq=False)
class Model:
    """Axes, and which log-weight belongs to which kernel of which axis."""

    axes: tuple[Axis, ...]

    @classmethod
    def of(cls, space: Space) -> Model:
        """The model of a space."""
        return cls(
            tuple(
                Axis.of(parameter, active_share(space, index))
                for index, parameter in enumerate(space.parameters)
            )
        )

    @cached_property
    def owner(self) -> np.ndarray:
        """(n_weights,) axis of each kernel weight."""
        return np.array(
            [index for index, axis in enumerate(self.axes) for _ in axis.kernels], dtype=int
        )

    @property
    def n_weights(self) -> int:
        """Kernel weights over all axes."""
        return len(self.owner)

    def axis_weights(self, theta: np.ndarray, index: int) -> np.ndarray:
        """Weights of one axis' kernels."""
        return np.asarray(np.exp(theta[: self.n_weights][self.owner == index]))

    def orders(self, theta: np.ndarray) -> np.ndarray:
        """(3,) weights r1, r2, r3."""
        return np.asarray(np.exp(theta[self.n_weights : self.n_weights + 3]))

    def cross(
        self, theta: np.ndarray, index: int, left: np.ndarray, right: np.ndarray
    ) -> np.ndarray:
        """A_index between two sets of codes of that axis."""
        stack = self.axes[index].stack(left, right)
        return np.asarray(np.tensordot(self.axis_weights(theta, index), stack, axes=1))

    def prior(self, noise_guess: float, noise_df: float) -> tuple[np.ndarray, np.ndarray]:
        """Mean and sd of the log-normal prior over (weights, orders, noise)."""
        mean = [PRIOR_WEIGHT[0]] * self.n_weights + [order[0] for order in PRIOR_ORDER]
        spread = [PRIOR_WEIGHT[1]] * self.n_weights + [order[1] for order in PRIOR_ORDER]
        noise_sd = np.sqrt(2 / noise_df) if noise_df > 0 else 3.0
        return np.array([*mean, np.log(noise_guess)]), np.array([*spread, max(noise_sd, 0.25)])


@dataclass(frozen=True, eq=False)
class Posterior:
    """A fitted Gaussian process for one set of weights: everything predictions need.

    The objective is standardised: y = shift + scale * f.
    """

    model: Model
    theta: np.ndarray
    codes: np.ndarray
    shift: float
    scale: float
    factor: tuple[np.ndarray, bool]
    target: np.ndarray
    noise: np.ndarray

    @cached_property
    def alpha(self) -> np.ndarray:
        """(n_train,) weights of the training configurations in every prediction."""
        return np.asarray(cho_solve(self.factor, self.target))

    def covariance(self, codes: np.ndarray) -> np.ndarray:
        """(n, n_train) prior covariance between new codes and the training configurations."""
        blocks = [
            self.model.cross(self.theta, index, codes[:, index], self.codes[:, index])
            for index in range(codes.shape[1])
        ]
        return combine(blocks, self.model.orders(self.theta))

    def mean(self, codes: np.ndarray) -> np.ndarray:
        """(n,) posterior mean in the objective's unit."""
        parts = [
            self.covariance(codes[start : start + CHUNK]) @ self.alpha
            for start in range(0, max(len(codes), 1), CHUNK)
        ]
        return np.asarray(self.shift + self.scale * np.concatenate(parts))

    @cached_property
    def leave_one_out(self) -> np.ndarray:
        """(n_train,) prediction of each configuration from all others (same weights)."""
        inverse = cho_solve(self.factor, np.eye(len(self.target)))
        residual = self.alpha / np.diag(inverse)
        return np.asarray(self.shift + self.scale * (self.target - residual))


def symmetric(blocks: list[np.ndarray]) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """e1, e2 and prod (1 + A_i) of one-parameter covariances (or of one-parameter functions)."""
    first, squares = np.zeros_like(blocks[0]), np.zeros_like(blocks[0])
    product = np.ones_like(blocks[0])
    for block in blocks:
        first += block
        squares += block * block
        product *= 1 + block
    return first, 0.5 * (first * first - squares), product


def combine(blocks: list[np.ndarray], orders: np.ndarray) -> np.ndarray:
    """The covariance of all orders from one-parameter covariances."""
    first, second, product = symmetric(blocks)
    rest = product - 1 - first - second
    return np.asarray(CONSTANT + orders[0] * first + orders[1] * second + orders[2] * rest)


@dataclass(frozen=True, eq=False)
class Fit:
    """Weights: the most probable ones, theta (p,), and draws from their posterior (n, p)."""

    model: Model
    theta: np.ndarray
    draws: np.ndarray

    def posterior(self, data: Data, theta: np.ndarray | None = None) -> Posterior:
        """Condition on data at one value of the weights (the fitted one by default)."""
        weights = self.theta if theta is None else theta
        shift, scale, noise = standardise(data)
        gram = prior_gram(self.model, weights, data.codes)
        diagonal = np.exp(weights[-1]) * noise
        gram[np.diag_indices_from(gram)] += diagonal + NUGGET
        return Posterior(
            model=self.model,
            theta=weights,
            codes=data.codes,
            shift=shift,
            scale=scale,
            factor=cho_factor(gram, lower=True),
            target=(data.target - shift) / scale,
            noise=diagonal,
        )


def standardise(data: Data) -> tuple[float, float, np.ndarray]:
    """Shift and scale of the target, and the noise shape with mean one."""
    shift = float(np.mean(data.target))
    scale = float(np.std(data.target)) or 1.0
    return shift, scale, np.asarray(data.noise / np.mean(data.noise))


def prior_gram(model: Model, theta: np.ndarray, codes: np.ndarray) -> np.ndarray:
    """(n, n) prior covariance among configurations, without noise."""
    blocks = [
        model.cross(theta, index, codes[:, index], codes[:, index])
        for index in range(codes.shape[1])
    ]
    return combine(blocks, model.orders(theta))
