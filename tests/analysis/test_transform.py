"""Which scale `auto` takes, and what the scales do."""

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest
from scipy.stats import rankdata

from analysis.errors import InputError
from analysis.evenness import sampling_weights
from analysis.findings import findings
from analysis.frame import Direction, Frame
from analysis.sentences import english
from analysis.transform import choose, even_noise, heavy_where, tail_share, transformed


def runs(objective: np.ndarray, direction: Direction = "minimize") -> Frame:
    data = pd.DataFrame({"x": np.random.default_rng(0).uniform(size=len(objective))})
    data["y"] = objective
    return Frame.from_table(data, parameters=["x"], metric="y", direction=direction)


NORMAL = np.random.default_rng(11).normal(0, 1, 200)
LOGNORMAL = np.exp(np.random.default_rng(12).normal(0, 2, 200))


@pytest.fixture
def rng() -> np.random.Generator:
    return np.random.default_rng(11)


def test_normal_and_exponential_values_stay_as_they_are():
    for seed in range(20):
        rng = np.random.default_rng(seed)
        assert choose(runs(rng.normal(5, 1, 60)))[0] == "none"
        assert choose(runs(rng.uniform(0.5, 1, 60)))[0] == "none"


def test_decades_of_positive_values_are_logged_and_it_is_said():
    frame, said = transformed(runs(LOGNORMAL), "auto")
    assert frame.transform == "log10"
    assert frame.objective == pytest.approx(np.log10(LOGNORMAL))
    assert [finding.code for finding in said] == ["transform"]
    assert "decades" in said[0].message


def test_heavy_tails_on_both_sides_are_ranked(rng):
    cauchy = rng.standard_cauchy(200) ** 3
    frame, _ = transformed(runs(cauchy), "auto")
    assert frame.transform == "rank"
    assert frame.objective == pytest.approx((rankdata(cauchy) - 0.5) / 200)


