"""The means that no other exceeds by Welch's allowance, as looking at every pair finds them."""

import math
import random

import pytest
from scipy import stats

from journal import welch
from journal.student import t_quantile
from journal.welch import Mean, allowance, unexceeded


def drawn(rng: random.Random) -> list[Mean]:
    """Up to 60 means, errors and degrees of freedom of many sizes, some of them shared or 0."""
    errors = [0.0, *(math.exp(rng.gauss(0, 3)) for _ in range(rng.randint(1, 12)))]
    dfs = [math.exp(rng.uniform(-0.5, 6)) for _ in range(rng.randint(1, 4))]
    wide = math.exp(rng.gauss(1, 1))
    return [
        Mean(round(rng.gauss(0, wide), 1), rng.choice(errors), rng.choice(dfs))
        for _ in range(rng.randint(1, 60))
    ]


def directly(means: list[Mean], tail: float) -> list[bool]:
    return [
        all(o.value <= m.value or o.value - m.value <= allowance(m, o, tail=tail) for o in means)
        for m in means
    ]


def test_the_allowance_is_welchs():
    one, other = Mean(0, 0.5, 4), Mean(0, 2.0, 3)
    df = 2.5**2 / (0.5**2 / 4 + 2.0**2 / 3)
    told = stats.t.isf(0.01, float(f"{df:.3g}")) * math.sqrt(2.5)
    assert allowance(one, other, tail=0.01) == pytest.approx(told, rel=1e-8)
    assert allowance(other, one, tail=0.01) == pytest.approx(told, rel=1e-8)
    assert allowance(Mean(0, 0.0, 1), Mean(1, 0.0, 1), tail=0.01) == 0.0


def test_the_means_are_those_that_looking_at_every_pair_finds():
    rng = random.Random(0)
    kept = looked = 0
    for _ in range(400):
        means, tail = drawn(rng), rng.choice([0.2, 0.01, 1e-4])
        found = unexceeded(means, tail)
        assert found == directly(means, tail)
        kept, looked = kept + sum(found), looked + len(found)
    assert 0.1 < kept / looked < 0.9  # the draws put both answers to the test


def test_a_bound_that_is_none_is_found_out(monkeypatch):
    monkeypatch.setattr(welch, "_ROUNDING", -0.5)
    rng = random.Random(0)
    draws = [drawn(rng) for _ in range(100)]
    assert any(unexceeded(means, 0.01) != directly(means, 0.01) for means in draws)


def test_few_of_the_pairs_are_looked_at(monkeypatch):
    """However alike they are: n means have n (n - 1) / 2 pairs."""
    rng, calls = random.Random(0), 0
    means = [Mean(rng.gauss(0, 1), math.exp(rng.gauss(0, 1)), 5.0) for _ in range(2000)]
    real = t_quantile

    def counting(tail, df):
        nonlocal calls
        calls += 1
        return real(tail, df)

    monkeypatch.setattr(welch, "t_quantile", counting)
    assert sum(unexceeded(means, 1e-4)) > 1900
    assert calls < 50 * len(means)
