"""The answers that the analyst is held against are themselves held against closed forms."""

import math
from dataclasses import replace

import numpy as np
import pytest

from benchmarks import truths
from benchmarks.truths.axes import Axis
from benchmarks.truths.exact import best_of, components, grid_components, indices, split
from benchmarks.truths.reference import FOLDER, TABLES, reference
from benchmarks.truths.truth import METRIC, Truth

NAMES = list(truths.FUNCTIONS)


def test_ishigami_has_the_variances_of_its_closed_form():
    b, pi4, pi8 = 0.1, math.pi**4, math.pi**8
    first = 0.5 * (1 + b * pi4 / 5) ** 2
    second = 7**2 / 8
    pair = b**2 * pi8 * (1 / 18 - 1 / 50)
    variance = first + second + pair
    exact = truths.function("ishigami").exact
    assert exact.variance == pytest.approx(variance, rel=1e-9)
    assert exact.first_order["x1"] == pytest.approx(first / variance, abs=1e-9)
    assert exact.first_order["x2"] == pytest.approx(second / variance, abs=1e-9)
    assert exact.pairs[("x1", "x3")] == pytest.approx(pair / variance, abs=1e-9)
    assert exact.total["x3"] == pytest.approx(pair / variance, abs=1e-9)


def test_sobol_g_has_the_indices_of_its_closed_form():
    a = np.array([0, 1, 4.5, 9, 99, 99, 99, 99])
    each = 1 / (3 * (1 + a) ** 2)
    variance = np.prod(1 + each) - 1
    exact = truths.function("sobol_g").exact
    total = each * np.prod(1 + each) / (1 + each) / variance
    assert list(exact.first_order.values()) == pytest.approx(each / variance, abs=1e-9)
    assert list(exact.total.values()) == pytest.approx(total, abs=1e-9)


def test_risk_of_an_additive_parameter_is_best_minus_mean_of_its_own_curve():
    risk = truths.function("friedman").exact.risk
    assert risk["x04"].mean == pytest.approx(5.0, abs=1e-3)  # 10 x: best 10, mean 5
    assert risk["x04"].worst == pytest.approx(10.0, abs=1e-3)
    assert risk["x03"].mean == pytest.approx(10 / 3, abs=1e-2)  # 20 (x - 1/2)^2: best 5, mean 5/3
    assert risk["x09"].mean == pytest.approx(0.0, abs=1e-9)


