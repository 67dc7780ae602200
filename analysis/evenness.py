"""Were the settings spread evenly over each axis; and weights that undo the crowding.

Shares are taken under a uniform measure on each parameter's own scale. An optimizer (TPE, Bayesian
optimisation, a person following what works) samples another density, dense in the good region. The
weight of a configuration is the uniform density over the sampled one, as in importance sampling,
with the sampled density estimated as a product over the parameters that deviate from uniform.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from scipy.ndimage import gaussian_filter1d
from scipy.stats import chisquare, kstest

from analysis.errors import require_kind
from analysis.findings_parts import thinned, valued
from analysis.frame import Frame
from analysis.space import Parameter

NON_UNIFORM = 0.01
"""A parameter is weighted only if chance gives so uneven values less often, over all of them."""
BY_LOT = 0.05
"""Levels have numbers of runs that lot gives them unless these are less likely."""
MIN_EFFECTIVE = 1 / 3
"""Weights are tempered until their effective number is at least this share of configurations."""
LEAST_COUNT = 5
"""Runs per value of a grid from which on they are counted."""
STRAY = 1.25
"""How far steps of a grid may differ: .0001, .0003, .001 are even ones, rounded."""
GRID = 512
MIN_ROWS = 20
"""Values below which nothing is said of how they are spread."""


def sampling_weights(frame: Frame) -> np.ndarray:
    """How much should each configuration count, so that they stand for the uniform measure?

    (n_configurations,) positive, mean 1; all ones for an even design. Weights are raised to the
    largest power in [0, 1] that keeps (Σw)²/Σw² at `MIN_EFFECTIVE` of the configurations (Kish
    1965), which trades a little bias for much variance.
    """
    require_kind(frame, Frame, what="what has weights", hint="see Frame.from_table")
    logs = log_weights(frame)
    if not len(logs) or np.ptp(logs) == 0:
        return np.ones(len(logs))
    low, high = 0.0, 1.0
    if effective_share(logs) >= MIN_EFFECTIVE:
        low = 1.0
    for _ in range(30 if low < high else 0):
        middle = (low + high) / 2
        if effective_share(middle * logs) >= MIN_EFFECTIVE:
            low = middle
        else:
            high = middle
    weights = np.exp(low * (logs - logs.max()))
    return np.asarray(weights / weights.mean())


def rarity(frame: Frame) -> np.ndarray | None:
    """The same, where any parameter's values are spread unevenly."""
    weights = sampling_weights(frame)
    return weights if np.ptp(weights) > 0 else None


def log_weights(frame: Frame, *, without: Sequence[str] = ()) -> np.ndarray:
    """(n_configurations,) logarithm of uniform over sampled density, untempered.

    without: parameters that count as spread evenly.
    """
    codes = frame.configuration_codes
    logs = np.zeros(len(codes))
    for j, parameter in uneven(frame):
        if parameter.name in without:
            continue
        logs -= np.log(_relative_density(codes[:, j], parameter))
    return logs


def effective_share(logs: np.ndarray) -> float:
    """Kish's effective number of (n,) log weights, as a share of n."""
    weights = np.exp(logs - logs.max())
    return float(weights.sum() ** 2 / (weights**2).sum() / len(logs))


def uneven(frame: Frame) -> list[tuple[int, Parameter]]:
    """The parameters (with their column) whose values are not spread uniformly over their axis.

    Levels only if runs are as uneven as configurations: of an algorithm without parameters there is
    one configuration, however often it was run.
    """
    codes = thinned(frame)
    d = len(frame.space)
    found = []
    for j, parameter in enumerate(frame.space.parameters):
        column = codes[usable(codes[:, j], parameter), j]
        if len(column) < MIN_ROWS:
            continue
        if parameter.numeric:
            p = _spread_evenly(column)
        else:
            runs = frame.codes[usable(frame.codes[:, j], parameter), j]
            p = max(_even(column, parameter), _even(runs, parameter))
        if p * d < NON_UNIFORM:
            found.append((j, parameter))
    return found


def _spread_evenly(column: np.ndarray) -> float:
    """P of numbers as uneven as these if all of the axis, or all values of a grid, are as likely.

    A grid has few values, at even steps from end to end of the axis: they are counted.
    """
    values, counts = np.unique(column, return_counts=True)
    steps = np.diff(values)
    few = 2 <= len(values) <= len(column) / LEAST_COUNT
    if (
        few
        and steps.max() <= STRAY * steps.min()
        and max(values[0], 1 - values[-1]) <= STRAY * steps.mean() / 2
    ):
        return float(chisquare(counts).pvalue)
    return float(kstest(column, "uniform").pvalue)


def even_levels(frame: Frame, index: int) -> bool:
    """Whether chance may well give a parameter's levels their numbers of configurations."""
    column = frame.configuration_codes[:, index]
    parameter = frame.space.parameters[index]
    return _even(column[usable(column, parameter)], parameter) >= BY_LOT


def _even(column: np.ndarray, parameter: Parameter) -> float:
    """P of level counts as uneven as these if all levels are equally likely."""
    return float(chisquare(np.bincount(column.astype(int), minlength=len(parameter.levels))).pvalue)


def _relative_density(column: np.ndarray, parameter: Parameter) -> np.ndarray:
    """(n,) sampled density over the uniform one; 1 where the parameter has no value."""
    here = usable(column, parameter)
    density = np.ones(len(column))
    values = column[here]
    if not parameter.numeric:
        counts = np.bincount(values.astype(int), minlength=len(parameter.levels)) + 0.5
        density[here] = (counts / counts.sum() * len(parameter.levels))[values.astype(int)]
        return density
    spread = min(float(values.std()), float(np.subtract(*np.quantile(values, [0.75, 0.25])) / 1.34))
    width = max(0.9 * spread * len(values) ** -0.2, 0.02)  # Silverman's rule, on the unit interval
    counts = np.histogram(values, bins=GRID, range=(0, 1))[0] / len(values) * GRID
    smooth = gaussian_filter1d(counts, width * GRID, mode="reflect", truncate=6)
    places = np.minimum((values * GRID).astype(int), GRID - 1)
    density[here] = np.maximum(smooth[places], 1e-3)
    return density


def usable(column: np.ndarray, parameter: Parameter) -> np.ndarray:
    """(n,) bool: where a column of codes holds a number or a level."""
    return valued(column) if parameter.numeric else np.asarray(column >= 0)
