"""One complete grid that is made here: a space, and a model or program for every cell and seed."""

from __future__ import annotations

import contextlib
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

import numpy as np
from sklearn.base import BaseEstimator
from sklearn.metrics import accuracy_score, mean_squared_error
from sklearn.model_selection import train_test_split

from benchmarks.truths.axes import Axis

CACHE = Path(__file__).parents[1] / ".cache"


@dataclass(frozen=True)
class Trained:
    """A space, the data (loader, rows to train on, rows to test on), and the model of a cell.

    A seed draws the split and the model's own chance. There are enough of them that their chance is
    less than a tenth of the variance between the means of cells, which are the exact answer.
    """

    metric: Literal["val_acc", "val_loss"]
    axes: tuple[Axis, ...]
    data: tuple[Callable[[], Any], int, int]
    model: Callable[..., BaseEstimator]
    seeds: int = 2

    def runs(self) -> np.ndarray:
        """The metric of every cell and seed; a classifier that diverges has an accuracy of 0."""
        found = np.zeros((*(len(axis.levels) for axis in self.axes), self.seeds))
        forgiven = (ValueError,) if self.metric == "val_acc" else ()
        load, n_train, n_test = self.data
        for seed in range(self.seeds):
            train, test, known, wanted = train_test_split(
                *load(), train_size=n_train, test_size=n_test, random_state=seed
            )
            for cell in np.ndindex(found.shape[:-1]):
                knobs = {a.name: a.levels[at] for a, at in zip(self.axes, cell, strict=True)}
                with contextlib.suppress(*forgiven):
                    guess = self.model(seed, **knobs).fit(train, known).predict(test)
                    found[(*cell, seed)] = _MEASURES[self.metric](wanted, guess)
        return found


@dataclass(frozen=True)
class Program:
    """A space, and what a cell and a seed come to; enough seeds, as of `Trained`."""

    metric: Literal["val_acc", "val_loss"]
    axes: tuple[Axis, ...]
    measure: Callable[..., float]
    seeds: int

    def runs(self) -> np.ndarray:
        """What every cell and seed comes to."""
        found = np.zeros((*(len(axis.levels) for axis in self.axes), self.seeds))
        for cell in np.ndindex(found.shape[:-1]):
            knobs = {a.name: a.levels[at] for a, at in zip(self.axes, cell, strict=True)}
            found[cell] = [self.measure(seed, **knobs) for seed in range(self.seeds)]
        return found


_MEASURES: dict[str, Callable[..., float]] = {
    "val_acc": accuracy_score,
    "val_loss": mean_squared_error,
}


def ordered(name: str, *levels: float, log: bool = False) -> Axis:
    """Numbers, as they are or spread evenly in their logarithm."""
    return Axis(name=name, kind="ordinal", log=log, levels=levels)


def log(name: str, low: float, high: float, n: int) -> Axis:
    """`n` numbers between two, in even steps of their logarithm."""
    levels = tuple(float(f"{level:.4g}") for level in np.geomspace(low, high, n))
    return ordered(name, *levels, log=True)


def chosen(name: str, *levels: str) -> Axis:
    """A category."""
    return Axis(name=name, kind="categorical", levels=levels)


def switch(name: str) -> Axis:
    """Off or on."""
    return Axis(name=name, kind="boolean", levels=(False, True))
