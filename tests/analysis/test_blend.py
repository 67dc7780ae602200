"""Surrogates that answer together: votes, proportions, and what a mean of shares keeps."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pytest

from analysis import views
from analysis.blend import LEAST, Blend, Part, blend, mixed
from analysis.decomposition import Decomposition, decompose_grid
from analysis.slices import Slices
from analysis.space import Space
from tests.analysis.spaces import number

SPACE = Space((number("x"), number("y")))


@dataclass(frozen=True, eq=False)
class Flat:
    """A surrogate that says one number everywhere."""

    value: float
    name: str = "flat"
    space: Space = SPACE

    @property
    def held_out(self) -> np.ndarray:
        return np.full(3, self.value)

    def mean(self, codes: np.ndarray) -> np.ndarray:
        return np.full(len(codes), self.value)

    def draws(self, codes: np.ndarray, n_draws: int, *, rng: np.random.Generator) -> np.ndarray:
        return np.full((n_draws, len(codes)), self.value)

    def decompose(self) -> Decomposition:
        raise NotImplementedError

    def slices(self, others: np.ndarray, n_draws: int, rng: np.random.Generator) -> Slices:
        raise NotImplementedError


def votes(errors: np.ndarray) -> dict[float, float]:
    surrogates = [Flat(float(at)) for at in range(errors.shape[1])]
    found = blend(surrogates, errors, rng=np.random.default_rng(0))
    return {part.mean(np.zeros((1, 2)))[0]: weight for part, weight in found.parts}


def test_the_better_of_two_speaks_alone_however_little_it_is_better_everywhere():
    errors = np.random.default_rng(0).exponential(size=(100, 1))
    assert votes(np.hstack([errors, 1.02 * errors])) == {0.0: 1.0}
    assert votes(np.hstack([1.02 * errors, errors])) == {1.0: 1.0}


def test_where_chance_decides_which_is_better_both_speak():
    errors = np.random.default_rng(1).exponential(size=(50, 2))
    errors -= errors.mean(axis=0) - 1
    weights = votes(errors)
    assert set(weights) == {0.0, 1.0}
    assert min(weights.values()) > 0.3
    assert sum(weights.values()) == pytest.approx(1.0)


def test_a_surrogate_with_a_small_chance_is_left_out():
    rng = np.random.default_rng(2)
    errors = np.column_stack([rng.exponential(size=60), 1.6 * rng.exponential(size=60)])
    wins = rng.exponential(size=(4000, 60)) @ errors
    assert (wins.argmin(axis=1) == 1).mean() < LEAST
    assert votes(errors) == {0.0: 1.0}


def test_estimates_are_means_and_draws_come_in_proportion():
    both = Blend(((Flat(1.0), 0.7), (Flat(11.0), 0.3)))
    codes = np.zeros((5, 2))
    assert both.mean(codes) == pytest.approx(np.full(5, 4.0))
    drawn = both.draws(codes, 60, rng=np.random.default_rng(0))
    assert drawn.shape == (60, 5)
    assert (drawn[:, 0] == 11.0).sum() == 18
    assert sum(both.sizes(61)) == 61
    assert both.name == "flat (70%) and flat (30%)"
    assert Blend(((Flat(1.0), 1.0),)).name == "flat"


@pytest.mark.parametrize("weight", [0.3, 0.6, 0.9])
def test_a_surrogate_with_few_draws_counts_by_its_weight_all_the_same(weight):
    few, many = Flat(1.0), Flat(0.0)
    parts = tuple(sorted(((few, weight), (many, 1 - weight)), key=lambda part: -part[1]))
    asked = {who: Blend(parts).part(who, 60) for who, _ in parts}
    rows = {few: np.ones((1 + 16, 1)), many: np.zeros((1 + asked[many].n_draws, 1))}
    drawn = views.mixed([(asked[who], rows[who]) for who, _ in parts])
    assert len(drawn) == 61
    assert drawn[0] == pytest.approx(weight)
    assert drawn[1:].mean() == pytest.approx(weight, abs=0.02)


def test_fewer_draws_than_there_are_come_evenly_out_of_all_and_in_pairs():
    rows = np.arange(21.0)[:, None]  # the estimate, then ten pairs
    parts = [(Part(0.5, 10), rows), (Part(0.5, 10), np.zeros((11, 1)))]
    drawn = views.mixed(parts)[1:11, 0]
    assert drawn.tolist() == [1, 2, 5, 6, 9, 10, 13, 14, 17, 18]


def test_one_surrogate_alone_gives_all_the_draws_that_it_has():
    rows = np.arange(17.0)[:, None]
    silent = (Part(0.0, 0), np.full((5, 1), 99.0))
    assert np.array_equal(views.mixed([(Part(1.0, 60), rows), silent]), rows)


def test_parts_are_told_apart_by_who_they_are():
    one, two = Flat(1.0), Flat(1.0)
    both = Blend(((one, 0.6), (two, 0.4)))
    assert both.part(two, 10) == Part(0.4, 4)
    assert both.part(Flat(1.0), 10) == Part(0.0, 0)


def test_a_mean_of_shares_is_consistent_and_of_no_scale():
    rng = np.random.default_rng(3)
    one, two = (decompose_grid(scale * rng.normal(size=(3, 4, 2))) for scale in (1.0, 100.0))
    found = mixed([(one, 0.25), (two, 0.75)])
    assert found.total_order == pytest.approx(0.25 * one.total_order + 0.75 * two.total_order)
    assert found.shapley_effect.sum() == pytest.approx(1.0)
    assert (found.first_order <= found.shapley_effect + 1e-12).all()
    assert (found.shapley_effect <= found.total_order + 1e-12).all()
    assert found.second_order == pytest.approx(0.25 * one.second_order + 0.75 * two.second_order)
