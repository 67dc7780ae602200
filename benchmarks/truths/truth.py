"""A truth: a space, a function on it, its noise, and the exact answer to every question."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import asdict, dataclass, replace
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Literal, Protocol

import numpy as np
import pandas as pd
from scipy.stats import qmc

from benchmarks.truths import exact as ex
from benchmarks.truths.axes import Axis
from benchmarks.truths.exact import Block, Columns, Components, Exact, Risk

if TYPE_CHECKING:
    from analysis.declaration import Declaration
    from analysis.frame import Frame

METRIC = "objective"
RISKS = Path(__file__).with_name("risks.json")
QMC_POINTS = 2**16
"""Settings of the other parameters for b(v): the same scrambled Sobol points for every v."""
SETTINGS = 100
"""Even settings of a numeric parameter for b(v), beside its two ends."""


@dataclass(frozen=True, kw_only=True)
class Truth:
    """A function with known answers.

    blocks: f is their sum; or, where `factors`, their product, one parameter each.
    noise_share: share of a single run's variance that is noise, spread evenly; or `noise`, the
        standard deviation at each configuration given its columns and its noise-free value.
    order: Gauss-Legendre nodes between two breaks.
    """

    name: str
    axes: tuple[Axis, ...]
    blocks: tuple[Block, ...]
    factors: bool = False
    direction: Literal["maximize", "minimize"] = "maximize"
    noise_share: float = 0.0
    noise: Callable[[Columns, np.ndarray], np.ndarray] | None = None
    order: int = 16
    points: int = QMC_POINTS

    @property
    def names(self) -> tuple[str, ...]:
        return tuple(axis.name for axis in self.axes)

    @property
    def sign(self) -> float:
        """+1 where high is good."""
        return 1.0 if self.direction == "maximize" else -1.0

    def f(self, columns: Columns) -> np.ndarray:
        """Noise-free value at raw columns (arrays by name; NaN or None where inactive)."""
        values = [np.asarray(function(columns), dtype=float) for _, function in self.blocks]
        if self.factors:
            return np.asarray(np.prod(values, axis=0))
        total = values[0].copy()
        for value in values[1:]:
            total += value
        return total

    def columns(self, unit: np.ndarray) -> dict[str, np.ndarray]:
        """Points of the unit cube -> raw columns, inactive ones included."""
        return {axis.name: axis.values(unit[:, i]) for i, axis in enumerate(self.axes)}

    def noise_sd(self, columns: Columns, values: np.ndarray) -> np.ndarray:
        """Standard deviation of a single run at each configuration."""
        if self.noise is not None:
            return np.asarray(self.noise(columns, values), dtype=float)
        share = self.noise_share
        base = sum(self.components.values())
        variance = base * share / (1.0 - share) if base else 1.0
        return np.full(len(values), np.sqrt(variance))

    def table(self, n: int, rng: np.random.Generator, *, replicated: float = 0.0) -> pd.DataFrame:
        """`n` runs of random configurations: parameters, `objective` and `seed`.

        replicated: share of configurations that get a second run; they count towards `n`.
        """
        count = max(1, round(n / (1.0 + replicated)))
        rows = np.concatenate([np.arange(count), np.arange(n - count) % count])
        seeds = np.concatenate([np.zeros(count, int), np.ones(n - count, int)])
        return self.runs(rng.random((count, len(self.axes))), rows=rows, seeds=seeds, rng=rng)

    def runs(
        self, unit: np.ndarray, *, rows: np.ndarray, seeds: np.ndarray, rng: np.random.Generator
    ) -> pd.DataFrame:
        """Runs at chosen points of the unit cube: run i is of `unit[rows[i]]`."""
        columns = self._rounded(unit)
        values = self.f(columns)
        noisy = values[rows] + self.noise_sd(columns, values)[rows] * rng.standard_normal(len(rows))
        return (
            self.look(unit)
            .iloc[rows]
            .reset_index(drop=True)
            .assign(**{METRIC: noisy, "seed": seeds})
        )

    def look(self, unit: np.ndarray) -> pd.DataFrame:
        """The parameters of these points as a user would record them."""
        columns = self._rounded(unit)
        return pd.DataFrame({name: self._shown(name, columns) for name in self.names})

    def observed(self, unit: np.ndarray, rng: np.random.Generator) -> np.ndarray:
        """One noisy run at each of these points."""
        columns = self._rounded(unit)
        values = self.f(columns)
        return np.asarray(values + self.noise_sd(columns, values) * rng.standard_normal(len(unit)))

    def _rounded(self, unit: np.ndarray) -> dict[str, np.ndarray]:
        columns = self.columns(unit)
        for axis in self.axes:
            if axis.kind == "integer":
                columns[axis.name] = np.round(columns[axis.name])
        return columns

    def _shown(self, name: str, columns: Columns) -> np.ndarray:
        """A raw column as a user would have it: levels as they are, None where inactive."""
        axis = self[name]
        values = columns[name]
        if axis.parent is not None:
            inactive = ~np.isin(columns[axis.parent].astype(object), np.array(axis.active, object))
            if axis.numeric:
                return np.asarray(np.where(inactive, np.nan, values.astype(float)))
            shown = values.astype(object)
            shown[inactive] = None
            return shown
        return values

    def __getitem__(self, name: str) -> Axis:
        return next(axis for axis in self.axes if axis.name == name)

    def frame(self, n: int, *, seed: int, replicated: float = 0.0) -> Frame:
        """The same runs as the analyst sees them."""
        table = self.table(n, np.random.default_rng(seed), replicated=replicated)
        return frame_of(self, table)

    # --- the exact answer -------------------------------------------------------------------

    @cached_property
    def components(self) -> Components:
        """Variance of every component."""
        axes = {axis.name: axis for axis in self.axes}
        if not self.factors:
            return ex.components(self.blocks, axes, order=self.order)
        moments = {}
        for (name,), function in self.blocks:
            values, weights = axes[name].nodes(self.order)
            factor = np.asarray(function({name: values}), dtype=float)
            mean = float(factor @ weights)
            moments[name] = (mean, float((factor - mean) ** 2 @ weights))
        return ex.product_components(moments)

    def restricted(self, name: str) -> Truth:
        """The part of the space where a conditional parameter is active."""
        axis = self[name]
        axes = tuple(
            replace(a, levels=axis.active) if a.name == axis.parent else a for a in self.axes
        )
        return replace(self, axes=axes)

    @cached_property
    def exact(self) -> Exact:
        """Everything an assessment should find."""
        variance, first, total, shapley = ex.indices(self.components, self.names)
        pairs = ex.pair_shares(self.components, self.names)
        for axis in self.axes:
            if axis.parent is None:
                continue
            inside = self.restricted(axis.name)
            _, first_in, total_in, shapley_in = ex.indices(inside.components, self.names)
            first[axis.name] = first_in[axis.name]
            total[axis.name] = total_in[axis.name]
            shapley[axis.name] = shapley_in[axis.name]
            inner = ex.pair_shares(inside.components, self.names)
            pairs |= {pair: share for pair, share in inner.items() if axis.name in pair}
        return Exact(
            variance=variance,
            first_order=first,
            total=total,
            shapley=shapley,
            pairs=pairs,
            risk=self.risks(),
        )

    def risks(self) -> dict[str, Risk]:
        """Tuning risks: from the committed cache where there is one, else calculated."""
        cached = json.loads(RISKS.read_text()) if RISKS.exists() else {}
        if self.name in cached:
            return {name: Risk(**value) for name, value in cached[self.name].items()}
        return self.calculated_risks()

    def calculated_risks(self) -> dict[str, Risk]:
        """b(v) on 100 even settings by 2^16 quasi-random settings of the others (or `points`)."""
        return {name: self._risk(name) for name in self.names}

    def _risk(self, name: str) -> Risk:
        axis = self[name]
        world = self if axis.parent is None else self.restricted(name)
        power = int(np.log2(self.points))
        unit = qmc.Sobol(len(self.axes), scramble=True, rng=20).random_base2(power)
        columns = world.columns(unit)
        values, weights = axis.settings(SETTINGS)
        best = np.empty(len(values))
        for index, value in enumerate(values):
            columns[name] = np.full(len(unit), value, dtype=values.dtype)
            best[index] = ex.best_of(np.sort(self.sign * world.f(columns)))
        return ex.risk_of(best, weights, values=values)


class Answered(Protocol):
    """Anything with a space and an exact answer: a function, a grid, a reference table."""

    @property
    def name(self) -> str: ...
    @property
    def names(self) -> tuple[str, ...]: ...
    @property
    def axes(self) -> tuple[Axis, ...]: ...
    @property
    def direction(self) -> Literal["maximize", "minimize"]: ...
    @property
    def exact(self) -> Exact: ...


def frame_of(truth: Answered, table: pd.DataFrame) -> Frame:
    """The analyst's frame of a truth's table.

    Ranges, scales, levels and conditions are declared, as every peer is told them too.
    """
    from analysis.frame import Frame

    return Frame.from_table(
        table,
        parameters=list(truth.names),
        metric=METRIC,
        direction=truth.direction,
        seed="seed",
        declarations={axis.name: _declaration(axis) for axis in truth.axes},
    )


def _declaration(axis: Axis) -> Declaration:
    from analysis.declaration import Declaration
    from analysis.space import Condition

    condition = Condition(axis.parent, axis.active) if axis.parent is not None else None
    if axis.levels:
        return Declaration(levels=axis.levels, scale="levels", condition=condition)
    scale: Literal["log", "linear"] = "log" if axis.log else "linear"
    return Declaration(domain=(axis.low, axis.high), scale=scale, condition=condition)


def cache_risks(truths: list[Truth]) -> None:
    """Calculate and write the risks of these functions (a few minutes)."""
    found = {t.name: {n: asdict(r) for n, r in t.calculated_risks().items()} for t in truths}
    RISKS.write_text(json.dumps(found, indent=1) + "\n")
