"""Processes of normal scores: noise that is even on the objective's own scale is uneven there."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from scipy.stats import norm

from analysis.frame import Frame
from analysis.noise import noise
from analysis.smooth import Scored, configuration_data, fit_gaussian, fit_scores
from tests.analysis.planted import framed


def gains(seed: int, *, growing: bool, n: int = 120) -> tuple[Frame, np.ndarray]:
    """A product of three gains: few settings are far better, and results are near 0 else.

    growing: the noise grows among bad runs, so that it is about even among scores.
    """
    rng = np.random.default_rng(seed)
    settings = rng.random((n, 3))
    settings = np.concatenate([settings, settings[: n // 4]])
    truth = np.exp(settings @ [1.5, 1.2, 0.8])
    sd = 0.4 * truth / truth.mean() if growing else np.full(len(truth), 0.4)
    y = truth + sd * rng.standard_normal(len(truth))
    return framed(pd.DataFrame(settings, columns=list("abc")), y), truth[:n]


def fitted(frame: Frame) -> Scored:
    rng = np.random.default_rng(0)
    plain = fit_gaussian(frame.space, configuration_data(frame, noise(frame)), rng=rng)
    return fit_scores(frame, np.arange(frame.n_configurations), like=plain, rng=rng)


@pytest.mark.parametrize("seed", range(4))
def test_even_noise_on_the_objectives_scale_trusts_the_best(seed):
    frame, truth = gains(seed, growing=False)
    found = fitted(frame)
    assert found.precision is not None
    best, worst = truth >= np.quantile(truth, 0.9), truth <= np.quantile(truth, 0.25)
    assert found.precision[best].mean() > 2 * found.precision[worst].mean()
    assert found.precision.mean() == pytest.approx(1)


@pytest.mark.parametrize("seed", range(4))
def test_noise_that_grows_with_the_results_is_even_among_scores(seed):
    frame, _ = gains(seed, growing=True)
    assert fitted(frame).precision is None


@pytest.mark.parametrize("growing", [True, False])
def test_a_process_is_told_how_sure_its_noise_is(growing):
    """Of a hundred repeats a few decide how large noise is that grows with the results."""
    frame, _ = gains(1, growing=growing, n=400)
    model = noise(frame)
    assert model is not None
    assert model.df == 100
    found = configuration_data(frame, model).noise_df
    assert found == model.effective_df
    assert found < 60 if growing else found > 95


def test_the_best_are_predicted_better_than_with_even_noise(monkeypatch):
    """Mean squared error among the best tenth, 6 journals: at least a tenth less."""
    known = [gains(seed, growing=False) for seed in range(6)]

    def missed() -> float:
        found = []
        for frame, truth in known:
            predicted = fitted(frame).surrogate.mean(frame.configuration_codes)
            best = truth >= np.quantile(truth, 0.9)
            found.append(float(np.mean((predicted - truth)[best] ** 2)))
        return float(np.mean(found))

    uneven = missed()
    monkeypatch.setattr("analysis.smooth.QUIETER", 0.0)  # never asked for
    assert uneven < 0.9 * missed()


def test_the_log_predictive_density_is_that_of_leaving_each_out():
    frame, _ = gains(0, growing=False, n=30)
    data = configuration_data(frame, noise(frame))
    whole = fit_gaussian(frame.space, data, rng=np.random.default_rng(0))
    covariance = whole.fit.model.covariance(whole.fit.theta, data.codes, right=data.codes)
    covariance += np.diag(whole.posterior.noise + 1e-5)
    target, densities = whole.posterior.target, []
    for out in range(len(target)):
        rest = np.arange(len(target)) != out
        weights = np.linalg.solve(covariance[np.ix_(rest, rest)], covariance[rest, out])
        sd = np.sqrt(covariance[out, out] - weights @ covariance[rest, out])
        densities.append(norm.logpdf(target[out], weights @ target[rest], sd))
    constant = -0.5 * len(target) * np.log(2 * np.pi)
    assert whole.posterior.log_predictive == pytest.approx(np.sum(densities) - constant)
