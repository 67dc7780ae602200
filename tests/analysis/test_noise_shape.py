"""Where seeds matter more: by level, beyond what the rank of the configurations tells."""

import numpy as np
import pandas as pd
import pytest
from scipy.stats import norm, rankdata

from analysis.assessment import assess
from analysis.blocking import without_blocks
from analysis.estimates import hidden
from analysis.findings import findings
from analysis.fitted import fitted
from analysis.fitting import choose, variance_of
from analysis.frame import Frame
from analysis.noise import noise
from analysis.noise_shape import different, drawn_in
from analysis.smooth import configuration_data
from analysis.study import study
from tests.analysis.planted import framed


def optimizers(seed: int, *, lion: float, n: int = 120, again: int = 30) -> Frame:
    """Three optimizers that do equally well; noise .02, of `lion` another. a and b matter."""
    rng = np.random.default_rng(seed)
    table = pd.DataFrame({"opt": rng.choice(["sgd", "adam", "lion"], n)})
    table = table.assign(a=rng.random(n), b=rng.random(n), c=rng.random(n))
    table = pd.concat([table, table.iloc[:again]], ignore_index=True)
    table["seed"] = np.r_[np.zeros(n, int), np.ones(again, int)]
    sd = np.where(table["opt"] == "lion", lion, 0.02)
    y = 1 + 0.2 * table["a"] + 0.1 * table["b"] + sd * rng.normal(size=n + again)
    return framed(table, y.to_numpy(), direction="minimize")


def test_a_level_that_is_far_noisier_is_found_and_its_size_is():
    for seed in range(10):
        frame = optimizers(seed, lion=0.3, again=60)
        found = noise(frame)
        assert found is not None
        assert found.levels is not None
        assert (found.levels.name, found.levels.level) == ("opt", "lion")
        place = frame.space.index("opt")
        lion = np.array([row[place] == "lion" for row in frame.values])[frame.first_rows]
        assert np.sqrt(found.variance[lion]).mean() == pytest.approx(0.3, rel=0.7)
        assert np.sqrt(found.variance[~lion]).mean() == pytest.approx(0.02, rel=0.5)
        assert found.sd_near_best < 0.05 < found.sd


def test_the_test_of_spreads_keeps_its_level_and_sees_what_is_there():
    """Against all permutations, and how often it is below .05 where nothing differs."""
    rng = np.random.default_rng(0)
    marked = np.arange(30) < 6
    places = rng.random(30)
    places[:5] = np.linspace(0.95, 0.99, 5)
    scores = norm.ppf((1 + rankdata(places) / 31) / 2) ** 2
    sums = [scores[rng.permutation(30)[:6]].sum() for _ in range(20_000)]
    exact = 2 * np.mean(np.array(sums) >= scores[:6].sum())
    assert different(places, marked) == pytest.approx(exact, rel=0.6, abs=3e-4)
    even = np.array([different(rng.random(30), marked) for _ in range(2000)])
    assert 0.03 < (even < 0.05).mean() < 0.07
    assert (even < 0.002).mean() < 0.006
    assert different(np.ones(30), marked) == 1.0


def test_even_noise_has_no_levels_whatever_its_law():
    for seed in range(60):
        assert noise(optimizers(seed, lion=0.02)).levels is None  # type: ignore[union-attr]
        rng = np.random.default_rng(seed)
        table = pd.DataFrame({"opt": rng.choice(list("abc"), 80), "a": rng.random(80)})
        table = pd.concat([table] * 2, ignore_index=True).assign(seed=np.repeat([0, 1], 80))
        long = table["a"] + 0.1 * rng.standard_t(2, 160)
        found = noise(framed(table, long.to_numpy()))
        assert found is not None
        assert found.levels is None


def test_noise_that_goes_by_the_results_is_not_put_down_to_a_level_that_is_bad():
    for seed in range(20):
        rng = np.random.default_rng(seed)
        table = pd.DataFrame({"opt": rng.choice(["sgd", "adam"], 100), "a": rng.random(100)})
        table = pd.concat([table] * 2, ignore_index=True).assign(seed=np.repeat([0, 1], 100))
        loss = (table["a"] + 0.6 * (table["opt"] == "sgd")).to_numpy()
        y = loss + 0.02 * np.exp(1.2 * loss) * rng.normal(size=200)
        found = noise(framed(table, y, direction="minimize"))
        assert found is not None
        assert found.levels is None


def test_one_noisy_level_does_not_silence_the_journal():
    frame = optimizers(1, lion=0.5)
    report = assess(frame, rng=0)
    assert report.answer == "given"
    assert report.surrogate is not None
    assert report.surrogate.skill > 0.7
    assert report.surrogate.ceiling == pytest.approx(report.surrogate.skill, abs=0.15)
    verdicts = {p.name: p.verdict for p in report.parameters}
    assert verdicts["a"] == "critical"
    assert verdicts["c"] == "negligible"
    assert verdicts["opt"] == "undetermined"  # what lion does lies within the noise of lion
    (told,) = [f for f in report.findings if f.code == "unequal_noise"]
    assert told.parameters == ("opt",)
    assert "at opt = lion than at opt = " in told.message
    assert "--where 'opt!=lion'" in told.hint


def test_without_such_a_level_nothing_is_weighed():
    frame = optimizers(0, lion=0.02)
    known = noise(frame)
    assert known is not None
    assert known.precision(frame) is None
    data = configuration_data(frame, known)
    assert data.noise == pytest.approx(known.sd**2 / frame.replicates)
    choice = choose(frame, known, rng=np.random.default_rng(0))
    assert choice.precision is None
    assert variance_of(choice.target, None) == np.var(choice.target)
    assert "unequal_noise" not in {f.code for f in findings(frame)}


def test_means_are_drawn_in_as_far_as_noise_explains_them():
    rng = np.random.default_rng(0)
    true, variance = rng.normal(5, 1, 400), np.repeat([0.01, 9.0], 200)
    seen = true + rng.normal(size=400) * np.sqrt(variance)
    drawn = drawn_in(seen, variance)
    assert drawn[:200] == pytest.approx(seen[:200], abs=0.1)
    assert np.std(drawn[200:]) == pytest.approx(np.sqrt(1 / (1 + 9.0)), rel=0.3)
    only_noise = drawn_in(rng.normal(size=100), np.ones(100))
    assert np.std(only_noise) < 0.5


def test_what_a_noisy_level_may_hide_is_room_for_its_parameter_and_none_for_the_others():
    frame = optimizers(1, lion=0.5)
    report = assess(frame, rng=0)
    opt, a = (next(p for p in report.parameters if p.name == name) for name in ("opt", "a"))
    there = study(fitted(without_blocks(frame)[0], np.random.default_rng(0).spawn(4)[0]))
    share, risk = hidden(there, there.frame.space.index("opt"))
    assert hidden(there, there.frame.space.index("a")) == (0.0, 0.0)
    assert risk == pytest.approx(2 * 0.5 / np.sqrt(50), rel=0.5)
    assert opt.claim.share_high >= share > 0.2
    assert opt.claim.risk_high >= risk
    assert a.total.low < 1 - share
