"""Lines and parabolas among the kernels; and which runs are learned from where settings crowd."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

from analysis import kernels
from analysis.evenness import rarity
from analysis.fitting import MOST_ROWS, choose
from analysis.gaussian_fit import Gaussian
from analysis.kernels import Axis
from analysis.noise import noise
from analysis.sensitivity import decompose
from analysis.smooth import configuration_data
from analysis.space import NONE
from benchmarks import truths
from tests.analysis.planted import framed
from tests.analysis.spaces import number


def led(seed: int, *, even: int, crowd: int):
    """Runs of a valley and a slope, all but the first of them near what is best."""
    rng = np.random.default_rng(seed)
    everywhere = rng.random((even, 4))
    near = np.clip(np.array([0.5, 0.92, 0.3, 0.6]) + rng.normal(0, 0.07, (crowd, 4)), 0, 1)
    x = np.concatenate([everywhere, near])
    y = (2 * x[:, 0] - 1) ** 2 - x[:, 1] + rng.normal(0, 0.1, len(x))
    return framed(pd.DataFrame(x, columns=list("abcd")), y)


def error(seed: int) -> float:
    """Mean absolute error of the shares of a polynomial of the third degree, of 60 runs."""
    truth = truths.function("bratley")
    space, found = decompose(truth.frame(60, seed=seed), np.random.default_rng(0))
    exact = truth.exact.first_order
    return float(np.mean([abs(found.first_order[space.index(k)] - v) for k, v in exact.items()]))


def test_few_runs_tell_a_polynomial(monkeypatch):
    """The control: kernels that bend everywhere alike."""
    found = [error(seed) for seed in range(3)]
    short = kernels._gaussian(0.7), kernels._gaussian(0.25), kernels._matern(0.25)
    monkeypatch.setattr(kernels, "_dictionary", lambda parameter: short)
    assert np.mean(found) < 0.6 * np.mean([error(seed) for seed in range(3)])


def test_lines_and_parabolas_are_centred_and_of_unit_variance_with_none_and_without():
    for parameter in (number("x"), replace(number("x"), none_share=0.25)):
        axis = Axis.of(parameter)
        line, parabola = axis.kernels[:2]
        for kernel, rank in ((line, 1), (parabola, 2)):
            gram = kernel.gram(axis.nodes)
            assert axis.weights @ gram == pytest.approx(0, abs=1e-9)
            assert axis.weights @ np.diag(gram) == pytest.approx(1)
            assert kernel.projection.shape[1] == rank + (parameter.none_share > 0)
        halves = np.array([0.0, 0.5, 1.0])
        if not parameter.none_share:
            values = line.features(halves)[:, 0]
            assert values[1] - values[0] == pytest.approx(values[2] - values[1])
        assert (line.gram(np.array([0.5, np.nan]))[:, 1] == 0).all()
        assert np.isfinite(line.gram(np.append(halves, NONE))).all()


def part_outside(rows: np.ndarray, *, even: int) -> float:
    return float(np.mean(rows < even))


def test_more_runs_than_are_learned_from_leave_out_what_lies_in_the_crowd():
    frame = led(0, even=60, crowd=940)
    weights = rarity(frame)
    assert weights is not None
    data = configuration_data(frame, noise(frame))
    evenly = data.some(MOST_ROWS // 4, np.random.default_rng(0))
    rare = replace(data, rarity=weights).some(MOST_ROWS // 4, np.random.default_rng(0))
    assert len(np.unique(rare)) == len(evenly) == MOST_ROWS // 4
    assert (np.diff(rare) > 0).all()
    assert part_outside(evenly, even=60) < 0.12
    assert part_outside(rare, even=60) > 0.2


def test_the_choice_draws_its_rows_so():
    frame = led(0, even=60, crowd=1440)
    rows = choose(frame, noise(frame), rng=np.random.default_rng(0)).rows
    assert len(rows) == MOST_ROWS
    assert np.mean(np.isin(np.arange(60), rows)) > 0.9


def test_an_even_design_has_no_rare_runs():
    frame = led(1, even=600, crowd=0)
    assert rarity(frame) is None
    data = configuration_data(frame, noise(frame))
    assert (data.take(np.arange(10)).some(500, np.random.default_rng(0)) == np.arange(10)).all()
    learned = Gaussian(max_rows=300)._rows(data, np.random.default_rng(3))
    assert (learned == np.sort(np.random.default_rng(3).choice(600, 300, replace=False))).all()
