"""How fast intervals shrink, against cases where the rate is known."""

from __future__ import annotations

from dataclasses import replace
from functools import cache

import numpy as np
import pandas as pd
import pytest

from analysis.forecast import BOUNDS, _rate, rates
from analysis.frame import Frame
from analysis.study import Study, study
from analysis.verdicts import USUAL_RATE, Rates, more_runs


@cache
def of_runs(n: int, *, noise: float) -> Study:
    rng = np.random.default_rng(0)
    table = pd.DataFrame(rng.random((n, 3)), columns=list("abc"))
    table["y"] = 2 * table.a + table.b**2 + rng.normal(0, noise, n)
    frame = Frame.from_table(table, parameters=list("abc"), metric="y", direction="minimize")
    return study(frame, np.random.default_rng(1))


def test_a_spread_that_falls_as_the_root_of_the_runs_has_rate_one_half():
    before = np.array([0.4, 0.2, 0.1])
    assert _rate(before, before / 2, 4.0) == pytest.approx(0.5)
    assert _rate(before, before / np.sqrt(2), 2.0) == pytest.approx(0.5)
    assert _rate(before, before / np.sqrt(3), 3.0) == pytest.approx(0.5)


def test_a_rate_stays_within_its_bounds_and_needs_a_spread():
    before = np.array([0.4, 0.2])
    assert _rate(before, 2 * before, 2.0) == BOUNDS[0]
    assert _rate(before, before / 1000, 2.0) == BOUNDS[1]
    assert _rate(np.zeros(2), np.zeros(2), 2.0) == USUAL_RATE


def test_noise_that_must_be_averaged_away_goes_by_about_the_usual_rate():
    whole = of_runs(80, noise=0.3)
    found = [rates(whole, np.random.default_rng(seed)) for seed in (1, 2, 3)]
    assert 0.25 <= np.mean([each.share for each in found]) <= 0.7
    assert BOUNDS[0] <= np.mean([each.risk for each in found]) <= 0.7


def test_the_same_stream_gives_the_same_rates():
    whole = of_runs(60, noise=0.2)
    first, again = (rates(whole, np.random.default_rng(3)) for _ in range(2))
    assert first == again
    assert first != Rates()


def test_a_forest_alone_has_the_usual_rate():
    whole = of_runs(60, noise=0.2)
    (part, _), *_ = whole.choice.for_shares.parts
    forest = type("Rough", (), {"space": part.space})()
    alone = replace(whole.choice.for_shares, parts=((forest, 1.0),))
    choice = replace(whole.choice, for_shares=alone, for_risks=alone)
    assert rates(replace(whole, choice=choice), np.random.default_rng(0)) == Rates()


def test_turning_the_objective_round_changes_no_rate():
    whole = of_runs(60, noise=0.2)
    turned = replace(whole.frame, objective=-whole.frame.objective, direction="maximize")
    other = study(turned, np.random.default_rng(1))
    first, second = (rates(one, np.random.default_rng(3)) for one in (whole, other))
    assert (first.share, first.risk) == pytest.approx((second.share, second.risk), rel=1e-3)


def test_a_lower_end_that_zero_cuts_off_does_not_promise_a_quick_answer():
    assert more_runs((0.06, 0.0, 0.5), 0.05, 100) is None
    assert more_runs((0.06, 0.04, 0.5), 0.05, 100) < 400  # the control: its own reach tells
