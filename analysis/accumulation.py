"""Would fewer runs have said the same? Total shares from growing parts of the configurations.

The parts are nested: a random order of the configurations, cut at growing sizes, so that neither a
grid run line by line nor an optimizer's path decides what a part can show. The surrogate that
weighs most for the whole is fitted to each part anew, from the whole's hyperparameters; no
intervals. At 200 configurations of 10 parameters that is under a tenth of the assessment; larger
parts than `MOST_WORK` allows are left out, so it never costs more.
"""

from __future__ import annotations

from collections.abc import Container

import numpy as np

from analysis.forest import Forest
from analysis.frame import Frame
from analysis.gaussian_draws import GaussianSurrogate
from analysis.noise import FEWEST, noise
from analysis.results import Accumulation
from analysis.sensitivity import Sensitivity
from analysis.sentences import said
from analysis.smooth import configuration_data, fit_gaussian, fit_scores
from analysis.warp import WarpedSurrogate

SIZES = 4
LARGEST_PART = 0.75
MOST_WORK = 1_600_000
"""n² d of the largest part: 400 configurations of 10 parameters."""


def accumulation(
    whole: Sensitivity,
    rng: np.random.Generator,
    *,
    workers: int = 1,
    without: Container[str] = (),
) -> Accumulation:
    """Total shares (0 to 1) of the unconditional parameters at up to five sizes.

    without: names of those that have no share of their own.
    The last size is all configurations; only that one, with the reason, where they are too few.
    """
    frame = whole.frame
    n, d = frame.n_configurations, len(frame.space)
    columns = [
        i
        for i, p in enumerate(frame.space.parameters)
        if p.condition is None and p.name not in without
    ]
    smallest = max(FEWEST, 3 * d)
    largest = int(min(LARGEST_PART * n, np.sqrt(MOST_WORK / d)))
    grown = np.geomspace(smallest, max(largest, smallest), SIZES).astype(int)
    sizes = [int(size) for size in grown] if largest >= 1.5 * smallest else []
    order = rng.permutation(n)
    totals = []
    for size, part_rng in zip(sizes, rng.spawn(len(sizes)), strict=True):
        rows = np.flatnonzero(np.isin(frame.configuration, order[:size]))
        totals.append(_totals(whole, frame.take(rows), part_rng, workers=workers))
    totals.append(whole.decomposition.total_order)
    return Accumulation(
        configurations=(*sizes, n),
        parameters=tuple(frame.space.names[column] for column in columns),
        total=tuple(tuple(float(row[column]) for column in columns) for row in totals),
        says=None if sizes else said("accumulation.few", n=n, d=d),
    )


def _totals(
    whole: Sensitivity, part: Frame, rng: np.random.Generator, *, workers: int
) -> np.ndarray:
    """(d,) total shares of a part, by the kind of surrogate that weighs most for the whole."""
    surrogate, space = whole.choice.for_shares.parts[0][0], part.space
    data = configuration_data(part, noise(part))
    if isinstance(surrogate, WarpedSurrogate):
        plain = fit_gaussian(space, data, rng=rng, workers=workers, like=surrogate.inner)
        every = np.arange(part.n_configurations)
        found = fit_scores(part, every, like=plain, rng=rng, workers=workers)
        return found.surrogate.decompose().total_order
    if isinstance(surrogate, GaussianSurrogate):
        fitted = fit_gaussian(space, data, rng=rng, workers=workers, like=surrogate)
        return fitted.decompose().total_order
    return Forest(workers=workers)(space, data, rng=rng).decompose().total_order
