"""Functions drawn from the Gaussian process' posterior, on slices of the space.

A slice moves one parameter, and everything is affine in that parameter's kernel, of the covariance
as of the prior draws (`gaussian_prior`): K = C_j + B_j * A_j, with C_j and B_j computed once.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property, partial

import numpy as np
from joblib import Parallel, delayed

from analysis.decomposition import Decomposition, spread
from analysis.gaussian import CONSTANT, Data, Fit, Posterior, symmetric
from analysis.gaussian_prior import Prior, conditioned
from analysis.kernels import cut
from analysis.products import decompose_products
from analysis.slices import More, Slices, gate, passes, settings, switched
from analysis.space import Space
from analysis.threads import one_thread, side_by_side

AT_ONCE = 512
"""Settings whose means are one piece of work."""


@dataclass(frozen=True, eq=False)
class GaussianSurrogate:
    """A fitted Gaussian process with its weights' uncertainty.

    held_out: (n_configurations,) leave-one-out predictions; workers: draws side by side.
    """

    space: Space
    fit: Fit
    data: Data
    posterior: Posterior
    held_out: np.ndarray
    workers: int = 1
    name: str = "gaussian process"

    def mean(self, codes: np.ndarray) -> np.ndarray:
        """(n,) posterior mean."""
        parts = np.array_split(codes, max(1, -(-len(codes) // AT_ONCE)))
        return np.concatenate(side_by_side(self.posterior.mean, parts, workers=self.workers))

    def draws(self, codes: np.ndarray, n_draws: int, *, rng: np.random.Generator) -> np.ndarray:
        """(n_draws, n) posterior functions at the codes."""
        shares = self._shares(n_draws, rng)

        def drawn(share: _Share) -> np.ndarray:
            prior, alpha = conditioned(share.posterior, share.size, rng=share.stream)
            return np.asarray(prior.values(codes) + share.posterior.covariance(codes) @ alpha)

        out = side_by_side(drawn, shares, workers=self.workers)
        return np.concatenate(out, axis=1).T * self.posterior.scale + self.posterior.shift

    def decompose(self) -> Decomposition:
        """Exact components of the posterior mean."""
        posterior = self.posterior
        factors = [
            (
                posterior.model.cross(
                    posterior.theta, index, left=axis.nodes, right=posterior.codes[:, index]
                ),
                axis.weights,
            )
            for index, axis in enumerate(posterior.model.axes)
        ]
        r1, r2, r3 = posterior.model.orders(posterior.theta)
        found = decompose_products(posterior.alpha * posterior.scale, factors, orders=(r1, r2, r3))
        for child, parent, q in switched(self.space):
            found = spread(found, child, parent=parent, q=q)
        return found

    def slices(
        self, others: np.ndarray, n_draws: int, *, rng: np.random.Generator, more: More = ()
    ) -> Slices:
        """The mean on every slice through `others`, and draws on slices of their own.

        Draws of one set of weights share fresh settings of the others, so that their spread holds
        the error of averaging over finitely many too; without noise nothing else is left.
        """
        axes = self.posterior.model.axes
        cuts = cut(axes, more)
        at = [codes for codes, _ in cuts]
        plug_in = _sliced(self.space, self.posterior, 0, rng, others, at)
        blocks = Parallel(n_jobs=self.workers, prefer="threads")(
            delayed(_drawn)(self.space, share, len(others), at)
            for share in self._shares(n_draws, rng)
        )
        parts = [plug_in, *blocks]
        return Slices(
            values=tuple(
                np.concatenate([values[index] for values, _ in parts]) for index in range(len(axes))
            ),
            weights=tuple(weights for _, weights in cuts),
            codes=tuple(at),
            pairs=np.concatenate([pairs for _, pairs in parts]),
        )

    def _shares(self, n_draws: int, rng: np.random.Generator) -> list[_Share]:
        """The draws of the weights, and how many functions each of them gives (in pairs)."""
        n = len(self.fit.draws)
        pairs = np.array_split(np.arange(0, n_draws, 2), n)
        sizes = {draw: int(np.minimum(2, n_draws - part).sum()) for draw, part in enumerate(pairs)}
        asked = [draw for draw, size in sizes.items() if size]
        new = [draw for draw in asked if draw not in self._known]
        given = partial(self.fit.posterior, self.data)
        found = side_by_side(given, list(self.fit.draws[new]), workers=self.workers)
        self._known.update(zip(new, found, strict=True))
        streams = rng.spawn(n)
        return [_Share(self._known[draw], sizes[draw], streams[draw]) for draw in asked]

    @cached_property
    def _known(self) -> dict[int, Posterior]:
        """What each draw of the weights says given the runs: asked again and again."""
        return {}


@dataclass(frozen=True, eq=False)
class _Share:
    """One draw of the weights, how many functions it gives, and a random stream of its own."""

    posterior: Posterior
    size: int
    stream: np.random.Generator


@one_thread
def _drawn(
    space: Space, share: _Share, n_others: int, at: list[np.ndarray]
) -> tuple[list[np.ndarray], np.ndarray]:
    others = settings(space, n_others, rng=share.stream)
    return _sliced(space, share.posterior, share.size, share.stream, others, at)


def _sliced(
    space: Space,
    posterior: Posterior,
    size: int,
    rng: np.random.Generator,
    others: np.ndarray,
    at: list[np.ndarray],
) -> tuple[list[np.ndarray], np.ndarray]:
    """Slices and pair variances of `size` draws; of the posterior mean itself for size 0."""
    if size == 0:
        prior, alpha = None, posterior.alpha[:, None]
    else:
        prior, alpha = conditioned(posterior, size, rng=rng)
    values = [
        block * posterior.scale + posterior.shift
        for block in _slice_all(space, posterior, prior, alpha, others, at)
    ]
    return values, _pair_variances(posterior, prior, alpha) * posterior.scale**2


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
            found = _slice_one(posterior, prior, alpha, index, codes, tables)
            absent = np.isnan(held[:, index])
            if absent.any():  # a conditional parameter: where it does not exist it moves nothing
                nowhere = _slice_one(posterior, prior, alpha, index, np.array([np.nan]), tables)
                found[:, absent] = nowhere[:, absent]
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
    model, d = posterior.model, settings.shape[1]
    blocks = [
        model.cross(
            posterior.theta, index, left=settings[:, index], right=posterior.codes[:, index]
        )
        for index in range(d)
    ]
    active = model.active(posterior.theta)
    whole = symmetric([blocks[index] for index in active])
    if prior is None:
        return _Tables(blocks, whole, [], None)
    random = [prior.axis_values(index, settings[:, index]) for index in range(d)]
    return _Tables(blocks, whole, random, symmetric([random[index] for index in active]))


def _slice_one(
    posterior: Posterior,
    prior: Prior | None,
    alpha: np.ndarray,
    index: int,
    codes: np.ndarray,
    tables: _Tables,
) -> np.ndarray:
    """(n_settings, n_others, n_draws) along one axis."""
    model, theta = posterior.model, posterior.theta
    stays, moves = _split(tables.blocks, index, tables.whole, model.orders(theta))
    base = stays @ alpha + CONSTANT * alpha.sum(axis=0)
    kernel = model.cross(theta, index, left=codes, right=posterior.codes[:, index])
    result = np.stack([base + moves @ (row[:, None] * alpha) for row in kernel])
    if prior is not None and tables.random_whole is not None:
        stay, move = _split(tables.random, index, tables.random_whole, prior.signs)
        at = prior.axis_values(index, codes)
        result += prior.constant + stay.sum(axis=-1)[None]
        result += np.matmul(move.transpose(1, 0, 2), at.transpose(1, 2, 0)).transpose(2, 1, 0)
    return result


def _pair_variances(posterior: Posterior, prior: Prior | None, alpha: np.ndarray) -> np.ndarray:
    """(n_draws, d, d) variance of each pair's component."""
    model, theta = posterior.model, posterior.theta
    r2 = model.orders(theta)[1]
    axes = model.axes
    d, size = len(axes), alpha.shape[1]
    kernels = [
        model.cross(theta, index, left=axis.slices, right=posterior.codes[:, index])
        for index, axis in enumerate(axes)
    ]
    randoms = []
    if prior is not None:
        functions = [prior.axis_values(index, axis.slices) for index, axis in enumerate(axes)]
        randoms = [part.transpose(1, 0, 2) for part in functions]
    sizes = [len(axis.slices) for axis in axes]
    out = np.zeros((size, d, d))
    for left in range(d - 1):
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
            out[:, left, right] = out[:, right, left] = value
    return out
