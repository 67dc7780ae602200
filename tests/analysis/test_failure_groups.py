"""Settings in groups along a parameter, and what the groups are called."""

import numpy as np
import pytest

from analysis.failure_groups import binned
from analysis.numerals import setting, telling
from analysis.space import Condition, Parameter


def test_numbers_fall_into_fifths_and_the_atom_stands_apart():
    axis = Parameter(
        name="x", kind="continuous", scale="linear", domain=(0.0, 10.0), none_share=0.2
    )
    groups, labels = binned(np.array([*np.linspace(0, 1, 20), -1.0, np.nan]), axis)
    assert np.bincount(groups[:20]).tolist() == [4] * 5
    assert groups[20:].tolist() == [5, -1]
    assert labels[-1] == "null"
    assert labels[0] == "0 … 1.58"


@pytest.mark.parametrize("levels", [(False, True), (None, 1e-6, 1e9), (0.1, 0.1 + 1e-9)])
def test_groups_of_levels_are_called_as_settings_are_elsewhere_in_the_report(levels):
    axis = Parameter(name="x", kind="categorical", scale="levels", domain=None, levels=levels)
    labels = binned(np.repeat(np.arange(float(len(levels))), 4), axis)[1]
    assert labels == [setting(level, digits=telling(levels)) for level in levels]
    assert len({*labels}) == len(levels)


def test_groups_of_numbers_are_called_as_settings_are_elsewhere_in_the_report():
    axis = Parameter(name="x", kind="continuous", scale="log", domain=(1.03e-6, 0.1))
    labels = binned(np.linspace(0, 1, 20), axis)[1]
    assert labels[0].startswith("1.03e-6 … ")
    assert labels[-1].endswith(" … 0.1")
    assert f"{1.03e-6:.3g}" not in " ".join(labels)  # 1.03e-06
    assert str(Condition("amp", (True, 1e-6))) == "amp = true or 1e-6"


def test_an_empty_axis_is_no_crash():
    axis = Parameter(name="x", kind="continuous", scale="linear", domain=(0.0, 1.0))
    assert binned(np.array([np.nan, np.nan]), axis)[1] == []
