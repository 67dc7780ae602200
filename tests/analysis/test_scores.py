"""Normal scores: the map itself, where it is smooth, and what noise becomes under it."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from scipy.stats import norm

from analysis.scores import BAND, NormalScores


def skewed(n: int, seed: int) -> np.ndarray:
    """Results whose exact map is known: exp(z)."""
    return np.exp(np.random.default_rng(seed).standard_normal(n))


def raw(results: np.ndarray) -> NormalScores:
    """The map through every result."""
    values, counts = np.unique(results, return_counts=True)
    middle = np.cumsum(counts) - counts / 2
    return NormalScores(values, norm.ppf(middle / len(results)))


@given(arrays(float, st.integers(2, 60), elements=st.floats(-1e6, 1e6)))
def test_the_map_is_monotone_and_leads_back(results):
    found = NormalScores.of(results)
    assert (np.diff(found.scores) > 0).all()
    assert (np.diff(found.values) >= 0).all()
    if np.ptp(results) > 1e-6:
        assert found.back(found(results)) == pytest.approx(results, abs=1e-6 * np.ptp(results))


@pytest.mark.parametrize("seed", range(3))
def test_an_objective_and_its_negative_have_one_map(seed):
    results = skewed(80, seed)
    scores = NormalScores.of(results)(results)
    assert NormalScores.of(-results)(-results) == pytest.approx(-scores, abs=1e-4)


@pytest.mark.parametrize("n", [50, 300])
def test_a_smooth_map_is_nearer_to_the_exact_one_than_the_results_themselves(n):
    """Between neighbours at the top one jumps by chance: slopes there are compared."""
    top = norm.ppf(np.linspace(0.8, 1 - 0.5 / n, 40))

    def missed(found: NormalScores) -> float:
        slopes = np.log(np.maximum(np.diff(found.back(top)) / np.diff(top), 1e-9))
        return float(np.abs(slopes - (top[:-1] + top[1:]) / 2).mean())

    both = [(missed(NormalScores.of(y)), missed(raw(y))) for y in (skewed(n, s) for s in range(20))]
    smooth, rough = np.mean(both, axis=0)
    assert smooth < 0.6 * rough


@pytest.mark.parametrize("seed", range(5))
def test_a_smooth_map_passes_every_result_within_chance(seed):
    results = skewed(100, seed)
    found, known = NormalScores.of(results), raw(results)
    share = norm.cdf(known.scores)
    chance = np.sqrt(share * (1 - share) / 100) / norm.pdf(known.scores)
    assert len(found.values) != len(known.values)  # smooth
    assert (np.abs(found(known.values) - known.scores) <= (BAND + 1e-9) * chance).all()


@pytest.mark.parametrize("kind", ["ceiling", "two groups", "diverged"])
def test_where_results_crowd_or_leave_gaps_the_map_is_theirs(kind):
    rng = np.random.default_rng(0)
    good = rng.random(300)
    results = {
        "ceiling": np.minimum(good, 0.7),
        "two groups": good + 10 * (rng.random(300) < 0.4),
        "diverged": np.where(rng.random(300) < 0.1, -1e4 * (1 + good), good),
    }[kind]
    assert NormalScores.of(results).values.tolist() == np.unique(results).tolist()


def test_noise_under_a_map_is_as_wide_as_results_drawn():
    found = NormalScores.of(skewed(200, 0))
    values, variance = np.array([0.2, 1.0, 4.0]), np.array([0.01, 0.04, 0.25])
    noise = np.random.default_rng(1).standard_normal((100_000, 1)) * np.sqrt(variance)
    drawn = found(values + noise).var(axis=0)
    assert found.spread(values, variance=variance) == pytest.approx(drawn, rel=0.05)