@pytest.mark.parametrize("name", [name for name in NAMES if name != "pure_noise"])
def test_components_do_not_depend_on_the_order_of_the_quadrature(name):
    truth = truths.function(name)
    finer = replace(truth, order=truth.order + truth.order // 2 + 1)
    if name == "bratley":  # polynomials: any order from 2 is exact, and six axes are many nodes
        finer = replace(truth, order=4)
    variance = sum(truth.components.values())
    for members, value in truth.components.items():
        assert value == pytest.approx(finer.components[members], abs=1e-6 * variance)


@pytest.mark.parametrize("name", NAMES)
def test_variance_and_bounds_hold_against_plain_sampling(name):
    truth = truths.function(name)
    unit = np.random.default_rng(0).random((40_000, len(truth.axes)))
    sampled = np.var(truth.f(truth.columns(unit)))
    exact = truth.exact
    assert sampled == pytest.approx(exact.variance, rel=0.05)
    inside = [axis.name for axis in truth.axes if axis.parent is None]
    for parameter in inside:
        first, total = exact.first_order[parameter], exact.total[parameter]
        assert first - 1e-9 <= exact.shapley[parameter] <= total + 1e-9
    assert all(risk.mean >= 0 and risk.worst >= risk.mean - 1e-9 for risk in exact.risk.values())


def test_a_conditional_parameter_is_answered_where_it_is_active():
    truth = truths.function("two_algorithms")
    whole = indices(truth.components, truth.names)[2]
    assert truth.exact.total["momentum"] > whole["momentum"]
    table = truth.table(200, np.random.default_rng(0))
    assert table.loc[table["algorithm"] == "adam", "momentum"].isna().all()
    assert table.loc[table["algorithm"] == "sgd", "momentum"].notna().all()


def test_split_sums_to_the_function_and_each_term_has_mean_zero():
    values = np.random.default_rng(0).random((3, 4, 2))
    terms = split(values, [np.full(3, 1 / 3), np.full(4, 1 / 4), np.full(2, 1 / 2)])
    total = np.zeros_like(values)
    for members, term in terms.items():
        shape = [values.shape[axis] if axis in members else 1 for axis in range(3)]
        total = total + term.reshape(shape)
        for axis in range(len(members)):
            assert term.mean(axis=axis) == pytest.approx(0, abs=1e-12)
    assert total == pytest.approx(values)
    assert sum(grid_components(values, ("a", "b", "c")).values()) == pytest.approx(values.var())


def test_best_of_is_the_mean_of_the_largest_of_many_draws():
    rng = np.random.default_rng(0)
    values = np.sort(rng.standard_normal(50))
    drawn = rng.choice(values, size=(40_000, 20)).max(axis=1)
    assert best_of(values) == pytest.approx(drawn.mean(), abs=4 * drawn.std() / 200)
    assert best_of(values, of=1) == pytest.approx(values.mean())


def test_none_is_an_atom_with_its_own_weight():
    axis = Axis(name="clip", low=0.1, high=10.0, log=True, none_share=0.3)
    values, weights = axis.nodes(4)
    assert np.isnan(values[-1])
    assert weights[-1] == pytest.approx(0.3)
    assert weights.sum() == pytest.approx(1.0)
    drawn = axis.values(np.random.default_rng(0).random(20_000))
    assert np.isnan(drawn).mean() == pytest.approx(0.3, abs=0.02)


def test_replicated_runs_share_their_configuration_and_count_towards_n():
    truth = truths.function("mixed")
    table = truth.table(120, np.random.default_rng(0), replicated=0.2)
    repeats = table.groupby(list(truth.names)).size()
    assert len(table) == 120
    assert (repeats == 2).sum() == 20
    assert table.loc[table["seed"] == 1, METRIC].notna().all()


def test_noise_is_the_stated_share_of_a_single_run():
    truth = truths.function("three_of_ten")
    table = truth.table(20_000, np.random.default_rng(0))
    noise = table[METRIC].to_numpy() - truth.f({n: table[n].to_numpy() for n in truth.names})
    assert noise.var() / table[METRIC].var() == pytest.approx(0.3, abs=0.02)


def test_blocks_that_meet_in_one_pair_add_up():
    axes = {name: Axis(name=name) for name in "ab"}
    blocks = ((("a", "b"), lambda k: k["a"] * k["b"]), (("b", "a"), lambda k: -k["a"] * k["b"]))
    assert sum(components(blocks, axes, order=4).values()) == pytest.approx(0, abs=1e-15)


@pytest.mark.skipif(not FOLDER.exists(), reason="the reference tables are not here")
@pytest.mark.parametrize("name", TABLES)
def test_reference_tables_are_read_with_their_answers(name):
    table = reference(name)
    assert set(table.exact.risk) == set(table.names)
    assert sum(table.exact.shapley.values()) == pytest.approx(1.0, abs=1e-6)
    for parameter in table.names:
        levels = {str(level) for level in table[parameter].levels}
        assert set(table.runs[parameter].astype(str)) <= levels | {
            str(float(level)) for level in levels if level.replace(".", "").isdigit()
        }


def test_a_truth_without_a_cached_risk_calculates_it():
    axes = (Axis(name="a"), Axis(name="b"))
    truth = Truth(
        name="not in the cache",
        axes=axes,
        blocks=((("a",), lambda k: k["a"]),),
        direction="minimize",
        points=2**10,
    )
    assert truth.exact.risk["a"].mean == pytest.approx(0.5, abs=1e-9)
    assert truth.exact.risk["a"].best_value == 0.0
    assert truth.exact.risk["b"].mean == 0.0
