"""Runs of one setting that share a seed: what such repetitions say of the noise.

The noise is what another seed does. A run made again with its own seed differs from the first by
what a machine does to one seed (the order of its sums, its threads), which may be a hundredth of
it; taken for replicates such runs feign a certainty that nobody has, and as a margin it makes idle
parameters critical. They are one run, of their mean.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

import numpy as np
from scipy.stats import f as f_law

from analysis.frame import block_codes
from analysis.inference import Inference
from analysis.results import Scalar
from analysis.runs import Runs
from analysis.space import factorize, firsts, group_rows, missing
from journal.identity import is_seed

LEAST_DF = 5
"""Degrees of freedom among other seeds from which on they can tell that a seed decides nothing."""
AS_NOISY = 0.05
"""Repetitions with one seed are as noisy as others unless chance makes them so like less often."""


def made_once(
    runs: Runs, used: np.ndarray, *, columns: Mapping[str, Sequence[Scalar]], inference: Inference
) -> tuple[Runs, np.ndarray]:
    """The runs with the mean of each setting and seed as its result, and which are then too many.

    The second is (n_used,) bool: all but the first of each. used: the rows that count; columns:
    their parameters. Nothing changes if runs that share a seed differ by as much as runs that do
    not: then it decides nothing.
    """
    settings, seeds = _keys(runs, used, columns=columns, inference=inference)
    setting, one = group_rows(settings, len(used)), group_rows([*settings, *seeds], len(used))
    first, again = firsts(one), np.ones(len(used), dtype=bool)
    again[first] = False
    if not again.any() or _decides_nothing(runs.objective[used], one, setting=setting):
        return runs, np.zeros(len(used), dtype=bool)

    sizes = np.bincount(one)[one]

    def mean(values: np.ndarray) -> np.ndarray:
        made = values.copy()
        made[used[first]] = np.bincount(one, values[used] / sizes)
        return made

    others = {name: mean(column) for name, column in runs.other_metrics.items()}
    return replace(runs, objective=mean(runs.objective), other_metrics=others), again


def _keys(
    runs: Runs, used: np.ndarray, *, columns: Mapping[str, Sequence[Scalar]], inference: Inference
) -> tuple[list[np.ndarray], list[np.ndarray]]:
    """What tells settings apart, and what tells the seeds of one setting apart.

    A run whose seed is not known has one of its own. What names runs tells nothing.
    """
    nuisance = {p.name for p in inference.nuisance}
    numbers = nuisance - naming(inference, columns)
    settings = [inference.codes[name] for name in columns if name not in nuisance]
    given = [runs.seeds[row] for row in used]
    told = np.array([seed is not None for seed in given], dtype=bool)
    for name in filter(is_seed, columns):
        told |= ~missing(columns[name])  # random_state=None is another seed each time
    own = np.where(told, 0, 1 + np.arange(len(used)))
    seeds = [inference.codes[name] for name in columns if name in numbers]
    blocks = block_codes(runs.blocks.iloc[used])
    return [*settings, blocks], [*seeds, factorize(given)[0], own]


def naming(inference: Inference, columns: Mapping[str, Sequence[Scalar]]) -> set[str]:
    """Nuisances that are text: the name of a run may differ between two records of it."""
    names = (p.name for p in inference.nuisance)
    return {name for name in names if any(isinstance(value, str) for value in columns[name])}


def _decides_nothing(y: np.ndarray, one: np.ndarray, *, setting: np.ndarray) -> bool:
    """Whether the spread between seeds of a setting is no larger than that of one seed.

    F test of the seeds nested in settings. Where hardly any setting has several seeds nobody knows,
    and that the repetitions say what another seed does is not believed.
    """
    n_draws, first = int(one.max(initial=-1)) + 1, firsts(one)
    inner, between = len(y) - n_draws, n_draws - len(np.unique(setting))
    if inner < 1 or between < LEAST_DF:
        return False
    y = y / max(float(np.abs(y).max()), 1e-300)  # squares of 1e200 are no floats
    sizes = np.bincount(one)
    means = np.bincount(one, y) / sizes
    of_setting = np.bincount(setting, y) / np.bincount(setting)
    within = float(((y - means[one]) ** 2).sum()) / inner
    among = float((sizes * (means - of_setting[setting[first]]) ** 2).sum()) / between
    return bool(f_law.sf(among / max(within, 1e-300), between, inner) >= AS_NOISY)
