"""The noise where no repetitions tell it: what predictions of unseen configurations miss."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from analysis.crossing import between_blocks
from analysis.fitting import MOST_ROWS, Choice
from analysis.frame import Frame
from analysis.noise import NoiseModel, residual_noise
from analysis.smooth import configuration_data, fit_gaussian
from analysis.space import Parameter, Space


def from_residuals(
    frame: Frame, choice: Choice, *, rng: np.random.Generator, workers: int
) -> NoiseModel:
    """The noise as held-out predictions tell it, on the configurations they were made for.

    Where parameters act differently in blocks, as those of a process tell it that knows the blocks,
    if it predicts better; what is left of the others' misfit is between blocks.
    """
    runs = np.flatnonzero(np.isin(frame.configuration, choice.rows))
    part = frame.take(runs) if len(choice.rows) < frame.n_configurations else frame
    held_out = choice.held_out
    model = residual_noise(
        part,
        residuals=choice.target - held_out,
        fitted=held_out,
        df=float(len(choice.rows) - 1),
    )
    inside = None if frame.unlike is None else _in_blocks(frame, rng, workers=workers)
    best = model if inside is None or inside.sd >= model.sd else inside
    # Of all configurations, where a part of them was predicted.
    between, apart, across = np.zeros(frame.n_configurations), best.apart, between_blocks(frame)
    if across is not None:
        between = np.maximum(across.variance - best.sd**2 / frame.replicates, 0.0)
        apart = across.apart if best is model else apart
    elif best is inside:
        missed = float(np.mean((choice.target - held_out) ** 2))
        between += max(missed - best.sd**2 * float(np.mean(1 / part.replicates)), 0.0)
    variance = np.full(frame.n_configurations, best.sd**2)
    return replace(best, variance=variance, between=between, apart=apart)


def _in_blocks(frame: Frame, rng: np.random.Generator, *, workers: int) -> NoiseModel:
    """The noise as held-out predictions tell it that know which block a run was in."""
    assert frame.unlike is not None
    block = Parameter(
        name=" block",
        kind="categorical",
        scale="levels",
        levels=tuple(np.unique(frame.unlike).tolist()),
    )
    values = zip(frame.values, frame.unlike.tolist(), strict=True)
    known = replace(
        frame,
        space=Space((*frame.space.parameters, block)),
        codes=np.column_stack([frame.codes, block.encode(frame.unlike.tolist())]),
        values=tuple((*row, code) for row, code in values),
        unlike=None,
    )
    row_rng, fit_rng = rng.spawn(2)
    if known.n_configurations > MOST_ROWS:
        some = row_rng.choice(known.n_configurations, MOST_ROWS, replace=False)
        known = known.take(np.flatnonzero(np.isin(known.configuration, some)))
    data = configuration_data(known, None)
    held_out = fit_gaussian(known.space, data, rng=fit_rng, workers=workers).held_out
    df = float(known.n_configurations - 1)
    return residual_noise(known, residuals=data.target - held_out, fitted=held_out, df=df)
