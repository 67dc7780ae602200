"""A level that was hardly run: that nothing is seen of it is no sign that it is idle."""

import numpy as np
import pandas as pd
import pytest

from analysis import Frame, assess


def optimizer(seed, *, n_sgd, margin=None):
    """60 settings of lr and an optimizer that does nothing, ten of them twice; sgd in a few."""
    rng, n = np.random.default_rng(seed), 60
    names = np.where(rng.permutation(n) < n_sgd, "sgd", "adam")
    table = pd.DataFrame({"lr": 10 ** rng.uniform(-5, -1, n), "opt": names, "d": rng.random(n)})
    table = pd.concat([table, table[:10]], ignore_index=True).assign(seed=np.arange(n + 10))
    table["y"] = (np.log10(table.lr) + 3) ** 2 / 4 + rng.normal(0, 0.05, n + 10)
    frame = Frame.from_table(
        table, parameters=["lr", "opt", "d"], metric="y", direction="minimize", seed="seed"
    )
    return next(p for p in assess(frame, rng=0, margin=margin).parameters if p.name == "opt")


@pytest.mark.parametrize("seed", range(3))
def test_of_one_run_of_a_level_nothing_low_is_claimed_but_of_thirty(seed):
    once, evenly = optimizer(seed, n_sgd=1), optimizer(seed, n_sgd=30)
    assert once.verdict == "undetermined"
    assert evenly.verdict == "negligible"


def test_no_margin_makes_one_run_speak_for_all_others():
    """A margin far above the noise: what sgd does at other rates lies within no noise."""
    assert optimizer(0, n_sgd=1, margin=0.12).verdict == "undetermined"
    assert optimizer(0, n_sgd=6, margin=0.12).verdict == "negligible"
