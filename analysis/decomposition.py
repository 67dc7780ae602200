"""The one idea: variances of the functional-ANOVA components, and the indices made from them.

For independent inputs f = sum_u f_u over sets u of parameters, with V_u = Var f_u and V = sum V_u
(Hoeffding 1948; Sobol 1993). First order S_j = V_{j}/V; total T_j = sum_{u has j} V_u / V (Homma &
Saltelli 1996); Shapley effect Sh_j = sum_{u has j} V_u / (|u| V) (Owen 2014). Hence
S <= Sh <= T and the Shapley effects sum to one.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from analysis.errors import Misused

MOST = 1e70
"""Largest value of which squares and their sums exist in double precision."""


@dataclass(frozen=True, eq=False)
class Decomposition:
    """Component variances of one function of d independent inputs, in squared objective units.

    variance: V; first, total, shapley: (d,) numerators of the indices; pairs: (d, d) symmetric,
    V_{i,j} off the diagonal and 0 on it.
    """

    variance: float
    first: np.ndarray
    total: np.ndarray
    shapley: np.ndarray
    pairs: np.ndarray

    def __post_init__(self) -> None:
        for part in (self.first, self.total, self.shapley, self.pairs):
            part.setflags(write=False)

    def __setstate__(self, state: Mapping[str, object]) -> None:
        """A copy, and what another process is sent, is read-only as well."""
        vars(self).update(state)
        self.__post_init__()

    @property
    def first_order(self) -> np.ndarray:
        """(d,) S_j; zeros when nothing varies."""
        return self._share(self.first)

    @property
    def total_order(self) -> np.ndarray:
        """(d,) T_j."""
        return self._share(self.total)

    @property
    def shapley_effect(self) -> np.ndarray:
        """(d,) Sh_j, summing to one."""
        return self._share(self.shapley)

    @property
    def second_order(self) -> np.ndarray:
        """(d, d) V_{i,j}/V."""
        return self._share(self.pairs)

    @property
    def by_order(self) -> tuple[float, float, float]:
        """Shares of order one, of order two, and of all higher orders together."""
        one = float(self.first_order.sum())
        two = float(np.triu(self.second_order, 1).sum())
        return one, two, max(0.0, 1.0 - one - two) if self.variance > 0 else 0.0

    def _share(self, part: np.ndarray) -> np.ndarray:
        return part / self.variance if self.variance > 0 else np.zeros_like(part)


def decompose_grid(
    values: np.ndarray, weights: Sequence[np.ndarray] | None = None
) -> Decomposition:
    """Exact decomposition of a function tabulated on a complete grid.

    values: array with one axis per parameter; weights: per axis, summing to 1 (default: equal).
    Every one of the 2^d components is formed, by sequential centring of each axis
    (d up to about 12 with few levels).
    Raises `Misused` where a cell is missing or no finite number, and for weights of another shape.
    """
    values = np.asarray(values)
    d = values.ndim
    measure = _measure(values.shape, weights)
    _require_grid(values, measure)
    # Far from zero, rounding would give a constant a variance.
    start = values.astype(float) - float(values.flat[0])
    parts: dict[frozenset[int], np.ndarray] = {frozenset(): start}
    for axis in range(d):
        shape = [1] * d
        shape[axis] = -1
        weight = measure[axis].reshape(shape)
        split: dict[frozenset[int], np.ndarray] = {}
        for members, part in parts.items():
            mean = (part * weight).sum(axis=axis, keepdims=True)
            split[members] = mean
            split[members | {axis}] = part - mean
        parts = split
    variance = {
        members: _mean_square(part, members, measure) for members, part in parts.items() if members
    }
    return from_components(d, variance)


def _measure(shape: tuple[int, ...], weights: Sequence[np.ndarray] | None) -> list[np.ndarray]:
    """The weight of every value of each axis; equal ones where none are given."""
    if weights is None:
        return [np.full(size, 1 / max(size, 1)) for size in shape]
    try:
        return [np.asarray(own, dtype=float) for own in weights]
    except (TypeError, ValueError):
        raise Misused("weights are numbers, one array per axis", where="decompose_grid") from None


def _require_grid(values: np.ndarray, measure: list[np.ndarray]) -> None:
    where = "decompose_grid"
    if values.dtype.kind not in "biuf" or not values.size or not values.ndim:
        raise Misused("a grid is an array of real numbers, an axis per parameter", where=where)
    if not np.isfinite(values).all() or float(np.abs(values.astype(float)).max()) > MOST:
        raise Misused("every cell needs a finite number, below 1e70", where=where)
    if [np.shape(weight) for weight in measure] != [(size,) for size in values.shape]:
        raise Misused("weights are one array per axis, of its length", where=where)


def _mean_square(part: np.ndarray, members: frozenset[int], measure: list[np.ndarray]) -> float:
    square = part**2
    for axis in range(part.ndim):
        if axis in members:
            shape = [1] * part.ndim
            shape[axis] = -1
            square = (square * measure[axis].reshape(shape)).sum(axis=axis, keepdims=True)
    return float(square.reshape(-1)[0])


def from_components(d: int, variance: dict[frozenset[int], float]) -> Decomposition:
    """Indices from the variance of every component."""
    first, total, shapley = np.zeros(d), np.zeros(d), np.zeros(d)
    pairs = np.zeros((d, d))
    for members, value in variance.items():
        for member in members:
            total[member] += value
            shapley[member] += value / len(members)
        if len(members) == 1:
            first[next(iter(members))] += value
        if len(members) == 2:
            left, right = members
            pairs[left, right] = pairs[right, left] = value
    return Decomposition(float(sum(variance.values())), first, total, shapley, pairs)


def with_switch(found: Decomposition, child: int, *, parent: int, q: float) -> Decomposition:
    """The same over the whole space, where a child exists in a share q that its parent decides.

    found: with the child's components as if it were always there, their variances times q. What a
    component does only in a part of the space is in proportion q its own, and 1 - q of it hangs on
    the parent too; told for orders one and two.
    """
    first, total, shapley = found.first.copy(), found.total.copy(), found.shapley.copy()
    pairs = found.pairs.copy()
    others = [j for j in range(len(first)) if j not in (child, parent)]
    alone, together = (1 - q) * first[child], (1 - q) * pairs[child, others]
    first[child] -= alone
    pairs[child, others] -= together
    pairs[others, child] -= together
    pairs[parent, child] += alone
    pairs[child, parent] += alone
    total[parent] += alone + together.sum()
    shapley[child] -= alone / 2 + together.sum() / 6
    shapley[others] -= together / 6
    shapley[parent] += alone / 2 + together.sum() / 3
    return Decomposition(found.variance, first, total, shapley, pairs)


def assembled(
    variance: float, first: np.ndarray, *, total: np.ndarray, pairs: np.ndarray
) -> Decomposition:
    """A consistent decomposition from separate estimates of shares.

    Pairs are kept within what first order and total leave them, and the orders above two are what
    remains; so S <= Sh <= T and sum Sh = 1 hold whatever the sampling error.
    """
    first = np.minimum(first, total)
    room = np.maximum(total - first, 0.0)
    held = pairs.sum(axis=0)
    fit = np.divide(room, held, out=np.ones_like(room), where=held > room)
    pairs = pairs * np.minimum.outer(fit, fit)
    higher = np.maximum(room - pairs.sum(axis=0), 0.0)
    one, two = float(first.sum()), float(pairs.sum()) / 2
    # Every component above order two is counted at least three times in the sum of totals.
    rest = min(max(1.0 - one - two, 0.0), float(higher.sum()) / 3)
    portion = higher * (rest / higher.sum()) if higher.sum() > 0 else np.zeros_like(higher)
    shapley = first + pairs.sum(axis=0) / 2 + portion
    whole = one + two + rest
    scale = variance / whole if whole > 0 else 0.0
    return Decomposition(
        variance=float((shapley * scale).sum()),
        first=first * scale,
        total=np.minimum(total, whole) * scale,
        shapley=shapley * scale,
        pairs=pairs * scale,
    )
