"""Spreads of configurations run a few times: known values, and a planted distribution found."""

import math
import random

import pytest

from journal.spread import Spread, digamma, inverse_trigamma, moderated, trigamma
from journal.student import f_tail, t_quantile

EULER = 0.5772156649015329


def test_the_special_functions_have_their_known_values():
    assert digamma(1) == pytest.approx(-EULER, abs=1e-9)
    assert digamma(0.5) == pytest.approx(-EULER - 2 * math.log(2), abs=1e-9)
    assert trigamma(1) == pytest.approx(math.pi**2 / 6, abs=1e-9)
    assert trigamma(0.5) == pytest.approx(math.pi**2 / 2, abs=1e-9)
    assert inverse_trigamma(trigamma(3.7)) == pytest.approx(3.7, rel=1e-9)


@pytest.mark.parametrize(
    ("tail", "df", "published"),
    [(0.05, 1, 6.314), (0.025, 5, 2.571), (0.005, 10, 3.169), (0.0005, 2, 31.599),
     (0.05, 1e6, 1.645), (0.1, 3, 1.638)],
)  # fmt: skip
def test_quantiles_of_t_are_the_published_ones(tail, df, published):
    assert t_quantile(tail, df) == pytest.approx(published, abs=6e-4)


@pytest.mark.parametrize(
    ("value", "above", "below"),
    [(3.493, 2, 20), (4.256, 2, 9), (161.4, 1, 1), (2.996, 2, math.inf)],
)
def test_tails_of_f_are_the_published_ones(value, above, below):
    assert f_tail(value, above, below=below) == pytest.approx(0.05, abs=1e-4)


def _drawn(rng: random.Random, df: int, prior_df: float, scale: float) -> Spread:
    """A variance observed with df degrees of freedom, the true one drawn from the distribution."""
    true = scale * prior_df / (2 * rng.gammavariate(prior_df / 2, 1))
    return Spread(true * 2 * rng.gammavariate(df / 2, 1) / df, df)


def test_a_planted_distribution_of_variances_is_found():
    rng = random.Random(0)
    observed = [_drawn(rng, 3, 6.0, 2.0) for _ in range(4000)]
    never_run_twice = Spread(0.0, 0)
    *_, found = moderated([*observed, never_run_twice], observed, pooled=Spread(99.0, 99))
    assert found.df == pytest.approx(6.0, rel=0.15)
    assert found.variance == pytest.approx(2.0, rel=0.1)


def test_a_variance_moves_towards_the_others_as_its_degrees_of_freedom_say():
    rng = random.Random(1)
    typical = [_drawn(rng, 3, 6.0, 2.0) for _ in range(500)]
    few, many, prior = moderated(
        [Spread(6.0, 2), Spread(6.0, 200), Spread(0.0, 0)], typical, pooled=Spread(9.0, 9)
    )
    expected = (prior.df * prior.variance + 2 * 6.0) / (prior.df + 2)
    assert (few.variance, few.df) == (pytest.approx(expected), pytest.approx(prior.df + 2))
    assert many.variance == pytest.approx(6.0, rel=0.05)


def test_equal_variances_are_pooled_and_an_outlier_stands_alone():
    alike, pooled = [Spread(1.0 + i / 100, 4) for i in range(10)], Spread(1.05, 40)
    assert all(spread is pooled for spread in moderated(alike, alike, pooled=pooled))
    *others, wild = moderated([*alike, Spread(900.0, 2)], alike, pooled=pooled)
    assert wild == Spread(900.0, 2)
    assert all(spread is pooled for spread in others)


def test_without_any_scatter_there_is_nothing_to_moderate():
    still, pooled = [Spread(0.0, 2)] * 5, Spread(0.0, 10)
    assert all(spread is pooled for spread in moderated(still, still, pooled=pooled))
