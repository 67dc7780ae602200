"""The negative control of the coverage check: an interval from the spread over a forest's trees.

Common practice: the first-order index of each tree, mean plus or minus 1.96 standard deviations
over the square root of the number of trees. It measures how well the forest knows itself.
"""

from __future__ import annotations

import numpy as np
from sklearn.ensemble import RandomForestRegressor

N_TREES = 64


def intervals(
    codes: np.ndarray, objective: np.ndarray, *, levels: list[int], seed: int
) -> list[tuple[float, float, float]]:
    """(estimate, low, high) of the first-order index of each column.

    levels: number of levels per column, 0 for an interval [0, 1].
    """
    rng = np.random.default_rng(seed)
    codes = np.nan_to_num(codes, nan=-1.0)
    forest = RandomForestRegressor(N_TREES, random_state=seed).fit(codes, objective)
    others = np.column_stack([_draw(count, 256, rng) for count in levels])
    spread = [np.var(tree.predict(others)) for tree in forest.estimators_]
    found = []
    for column, count in enumerate(levels):
        grid = np.arange(count) if count else (np.arange(32) + 0.5) / 32
        held = np.repeat(others, len(grid), axis=0)
        held[:, column] = np.tile(grid, len(others))
        shares = [
            np.var(tree.predict(held).reshape(len(others), -1).mean(axis=0)) / variance
            for tree, variance in zip(forest.estimators_, spread, strict=True)
            if variance > 0
        ]
        centre, width = float(np.mean(shares)), 1.96 * float(np.std(shares)) / N_TREES**0.5
        found.append((centre, centre - width, centre + width))
    return found


def _draw(count: int, size: int, rng: np.random.Generator) -> np.ndarray:
    return rng.integers(count, size=size).astype(float) if count else rng.random(size)
