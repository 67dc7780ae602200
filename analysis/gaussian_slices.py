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
    if size == 0:
        prior, alpha = None, posterior.alpha[:, None]
    else:
        prior, alpha = conditioned(posterior, size, rng=rng)
    values = [
        block * posterior.scale + posterior.shift
        for block in _slice_all(space, posterior, prior, alpha, others, at)
    ]
    return values, _pair_variances(posterior, prior, alpha) * posterior.scale**2


def along(
    space: Space, posterior: Posterior, *, index: int, codes: np.ndarray, others: np.ndarray
) -> np.ndarray:
    """(n_settings, n_others) the posterior mean on one axis, in the objective's unit.

    codes: (n_settings,) of parameter `index`; others: (n_others, d), inactive codes included.
    """
    alpha, out = posterior.alpha[:, None], np.empty((len(codes), len(others)))
    for positions, held in passes(space, index, slice_codes=codes, others=others):
        tables = _tables(posterior, None, held)
        absent = np.isnan(held[:, index])
        found = _slice_one(posterior, None, alpha, index, codes[positions], tables, absent)
        out[positions] = found[..., 0]
    return out * posterior.scale + posterior.shift


def _split(
    blocks: list[np.ndarray],
    index: int,
    whole: tuple[np.ndarray, np.ndarray, np.ndarray],
    orders: np.ndarray,
) -> tuple[np.ndarray, np.ndarray]:
    """C_j and B_j: what stays and what multiplies parameter j (without the constant)."""
    block = blocks[index]
    r1, r2, r3 = orders
    first = whole[0] - block
    factor = 1 + block
    factor[np.abs(factor) < 1e-9] = 1e-9
    shared = whole[2] / factor
    shared *= r3
    shared -= r3
    stays = block * first
    np.subtract(whole[1], stays, out=stays)
    stays *= r2 - r3
    stays += shared
    moves = first * (r2 - r3)
    moves += shared
    moves += r1
    first *= r1 - r3
    stays += first
    return stays, moves


def _slice_all(
    space: Space,
    posterior: Posterior,
    prior: Prior | None,
    alpha: np.ndarray,
    others: np.ndarray,
    at: list[np.ndarray],
) -> list[np.ndarray]:
    """Per axis: (n_draws, n_settings, n_others), standardised; at: the settings of each axis."""
    gated = gate(space, others)
    shared = _tables(posterior, prior, gated)
    active = posterior.model.active(posterior.theta)
    level: np.ndarray | None = None
    out = []
    for index, slice_codes in enumerate(at):
        idle = index not in active
        result = np.empty((len(slice_codes), len(others), alpha.shape[1]))
        for positions, held in passes(space, index, slice_codes=slice_codes, others=others):
            same = np.array_equal(held, gated, equal_nan=True)
            if idle and same and level is not None:
                result[positions] = level  # nothing moves along it, nor along another idle one
                continue
            tables = shared if same else _tables(posterior, prior, held)
            codes = slice_codes[positions[:1] if idle else positions]
            absent = np.isnan(held[:, index])
            found = _slice_one(posterior, prior, alpha, index, codes, tables, absent)
            result[positions] = found
            if idle and same:
                level = found
        out.append(np.ascontiguousarray(result.transpose(2, 0, 1)))
    return out


@dataclass(frozen=True, eq=False)
class _Tables:
    """One-parameter covariances and prior draws at settings, with their symmetric sums."""

    blocks: list[np.ndarray]
    whole: tuple[np.ndarray, np.ndarray, np.ndarray]
    random: list[np.ndarray]
    random_whole: tuple[np.ndarray, np.ndarray, np.ndarray] | None


def _tables(posterior: Posterior, prior: Prior | None, settings: np.ndarray) -> _Tables:
    model, theta = posterior.model, posterior.theta
    active = model.active(theta)
    found = {
        index: model.cross(theta, index, left=settings[:, index], right=posterior.codes[:, index])
        for index in active
    }
    blocks, whole = _with_idle(found, settings.shape[1]), symmetric(found.values())
    if prior is None:
        return _Tables(blocks, whole, [], None)
    drawn = {index: prior.axis_values(index, settings[:, index]) for index in active}
    return _Tables(blocks, whole, _with_idle(drawn, len(blocks)), symmetric(drawn.values()))


def _with_idle(active: dict[int, np.ndarray], d: int) -> list[np.ndarray]:
    """One array for each of d parameters: those that do nothing share one of zeros."""
    nothing = np.zeros_like(next(iter(active.values())))
    return [active.get(index, nothing) for index in range(d)]


def _slice_one(
    posterior: Posterior,
    prior: Prior | None,
    alpha: np.ndarray,
    index: int,
    codes: np.ndarray,
    tables: _Tables,
    absent: np.ndarray,
) -> np.ndarray:
    """(n_settings, n_others, n_draws) along one axis.

    absent: (n_others,) bool, where a conditional parameter does not exist, and moves nothing.
    """
    model, theta = posterior.model, posterior.theta
    stays, moves = _split(tables.blocks, index, tables.whole, model.orders(theta))
    base = stays @ alpha + CONSTANT * alpha.sum(axis=0)
    kernel = model.cross(theta, index, left=codes, right=posterior.codes[:, index])
    # All settings in one product of matrices: one after the other, each would be a thin one.
    along = (kernel.T[:, :, None] * alpha[:, None]).reshape(len(alpha), -1)
    result = (moves @ along).reshape(len(base), len(kernel), -1).transpose(1, 0, 2)
    if prior is not None and tables.random_whole is not None:
        stay, move = _split(tables.random, index, tables.random_whole, prior.signs)
        at = prior.axis_values(index, codes)
        base += prior.constant + stay.sum(axis=-1)
        result += np.matmul(move.transpose(1, 0, 2), at.transpose(1, 2, 0)).transpose(2, 1, 0)
    result[:, absent] = 0.0
    return np.asarray(result + base)


def _pair_variances(posterior: Posterior, prior: Prior | None, alpha: np.ndarray) -> np.ndarray:
    """(n_draws, d, d) variance of each pair's component; 0 of those that do nothing."""
    model, theta = posterior.model, posterior.theta
    r2 = model.orders(theta)[1]
    active = model.active(theta)
    axes = [model.axes[index] for index in active]
    size = alpha.shape[1]
    kernels = [
        model.cross(theta, index, left=axis.slices, right=posterior.codes[:, index])
        for index, axis in zip(active, axes, strict=True)
    ]
    randoms = []
    if prior is not None:
        functions = [
            prior.axis_values(index, axis.slices) for index, axis in zip(active, axes, strict=True)
        ]
        randoms = [part.transpose(1, 0, 2) for part in functions]
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
