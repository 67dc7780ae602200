"""Differences between blocks are taken out, and one setting in several blocks counts once."""

import gc
import math
import weakref

import numpy as np
import pandas as pd
import pytest

from analysis.assessment import assess
from analysis.blocking import confounded, without_blocks
from analysis.findings import findings
from analysis.frame import Frame, block_codes
from analysis.transform import transformed
from tests.analysis.planted import clean, codes, framed, score


def datasets(rng, *, shift: float, n: int = 60) -> tuple[pd.DataFrame, np.ndarray]:
    """Every setting on each of three datasets, which differ by `shift` and twice that."""
    table = pd.DataFrame({"x": rng.random(n), "z": rng.random(n)})
    table = table.loc[np.repeat(np.arange(n), 3)].reset_index(drop=True)
    table["data"] = ["a", "b", "c"] * n
    by = table["data"].map({"a": 0.0, "b": shift, "c": 2 * shift})
    return table, (table["x"] + by + rng.normal(size=3 * n) * 0.1).to_numpy()


def test_blocks_leave_no_difference_and_the_mean_stays(rng):
    table, y = datasets(rng, shift=5.0)
    frame = framed(table, y, blocks=["data"])
    level, (said,) = without_blocks(frame)
    means = pd.Series(level.objective).groupby(table["data"]).mean()
    assert np.ptp(means) < 1e-9
    assert level.objective.mean() == pytest.approx(frame.objective.mean())
    assert "differs by up to 9.99" in said.message
    assert "3 values of data" in said.message


def test_the_same_setting_in_every_block_is_one_configuration(rng):
    table, y = datasets(rng, shift=5.0)
    frame = framed(table, y, blocks=["data"])
    assert frame.n_configurations == 180
    assert without_blocks(frame)[0].n_configurations == 60


def test_blocks_that_differ_in_what_was_run_keep_the_parameters_effect(rng):
    """The control: plain block means would take the effect of x with them."""
    table = pd.DataFrame({"x": rng.random(200)})
    table["data"] = np.where(rng.random(200) < table["x"], "late", "early")
    frame = framed(
        table, (2 * table["x"] + 3 * (table["data"] == "late")).to_numpy(), blocks=["data"]
    )
    level, _ = without_blocks(frame)
    slope = np.polyfit(table["x"], level.objective, 1)[0]
    assert slope == pytest.approx(2.0, abs=0.01)
    centred = frame.objective - pd.Series(frame.objective).groupby(table["data"]).transform("mean")
    assert np.polyfit(table["x"], centred, 1)[0] < 1.8


def test_what_is_taken_out_is_worked_out_once_and_not_kept_for_ever(rng):
    table, y = datasets(rng, shift=5.0)
    frame = framed(table, y, blocks=["data"])
    level = without_blocks(frame)[0]
    assert without_blocks(frame)[0] is level
    assert without_blocks(framed(table, y, blocks=["data"]))[0] is not level
    seen = weakref.ref(frame)
    del frame
    gc.collect()
    assert seen() is None


def test_no_blocks_change_nothing(rng):
    frame = framed(pd.DataFrame({"x": rng.random(30)}), rng.random(30))
    level, said = without_blocks(frame)
    assert said == ()
    assert np.array_equal(level.objective, frame.objective)
    assert block_codes(frame.blocks).tolist() == [0] * 30


def test_a_name_for_each_run_is_no_block(rng):
    table = pd.DataFrame({"x": rng.random(30), "host": [f"h{i}" for i in range(30)]})
    frame = framed(table, rng.random(30), blocks=["host"])
    level, (told,) = without_blocks(frame)
    assert np.array_equal(level.objective, frame.objective)
    assert (told.level, told.message.split(", too")[0]) == (
        "warning",
        "host has 30 values in 30 configurations",
    )


def test_more_blocks_than_anyone_has_are_told_and_not_inverted(rng):
    table = pd.DataFrame({"x": rng.random(2100), "host": np.arange(2100) % 1001})
    (told,) = without_blocks(framed(table, rng.random(2100), blocks=["host"]))[1]
    assert "host has 1,001 values in 2,100 configurations, too many" in told.message


@pytest.mark.parametrize("missing", [None, math.nan])
def test_a_block_that_some_runs_lack_is_one_of_its_own(rng, missing):
    table = clean(rng, 40, 3).assign(fold=pd.Series([0, 1, missing, 3] * 10, dtype=object))
    y = score(table, rng) + np.tile([0.0, 5.0, 10.0, 20.0], 10)
    frame = framed(table, y)
    assert len(set(block_codes(frame.blocks).tolist())) == 4
    assert frame.n_configurations == 40
    level, (told,) = without_blocks(frame)
    assert "4 values of fold" in told.message
    assert np.ptp(level.objective) < 5
    assert assess(frame, rng=0).answer in ("given", "withheld")


