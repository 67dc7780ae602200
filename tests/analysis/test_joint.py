"""What takes three parameters: groups, and recommended values that are of one setting."""

import numpy as np
import pandas as pd
import pytest

from analysis import Frame, assess
from analysis.fitted import fitted
from analysis.joint import highs, joint_shares
from analysis.study import study

PRODUCT = 8.0


def framed(f, *, seed, n=250, noise=0.03):
    rng = np.random.default_rng(seed)
    table = pd.DataFrame({name: rng.random(n) for name in "abcd"})
    table["y"] = f(table) + noise * rng.normal(size=n)
    return Frame.from_table(table, parameters=[*"abcd"], metric="y", direction="minimize")


def three(at):
    """Between -1 and 1; no parameter and no pair has a component of its own."""
    return PRODUCT * (at["a"] - 0.5) * (at["b"] - 0.5) * (at["c"] - 0.5)


def pairwise(at):
    """Of a variance of 1 / 12 + 1 / 9 a b holds 4 / 7, exactly; c acts alone."""
    return 4 * (at["a"] - 0.5) * (at["b"] - 0.5) + at["c"]


@pytest.mark.parametrize("seed", range(3))
def test_three_that_act_only_together_are_one_group_at_one_good_setting(seed):
    report = assess(framed(three, seed=seed), rng=0)
    assert [set(group) for group in report.groups] == [{"a", "b", "c"}]
    best = {p.name: p.recommendation.value for p in report.parameters}
    assert three(best) < -0.9
    assert max(item.share for item in report.interactions) < 0.05, "no pair holds anything"


def test_the_share_of_a_pair_counts_what_others_have_a_part_in():
    there = study(fitted(framed(three, seed=0), np.random.default_rng(0)))
    a, b, d = (there.frame.space.index(name) for name in "abd")
    shares = joint_shares(there, [(a, b), (a, d)])
    assert np.median(shares[:, 0]) == pytest.approx(1.0, abs=0.15)
    assert shares[:, 1].max() < 0.02


def test_without_a_third_it_is_the_pairs_own_and_nothing_more_is_asked():
    there = study(fitted(framed(pairwise, seed=0), np.random.default_rng(0)))
    a, b, c = (there.frame.space.index(name) for name in "abc")
    shares = joint_shares(there, [(a, b), (a, c)])
    assert np.median(shares[:, 0]) == pytest.approx(4 / 7, abs=0.1)
    assert shares[:, 1].max() < 0.02
    assert highs(there, [(a, c), (b, c)], margin=0.05) == {}
    report = assess(framed(pairwise, seed=0), rng=0)
    assert [set(group) for group in report.groups] == [{"a", "b"}, {"c"}]
