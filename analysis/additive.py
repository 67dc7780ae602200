"""The additive model's columns: what checks on the runs take out before they look at the rest."""

from __future__ import annotations

import numpy as np

from analysis.frame import Frame
from analysis.space import NONE, Space


def additive_design(codes: np.ndarray, space: Space, *, powers: int) -> np.ndarray:
    """(n, terms): an intercept, powers of numbers, indicators of levels and of "no value"."""
    columns = [np.ones(len(codes))]
    for j, parameter in enumerate(space.parameters):
        column = codes[:, j]
        if parameter.numeric:
            here = ~np.isnan(column) & (column != NONE)
            centred = np.where(here, column - 0.5, 0.0)
            columns += [centred**power for power in range(1, powers + 1)]
            if not here.all():
                columns.append(here.astype(float))
        else:
            levels = np.where(np.isnan(column), -2.0, column)
            columns += [(levels == level).astype(float) for level in np.unique(levels)[1:]]
    return np.column_stack(columns)


def own_columns(frame: Frame, index: int, *, powers: int) -> np.ndarray:
    """(n_configurations, k) the model's columns of one parameter."""
    space, codes = Space((frame.space.parameters[index],)), frame.configuration_codes[:, [index]]
    return additive_design(codes, space, powers=powers)[:, 1:]


def apart(columns: np.ndarray, groups: np.ndarray) -> np.ndarray:
    """(n, k) columns less their means in (n,) groups: what indicators of these leave."""
    _, place, n = np.unique(groups, return_inverse=True, return_counts=True)
    sums = np.zeros((len(n), columns.shape[1]))
    np.add.at(sums, place, columns)
    return np.asarray(columns - (sums / n[:, None])[place])
