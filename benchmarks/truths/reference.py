"""The committed reference tables (`data/reference/`): fixed runs, exact answers read from file."""

from __future__ import annotations

import json
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Literal

import numpy as np
import pandas as pd

from benchmarks.truths.axes import Axis
from benchmarks.truths.exact import Exact, Risk
from benchmarks.truths.grids import counted
from benchmarks.truths.truth import METRIC, frame_of

if TYPE_CHECKING:
    from analysis.frame import Frame

FOLDER = Path(__file__).parents[2] / "data" / "reference"
TABLES = {
    "car": "hpobench_mlp_car_random400x2",
    "phoneme": "hpobench_mlp_phoneme_factorial",
    "protein": "fcnet_protein_structure_random500x2",
    "cifar10": "nasbench201_cifar10_random400x2",
}


@dataclass(frozen=True, kw_only=True, eq=False)
class Reference:
    """One table: its axes, its runs (losses in log10) as `objective`, and the exact answer."""

    name: str
    axes: tuple[Axis, ...]
    direction: Literal["maximize", "minimize"]
    runs: pd.DataFrame
    exact: Exact

    @property
    def names(self) -> tuple[str, ...]:
        return tuple(axis.name for axis in self.axes)

    def __getitem__(self, name: str) -> Axis:
        return next(axis for axis in self.axes if axis.name == name)

    def frame(self) -> Frame:
        """The whole table as the analyst sees it."""
        return frame_of(self, self.runs)


@cache
def reference(name: str) -> Reference:
    """A reference table by its short name."""
    truth = json.loads((FOLDER / f"{TABLES[name]}.truth.json").read_text())
    table = pd.read_csv(FOLDER / f"{TABLES[name]}.csv", keep_default_na=False)
    about = truth.get("params") or {  # the factorial names its parameters: numbers, all
        key: {"type": "ordinal", "choices": sorted(table[key].unique().tolist())}
        for key in truth["first_order"]
    }
    axes = tuple(_axis(key, value) for key, value in about.items())
    metric = truth.get("metric") or truth["response"]
    values = table[metric].astype(float)
    values = np.log10(values) if truth.get("transform") == "log10" else values
    runs = table[[axis.name for axis in axes]].assign(**{METRIC: values, "seed": table["seed"]})
    return Reference(
        name=name,
        axes=axes,
        direction="minimize" if metric == "val_loss" else "maximize",
        runs=runs,
        exact=_exact(truth, runs, axes),
    )


def _axis(name: str, about: dict[str, object]) -> Axis:
    levels = about["choices"]
    assert isinstance(levels, list)
    kind: Literal["ordinal", "categorical"]
    kind = "ordinal" if about["type"] == "ordinal" else "categorical"
    return Axis(name=name, kind=kind, log=about.get("log") is True, levels=tuple(levels))


def _exact(truth: dict[str, dict[str, float]], runs: pd.DataFrame, axes: tuple[Axis, ...]) -> Exact:
    """`variance` is that of the configurations present: the files give shares only."""
    names = tuple(axis.name for axis in axes)
    means = runs.groupby(list(names))[METRIC].mean()
    if len(means) == np.prod([len(axis.levels) for axis in axes]):
        lengths = [len(axis.levels) for axis in axes]
        cells = means.sort_index().to_numpy().reshape(lengths)  # levels ascend, all are numbers
        return counted(axes, cells, sign=1.0)
    pairs = {
        (left, right): share
        for key, share in truth["second_order_top"].items()
        for left, _, right in [key.partition(" x ")]
    }
    risks: dict[str, dict[str, float]] = truth["tuning_risk_best_of_20"]  # type: ignore[assignment]
    return Exact(
        variance=float(means.var(ddof=0)),
        first_order={name: truth["first_order"][name] for name in names},
        total={name: truth["total_order"][name] for name in names},
        shapley={name: truth["shapley"][name] for name in names},
        pairs=pairs,
        risk={
            name: Risk(
                mean=risks[name]["mean"],
                worst=risks[name]["worst"],
                best_value=risks[name]["best_level"],
            )
            for name in names
        },
    )
