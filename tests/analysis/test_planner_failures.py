"""Plans keep away from where runs fail, and from nothing else."""

from dataclasses import replace

import numpy as np
import pandas as pd

from analysis.assessment import assess
from analysis.frame import Frame
from analysis.planner import GAP, plan
from analysis.planner_failures import Dangers
from analysis.planner_pool import random_settings


def framed(data):
    names = [c for c in data if c not in ("y", "seed", "status")]
    return Frame.from_table(
        data, parameters=names, metric="y", direction="maximize", seed="seed", status="status"
    )


def failing(risk, *, n=200, seed=0):
    """Runs of eight parameters; those with a high lr fail with a risk, others hardly ever."""
    rng = np.random.default_rng(seed)
    data = pd.DataFrame(rng.random((n, 8)), columns=["lr", *(f"idle{j}" for j in range(7))])
    fails = rng.random(n) < np.where(data["lr"] > 0.7, risk, 0.02)
    status = np.where(fails, "failed", "finished")
    return framed(data.assign(y=rng.normal(size=n), seed=0, status=status))


def dangers(frame):
    return Dangers.of(frame, np.random.default_rng(0))


def test_settings_where_runs_fail_are_not_proposed_however_many_parameters_are_idle():
    """The negative control: where failures depend on nothing, a plan keeps away from nothing."""
    first = failing(0.7)
    report = replace(assess(first), parameters=())
    shares = []
    for risk in (0.7, 0.02):
        high = 0
        for seed in range(5):
            frame = failing(risk, seed=seed)
            made = plan(frame, report, surrogate=None, n=16, rng=np.random.default_rng(seed))
            high += sum(dict(run.parameters)["lr"] > 0.7 for run in made.runs if run.says == GAP)
        shares.append(high / (5 * 12))
    assert shares[0] <= 0.1
    assert shares[1] >= 0.2


def test_a_chance_to_fail_is_foreseen_in_the_space_of_failed_runs_too():
    frame = failing(1.0)  # no used run has a high lr
    codes = np.full((2, 8), 0.5)
    codes[:, frame.space.index("lr")] = [0.3, 1.0]
    low, high = dangers(frame).chances(codes)
    assert frame.space["lr"].domain[1] < 0.75 < frame.failed.space["lr"].domain[1]
    assert low < 0.1 < high


def test_where_all_settings_are_likely_to_fail_the_least_likely_are_left():
    rng = np.random.default_rng(0)
    lr = rng.random(400)
    data = pd.DataFrame({"lr": lr, "b": rng.random(400), "y": rng.normal(size=400), "seed": 0})
    data["status"] = np.where(rng.random(400) < 0.5 + 0.45 * (lr > 0.3), "failed", "finished")
    frame = framed(data)
    codes = random_settings(frame.space, 256, rng=rng)
    fine = dangers(frame).fine(codes)
    assert 25 <= fine.sum() < 128
    chosen = codes[fine, frame.space.index("lr")]
    assert (chosen < 0.35).mean() > 0.8


def test_without_failed_runs_every_setting_is_fine():
    frame = failing(0.7)
    frame = replace(frame, failed=None)
    codes = random_settings(frame.space, 16, rng=np.random.default_rng(0))
    assert dangers(frame).fine(codes).all()
    assert dangers(frame).fine(codes[:0]).shape == (0,)


def test_what_never_changed_in_used_runs_is_as_they_had_it():
    """Runs with the other value failed: they say nothing against those that are planned."""
    rng = np.random.default_rng(0)
    data = pd.DataFrame({"lr": rng.random(120), "mode": rng.choice(["a", "b"], 120), "seed": 0})
    data = data.assign(y=data["lr"], status=np.where(data["mode"] == "a", "failed", "finished"))
    frame = framed(data)
    assert dangers(frame).chances(random_settings(frame.space, 32, rng=rng)).max() < 0.2
