"""Does a seed do the same in every configuration?

Where all configurations share their seeds, and a seed decides which examples are held out or where
the weights start, it can lift or lower every run that has it. Replicates then differ by more than
chance within a configuration, and the noise is taken for larger than what two configurations of
one seed differ by.
"""

from __future__ import annotations

import numpy as np
import pandas as pd
from scipy.stats import chi2, rankdata

from analysis.findings_parts import ALPHA
from analysis.frame import Frame
from analysis.results import Finding
from analysis.sentences import finding
from analysis.space import factorize

MOST_SEEDS = 20
"""With more different seeds than this, hardly any is shared."""
MIN_CONFIGURATIONS = 5
MIN_SHARE = 0.2
"""Of the variance among replicates; less changes no margin noticeably (by a tenth)."""


def shared_seeds(frame: Frame) -> list[Finding]:
    """Says so where which seed it is holds a fifth of the variance among replicates, or more.

    Chance gives as much less than once in five hundred frames (`skillings_mack`).
    """
    runs = _crossed(frame)
    n_seeds = runs["seed"].nunique()
    n_configurations = runs["configuration"].nunique()
    if not 2 <= n_seeds <= MOST_SEEDS or n_configurations < MIN_CONFIGURATIONS:
        return []
    share = _share(runs)
    if share < MIN_SHARE or skillings_mack(runs) >= ALPHA:
        return []
    return [finding("shared_seeds", metric=frame.metric, share=share, n=n_seeds)]


def skillings_mack(runs: pd.DataFrame) -> float:
    """P of the hypothesis that results are exchangeable between seeds within a configuration.

    runs: columns configuration, seed and y, each pair of the first two once, each configuration at
    least twice. Ranks within configurations, so that noise may differ between them, and any seed
    may be missing in some (Skillings & Mack 1981, Technometrics 23:171, equations 2.1 to 2.3).
    """
    groups = runs.groupby("configuration")["y"]
    size = groups.transform("size").to_numpy()
    ranks = groups.transform(rankdata).to_numpy()
    scaled = np.sqrt(12 / (size + 1)) * (ranks - (size + 1) / 2)
    seeds = runs["seed"].to_numpy()
    sums = np.bincount(seeds, weights=scaled)
    present = pd.crosstab(runs["configuration"], runs["seed"]).to_numpy(dtype=float)
    together = present.T @ present
    np.fill_diagonal(together, 0.0)
    covariance = np.diag(together.sum(axis=1)) - together
    statistic = float(sums @ np.linalg.pinv(covariance, hermitian=True) @ sums)
    return float(chi2.sf(statistic, np.linalg.matrix_rank(covariance, hermitian=True)))


def _crossed(frame: Frame) -> pd.DataFrame:
    """One run of each seed of each configuration that has two seeds or more."""
    runs = pd.DataFrame(
        {
            "configuration": frame.configuration,
            "seed": [None if seed is None else str(seed) for seed in frame.seeds],
            "y": frame.objective,
        }
    )
    runs = runs.dropna(subset="seed").drop_duplicates(["configuration", "seed"])
    # A seed that only one configuration has says nothing of others.
    for name in ("seed", "configuration"):
        runs = runs[runs.groupby(name)["y"].transform("size") >= 2]
    return runs.assign(seed=factorize(runs["seed"].tolist())[0])


def _share(runs: pd.DataFrame) -> float:
    """Share of the variance within configurations that is the seeds' own (adjusted R²)."""
    seeds = runs["seed"].to_numpy()
    columns = np.column_stack([runs["y"], seeds[:, None] == np.unique(seeds)[1:]]).astype(float)
    within = (
        columns
        - pd.DataFrame(columns)
        .groupby(runs["configuration"].to_numpy())
        .transform("mean")
        .to_numpy()
    )
    y, dummies = within[:, 0], within[:, 1:]
    left = y - dummies @ np.linalg.lstsq(dummies, y, rcond=None)[0]
    df = len(runs) - runs["configuration"].nunique()
    df_left = df - int(np.linalg.matrix_rank(dummies))
    whole = float((y**2).sum())
    if whole == 0 or df_left < 1:
        return 0.0
    return 1 - float((left**2).sum()) / df_left / (whole / df)
