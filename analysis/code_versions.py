"""What another version of the code does to runs that are the same in everything else.

A setting made again with its own seed after the code was changed differs from its first run by what
the change does, and by nothing else that anybody knows of: there is no stronger evidence of one.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pandas as pd
from scipy.stats import wilcoxon

from analysis.results import Finding, Scalar
from analysis.runs import Runs
from analysis.sentences import finding
from analysis.space import factorize
from journal.filter_writer import filter_text
from journal.identity import is_version

FEWEST = 10
"""Pairs of runs from which on a signed-rank test can say anything at `CHANCE`."""
CHANCE = 0.002
"""Of a false alarm, over all pairs of versions."""
LEAST = 0.01
"""A change of less than this part of what the results differ by misleads nobody."""
BRIEF = 10
"""Letters of a commit that are shown."""


def versions_of(runs: Runs, used: np.ndarray) -> dict[str, list[Scalar]]:
    """Of each part of the context that is a version, what these runs have; None where unknown."""
    contexts = [runs.context[row] for row in used] if runs.context else []
    keys = sorted(filter(is_version, set().union(*contexts)))
    return {key: [context.get(key) for context in contexts] for key in keys}


def version_codes(runs: Runs, used: np.ndarray) -> list[np.ndarray]:
    """What tells the versions of these runs apart, for `group_rows`."""
    return [factorize(column)[0] for column in versions_of(runs, used).values()]


def changed(runs: Runs, used: np.ndarray, *, one: np.ndarray) -> list[Finding]:
    """Do runs of one setting and seed differ between two versions, all in the same direction?

    one: (n_used,) which setting and seed each is of. Wilcoxon's signed ranks of the differences, of
    each two versions that have `FEWEST` in common; the surest of them is told.
    """
    y, order = runs.objective[used], runs.order[used]
    told = (
        _surest(runs.metric, key, column, table=pd.DataFrame({"one": one, "y": y, "at": order}))
        for key, column in versions_of(runs, used).items()
    )
    return [found for found in told if found is not None]


def _surest(
    metric: str, key: str, column: Sequence[Scalar], *, table: pd.DataFrame
) -> Finding | None:
    codes, values = factorize(column)
    table = table.assign(version=codes)[[value is not None for value in column]]
    shared = table.groupby("one")["version"].transform("nunique") > 1
    table = table[shared & np.isfinite(table["y"])]
    means = table.groupby(["version", "one"])["y"].mean()
    began = table.groupby("version")["at"].min().sort_values(kind="stable")
    often = [version for version in began.index if len(means[version]) >= FEWEST]
    pairs = [
        (old, new, d)
        for place, old in enumerate(often)
        for new in often[place + 1 :]
        if len(d := (means[new] - means[old]).dropna()) >= FEWEST
    ]
    ps = [_p(d.to_numpy()) * len(pairs) for _, _, d in pairs]
    if not pairs or min(ps) >= CHANCE:
        return None
    old, new, d = pairs[int(np.argmin(ps))]
    by = float(d.median())
    if abs(by) < LEAST * float(table["y"].std()):
        return None
    return finding(
        "versions.again",
        metric=metric,
        key=key,
        n=len(d),
        old=shown(values[old]),
        new=shown(values[new]),
        change=by,
        p=min(ps),
        where=version_filter(key, values[new]),
    )


def _p(differences: np.ndarray) -> float:
    apart = differences[differences != 0]
    return float(wilcoxon(apart).pvalue) if len(apart) >= FEWEST else 1.0


def shown(version: Scalar) -> str:
    """A version as a sentence has it."""
    return str(version)[:BRIEF]


def version_filter(key: str, version: Scalar) -> str:
    """The runs of one version; a name without a dot may be a parameter's, too."""
    return filter_text(key, "=", value=version, kind="" if "." in key else "context")
