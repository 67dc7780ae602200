"""What the analysis of variance is fitted to: configuration means, their weights, pure error."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Literal

import numpy as np
import pandas as pd
from scipy import stats

from analysis.anova_says import WHERE
from analysis.errors import ConstantObjective, TooFewRuns
from analysis.frame import Frame
from analysis.sentences import said
from analysis.space import Space, factorize, group_rows

Rows = Literal["configurations", "runs"]
Weights = Literal["auto", "replicates", "equal"]
MIN_PURE_DF = 5
"""With fewer degrees of freedom the replicates' noise is too uncertain to weigh by."""


@dataclass(frozen=True, eq=False)
class AnovaData:
    """Rows of the analysis of variance, the response centred and scaled.

    codes: (n, p); y: (n,) = (objective - centre) / scale; weights, replicates: (n,), runs behind
    each row; blocks: (n, b); pure_ss, pure_df: spread among replicates, in squared units of y.
    """

    space: Space
    codes: np.ndarray
    y: np.ndarray
    weights: np.ndarray
    replicates: np.ndarray
    blocks: pd.DataFrame
    pure_ss: float
    pure_df: int
    scale: float
    n_configurations: int
    settings: np.ndarray
    """(n,) int: rows equal in every parameter, in whatever block."""

    @property
    def n_settings(self) -> int:
        """Different settings of the parameters: the evidence there is about them."""
        return int(self.settings.max()) + 1

    @property
    def n_crossed(self) -> int:
        """Settings that were run in several blocks."""
        return int((np.bincount(self.settings) > 1).sum())

    @property
    def crossed(self) -> bool:
        """Were settings run in several blocks?"""
        return self.n_settings < self.n_configurations

    @property
    def n_runs(self) -> int:
        """Runs behind all rows."""
        return int(self.replicates.sum())


def data_of_frame(frame: Frame, *, rows: Rows = "configurations") -> AnovaData:
    """The rows of a frame, each weighted by its runs.

    rows: "runs" takes every run as evidence of its own, which is right only where nothing but the
    noise between replicates separates configurations that the model takes for equal.
    Raises `TooFewRuns`, `ConstantObjective`.
    """
    if frame.n_configurations < 3:
        few = said("classical.few", n=frame.n_configurations)
        raise TooFewRuns.said(few, where=WHERE)
    y, scale = standardised(frame.objective)
    means = np.bincount(frame.configuration, weights=y) / frame.replicates
    pure_ss = float(np.sum((y - means[frame.configuration]) ** 2))
    by_run = rows == "runs"
    replicates = np.ones(frame.n_runs) if by_run else frame.replicates.astype(float)
    return AnovaData(
        space=frame.space,
        codes=frame.codes if by_run else frame.configuration_codes,
        y=y if by_run else means,
        weights=replicates,
        replicates=replicates,
        blocks=(frame.blocks if by_run else frame.blocks.iloc[frame.first_rows]).reset_index(
            drop=True
        ),
        pure_ss=pure_ss,
        pure_df=frame.n_runs - frame.n_configurations,
        scale=scale,
        n_configurations=frame.n_configurations,
        settings=_settings(frame) if by_run else _settings(frame)[frame.first_rows],
    )


def _settings(frame: Frame) -> np.ndarray:
    """(n_runs,) int: runs equal in every parameter, in whatever block."""
    if not frame.blocks.shape[1]:
        return frame.configuration
    parts = [factorize(column)[0] for column in zip(*frame.values, strict=True)]
    return group_rows(parts, frame.n_runs)


def standardised(objective: np.ndarray) -> tuple[np.ndarray, float]:
    """Centred and scaled to 1, so that neither 1e-300 nor 1e300 leaves the range of a float."""
    half = objective / 2.0  # the spread of -1e308..1e308 is no float
    centred = half - half[0]
    largest = float(np.max(np.abs(centred)))
    if largest == 0.0:
        raise ConstantObjective.said(said("classical.constant"), where=WHERE)
    y = centred / largest
    return y - y.mean(), 2.0 * largest


def ranked(data: AnovaData) -> AnovaData:
    """The same rows with ranks (ties averaged) for the response (Conover & Iman 1981).

    Ranks have no replicates' noise of their own, so there is no pure error.
    """
    ranks = stats.rankdata(data.y)
    y, scale = standardised(ranks)
    return replace(data, y=y, scale=scale, pure_ss=0.0, pure_df=0)


def reweighted(data: AnovaData, design: np.ndarray, *, weights: Weights) -> AnovaData:
    """The same rows weighted by how well each is known.

    "replicates": by runs, right if seeds are all that separates a row from the model; "equal":
    right if seeds add nothing to the model's own misfit. "auto" estimates both: each row has
    variance tau^2 + sigma^2 / runs, sigma^2 from the replicates, tau^2 by moments from the residual
    of the replicate-weighted fit (DerSimonian & Laird 1986; with a design: Thompson & Sharp 1999,
    equation 8). Where every row has equally many runs all three are the same.

    design: (n, k) full-rank design of the model, intercept included.
    """
    runs = data.replicates
    if weights == "replicates" or np.all(runs == runs[0]):
        return data
    if weights == "equal" or data.pure_df < MIN_PURE_DF:
        return _weighted(data, np.ones(len(runs)))
    sigma2 = data.pure_ss / data.pure_df
    root = np.sqrt(runs)
    q, _ = np.linalg.qr(design * root[:, None])
    z = data.y * root
    residual_ss = float(np.sum((z - q @ (q.T @ z)) ** 2))
    expected = runs.sum() - float(np.sum((q * q).sum(axis=1) * runs))
    n_free = len(runs) - q.shape[1]
    tau2 = max((residual_ss - n_free * sigma2) / expected, 0.0) if expected > 0 else 0.0
    variance = tau2 + sigma2 / runs
    return data if np.any(variance <= 0) else _weighted(data, 1.0 / variance)


def _weighted(data: AnovaData, weights: np.ndarray) -> AnovaData:
    """Weights that sum to the number of runs, so that sums of squares keep their unit."""
    return replace(data, weights=weights * (data.n_runs / weights.sum()))
