"""One parameter of a truth: its values, its measure, and nodes to integrate over it."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Literal

import numpy as np

Scalar = bool | int | float | str | None
Kind = Literal["continuous", "integer", "ordinal", "categorical", "boolean"]


@dataclass(frozen=True, kw_only=True)
class Axis:
    """A parameter in its own unit: an interval (uniform, on a log scale if `log`) or levels.

    none_share: weight of None on a numeric axis.
    parent, active: the axis exists only where `parent` has one of `active`.
    breaks: places in (0, 1) where functions of this axis jump or bend; quadrature stops there.
    """

    name: str
    kind: Kind = "continuous"
    low: float = 0.0
    high: float = 1.0
    log: bool = False
    levels: tuple[Scalar, ...] = ()
    none_share: float = 0.0
    parent: str | None = None
    active: tuple[Scalar, ...] = ()
    breaks: tuple[float, ...] = ()

    @property
    def numeric(self) -> bool:
        """Whether the axis is an interval rather than levels."""
        return not self.levels

    def values(self, unit: np.ndarray) -> np.ndarray:
        """Points of [0, 1) -> raw values: float (NaN for None) or objects for levels."""
        if self.levels:
            return self.level_values(np.minimum(unit * len(self.levels), len(self.levels) - 1))
        if self.none_share:
            present = unit >= self.none_share
            rescaled = (unit - self.none_share) / (1.0 - self.none_share)
            return np.where(present, self._numbers(np.clip(rescaled, 0.0, 1.0)), np.nan)
        return self._numbers(unit)

    def level_values(self, codes: np.ndarray) -> np.ndarray:
        """Level codes -> raw levels; numbers as float so that functions can calculate."""
        table = np.array(self.levels, dtype=object)
        taken = table[np.asarray(codes).astype(int)]
        if all(type(level) in (int, float) for level in self.levels):
            return np.asarray(taken.astype(float))
        return np.asarray(taken)

    def _numbers(self, unit: np.ndarray) -> np.ndarray:
        if self.log:
            low, high = math.log(self.low), math.log(self.high)
            return np.asarray(np.exp(low + unit * (high - low)))
        return np.asarray(self.low + unit * (self.high - self.low))

    def nodes(self, order: int) -> tuple[np.ndarray, np.ndarray]:
        """Values and weights: Gauss-Legendre of `order` on each piece, or the levels."""
        if self.levels:
            count = len(self.levels)
            return self.level_values(np.arange(count)), np.full(count, 1.0 / count)
        points, weights = np.polynomial.legendre.leggauss(order)
        edges = np.array([0.0, *self.breaks, 1.0])
        lows, widths = edges[:-1, None], np.diff(edges)[:, None]
        unit = (lows + widths * (points + 1.0) / 2.0).ravel()
        return self._with_none(unit, (widths * weights / 2.0).ravel())

    def settings(self, count: int) -> tuple[np.ndarray, np.ndarray]:
        """Values and weights of an even grid: what a tuner could hold the parameter at.

        The ends are there with no weight: the best setting may be one of them.
        """
        if self.levels:
            return self.nodes(1)
        unit = np.concatenate([[0.0], (np.arange(count) + 0.5) / count, [1.0]])
        weights = np.concatenate([[0.0], np.full(count, 1.0 / count), [0.0]])
        return self._with_none(unit, weights)

    def _with_none(self, unit: np.ndarray, weights: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        numbers = self._numbers(unit)
        if not self.none_share:
            return numbers, weights
        kept = weights * (1.0 - self.none_share)
        return np.append(numbers, np.nan), np.append(kept, self.none_share)
