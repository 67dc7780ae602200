"""Runs of one setting that share a seed: what such repetitions say of the noise.

The noise is what another seed does. A run made again with its own seed differs from the first by
what a machine does to one seed (the order of its sums, its threads), which may be a hundredth of
it; taken for replicates such runs feign a certainty that nobody has, and as a margin it makes idle
parameters critical. They are one run, of their mean. So are those of other versions of the code,
which differ by what was changed (`analysis.code_versions`); that is no scatter of the machine.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np
from scipy.stats import f as f_law

from analysis.code_versions import changed, version_codes
from analysis.frame import block_codes
from analysis.inference import Inference
from analysis.results import Finding, Scalar
from analysis.runs import Runs
from analysis.space import factorize, firsts, group_rows, missing
from journal.identity import is_seed

LEAST_DF = 5
"""Degrees of freedom among other seeds from which on they can tell that a seed decides nothing."""
AS_NOISY = 0.05
"""Repetitions with one seed are as noisy as others unless chance makes them so like less often."""


@dataclass(frozen=True, eq=False)
class Once:
    """Runs with the mean of each setting and seed as its result, and which are then too many.

    again: (n_used,) bool, all but the first of each; other: (n_used,) bool, those of them that are
    the first of another version of the code; found: what that version does.
    """

    runs: Runs
    again: np.ndarray
    other: np.ndarray
    found: list[Finding]


def made_once(
    runs: Runs, used: np.ndarray, *, columns: Mapping[str, Sequence[Scalar]], inference: Inference
) -> Once:
    """Each setting and seed once. used: the rows that count; columns: their parameters.

    Nothing is put together if runs that share a seed and a version of the code differ by as much as
    runs that share no seed: then it decides nothing.
    """
    settings, seeds = _keys(runs, used, columns=columns, inference=inference)
    version, n = version_codes(runs, used), len(used)
    one, same = group_rows([*settings, *seeds], n), group_rows([*settings, *seeds, *version], n)
    first, again = firsts(one), all_but_first(one)
    found = changed(runs, used, one=one) if again.any() else []
    setting = group_rows([*settings, *version], n)
    if not again.any() or _decides_nothing(runs.objective[used], same, setting=setting):
        return Once(runs, np.zeros(n, dtype=bool), np.zeros(n, dtype=bool), found)

    sizes = np.bincount(one)[one]

    def mean(values: np.ndarray) -> np.ndarray:
        made = values.copy()
        made[used[first]] = np.bincount(one, values[used] / sizes)
        return made

    others = {name: mean(column) for name, column in runs.other_metrics.items()}
    made = replace(runs, objective=mean(runs.objective), other_metrics=others)
    return Once(made, again, again & ~all_but_first(same), found)


def all_but_first(groups: np.ndarray) -> np.ndarray:
    """(n,) bool: whether an earlier one is of the same group."""
    again = np.ones(len(groups), dtype=bool)
    again[firsts(groups)] = False
    return again


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
