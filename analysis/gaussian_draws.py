"""The smooth surrogate: a Gaussian process, and functions drawn from its posterior."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import cached_property, partial

import numpy as np
from joblib import Parallel, delayed
from joblib.parallel import get_active_backend

from analysis.decomposition import Decomposition, with_switch
from analysis.gaussian import Data, Fit, Posterior
from analysis.gaussian_fit import Gaussian
from analysis.gaussian_prior import conditioned
from analysis.gaussian_slices import along, sliced
from analysis.kernels import cut
from analysis.products import decompose_products
from analysis.slices import More, Slices, sobol_settings, switched
from analysis.space import Space
from analysis.threads import one_thread, side_by_side

FOLDS = 5
AT_ONCE = 512
"""Settings whose means are one piece of work: memory stays bounded however many there are."""


@dataclass(frozen=True, eq=False)
class GaussianSurrogate:
    """A fitted Gaussian process with its weights' uncertainty.

    held_out: (n_configurations,) leave-one-out predictions; workers: pieces side by side.
    """

    space: Space
    fit: Fit
    data: Data
    posterior: Posterior
    held_out: np.ndarray
    workers: int = 1
    name: str = "gaussian process"

    def without_folds(self, rng: np.random.Generator) -> GaussianSurrogate:
        """The same, each configuration predicted by a process that knows nothing of its fold."""
        n = len(self.data.target)
        folds = np.array_split(rng.permutation(n), min(FOLDS, n))
        streams = rng.spawn(len(folds))
        found = side_by_side(self._of_fold, folds, streams, workers=self.workers)
        predicted = np.empty(n)
        predicted[np.concatenate(folds)] = np.concatenate(found)
        return replace(self, held_out=predicted)

    def _of_fold(self, fold: np.ndarray, rng: np.random.Generator) -> np.ndarray:
        """Predictions of one fold, learned from all others."""
        rest = self.data.take(np.setdiff1d(np.arange(len(self.data.target)), fold))
        return Gaussian()(self.space, rest, rng=rng).posterior(rest).mean(self.data.codes[fold])

    def explored(self, rng: np.random.Generator) -> GaussianSurrogate:
        """The same, the uncertainty of its weights explored."""
        return replace(self, fit=Gaussian().explore(self.fit, self.data, rng=rng))

    def mean(self, codes: np.ndarray) -> np.ndarray:
        """(n,) posterior mean."""
        parts = np.array_split(codes, max(1, -(-len(codes) // AT_ONCE)))
        return np.concatenate(side_by_side(self.posterior.mean, parts, workers=self.workers))

    def along(self, index: int, *, codes: np.ndarray, others: np.ndarray) -> np.ndarray:
        """(n_settings, n_others) `mean` along one axis: what the others say is summed up once."""

        def part(rows: np.ndarray) -> np.ndarray:
            return along(self.space, self.posterior, index=index, codes=codes, others=rows)

        parts = np.array_split(others, max(1, -(-len(others) // AT_ONCE)))
        return np.concatenate(side_by_side(part, parts, workers=self.workers), axis=1)

    def draws(self, codes: np.ndarray, n_draws: int, *, rng: np.random.Generator) -> np.ndarray:
        """(n_draws, n) posterior functions at the codes."""

        def drawn(share: _Share) -> np.ndarray:
            posterior = self._given(share.draw)
            prior, alpha = conditioned(posterior, share.size, rng=share.stream)
            return np.asarray(prior.values(codes) + posterior.covariance(codes) @ alpha)

        out = side_by_side(drawn, self._shares(n_draws, rng), workers=self.workers)
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
            found = with_switch(found, child, parent=parent, q=q)
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
        plug_in = sliced(self.space, self.posterior, size=0, rng=rng, others=others, at=at)
        # A backend of other processes is sent the runs, and conditions on them itself.
        backend, _ = get_active_backend(prefer="threads")
        near = getattr(backend, "supports_sharedmem", False)
        given = self._given if near else partial(_anew, self.fit, self.data)
        blocks = Parallel(n_jobs=self.workers, prefer="threads")(
            delayed(_drawn)(self.space, given, share, len(others), at)
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
        parts = np.array_split(np.arange(0, n_draws, 2), n)
        sizes = [int(np.minimum(2, n_draws - part).sum()) for part in parts]
        shares = map(_Share, range(n), sizes, rng.spawn(n))
        return [share for share in shares if share.size]

    def _given(self, draw: int) -> Posterior:
        """What a draw of the weights says given the runs: asked again and again, 5 MB at most."""
        found = self._known.get(draw)
        if found is None:
            found = self._known[draw] = _anew(self.fit, self.data, draw)
        return found

    @cached_property
    def _known(self) -> dict[int, Posterior]:
        return {}


@dataclass(frozen=True, eq=False)
class _Share:
    """A draw of the weights, how many functions it gives, and a random stream of its own."""

    draw: int
    size: int
    stream: np.random.Generator


def _anew(fit: Fit, data: Data, draw: int) -> Posterior:
    return fit.posterior(data, fit.draws[draw])


@one_thread
def _drawn(
    space: Space,
    given: Callable[[int], Posterior],
    share: _Share,
    n_others: int,
    at: list[np.ndarray],
) -> tuple[list[np.ndarray], np.ndarray]:
    others = sobol_settings(space, n_others, rng=share.stream)
    posterior = given(share.draw)
    return sliced(space, posterior, size=share.size, rng=share.stream, others=others, at=at)
