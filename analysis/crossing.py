"""Settings that were run in several blocks: what differs within a block, and what between them.

Only where parameters act differently in blocks (`interplay`) are the two told apart: the first is
the noise, the second is a sample of blocks, which a mean over them stands on.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from analysis.frame import Frame
from analysis.space import firsts, group_rows

LEAST_DF = 5
"""Degrees of freedom below which a mean square is chance."""


@dataclass(frozen=True, eq=False)
class Cells:
    """Runs of one setting in one block, together.

    of_run: (n_runs,) int; setting, block, runs: (n_cells,) int; means: (n_cells,) float.
    """

    of_run: np.ndarray
    setting: np.ndarray
    block: np.ndarray
    runs: np.ndarray
    means: np.ndarray

    @property
    def blocks_of(self) -> np.ndarray:
        """(n_settings,) int: in how many blocks each setting was run."""
        return np.bincount(self.setting)


def cells(frame: Frame, blocks: np.ndarray) -> Cells:
    """The cells of a frame whose blocks were taken out; blocks: (n_runs,) int."""
    of_run = group_rows([frame.configuration, blocks], frame.n_runs)
    first, runs = firsts(of_run), np.bincount(of_run)
    means = np.bincount(of_run, weights=frame.objective) / runs
    return Cells(of_run, frame.configuration[first], blocks[first], runs, means)


@dataclass(frozen=True, eq=False)
class Between:
    """variance: (n_configurations,) of each configuration's mean, over blocks; df: behind it.

    apart: (n_configurations,) the part of what lies between blocks that sets a mean apart from the
    means of other configurations, 0 where all were run in the same blocks equally often.
    """

    variance: np.ndarray
    df: float
    apart: np.ndarray


def between_blocks(frame: Frame) -> Between | None:
    """How surely the means over some blocks stand for those over others of their kind.

    A setting's mean over blocks has the variance t² Σ (r_b / r)² + s² / r, where s² is of runs in
    one block, and the mean square between the blocks of a setting s² + n₀ t² (Searle, Casella &
    McCulloch 1992, section 3.6). Without repetitions within a block that is the mean square over r.
    None where runs of one setting in several blocks are replicates, or few settings are crossed.
    """
    if frame.unlike is None:
        return None
    there = cells(frame, frame.unlike)
    deviations = there.means - frame.means[there.setting]
    df = len(there.means) - frame.n_configurations - int(frame.unlike.max())
    if df < LEAST_DF:
        return None
    whole = float((there.runs * deviations**2).sum()) / df
    repeated = frame.n_runs - len(there.means)
    shares = np.bincount(there.setting, weights=there.runs**2) / frame.replicates
    apart = _apart(there, frame.n_configurations)
    if repeated < LEAST_DF:
        return Between(whole / frame.replicates, df, apart)
    inner = float(((frame.objective - there.means[there.of_run]) ** 2).sum()) / repeated
    each = (frame.n_runs - float(shares.sum())) / (len(there.means) - frame.n_configurations)
    own = max(whole - inner, 0.0) / each
    return Between((own * shares + inner) / frame.replicates, df, apart)


def _apart(there: Cells, n_settings: int) -> np.ndarray:
    """(n_settings,) sum over blocks of (w - W)² over that of w², at most 1.

    w: how much of a setting's mean is of each block; W: how much of all means.
    """
    weight = np.zeros((n_settings, int(there.block.max()) + 1))
    weight[there.setting, there.block] = there.runs
    weight /= weight.sum(axis=1, keepdims=True)
    off = ((weight - weight.mean(axis=0)) ** 2).sum(axis=1) / (weight**2).sum(axis=1)
    return np.asarray(np.minimum(off, 1.0))
