"""Where every run did badly nothing good is claimed, whatever the surrogate expects of the rest."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from analysis import assess
from analysis.bad_ends import bad_ends, most_seen, only_expected
from tests.analysis.planted import framed
from tests.analysis.planted_corner import collapsed


@pytest.mark.parametrize("seed", range(3))
def test_an_end_where_nothing_good_was_seen_is_neither_safe_nor_recommended(seed):
    table, y = collapsed(np.random.default_rng(seed))
    frame = framed(table, y, direction="maximize")
    report = assess(frame, rng=0, margin=0.05, transform="none")
    found = {item.name: item for item in report.parameters}["lr"]
    assert found.verdict in ("critical", "undetermined")
    assert found.domain is not None
    first, (low, high) = table["lr"][table["lr"] > 1].min(), found.domain
    assert found.recommendation.high < first
    assert found.tuning_risk.high > 0.7 * np.log(high / first) / np.log(high / low)  # .85 is lost


def test_an_end_where_something_good_was_seen_is_judged_by_it():
    frame = framed(*collapsed(np.random.default_rng(0), tried=True), direction="maximize")
    index = frame.space.index("lr")
    assert np.isinf(most_seen(frame, index, codes=np.array([0.9, 1.0]))).all()
    alone = framed(*collapsed(np.random.default_rng(0)), direction="maximize")
    assert most_seen(alone, index, codes=np.array([0.5, 1.0])) == pytest.approx(
        [np.inf, 0.1], abs=0.05
    )


def test_runs_that_failed_are_worse_than_any_result():
    rng = np.random.default_rng(1)
    table, y = collapsed(rng)
    table, y = table[table["lr"] < 1].reset_index(drop=True), y[table["lr"] < 1]
    whole = framed(table, y, direction="maximize")
    assert bad_ends(whole)[whole.space.index("lr")] == []
    lost = table.assign(lr=rng.uniform(1, 8, len(table))).head(6)
    more = pd.concat([table, lost], ignore_index=True)
    status = ["finished"] * len(table) + ["failed"] * 6
    frame = framed(more.assign(status=status), np.append(y, np.full(6, np.nan)),
                   direction="maximize", status="status")  # fmt: skip
    (end,) = [e for e in bad_ends(frame)[frame.space.index("lr")] if e.n == 6]
    assert end.best == -np.inf
    assert end.low > 1  # beyond what gave results


def test_lot_makes_no_bad_ends():
    """Of 400 designs in which nothing does anything, fewer than one in ten has one; asked: 5 %."""
    alarms = 0
    for seed in range(400):
        rng = np.random.default_rng(seed)
        table = pd.DataFrame(rng.random((40, 4)), columns=list("abcd"))
        table["e"] = rng.choice(["p", "q", "r"], 40)
        frame = framed(table, rng.normal(size=40))
        alarms += any(bad_ends(frame))
    assert alarms < 40


@pytest.mark.parametrize("failing", [True, False])
@pytest.mark.parametrize("seed", [0, 1, 4])
def test_what_is_known_to_fail_is_not_advised_to_be_tried_once_more(seed, failing):
    """High lr does badly with two widths and fails with the third, which is the best elsewhere."""
    rng = np.random.default_rng(seed)
    lr, width = rng.uniform(-5, -0.5, 120), rng.choice([32, 64, 128], 120)
    table = pd.DataFrame({"lr": 10**lr, "width": width, "opt": rng.choice(["adam", "sgd"], 120)})
    y = 0.6 + 0.05 * np.log2(width / 32) + 0.02 * (table["opt"] == "adam").to_numpy()
    y += rng.normal(0, 0.01, 120)
    lost = (lr > -1.5) & (width == 128)
    if failing:
        table["status"] = np.where(lost, "failed", "finished")
        y[lost] = np.nan
        frame = framed(table, y, direction="maximize", status="status")
    else:  # the control: nobody ran it
        frame = framed(table[~lost].reset_index(drop=True), y[~lost], direction="maximize")
    said = [f for f in assess(frame, rng=0, planned=0).findings if f.code == "bad_end"]
    assert [f.parameters for f in said] == [("lr",)]
    assert ("Try it once more" in said[0].hint) is not failing
    assert ("with width at 128 (" in said[0].hint) is failing


@pytest.mark.parametrize(("known", "said"), [(True, []), (False, [("lr",)])])
def test_of_a_parameter_that_another_level_switches_off_its_own_runs_say_what_is_good(known, said):
    """A model without a learning rate is better than any: so no rate of the other does well."""
    rng = np.random.default_rng(0)
    table, y = collapsed(rng, 90)
    if known:
        lr = np.log10(table["lr"])
        y = 0.6 + 0.03 * (lr + 2) + rng.normal(0, 0.005, len(table))
    other = pd.DataFrame({"drop": rng.random(45), "mix": rng.random(45)}).assign(model="tree")
    table = pd.concat([table.assign(model="net"), other], ignore_index=True)
    frame = framed(table, np.append(y, 0.98 + rng.normal(0, 0.005, 45)), direction="maximize")
    found = assess(frame, rng=0, margin=0.1, transform="none", planned=0).findings
    assert [f.parameters for f in found if f.code == "bad_end"] == said


@pytest.mark.parametrize(("bad", "said"), [(1, "width = 32 did well"), (2, "width at 64 or below")])
def test_an_end_of_one_level_is_named_as_the_level(bad, said):
    rng = np.random.default_rng(0)
    width = rng.choice([32, 64, 128, 256], 80)
    y = np.where(width < 32 * 2**bad, 0.2, 0.8) + rng.normal(0, 0.02, 80)
    table = pd.DataFrame({"width": width, "drop": rng.random(80)})
    frame = framed(table, y, direction="maximize")
    index, codes = frame.space.index("width"), np.arange(4.0)
    (found,) = only_expected(frame, index, codes=codes, expected=np.full(4, 0.9), margin=0.05)
    assert said in found.message
