"""How many more runs would settle it, against cases where the chance is known."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest
from scipy.stats import norm

from analysis import answers, forecast
from analysis.assessment import assess
from analysis.declaration import Declaration
from analysis.forecast import CHANCE, RESTLESS, UNSEEN_RATE, Outlook, more_runs
from analysis.frame import Frame
from analysis.results_detail import CLAIM_LEVEL
from analysis.space import Condition
from analysis.verdicts import MOST_RUNS

END = float(norm.ppf((1 + CLAIM_LEVEL) / 2))
"""Where a claim's interval of a standard normal index ends."""
EVENLY = norm.ppf((np.arange(2000) + 0.5) / 2000)
SURE = Outlook(estimate=1.0, draws=np.full(60, 1.0), margin=0.5, rate=0.5)


def spread(middle: float, sd: float, *, margin: float, rate: float = 0.5, **ends: float) -> Outlook:
    """Normal draws far from zero, where the square root is all but straight."""
    return Outlook(estimate=middle, draws=middle + sd * EVENLY, margin=margin, rate=rate, **ends)


@pytest.mark.parametrize("gap", [0.0, 0.7, 1.2])
@pytest.mark.parametrize("growth", [1.5, 4.0, 16.0])
def test_the_chance_of_a_normal_posterior_in_closed_form(gap, growth):
    left = growth**-0.5
    reach, moves = END * left, RESTLESS * np.sqrt(1 - left**2)
    known = norm.cdf((gap - reach) / moves) + norm.cdf((-gap - reach) / moves)
    for margin in (1000 - gap, 1000 + gap):  # above it or below
        assert spread(1000, 1, margin=margin).chance(growth) == pytest.approx(known, abs=0.01)


def test_a_promise_is_kept_every_other_time(monkeypatch):
    """A mean of n results, known to be near theta: more results are really drawn, and counted."""
    monkeypatch.setattr(forecast, "RESTLESS", 1.0)
    rng = np.random.default_rng(0)
    kept, wide, n = [], END, 100
    for gaps in rng.uniform(0.6, 1.2, (12, 2)) * rng.choice([-1, 1], (12, 2)):
        first, second = (spread(1000, 1, margin=1000 + gap) for gap in gaps)
        promised = more_runs(first, second, n_runs=n)
        assert promised is not None
        truths = rng.normal(0, 1, (400, 2))
        new = rng.normal(truths, np.sqrt(n / promised))
        means = promised / (n + promised) * new  # of the old ones, at 0, and the new
        ends = wide * np.sqrt(n / (n + promised))
        kept.append(np.mean((np.abs(means - gaps) > ends).all(axis=1)))
    assert CHANCE - 0.05 <= np.mean(kept) <= CHANCE + 0.1


def test_an_end_that_just_clears_has_every_other_chance_and_two_have_less():
    one = spread(1000, 1, margin=999.1)
    assert one.chance((END / 0.9) ** 2) == pytest.approx(0.5, abs=0.02)
    alone, both = more_runs(one, SURE, n_runs=100), more_runs(one, one, n_runs=100)
    assert alone is not None
    assert both is not None
    assert both >= 2 * alone


def test_at_the_margin_no_small_number_is_promised():
    for rate in (forecast.SHARE_RATE, forecast.RISK_RATE):
        promised = more_runs(spread(1000, 1, margin=1000, rate=rate), SURE, n_runs=100)
        assert promised is None or promised > 100
    far = spread(1000, 1, margin=998, rate=forecast.SHARE_RATE)
    control = replace(far, lowered=0.8)  # its lower end lies as near the margin
    assert more_runs(control, SURE, n_runs=100) <= 50


def test_what_the_surrogate_does_not_foresee_falls_as_a_variance_does():
    low = Outlook(
        estimate=0.02, draws=np.full(60, 0.02), margin=0.05, rate=forecast.SHARE_RATE, raised=0.06
    )
    assert UNSEEN_RATE == 1
    assert 100 <= more_runs(low, SURE, n_runs=100) <= 110  # .03 are left of .06
    assert more_runs(replace(low, raised=0.9), SURE, n_runs=100) is None


def test_too_many_runs_are_not_promised():
    wide = spread(1000, 1, margin=1000, rate=0.1)
    assert wide.chance(1 + MOST_RUNS) < CHANCE
    assert more_runs(wide, SURE, n_runs=100) is None
    assert more_runs(SURE, wide, n_runs=100) is None


def test_an_index_that_zero_cuts_off_clears_from_below_the_sooner():
    """Of as wide an interval, one that ends at zero belongs to what may well be nothing."""
    amplitudes = 0.15 * np.abs(EVENLY)
    small = Outlook(
        estimate=float(np.mean(amplitudes**2)), draws=amplitudes**2, margin=0.05, rate=0.7
    )
    assert more_runs(small, SURE, n_runs=100) <= 100
    idle = Outlook(estimate=-1e-18, draws=np.full(60, -1e-18), margin=0.05, rate=0.7, raised=0.1)
    assert more_runs(idle, SURE, n_runs=100) >= 100  # rounding below zero is zero


def test_a_lower_end_below_the_draws_comes_up_with_the_risks_rate():
    cursed = Outlook(
        estimate=2.0, draws=np.full(60, 2.0), margin=1.0, rate=forecast.RISK_RATE, lowered=1.5
    )
    assert cursed.chance(2.0) == 0
    assert cursed.chance(4.0) == 1  # 1.5 * 4 ** -.4 is .86
    assert replace(cursed, lowered=0.0).chance(1.1) == 1


def test_of_a_conditional_parameter_all_runs_are_counted(monkeypatch):
    """It exists in a third of them, and more runs will be as few of its own."""
    told = []

    def seven(share: Outlook, risk: Outlook, n_runs: int) -> int:
        told.append(n_runs)
        return 7

    monkeypatch.setattr(answers, "more_runs", seven)
    rng, n = np.random.default_rng(4), 90
    table = pd.DataFrame({"x": rng.random(n), "kind": rng.choice(list("pqr"), n)})
    table["z"] = np.where(table.kind == "p", rng.random(n), np.nan)
    table["y"] = 2 * table.x + 0.8 * table.z.fillna(0) + rng.normal(0, 0.2, n)
    where = Declaration(domain=(0, 1), scale="linear", condition=Condition("kind", ("p",)))
    frame = Frame.from_table(
        table,
        parameters=["x", "kind", "z"],
        metric="y",
        direction="minimize",
        declarations={"z": where},
    )
    found = {item.name: item for item in assess(frame, transform="none").parameters}
    assert found["z"].verdict == "undetermined"
    assert found["z"].configurations < n / 2
    assert found["z"].more_runs == 7
    assert {item.more_runs for item in found.values()} <= {7, None}
    assert set(told) == {n}
