"""Do runs lie far from all others: a few, of a level that they alone have, or some seeds?"""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from itertools import combinations

import numpy as np

from analysis.blocking import without_blocks
from analysis.conditions import CHANCE, chance_of_split
from analysis.far_group import far_above, parts_seeds
from analysis.frame import Frame
from analysis.narrowing import but, without
from analysis.results import Finding, Scalar
from analysis.sentences import finding
from analysis.space import Parameter


def two_apart(frame: Frame) -> list[Finding]:
    """Are a few runs far worse than all others, with nothing between? Of runs as they were logged.

    The filter that leaves them out is left open where blocks hide the gap. Where just one level of
    a parameter has them, that may be what the level does: it is named, and to be left out itself.
    So may it be of two levels that meet nowhere else, as in one corner of a factorial design. Seeds
    of equal settings are asked about first, for no level tells them apart.
    """
    if not frame.n_runs:
        return []
    plain = without_blocks(frame)[0]
    if seeds := _seeds_apart(frame, plain):
        return seeds
    cut = far_above(-frame.sign * plain.objective)
    if cut is None:
        return []
    far = -frame.sign * plain.objective > cut
    where, told = _parted(frame, far)
    levels = _levels_of(plain, far)
    if len(levels) == 2:
        (one, at), (other, beside) = levels
        both = {"a": one.name, "at": at, "b": other.name, "beside": beside, "where": where}
        return [told("two_groups.levels", one.name, other.name, level="note", **both)]
    for parameter, value in levels:
        name, kept = parameter.name, without(parameter, "=", value=value)
        return [told("two_groups.level", name, name=name, value=value, where=kept)]
    return [told("two_groups.far", where=where)]


def _seeds_apart(frame: Frame, plain: Frame) -> list[Finding]:
    """Are runs of equal settings on both sides of a gap: do some seeds never learn?"""
    cut = parts_seeds(-frame.sign * plain.objective, plain.configuration)
    if cut is None:
        return []
    far = -frame.sign * plain.objective > cut
    repeated = np.bincount(plain.configuration) > 1
    lost = np.bincount(plain.configuration, weights=far) / np.bincount(plain.configuration)
    both = int(((lost > 0) & (lost < 1)).sum())
    where, told = _parted(frame, far)
    return [told("two_outcomes", both=both, repeated=int(repeated.sum()), where=where)]


def _parted(frame: Frame, far: np.ndarray) -> tuple[str, Callable[..., Finding]]:
    """The filter that leaves these runs out, and a finding with the ends of the gap.

    far: (n_runs,) bool.
    """
    badness = -frame.sign * frame.objective
    nearest, others = float(badness[far].min()), float(badness[~far].max())
    told = partial(
        finding,
        metric=frame.metric,
        few=int(far.sum()),
        n=frame.n_runs,
        far=-frame.sign * nearest,
        others=-frame.sign * others,
    )
    return but(frame, far), told


def _levels_of(frame: Frame, far: np.ndarray) -> list[tuple[Parameter, Scalar]]:
    """The one or two levels that these runs have and no others, where it is not by chance.

    far: (n_runs,) bool. Of two levels each is met elsewhere; empty where nothing is so.
    """
    first, axes = frame.first_rows, frame.space.parameters
    shared = {
        j: codes == codes[far][0]
        for j, codes in enumerate(frame.codes.T)
        if not axes[j].numeric and (codes[far] == codes[far][0]).all()
    }
    for group in (*combinations(shared, 1), *combinations(shared, 2)):
        if not np.array_equal(np.logical_and.reduce([shared[j] for j in group]), far):
            continue
        _, counts = np.unique(frame.codes[first][:, group], axis=0, return_counts=True)
        if chance_of_split(counts, int(far[first].sum())) < CHANCE:
            return [(axes[j], axes[j].decode(float(frame.codes[far][0, j]))) for j in group]
    return []
