"""A valley along two axes at once: what the other makes up for is not called critical."""

import numpy as np
import pandas as pd
import pytest

from analysis import Frame
from analysis.estimates import claimed
from analysis.inference import Declaration
from analysis.study import study

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
    there = study(journal(seed, along=1.0), np.random.default_rng(0))
    index = there.frame.space.index("bs")
    assert claimed(there, index).risk_low < there.noise.sd_near_best
    assert claimed(there, there.frame.space.index("lr")).risk_low > there.noise.sd_near_best


def test_where_predictions_are_as_good_among_the_good_nothing_is_taken_off():
    """The control: without the valley the risk of lr is claimed as the draws have it."""
    missed = []
    for seed in SEEDS:
        there = study(journal(seed, along=0.0), np.random.default_rng(0))
        missed.append(there.missed_among_good / there.noise.sd_near_best)
    assert np.median(missed) < 0.5
    bent = [study(journal(s, along=1.0), np.random.default_rng(0)).missed_among_good for s in SEEDS]
    assert min(bent) > 0.03
