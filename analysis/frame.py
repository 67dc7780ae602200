"""The frame: one row per run, its space, its objective; replicates kept together.

Everything downstream reads a frame. Rows are runs; `configuration` says which runs share every
studied parameter (replicates); per-configuration arrays are what surrogates are fitted to, because
seeds measure noise and configurations carry the evidence.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import cached_property
from typing import Literal

import numpy as np
import pandas as pd

from analysis.results import Exclusion, Scalar, Transform
from analysis.space import Parameter, Space, level_key

Direction = Literal["maximize", "minimize"]


@dataclass(frozen=True, eq=False)
class Frame:
    """Runs ready for analysis; make one with `Frame.from_table` or `Frame.from_journal`.

    codes: (n_runs, n_parameters) float, see `analysis.space`
    objective: (n_runs,) float, finite, already transformed
    order: (n_runs,) float, start time in seconds (or row number): for drift
    """

    space: Space
    metric: str
    direction: Direction
    codes: np.ndarray
    objective: np.ndarray
    order: np.ndarray
    run_ids: tuple[str, ...]
    values: tuple[tuple[Scalar, ...], ...]
    """Raw parameter values, a row per run, in space order."""
    seeds: tuple[Scalar, ...]
    seconds: np.ndarray
    """(n_runs,) duration; NaN where unknown."""
    blocks: pd.DataFrame
    """(n_runs, n_blocks) block columns (dataset, machine, code version); may have no column."""
    constants: tuple[Parameter, ...] = ()
    """Parameters that never change in the used runs."""
    failed: FailedRuns | None = None
    excluded: tuple[Exclusion, ...] = ()
    transform: Transform = "none"
    unit: str | None = None
    source: str = ""
    digest: str = ""

    @property
    def n_runs(self) -> int:
        return len(self.objective)

    @property
    def sign(self) -> float:
        """+1 where high is good, -1 where low is good."""
        return 1.0 if self.direction == "maximize" else -1.0

    @cached_property
    def configuration(self) -> np.ndarray:
        """(n_runs,) int: 0..n_configurations-1 in order of first appearance."""
        seen: dict[tuple[tuple[str, str], ...], int] = {}
        blocks = self.blocks.astype(str).to_numpy()
        keys = [
            (*(level_key(value) for value in row), *(("block", str(item)) for item in block))
            for row, block in zip(self.values, blocks, strict=True)
        ]
        return np.array([seen.setdefault(key, len(seen)) for key in keys], dtype=np.intp)

    @property
    def n_configurations(self) -> int:
        return int(self.configuration.max()) + 1 if self.n_runs else 0

    @cached_property
    def first_rows(self) -> np.ndarray:
        """(n_configurations,) int: the first run of each configuration."""
        return np.unique(self.configuration, return_index=True)[1]

    @cached_property
    def replicates(self) -> np.ndarray:
        """(n_configurations,) int: runs per configuration."""
        return np.bincount(self.configuration, minlength=self.n_configurations)

    @cached_property
    def means(self) -> np.ndarray:
        """(n_configurations,) float: mean objective of each configuration."""
        total = np.bincount(self.configuration, weights=self.objective)
        return np.asarray(total / self.replicates)

    @cached_property
    def configuration_codes(self) -> np.ndarray:
        """(n_configurations, n_parameters) float."""
        return np.asarray(self.codes[self.first_rows])

    def take(self, rows: np.ndarray, *, space: Space | None = None) -> Frame:
        """The frame of some runs (by position), codes made anew when the space differs."""
        new_space = space or self.space
        columns = [self.space.index(name) for name in new_space.names]
        values = tuple(tuple(self.values[row][column] for column in columns) for row in rows)
        taken = replace(
            self,
            space=new_space,
            objective=self.objective[rows],
            order=self.order[rows],
            run_ids=tuple(self.run_ids[row] for row in rows),
            values=values,
            seeds=tuple(self.seeds[row] for row in rows),
            seconds=self.seconds[rows],
            blocks=self.blocks.iloc[rows],
            codes=encode(new_space, values),
        )
        return taken


@dataclass(frozen=True, eq=False)
class FailedRuns:
    """Runs that ended without a usable objective, beside all runs: the yes/no objective.

    codes: (n_all, n_parameters); failed: (n_all,) bool; over used *and* failed runs.
    """

    codes: np.ndarray
    failed: np.ndarray
    values: tuple[tuple[Scalar, ...], ...]


def encode(space: Space, values: tuple[tuple[Scalar, ...], ...]) -> np.ndarray:
    """(n_runs, n_parameters) codes of raw rows."""
    columns = [
        parameter.encode([row[index] for row in values])
        for index, parameter in enumerate(space.parameters)
    ]
    return np.column_stack(columns) if columns else np.zeros((len(values), 0))
