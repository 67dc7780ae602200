"""Pairs of conditional parameters: measured where both exist, and grouped by that."""

import numpy as np
import pandas as pd
import pytest

from analysis import answers, tables
from analysis.assessment import assess
from analysis.fitted import fitted
from analysis.frame import Frame
from analysis.kernels import N_SLICE
from analysis.regions import regions
from analysis.study import study
from analysis.together import Together
from analysis.words import Voice, words


def framed(table: pd.DataFrame, y: np.ndarray) -> Frame:
    told = table.assign(y=y)
    return Frame.from_table(told, parameters=[*table], metric="y", direction="maximize")


def measured(frame: Frame):
    """Every pair's share with its interval, without the rest of a report."""
    rng = np.random.default_rng(0)
    whole = study(fitted(frame, rng.spawn(1)[0]))
    there = regions(whole.frame, rng, workers=1)
    found = Together(whole, whole.frame, there, rng, workers=1, margin=0.05).measured()
    return {frozenset(pair.interaction.parameters): pair for pair in found}


def three_algorithms(seed: int, *, product: float, n: int = 210) -> Frame:
    """y = 3 [rf] - 3 [knn] + lr / 2, and where svm (c + gamma) / 2 + product (c - .5)(gamma - .5).

    With product 4 the pair holds .64 of the variance where svm is, and .002 of that of all runs.
    """
    rng = np.random.default_rng(seed)
    which = rng.choice(["rf", "svm", "knn"], n)
    c, gamma, depth, lr = rng.random((4, n))
    svm = (c + gamma) / 2 + product * (c - 0.5) * (gamma - 0.5)
    own = np.select([which == "svm", which == "rf"], [svm, depth / 2], -3.0)
    table = pd.DataFrame({"alg": which, "lr": lr})
    table["c"] = np.where(which == "svm", c, np.nan)
    table["gamma"] = np.where(which == "svm", gamma, np.nan)
    table["depth"] = np.where(which == "rf", depth, np.nan)
    return framed(table, own + 3.0 * (which == "rf") + lr / 2 + 0.05 * rng.normal(size=n))


def test_parameters_of_one_algorithm_that_interact_are_tuned_together():
    report = assess(three_algorithms(0, product=4.0), rng=0)
    assert ("c", "gamma") in {tuple(sorted(group)) for group in report.groups}
    strongest = report.interactions[0]
    assert strongest.parameters == ("c", "gamma")
    assert strongest.share == pytest.approx(0.62, abs=0.1)
    assert {report.surface.x, report.surface.y} == {"c", "gamma"}
    for values in (report.surface.x_values, report.surface.y_values):
        assert len(values) == N_SLICE + 2  # evenly, and both ends: not what is looked at closer
    apart = {item.parameters: item for item in report.interactions}["c", "depth"]
    assert (apart.share, apart.low, apart.high) == (0.0, 0.0, 0.0)  # they never meet
    assert "where both exist" in tables.interactions(report, Voice(words())).caption


def test_parameters_of_one_algorithm_that_only_add_up_are_not():
    report = assess(three_algorithms(0, product=0.0), rng=0)
    assert all(len(group) == 1 for group in report.groups)
    assert {name for (name,) in report.groups} >= {"c", "gamma", "depth"}


def test_what_the_runs_there_do_not_tell_is_not_told_of_pairs_either():
    frame = three_algorithms(1, product=4.0, n=24)
    found = measured(frame)
    assert frozenset(("alg", "lr")) in found
    assert not any("gamma" in pair for pair in found)


def test_within_a_condition_that_hangs_on_another_the_inner_one_counts():
    rng = np.random.default_rng(0)
    n = 260
    svm, rbf = rng.random(n) < 0.6, rng.random(n) < 0.5
    c, gamma = rng.random((2, n))
    own = np.where(rbf, c + gamma + 4 * (c - 0.5) * (gamma - 0.5), c)
    table = pd.DataFrame({"algo": np.where(svm, "svm", "rf")})
    table["kernel"] = [
        ("rbf" if r else "lin") if s else None for s, r in zip(svm, rbf, strict=True)
    ]
    table["c"] = np.where(svm, c, np.nan)
    table["gamma"] = np.where(svm & rbf, gamma, np.nan)
    found = measured(framed(table, np.where(svm, own, 9.0) + 0.05 * rng.normal(size=n)))
    pair = found[frozenset(("c", "gamma"))]
    assert set(pair.study.frame.space.names) == {"c", "gamma"}
    assert pair.interaction.share == pytest.approx(2 / 5, abs=0.08)  # 1/9 of 1/6 + 1/9
    switch = found[frozenset(("gamma", "kernel"))]
    assert "kernel" in switch.study.frame.space.names


def optional(seed: int, n: int, share: float) -> Frame:
    """Momentum only with sgd, period only with cosine; they multiply where both exist."""
    rng = np.random.default_rng(seed)
    sgd, cosine = rng.random((2, n)) < share
    momentum, period = rng.random((2, n))
    y = 2 * sgd * momentum + 2 * cosine * period
    y = y + sgd * cosine * 16 * (momentum - 0.5) * (period - 0.5) + 0.05 * rng.normal(size=n)
    table = pd.DataFrame({"opt": np.where(sgd, "sgd", "adam")})
    table["plan"] = np.where(cosine, "cosine", "step")
    table["momentum"] = np.where(sgd, momentum, np.nan)
    table["period"] = np.where(cosine, period, np.nan)
    return framed(table, y)


def test_where_two_conditions_hold_together_a_pair_has_a_study_of_its_own():
    pair = measured(optional(0, 200, 0.5))[frozenset(("momentum", "period"))]
    assert set(pair.study.frame.space.names) == {"momentum", "period"}
    assert pair.interaction.share == pytest.approx(0.73, abs=0.1)  # 16/9 of 16/9 + 2/3


def test_too_few_runs_where_both_hold_leave_the_pair_open_above():
    pair = measured(optional(0, 80, 0.3))[frozenset(("momentum", "period"))]
    assert (pair.interaction.low, pair.interaction.high) == (0.0, 1.0)


def test_a_switch_with_several_levels_is_looked_at_among_those_too():
    """The best c of svm is the worst of lsvm; next to what rf does it is next to nothing."""
    rng = np.random.default_rng(0)
    n = 150
    which, c, lr = rng.choice(["svm", "lsvm", "rf"], n), rng.random(n), rng.random(n)
    own = np.select([which == "svm", which == "lsvm"], [c, 1 - c], 9.0)
    table = pd.DataFrame({"alg": which, "lr": lr, "c": np.where(which == "rf", np.nan, c)})
    y = own + 0.2 * lr + 0.03 * rng.normal(size=n)
    pair = measured(framed(table, y))[frozenset(("alg", "c"))]
    assert pair.interaction.share > 0.8


def test_without_conditions_every_pair_is_the_whole_study_s():
    rng = np.random.default_rng(0)
    a, b = rng.random((2, 60))
    there = study(fitted(framed(pd.DataFrame({"a": a, "b": b}), a * b), np.random.default_rng(0)))
    stream = np.random.default_rng(1)
    (pair,) = Together(there, there.frame, (), stream, workers=1, margin=0.05).measured()
    assert pair.study is there
    assert pair.interaction == answers.interaction(there, "a", right="b")
    untouched = np.random.default_rng(1)  # nothing more was asked: later numbers stay as they were
    assert stream.spawn(1)[0].random() == untouched.spawn(1)[0].random()
