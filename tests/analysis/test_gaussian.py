"""The Gaussian process: orthogonal kernels, exact gradients, exact components, honest draws."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from analysis.decomposition import decompose_grid
from analysis.gaussian import NUGGET, Data, Fit, Model
from analysis.gaussian_draws import GaussianSurrogate
from analysis.gaussian_fit import Gaussian, _Evidence
from analysis.indices import indices
from analysis.kernels import Axis, _same
from analysis.pairs import basis, pair_components
from analysis.slices import gate, plain_slice, sobol_settings
from analysis.smooth import fit_gaussian
from analysis.space import NONE, Condition, Space
from tests.analysis.spaces import MIXED, data, grid, levels, mixed_codes, mixed_function, number

AXES = [
    number("x"),
    number("x", none_share=0.2),
    levels("a", 5),
    levels("b", 7, ordered=True),
    levels("flag", 2),
]


@pytest.mark.parametrize("parameter", AXES, ids=lambda p: f"{p.kind}-{p.none_share}")
def test_every_kernel_has_mean_zero_and_unit_variance_under_the_measure(parameter):
    axis = Axis.of(parameter)
    for kernel in axis.kernels:
        gram = kernel.gram(axis.nodes)
        assert axis.weights @ gram == pytest.approx(np.zeros(len(axis.nodes)), abs=1e-9)
        assert axis.weights @ np.diag(gram) == pytest.approx(1.0)
        assert np.linalg.eigvalsh(gram).min() > -1e-9


@pytest.mark.parametrize("parameter", AXES, ids=lambda p: f"{p.kind}-{p.none_share}")
def test_bases_are_orthonormal_under_the_measure(parameter):
    axis = Axis.of(parameter)
    values = basis(axis, axis.nodes)
    assert values.shape[1] >= 1
    assert axis.weights @ values == pytest.approx(np.zeros(values.shape[1]), abs=1e-9)
    gram = values.T @ (axis.weights[:, None] * values)
    assert gram == pytest.approx(np.eye(values.shape[1]), abs=1e-8)


def small_fit(n: int = 60, seed: int = 0) -> tuple[Fit, Data]:
    rng = np.random.default_rng(seed)
    codes = mixed_codes(n, rng)
    runs = data(codes, mixed_function(codes) + rng.normal(0, 0.05, n))
    return Gaussian()(MIXED, runs, rng=rng), runs


def test_the_gradient_is_that_of_the_value():
    rng = np.random.default_rng(0)
    codes = mixed_codes(25, rng)
    evidence = _Evidence.of(Model.of(MIXED), data(codes, mixed_function(codes)))
    theta = evidence.mean + rng.normal(0, 0.3, len(evidence.mean))
    slope = evidence.value_and_slope(theta)[1]
    for index in range(len(theta)):
        step = np.zeros(len(theta))
        step[index] = 1e-5
        up, down = (evidence.value_and_slope(theta + sign * step)[0] for sign in (1, -1))
        assert slope[index] == pytest.approx((up - down) / 2e-5, rel=1e-3, abs=1e-4)


def test_components_in_closed_form_are_those_of_the_tabulated_mean():
    fit, runs = small_fit()
    posterior = fit.posterior(runs)
    surrogate = GaussianSurrogate(
        space=MIXED, fit=fit, data=runs, posterior=posterior, held_out=posterior.leave_one_out
    )
    nodes, weights = np.polynomial.legendre.leggauss(40)
    points, shape = grid(40)
    points[:, 2] = np.tile((nodes + 1) / 2, 12)
    table = decompose_grid(
        surrogate.mean(points).reshape(shape), [np.full(4, 1 / 4), np.full(3, 1 / 3), weights / 2]
    )
    found = surrogate.decompose()
    assert found.variance == pytest.approx(table.variance, rel=1e-6)
    assert found.first == pytest.approx(table.first, rel=1e-6, abs=1e-12)
    assert found.total == pytest.approx(table.total, rel=1e-6)
    assert found.shapley == pytest.approx(table.shapley, rel=1e-6)
    assert found.pairs == pytest.approx(table.pairs, rel=1e-6, abs=1e-12)


def test_leaving_one_out_is_leaving_one_out():
    fit, runs = small_fit(30)
    quick = fit.posterior(runs).leave_one_out
    shift, scale = runs.target.mean(), runs.target.std()
    for row in (0, 7, 29):
        rest = np.delete(np.arange(30), row)
        whole = fit.posterior(runs)
        gram = whole.covariance(runs.codes)
        inner = gram[np.ix_(rest, rest)] + np.diag(whole.noise[rest] + NUGGET)
        weights = np.linalg.solve(inner, (runs.target[rest] - shift) / scale)
        assert quick[row] == pytest.approx(shift + scale * gram[row, rest] @ weights, rel=1e-6)


def test_slices_of_the_mean_are_the_mean():
    surrogate = fit_gaussian(MIXED, small_fit()[1], rng=np.random.default_rng(0))
    others = sobol_settings(MIXED, 16, rng=np.random.default_rng(1))
    found = surrogate.slices(others, 0, rng=np.random.default_rng(2))
    for index, axis in enumerate(surrogate.posterior.model.axes):
        brute = plain_slice(surrogate, index, codes=axis.slices, others=others)
        assert found.values[index][0] == pytest.approx(brute, abs=1e-9)


def test_draws_agree_with_the_posterior_they_are_drawn_from():
    """Mean and spread of many draws, against the closed form at a few points."""
    fit, runs = small_fit(25)
    posterior = fit.posterior(runs)
    surrogate = GaussianSurrogate(
        space=MIXED, fit=fit, data=runs, posterior=posterior, held_out=posterior.leave_one_out
    )
    points = mixed_codes(6, np.random.default_rng(9))
    drawn = surrogate.draws(points, 4000, rng=np.random.default_rng(3))
    cross = posterior.covariance(points)
    prior = _prior_covariance(posterior, points)
    from scipy.linalg import cho_solve

    exact = prior - cross @ cho_solve(posterior.factor, cross.T)
    spread = posterior.scale * np.sqrt(np.diag(exact))
    assert drawn.mean(axis=0) == pytest.approx(surrogate.mean(points), abs=4 * spread.max() / 60)
    assert drawn.std(axis=0) == pytest.approx(spread, rel=0.15, abs=0.01)


def _prior_covariance(posterior, points):
    return posterior.model.covariance(posterior.theta, points, right=points)


def test_slices_give_the_closed_form_indices():
    surrogate = fit_gaussian(MIXED, small_fit()[1], rng=np.random.default_rng(0))
    others = sobol_settings(MIXED, 1024, rng=np.random.default_rng(1))
    found = indices(surrogate.slices(others, 0, rng=np.random.default_rng(2)))
    exact = surrogate.decompose()
    assert found.first[0] == pytest.approx(exact.first_order, abs=0.01)
    assert found.total[0] == pytest.approx(exact.total_order, abs=0.01)


def test_pairs_by_projection_find_the_closed_form():
    surrogate = fit_gaussian(MIXED, small_fit()[1], rng=np.random.default_rng(0))
    codes = sobol_settings(MIXED, 4096, rng=np.random.default_rng(1))
    axes = surrogate.posterior.model.axes
    found = pair_components(axes, codes, sample=surrogate.mean(codes)[None])[0]
    exact = surrogate.decompose()
    assert found == pytest.approx(exact.pairs, abs=0.02 * exact.variance)


def test_a_parameter_that_is_off_changes_nothing():
    condition = Condition("a", ("a1",))
    space = Space((levels("a", 2), number("x", condition=condition)))
    codes = sobol_settings(space, 64, rng=np.random.default_rng(0))
    off = gate(space, codes)
    assert np.isnan(off[codes[:, 0] == 0, 1]).all()
    assert not np.isnan(off[codes[:, 0] == 1, 1]).any()
    rng = np.random.default_rng(1)
    runs = data(off, np.where(np.isnan(off[:, 1]), 0.0, off[:, 1]) + rng.normal(0, 0.01, 64))
    surrogate = fit_gaussian(space, runs, rng=rng)
    assert np.ptp(surrogate.mean(off[codes[:, 0] == 0])) == pytest.approx(0.0, abs=1e-9)


def test_none_has_its_own_value():
    space = Space((number("x", none_share=0.5), number("y")))
    rng = np.random.default_rng(0)
    x = np.where(rng.random(80) < 0.5, NONE, rng.random(80))
    codes = np.column_stack([x, rng.random(80)])
    surrogate = fit_gaussian(space, data(codes, np.where(x == NONE, 2.0, x)), rng=rng)
    at = np.array([[NONE, 0.5], [0.0, 0.5], [1.0, 0.5]])
    assert surrogate.mean(at) == pytest.approx([2.0, 0.0, 1.0], abs=0.1)


def test_smooth_functions_are_learned_from_few_runs():
    """Ishigami at 100 runs: the best peer measured is off by 7.8 points on average."""
    rng = np.random.default_rng(0)
    space = Space(tuple(number(name) for name in "abc"))
    codes = rng.random((100, 3))
    x = (2 * codes - 1) * np.pi
    target = np.sin(x[:, 0]) + 7 * np.sin(x[:, 1]) ** 2 + 0.1 * x[:, 2] ** 4 * np.sin(x[:, 0])
    found = fit_gaussian(space, data(codes, target), rng=rng).decompose()
    assert found.first_order == pytest.approx([0.3139, 0.4424, 0.0], abs=0.05)
    assert found.total_order == pytest.approx([0.5576, 0.4424, 0.2437], abs=0.07)


def test_a_level_unlike_all_others_is_found_from_few_runs(monkeypatch):
    """Runs differ where two operations are both the first, or a third the second; the rest alike.

    The first two hold a variance of 0.0064 of their settings' mean square, the third 0.04.
    """

    def mean_error(third: float) -> float:
        rng = np.random.default_rng(0)
        space = Space(tuple(levels(name, 5) for name in "abcd"))
        alone, pair = third**2 * 0.16, 0.2 * 0.16
        exact = np.array([pair, pair, alone, 0.0]) / (alone + 0.04 * 0.96)
        errors = []
        for _ in range(5):
            codes = rng.integers(0, 5, (80, 4)).astype(float)
            first = (codes[:, 0] == 0) & (codes[:, 1] == 0)
            target = first + third * (codes[:, 2] == 1) + rng.normal(0, 0.05, 80)
            found = fit_gaussian(space, data(codes, target), rng=rng)
            errors.append(np.abs(found.decompose().total_order - exact).mean())
        return float(np.mean(errors))

    assert mean_error(third=0.0) < 0.02
    assert mean_error(third=0.5) < 0.1
    monkeypatch.setattr("analysis.kernels.MOST_SINGLE", 0)
    assert mean_error(third=0.5) > 0.2


def three_together(n: int, rng: np.random.Generator) -> tuple[Space, Data, np.ndarray]:
    """y = 1 or -1 by the product of three signs, half a standard deviation of noise; d is idle."""
    space = Space(tuple(levels(name, 2) for name in "abcd"))
    codes = rng.integers(0, 2, (n, 4)).astype(float)
    target = np.prod(2 * codes[:, :3] - 1, axis=1)
    return space, data(codes, target + rng.normal(0, 0.5, n)), target


def test_what_three_parameters_do_only_together_is_found(monkeypatch):
    """None does anything alone, nor any two: from the prior all weights shrink to nothing."""
    rng = np.random.default_rng(0)
    space, runs, truth = three_together(120, rng)
    found = fit_gaussian(space, runs, rng=rng)
    assert np.mean((found.held_out - truth) ** 2) < 0.1
    assert found.decompose().total_order == pytest.approx([1, 1, 1, 0], abs=0.03)
    monkeypatch.setattr("analysis.gaussian_fit.MOSTLY_NOISE", 2.0)
    assert np.mean((fit_gaussian(space, runs, rng=rng).held_out - truth) ** 2) > 0.9


def test_a_second_search_finds_nothing_in_noise():
    rng = np.random.default_rng(0)
    space, runs, _ = three_together(120, rng)
    noise = replace(runs, target=rng.normal(size=120))
    found = fit_gaussian(space, noise, rng=rng)
    assert np.mean((found.held_out - noise.target) ** 2) > 0.95 * np.var(noise.target)


def test_an_end_unlike_all_other_levels_is_found_from_few_runs(monkeypatch):
    """Two ordered parameters of ten levels, 25 runs: one end of each is unlike the rest."""
    space = Space((levels("a", 10, ordered=True), levels("b", 10, ordered=True)))
    everywhere = np.array([(a, b) for a in range(10) for b in range(10)], dtype=float)

    def mean_error() -> float:
        errors = []
        for seed in range(6):
            rng = np.random.default_rng(seed)
            codes = rng.integers(0, 10, (25, 2)).astype(float)
            runs = data(codes, ends(codes) + rng.normal(0, 0.02, 25))
            found = fit_gaussian(space, runs, rng=rng).mean(everywhere)
            errors.append(np.abs(found - ends(everywhere)).mean())
        return float(np.mean(errors))

    def ends(codes: np.ndarray) -> np.ndarray:
        return 1.0 * (codes[:, 0] == 0) + (codes[:, 1] == 9)

    known = mean_error()
    monkeypatch.setattr("analysis.kernels._single", lambda _: _same)
    assert known < 0.7 * mean_error()


@pytest.mark.parametrize("level", [3, 8])
def test_a_level_in_the_middle_of_an_order_may_be_unlike_its_neighbours(level):
    rng = np.random.default_rng(level)
    n = 300
    codes = np.column_stack([rng.integers(0, 10, n).astype(float), rng.random(n)])
    surrogate = fit_gaussian(
        Space((levels("a", 10, ordered=True), number("x"))),
        data(codes, (codes[:, 0] == level) + rng.normal(0, 0.02, n)),
        rng=rng,
    )
    at = np.column_stack([np.arange(10.0), np.full(10, 0.5)])
    assert surrogate.mean(at) == pytest.approx(1.0 * (np.arange(10) == level), abs=0.1)


def test_none_behind_ordered_numbers_leaves_the_last_number_its_kernel():
    parameter = replace(levels("a", 4, ordered=True), levels=(1, 2, 3, None))
    alone = Axis.of(parameter).kernels[3:]
    grams = [kernel.gram(np.arange(4.0)) for kernel in alone]
    assert [int(np.diag(gram).argmax()) for gram in grams] == [0, 2, 3]
    assert len(Axis.of(levels("a", 8)).kernels) == 9
    assert len(Axis.of(levels("a", 9)).kernels) == 1
