"""A level that was run in a poor corner of another parameter alone, beside the other findings."""

import numpy as np
import pandas as pd

from tests.analysis.planted_findings import PLANTED, plants, seen

__all__ = ["PLANTED", "cornered"]


def cornered(rng: np.random.Generator, *, by_lot: bool = False) -> tuple[pd.DataFrame, np.ndarray]:
    """Settings and accuracies: of 60 runs 4 have adam, all where lr is too large, unless by lot."""
    lr = rng.uniform(-5, -1, 60)
    lr[:4] = rng.uniform(-5, -1, 4) if by_lot else rng.uniform(-1.5, -1, 4)
    names = np.where(np.arange(60) < 4, "adam", rng.choice(["sgd", "lion"], 60))
    best = np.where(names == "adam", -4.0, -3.0)  # adam wants smaller steps, and is as good there
    table = pd.DataFrame({"lr": 10**lr, "opt": names, "drop": rng.random(60)})
    y = 0.1 + 0.8 * np.exp(-((lr - best) ** 2)) - 0.05 * (table["drop"] - 0.5) ** 2
    return table, y.to_numpy() + rng.normal(0, 0.005, 60)


@plants("poor_corner")
def _(rng, fault):
    return seen(*cornered(rng, by_lot=not fault))
