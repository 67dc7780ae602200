"""One Gaussian process' posterior, or functions drawn from it, on slices of the space.

A slice moves one parameter, and everything is affine in that parameter's kernel, of the covariance
as of the prior draws (`gaussian_prior`): K = C_j + B_j * A_j, with C_j and B_j computed once.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from analysis.gaussian import CONSTANT, Posterior, symmetric
from analysis.gaussian_prior import Prior, conditioned
from analysis.slices import gate, passes
from analysis.space import Space


def sliced(
    space: Space,
    posterior: Posterior,
    *,
    size: int,
    rng: np.random.Generator,
    others: np.ndarray,
    at: list[np.ndarray],
) -> tuple[list[np.ndarray], np.ndarray]:
    """Slices and pair variances of `size` draws; of the posterior mean itself for size 0.

    others: (n, d) settings of the other parameters; at: the settings of each axis. Per axis
    (max(size, 1), n_settings, n), and (max(size, 1), d, d), in the objective's unit.
    """
    found = _Functions.mean(posterior)
    if size > 0:
        prior, alpha = conditioned(posterior, size, rng=rng)
        found = _Functions(posterior, alpha, prior)
    values = [
        block * posterior.scale + posterior.shift for block in found.slices(space, others, at)
    ]
    return values, found.pair_variances() * posterior.scale**2


def along(
    space: Space, posterior: Posterior, *, index: int, codes: np.ndarray, others: np.ndarray
) -> np.ndarray:
    """(n_settings, n_others) the posterior mean on one axis, in the objective's unit.

    codes: (n_settings,) of parameter `index`; others: (n_others, d), inactive codes included.
    """
    mean, out = _Functions.mean(posterior), np.empty((len(codes), len(others)))
    for positions, held in passes(space, index, slice_codes=codes, others=others):
        out[positions] = mean.along(index, codes[positions], mean.tables(held))[..., 0]
    return out * posterior.scale + posterior.shift


@dataclass(frozen=True, eq=False)
class _Sums:
    """One array for each parameter, of covariances or of prior draws, and their symmetric sums."""

    blocks: list[np.ndarray]
    whole: tuple[np.ndarray, np.ndarray, np.ndarray]

    @classmethod
    def of(cls, active: dict[int, np.ndarray], d: int) -> _Sums:
        """Of d parameters those that do nothing share one array of zeros."""
        nothing = np.zeros_like(next(iter(active.values())))
        blocks = [active.get(index, nothing) for index in range(d)]
        return cls(blocks, symmetric(active.values()))

    def split(self, index: int, orders: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """C_j and B_j: what stays and what multiplies parameter j (without the constant)."""
        block, (first, second, product), (r1, r2, r3) = self.blocks[index], self.whole, orders
        first = first - block
        factor = 1 + block
        factor[np.abs(factor) < 1e-9] = 1e-9
        shared = product / factor
        shared *= r3
        shared -= r3
        stays = block * first
        np.subtract(second, stays, out=stays)
        stays *= r2 - r3
        stays += shared
        moves = first * (r2 - r3)
        moves += shared
        moves += r1
        first *= r1 - r3
        stays += first
        return stays, moves


@dataclass(frozen=True, eq=False)
class _Tables:
    """What all slices through some settings, gated, have in common; `random` of prior draws."""

    settings: np.ndarray
    kernels: _Sums
    random: _Sums | None


@dataclass(frozen=True, eq=False)
class _Functions:
    """Functions of one posterior, standardised: its mean, or draws of which `prior` is the start.

    alpha: (n_train, n_functions) weights of the training configurations in each.
    """

    posterior: Posterior
    alpha: np.ndarray
    prior: Prior | None = None

    @classmethod
    def mean(cls, posterior: Posterior) -> _Functions:
        """The posterior mean alone."""
        return cls(posterior, posterior.alpha[:, None])

    def slices(self, space: Space, others: np.ndarray, at: list[np.ndarray]) -> list[np.ndarray]:
        """Per axis: (n_functions, n_settings, n_others); at: the settings of each axis."""
        gated = gate(space, others)
        shared = self.tables(gated)
        active = self.posterior.model.active(self.posterior.theta)
        level: np.ndarray | None = None
        out = []
        for index, slice_codes in enumerate(at):
            idle = index not in active
            result = np.empty((len(slice_codes), len(others), self.alpha.shape[1]))
            for positions, held in passes(space, index, slice_codes=slice_codes, others=others):
                same = np.array_equal(held, gated, equal_nan=True)
                if idle and same and level is not None:
                    result[positions] = level  # nothing moves along it, nor along another idle one
                    continue
                tables = shared if same else self.tables(held)
                codes = slice_codes[positions[:1] if idle else positions]
                result[positions] = found = self.along(index, codes, tables)
                if idle and same:
                    level = found
            out.append(np.ascontiguousarray(result.transpose(2, 0, 1)))
        return out

    def tables(self, settings: np.ndarray) -> _Tables:
        """What every slice through these (n, d) settings is made of."""
        model, theta = self.posterior.model, self.posterior.theta
        active, trained = model.active(theta), self.posterior.codes
        kernels = {
            index: model.cross(theta, index, left=settings[:, index], right=trained[:, index])
            for index in active
        }
        random, d = None, settings.shape[1]
        if self.prior is not None:
            drawn = {index: self.prior.axis_values(index, settings[:, index]) for index in active}
            random = _Sums.of(drawn, d)
        return _Tables(settings, _Sums.of(kernels, d), random)

    def along(self, index: int, codes: np.ndarray, tables: _Tables) -> np.ndarray:
        """(n_settings, n_others, n_functions) along one axis."""
        posterior, prior, alpha = self.posterior, self.prior, self.alpha
        model, theta = posterior.model, posterior.theta
        stays, moves = tables.kernels.split(index, model.orders(theta))
        base = stays @ alpha + CONSTANT * alpha.sum(axis=0)
        kernel = model.cross(theta, index, left=codes, right=posterior.codes[:, index])
        # All settings in one product of matrices: one after the other, each would be a thin one.
        along = (kernel.T[:, :, None] * alpha[:, None]).reshape(len(alpha), -1)
        result = (moves @ along).reshape(len(base), len(kernel), -1).transpose(1, 0, 2)
        if prior is not None and tables.random is not None:
            stay, move = tables.random.split(index, prior.signs)
            at = prior.axis_values(index, codes)
            base += prior.constant + stay.sum(axis=-1)
            result += np.matmul(move.transpose(1, 0, 2), at.transpose(1, 2, 0)).transpose(2, 1, 0)
        result[:, np.isnan(tables.settings[:, index])] = 0.0  # it does not exist there
        return np.asarray(result + base)

    def pair_variances(self) -> np.ndarray:
        """(n_functions, d, d) variance of each pair's component; 0 of those that do nothing."""
        posterior, prior, alpha = self.posterior, self.prior, self.alpha
        model, theta = posterior.model, posterior.theta
        r2 = model.orders(theta)[1]
        active = model.active(theta)
        axes, size = [model.axes[index] for index in active], alpha.shape[1]
        kernels = [
            model.cross(theta, index, left=axis.slices, right=posterior.codes[:, index])
            for index, axis in zip(active, axes, strict=True)
        ]
        randoms = []
        if prior is not None:
            randoms = [
                prior.axis_values(index, axis.slices).transpose(1, 0, 2)
                for index, axis in zip(active, axes, strict=True)
            ]
        sizes = [len(axis.slices) for axis in axes]
        out = np.zeros((size, len(model.axes), len(model.axes)))
        for left, one in enumerate(active[:-1]):
            # All draws of one parameter against all later parameters: one product of matrices.
            scaled = (kernels[left][None] * (r2 * alpha.T[:, None])).reshape(-1, alpha.shape[0])
            joint = scaled @ np.concatenate(kernels[left + 1 :]).T
            ends = np.cumsum(sizes[left + 1 : -1])
            surfaces = np.split(joint.reshape(size, sizes[left], -1), ends, axis=2)
            for right, surface in enumerate(surfaces, left + 1):
                if prior is not None:
                    signed = randoms[left] * prior.signs[1][:, None]
                    surface = surface + signed @ randoms[right].transpose(0, 2, 1)
                weight = np.outer(axes[left].slice_weights, axes[right].slice_weights)
                mean = np.tensordot(surface, weight, axes=2)
                value = np.tensordot((surface - mean[:, None, None]) ** 2, weight, axes=2)
                other = active[right]
                out[:, one, other] = out[:, other, one] = value
        return out
