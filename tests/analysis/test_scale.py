"""Which axis was searched: linear or logarithmic."""

import numpy as np
import pytest

from analysis.inference import infer
from analysis.scale import infer_scale

LOG_UNIFORM = (10.0 ** np.random.default_rng(8).uniform(-5, -1, 60)).tolist()


@pytest.fixture
def rng() -> np.random.Generator:
    return np.random.default_rng(7)


def test_four_decades_of_log_uniform_numbers_are_log():
    assert infer_scale(np.array(LOG_UNIFORM)) == "log"


def test_uniform_numbers_are_linear_even_over_two_decades(rng):
    assert infer_scale(np.append(rng.uniform(0.001, 1, 60), [0.001, 1])) == "linear"


def test_less_than_two_decades_is_linear(rng):
    assert infer_scale(10 ** rng.uniform(0, 1.7, 60)) == "linear"


def test_a_sample_of_two_decades_is_log_although_it_reaches_neither_end(rng):
    """1e-4 to 1e-2 is what people search; uniform values over the same ends stay linear."""
    samples = rng.uniform(-4, -2, (200, 40))
    assert np.mean([infer_scale(10**sample) == "log" for sample in samples]) > 0.9
    even = rng.uniform(1e-4, 1e-2, (200, 40))
    assert np.mean([infer_scale(sample) == "log" for sample in even]) < 0.02


def test_what_an_optimizer_drove_to_zero_is_read_as_its_first_settings_are(rng):
    """Dropout from 0 to .5, ten at random and then ever closer to none."""
    first, crowd = rng.uniform(0, 0.5, (50, 10)), 0.5 * rng.beta(0.5, 6, (50, 90))
    led = np.concatenate([first, crowd], axis=1)
    assert np.mean([infer_scale(np.maximum(one, 1e-4)) == "log" for one in crowd]) > 0.9
    assert np.mean([infer_scale(np.maximum(one, 1e-4)) == "linear" for one in led]) > 0.9


def test_what_an_optimizer_drove_to_the_top_of_a_log_axis_stays_log(rng):
    first, crowd = rng.uniform(-8, -2, (50, 10)), -2 - rng.exponential(0.15, (50, 200))
    led = 10 ** np.concatenate([first, crowd], axis=1)
    assert np.mean([infer_scale(one[10:]) == "log" for one in led]) < 0.1
    assert np.mean([infer_scale(one) == "log" for one in led]) > 0.9


@pytest.mark.parametrize("direction", [1, -1])
def test_a_grid_in_its_order_is_read_from_all_of_it(direction):
    assert infer_scale(np.geomspace(1e-4, 1, 60)[::direction]) == "log"
    assert infer_scale(np.linspace(1e-3, 1, 60)[::direction]) == "linear"


def test_a_range_that_was_left_for_another_is_read_from_all_of_it(rng):
    """A narrow range first and then one beyond it: nobody searched the two evenly in log."""
    for _ in range(50):
        moved = np.append(rng.uniform(0.001, 0.12, 100), rng.uniform(0.7, 1, 100))
        assert infer_scale(moved) == "linear"


def test_the_first_settings_of_a_random_search_change_nothing(rng):
    for sample in rng.uniform(-5, -1, (200, 60)):
        assert infer_scale(10**sample) == "log"


def test_the_first_settings_are_those_run_first_in_whatever_row(rng):
    dropout = np.concatenate([rng.uniform(0.01, 0.5, 10), 0.4 * rng.beta(0.5, 6, 90)])
    order = np.arange(100.0)
    rows = rng.permutation(100)
    columns = {"dropout": np.maximum(dropout, 1e-4)[rows].tolist()}
    assert infer(columns, order=order[rows]).studied[0].scale == "linear"
    assert infer(columns, order=-order[rows]).studied[0].scale == "log"


def test_a_zero_rules_log_out_of_the_numbers_themselves():
    assert infer_scale(np.array([0.0, *LOG_UNIFORM])) == "linear"
