"""Does a studied parameter say what runs were made on, rather than how they were made?

Nobody chooses the dataset that is easiest. Studied like a setting it holds most of the variance,
and what is left for the settings looks small.
"""

from __future__ import annotations

import re
from dataclasses import replace

import numpy as np
import pandas as pd
from scipy.stats import kruskal

from analysis.blocking import without_blocks
from analysis.findings_parts import ALPHA
from analysis.frame import Frame
from analysis.interplay import of_block
from analysis.results import Finding
from analysis.sentences import finding
from analysis.space import Parameter, Space

MADE_ON = re.compile(
    r"(^|[._/-])(data|data[ _-]?set|task|problem|corpus|benchmark|env|environment)"
    r"([._-]?(name|id))?$"
)
"""Not data_fraction or task_weight, which are settings."""


def made_on(frame: Frame) -> list[Finding]:
    """Parameters called like a dataset or a task, between whose values results differ.

    Nobody said that they are studied. Where others act differently between the values, what they
    add cannot just be taken out.
    """
    return [
        _told(frame, parameter.name)
        for index, parameter in enumerate(frame.space.parameters)
        if not parameter.declared
        and _names(parameter)
        and _differ(frame.configuration_codes[:, index], frame.means)
    ]


def _told(frame: Frame, name: str) -> Finding:
    asked = as_block(frame, name)
    told = without_blocks(asked)[1]
    apart = {one for item in told if item.code == "acts_apart" for one in item.parameters}
    if not apart:
        return finding("blocks.unasked", name, name=name)
    one = of_block(asked.blocks, name, parameters=asked.block_parameters)
    return finding("blocks.unasked.apart", name, name=name, names=tuple(sorted(apart)), one=one)


def as_block(frame: Frame, name: str) -> Frame:
    """The same runs with a parameter as one more block, and without what exists by its value."""
    column = [row[frame.space.index(name)] for row in frame.values]
    others = tuple(
        p
        for p in frame.space.parameters
        if p.name != name and all(held.parent != name for held in p.conditions)
    )
    kept = frame.take(np.arange(frame.n_runs), space=Space(others))
    blocks = frame.blocks.reset_index(drop=True).assign(**{name: pd.Series(column, dtype=object)})
    return replace(kept, blocks=blocks, block_parameters=(*frame.block_parameters, name))


def _differ(codes: np.ndarray, means: np.ndarray) -> bool:
    parts = [means[codes == code] for code in np.unique(codes[~np.isnan(codes)])]
    if len(parts) < 2 or np.ptp(np.concatenate(parts)) == 0:
        return False
    return float(kruskal(*parts).pvalue) < ALPHA


def _names(parameter: Parameter) -> bool:
    """Whether its levels are names; a number is one only where the parameter is called an id."""
    called = parameter.name.lower()
    text = all(isinstance(level, str | None) for level in parameter.levels) and parameter.levels
    return bool(MADE_ON.search(called) and (text or called.endswith("id")))
