"""A parameter that does nothing: the chain says so, and its draws are flat; an active one never."""

from __future__ import annotations

from dataclasses import replace
from itertools import product

import numpy as np
import pytest

from analysis import gaussian_fit
from analysis.gaussian_draws import GaussianSurrogate
from analysis.gaussian_fit import Gaussian
from analysis.slices import plain_slice, sobol_settings
from analysis.smooth import fit_gaussian
from analysis.space import Space
from tests.analysis.spaces import MIXED, data, mixed_codes, mixed_function, number

N_ACTIVE = 2


def explored(n: int = 80, seed: int = 0, d: int = 6) -> tuple[GaussianSurrogate, np.ndarray]:
    """Two parameters that act and d - 2 that do not; (n_states, d) which were active."""
    rng = np.random.default_rng(seed)
    space = Space(tuple(number(f"x{i}") for i in range(d)))
    codes = rng.random((n, d))
    target = np.sin(5 * codes[:, 0]) + codes[:, 0] * codes[:, 1] + rng.normal(0, 0.1, n)
    surrogate = fit_gaussian(space, data(codes, target), rng=rng)
    fit = Gaussian().explore(surrogate.fit, surrogate.data, rng=rng)
    model = fit.model
    active = np.array(
        [[np.isfinite(model.axis_weights(theta, i)).all() and i in model.active(theta)
          for i in range(d)] for theta in fit.draws]
    )  # fmt: skip
    return replace(surrogate, fit=fit), active


def test_the_chain_tells_idle_parameters_from_active_ones():
    active = np.concatenate([explored(seed=seed)[1] for seed in range(5)])
    assert active[:, :N_ACTIVE].all()
    assert active[:, N_ACTIVE:].mean() < 0.35


def test_among_many_parameters_few_idle_ones_pass_for_active(monkeypatch):
    """The control is even odds for each: of 18 that do nothing chance then leaves twice as many."""
    now = np.concatenate([explored(120, seed, d=20)[1] for seed in range(6)])
    monkeypatch.setattr(gaussian_fit, "_unlikely", lambda active: 0.0)
    even = np.concatenate([explored(120, seed, d=20)[1] for seed in range(6)])
    assert now[:, :N_ACTIVE].all()
    assert now[:, N_ACTIVE:].mean() < 0.28
    assert even[:, N_ACTIVE:].mean() > 0.3


def test_the_runs_are_asked_once_where_only_weights_of_idle_parameters_move(monkeypatch):
    """What they told stands to the bit."""
    ask, state = gaussian_fit._Evidence._told, gaussian_fit._Evidence._state
    known = []

    def seen(self, theta, blocks, active, told=None):
        known.append(told is not None)
        assert told in (None, ask(self, theta, blocks, active))
        return state(self, theta, blocks, active, told)

    monkeypatch.setattr(gaussian_fit._Evidence, "_state", seen)
    explored(100, d=10)
    assert np.mean(known) > 0.1


def test_before_the_runs_about_one_is_expected_to_act():
    sets = np.array(list(product([False, True], repeat=8)))
    chance = np.exp([-gaussian_fit._unlikely(active) for active in sets])
    assert chance.sum() == pytest.approx(1.0)
    assert chance @ sets.sum(axis=1) == pytest.approx(8 * 1 / (1 + 8))  # of Beta(1, 8) the mean


def with_an_idle_one(index: int) -> GaussianSurrogate:
    """A fitted process of which one parameter was made idle."""
    rng = np.random.default_rng(0)
    codes = mixed_codes(60, rng)
    found = fit_gaussian(
        MIXED, data(codes, mixed_function(codes) + rng.normal(0, 0.05, 60)), rng=rng
    )
    theta = found.fit.theta.copy()
    theta[: found.fit.model.n_weights][found.fit.model.owner == index] = -np.inf
    fit = replace(found.fit, theta=theta, draws=theta[None])
    return replace(found, fit=fit, posterior=fit.posterior(found.data))


@pytest.mark.parametrize("idle", range(len(MIXED)))
def test_an_idle_parameter_moves_nothing_and_the_others_as_before(idle):
    surrogate = with_an_idle_one(idle)
    others = sobol_settings(MIXED, 16, rng=np.random.default_rng(1))
    found = surrogate.slices(others, 6, rng=np.random.default_rng(2))
    for index, axis in enumerate(surrogate.posterior.model.axes):
        brute = plain_slice(surrogate, index, codes=axis.slices, others=others)
        assert found.values[index][0] == pytest.approx(brute, abs=1e-9)
        moved = np.ptp(found.values[index], axis=1).max(axis=1)
        assert (moved == 0).all() if index == idle else (moved > 0).all()
    assert (found.pairs[:, idle] == 0).all()


def test_draws_come_in_pairs_on_either_side_of_the_mean():
    surrogate = with_an_idle_one(0)
    points = mixed_codes(5, np.random.default_rng(3))
    drawn = surrogate.draws(points, 6, rng=np.random.default_rng(4))
    middle = (drawn[0::2] + drawn[1::2]) / 2
    assert middle == pytest.approx(np.tile(surrogate.mean(points), (3, 1)), abs=1e-9)
    assert np.ptp(drawn, axis=0).min() > 0


def test_with_nothing_active_all_is_the_constant():
    surrogate = with_an_idle_one(0)
    theta = surrogate.fit.theta.copy()
    theta[: surrogate.fit.model.n_weights] = -np.inf
    fit = replace(surrogate.fit, theta=theta, draws=theta[None])
    flat = replace(surrogate, fit=fit, posterior=fit.posterior(surrogate.data))
    points = mixed_codes(5, np.random.default_rng(3))
    assert np.ptp(flat.mean(points)) == pytest.approx(0.0, abs=1e-12)
    found = flat.slices(
        sobol_settings(MIXED, 16, rng=np.random.default_rng(1)), 4, rng=np.random.default_rng(2)
    )
    assert all(np.ptp(values, axis=(1, 2)).max() < 1e-9 for values in found.values)


def test_other_weights_are_not_answered_with_what_these_said():
    """What the draws of the weights say given the runs is kept: not beyond the weights."""
    active, _ = explored()
    draws = active.fit.draws.copy()
    draws[:, np.flatnonzero(active.fit.model.owner == 0)] = -np.inf
    codes = np.random.default_rng(1).random((9, 6))

    def said(surrogate: GaussianSurrogate) -> np.ndarray:
        return surrogate.draws(codes, 4, rng=np.random.default_rng(2))

    first = said(active)
    other = replace(active, fit=replace(active.fit, draws=draws))
    assert np.array_equal(said(active), first)
    assert np.array_equal(said(other), said(replace(other)))
    assert np.ptp(said(other) - first) > 0.1
