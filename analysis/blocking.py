"""Runs of several datasets, machines or code versions, made comparable before anything is learned.

Blocks set runs apart and nobody asks about them. What they add to the objective is taken out, so
that it neither drowns the parameters nor passes for noise; and one setting in several blocks is one
configuration, because settings, not rows, are the evidence about parameters.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import replace

import numpy as np
import pandas as pd

from analysis.additive import additive_design
from analysis.findings_parts import finding
from analysis.frame import Frame
from analysis.results import Finding, Scalar
from analysis.space import level_key

Setting = tuple[tuple[str, Scalar], ...]
"""Parameters with their values."""

MOST_BLOCKS = 0.5
"""Blocks may be so many of the configurations; more are no blocks but names."""


def without_blocks(frame: Frame) -> tuple[Frame, tuple[Finding, ...]]:
    """The frame as if every run had been made in an average block, and what was taken out.

    Objective less the block's coefficient in the least-squares fit of configuration means on blocks
    and an additive model of the parameters (Searle 1987, chapter 4: adjusted block effects), plus
    the mean of the coefficients over runs. What settings do differently in different blocks stays,
    and counts as noise: an answer holds across blocks.
    """
    names = [str(name) for name in frame.blocks]
    codes = block_codes(frame.blocks)
    n_blocks = int(codes.max(initial=-1)) + 1
    plain = replace(frame, blocks=pd.DataFrame(index=range(frame.n_runs)))
    if n_blocks < 2 or n_blocks > MOST_BLOCKS * frame.n_configurations:
        return plain, ()
    columns = (codes[frame.first_rows][:, None] == np.arange(1, n_blocks)).astype(float)
    design = additive_design(frame.configuration_codes, frame.space, powers=2)
    whole = np.column_stack([design, columns])
    root = np.sqrt(frame.replicates)
    fitted = np.linalg.lstsq(whole * root[:, None], frame.means * root, rcond=None)[0]
    shift = np.append(0.0, fitted[design.shape[1] :])[codes]
    told = finding(
        "blocks",
        level="note",
        metric=frame.metric,
        away=float(np.ptp(shift)),
        n=n_blocks,
        names=tuple(names),
        first=names[0],
    )
    return replace(plain, objective=frame.objective - (shift - shift.mean())), (told,)


def block_settings(frame: Frame) -> tuple[Setting, ...]:
    """What the block parameters were set to together, the most frequent first.

    One setting of nothing where no parameter is a block; a parameter that a run lacks is left out.
    """
    names = frame.block_parameters
    rows: dict[tuple[tuple[str, str], ...], Setting] = {}
    times: Counter[tuple[tuple[str, str], ...]] = Counter()
    for values in zip(*(frame.blocks[name] for name in names), strict=True):
        key = tuple(map(level_key, values))
        times[key] += 1
        named = zip(names, values, strict=True)
        rows.setdefault(key, tuple((name, value) for name, value in named if value is not None))
    return tuple(rows[key] for key in sorted(rows, key=lambda key: (-times[key], key))) or ((),)


def block_codes(blocks: pd.DataFrame) -> np.ndarray:
    """(n,) int: which block a row is in, all columns together."""
    if not blocks.shape[1]:
        return np.zeros(len(blocks), dtype=np.intp)
    return blocks.astype(str).groupby(list(blocks.columns), sort=True).ngroup().to_numpy(np.intp)
