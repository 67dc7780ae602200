"""Runs with a known fault, and clean ones: what the checks on the runs are tried on."""

from dataclasses import replace

import numpy as np
import pandas as pd

from analysis.frame import Direction, Frame


def clean(rng: np.random.Generator, n: int = 100, d: int = 5) -> pd.DataFrame:
    """A random design: linear, log, categorical, ordinal and boolean parameters in turn."""
    makers = (
        lambda: rng.uniform(0, 1, n),
        lambda: 10 ** rng.uniform(-5, -1, n),
        lambda: rng.choice(["a", "b", "c"], n),
        lambda: rng.choice([16, 32, 64, 128], n),
        lambda: rng.random(n) < 0.5,
    )
    return pd.DataFrame({f"p{j:02d}": makers[j % 5]() for j in range(d)})


def score(table: pd.DataFrame, rng: np.random.Generator, noise: float = 0.3) -> np.ndarray:
    """A smooth effect of the first two parameters, and noise."""
    first = table["p00"].to_numpy()
    second = (np.log10(table["p01"].to_numpy()) + 5) / 4
    return np.asarray(first + 2 * (second - 0.4) ** 2 + rng.normal(0, noise, len(table)))


def climb(rng: np.random.Generator, n: int = 200) -> tuple[pd.DataFrame, np.ndarray]:
    """A crude optimizer: after 20 random runs, settings near the best five so far."""
    rows: list[tuple[float, float, float]] = []
    y: list[float] = []
    for i in range(n):
        if i < 20:
            x = rng.uniform(0, 1, 3)
        else:
            centre = np.array(rows)[np.argsort(y)[-5:]][rng.integers(5)]
            x = np.clip(centre + rng.normal(0, 0.12, 3), 0, 1)
        rows.append(tuple(x))
        y.append(-((x[0] - 0.8) ** 2) - 0.3 * (x[1] - 0.5) ** 2 + rng.normal(0, 0.02))
    return pd.DataFrame(rows, columns=["a", "b", "c"]), np.array(y)


def framed(
    table: pd.DataFrame,
    y: np.ndarray | None = None,
    *,
    direction: Direction = "maximize",
    **options,
) -> Frame:
    """The frame of a table's columns as parameters, with `y` as the metric."""
    parameters = [
        str(c) for c in table if c not in ("y", "seed", "status", *options.get("blocks", ()))
    ]
    if y is not None:
        table = table.assign(y=y)
    options |= {column: column for column in ("seed", "status") if column in table}
    return Frame.from_table(
        table, parameters=parameters, metric="y", direction=direction, **options
    )


def codes(findings) -> set[str]:
    """The codes of all warnings and errors."""
    return {finding.code for finding in findings if finding.level != "note"}


def rate(anova, data, draw, *, n=250, term="x"):
    """How often is a term significant at 5 %?"""
    return np.mean([anova.fit(replace(data, y=draw()))[term].p < 0.05 for _ in range(n)])


def crossed(rng, n_settings=20, n_blocks=5):
    """Settings x and z, each in blocks b of five."""
    x, z = np.repeat(rng.random((2, n_settings)), n_blocks, axis=1)
    return pd.DataFrame({"x": x, "z": z, "b": np.tile(list("abcde"), n_settings)})
