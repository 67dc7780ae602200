"""The frame: one row per run, its space, its objective; replicates kept together.

Everything downstream reads a frame. Rows are runs; `configuration` says which of them share every
studied parameter: seeds measure noise, and configurations carry the evidence.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property
from os import PathLike
from typing import Literal

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike

from analysis.declaration import Declaration
from analysis.intake_table import runs_of_table, table_of_arrays, with_orders
from analysis.results import Exclusion, Finding, Scalar, Transform
from analysis.runs import FailedRuns, scalars
from analysis.space import Parameter, Space, encode, factorize, firsts, group_rows, level_key

Direction = Literal["maximize", "minimize"]
LEAST, MOST = 1e-70, 1e70
"""Smallest spread and largest value of an objective of which variances can be formed."""


@dataclass(frozen=True, eq=False)
class Frame:
    """Runs ready for analysis; make one with `from_table`, `from_arrays` or `from_journal`.

    codes: (n_runs, n_parameters) float, see `analysis.space`
    objective: (n_runs,) float, finite, on the scale that `transform` names
    order, seconds: (n_runs,) float, start time or row number, for drift; duration or NaN
    taken_df, step: degrees of freedom that blocks took from repeats; the metric's step before that
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
    blocks: pd.DataFrame
    """(n_runs, n_blocks) block columns (dataset, machine, code version); may have no column."""
    block_parameters: tuple[str, ...] = ()
    """The blocks that are parameters, so that a run can be given them; a host cannot."""
    unlike: np.ndarray | None = None
    """(n_runs,) int: the blocks that were taken out, if parameters act differently in them."""
    taken_df: float = 0.0
    step: float | None = None
    constants: tuple[Parameter, ...] = ()
    """Parameters that never change in the used runs."""
    failed: FailedRuns | None = None
    excluded: tuple[Exclusion, ...] = ()
    thinned_out: bool = False
    """Whether others were stopped at some times more than at others (`analysis.stopped`)."""
    nuisance: tuple[Parameter, ...] = ()
    """Parameters that vary but are not asked about: seeds, names of runs."""
    seed_name: str = ""
    """The parameter that sets the seed (`random_state`); "" where it is recorded as such."""
    notes: tuple[Finding, ...] = ()
    """What was found while the runs were read; `analysis.findings` passes it on."""
    other_metrics: Mapping[str, np.ndarray] = field(default_factory=dict)
    """name -> (n_runs,) float: the run's other metrics, NaN where it has none."""
    context: tuple[Mapping[str, Scalar], ...] = ()
    """Per run, what the journal recorded around it (commit, command, host); may be empty."""
    transform: Transform = "none"
    unit: str | None = None
    source: str = ""
    digest: str = ""
    asked: tuple[tuple[str, Scalar], ...] = ()
    """What the journal was asked, as options of the command line (`analysis.options.asked`)."""
    renamed: tuple[tuple[str, str], ...] = ()
    """(what a parameter was called when it was recorded, what it is called)."""

    def __post_init__(self) -> None:
        for column in (self.codes, self.objective, self.order, self.seconds):
            column.setflags(write=False)

    def __setstate__(self, state: Mapping[str, object]) -> None:
        """A copy, and what another process is sent, is read-only as well."""
        vars(self).update(state)
        self.__post_init__()

    def __repr__(self) -> str:
        """A line, where the fields would be pages."""
        of = ", ".join(map(repr, self.space.names))
        runs = f"{self.n_runs} runs of {self.n_configurations} configurations"
        return f"<Frame of {self.metric!r} ({self.direction}): {runs} of {of}>"

    @property
    def n_runs(self) -> int:
        """Used runs."""
        return len(self.objective)

    @property
    def unblocked(self) -> Frame:
        """The same runs, as if nothing set them apart."""
        return replace(self, blocks=self.blocks.iloc[:, :0])

    @property
    def sign(self) -> float:
        """+1 where high is good, -1 where low is good."""
        return 1.0 if self.direction == "maximize" else -1.0

    @cached_property
    def configuration(self) -> np.ndarray:
        """(n_runs,) int: 0..n_configurations-1 in order of first appearance."""
        parts = [factorize(column)[0] for column in zip(*self.values, strict=True)]
        return group_rows([*parts, block_codes(self.blocks)], self.n_runs)

    @property
    def n_configurations(self) -> int:
        """Different settings of the studied parameters (within a block)."""
        return int(self.configuration.max()) + 1 if self.n_runs else 0

    @cached_property
    def first_rows(self) -> np.ndarray:
        """(n_configurations,) int: the first run of each configuration."""
        return firsts(self.configuration)

    @cached_property
    def replicates(self) -> np.ndarray:
        """(n_configurations,) int: runs per configuration."""
        return np.bincount(self.configuration, minlength=self.n_configurations)

    @cached_property
    def means(self) -> np.ndarray:
        """(n_configurations,) float: mean objective of each configuration."""
        return np.asarray(np.bincount(self.configuration, self.objective) / self.replicates)

    @cached_property
    def configuration_codes(self) -> np.ndarray:
        """(n_configurations, n_parameters) float."""
        return np.asarray(self.codes[self.first_rows])

    @property
    def measurable(self) -> bool:
        """Whether fourth powers of the objective and of its spread exist in double precision."""
        if self.n_runs == 0 or not (np.abs(self.objective) < MOST).all():
            return self.n_runs == 0
        return not 0 < np.ptp(self.objective) <= LEAST

    @property
    def complete(self) -> bool:
        """Whether every combination of the parameters' levels was run: a full factorial design."""
        gaps = any(p.numeric or p.condition is not None for p in self.space.parameters)
        every = math.prod(len(p.levels) for p in self.space.parameters)
        return not gaps and not self.blocks.shape[1] and self.n_configurations == every

    @property
    def n_failed(self) -> int:
        """Runs whose status says failed."""
        return self.failed.reported if self.failed is not None else 0

    def take(self, rows: np.ndarray, *, space: Space | None = None) -> Frame:
        """The frame of some runs (by position), codes made anew when the space differs."""
        columns = [self.space.index(name) for name in (space or self.space).names]
        values = tuple(tuple(self.values[row][column] for column in columns) for row in rows)
        return replace(
            self,
            space=space or self.space,
            objective=self.objective[rows],
            order=self.order[rows],
            run_ids=tuple(self.run_ids[row] for row in rows),
            values=values,
            seeds=tuple(self.seeds[row] for row in rows),
            seconds=self.seconds[rows],
            blocks=self.blocks.iloc[rows],
            unlike=None if self.unlike is None else self.unlike[rows],
            other_metrics={name: column[rows] for name, column in self.other_metrics.items()},
            context=tuple(self.context[row] for row in rows) if self.context else (),
            codes=self.codes[rows] if space is None else encode(space, values),
        )

    @classmethod
    def from_table(
        cls,
        table: pd.DataFrame,
        *,
        parameters: Sequence[str],
        metric: str,
        direction: Direction,
        seed: str | None = None,
        blocks: Sequence[str] = (),
        declarations: Mapping[str, Declaration] | None = None,
        status: str | None = None,
        order: str | None = None,
        seconds: str | None = None,
        run_id: str | None = None,
        other_metrics: Sequence[str] = (),
        unit: str | None = None,
    ) -> Frame:
        """The frame of a table with one run per row.

        Names of columns: parameters, metric, seed (equal settings with other seeds are replicates),
        blocks (what sets runs apart), status (how a run ended, in the words of trackers), order
        (numbers or times), seconds, run_id, other_metrics (for findings only). declarations: what
        is known of parameters, else inferred. Raises `InputError` for what cannot be read so.
        """
        from analysis.assembly import assemble

        runs = runs_of_table(
            table,
            parameters=parameters,
            metric=metric,
            seed=seed,
            blocks=blocks,
            status=status,
            order=order,
            seconds=seconds,
            run_id=run_id,
            other_metrics=other_metrics,
        )
        declarations = with_orders(table, declarations)
        return assemble(
            runs, metric=metric, direction=direction, declarations=declarations, unit=unit
        )

    @classmethod
    def from_arrays(
        cls,
        X: ArrayLike | pd.DataFrame | Sequence[Sequence[Scalar]],
        y: ArrayLike | pd.Series | Sequence[Scalar],
        *,
        direction: Direction,
        names: Sequence[str] | None = None,
        seeds: Sequence[Scalar] | None = None,
        block: Sequence[Scalar] | None = None,
    ) -> Frame:
        """The frame of (n, d) settings, of any scalars, and their (n,) results.

        names: of the columns (default x0, x1, ...), none of them y, nor seed or block where these
        are given; seeds, block: of each run; block is what sets runs apart, such as a dataset.
        Raises `InputError` where shapes or names do not fit.
        """
        table, named = table_of_arrays(X, y, names=names, seeds=seeds, block=block)
        return cls.from_table(
            table,
            parameters=named,
            metric="y",
            direction=direction,
            seed=None if seeds is None else "seed",
            blocks=() if block is None else ("block",),
        )

    @classmethod
    def from_journal(
        cls,
        path: str | PathLike[str] | None,
        *,
        metric: str,
        direction: Direction | None = None,
        otherwise: Direction | None = None,
        where: str | Sequence[str] = (),
        block: str | Sequence[str] = (),
        step: int | None = None,
    ) -> Frame:
        """The frame of the runs of one metric; `analysis.intake` says what each option does.

        Raises `UnknownMetric`, `UnknownParameter`, `DirectionUnknown`, `Misused`; and
        `journal.JournalError` as opening and reading do.
        """
        from analysis.intake import frame_of, told

        return frame_of(
            told(path),
            metric=metric,
            direction=direction,
            otherwise=otherwise,
            where=where,
            block=block,
            step=step,
        )


def block_codes(blocks: pd.DataFrame) -> np.ndarray:
    """(n,) int: which block a row is in, all columns together; a missing value is one of its own.

    In the order of their names, so that the order of the runs changes no digit.
    """
    found = np.zeros(len(blocks), dtype=np.intp)
    for name in blocks:
        words = np.array([":".join(level_key(v)) for v in scalars(blocks[name])], object)
        codes, known = pd.factorize(words, sort=True)
        found = np.unique(found * len(known) + codes, return_inverse=True)[1]
    return found
