"""The rough surrogate: a random forest, whose every leaf is a box.

Numeric axes are read on a fixed grid of cells of equal measure, so that every split lies between
cells; categories are one-hot for the splits but a leaf is kept as the *set of levels* it admits,
so the measure stays "equal weight per level" however many levels there are. The prediction
sum_leaves value [x in box] is then a sum of products of one-parameter functions (`products`), of
the ensemble's mean, never tree by tree, which would count noise as effect.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import cached_property

import numpy as np
from sklearn.ensemble import RandomForestRegressor
from sklearn.tree._tree import Tree

from analysis.decomposition import Decomposition
from analysis.gaussian import Data
from analysis.kernels import Axis, cut
from analysis.products import decompose_products, pair_variances
from analysis.slices import More, Slices, plain_slice
from analysis.space import NONE, Parameter, Space

N_CELLS = 64
"""Cells per numeric axis."""
MOST_DRAWS = 16
MOST_OTHERS = 128
"""Bounds on the refits of an interval, and on the settings at which they are sliced."""
FORESEEN = 2.5
"""Standard errors by which held-out predictions must beat the mean to be trusted at all."""


@dataclass(frozen=True, eq=False)
class Cells:
    """One axis cut into cells: weights (n_cells,), and how codes fall into them."""

    parameter: Parameter
    weights: np.ndarray

    @classmethod
    def of(cls, parameter: Parameter) -> Cells:
        """The cells of one axis."""
        if not parameter.numeric:
            n_levels = max(len(parameter.levels), 1)
            return cls(parameter, np.full(n_levels, 1 / n_levels))
        none = parameter.none_share
        cells = np.full(N_CELLS, (1 - none) / N_CELLS)
        return cls(parameter, np.append(none, cells) if none > 0 else cells)

    def index(self, codes: np.ndarray) -> np.ndarray:
        """(n,) cell of each code; inactive codes must have been filled."""
        if not self.parameter.numeric:
            return codes.astype(np.intp)
        cell = np.minimum((np.maximum(codes, 0) * N_CELLS).astype(np.intp), N_CELLS - 1)
        if self.parameter.none_share > 0:
            cell = np.where(codes == NONE, 0, cell + 1)
        return np.asarray(cell)

    def drawn(self, shares: np.ndarray) -> np.ndarray:
        """(n,) cells in proportion to their weights, by a number in [0, 1) for each."""
        return np.searchsorted(np.cumsum(self.weights)[:-1], shares, side="right")

    @property
    def split_as_set(self) -> bool:
        """Whether splits choose single levels rather than a cut in an order."""
        return self.parameter.kind == "categorical" and len(self.weights) > 2


@dataclass(frozen=True, eq=False)
class ForestSurrogate:
    """A fitted forest.

    values: (n_leaves,), already divided by the number of trees; boxes[j]: (n_leaves, n_cells_j)
    bool; baseline: the constant taken out before fitting.
    """

    space: Space
    settings: Forest
    data: Data
    cells: tuple[Cells, ...]
    values: np.ndarray
    boxes: tuple[np.ndarray, ...]
    baseline: float
    model: RandomForestRegressor
    name: str = "random forest"

    def mean(self, codes: np.ndarray) -> np.ndarray:
        """(n,) prediction: the trees' own, for `model.predict` checks its input anew for each."""
        features, total = _features(self.cells, codes), np.zeros(len(codes))
        for tree in self.model.estimators_:
            total += tree.tree_.predict(features)[:, 0]
        return np.asarray(self.baseline + total / len(self.model.estimators_))

    @cached_property
    def held_out(self) -> np.ndarray:
        """(n,) out-of-bag predictions, made when asked for: of a refit nobody does."""
        features, target = _features(self.cells, self.data.codes), self.data.target - self.baseline
        return np.asarray(self.baseline + _out_of_bag(self.model, features, target))

    @cached_property
    def volumes(self) -> tuple[np.ndarray, ...]:
        """Per axis (n_leaves,) measure of each leaf's side."""
        return tuple(box @ cell.weights for box, cell in zip(self.boxes, self.cells, strict=True))

    def explored(self, _rng: np.random.Generator) -> ForestSurrogate:
        """Itself: every draw is a refit."""
        return self

    def decompose(self) -> Decomposition:
        """Exact components of the ensemble's mean on the space's measure."""
        return decompose_products(*self._products())

    def draws(self, codes: np.ndarray, n_draws: int, *, rng: np.random.Generator) -> np.ndarray:
        """(n_draws, n) forests refitted to resampled configurations."""
        return np.stack([forest.mean(codes) for forest in self._refitted(n_draws, rng)])

    def along(self, index: int, *, codes: np.ndarray, others: np.ndarray) -> np.ndarray:
        """(n_settings, n_others) `mean` along one axis."""
        return plain_slice(self, index, codes=codes, others=others)

    def slices(
        self, others: np.ndarray, n_draws: int, *, rng: np.random.Generator, more: More = ()
    ) -> Slices:
        """Slices of the forest and of refits to resampled configurations (at most `MOST_DRAWS`)."""
        cuts = cut([Axis.of(parameter) for parameter in self.space.parameters], more)
        forests = [self, *self._refitted(min(n_draws, MOST_DRAWS), rng)]
        others = others[:MOST_OTHERS]
        return Slices(
            values=tuple(
                np.stack([forest.along(index, codes=at, others=others) for forest in forests])
                for index, (at, _) in enumerate(cuts)
            ),
            weights=tuple(weights for _, weights in cuts),
            codes=tuple(codes for codes, _ in cuts),
            pairs=np.stack([pair_variances(*forest._products()) for forest in forests]),
        )

    def _products(self) -> tuple[np.ndarray, list[tuple[np.ndarray, np.ndarray]]]:
        amplitude = self.values * np.prod(self.volumes, axis=0)
        factors = [
            ((box / volume[:, None] - 1).T, cell.weights)
            for box, volume, cell in zip(self.boxes, self.volumes, self.cells, strict=True)
        ]
        return amplitude, factors

    def _refitted(self, n: int, rng: np.random.Generator) -> list[ForestSurrogate]:
        """Bayesian bootstrap over configurations (Rubin 1981): replicates move together."""
        refits = []
        for stream in rng.spawn(n):
            weight = np.maximum(stream.exponential(size=len(self.data.target)), 1e-6)
            data = replace(self.data, weight=weight)
            refits.append(self.settings(self.space, data, rng=stream))
        return refits


