"""The noise floor against simulated truths."""

import numpy as np
import pandas as pd
import pytest
from scipy.stats import chi2

from analysis.assessment import assess
from analysis.errors import NoiseUnknown
from analysis.frame import Frame
from analysis.noise import (
    copied,
    identical,
    metric_step,
    noise,
    replicate_squares,
    residual_noise,
)
from analysis.noise_shape import shrink
from tests.analysis.planted import framed


def runs(sd, n: int = 200, seeds: int = 2, rng_seed: int = 0) -> Frame:
    """Configurations of quality x in [0, 1], noise sd(x), `seeds` runs each."""
    rng = np.random.default_rng(rng_seed)
    x = np.repeat(rng.uniform(0, 1, n), seeds)
    data = pd.DataFrame({"x": x, "seed": np.tile(np.arange(seeds), n)})
    data["acc"] = x + rng.normal(0, 1, len(x)) * sd(x)
    return Frame.from_table(data, parameters=["x"], metric="acc", direction="maximize", seed="seed")


def test_pooled_spread_by_hand():
    data = pd.DataFrame({"x": ["a", "a", "b", "b", "b", "c"], "y": [1.0, 3, 10, 10, 13, 5]})
    found = noise(Frame.from_table(data, parameters=["x"], metric="y", direction="maximize"))
    assert found is not None
    assert found.df == 3
    assert found.sd == pytest.approx(np.sqrt((2 + 6) / 3))


def test_equal_noise_everywhere_is_found_equal_everywhere():
    spreads = []
    for seed in range(20):
        found = noise(runs(lambda x: 0.1, rng_seed=seed))
        assert found is not None
        spreads.append(found.variance.max() / found.variance.min())
        assert found.sd == pytest.approx(0.1, rel=0.2)
    assert np.median(spreads) < 1.3


