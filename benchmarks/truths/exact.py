"""Exact answers: variance components by quadrature or over a complete grid, and what follows.

Components: f is given as a sum of blocks, each a function of few parameters. A block is evaluated
on the tensor product of its axes' nodes and split axis by axis into mean and remainder, which is
the functional ANOVA (Sobol 1993, equations 2 to 4); components of one set add up over blocks. On
levels and for polynomials this is exact to rounding; elsewhere Gauss-Legendre between the stated
breaks, and `tests/truths/test_exact.py` holds two orders to within 1e-6 of each other.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from itertools import combinations

import numpy as np

from benchmarks.truths.axes import Axis

Columns = Mapping[str, np.ndarray]
Block = tuple[tuple[str, ...], Callable[[Columns], np.ndarray]]
Components = dict[frozenset[str], float]


@dataclass(frozen=True, kw_only=True)
class Risk:
    """Tuning risk of one parameter in the objective's unit (best of 20 over the others)."""

    mean: float
    worst: float
    best_value: float | str | bool | None


@dataclass(frozen=True, kw_only=True)
class Exact:
    """The exact answer, shares of the explainable variance; conditional ones where active."""

    variance: float
    first_order: dict[str, float]
    total: dict[str, float]
    shapley: dict[str, float]
    pairs: dict[tuple[str, str], float]
    risk: dict[str, Risk]


def components(blocks: Iterable[Block], axes: Mapping[str, Axis], *, order: int) -> Components:
    """Variance of every component of a sum of blocks."""
    terms: dict[tuple[str, ...], np.ndarray] = {}
    nodes = {name: axis.nodes(order) for name, axis in axes.items()}
    for names, function in blocks:
        grids = np.meshgrid(*(nodes[name][0] for name in names), indexing="ij")
        values = np.asarray(function(dict(zip(names, grids, strict=True))), dtype=float)
        weights = [nodes[name][1] for name in names]
        for members, term in split(values, weights).items():
            key = tuple(names[index] for index in members)
            order_key = tuple(sorted(key))
            aligned = np.transpose(term, [key.index(name) for name in order_key])
            terms[order_key] = terms[order_key] + aligned if order_key in terms else aligned
    return {
        frozenset(key): _mean_square(term, [nodes[name][1] for name in key])
        for key, term in terms.items()
        if key
    }


def split(values: np.ndarray, weights: list[np.ndarray]) -> dict[tuple[int, ...], np.ndarray]:
    """All 2^d functional ANOVA terms of a tensor, keyed by the axes they depend on."""
    terms: dict[tuple[int, ...], np.ndarray] = {(): values}
    for axis in range(values.ndim - 1, -1, -1):
        grown: dict[tuple[int, ...], np.ndarray] = {}
        for members, term in terms.items():
            # Axes below `axis` are still whole, in front; those above were split already.
            mean = np.tensordot(term, weights[axis], axes=(axis, 0))
            grown[members] = mean
            grown[(axis, *members)] = term - np.expand_dims(mean, axis)
        terms = grown
    return terms


def grid_components(values: np.ndarray, names: tuple[str, ...]) -> Components:
    """Variance of every component of a complete grid, equal weight on every level."""
    weights = [np.full(size, 1.0 / size) for size in values.shape]
    terms = split(values, weights)
    return {
        frozenset(names[index] for index in members): float(np.mean(term**2))
        for members, term in terms.items()
        if members
    }


def product_components(moments: Mapping[str, tuple[float, float]]) -> Components:
    """Components of a product of independent factors with (mean, variance) each.

    V_u = prod over u of variance times prod over the rest of mean squared.
    """
    names = sorted(moments)
    found: Components = {}
    for size in range(1, len(names) + 1):
        for chosen in combinations(names, size):
            found[frozenset(chosen)] = float(
                np.prod([moments[n][1] if n in chosen else moments[n][0] ** 2 for n in names])
            )
    return found


def indices(
    found: Components, names: tuple[str, ...]
) -> tuple[float, dict[str, float], dict[str, float], dict[str, float]]:
    """Variance, first order, total and Shapley shares of all components."""
    variance = sum(found.values())
    scale = 1.0 / variance if variance > 0 else 0.0
    first = {name: found.get(frozenset([name]), 0.0) * scale for name in names}
    total = {name: sum(v for key, v in found.items() if name in key) * scale for name in names}
    shapley = {
        name: sum(v / len(key) for key, v in found.items() if name in key) * scale for name in names
    }
    return variance, first, total, shapley


def pair_shares(found: Components, names: tuple[str, ...]) -> dict[tuple[str, str], float]:
    """Share held by each pair only together."""
    variance = sum(found.values())
    scale = 1.0 / variance if variance > 0 else 0.0
    return {pair: found.get(frozenset(pair), 0.0) * scale for pair in combinations(names, 2)}


def best_of(sorted_values: np.ndarray, of: int = 20) -> np.ndarray:
    """Expected maximum of `of` draws, with replacement, from values sorted along the last axis."""
    count = sorted_values.shape[-1]
    steps = (np.arange(count + 1) / count) ** of
    return np.asarray(sorted_values @ np.diff(steps))


def risk_of(best: np.ndarray, weights: np.ndarray, *, values: np.ndarray) -> Risk:
    """Risk from the expected best b(v) at each setting v of one parameter."""
    top = int(np.argmax(best))
    value = values[top]
    plain = None if value != value else (value.item() if isinstance(value, np.generic) else value)
    return Risk(
        mean=max(0.0, float(best[top] - best @ weights)),  # rounding of an inert parameter
        worst=float(best[top] - best.min()),
        best_value=plain,
    )


def _mean_square(term: np.ndarray, weights: list[np.ndarray]) -> float:
    square = term**2
    for weight in reversed(weights):
        square = square @ weight
    return float(square)
