"""The smooth surrogate: a Gaussian process that is an orthogonal functional ANOVA.

    K = c + r1 e1(A) + r2 e2(A) + r3 [prod_i (1 + A_i) - 1 - e1(A) - e2(A)] + noise

A_i is the zero-mean kernel of parameter i, a learned mixture of a few fixed kernels; e1 and e2 are
elementary symmetric polynomials over parameters, the bracket holds every order above two
(Duvenaud, Nickisch & Rasmussen 2011; Durrande et al. 2013). Weights are found by maximum a
posteriori with exact gradients (`gaussian_fit`); their uncertainty is kept by a short Markov chain,
because plugging in one value makes an inert parameter look surely inert.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from scipy.linalg import cho_solve

from analysis.kernels import Axis
from analysis.lapack import cholesky
from analysis.slices import active_share
from analysis.space import Space

CONSTANT = 4.0
"""Prior variance of the overall mean, in units of the objective's variance."""
BLOCK = 32_768
"""Covariances formed at once: so few that they stay in the cache while parameters are added up."""
NUGGET = 1e-5
"""Share of the variance that always counts as noise: keeps amplitudes within what can be summed."""
LARGEST = 1e9
"""Variance over the objective's beyond which rounding alone is of the size of the nugget."""
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
    rarity: np.ndarray | None = None
    """(n,) uniform over sampled density; None where the settings are spread evenly."""

    def take(self, rows: np.ndarray) -> Data:
        """Some of the configurations."""
        weight, rarity = (
            None if each is None else each[rows] for each in (self.weight, self.rarity)
        )
        return Data(
            self.codes[rows], self.target[rows], self.noise[rows], self.noise_df, weight, rarity
        )

    def some(self, most: int, rng: np.random.Generator) -> np.ndarray:
        """(at most `most`,) configurations at random, in order.

        Where an optimizer crowded them, rather those that few stand beside: a random part would
        hold next to nothing of what lies outside the crowd, and shares are of all settings alike.
        """
        n = len(self.target)
        if n <= most:
            return np.arange(n)
        chance = None if self.rarity is None else self.rarity / self.rarity.sum()
        return np.sort(rng.choice(n, most, replace=False, p=chance))


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

    def feature_weights(self, theta: np.ndarray, index: int) -> np.ndarray:
        """(rank,) weight of each feature of one axis."""
        return np.repeat(self.axis_weights(theta, index), self.axes[index].ranks)

    def active(self, theta: np.ndarray) -> list[int]:
        """The parameters that do something under these weights; the first where none does.

        All others can be left out of every sum.
        """
        found = np.unique(self.owner[np.isfinite(theta[: self.n_weights])]).tolist()
        return found or [0]

    @staticmethod
    def change(
        block: np.ndarray, shared: tuple[np.ndarray, ...], *, out: np.ndarray, spare: np.ndarray
    ) -> None:
        """shared[0] - shared[1] A_i + shared[2] / (1 + A_i), into `out`; `spare` is written to too.

        New arrays would take as long again to be had as the sums take.
        """
        alone, paired, product = shared
        np.multiply(paired, block, out=out)
        np.subtract(alone, out, out=out)
        np.add(block, 1, out=spare)
        if not product.all():
            spare[spare == 0] = 1e-9
        out += np.divide(product, spare, out=spare)

    def orders(self, theta: np.ndarray) -> np.ndarray:
        """(3,) weights r1, r2, r3."""
        return np.asarray(np.exp(theta[self.n_weights : self.n_weights + 3]))

    def cross(
        self, theta: np.ndarray, index: int, *, left: np.ndarray, right: np.ndarray
    ) -> np.ndarray:
        """A_index between two sets of codes of that axis."""
        axis = self.axes[index]
        scaled = axis.features(left) * self.feature_weights(theta, index)
        return np.asarray(scaled @ axis.features(right).T)

    def covariance(self, theta: np.ndarray, left: np.ndarray, *, right: np.ndarray) -> np.ndarray:
        """(n_left, n_right) prior covariance between two sets of settings (n, d)."""
        active = self.active(theta)
        scaled = [
            self.axes[index].features(left[:, index]) * self.feature_weights(theta, index)
            for index in active
        ]
        fixed = [self.axes[index].features(right[:, index]).T for index in active]
        orders = self.orders(theta)
        out = np.empty((len(left), len(right)))
        step = max(1, BLOCK // max(len(right), 1))
        for start in range(0, len(left), step):
            rows = slice(start, start + step)
            blocks = (part[rows] @ other for part, other in zip(scaled, fixed, strict=True))
            out[rows] = total(symmetric(blocks), orders)
        return out

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
        return self.model.covariance(self.theta, codes, right=self.codes)

    def mean(self, codes: np.ndarray) -> np.ndarray:
        """(n,) posterior mean in the objective's unit."""
        return np.asarray(self.shift + self.scale * (self.covariance(codes) @ self.alpha))

    @cached_property
    def _precision(self) -> np.ndarray:
        """(n_train,) of each configuration given all others, in standardised units."""
        return np.asarray(np.diag(cho_solve(self.factor, np.eye(len(self.target)))))

    @cached_property
    def leave_one_out(self) -> np.ndarray:
        """(n_train,) prediction of each configuration from all others (same weights)."""
        residual = self.alpha / self._precision
        return np.asarray(self.shift + self.scale * (self.target - residual))

    @property
    def log_predictive(self) -> float:
        """Log density of all configurations, each predicted from all others.

        In standardised units, less a constant (Rasmussen & Williams 2006, eqs. 5.10 to 5.12).
        """
        return 0.5 * float(np.sum(np.log(self._precision) - self.alpha**2 / self._precision))


def symmetric(blocks: Iterable[np.ndarray]) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """e1, e2 and prod (1 + A_i) of one-parameter covariances (or of one-parameter functions).

    They are taken one by one, so that those made on the way are met while they are in the cache.
    """
    rest = iter(blocks)
    block = next(rest)
    first, squares = block.copy(), block * block
    product, spare = 1 + block, np.empty_like(block)
    for block in rest:
        first += block
        squares += np.multiply(block, block, out=spare)
        product *= np.add(block, 1, out=spare)
    second = np.multiply(first, first, out=spare)
    second -= squares
    second *= 0.5
    return first, second, product


def total(sums: tuple[np.ndarray, np.ndarray, np.ndarray], orders: np.ndarray) -> np.ndarray:
    """CONSTANT + r1 e1 + r2 e2 + r3 (orders above two), of what `symmetric` gives."""
    (first, second, product), (r1, r2, r3) = sums, orders
    out = first * (r1 - r3)
    out += second * (r2 - r3)
    out += product * r3
    out += CONSTANT - r3
    return np.asarray(out)


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
        gram = self.model.covariance(weights, data.codes, right=data.codes)
        diagonal = np.exp(weights[-1]) * noise
        gram[np.diag_indices_from(gram)] += diagonal + NUGGET
        return Posterior(
            model=self.model,
            theta=weights,
            codes=data.codes,
            shift=shift,
            scale=scale,
            factor=_factor(gram),
            target=(data.target - shift) / scale,
            noise=diagonal,
        )


def _factor(gram: np.ndarray) -> tuple[np.ndarray, bool]:
    """Cholesky factor of a covariance; with more of the nugget where rounding leaves it indefinite.

    Raises `LinAlgError` where a hundredth of the variance does not help.
    """
    nugget, most = NUGGET, 1000 * NUGGET
    while (factor := cholesky(gram.copy(order="F"), lower=True)) is None:
        if nugget >= most:
            raise np.linalg.LinAlgError("the covariance is not definite")
        gram[np.diag_indices_from(gram)] += 9 * nugget
        nugget *= 10
    return factor, True


def standardise(data: Data) -> tuple[float, float, np.ndarray]:
    """Shift and scale of the target, and the noise shape with mean one."""
    shift = float(np.mean(data.target))
    scale = float(np.std(data.target)) or 1.0
    return shift, scale, np.asarray(data.noise / np.mean(data.noise))
