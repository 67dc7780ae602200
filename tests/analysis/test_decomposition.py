"""Components and indices: closed forms, exact tables, and what must hold for every function."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import array_shapes, arrays

from analysis.decomposition import Decomposition, assembled, decompose_grid
from analysis.products import decompose_products

REFERENCE = Path(__file__).parents[2] / "data" / "reference"


def consistent(found: Decomposition, tolerance: float = 1e-9) -> None:
    first, total, shapley = found.first_order, found.total_order, found.shapley_effect
    assert (first <= shapley + tolerance).all()
    assert (shapley <= total + tolerance).all()
    if found.variance > 0:
        assert shapley.sum() == pytest.approx(1.0, abs=tolerance)
    assert np.allclose(found.second_order, found.second_order.T)


def test_a_complete_grid_of_real_networks_has_its_published_components():
    truth = json.loads((REFERENCE / "hpobench_mlp_phoneme_factorial.truth.json").read_text())
    table = pd.read_csv(REFERENCE / truth["file"])
    names = sorted(truth["first_order"])
    cells = table.groupby(names)[truth["response"]].mean().sort_index()
    shape = [table[name].nunique() for name in names]
    found = decompose_grid(cells.to_numpy().reshape(shape))
    for index, name in enumerate(names):
        assert found.first_order[index] == pytest.approx(truth["first_order"][name], rel=1e-9)
        assert found.total_order[index] == pytest.approx(truth["total_order"][name], rel=1e-9)
        assert found.shapley_effect[index] == pytest.approx(truth["shapley"][name], rel=1e-9)
    for pair, share in truth["second_order"].items():
        left, right = (names.index(name) for name in pair.split(" x "))
        assert found.second_order[left, right] == pytest.approx(share, rel=1e-9)
    consistent(found)


def test_xor_is_all_interaction():
    found = decompose_grid(np.array([[0.0, 1.0], [1.0, 0.0]]))
    assert found.first_order == pytest.approx([0, 0])
    assert found.total_order == pytest.approx([1, 1])
    assert found.shapley_effect == pytest.approx([0.5, 0.5])
    assert found.by_order == pytest.approx((0, 1, 0))


def test_a_constant_has_no_shares():
    found = decompose_grid(np.full((3, 2), 7.0))
    assert found.variance == 0
    assert not found.first_order.any()
    assert not found.shapley_effect.any()


def test_weights_are_the_measure():
    even = decompose_grid(np.array([[0.0, 1.0], [2.0, 3.0]]))
    skewed = decompose_grid(
        np.array([[0.0, 1.0], [2.0, 3.0]]), [np.array([0.9, 0.1]), np.array([0.5, 0.5])]
    )
    assert even.first[0] == pytest.approx(1.0)
    assert skewed.first[0] == pytest.approx(4 * 0.9 * 0.1)


@settings(deadline=None, max_examples=60)
@given(
    arrays(
        float,
        array_shapes(min_dims=1, max_dims=4, min_side=1, max_side=4),
        elements=st.floats(-100, 100),
    )
)
def test_every_table_obeys_the_order_of_the_indices(values):
    found = decompose_grid(values)
    if found.variance > 1e-9:
        consistent(found, 1e-7)


def products_on_grid(amplitude, factors, orders) -> np.ndarray:
    """The sum of products, tabulated on the cells of every factor."""
    shape = tuple(len(weight) for _, weight in factors)
    total = np.zeros(shape)
    d = len(factors)
    for member, value in enumerate(amplitude):
        parts = [
            cross[:, member].reshape([-1 if axis == index else 1 for axis in range(d)])
            for index, (cross, _) in enumerate(factors)
        ]
        first = sum(parts)
        second = sum(parts[i] * parts[j] for i in range(d) for j in range(i))
        every = np.ones(shape)
        for part in parts:
            every = every * (1 + part)
        rest = every - 1 - first - second
        total += value * (orders[0] * first + orders[1] * second + orders[2] * rest)
    return total


@pytest.mark.parametrize("orders", [(1.0, 1.0, 1.0), (0.7, 0.2, 1.3), (1.0, 0.0, 0.0)])
def test_sums_of_products_decompose_as_their_table_does(orders):
    rng = np.random.default_rng(3)
    factors = []
    for size in (3, 4, 2, 5):
        weight = rng.dirichlet(np.ones(size))
        cross = rng.normal(size=(size, 6))
        factors.append((cross - weight @ cross, weight))
    amplitude = rng.normal(size=6)
    found = decompose_products(amplitude, factors, orders=orders)
    table = decompose_grid(products_on_grid(amplitude, factors, orders), [w for _, w in factors])
    assert found.variance == pytest.approx(table.variance)
    assert found.first == pytest.approx(table.first)
    assert found.total == pytest.approx(table.total)
    assert found.shapley == pytest.approx(table.shapley)
    assert found.pairs == pytest.approx(table.pairs)


@settings(deadline=None, max_examples=60)
@given(st.integers(0, 10_000), st.integers(1, 8))
def test_estimates_that_disagree_are_made_consistent(seed, d):
    rng = np.random.default_rng(seed)
    pairs = np.triu(rng.random((d, d)) * rng.random(), 1)
    found = assembled(rng.random() + 0.1, rng.random(d), total=rng.random(d), pairs=pairs + pairs.T)
    consistent(found)


def test_consistent_estimates_are_left_as_they_are():
    rng = np.random.default_rng(0)
    exact = decompose_grid(rng.random((3, 4, 3)))
    again = assembled(
        exact.variance, exact.first_order, total=exact.total_order, pairs=exact.second_order
    )
    assert again.first_order == pytest.approx(exact.first_order)
    assert again.total_order == pytest.approx(exact.total_order)
    assert again.second_order == pytest.approx(exact.second_order)
    assert again.shapley_effect == pytest.approx(exact.shapley_effect)
