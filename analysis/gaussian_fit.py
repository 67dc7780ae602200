"""Learning the Gaussian process' weights: their mode, then a short chain around it."""

from __future__ import annotations

from dataclasses import dataclass, replace
from itertools import compress

import numpy as np
from scipy.linalg.lapack import dpotrs, dtpttr, dtrtrs
from scipy.optimize import minimize
from scipy.special import betaln

from analysis.gaussian import LARGEST, NUGGET, Data, Fit, Model, standardise, symmetric, total
from analysis.lapack import cholesky, inverse, packed
from analysis.space import Space

TOLERANCE = 1e-4
"""Relative gain in log posterior below which the search stops; far less than one nat."""
MOSTLY_NOISE = 0.5
"""Share of the variance that a mode leaves to noise, beyond which another is looked for."""
TOGETHER = -2.0, (-3.0, -3.0, 0.5)
"""Log-weights of kernels and of orders from which effects are found that take three parameters or
more: where none does anything alone, the weights of all shrink, and with them all products."""
STEPS = (0.15, 2.0)
"""Standard deviations of proposed moves of a log-weight, from the narrowest posterior to the prior:
each move has one of its own."""


@dataclass(frozen=True)
class Gaussian:
    """Settings of the smooth surrogate; calling it fits the weights.

    max_rows, max_entries: configurations used to learn the weights, as many as keep the entries of
    all parameters' covariances in bounds (all are used afterwards to predict).
    n_draws: states kept of the chain; work: entries of covariances that may be formed between two
    of them, so that a chain is long where it is cheap: few runs leave the weights most uncertain.
    """

    max_rows: int = 500
    max_entries: float = 1.6e6
    max_steps: int = 60
    n_draws: int = 10
    work: float = 2e7
    least_thin: int = 8
    most_thin: int = 100

    def __call__(
        self, space: Space, data: Data, *, rng: np.random.Generator, like: Fit | None = None
    ) -> Fit:
        """Learn the weights of one space's kernels from configuration means.

        like: a fit of the same space to start from, for the same runs on another scale.
        """
        model = like.model if like is not None else Model.of(space)
        objective = _Evidence.of(model, data.take(self._rows(data, rng)))
        height, theta = self._mode(objective, objective.mean if like is None else like.theta)
        if objective.left_to_noise(theta) > MOSTLY_NOISE:
            other, found = self._mode(objective, objective.together())
            theta = found if other < height else theta
        return Fit(model, theta, theta[None])

    def _mode(self, objective: _Evidence, start: np.ndarray) -> tuple[float, np.ndarray]:
        """Negative log posterior and log-weights where a search from `start` ends."""
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
        return float(result.fun), np.asarray(result.x)

    def explore(self, fit: Fit, data: Data, *, rng: np.random.Generator) -> Fit:
        """The same fit with draws of its weights: what plugging in the mode would hide."""
        rows = self._rows(data, rng)
        objective = _Evidence.of(fit.model, data.take(rows))
        step = len(fit.model.axes) * objective.stacks[0].shape[1] + len(rows) ** 3 / 6
        thin = int(np.clip(self.work / step, self.least_thin, self.most_thin))
        thin = max(thin, 2 * len(fit.model.axes))
        return replace(fit, draws=objective.chain(fit.theta, rng, n=self.n_draws, thin=thin))

    def _rows(self, data: Data, rng: np.random.Generator) -> np.ndarray:
        most = min(self.max_rows, int((self.max_entries / data.codes.shape[1]) ** 0.5))
        return data.some(most, rng)


