"""The Gaussian process where rounding is no longer small."""

from __future__ import annotations

import numpy as np
import pytest

from analysis import gaussian
from analysis.gaussian import Model
from analysis.gaussian_fit import _Evidence
from analysis.space import Space
from tests.analysis.spaces import data, number


def test_a_covariance_that_rounding_leaves_indefinite_gets_more_of_the_nugget():
    alike = np.ones((30, 30)) - 1e-4 * np.eye(30)  # its least eigenvalues are below zero
    with pytest.raises(np.linalg.LinAlgError):
        np.linalg.cholesky(alike)
    factor, lower = gaussian._factor(alike.copy())
    assert lower
    found = np.tril(factor)
    assert found @ found.T == pytest.approx(alike, abs=2e-3)
    with pytest.raises(np.linalg.LinAlgError):
        gaussian._factor(-np.eye(3))


def test_weights_whose_products_nothing_can_hold_are_as_good_as_impossible():
    """Of 16 parameters at their largest weights the variance is 1e37: all rounding."""
    rng = np.random.default_rng(0)
    space = Space(tuple(number(f"p{i}") for i in range(16)))
    objective = _Evidence.of(Model.of(space), data(rng.random((40, 16)), rng.random(40)))
    value, slope = objective.value_and_slope(objective.mean + 4 * objective.spread)
    assert value == 1e10
    assert not slope.any()
    value, slope = objective.value_and_slope(objective.mean)
    assert value < 1e4
    assert slope.any()