def test_runs_that_lack_a_block_are_no_copies_of_others(rng):
    table = pd.DataFrame({"x": [0.1] * 4 + list(rng.random(26)), "seed": [1] * 4 + [2] * 26})
    table["data"] = pd.Series([None, None, "a", "b"] * 7 + ["a", "b"], dtype=object)
    table["y"] = [1.0] * 4 + list(rng.random(26))
    assert framed(table, blocks=["data"]).n_runs == 29  # of the first four, two are one run


def test_the_answer_does_not_depend_on_how_far_datasets_are_apart():
    """With the differences left in, x would drown: they hold 99 % of the variance."""
    totals = []
    for shift in (0.0, 5.0):
        table, y = datasets(np.random.default_rng(1), shift=shift)
        report = assess(framed(table, y, blocks=["data"]), rng=0, transform="none")
        totals.append({item.name: item.total.share for item in report.parameters})
    assert totals[0] == pytest.approx(totals[1], abs=1e-6)
    assert totals[1]["x"] > 0.9


def by_block(rng, *, act: float, block: float, n: int = 80) -> Frame:
    """Every run of one block used relu, every run of the other tanh."""
    table = pd.DataFrame({"lr": rng.random(n), "data": rng.choice(["a", "b"], n)})
    table["act"] = np.where(table["data"] == "a", "relu", "tanh")
    y = table["lr"] + act * (table["act"] == "relu") + block * (table["data"] == "a")
    return framed(table, (y + rng.normal(0, 0.1, n)).to_numpy(), blocks=["data"])


@pytest.mark.parametrize(("act", "block"), [(1.0, 0.0), (0.0, 1.0)])
def test_a_parameter_that_changes_only_with_a_block_cannot_be_told_from_it(rng, act, block):
    report = assess(by_block(rng, act=act, block=block), rng=0)
    found = {item.name: item for item in report.parameters}
    assert found["act"].verdict == "not_estimable"
    assert "data" in found["act"].because
    assert found["lr"].verdict == "critical"
    assert [f.parameters for f in report.findings if f.code == "aliased"] == [("act",)]


def test_a_parameter_that_changes_within_blocks_can(rng):
    table = pd.DataFrame({"x": rng.random(200), "data": rng.choice(list("abcdefghij"), 200)})
    table["act"] = np.where(rng.random(200) < 0.8, table["data"] < "f", rng.random(200) < 0.5)
    assert confounded(framed(table, rng.random(200), blocks=["data"])) == {}


def test_what_a_parameter_and_a_block_could_both_have_done_is_the_blocks(rng):
    level, _ = without_blocks(by_block(rng, act=1.0, block=0.0))
    act = level.codes[:, level.space.index("act")]
    assert abs(level.objective[act == 0].mean() - level.objective[act == 1].mean()) < 0.15


@pytest.mark.parametrize("offsets", [(0.0, 1.0, 3.0), (0.0, 0.0, 0.0)])
def test_datasets_run_one_after_the_other_are_no_drift(rng, offsets):
    table = clean(rng, 90, 3).assign(data=np.repeat(["a", "b", "c"], 30))
    y = score(table, rng) + np.repeat(offsets, 30)
    assert "drift" not in codes(findings(framed(table, y, blocks=["data"])))


def test_a_rare_dataset_far_off_is_neither_a_handful_nor_a_heavy_tail(rng):
    table = clean(rng, 100, 3).assign(data=np.where(np.arange(100) % 20 == 3, "far", "near"))
    y = score(table, rng) + 20.0 * (table["data"] == "far").to_numpy()
    frame = framed(table, y, blocks=["data"])
    assert not {"leverage", "heavy_tails"} & codes(findings(frame))
    assert transformed(frame, "auto")[0].transform == "none"
    alone = framed(table.drop(columns="data"), y)  # the control: nobody says what it is
    assert {"leverage", "heavy_tails"} <= codes(findings(alone))
    assert transformed(alone, "auto")[0].transform == "rank"


@pytest.mark.parametrize(
    ("how", "says"), [("none", "up to 6.39"), ("log10", "a factor of 7.39"), ("rank", " % of all")]
)
def test_how_far_blocks_lie_apart_is_said_on_the_analysed_scale(rng, how, says):
    table = clean(rng, 60, 3).assign(data=["a", "b"] * 30)
    y = np.where(table["data"] == "a", 1.0, np.exp(2.0)) * (1 + 1e-6 * score(table, rng))
    frame, _ = transformed(framed(table, y, blocks=["data"]), how)
    (told,) = without_blocks(frame)[1]
    assert says in told.message


