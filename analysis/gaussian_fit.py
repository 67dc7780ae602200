"""Learning the Gaussian process' weights: their mode, then a short chain around it."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
from scipy.linalg import cho_factor, cho_solve, solve_triangular
from scipy.optimize import minimize

from analysis.gaussian import CONSTANT, NUGGET, Data, Fit, Model, standardise, symmetric
from analysis.space import Space

TOLERANCE = 1e-4
"""Relative gain in log posterior below which the search stops; far less than one nat."""
STEP = 0.8
"""Standard deviation of one proposed move of a log-weight."""


@dataclass(frozen=True)
class Gaussian:
    """Settings of the smooth surrogate; calling it fits the weights.

    max_rows: configurations used to learn the weights (all are used afterwards to predict).
    """

    max_rows: int = 240
    max_steps: int = 60
    n_draws: int = 10
    thin: int = 8

    def __call__(
        self, space: Space, data: Data, rng: np.random.Generator, *, like: Fit | None = None
    ) -> Fit:
        """Learn the weights of one space's kernels from configuration means.

        like: a fit of the same space to start from, for the same runs on another scale.
        """
        model = like.model if like is not None else Model.of(space)
        objective = _Evidence.of(model, data.take(self._rows(data, rng)))
        start = objective.mean.copy() if like is None else like.theta
        result = minimize(
            objective.value_and_slope,
            start,
            jac=True,
            method="L-BFGS-B",
            bounds=[
                (centre - 6 * sd, centre + 4 * sd)
                for centre, sd in zip(objective.mean, objective.spread, strict=True)
            ],
            options={"maxiter": self.max_steps, "maxcor": 20, "ftol": TOLERANCE},
        )
        theta = np.asarray(result.x)
        return Fit(model, theta, theta[None])

    def explore(self, fit: Fit, data: Data, rng: np.random.Generator) -> Fit:
        """The same fit with draws of its weights: what plugging in the mode would hide."""
        rows = self._rows(data, rng)
        objective = _Evidence.of(fit.model, data.take(rows))
        return replace(fit, draws=objective.chain(fit.theta, rng, n=self.n_draws, thin=self.thin))

    def _rows(self, data: Data, rng: np.random.Generator) -> np.ndarray:
        n = len(data.target)
        if n <= self.max_rows:
            return np.arange(n)
        return np.sort(rng.choice(n, self.max_rows, replace=False))


@dataclass(frozen=True, eq=False)
class _Evidence:
    """Negative log posterior of the weights, with gradient and Fisher information."""

    model: Model
    stacks: list[np.ndarray]
    """Per axis (n_kernels, n, n)."""
    target: np.ndarray
    noise: np.ndarray
    mean: np.ndarray
    spread: np.ndarray

    @classmethod
    def of(cls, model: Model, data: Data) -> _Evidence:
        shift, scale, noise = standardise(data)
        guess = float(np.mean(data.noise)) / scale**2 if data.noise_df > 0 else 0.1
        mean, spread = model.prior(max(guess, 1e-6), data.noise_df)
        stacks = [
            axis.stack(data.codes[:, index], data.codes[:, index])
            for index, axis in enumerate(model.axes)
        ]
        return cls(model, stacks, (data.target - shift) / scale, noise, mean, spread)

    def _block(self, theta: np.ndarray, index: int) -> np.ndarray:
        weights = self.model.axis_weights(theta, index)
        return np.asarray(np.tensordot(weights, self.stacks[index], axes=1))

    def _blocks(self, theta: np.ndarray) -> list[np.ndarray]:
        return [self._block(theta, index) for index in range(len(self.stacks))]

    def value_and_slope(self, theta: np.ndarray) -> tuple[float, np.ndarray]:
        blocks = self._blocks(theta)
        first, second, product = symmetric(blocks)
        r1, r2, r3 = self.model.orders(theta)
        rest = product - 1 - first - second
        gram = CONSTANT + r1 * first + r2 * second + r3 * rest
        diagonal = np.exp(theta[-1]) * self.noise
        gram[np.diag_indices_from(gram)] += diagonal + NUGGET
        try:
            factor = cho_factor(gram, lower=True)
        except np.linalg.LinAlgError:
            return 1e10, np.zeros_like(theta)
        alpha = cho_solve(factor, self.target)
        inverse = cho_solve(factor, np.eye(len(alpha)))
        standard = (theta - self.mean) / self.spread
        value = (
            0.5 * float(self.target @ alpha)
            + float(np.log(np.diag(factor[0])).sum())
            + 0.5 * float(standard @ standard)
        )
        pull = np.outer(alpha, alpha) - inverse
        slope = np.empty_like(theta)
        n_weights = self.model.n_weights
        for index, block in enumerate(blocks):
            change = _change(block, first, product, (r1, r2, r3)) * pull
            members = np.flatnonzero(self.model.owner == index)
            pulled = np.tensordot(self.stacks[index], change, axes=2)
            slope[members] = np.exp(theta[members]) * pulled
        slope[n_weights] = r1 * np.vdot(pull, first)
        slope[n_weights + 1] = r2 * np.vdot(pull, second)
        slope[n_weights + 2] = r3 * np.vdot(pull, rest)
        slope[-1] = float(np.diag(pull) @ diagonal)
        return value, -0.5 * slope + standard / self.spread

    def chain(
        self, theta: np.ndarray, rng: np.random.Generator, *, n: int, thin: int
    ) -> np.ndarray:
        """(n, p) Metropolis draws, started at the mode, each step moving a few axes at once."""
        blocks = self._blocks(theta)
        state, value = theta.copy(), self._value(theta, blocks)
        n_axes = len(self.model.axes)
        owner = np.append(self.model.owner, n_axes + np.arange(4))
        n_sites = n_axes + 4
        kept = []
        for step in range(n * thin):
            moved = np.flatnonzero(rng.random(n_sites) < 3 / n_sites)
            shift = np.zeros(n_sites)
            shift[moved] = STEP * rng.standard_normal(len(moved))
            shift[-1] *= 0.3
            proposal = state + shift[owner]
            changed = [
                block * np.exp(shift[index]) if shift[index] else block
                for index, block in enumerate(blocks)
            ]
            proposed = self._value(proposal, changed)
            if np.log(rng.random()) < value - proposed:
                state, value, blocks = proposal, proposed, changed
            if (step + 1) % thin == 0:
                kept.append(state.copy())
        return np.array(kept)

    def _value(self, theta: np.ndarray, blocks: list[np.ndarray]) -> float:
        """Negative log posterior alone."""
        first, second, product = symmetric(blocks)
        r1, r2, r3 = self.model.orders(theta)
        gram = CONSTANT + r1 * first + r2 * second + r3 * (product - 1 - first - second)
        gram[np.diag_indices_from(gram)] += np.exp(theta[-1]) * self.noise + NUGGET
        try:
            lower = np.linalg.cholesky(gram)
        except np.linalg.LinAlgError:
            return float("inf")
        half = solve_triangular(lower, self.target, lower=True)
        standard = (theta - self.mean) / self.spread
        return (
            0.5 * float(half @ half)
            + float(np.log(np.diag(lower)).sum())
            + 0.5 * float(standard @ standard)
        )


def _change(
    block: np.ndarray, first: np.ndarray, product: np.ndarray, orders: tuple[float, float, float]
) -> np.ndarray:
    """DK / dA_i: everything that multiplies this parameter's kernel."""
    others = first - block
    factor = 1 + block
    factor[np.abs(factor) < 1e-9] = 1e-9
    without = product / factor
    return np.asarray(orders[0] + orders[1] * others + orders[2] * (without - 1 - others))
