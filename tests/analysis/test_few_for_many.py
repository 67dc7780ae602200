"""Few configurations of many parameters: what was learned from a run must not vouch for it."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from analysis.assessment import assess
from analysis.fitted import canonical
from analysis.fitting import EVIDENCE, choose
from analysis.gaussian_draws import GaussianSurrogate
from analysis.noise import noise
from tests.analysis.planted import framed

SEEDS = range(100, 106)


def runs(seed: int, *, effect: float, d: int = 20, n: int = 60):
    """n runs of d parameters, of which the first has an effect; noise of one."""
    rng = np.random.default_rng(seed)
    table = pd.DataFrame(rng.random((n, d)), columns=[f"x{i:02d}" for i in range(d)])
    return framed(table, effect * table["x00"].to_numpy() + rng.normal(size=n))


def evidence(seed: int) -> float:
    frame = canonical(runs(seed, effect=0.0))
    return choose(frame, noise(frame), rng=np.random.default_rng(0)).evidence


def test_pure_noise_is_withheld_however_many_parameters_could_explain_it():
    for seed in SEEDS[:2]:  # what the others' evidence is, the control below looks at
        report = assess(runs(seed, effect=0.0), rng=0)
        assert report.answer == "withheld"
        assert report.surrogate is not None
        assert report.surrogate.skill < 0.2


def test_weights_that_have_seen_every_run_would_have_answered(monkeypatch):
    """The control: the same noise, held against predictions with weights learned from all runs."""
    assert all(evidence(seed) < EVIDENCE for seed in SEEDS)
    monkeypatch.setattr(GaussianSurrogate, "without_folds", lambda known, rng: known)
    assert any(evidence(seed) > EVIDENCE for seed in SEEDS)


@pytest.mark.parametrize("seed", SEEDS)
def test_an_effect_is_found_among_as_many(seed):
    report = assess(runs(seed, effect=12.0), rng=0)
    assert report.answer == "given"
    assert {p.name: p.verdict for p in report.parameters}["x00"] == "critical"