def _features(cells: tuple[Cells, ...], codes: np.ndarray) -> np.ndarray:
    """(n, n_features) float32 for the trees: cell numbers, one-hot for categories."""
    filled, gaps = fill_inactive(codes), np.isnan(codes)
    columns = []
    for index, cell in enumerate(cells):
        which, away = cell.index(filled[:, index]), gaps[:, index]
        which[away] = cell.drawn(filled[away, index])
        levels = which[:, None] == np.arange(len(cell.weights))
        columns.append((levels if cell.split_as_set else which[:, None]).astype(np.float32))
    return np.concatenate(columns, axis=1)


def fill_inactive(codes: np.ndarray) -> np.ndarray:
    """A value for inactive parameters that tells nothing: spread evenly, the same every time."""
    gaps = np.isnan(codes)
    if not gaps.any():
        return codes
    filled = codes.copy()
    for index in np.flatnonzero(gaps.any(axis=0)):
        rows = np.flatnonzero(gaps[:, index])
        known = np.nan_to_num(np.delete(codes, index, axis=1), nan=0.5)
        mixed = np.modf(np.abs(known[rows] @ np.arange(1, codes.shape[1])) * 997.13 + 0.618)[0]
        filled[rows, index] = mixed
    return filled


@dataclass(frozen=True)
class Forest:
    """Settings of the forest; calling it fits one to configuration means.

    n_leaves bounds the leaves of all trees together: the decomposition is quadratic in them.
    """

    n_trees: int = 32
    n_leaves: int = 1024
    min_leaf: int = 1
    workers: int = 1

    def __call__(self, space: Space, data: Data, *, rng: np.random.Generator) -> ForestSurrogate:
        """Fit to configuration means and take the leaves' boxes out."""
        cells = tuple(Cells.of(parameter) for parameter in space.parameters)
        features = _features(cells, data.codes)
        baseline = float(np.mean(data.target))
        model = self._model(features.shape[1], rng)
        model.fit(features, data.target - baseline, sample_weight=data.weight)
        model.n_jobs = 1  # threads add the trees' predictions in the order in which they end
        values, boxes = _boxes(model, cells)
        return ForestSurrogate(
            space=space, settings=self, data=data, cells=cells, values=values, boxes=boxes,
            baseline=baseline, model=model,
        )  # fmt: skip

    def held_out(
        self, space: Space, codes: np.ndarray, *, target: np.ndarray, rng: np.random.Generator
    ) -> np.ndarray:
        """Each row as the trees that did not see it predict it; target: (n,), or (n, k) at once."""
        features = _features(tuple(Cells.of(parameter) for parameter in space.parameters), codes)
        baseline = target.mean(axis=0)
        model = self._model(features.shape[1], rng)
        model.fit(features, target - baseline)
        return np.asarray(baseline + _out_of_bag(model, features, target - baseline))

    def _model(self, n_features: int, rng: np.random.Generator) -> RandomForestRegressor:
        return RandomForestRegressor(
            n_estimators=self.n_trees,
            max_leaf_nodes=max(2, self.n_leaves // self.n_trees),
            min_samples_leaf=self.min_leaf,
            max_features=max(1, (n_features + 1) // 2),
            n_jobs=self.workers,
            random_state=int(rng.integers(2**31 - 1)),
        )


def trust(known: np.ndarray, held_out: np.ndarray, *, certain: float = FORESEEN) -> float:
    """The part of held-out predictions, 0 to 1, that comes nearest to what they predict.

    0 where that is not better than the mean by so many standard errors. Both (n,) or (n, k), less
    their mean.
    """
    square = float((held_out**2).sum())
    part = min(max(float((known * held_out).sum()) / square, 0.0), 1.0) if square > 0 else 0.0
    gain = (known**2 - (known - part * held_out) ** 2).reshape(len(known), -1).sum(axis=1)
    return part if gain.mean() > certain * gain.std() / np.sqrt(len(gain)) else 0.0


def _out_of_bag(
    model: RandomForestRegressor, features: np.ndarray, target: np.ndarray
) -> np.ndarray:
    """Mean prediction of the trees that did not see the row, of target's shape; 0 where all did."""
    total, count = np.zeros(target.shape), np.zeros(len(target))
    for tree, rows in zip(model.estimators_, model.estimators_samples_, strict=True):
        unseen = np.ones(len(target), dtype=bool)
        unseen[rows] = False
        if unseen.any():
            total[unseen] += tree.tree_.predict(features[unseen]).reshape(-1, *target.shape[1:])
            count[unseen] += 1
    return np.asarray((total.T / np.maximum(count, 1)).T)


def _boxes(
    model: RandomForestRegressor, cells: tuple[Cells, ...]
) -> tuple[np.ndarray, tuple[np.ndarray, ...]]:
    """Leaf values over the number of trees, and per axis the cells every leaf admits."""
    owner = [
        (axis, level)
        for axis, cell in enumerate(cells)
        for level in (range(len(cell.weights)) if cell.split_as_set else (None,))
    ]
    values: list[float] = []
    boxes: list[list[np.ndarray]] = [[] for _ in cells]
    for estimator in model.estimators_:
        _walk(estimator.tree_, cells, owner, values, boxes)
    scaled = np.array(values) / len(model.estimators_)
    return scaled, tuple(np.array(box, dtype=bool) for box in boxes)


def _walk(
    tree: Tree,
    cells: tuple[Cells, ...],
    owner: list[tuple[int, int | None]],
    values: list[float],
    boxes: list[list[np.ndarray]],
) -> None:
    """Append every leaf that can be reached at all."""
    start = [np.ones(len(cell.weights), dtype=bool) for cell in cells]
    stack: list[tuple[int, list[np.ndarray]]] = [(0, start)]
    while stack:
        node, sides = stack.pop()
        if tree.children_left[node] < 0:
            values.append(float(tree.value[node, 0, 0]))
            for box, side in zip(boxes, sides, strict=True):
                box.append(side)
            continue
        axis, level = owner[tree.feature[node]]
        if level is None:
            left = np.arange(len(sides[axis])) <= tree.threshold[node]
        else:
            left = np.arange(len(sides[axis])) != level
        ways = ((tree.children_left[node], left), (tree.children_right[node], ~left))
        for child, admitted in ways:
            side = sides[axis] & admitted
            if side.any():
                stack.append((int(child), [*sides[:axis], side, *sides[axis + 1 :]]))
