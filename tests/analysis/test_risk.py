"""Tuning risk and the verdicts made from it."""

from __future__ import annotations

from itertools import product

import numpy as np
import pandas as pd
import pytest

from analysis.fitted import fitted
from analysis.frame import Frame
from analysis.indices import interval, share
from analysis.recommending import edge
from analysis.results import Claim, Share, TuningRisk
from analysis.risk import Quality, Risk, best_of_weights, ceiling, risk
from analysis.study import study
from analysis.verdicts import judge, side


def test_the_best_of_two_by_counting_every_draw():
    values = np.array([3.0, 1.0, 7.0, 4.0])
    every = np.mean([max(pair) for pair in product(values, repeat=2)])
    assert np.sort(values) @ best_of_weights(4, 2) == pytest.approx(every)


def test_weights_sum_to_one():
    assert best_of_weights(256).sum() == pytest.approx(1.0)


def of_slices(values: np.ndarray, weights: np.ndarray, *, sign: float) -> Risk:
    return risk(Quality(sign).expected_best(values), weights)


def test_variance_and_risk_send_to_different_knobs():
    """A knob that only ruins bad settings has variance but no risk; its sibling the reverse."""
    rng = np.random.default_rng(0)
    quality = rng.random(512)
    forgiven = np.stack([quality, np.where(quality < 0.7, 0.0, quality)])
    shifted = np.stack([quality, quality + 0.05])
    weights = np.array([0.5, 0.5])
    loud = of_slices(forgiven[None], weights, sign=1.0)
    quiet = of_slices(shifted[None], weights, sign=1.0)
    assert loud.mean[0] < 0.02
    assert quiet.mean[0] == pytest.approx(0.025, abs=1e-9)
    assert forgiven.mean(axis=1)[0] - forgiven.mean(axis=1)[1] > 0.2


def test_direction_turns_the_answer_round():
    rng = np.random.default_rng(1)
    values = rng.normal(size=(1, 5, 64))
    weights = np.full(5, 0.2)
    up = of_slices(values, weights, sign=1.0)
    down = of_slices(-values, weights, sign=-1.0)
    assert up.mean == pytest.approx(down.mean)
    assert up.worst == pytest.approx(down.worst)
    assert up.best_setting == down.best_setting


def test_worst_is_never_below_mean():
    values = np.random.default_rng(2).normal(size=(7, 4, 32))
    found = of_slices(values, np.full(4, 0.25), sign=1.0)
    assert (found.worst >= found.mean).all()
    assert (found.mean >= 0).all()


def of(low: float, high: float) -> tuple[float, float, float]:
    return (low + high) / 2, low, high


@pytest.mark.parametrize(
    ("total", "loss", "verdict"),
    [
        ((0.1, 0.2), (0.02, 0.03), "critical"),
        ((0.0, 0.04), (0.02, 0.03), "fine"),
        ((0.1, 0.2), (0.0, 0.005), "forgiving"),
        ((0.0, 0.04), (0.0, 0.005), "negligible"),
        ((0.0, 0.2), (0.02, 0.03), "undetermined"),
        ((0.1, 0.2), (0.005, 0.03), "undetermined"),
        ((0.05, 0.2), (0.02, 0.03), "undetermined"),  # touching is not clearing
    ],
)
def test_the_table_of_verdicts(total, loss, verdict):
    middle, low, high = of(*total)
    mean, risk_low, risk_high = of(*loss)
    claim = Claim(level=0.9, share_low=low, share_high=high, risk_low=risk_low, risk_high=risk_high)
    found = judge(  # the 95 % intervals, which are wider, decide nothing
        Share(share=middle, low=0.0, high=1.0),
        TuningRisk(mean=mean, low=0.0, high=1.0, worst=1.0, best_value=1, of=20),
        claim=claim,
        share_margin=0.05,
        risk_margin=0.01,
        n_configurations=80,
    )
    assert found.verdict == verdict
    assert "80 configurations; 90% intervals" in found.because


def test_sides():
    assert side(0.2, 0.3, margin=0.1) == "above"
    assert side(0.0, 0.05, margin=0.1) == "below"
    assert side(0.0, 0.1, margin=0.1) == "unclear"


def test_an_interval_holds_its_estimate_and_stays_a_share():
    draws = np.random.default_rng(0).normal(0.9, 0.2, 400)
    low, high = interval(0.5, draws, plug_in=0.4)
    assert low <= 0.4
    assert high >= np.quantile(draws, 0.97)
    kept = share(0.5, draws, plug_in=0.4)
    assert kept.low >= 0
    assert kept.high == 1.0
    sure = share(0.02, np.full(60, 0.02), plug_in=0.02, stretch=1.6)
    assert (sure.low, sure.high) == pytest.approx((0.01, 0.03))


@pytest.mark.parametrize(
    ("good", "best", "end"),
    [
        ("++------", 0, "low"),
        ("-----+++", 7, "high"),
        ("++++----", 0, "low"),
        ("+++++---", 0, None),  # most of the range is as good as its end
        ("++++++++", 7, None),
        ("-+------", 1, None),
        ("+-", 0, None),
        ("+----++-", 0, "low"),
    ],
)
def test_an_end_is_an_edge_only_where_most_of_the_range_is_worse(good, best, end):
    assert edge(np.array([sign == "+" for sign in good]), best) == end


def test_five_that_share_the_best_result_are_at_a_ceiling_and_one_best_is_none():
    means = np.array([1.0] * 5 + [0.9, 0.8, 0.7])
    assert ceiling(means, sign=1.0) == 1.0
    assert ceiling(means, sign=-1.0) == np.inf
    assert ceiling(means[1:], sign=1.0) == np.inf
    assert ceiling(np.concatenate([means, np.linspace(0, 0.6, 120)]), sign=1.0) == np.inf
    assert ceiling(-means, sign=-1.0) == 1.0


def test_settings_that_are_all_as_good_as_can_be_are_not_told_apart(monkeypatch):
    """Exact risk of b: below .0005, since lr alone reaches 1; its margin is some .006."""

    def risks():
        found = []
        for seed in range(4):
            rng = np.random.default_rng(seed)
            lr, b = rng.uniform(-4, 0, 120), rng.random(120)
            y = np.minimum(1, 1.1 - 0.12 * (lr + 2) ** 2 - 0.1 * b)
            y = np.round(np.where(y < 0.97, y + rng.normal(0, 0.01, 120), y), 3)
            table = pd.DataFrame({"lr": lr, "b": b, "acc": y})
            frame = Frame.from_table(
                table, parameters=["lr", "b"], metric="acc", direction="maximize"
            )
            there = study(fitted(frame, np.random.default_rng(0)))
            found.append(there.risks[there.frame.space.index("b")].mean[0])
        return np.array(found)

    assert np.median(risks()) < 0.0005
    monkeypatch.setattr("analysis.risk.ceiling", lambda means, *, sign: np.inf)
    assert np.median(risks()) > 0.001
