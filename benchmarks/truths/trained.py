"""Complete grids trained here: scikit-learn's models on scikit-learn's data, two seeds a cell.

    python -m benchmarks.truths.trained     ten minutes on two cores, into `benchmarks/.cache/`

They were made after the analysis, which but for one width was chosen on other truths (see
docs/decisions/0070 and 0071), so they tell how it does on spaces that nobody had in mind: kernels
under which other parameters mean nothing, solvers that diverge, forests whose split and seed matter
more than their settings. A seed draws both.
"""

from __future__ import annotations

import contextlib
import sys
import warnings
from collections.abc import Callable
from dataclasses import dataclass
from multiprocessing import Pool
from pathlib import Path
from typing import Any, Literal

import numpy as np
import sklearn
from sklearn.base import BaseEstimator
from sklearn.compose import TransformedTargetRegressor
from sklearn.datasets import load_breast_cancer, load_diabetes, load_digits
from sklearn.decomposition import PCA
from sklearn.ensemble import GradientBoostingRegressor, RandomForestClassifier
from sklearn.kernel_ridge import KernelRidge
from sklearn.linear_model import SGDClassifier
from sklearn.metrics import accuracy_score, mean_squared_error
from sklearn.model_selection import train_test_split
from sklearn.neighbors import KNeighborsClassifier
from sklearn.neural_network import MLPClassifier
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import FunctionTransformer, MinMaxScaler, Normalizer, StandardScaler
from sklearn.svm import SVC

from benchmarks.truths.axes import Axis

CACHE = Path(__file__).parents[1] / ".cache"
COMMAND = "python -m benchmarks.truths.trained"
HELD_OUT = "held out"
"""How these grids are asked for, together, and called in tables."""
SEEDS = 2


@dataclass(frozen=True)
class Trained:
    """A space, the data (loader, rows to train on, rows to test on), and the model of a cell."""

    metric: Literal["val_acc", "val_loss"]
    axes: tuple[Axis, ...]
    data: tuple[Callable[..., Any], int, int]
    model: Callable[..., BaseEstimator]

    def runs(self) -> np.ndarray:
        """The metric of every cell and seed; a classifier that diverges has an accuracy of 0."""
        found = np.zeros((*(len(axis.levels) for axis in self.axes), SEEDS))
        forgiven = (ValueError,) if self.metric == "val_acc" else ()
        load, n_train, n_test = self.data
        for seed in range(SEEDS):
            train, test, known, wanted = train_test_split(
                *load(return_X_y=True), train_size=n_train, test_size=n_test, random_state=seed
            )
            for cell in np.ndindex(found.shape[:-1]):
                knobs = {a.name: a.levels[at] for a, at in zip(self.axes, cell, strict=True)}
                with contextlib.suppress(*forgiven):
                    guess = self.model(seed, **knobs).fit(train, known).predict(test)
                    found[(*cell, seed)] = _MEASURES[self.metric](wanted, guess)
        return found


_MEASURES: dict[str, Callable[..., float]] = {
    "val_acc": accuracy_score,
    "val_loss": mean_squared_error,
}


def _ordered(name: str, *levels: float, log: bool = False) -> Axis:
    return Axis(name=name, kind="ordinal", log=log, levels=levels)


def _log(name: str, low: float, high: float, n: int) -> Axis:
    levels = tuple(float(f"{level:.4g}") for level in np.geomspace(low, high, n))
    return _ordered(name, *levels, log=True)


def _chosen(name: str, *levels: str) -> Axis:
    return Axis(name=name, kind="categorical", levels=levels)


def _switch(name: str) -> Axis:
    return Axis(name=name, kind="boolean", levels=(False, True))


_SCALERS: dict[str, Callable[[], Any]] = {
    "none": FunctionTransformer,
    "standard": StandardScaler,
    "minmax": MinMaxScaler,
    "unit": Normalizer,
}
_SCALE = _chosen("scale", *_SCALERS)


def _svm(_seed: int, *, scale: str, **knobs: object) -> BaseEstimator:
    return make_pipeline(_SCALERS[scale](), SVC(**knobs))


def _neighbours(seed: int, *, scale: str, n_components: int, **knobs: object) -> BaseEstimator:
    shrink = PCA(n_components, random_state=seed)
    return make_pipeline(_SCALERS[scale](), shrink, KNeighborsClassifier(**knobs))


def _descent(seed: int, **knobs: object) -> BaseEstimator:
    model = SGDClassifier(**knobs, max_iter=8, tol=None, random_state=seed)
    return make_pipeline(StandardScaler(), model)


def _forest(seed: int, **knobs: object) -> BaseEstimator:
    return RandomForestClassifier(**knobs, random_state=seed)


