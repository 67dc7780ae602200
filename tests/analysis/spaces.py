"""Small spaces and runs for tests of the analyst's numbers."""

from __future__ import annotations

import numpy as np

from analysis.gaussian import Data
from analysis.space import Parameter, Space


def number(name: str, **more) -> Parameter:
    return Parameter(name=name, kind="continuous", scale="linear", domain=(0.0, 1.0), **more)


def levels(name: str, n: int, *, ordered: bool = False) -> Parameter:
    kind = "ordinal" if ordered else "categorical"
    values = tuple(range(n)) if ordered else tuple(f"{name}{index}" for index in range(n))
    return Parameter(name=name, kind=kind, scale="levels", levels=values)


MIXED = Space((levels("a", 4), levels("b", 3, ordered=True), number("c")))


def mixed_codes(n: int, rng: np.random.Generator) -> np.ndarray:
    return np.column_stack([rng.integers(0, 4, n), rng.integers(0, 3, n), rng.random(n)])


def mixed_function(codes: np.ndarray) -> np.ndarray:
    a, b, c = codes.T
    return (a == 2) * c + 0.3 * b**2 * c + 0.2 * (a == 1)


def data(codes: np.ndarray, target: np.ndarray) -> Data:
    return Data(codes, target, np.ones(len(target)), 0.0)


def grid(n_cells: int) -> tuple[np.ndarray, tuple[int, int, int]]:
    """Every setting of MIXED with the number read at cell midpoints."""
    cells = (np.arange(n_cells) + 0.5) / n_cells
    mesh = np.meshgrid(np.arange(4.0), np.arange(3.0), cells, indexing="ij")
    return np.stack([part.ravel() for part in mesh], axis=1), (4, 3, n_cells)