def repeated(x: np.ndarray, y: np.ndarray, direction: Direction, *, noise: float) -> Frame:
    """Each setting once, a fifth of them once more, with even noise."""
    rng = np.random.default_rng(5)
    again = np.r_[np.arange(len(x)), np.arange(len(x) // 5)]
    data = pd.DataFrame({"x": x[again], "y": y[again] + rng.normal(0, noise, len(again))})
    return Frame.from_table(data, parameters=["x"], metric="y", direction=direction)


@pytest.mark.parametrize("direction", ["minimize", "maximize"])
def test_ranks_are_for_far_runs_on_the_bad_side_only(direction):
    """Few good settings among many that are all alike: ranks would be of the others' noise."""
    x = np.random.default_rng(3).uniform(0, 8, 300)
    well = np.exp(-(((x - 5) / 0.3) ** 2))
    good, bad = (0.0, 1.0) if direction == "minimize" else (1.0, 0.1)
    narrow = repeated(x, bad + (good - bad) * well, direction, noise=0.02)
    assert (choose(narrow)[0], heavy_where(narrow, sampling_weights(narrow))) == ("none", "good")
    (said,) = [f for f in findings(narrow) if f.code == "heavy_tails"]
    assert "among the best" in said.message
    assert "Narrow the ranges" in said.hint
    (few,) = [f for f in findings(narrow) if f.code == "leverage"]
    assert "among the best" in few.message
    diverged = repeated(x, good + 9 * (bad - good) * well, direction, noise=0.02)
    assert (choose(diverged)[0], heavy_where(diverged, sampling_weights(diverged))) == (
        "rank",
        "bad",
    )
    (said,) = [f for f in findings(diverged) if f.code == "heavy_tails"]
    assert "among the best" not in said.message
    assert "--transform rank" in said.hint


def test_decades_that_even_noise_makes_of_zero_are_none():
    """The lowest runs lie as far below the noise as chance has it."""
    level = 10 ** np.random.default_rng(1).uniform(-1.6, 0.6, 200)
    even = repeated(level, level, "minimize", noise=0.04)
    even = replace(even, objective=np.abs(even.objective))
    assert np.log10(even.objective.max() / np.quantile(even.objective, 0.025)) > 2.3
    assert even_noise(even) == pytest.approx(0.04, rel=0.3)
    assert choose(even)[0] == "none"
    assert choose(repeated(level, level, "minimize", noise=0.001))[0] == "log10"


def test_noise_in_proportion_to_the_level_is_not_even():
    rng = np.random.default_rng(0)
    level = np.repeat(10 ** rng.uniform(0, 2.5, 60), 2)
    data = pd.DataFrame({"x": level, "y": level * np.exp(rng.normal(0, 0.3, 120))})
    frame = Frame.from_table(data, parameters=["x"], metric="y", direction="minimize")
    assert even_noise(frame) is None
    assert choose(frame)[0] == "log10"


def test_one_lucky_run_near_zero_makes_no_decades(rng):
    y = rng.uniform(0.5, 2, 100)
    y[0] = 0.001
    assert choose(runs(y))[0] == "none"


def test_few_runs_are_never_transformed_by_rule():
    assert choose(runs(LOGNORMAL[:19]))[0] == "none"


def test_noise_that_grows_with_the_level_asks_for_logs(rng):
    level = np.repeat(10 ** rng.uniform(0, 1.4, 40), 2)
    data = pd.DataFrame({"x": level, "y": level * np.exp(rng.normal(0, 0.1, 80))})
    frame = Frame.from_table(data, parameters=["x"], metric="y", direction="minimize")
    assert choose(frame)[0] == "log10"
    assert "noise grows" in english(choose(frame)[1])
    steady = data.assign(y=level + rng.normal(0, 0.1, 80))
    frame = Frame.from_table(steady, parameters=["x"], metric="y", direction="minimize")
    assert choose(frame)[0] == "none"


def test_asking_for_logs_of_negative_values_is_refused():
    with pytest.raises(InputError, match="log10 needs positive values"):
        transformed(runs(NORMAL), "log10")


def test_asking_for_none_gives_the_frame_itself():
    frame = runs(LOGNORMAL)
    assert transformed(frame, "none") == (frame, ())
    logged, said = transformed(frame, "log10")
    assert said == ()
    with pytest.raises(InputError, match="log10 scale already"):
        transformed(logged, "rank")


def test_tail_shares_of_known_laws():
    rng = np.random.default_rng(0)
    assert tail_share(rng.normal(size=200_000)) == pytest.approx(0.28, abs=0.01)
    assert tail_share(rng.exponential(size=200_000)) == pytest.approx(0.50, abs=0.02)
    assert tail_share(np.ones(9)) == 0
    values = rng.exponential(size=200)
    counted = np.r_[np.repeat(values[:100], 3), values[100:]]  # three times each is a weight of 3
    weights = np.r_[np.full(100, 1.5), np.full(100, 0.5)]
    assert tail_share(values, weights) == pytest.approx(tail_share(counted), rel=0.02)


def test_the_first_runs_of_an_optimizer_are_no_tail():
    """The control: the same values, of settings spread evenly."""
    rng = np.random.default_rng(4)
    x = np.r_[rng.uniform(size=12), rng.normal(0.6, 0.04, 108)]
    y = 10 * (x - 0.6) ** 2 + rng.normal(0, 0.01, 120) - 1
    table = pd.DataFrame({"x": x, "y": y})
    crowded = Frame.from_table(table, parameters=["x"], metric="y", direction="minimize")
    assert tail_share(crowded.means) > 0.8
    assert choose(crowded)[0] == "none"
    assert "heavy_tails" not in [f.code for f in findings(crowded)]
    assert choose(runs(y))[0] == "rank"
    # Nor do they hide one: results that diverged among the first runs.
    table.loc[:4, "y"] = 10.0 ** np.arange(2, 7)
    diverged = Frame.from_table(table, parameters=["x"], metric="y", direction="minimize")
    assert choose(diverged)[0] == "rank"


def test_a_metric_over_all_decades_a_float_has_is_read_as_log():
    rng = np.random.default_rng(0)
    table = pd.DataFrame({"x": 10 ** rng.uniform(-300, 300, 150)})
    table["m"] = 10 ** (0.9 * np.log10(table.x) + rng.normal(size=150))
    frame = Frame.from_table(table, parameters=["x"], metric="m", direction="minimize")
    assert transformed(frame, "auto")[0].transform == "log10"