def _boosting(seed: int, **knobs: object) -> BaseEstimator:
    return GradientBoostingRegressor(**knobs, random_state=seed)


def _network(seed: int, *, width: int, layers: int, **knobs: object) -> BaseEstimator:
    model = MLPClassifier((width,) * layers, **knobs, max_iter=6, random_state=seed)
    return make_pipeline(StandardScaler(), model)


def _ridge(_seed: int, *, scale: str, **knobs: object) -> BaseEstimator:
    centred = StandardScaler(with_std=False)
    model = TransformedTargetRegressor(KernelRidge(**knobs), transformer=centred)
    return make_pipeline(_SCALERS[scale](), model)


GRIDS: dict[str, Trained] = {
    "svm_digits": Trained(
        "val_acc",
        (
            _log("C", 1e-2, 1e3, 8),
            _log("gamma", 1e-5, 10.0, 8),
            _chosen("kernel", "rbf", "poly", "sigmoid"),
            _ordered("coef0", 0.0, 0.5, 1.0),
            _SCALE,
        ),
        (load_digits, 400, 400),
        _svm,
    ),
    "neighbours_digits": Trained(
        "val_acc",
        (
            _ordered("n_neighbors", 1, 2, 3, 5, 8, 12, 20, 35, 60, 100, log=True),
            _chosen("weights", "uniform", "distance"),
            _chosen("metric", "euclidean", "manhattan", "cosine", "chebyshev"),
            _ordered("n_components", 2, 4, 8, 16, 32, 50, log=True),
            _SCALE,
        ),
        (load_digits, 500, 500),
        _neighbours,
    ),
    "descent_digits": Trained(
        "val_acc",
        (
            _chosen("loss", "hinge", "log_loss", "modified_huber", "squared_hinge"),
            _chosen("penalty", "l2", "l1", "elasticnet"),
            _log("alpha", 1e-6, 1.0, 7),
            _chosen("learning_rate", "constant", "invscaling", "adaptive", "optimal"),
            _log("eta0", 1e-4, 10.0, 6),
        ),
        (load_digits, 500, 800),
        _descent,
    ),
    "forest_breast": Trained(
        "val_acc",
        (
            _ordered("n_estimators", 2, 6, 18, log=True),
            _ordered("max_features", 1, 3, 6, 12, 30, log=True),
            _ordered("max_depth", 1, 2, 3, 5, 8, 12),
            _ordered("min_samples_leaf", 1, 3, 9, 27, 60, log=True),
            _chosen("criterion", "gini", "entropy"),
            _switch("bootstrap"),
        ),
        (load_breast_cancer, 280, 280),
        _forest,
    ),
    "boosting_diabetes": Trained(
        "val_loss",
        (
            _log("learning_rate", 0.01, 1.0, 6),
            _ordered("n_estimators", 8, 20, 50, log=True),
            _ordered("max_depth", 1, 2, 4, 7),
            _ordered("subsample", 0.3, 0.6, 1.0),
            _chosen("loss", "squared_error", "absolute_error", "huber"),
            _ordered("max_features", 0.2, 0.5, 1.0),
        ),
        (load_diabetes, 300, 140),
        _boosting,
    ),
    "network_breast": Trained(
        "val_acc",
        (
            _ordered("width", 4, 16, 64, log=True),
            _ordered("layers", 1, 2),
            _log("alpha", 1e-4, 10.0, 4),
            _log("learning_rate_init", 1e-4, 1.0, 6),
            _ordered("batch_size", 16, 64, 256, log=True),
            _chosen("activation", "relu", "tanh", "logistic", "identity"),
            _chosen("solver", "sgd", "adam"),
        ),
        (load_breast_cancer, 280, 280),
        _network,
    ),
    "ridge_diabetes": Trained(
        "val_loss",
        (
            _log("alpha", 1e-4, 1e3, 9),
            _log("gamma", 1e-4, 30.0, 9),
            _chosen("kernel", "rbf", "polynomial", "laplacian", "sigmoid", "linear"),
            _ordered("degree", 1, 2, 3, 4),
            _SCALE,
        ),
        (load_diabetes, 250, 190),
        _ridge,
    ),
}


def train(name: str) -> str:
    """Train one grid; scikit-learn's advice on hopeless settings is left unsaid."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        runs = GRIDS[name].runs()
    whole = CACHE / f"{name}.npz"
    part = whole.with_suffix(".part.npz")
    np.savez_compressed(part, runs=runs, scikit_learn=sklearn.__version__)
    part.replace(whole)
    return name


def main() -> None:
    CACHE.mkdir(exist_ok=True)
    with Pool() as pool:
        for done, name in enumerate(pool.imap_unordered(train, GRIDS), start=1):
            print(f"{done} of {len(GRIDS)}: {name}", file=sys.stderr)


if __name__ == "__main__":
    main()
