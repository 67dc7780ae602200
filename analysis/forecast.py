"""How fast would the intervals shrink? A doubling of the runs, simulated on the surrogate.

The heaviest Gaussian process, at its most probable weights, is asked twice for plausible functions:
conditioned on the runs there are, and on as many more at random settings, whose results are its
mean plus noise. If the spread of an index falls from s to s' as n runs become n', it falls as n^-g
with g = log(s / s') / log(n' / n). Independent observations have g = 1/2; kinks and interactions
that the runs have yet to resolve have less, smooth functions with little noise more.
"""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from analysis.gaussian import Data
from analysis.gaussian_draws import GaussianSurrogate
from analysis.indices import indices
from analysis.risk import expected_best
from analysis.slices import Slices, Surrogate, gate, settings
from analysis.study import Study
from analysis.verdicts import USUAL_RATE, Rates
from analysis.warp import WarpedSurrogate

BOUNDS = (0.2, 0.8)
"""Beyond these a rate from so few draws is chance."""
MOST_ROWS = 200
"""Configurations from which the doubling starts: a rate needs no more."""
N_DRAWS = 48
N_OTHERS = 64


def rates(study: Study, rng: np.random.Generator) -> Rates:
    """The rates of one study, each the median over its parameters; the usual ones for a forest."""
    answering = next((part for part in study.choice.surrogates if gaussian_of(part)), None)
    if answering is None:
        return Rates()
    rows_rng, others_rng, more_rng = rng.spawn(3)
    few = _at_its_mode(answering, rows_rng)
    more = _with_more_runs(few, more_rng, sign=study.frame.sign)
    others = settings(answering.space, N_OTHERS, others_rng)
    # The same prior functions are conditioned on few and on many runs: their chance cancels.
    seed = int(rng.integers(2**63))
    before, after = (
        _spreads(part.slices(others, N_DRAWS, np.random.default_rng(seed)), sign=study.frame.sign)
        for part in (few, more)
    )
    growth = len(gaussian(more).data.target) / len(gaussian(few).data.target)
    share, risk = (_rate(old, new, growth) for old, new in zip(before, after, strict=True))
    return Rates(share=share, risk=risk)


def gaussian_of(surrogate: Surrogate) -> GaussianSurrogate | None:
    """The Gaussian process that a surrogate is, or holds."""
    if isinstance(surrogate, WarpedSurrogate):
        return surrogate.inner
    return surrogate if isinstance(surrogate, GaussianSurrogate) else None


def gaussian(surrogate: Surrogate) -> GaussianSurrogate:
    """The same where there is one."""
    found = gaussian_of(surrogate)
    assert found is not None
    return found


def _changed(surrogate: Surrogate, inner: GaussianSurrogate) -> Surrogate:
    return replace(surrogate, inner=inner) if isinstance(surrogate, WarpedSurrogate) else inner


def _at_its_mode(surrogate: Surrogate, rng: np.random.Generator) -> Surrogate:
    """The surrogate without uncertainty of its weights, on at most `MOST_ROWS` configurations."""
    inner = gaussian(surrogate)
    fit = replace(inner.fit, draws=inner.fit.theta[None])
    n = len(inner.data.target)
    data = inner.data
    if n > MOST_ROWS:
        data = data.take(np.sort(rng.choice(n, MOST_ROWS, replace=False)))
    return _changed(surrogate, replace(inner, fit=fit, data=data, posterior=fit.posterior(data)))


def _with_more_runs(surrogate: Surrogate, rng: np.random.Generator, *, sign: float) -> Surrogate:
    """The surrogate as it would be after more runs at random settings.

    sign: +1 where high is good; turning the objective round turns its noise round too.
    """
    inner = gaussian(surrogate)
    data = inner.data
    n = len(data.target)
    setting_rng, noise_rng = rng.spawn(2)
    even = settings(inner.space, 1 << (n - 1).bit_length(), setting_rng)[:n]
    codes = gate(inner.space, even)
    sd = inner.posterior.scale * float(np.sqrt(np.median(inner.posterior.noise)))
    results = inner.mean(codes) + sign * noise_rng.normal(0.0, sd, n)
    grown = Data(
        codes=np.vstack([data.codes, codes]),
        target=np.concatenate([data.target, results]),
        noise=np.concatenate([data.noise, np.full(n, np.median(data.noise))]),
        noise_df=data.noise_df,
    )
    posterior = inner.fit.posterior(grown)
    return _changed(surrogate, replace(inner, data=grown, posterior=posterior))


def _spreads(slices: Slices, *, sign: float) -> tuple[np.ndarray, np.ndarray]:
    """(d,) standard deviation over the draws of the total shares, and of the risks."""
    risks = []
    for values, weights in zip(slices.values, slices.weights, strict=True):
        best = expected_best(values, sign=sign)
        risks.append(np.std((best.max(axis=1) - best @ weights)[1:]))
    return np.std(indices(slices).total[1:], axis=0), np.array(risks)


def _rate(before: np.ndarray, after: np.ndarray, growth: float) -> float:
    """The median exponent over parameters whose index had a spread at all."""
    known = (before > 0) & (after > 0)
    if not known.any():
        return USUAL_RATE
    rate = np.median(np.log(before[known] / after[known])) / np.log(growth)
    return float(np.clip(rate, *BOUNDS))
