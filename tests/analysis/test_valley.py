"""What a smooth surrogate cannot follow: a valley along two axes at once, a peak that is a cusp."""

import numpy as np
import pandas as pd
import pytest

from analysis import Frame, estimates
from analysis.declaration import Declaration
from analysis.estimates import claimed, tuning_risk
from analysis.fitted import fitted
from analysis.study import study
from benchmarks.judged import noisy, runs_of
from benchmarks.truths.truth import frame_of

SEEDS = (100, 101, 102, 103)


def journal(seed, *, along):
    """120 runs of four; along: by how much lr must follow the batch size."""
    rng = np.random.default_rng(seed)
    table = pd.DataFrame({"lr": 10 ** rng.uniform(-4, 0, 100), "bs": 2 ** rng.uniform(3, 10, 100)})
    table["c"], table["d"] = rng.random(100), rng.random(100)
    table = pd.concat([table, table[:20]], ignore_index=True).assign(seed=np.arange(120) // 100)
    off = np.log10(table.lr) + 2 - along * np.log10(table.bs / 64)
    table["y"] = 0.5 + off.abs() + 0.2 * table.c + rng.normal(0, 0.05, 120)
    said = {"lr": (1e-4, 1.0), "bs": (8.0, 1024.0)}
    return Frame.from_table(
        table, parameters=["lr", "bs", "c", "d"], metric="y", direction="minimize", seed="seed",
        declarations={n: Declaration(domain=d, scale="log") for n, d in said.items()},
    )  # fmt: skip


@pytest.mark.parametrize("seed", SEEDS)
def test_of_what_another_makes_up_for_no_high_risk_is_claimed(seed):
    there = study(fitted(journal(seed, along=1.0), np.random.default_rng(0)))
    index = there.frame.space.index("bs")
    assert claimed(there, index).risk_low < there.noise.sd_near_best
    assert claimed(there, there.frame.space.index("lr")).risk_low > there.noise.sd_near_best


def test_where_predictions_are_as_good_among_the_good_nothing_is_taken_off():
    """The control: without the valley the risk of lr is claimed as the draws have it."""
    missed = []
    for seed in SEEDS:
        there = study(fitted(journal(seed, along=0.0), np.random.default_rng(0)))
        missed.append(there.missed_among_good / there.noise.sd_near_best)
    assert np.median(missed) < 0.5
    bent = [
        study(fitted(journal(s, along=1.0), np.random.default_rng(0))).missed_among_good
        for s in SEEDS
    ]
    assert min(bent) > 0.03


def test_a_peak_that_is_rounded_off_lies_within_the_interval_that_is_shown(monkeypatch):
    """G*, a product with a cusp in every factor: at 100 runs no draw is as sharp.

    The control: without what is missed among the good, half of the intervals lie below. Of what
    holds some of the variance; the rest has its intervals either way.
    """
    truth = noisy("g_star")
    journals = [frame_of(truth, runs_of(truth, 100, seed=seed)) for seed in range(4, 12)]
    studies = [study(fitted(frame, np.random.default_rng(0))) for frame in journals]

    def held():
        risks = [
            (tuning_risk(there, index), truth.exact.risk[name].mean)
            for there in studies
            for index, name in enumerate(there.frame.space.names)
            if truth.exact.total[name] > 0.02
        ]
        return np.mean([found.low <= exact <= found.high for found, exact in risks])

    assert held() >= 0.8
    monkeypatch.setattr(estimates, "MISSED", 0.0)
    assert held() < 0.5
