"""Complete grids of models that learn without labels and are judged by them.

Mixtures held against the digits they were not told, and forests that isolate what is rare: a score
that no model was fitted to. Made after the analysis (docs/decisions/0107).
"""

from __future__ import annotations

from functools import lru_cache

import numpy as np
from sklearn.datasets import load_breast_cancer, load_digits
from sklearn.decomposition import PCA
from sklearn.ensemble import IsolationForest
from sklearn.metrics import adjusted_rand_score, roc_auc_score
from sklearn.mixture import GaussianMixture
from sklearn.preprocessing import Normalizer, QuantileTransformer, StandardScaler

from benchmarks.truths.training import Program, chosen, log, ordered, switch

_SCALERS = {
    "standard": StandardScaler(),
    "unit": Normalizer(),
    "rank": QuantileTransformer(n_quantiles=50),
}
DRAWN, COMMON, RARE = 400, 250, 20


@lru_cache(64)
def _digits(seed: int, scale: str, *, n_components: int) -> tuple[np.ndarray, np.ndarray]:
    images, labels = load_digits(return_X_y=True)
    rows = np.random.default_rng(seed).choice(len(images), DRAWN, replace=False)
    drawn = images[rows]
    drawn = drawn / 16 if scale == "none" else _SCALERS[scale].fit_transform(drawn)
    return PCA(n_components, random_state=0).fit_transform(drawn), labels[rows]


def mixture(
    seed: int,
    *,
    scale: str,
    n_components: int,
    n_clusters: int,
    covariance: str,
    reg_covar: float,
    start: str,
    max_iter: int,
) -> float:
    """How well the parts of a mixture are the ten digits; 0 where it cannot be fitted."""
    drawn, labels = _digits(seed, scale, n_components=n_components)
    model = GaussianMixture(
        n_clusters,
        covariance_type=covariance,
        reg_covar=reg_covar,
        init_params=start,
        max_iter=max_iter,
        random_state=seed,
    )
    try:
        return float(adjusted_rand_score(labels, model.fit_predict(drawn)))
    except ValueError:
        return 0.0


@lru_cache(64)
def _cells(seed: int, scale: str, *, n_components: int) -> tuple[np.ndarray, np.ndarray]:
    """Benign ones and a few malignant ones; whether each is one of the few."""
    cells, benign = load_breast_cancer(return_X_y=True)
    rng = np.random.default_rng(seed)
    common = rng.choice(np.flatnonzero(benign == 1), COMMON, replace=False)
    rare = rng.choice(np.flatnonzero(benign == 0), RARE, replace=False)
    rows = np.concatenate([common, rare])
    drawn = cells[rows]
    drawn = drawn if scale == "none" else _SCALERS[scale].fit_transform(drawn)
    if n_components:
        drawn = PCA(n_components, random_state=0).fit_transform(drawn)
    return drawn, benign[rows] == 0


def isolation(seed: int, *, scale: str, n_components: int, **knobs: object) -> float:
    """How surely a forest that isolates ranks the rare ones first (area under the curve)."""
    drawn, rare = _cells(seed, scale, n_components=n_components)
    model = IsolationForest(**knobs, random_state=seed).fit(drawn)
    return float(roc_auc_score(rare, -model.score_samples(drawn)))


UNLABELLED: dict[str, Program] = {
    "mixture_digits": Program(
        "val_acc",
        (
            ordered("n_components", 2, 5, 12, 30, log=True),
            ordered("n_clusters", 5, 10, 15, 20),
            chosen("covariance", "full", "tied", "diag", "spherical"),
            log("reg_covar", 1e-6, 1.0, 4),
            chosen("start", "kmeans", "random", "k-means++"),
            ordered("max_iter", 1, 12),
            chosen("scale", "none", "standard", "unit"),
        ),
        mixture,
        seeds=3,
    ),
    "isolation_breast": Program(
        "val_acc",
        (
            ordered("n_estimators", 2, 10, log=True),
            ordered("max_samples", 8, 32, 128, 256, log=True),
            ordered("max_features", 0.2, 0.5, 1.0),
            switch("bootstrap"),
            ordered("contamination", 0.02, 0.2, log=True),
            chosen("scale", "none", "standard", "unit", "rank"),
            ordered("n_components", 0, 3, 10),
        ),
        isolation,
        seeds=24,
    ),
}
