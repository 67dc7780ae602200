"""Runs made again with their own seed say nothing of another seed."""

import numpy as np
import pandas as pd
import pytest

from analysis.assessment import assess
from analysis.frame import Frame
from analysis.noise import noise
from tests.analysis.planted import codes, framed

NOISE = 0.03


def swept(seed: int, *, jitter: float = 0.001, again: int = 15) -> tuple[pd.DataFrame, np.ndarray]:
    """60 settings of which lr alone matters, with NOISE; some made again with the seed they had."""
    rng = np.random.default_rng(seed)
    lr, act = rng.uniform(-5, -1, 60), rng.choice(["a", "b", "c"], 60)
    table = pd.DataFrame({"lr": 10**lr, "drop": rng.random(60), "wd": rng.random(60), "act": act})
    y = 0.8 - 0.05 * (lr + 3) ** 2 + rng.normal(0, NOISE, 60)
    rows = np.append(np.arange(60), rng.choice(60, again, replace=False))
    table = table.iloc[rows].reset_index(drop=True).assign(seed=42)
    return table, y[rows] + rng.normal(0, jitter, len(rows))


@pytest.mark.parametrize("seed", range(4))
def test_what_a_machine_does_to_one_seed_is_no_margin(seed):
    """Before, the margin was a thirtieth of the noise, and idle parameters critical in half."""
    report = assess(framed(*swept(seed)), rng=seed)
    assert report.noise is not None
    assert report.noise.source == "residual"
    assert report.noise.sd > NOISE / 2
    assert [p.name for p in report.parameters if p.verdict == "critical"] == ["lr"]
    assert "same_seed" in codes(report.findings)
    assert [(e.count, e.says.key) for e in report.runs.excluded if e.says] == [
        (15, "says.excluded.same_seed")
    ]


def test_they_count_once_by_their_mean():
    table, y = swept(0)
    frame = framed(table, y)
    assert frame.n_runs == frame.n_configurations == 60
    again = table.assign(y=y).groupby(["lr", "drop"], sort=False)["y"].mean()
    assert frame.objective == pytest.approx(again.to_numpy())


def test_other_seeds_are_replicates():
    table, y = swept(1, jitter=NOISE)
    frame = framed(table.assign(seed=np.arange(75)), y)
    assert (frame.n_runs, frame.n_configurations) == (75, 60)
    assert "same_seed" not in {f.code for f in frame.notes}


def test_runs_without_a_seed_are_replicates():
    table, y = swept(1)
    assert framed(table.drop(columns="seed"), y).n_runs == 75
    unknown = table.assign(seed=pd.Series([None] * 75, dtype=object))
    assert framed(unknown, y).n_runs == 75


def nested(seeds_sd: float, run_sd: float) -> Frame:
    """20 settings with three seeds each, each seed run twice."""
    rng = np.random.default_rng(5)
    x, seed = np.repeat(rng.random(20), 6), np.tile(np.repeat([0, 1, 2], 2), 20)
    of_seed = np.repeat(rng.normal(0, seeds_sd, 60), 2)
    y = x + of_seed + rng.normal(0, run_sd, 120)
    return framed(pd.DataFrame({"x": x, "seed": seed}), y)


def test_the_noise_is_what_lies_between_seeds():
    frame = nested(0.1, 0.002)
    found = noise(frame)
    assert found is not None
    assert (found.df, frame.n_runs) == (40, 60)
    assert found.sd == pytest.approx(0.1, rel=0.25)


def test_seeds_that_decide_nothing_are_no_seeds():
    frame = nested(0.0, 0.1)
    found = noise(frame)
    assert found is not None
    assert (found.df, frame.n_runs) == (100, 120)
    assert found.sd == pytest.approx(0.1, rel=0.2)


def test_one_seed_in_another_block_is_another_run():
    table, y = swept(2)
    table["data"] = np.where(np.arange(75) < 60, "cifar", "svhn")
    assert framed(table, y, blocks=("data",)).n_runs == 75


def test_a_seed_among_the_parameters_is_known_too():
    table, y = swept(3)
    table = table.rename(columns={"seed": "random_seed"})
    assert framed(table, y).n_runs == 60
    assert framed(table.assign(random_seed=np.arange(75)), y).n_runs == 75


def test_a_seed_that_says_none_is_not_known():
    """What scikit-learn does with random_state=None, it does differently each time."""
    table, y = swept(3)
    table = table.drop(columns="seed")
    for given, n_runs in ((None, 75), (42, 60)):
        told = pd.Series([given] * 75, dtype=object)
        assert framed(table.assign(random_state=told), y).n_runs == n_runs
