"""Who speaks for the shares, where the scale of the objective decides."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

from analysis.assessment import assess
from analysis.declaration import Declaration
from analysis.fitting import choose
from analysis.frame import Frame
from analysis.noise import noise
from benchmarks import truths
from tests.analysis.planted import framed


def weight_of_scores(frame: Frame, seed: int = 0) -> float:
    """How much of the answer is the surrogate's that was fitted to normal scores."""
    choice = choose(frame, noise(frame), rng=np.random.default_rng(seed))
    return sum(w for part, w in choice.for_shares.parts if "normal scores" in part.name)


@pytest.mark.parametrize("seed", [0, 1, 2])
@pytest.mark.parametrize("share", [0.5, 0.12])
def test_groups_of_results_are_not_stretched_within(seed, share):
    """a and b decide in which of two groups a run is; c moves it a little within its group.

    Normal scores make as much of the small step as of the large one.
    """
    rng = np.random.default_rng(seed)
    x = rng.random((100, 5))
    together = (x[:, :2] < np.sqrt(share)).all(axis=1)
    y = together + 0.05 * (x[:, 2] > 0.5) + rng.normal(0, 0.01, 100)
    frame = framed(pd.DataFrame(x, columns=list("abcde")), y)
    assert weight_of_scores(frame, seed) == 0


def disasters(seed):
    """Four of 100 runs of a skewed objective diverged by chance."""
    frame = truths.function("friedman").frame(100, seed=seed)
    skewed = np.expm1(frame.objective / 4)
    hit = np.random.default_rng(seed).choice(100, 4, replace=False)
    skewed[hit] -= 50 * skewed.std()
    return replace(frame, objective=skewed)


def test_a_handful_of_disasters_does_not_choose(monkeypatch):
    """The control, on the objective's own scale alone: they choose in most of the journals."""
    journals = [disasters(seed) for seed in range(5)]
    assert min(weight_of_scores(frame) for frame in journals) > 0.6
    monkeypatch.setattr("analysis.fitting.HANDFUL", 0.5)  # all drawn in
    assert np.mean([weight_of_scores(frame) for frame in journals]) < 0.4


def steps(seed, noise_sd):
    """A metric that one number moves in steps of a half, and nothing else moves."""
    rng = np.random.default_rng(seed)
    table = pd.DataFrame({"layers": rng.integers(1, 9, 150)})
    table[["u", "v"]] = rng.uniform(size=(150, 2))
    table["y"] = 0.5 * table["layers"] + rng.normal(0, noise_sd, 150)
    declared = {"layers": Declaration(domain=(1, 8), scale="linear")}
    return Frame.from_table(
        table,
        parameters=["layers", "u", "v"],
        metric="y",
        direction="minimize",
        declarations=declared,
    )


def weight_of_scores_in_risks(frame: Frame) -> float:
    choice = choose(frame, noise(frame), rng=np.random.default_rng(0))
    return sum(w for part, w in choice.for_risks.parts if "normal scores" in part.name)


def test_risks_of_results_in_steps_are_not_told_by_normal_scores(monkeypatch):
    """Between two steps the scores jump from one to the next. The controls: as many steps, not
    told from each other; and scores alone deciding."""
    journals = [steps(seed, 0.02) for seed in range(3)]
    assert [weight_of_scores_in_risks(frame) for frame in journals] == [0, 0, 0]
    for frame in journals[:2]:
        risk = next(p.tuning_risk for p in assess(frame, rng=0).parameters if p.name == "layers")
        assert risk.low < 1.75 < risk.high
        assert risk.high - risk.low < 0.1
    assert max(weight_of_scores_in_risks(steps(seed, 0.5)) for seed in range(3)) > 0.1
    monkeypatch.setattr("analysis.fitting.FAR_OFF", 1e9)
    assert max(weight_of_scores_in_risks(frame) for frame in journals) > 0.1


def test_where_nearly_all_results_agree_rounding_does_not_choose():
    rng = np.random.default_rng(0)
    x = rng.random((100, 3))
    y = np.where(x[:, 0] < 0.04, 1.0, 0.1 + rng.integers(0, 2, 100) * 2.8e-17)
    frame = framed(pd.DataFrame(x, columns=list("abc")), y)
    exact = replace(frame, objective=np.round(frame.objective, 3))
    assert weight_of_scores(frame) == pytest.approx(weight_of_scores(exact), abs=0.05)
