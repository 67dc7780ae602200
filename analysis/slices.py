"""What a surrogate says about slices of the space, draw by draw.

All that needs uncertainty (intervals of indices, tuning risk, marginals) is computed from one
tensor per parameter: the surrogate's draws at every setting v of the parameter crossed with the
same random settings of all others. Common settings make differences between values of v far more
exact than their level.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

import numpy as np
from scipy.stats import qmc

from analysis.decomposition import Decomposition
from analysis.space import NONE, Space, level_key


@dataclass(frozen=True, eq=False)
class Slices:
    """values[j]: (n_draws, n_settings_j, n_others) in the objective's unit; row 0 is the mean.

    weights[j]: (n_settings_j,) measure of each setting; codes[j]: the settings.
    pairs: (n_draws, d, d) component variances of pairs.
    """

    values: tuple[np.ndarray, ...]
    weights: tuple[np.ndarray, ...]
    codes: tuple[np.ndarray, ...]
    pairs: np.ndarray


More = Sequence[np.ndarray]


class Surrogate(Protocol):
    """What every surrogate offers the rest of the analysis."""

    @property
    def name(self) -> str:
        """As the report says it."""

    @property
    def space(self) -> Space:
        """The space that codes refer to."""

    @property
    def held_out(self) -> np.ndarray:
        """(n_configurations,) prediction of each configuration without its own runs."""

    def explored(self, rng: np.random.Generator, /) -> Surrogate:
        """The same, ready for draws: the uncertainty of what it was fitted with explored."""

    def mean(self, codes: np.ndarray) -> np.ndarray:
        """(n,) prediction of the objective's mean."""

    def draws(self, codes: np.ndarray, n_draws: int, *, rng: np.random.Generator) -> np.ndarray:
        """(n_draws, n) plausible functions at the codes."""

    def decompose(self) -> Decomposition:
        """Exact components of `mean`."""

    def along(self, index: int, *, codes: np.ndarray, others: np.ndarray) -> np.ndarray:
        """(n_settings, n_others) `mean` as one parameter moves over codes, the others held.

        others: (n_others, d) settings, inactive codes included.
        """

    def slices(
        self, others: np.ndarray, n_draws: int, *, rng: np.random.Generator, more: More = ()
    ) -> Slices:
        """Draws on every slice through the settings `others` (m, d), inactive codes included.

        more: by parameter, settings that it is sliced at beside its axis' own.
        """


def sobol_settings(space: Space, n: int, *, rng: np.random.Generator) -> np.ndarray:
    """(n, d) codes spread evenly over the space by a scrambled Sobol sequence.

    Conditional parameters are always drawn; `gate` blanks them where they are inactive.
    """
    unit = qmc.Sobol(max(len(space), 1), rng=rng).random(n)[:, : len(space)]
    codes = np.empty_like(unit)
    for index, parameter in enumerate(space.parameters):
        if not parameter.numeric:
            codes[:, index] = np.floor(unit[:, index] * max(len(parameter.levels), 1))
        elif parameter.none_share > 0:
            share = parameter.none_share
            rest = (unit[:, index] - share) / (1 - share)
            codes[:, index] = np.where(unit[:, index] < share, NONE, rest)
        else:
            codes[:, index] = unit[:, index]
    return np.asarray(codes)


def gate(space: Space, codes: np.ndarray) -> np.ndarray:
    """The same settings with NaN wherever a condition says that the parameter does not exist."""
    gated = codes.copy()
    for index in range(len(space)):
        for column, active in needs(space, index).items():
            gated[~np.isin(codes[:, column], active), index] = np.nan
    return np.asarray(gated)


def needs(space: Space, index: int) -> dict[int, np.ndarray]:
    """Without what does a parameter not exist? Column of a level axis -> codes that it may have.

    What it hangs on may hang on something itself (gamma on the kernel, the kernel on the
    algorithm): all of them are named. Empty for an unconditional parameter.
    """
    found: dict[int, np.ndarray] = {}
    waiting = [space.parameters[index]]
    while waiting:
        for condition in waiting.pop().conditions:
            if condition.parent not in space.names:
                continue
            column = space.index(condition.parent)
            keep = {level_key(value) for value in condition.values}
            levels = space.parameters[column].levels
            active = [code for code, level in enumerate(levels) if level_key(level) in keep]
            if column not in found:
                waiting.append(space.parameters[column])
            known = found.get(column, np.arange(len(levels), dtype=float))
            found[column] = np.intersect1d(known, np.array(active, dtype=float))
    return found


def active_share(space: Space, index: int) -> float:
    """Measure of the space where a parameter exists; 1 for an unconditional one."""
    return float(np.prod([share for _, share in _shares(space, index)]))


def _shares(space: Space, index: int) -> list[tuple[int, float]]:
    """What a parameter needs: columns, and the share of their levels that will do."""
    return [
        (column, len(active) / max(len(space.parameters[column].levels), 1))
        for column, active in needs(space, index).items()
    ]


def switched(space: Space) -> list[tuple[int, int, float]]:
    """Conditional parameters: (index, what switches it, share of that one's levels that do)."""
    return [
        (index, column, share)
        for index in range(len(space))
        for column, share in _shares(space, index)
        if share > 0
    ]


def passes(
    space: Space, index: int, *, slice_codes: np.ndarray, others: np.ndarray
) -> list[tuple[np.ndarray, np.ndarray]]:
    """Settings of parameter `index`, grouped by which conditional parameters they switch.

    Returns (positions of the settings, gated others) pairs; one pair for a parameter that no
    other depends on.
    """
    switches = [
        active
        for column in range(len(space))
        for at, active in needs(space, column).items()
        if at == index
    ]
    own = others.copy()
    if not switches:
        return [(np.arange(len(slice_codes)), gate(space, own))]
    groups: dict[tuple[bool, ...], list[int]] = {}
    for position, code in enumerate(slice_codes):
        key = tuple(bool(np.isin(code, active)) for active in switches)
        groups.setdefault(key, []).append(position)
    out = []
    for positions in groups.values():
        own[:, index] = slice_codes[positions[0]]
        out.append((np.array(positions), gate(space, own)))
    return out


def plain_slice(
    surrogate: Surrogate, index: int, *, codes: np.ndarray, others: np.ndarray
) -> np.ndarray:
    """(n_settings, n_others) predictions along one axis, by evaluating every one of them."""
    out = np.empty((len(codes), len(others)))
    for positions, held in passes(surrogate.space, index, slice_codes=codes, others=others):
        stacked = np.repeat(held[None], len(positions), axis=0)
        exists = ~np.isnan(held[:, index])
        stacked[:, exists, index] = codes[positions][:, None]
        flat = surrogate.mean(stacked.reshape(-1, others.shape[1]))
        out[positions] = flat.reshape(len(positions), -1)
    return out