@dataclass(frozen=True, eq=False)
class _Evidence:
    """Negative log posterior of the weights, and its gradient.

    Covariances among the configurations are kept as the n (n + 1) / 2 entries of their lower
    triangle, row by row: everything but the Cholesky factor works entry by entry. To LAPACK, which
    counts by columns, these are a packed upper triangle.
    """

    model: Model
    stacks: list[np.ndarray]
    """Per axis (n_kernels, n (n + 1) / 2)."""
    diagonal: np.ndarray
    """(n,) places of the diagonal among the entries."""
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
            np.stack([packed(kernel.gram(codes)) for kernel in axis.kernels])
            for axis, codes in zip(model.axes, data.codes.T, strict=True)
        ]
        diagonal = np.cumsum(np.arange(1, len(noise) + 1)) - 1
        return cls(model, stacks, diagonal, (data.target - shift) / scale, noise, mean, spread)

    def left_to_noise(self, theta: np.ndarray) -> float:
        """Share of the variance of the configurations' means that is noise under these weights."""
        return float(np.exp(theta[-1]) * self.noise.mean())

    def together(self) -> np.ndarray:
        """Weights of a function whose parameters act all together only."""
        start, n_weights = self.mean.copy(), self.model.n_weights
        start[:n_weights], start[n_weights : n_weights + 3] = TOGETHER
        return start

    def _block(self, theta: np.ndarray, index: int) -> np.ndarray:
        return np.asarray(self.model.axis_weights(theta, index) @ self.stacks[index])

    def _blocks(self, theta: np.ndarray) -> list[np.ndarray]:
        return [self._block(theta, index) for index in range(len(self.stacks))]

    def _factor(self, entries: np.ndarray, theta: np.ndarray) -> np.ndarray | None:
        """Cholesky factor of the covariance with its noise; None where it is not definite.

        Nor with amplitudes that rounding makes noise of: where repetitions have no noise and the
        parameters do not tell, all weights would grow until nothing of the factor is right.
        """
        gram = dtpttr(len(self.target), entries, uplo="U")[0]
        diagonal = np.einsum("ii->i", gram)  # a view, which ndarray.diagonal does not let write
        diagonal += np.exp(theta[-1]) * self.noise + NUGGET
        if not diagonal.max() < LARGEST:
            return None
        return cholesky(gram)

    def value_and_slope(self, theta: np.ndarray) -> tuple[float, np.ndarray]:
        """Negative log posterior and its gradient."""
        blocks = self._blocks(theta)
        first, second, product = symmetric(blocks)
        orders = self.model.orders(theta)
        factor = self._factor(total((first, second, product), orders), theta)
        if factor is None:
            return 1e10, np.zeros_like(theta)
        alpha = dpotrs(factor, self.target)[0]
        value = self._value(theta, (self.target @ alpha, float(np.log(factor.diagonal()).sum())))
        pull = np.outer(alpha, alpha)
        pull -= inverse(factor).T
        half = packed(pull)
        own = half[self.diagonal]
        # An entry off the diagonal stands for two.
        half *= 2
        half[self.diagonal] = own
        slope = np.empty_like(theta)
        n_weights = self.model.n_weights
        # dK / dA_i = r1 - r3 + (r2 - r3) (e1 - A_i) + r3 product / (1 + A_i)
        r1, r2, r3 = orders
        paired = half * (r2 - r3)
        shared = paired * first + half * (r1 - r3), paired, half * product * r3
        change, spare = np.empty_like(half), np.empty_like(half)
        for index, block in enumerate(blocks):
            self.model.change(block, shared, out=change, spare=spare)
            members = np.flatnonzero(self.model.owner == index)
            slope[members] = np.exp(theta[members]) * (self.stacks[index] @ change)
        slope[n_weights : n_weights + 3] = orders * (
            half @ first,
            half @ second,
            half @ (product - 1 - first - second),
        )
        slope[-1] = np.exp(theta[-1]) * (own @ self.noise)
        return value, -0.5 * slope + (theta - self.mean) / self.spread**2

    def _value(self, theta: np.ndarray, told: tuple[float, float]) -> float:
        """Negative log posterior, of what the runs tell: a square, half a log determinant."""
        standard = (theta - self.mean) / self.spread
        return 0.5 * float(told[0] + standard @ standard) + told[1]

    def chain(
        self, theta: np.ndarray, rng: np.random.Generator, *, n: int, thin: int
    ) -> np.ndarray:
        """(n, p) draws of the log-weights, started at the mode; -inf where a parameter is idle.

        Every other step moves the weights of a few axes (Metropolis). The steps between propose
        that one parameter do nothing at all, or something again (`_unlikely` says what is likely
        before the runs). The weights of an idle one keep wandering under their prior (Kuo &
        Mallick 1998). A first sweep asks it of every parameter, the lightest first.
        """
        n_axes = len(self.model.axes)
        state = self._state(theta, self._blocks(theta), np.ones(n_axes, dtype=bool))
        weights = [self.model.axis_weights(theta, axis).sum() for axis in range(n_axes)]
        for axis in np.argsort(weights, kind="stable"):
            state = _accepted(state, self._switched(state, int(axis)), rng)
        kept = []
        for step in range(n * thin):
            if step % 2:
                proposed = self._switched(state, int(rng.integers(n_axes)))
            else:
                proposed = self._moved(state, rng)
            state = _accepted(state, proposed, rng)
            if (step + 1) % thin == 0:
                idle = np.append(~state.active[self.model.owner], np.zeros(4, dtype=bool))
                kept.append(np.where(idle, -np.inf, state.theta))
        return np.array(kept)

    def _moved(self, state: _State, rng: np.random.Generator) -> _State:
        """A few axes' weights, or orders, or the noise, moved by one step.

        Where they are those of idle parameters alone, the runs tell what they told before.
        """
        n_axes = len(state.blocks)
        n_sites = n_axes + 4
        moved = np.flatnonzero(rng.random(n_sites) < 2 / n_sites)
        shift = np.zeros(n_sites)
        low, high = np.log(STEPS)
        shift[moved] = np.exp(rng.uniform(low, high)) * rng.standard_normal(len(moved))
        theta = state.theta + shift[np.append(self.model.owner, n_axes + np.arange(4))]
        axes = [axis for axis in moved if axis < n_axes and state.active[axis]]
        if not axes and not (moved >= n_axes).any():
            return self._state(theta, state.blocks, state.active, state.told)
        blocks = list(state.blocks)
        for axis in axes:
            blocks[axis] = blocks[axis] * np.exp(shift[axis])
        return self._state(theta, blocks, state.active)

    def _switched(self, state: _State, axis: int) -> _State:
        """One parameter made idle, or active again."""
        active, blocks = state.active.copy(), list(state.blocks)
        active[axis] = not active[axis]
        fresh = self._block(state.theta, axis) if active[axis] else np.zeros_like(blocks[axis])
        blocks[axis] = fresh
        return self._state(state.theta, blocks, active)

    def _state(
        self,
        theta: np.ndarray,
        blocks: list[np.ndarray],
        active: np.ndarray,
        told: tuple[float, float] | None = None,
    ) -> _State:
        """With its height; told: what the runs tell of it, where that is known already."""
        told = told or self._told(theta, blocks, active)
        return _State(theta, blocks, active, told, self._value(theta, told) + _unlikely(active))

    def _told(
        self, theta: np.ndarray, blocks: list[np.ndarray], active: np.ndarray
    ) -> tuple[float, float]:
        """From covariances that are at hand: those of idle parameters are 0."""
        acting = list(compress(blocks, active)) or blocks[:1]
        factor = self._factor(total(symmetric(acting), self.model.orders(theta)), theta)
        if factor is None:
            return float("inf"), 0.0
        half = dtrtrs(factor, self.target, trans=1)[0]
        return float(half @ half), float(np.log(factor.diagonal()).sum())


@dataclass(frozen=True, eq=False)
class _State:
    """Where the chain is, or may go: log-weights, their covariances, who is active.

    told: what the runs tell of it (`_Evidence._value`); height: the negative log posterior there.
    """

    theta: np.ndarray
    blocks: list[np.ndarray]
    active: np.ndarray
    told: tuple[float, float]
    height: float


def _accepted(state: _State, proposed: _State, rng: np.random.Generator) -> _State:
    """Where the chain is next (Metropolis)."""
    return proposed if np.log(rng.random()) < state.height - proposed.height else state


def _unlikely(active: np.ndarray) -> float:
    """Negative log of how likely it is, before the runs, that just these parameters act.

    Each does with one probability, itself Beta(1, d): few are expected to, and the more there are
    the more each has to show (Castillo, Schmidt-Hieber & van der Vaart 2015, section 2). Were
    either as likely for each, chance alone would leave something to a few of many idle ones.
    """
    d, acting = len(active), int(active.sum())
    return float(betaln(1, d) - betaln(1 + acting, 2 * d - acting))
