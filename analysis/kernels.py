"""One-parameter kernels whose functions have mean zero under the parameter's measure.

A zero-mean kernel per axis is what makes an additive Gaussian process orthogonal: a product of
such kernels over a set u of parameters spans exactly the functional-ANOVA components of u, so the
components of the posterior mean come in closed form (Durrande, Ginsbourger, Roustant & Carraro
2013, "ANOVA kernels and RKHS of zero mean functions", eq. 8; Lu, Boukouvalas & Hensman 2022,
"Additive Gaussian processes revisited", section 3).

Each axis carries a short dictionary of kernels, from smooth to rough and of single levels, mixed by
weights that are learned, so that no length scale has to be searched: the covariance is linear in
every weight. Numbers have a line and a parabola in it, which go on where an optimizer left few runs
(`docs/decisions/0089`).
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from functools import cache, cached_property, lru_cache

import numpy as np
from numpy.polynomial.legendre import leggauss

from analysis.space import NONE, Parameter

N_QUADRATURE = 40
QUADRATURE = leggauss(N_QUADRATURE)
"""Gauss-Legendre nodes per numeric axis; exact for polynomials to degree 79."""
N_SLICE = 16
"""Settings inside a numeric axis at which it is sliced for tuning risk and marginals."""
CURVED = 0.3
"""Variance of a parabola's second degree over that of its first: of (x - m)^2 on [-1, 1] they are
(2/3)^2 / 5 and (2 m)^2 / 3, and m^2 is .22 on average where m lies in the middle four fifths."""
RESOLUTION = 1e-4
"""Features below this share of a kernel's largest eigenvalue are left out."""
MOST_SINGLE = 8
"""Levels of a category that may each have a kernel of their own; with more, none has."""
MEMO = 12
MEMO_ROWS = 4096
"""Feature tables that an axis keeps, and the settings beyond which one is too large to keep."""

Correlation = Callable[[np.ndarray, np.ndarray], np.ndarray]


