"""Test functions of the sensitivity literature, on their usual spaces."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from itertools import combinations

import numpy as np

from benchmarks.truths.axes import Axis
from benchmarks.truths.exact import Block, Columns
from benchmarks.truths.truth import Truth


def ishigami() -> Truth:
    """Ishigami: sin x1 + 7 sin^2 x2 + 0.1 x3^4 sin x1 on [-pi, pi]^3 (Ishigami and Homma 1990)."""
    axes = tuple(Axis(name=f"x{i}", low=-np.pi, high=np.pi) for i in (1, 2, 3))
    blocks: tuple[Block, ...] = (
        (("x1", "x3"), lambda c: np.sin(c["x1"]) * (1 + 0.1 * c["x3"] ** 4)),
        (("x2",), lambda c: 7 * np.sin(c["x2"]) ** 2),
    )
    return Truth(name="ishigami", axes=axes, blocks=blocks)


def sobol_g() -> Truth:
    """Product of (|4x - 2| + a) / (1 + a), a = 0, 1, 4.5, 9, 99 x 4 (Saltelli and Sobol 1995)."""
    a = (0.0, 1.0, 4.5, 9.0, 99.0, 99.0, 99.0, 99.0)
    axes = tuple(Axis(name=f"x{i}", breaks=(0.5,)) for i in range(1, 9))
    blocks = tuple(((f"x{i}",), partial(_g, name=f"x{i}", a=v)) for i, v in enumerate(a, 1))
    return Truth(name="sobol_g", axes=axes, blocks=blocks, factors=True, direction="minimize")


def _g(c: Columns, *, name: str, a: float) -> np.ndarray:
    return np.asarray((np.abs(4 * c[name] - 2) + a) / (1 + a))


def g_star() -> Truth:
    """G*: shifted and curved factors (Saltelli et al. 2010, test function B): six parameters.

    Product of ((1 + alpha) |2 (x + delta - [x + delta]) - 1|^alpha + a) / (1 + a) with
    a = 0, 0.1, 0.5, 2, 10, 50; alpha = 1, 2, 0.5, 1, 2, 1; delta as written below.
    """
    a = (0.0, 0.1, 0.5, 2.0, 10.0, 50.0)
    alpha = (1.0, 2.0, 0.5, 1.0, 2.0, 1.0)
    delta = (0.2, 0.35, 0.1, 0.45, 0.3, 0.25)
    axes, blocks = [], []
    for i, (v, power, shift) in enumerate(zip(a, alpha, delta, strict=True), 1):
        name = f"x{i}"
        # The bend is where x + delta = 1/2 and the wrap where it is 1: both are corners.
        breaks = tuple(sorted((0.5 - shift, 1.0 - shift)))
        axes.append(Axis(name=name, breaks=breaks))
        blocks.append(((name,), partial(_g_star, name=name, a=v, power=power, shift=shift)))
    return Truth(name="g_star", axes=tuple(axes), blocks=tuple(blocks), factors=True, order=512)


def _g_star(c: Columns, *, name: str, a: float, power: float, shift: float) -> np.ndarray:
    moved = np.mod(c[name] + shift, 1.0)
    return np.asarray(((1 + power) * np.abs(2 * moved - 1) ** power + a) / (1 + a))


def friedman() -> Truth:
    """10 sin(pi x1 x2) + 20 (x3 - 1/2)^2 + 10 x4 + 5 x5, five more inert (Friedman 1991)."""
    axes = tuple(Axis(name=f"x{i:02}") for i in range(1, 11))
    blocks: tuple[Block, ...] = (
        (("x01", "x02"), lambda c: 10 * np.sin(np.pi * c["x01"] * c["x02"])),
        (("x03",), lambda c: 20 * (c["x03"] - 0.5) ** 2),
        (("x04",), lambda c: 10 * c["x04"]),
        (("x05",), lambda c: 5 * c["x05"]),
    )
    return Truth(name="friedman", axes=axes, blocks=blocks, noise_share=0.04)


def bratley() -> Truth:
    """Sum over i of (-1)^i x1 ... xi, six parameters (Bratley, Fox and Niederreiter 1992)."""
    names = tuple(f"x{i}" for i in range(1, 7))
    blocks = tuple((names[:i], partial(_bratley, names=names[:i])) for i in range(1, 7))
    axes = tuple(Axis(name=name) for name in names)
    return Truth(name="bratley", axes=axes, blocks=blocks, order=3)


def _bratley(c: Columns, *, names: tuple[str, ...]) -> np.ndarray:
    value = np.array(float((-1) ** len(names)))
    for name in names:
        value = value * c[name]
    return np.asarray(value)


def morris() -> Truth:
    """The 20-parameter function of Morris (1991), eq. 1, the free coefficients set to (-1)^i.

    w = 2 (x - 1/2), but 2 (1.1 x / (x + 0.1) - 1/2) for parameters 3, 5 and 7; first-order
    coefficients 20 for the first ten, second-order -15 among the first six, third-order -10
    among the first five, fourth-order 5 among the first four; the others (-1)^i and (-1)^(i+j).
    """
    names = {i: f"x{i:02}" for i in range(1, 21)}
    blocks: list[Block] = []
    for size in range(1, 5):
        for chosen in combinations(range(1, 21), size):
            coefficient = _morris_coefficient(chosen)
            if coefficient:
                members = tuple(names[i] for i in chosen)
                blocks.append((members, _morris_term(chosen, names, coefficient)))
    axes = tuple(Axis(name=name) for name in names.values())
    return Truth(name="morris", axes=axes, blocks=tuple(blocks), points=2**13)


def _morris_coefficient(chosen: tuple[int, ...]) -> float:
    large = {1: (10, 20.0), 2: (6, -15.0), 3: (5, -10.0), 4: (4, 5.0)}
    last, value = large[len(chosen)]
    if max(chosen) <= last:
        return value
    return float((-1) ** sum(chosen)) if len(chosen) <= 2 else 0.0


def _morris_term(
    chosen: tuple[int, ...], names: dict[int, str], coefficient: float
) -> Callable[[Columns], np.ndarray]:
    def term(c: Columns) -> np.ndarray:
        value = np.array(coefficient)
        for i in chosen:
            x = c[names[i]]
            value = value * (2 * (1.1 * x / (x + 0.1) - 0.5) if i in (3, 5, 7) else 2 * (x - 0.5))
        return np.asarray(value)

    return term
