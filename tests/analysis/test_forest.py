"""The forest's components are those of its own predictions, on the parameters' own measure."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from analysis.decomposition import decompose_grid
from analysis.forest import N_CELLS, Cells, Forest, _out_of_bag, fill_inactive
from analysis.space import NONE, Space
from tests.analysis.spaces import MIXED, data, grid, levels, mixed_codes, mixed_function, number


def test_leaves_decompose_as_the_table_of_predictions_does():
    rng = np.random.default_rng(0)
    codes = mixed_codes(200, rng)
    forest = Forest()(MIXED, data(codes, mixed_function(codes) + rng.normal(0, 0.1, 200)), rng=rng)
    points, shape = grid(N_CELLS)
    table = decompose_grid(forest.mean(points).reshape(shape))
    found = forest.decompose()
    assert found.variance == pytest.approx(table.variance, rel=1e-9)
    assert found.first_order == pytest.approx(table.first_order, abs=1e-9)
    assert found.total_order == pytest.approx(table.total_order, abs=1e-9)
    assert found.shapley_effect == pytest.approx(table.shapley_effect, abs=1e-9)
    assert found.second_order == pytest.approx(table.second_order, abs=1e-9)


def test_decomposing_tree_by_tree_counts_noise_as_effect():
    """The negative control: the average of per-tree variances, as common practice has it."""
    rng = np.random.default_rng(1)
    codes = rng.random((150, 4))
    space = Space(tuple(number(name) for name in "abcd"))
    runs = data(codes, rng.normal(size=150))
    whole = Forest()(space, runs, rng=rng).decompose().variance
    single = Forest(n_trees=1)
    alone = np.mean([single(space, runs, rng=rng).decompose().variance for _ in range(8)])
    assert alone > 3 * whole


def test_many_levels_keep_equal_weight():
    """One-hot splits change the measure of peers: half the variance became .61 to .74."""
    rng = np.random.default_rng(2)
    space = Space((levels("many", 10), number("x")))
    codes = np.column_stack([rng.integers(0, 10, 3000), rng.random(3000)])
    effect = (codes[:, 0] < 5) * 1.0 + np.sqrt(3) * codes[:, 1]  # both have variance 1/4
    found = Forest(n_leaves=2048)(space, data(codes, effect), rng=rng).decompose()
    assert found.first_order == pytest.approx([0.5, 0.5], abs=0.05)


def test_none_is_an_atom_of_its_own_weight():
    rng = np.random.default_rng(3)
    space = Space((number("x", none_share=0.3), number("y")))
    x = np.where(rng.random(2000) < 0.3, NONE, rng.random(2000))
    codes = np.column_stack([x, rng.random(2000)])
    forest = Forest()(space, data(codes, (x == NONE) * 1.0), rng=rng)
    found = forest.decompose()
    assert found.variance == pytest.approx(0.3 * 0.7, rel=0.05)
    assert found.first_order == pytest.approx([1, 0], abs=0.02)


def test_the_same_seed_grows_the_same_forest():
    codes = mixed_codes(80, np.random.default_rng(0))
    runs = data(codes, mixed_function(codes))
    one = Forest()(MIXED, runs, rng=np.random.default_rng(5)).decompose()
    two = Forest(workers=2)(MIXED, runs, rng=np.random.default_rng(5)).decompose()
    assert np.array_equal(one.total, two.total)


def test_inactive_codes_are_filled_the_same_every_time_and_tell_nothing():
    rng = np.random.default_rng(0)
    codes = np.column_stack([rng.integers(0, 2, 500), rng.random(500), rng.random(500)])
    codes[codes[:, 0] == 0, 1] = np.nan
    filled = fill_inactive(codes)
    assert not np.isnan(filled).any()
    assert np.array_equal(filled, fill_inactive(codes))
    spread = filled[codes[:, 0] == 0, 1]
    assert 0.4 < spread.mean() < 0.6
    assert spread.std() == pytest.approx(np.sqrt(1 / 12), rel=0.15)


def test_a_level_parameter_that_is_idle_where_it_exists_tells_nothing_of_its_parent():
    """The parent decides all: inactive rows in one level would make the child tell of it."""
    totals = []
    for seed in range(4):
        rng = np.random.default_rng(seed)
        codes = np.column_stack([rng.integers(0, 2, 80), rng.integers(0, 2, 80), rng.random(80)])
        outcome = codes[:, 0] + rng.normal(0, 0.1, 80)
        codes[codes[:, 0] == 0, 1] = np.nan
        space = Space((levels("parent", 2), levels("child", 2), number("other")))
        totals.append(Forest()(space, data(codes, outcome), rng=rng).decompose().total[1])
    assert np.mean(totals) < 0.02


def test_inactive_codes_fall_into_the_special_value_in_proportion_to_its_weight():
    cells = Cells.of(replace(number("decay"), none_share=0.25, atom=0.0))
    drawn = cells.drawn(np.linspace(0, 1, 400, endpoint=False))
    assert (drawn == 0).mean() == pytest.approx(0.25)
    assert np.bincount(drawn)[1:].std() < 1


def test_out_of_bag_predictions_leave_the_row_out():
    rng = np.random.default_rng(0)
    codes = rng.random((200, 3))
    space = Space(tuple(number(name) for name in "abc"))
    noise = rng.normal(size=200)
    forest = Forest()(space, data(codes, noise), rng=rng)
    seen = np.corrcoef(forest.mean(codes), noise)[0, 1]
    unseen = np.corrcoef(forest.held_out, noise)[0, 1]
    assert seen > 0.7
    assert abs(unseen) < 0.25


def test_out_of_bag_predictions_are_made_when_asked_for_and_of_no_refit(monkeypatch):
    made: list[object] = []

    def counted(*given):
        made.append(given)
        return _out_of_bag(*given)

    monkeypatch.setattr("analysis.forest._out_of_bag", counted)
    rng = np.random.default_rng(0)
    codes = rng.random((40, 2))
    forest = Forest()(Space((number("a"), number("b"))), data(codes, codes[:, 0]), rng=rng)
    forest.draws(codes, 3, rng=rng)
    assert made == []
    np.testing.assert_array_equal(forest.held_out, forest.held_out)
    assert len(made) == 1