def test_few_configurations_make_up_no_blocks_that_are_not_there():
    errors = []
    for seed in range(20):
        rng = np.random.default_rng(seed)
        table = pd.DataFrame(rng.random((22, 10)), columns=[f"x{i}" for i in range(10)])
        y = 3 * table["x0"] + 0.1 * rng.normal(size=22)
        table["data"] = rng.permutation(["a", "b"] * 11)
        frame = framed(table, y.to_numpy(), blocks=["data"])
        taken = frame.objective - without_blocks(frame)[0].objective
        errors.append(np.ptp(taken))
    assert np.sqrt(np.mean(np.square(errors))) < 0.5


def repeated_on_others(rng, *, others: int) -> tuple[Frame, np.ndarray]:
    """100 settings on one dataset, `others` on two more; and what was added on each."""
    table = pd.DataFrame(rng.random((100, 4)), columns=list("abcd"))
    y = 16 * np.maximum(0, table["a"] - 0.5) * table["b"] + np.sin(6 * table["c"])
    again = y.sort_values().index[-20:] if others == 20 else rng.permutation(100)[:others]
    rows = [*range(100), *again, *again]
    data = np.repeat([0, 1, 2], [100, len(again), len(again)])
    table = table.loc[rows].assign(data=[f"data{k}" for k in data])
    y = y.to_numpy()[rows] + np.array([0.0, 0.6, -0.6])[data] + rng.normal(0, 0.1, len(rows))
    return framed(table.reset_index(drop=True), y, blocks=["data"]), data


@pytest.mark.parametrize("others", [20, 100])
def test_settings_repeated_on_other_datasets_tell_how_far_these_are_apart(rng, others):
    """The best 20 alone: an additive model of the others misfits there by half a unit."""
    frame, data = repeated_on_others(rng, others=others)
    taken = frame.objective - without_blocks(frame)[0].objective
    apart = [taken[data == k][0] - taken[data == 0][0] for k in (1, 2)]
    assert apart == pytest.approx([0.6, -0.6], abs=0.12)


def test_too_few_repeated_settings_do_not_overrule_all_others():
    """Three settings in both blocks may agree by chance; 200 say more, where additive is right."""
    errors = []
    for seed in range(20):
        rng = np.random.default_rng(seed)
        table = pd.DataFrame({"x": rng.random(200), "data": rng.choice(["a", "b"], 200)})
        table.loc[1:5:2, "x"] = table.loc[0:4:2, "x"].to_numpy()
        table.loc[0:5, "data"] = ["a", "b"] * 3
        frame = framed(table, (table["x"] + rng.normal(0, 0.3, 200)).to_numpy(), blocks=["data"])
        errors.append(np.ptp(frame.objective - without_blocks(frame)[0].objective))
    assert np.sqrt(np.mean(np.square(errors))) < 0.07


def test_a_fold_is_a_block_without_being_told(rng):
    """Half of the variance lies between the folds of a cross-validation, whatever the setting."""
    table = clean(rng, 40)
    table = pd.concat([table] * 5, ignore_index=True).assign(fold=np.repeat(np.arange(5), 40))
    y = score(table, rng, noise=0.02) + np.array([0.0, 0.4, -0.3, 0.8, 0.1])[table["fold"]]
    frame = framed(table, y)
    assert "fold" not in frame.space.names
    report = assess(frame, rng=0, transform="none")
    assert report.noise is not None
    assert report.noise.sd == pytest.approx(0.02, rel=0.2)
    assert {p.name: p.verdict for p in report.parameters}["p00"] == "critical"
    assert "blocks" in {f.code for f in report.findings}


def test_folds_within_folds_are_blocks_and_thirty_settings_stay_thirty(rng):
    """Studied, the outer fold was critical, and tried beyond its last one was advised."""
    table = clean(rng, 30).loc[np.repeat(np.arange(30), 6)].reset_index(drop=True)
    table = table.assign(outer_fold=np.tile(np.arange(6) // 2, 30), inner_fold=np.tile([0, 1], 90))
    y = score(table, rng, noise=0.02) + np.array([0.0, 0.8, -0.3])[table["outer_fold"]]
    report = assess(framed(table, y), rng=0, transform="none")
    assert report.runs.configurations == 30
    assert "edge" not in {f.code for f in report.findings}
    assert {p.name for p in report.parameters} == set(clean(rng, 30))
    assert report.noise is not None
    assert report.noise.sd == pytest.approx(0.02, rel=0.2)
