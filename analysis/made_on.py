"""Does a studied parameter say what runs were made on, rather than how they were made?

Nobody chooses the dataset that is easiest. Studied like a setting it holds most of the variance,
and what is left for the settings looks small.
"""

from __future__ import annotations

import re

import numpy as np
from scipy.stats import kruskal

from analysis.findings_parts import ALPHA
from analysis.frame import Frame
from analysis.results import Finding
from analysis.sentences import finding
from analysis.space import Parameter

MADE_ON = re.compile(
    r"(^|[._/-])(data|data[ _-]?set|task|problem|corpus|benchmark|env|environment)"
    r"([._-]?(name|id))?$"
)
"""Not data_fraction or task_weight, which are settings."""


def made_on(frame: Frame) -> list[Finding]:
    """Parameters called like a dataset or a task, between whose values results differ.

    Nobody said that they are studied.
    """
    return [
        finding("blocks.unasked", parameter.name, name=parameter.name)
        for index, parameter in enumerate(frame.space.parameters)
        if not parameter.declared
        and _names(parameter)
        and _differ(frame.configuration_codes[:, index], frame.means)
    ]


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