def test_noise_that_grows_among_bad_runs_is_small_near_the_best():
    frame = runs(lambda x: 0.002 + 0.3 * (1 - x) ** 4)
    found = noise(frame)
    assert found is not None
    x = frame.means
    good, bad = np.sqrt(found.variance[x > 0.8]), np.sqrt(found.variance[x < 0.15])
    assert np.median(good) == pytest.approx(0.0022, rel=0.6)
    assert np.median(bad) == pytest.approx(0.2, rel=0.4)
    assert found.sd_near_best < found.sd / 10
    sums, dfs = replicate_squares(frame)
    best = x >= np.sort(x)[-len(x) // 4]
    assert dfs[best].sum() == 50
    assert found.sd_near_best == pytest.approx(np.sqrt(sums[best].sum() / 50))


@pytest.mark.parametrize("known", ["effective", "counted"])
def test_a_pooled_variance_that_few_decide_is_less_sure_than_its_repeats_are_many(known):
    """Control: by as many degrees as are counted, intervals hold the noise half of the time."""

    def sd(x):
        return 0.02 + 0.5 * x**3

    truth, held, journals = float(np.mean(sd(np.linspace(0, 1, 10001)) ** 2)), 0, 60
    for seed in range(journals):
        found = noise(runs(sd, n=100, rng_seed=seed))
        assert found is not None
        assert found.effective_df < 0.7 * found.df
        df = found.effective_df if known == "effective" else found.df
        high, low = found.sd**2 * df / chi2.ppf([0.025, 0.975], df)
        held += low <= truth <= high
    assert held >= 0.85 * journals if known == "effective" else held <= 0.75 * journals


@pytest.mark.parametrize("seeds", [2, 4])
def test_even_noise_is_as_sure_as_its_repeats_are_many(seeds):
    parts = []
    for seed in range(20):
        found = noise(runs(lambda x: 0.1, n=60, seeds=seeds, rng_seed=seed))
        assert found is not None
        assert found.df == 60 * (seeds - 1)
        parts.append(found.effective_df / found.df)
    assert np.median(parts) > 0.98
    assert max(parts) == pytest.approx(1.0)


def test_share_of_a_single_run():
    found = noise(runs(lambda x: np.sqrt(1 / 12), n=2000))
    assert found is not None
    assert found.share_of_single_run == pytest.approx(0.5, abs=0.04)


def test_few_replicates_near_the_best_borrow_from_further_down():
    data = pd.DataFrame({"x": np.arange(20.0)})
    data["y"] = data["x"]
    apart = np.array([0.1, 0.2, 0.3, 0.4, 0.5, 0.6])  # all six speak
    worst = data.iloc[:6].assign(y=lambda d: d["y"] + apart)
    both = pd.concat([data, worst], ignore_index=True)
    found = noise(Frame.from_table(both, parameters=["x"], metric="y", direction="maximize"))
    assert found is not None
    assert found.df == 6
    assert found.sd_near_best == pytest.approx(np.sqrt(np.mean(apart**2) / 2))


def test_no_replicates_no_noise_until_a_fit_gives_residuals():
    frame = runs(lambda x: 0.1, seeds=1)
    assert noise(frame) is None
    residuals = frame.means - frame.configuration_codes[:, 0]
    found = residual_noise(frame, residuals=residuals, fitted=frame.means - residuals, df=199)
    assert found.source == "residual"
    assert found.sd == pytest.approx(residuals.std(), rel=0.01)
    with pytest.raises(NoiseUnknown, match="0 degrees of freedom"):
        residual_noise(frame, residuals=residuals, fitted=residuals, df=0)


def test_seeds_that_change_nothing_tell_nothing_of_the_noise():
    frame = runs(lambda x: 0.0)
    assert identical(frame) == (200, 200)
    assert copied(frame)
    assert noise(frame) is None


def test_copies_of_runs_are_no_replicates_but_equal_coarse_results_are():
    rng = np.random.default_rng(0)
    table = pd.DataFrame({"x": rng.random(60)})
    table["y"] = table.x + 0.1 * rng.normal(size=60)
    again = pd.concat([table, table.iloc[:10]])  # ten runs recorded twice, without a seed
    frame = Frame.from_table(again, parameters=["x"], metric="y", direction="maximize")
    assert identical(frame) == (10, 10)
    assert noise(frame) is None
    real = table.iloc[:4].assign(y=lambda t: t.y + 0.1)
    mixed = Frame.from_table(
        pd.concat([again, real]), parameters=["x"], metric="y", direction="maximize"
    )
    assert noise(mixed).df == 4 * 2  # what differs somewhere tells of the noise
    coarse = again.assign(y=again.y.round(0))
    frame = Frame.from_table(coarse, parameters=["x"], metric="y", direction="maximize")
    assert not copied(frame)
    assert noise(frame).sd == 0.0


def test_shrinking_keeps_real_differences_and_removes_chance():
    dfs = np.full(8, 12.0)
    rng = np.random.default_rng(1)
    equal = rng.chisquare(12, 8) / 12
    assert np.ptp(shrink(equal, dfs)) < np.ptp(np.log(equal)) / 2
    spread = np.log(equal) + np.arange(8)
    assert np.ptp(shrink(np.exp(spread), dfs)) > 0.9 * np.ptp(spread)


def accuracies(rng, *, sharp: float, of: int, n: int = 60, repeated: int = 60) -> Frame:
    """Accuracy on `of` examples of a model that nears 1 at the best lr; the best run twice."""
    lr = 10 ** rng.uniform(-5, -1, n)
    right = 1 / (1 + np.exp(-(sharp - 1.5 * (np.log10(lr) + 3) ** 2)))
    table = pd.DataFrame({"lr": lr, "y": rng.binomial(of, right) / of, "seed": 0, "right": right})
    again = table.sort_values("y", ascending=False).head(repeated).assign(seed=1)
    again["y"] = rng.binomial(of, again["right"]) / of
    return framed(pd.concat([table, again], ignore_index=True).drop(columns="right"))


def test_rounded_results_that_agree_are_no_certainty(rng):
    frame = accuracies(rng, sharp=9.0, of=50)
    found = noise(frame)
    assert metric_step(frame) == pytest.approx(0.02)
    assert found.sd_near_best == pytest.approx(0.02 / np.sqrt(12))
    assert found.sd > found.sd_near_best


def test_no_margin_is_finer_than_the_metrics_steps(rng):
    report = assess(accuracies(rng, sharp=9.0, of=50), rng=0, transform="none")
    assert report.margin.metric == pytest.approx(0.02)


def test_a_fine_metric_has_hardly_any_steps():
    frame = runs(lambda x: 0.1 + 0 * x)
    assert 0 < metric_step(frame) < 0.01 * noise(frame).sd_near_best


def test_what_separates_success_from_failure_is_no_step(rng):
    a = rng.random(60).repeat(3)
    y = np.where(a < 0.7, 1.0, 0.1 + 0.02 * rng.normal(size=180))
    report = assess(framed(pd.DataFrame({"a": a, "b": rng.random(60).repeat(3), "y": y})), rng=0)
    assert report.margin.metric < 0.05
    assert next(p for p in report.parameters if p.name == "a").verdict == "critical"


def test_neither_blocks_nor_mixed_precision_hide_the_steps(rng):
    table = pd.DataFrame({"lr": 10 ** rng.uniform(-5, -1, 60).repeat(2)})
    table["data"] = ["a", "b"] * 60
    right = 0.8 - 0.05 * (np.log10(table["lr"]) + 3) ** 2 + 0.1 * (table["data"] == "a")
    y = np.array(rng.binomial(50, right.clip(0, 1)) / 50)
    y[::3] = y[::3].astype(np.float32)
    report = assess(framed(table, y, blocks=["data"]), rng=0, transform="none")
    assert report.margin.metric >= 0.02 - 1e-6


def test_runs_near_a_ceiling_agree_without_being_copies():
    wrong = 0
    for seed in range(100):
        frame = accuracies(np.random.default_rng(seed), sharp=5.0, of=100, repeated=5)
        wrong += copied(frame)
    assert wrong <= 5


@pytest.mark.parametrize(("n_repeated", "known"), [(0, False), (2, False), (3, True)])
def test_one_or_two_repetitions_do_not_speak_for_the_noise(n_repeated, known):
    """They may agree by luck; then the margin was a hundredth of what a seed does."""
    rng = np.random.default_rng(0)
    x = rng.random(40)
    rows = [*range(40), *range(n_repeated)]
    y = np.array([x[row] for row in rows]) + rng.normal(0, 0.1, len(rows))
    y[40:] = y[:n_repeated] + 1e-4
    table = pd.DataFrame({"x": x[rows], "y": y, "seed": [0] * 40 + [1] * n_repeated})
    found = noise(
        Frame.from_table(table, parameters=["x"], metric="y", direction="minimize", seed="seed")
    )
    assert (found is not None) == known


@pytest.mark.parametrize("levels", [4, 5])
def test_in_a_complete_design_one_repetition_does_not_speak_either(levels):
    rng = np.random.default_rng(0)
    table = pd.DataFrame([(a, b) for a in range(levels) for b in range(levels)], columns=["a", "b"])
    table["y"], table["seed"] = table["a"] + rng.normal(0, 0.1, len(table)), 0
    again = table.iloc[[5]].assign(y=table["y"][5] + 1e-4, seed=1)
    both = pd.concat([table, again], ignore_index=True)
    frame = Frame.from_table(
        both, parameters=["a", "b"], metric="y", direction="minimize", seed="seed"
    )
    assert noise(frame) is None
    report = assess(frame, rng=0)
    assert report.noise.source == "residual"
    assert report.noise.sd_near_best > 0.02


def test_of_a_complete_design_two_repetitions_are_all_there_is():
    table = pd.DataFrame({"a": [0, 0, 1, 1], "y": [1.0, 1.2, 2.0, 2.1], "seed": [0, 1, 0, 1]})
    found = noise(
        Frame.from_table(table, parameters=["a"], metric="y", direction="minimize", seed="seed")
    )
    assert found is not None
    assert found.df == 2


@pytest.mark.parametrize("missed", [0.0, 3.0])
def test_an_optimum_that_a_fit_did_not_see_is_no_noise_near_the_best(missed):
    """With it as the margin the parameter that it lies along would be forgiving."""
    frame = runs(lambda x: 0.1, seeds=1)
    fitted = frame.configuration_codes[:, 0].copy()
    residuals = frame.means - fitted
    residuals[np.argsort(-fitted)[3]] += missed
    found = residual_noise(frame, residuals=residuals, fitted=fitted, df=200)
    assert found.sd_near_best == pytest.approx(0.1, rel=0.35)
    assert found.sd_near_best <= found.sd


@pytest.mark.parametrize("seed", range(3))
def test_a_risk_reaches_no_farther_than_the_results_lie_apart(seed):
    """One run of a conditional parameter says next to nothing of it."""
    rng = np.random.default_rng(seed)
    table = pd.DataFrame({"lr": rng.random(40), "opt": ["adam"] * 38 + ["sgd"] * 2})
    table["momentum"] = [None] * 38 + [0.2, 0.9]
    table["y"] = (table["lr"] - 0.4) ** 2 + 0.01 * rng.normal(size=40)
    frame = Frame.from_table(
        table, parameters=["lr", "opt", "momentum"], metric="y", direction="minimize"
    )
    apart = np.ptp(frame.means)
    risks = [p.tuning_risk for p in assess(frame, rng=0).parameters if p.tuning_risk is not None]
    assert risks
    assert all(found.high <= max(apart, found.mean) + 1e-9 for found in risks)