@dataclass(frozen=True, eq=False)
class Axis:
    """Quadrature and slice settings of one parameter, and its kernels."""

    parameter: Parameter
    nodes: np.ndarray
    weights: np.ndarray
    slices: np.ndarray
    slice_weights: np.ndarray
    kernels: tuple[AxisKernel, ...]
    memo: dict[bytes, np.ndarray] = field(default_factory=dict, repr=False)

    def features(self, codes: np.ndarray) -> np.ndarray:
        """(n, rank) features of all kernels side by side.

        Kept for the next call: the same settings and runs meet every draw of the weights.
        """
        key = codes.tobytes()
        found = self.memo.get(key)
        if found is None:
            found = np.concatenate([kernel.features(codes) for kernel in self.kernels], axis=1)
            # Threads may meet here: each step is one that the interpreter does not interrupt.
            if len(self.memo) >= MEMO:
                self.memo.clear()
            if len(codes) <= MEMO_ROWS:
                self.memo[key] = found
        return found

    def cut(self, more: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """The slice settings and more of them, which weigh nothing, in order; and the weights."""
        more = np.setdiff1d(more, self.slices)
        last = len(self.slices) - (self.slices[-1] == NONE)
        places = np.searchsorted(self.slices[:last], more)
        return np.insert(self.slices, places, more), np.insert(self.slice_weights, places, 0.0)

    @cached_property
    def ranks(self) -> np.ndarray:
        """(n_kernels,) features of each kernel."""
        return np.array([kernel.projection.shape[1] for kernel in self.kernels])

    @classmethod
    def of(cls, parameter: Parameter, active_share: float = 1.0) -> Axis:
        """The axis of a parameter that exists in `active_share` of the space.

        Where it does not exist its kernels are 0, so the weights of its nodes sum to the share.
        """
        if parameter.numeric:
            nodes, weights = (QUADRATURE[0] + 1) / 2, QUADRATURE[1] / 2
            # Both ends are looked at, because the best setting may lie there, but weigh nothing.
            middle = (np.arange(N_SLICE) + 0.5) / N_SLICE
            slices = np.concatenate([[0.0], middle, [1.0]])
            slice_weights = np.concatenate([[0.0], np.full(N_SLICE, 1 / N_SLICE), [0.0]])
            none = parameter.none_share
            if none > 0:
                nodes, slices = np.append(nodes, NONE), np.append(slices, NONE)
                weights = np.append(weights * (1 - none), none)
                slice_weights = np.append(slice_weights * (1 - none), none)
        else:
            nodes = np.arange(max(len(parameter.levels), 1), dtype=float)
            weights = np.full(len(nodes), 1 / len(nodes))
            slices, slice_weights = nodes, weights
        alike = tuple(nodes.tolist()), tuple(weights.tolist())
        kernels = tuple(_kernel(correlation, *alike) for correlation in _dictionary(parameter))
        return cls(parameter, nodes, weights * active_share, slices, slice_weights, kernels)


def cut(axes: Sequence[Axis], more: Sequence[np.ndarray]) -> list[tuple[np.ndarray, np.ndarray]]:
    """Of every axis the settings that it is sliced at, and their weights; more: as `Axis.cut`."""
    beside = more or [np.zeros(0)] * len(axes)
    return [axis.cut(codes) for axis, codes in zip(axes, beside, strict=True)]


@dataclass(frozen=True, eq=False)
class AxisKernel:
    """A correlation made zero-mean and of unit mean variance, as a product of features.

    The kernel *is* the product of its features: the correlation, centred under the axis' measure,
    is cut to the span of the nodes (Nystrom) and to eigenvalues above `RESOLUTION`. Covariances
    are then matrix products, and draws, predictions and components share one kernel exactly.
    """

    correlation: Correlation
    nodes: np.ndarray
    weights: np.ndarray

    def gram(self, codes: np.ndarray) -> np.ndarray:
        """(n, n) covariance among codes; 0 wherever either is NaN (inactive)."""
        features = self.features(codes)
        return np.asarray(features @ features.T)

    def features(self, codes: np.ndarray) -> np.ndarray:
        """(n, rank) features; 0 where the code is NaN."""
        values = self.correlation(codes, self.nodes) @ self._centred
        values += (self._centre - self._row) @ self.projection
        values[np.isnan(codes)] = 0.0
        return np.asarray(values)

    @cached_property
    def projection(self) -> np.ndarray:
        """(n_nodes, rank) from centred correlations with the nodes to features."""
        root = np.sqrt(self.weights)
        cross = self.correlation(self.nodes, self.nodes)
        centred = cross - self._row[:, None] - self._row + self._centre
        values, vectors = np.linalg.eigh(root[:, None] * centred * root)
        keep = values > RESOLUTION * max(values[-1], 1e-300)
        if values[-1] <= 1e-12:
            return np.zeros((len(self.nodes), 0))
        basis = vectors[:, keep] / np.sqrt(values[keep] * values[keep].sum())
        return np.asarray(root[:, None] * basis)

    @cached_property
    def _centred(self) -> np.ndarray:
        """(n_nodes, rank) the projection, of which the mean over the nodes is taken off first."""
        return self.projection - np.outer(self.weights, self.projection.sum(axis=0))

    @cached_property
    def _row(self) -> np.ndarray:
        """(n_nodes,) mean correlation of every node."""
        return np.asarray(self.correlation(self.nodes, self.nodes) @ self.weights)

    @property
    def _centre(self) -> float:
        return float(self.weights @ self._row)


@lru_cache(maxsize=256)
def _kernel(
    correlation: Correlation, nodes: tuple[float, ...], weights: tuple[float, ...]
) -> AxisKernel:
    """One for all axes that are alike, in all fits: what it has found of itself is kept."""
    return AxisKernel(correlation, np.array(nodes), np.array(weights))


def _dictionary(parameter: Parameter) -> tuple[Correlation, ...]:
    if parameter.numeric:
        return (_line, _parabola, _gaussian(0.25), _matern(0.25))
    n_levels = len(parameter.levels)
    if parameter.kind == "ordinal" and n_levels > 2:
        span = n_levels - 1
        smooth = (_gaussian(0.7 * span), _gaussian(0.3 * span), _matern(0.25 * span))
        numbers = [code for code, level in enumerate(parameter.levels) if level is not None]
        alone = {0, numbers[-1], span}  # None, where it is a level, is the last
        return (*smooth, *map(_single, sorted(alone)))
    if 2 < n_levels <= MOST_SINGLE:
        return (_same, *map(_single, range(n_levels)))
    return (_same,)


def _line(left: np.ndarray, right: np.ndarray) -> np.ndarray:
    """What goes on beyond the runs as it went among them."""
    return _polynomial(left, right, variances=(1.0,))


def _parabola(left: np.ndarray, right: np.ndarray) -> np.ndarray:
    """(x - m)^2, m anywhere but near an end: flat around a best value and steep far from it."""
    return _polynomial(left, right, variances=(1.0, CURVED))


def _polynomial(left: np.ndarray, right: np.ndarray, *, variances: tuple[float, ...]) -> np.ndarray:
    """Polynomials on the unit interval; variances: of the orthonormal ones from degree 1 on."""
    weights = [variance * (2 * degree + 1) for degree, variance in enumerate(variances, 1)]
    curves = [_legendre(2 * codes - 1)[:, : len(weights)] for codes in (left, right)]
    return _of_numbers(curves[0] * weights @ curves[1].T, left, right=right)


def _legendre(at: np.ndarray) -> np.ndarray:
    """(n, 2) Legendre polynomials of the first and second degree."""
    return np.stack([at, (3 * at * at - 1) / 2], axis=1)


@cache
def _gaussian(length: float) -> Correlation:
    def correlation(left: np.ndarray, right: np.ndarray) -> np.ndarray:
        scaled = (left[:, None] - right) / length
        return _of_numbers(np.exp(-0.5 * scaled**2), left, right=right)

    return correlation


@cache
def _matern(length: float) -> Correlation:
    def correlation(left: np.ndarray, right: np.ndarray) -> np.ndarray:
        scaled = np.sqrt(3.0) * np.abs(left[:, None] - right) / length
        return _of_numbers((1 + scaled) * np.exp(-scaled), left, right=right)

    return correlation


def _of_numbers(values: np.ndarray, left: np.ndarray, *, right: np.ndarray) -> np.ndarray:
    """Correlations of numbers, made right for the None atom: like itself and like nothing else."""
    none = left[:, None] == NONE, right == NONE
    if none[0].any() or none[1].any():
        values = np.where(none[0] | none[1], none[0] & none[1], values)
    return np.asarray(values)


def _same(left: np.ndarray, right: np.ndarray) -> np.ndarray:
    return np.asarray(left[:, None] == right, dtype=float)


@cache
def _single(level: int) -> Correlation:
    """One level unlike all others: the optimizer that fails, the rate at which runs diverge."""

    def correlation(left: np.ndarray, right: np.ndarray) -> np.ndarray:
        return np.asarray((left[:, None] == level) & (right == level), dtype=float)

    return correlation
