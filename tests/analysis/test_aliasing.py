"""Fractions of two-level designs: interactions that no run tells apart are never called small."""

from itertools import product

import numpy as np
import pandas as pd
import pytest

from analysis.aliasing import aliases, confused
from analysis.assessment import assess
from tests.analysis.planted import clean, framed, score

NAMES = [f"x{i}" for i in range(7)]


def fraction(*products: tuple[int, ...]) -> np.ndarray:
    """2^4 runs of four parameters and of further ones that are products of these."""
    base = np.array(list(product([-1.0, 1.0], repeat=4)))
    return np.column_stack([base, *(base[:, list(one)].prod(axis=1) for one in products)])


FOUR = fraction((0, 1, 2), (1, 2, 3), (0, 2, 3))
"""Resolution IV: effects are clear, x0 x1 is x2 x4."""
THREE = fraction((0, 1), (2, 3), (0, 2))
"""Resolution III: x4 is x0 x1."""


def runs(design: np.ndarray, seed: int = 0):
    """y = x3 + x0 x1 with noise .1, every run with two seeds."""
    x = np.repeat(design, 2, axis=0)
    y = x[:, 3] + x[:, 0] * x[:, 1] + 0.1 * np.random.default_rng(seed).normal(size=len(x))
    return framed(pd.DataFrame(x, columns=NAMES[: x.shape[1]]), y)


def test_interactions_that_coincide_are_found_and_named():
    found = aliases(runs(FOUR))
    assert (("x0", "x1"), ("x2", "x4")) in found.coincide
    assert found.effects == frozenset()
    assert found.members == {*NAMES}
    assert (("x4",), ("x0", "x1")) in aliases(runs(THREE)).coincide
    (said,) = confused(runs(THREE))
    assert said.code == "aliased"
    assert "x0 = x1 × x4" in said.message


@pytest.mark.parametrize("design", [FOUR, THREE])
def test_nothing_low_is_claimed_of_them_and_a_clear_effect_is_critical(design):
    report = assess(runs(design), rng=0)
    verdicts = {p.name: p.verdict for p in report.parameters}
    assert verdicts["x3"] == "critical"
    assert {verdicts["x0"], verdicts["x1"], verdicts["x2"]} == {"undetermined"}
    assert not {"negligible", "forgiving", "fine"} & {*verdicts.values()}
    known = {pair.parameters: (pair.low, pair.high) for pair in report.interactions}
    assert known["x0", "x1"] == (0, 1)


@pytest.mark.parametrize("switches", [0, 2])
def test_centre_points_tell_no_interaction_from_another(switches: int):
    """Three runs in the middle of all, for either value of what has no middle."""
    centre = np.zeros((3, FOUR.shape[1]))
    settings = [centre.copy() for _ in range(switches or 1)]
    for value, one in zip((-1, 1), settings, strict=False):
        one[:, 3] = value if switches else 0
    frame = runs(np.vstack([FOUR, *settings]))
    assert (("x0", "x1"), ("x2", "x4")) in aliases(frame).coincide
    report = assess(frame, rng=0)
    assert not {"negligible", "forgiving", "fine"} & {p.verdict for p in report.parameters}


def test_settings_in_the_middle_of_one_tell_interactions_apart():
    """A face-centred star: each of its runs moves one parameter, which is no centre point."""
    star = np.vstack([sign * np.eye(FOUR.shape[1]) for sign in (-1, 1)])
    assert aliases(runs(np.vstack([FOUR, 0 * star[:1], star]))).coincide == ()


def test_in_the_whole_design_and_in_half_of_it_interactions_stand_apart():
    whole = np.array(list(product([-1.0, 1.0], repeat=5)))
    for design in (whole, fraction((0, 1, 2, 3))):  # 2^5, and 2^(5-1) of resolution V
        assert aliases(runs(design)).coincide == ()
    report = assess(runs(whole), rng=0)
    assert {p.name: p.verdict for p in report.parameters}["x2"] == "negligible"
    assert {p.parameters: p.low for p in report.interactions}["x0", "x1"] > 0.2


def test_random_runs_alias_nothing():
    for seed in range(50):
        rng = np.random.default_rng(seed)
        table = clean(rng, 50, 10)
        switches = pd.DataFrame(rng.random((50, 6)) < 0.5, columns=list("abcdef"))
        assert aliases(framed(table.join(switches), score(table, rng))).coincide == ()
