"""Runs that were stopped where they did badly are no runs that were stopped by lot."""

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

import journal
from analysis.assessment import assess
from analysis.frame import Frame
from analysis.passing import passing
from tests.analysis.planted import clean, framed


def pruned(seed: int, *, by_lot: bool = False, n: int = 120) -> Frame:
    """A rate that ruins what is far from its best by a decade; ruined runs are stopped early."""
    rng = np.random.default_rng(seed)
    table = pd.DataFrame({"lr": 10 ** rng.uniform(-6, 0, n), "wd": rng.random(n)})
    table["opt"] = rng.choice(["adam", "sgd"], n)
    ruined = np.abs(np.log10(table["lr"]) + 3) > 1.2
    y = 0.9 - 0.5 * ruined - 0.2 * (table["opt"] == "sgd") + rng.normal(0, 0.02, n)
    left = rng.random(n) < 0.5 if by_lot else ~ruined
    table["status"] = np.where(left, "finished", "pruned")
    table["y"] = [value if kept else None for value, kept in zip(y, left, strict=True)]
    return framed(table)


def told(frame: Frame) -> list[tuple[str, ...]]:
    return [note.parameters for note in frame.notes if note.code == "stopped"]


@pytest.mark.parametrize("seed", range(4))
def test_what_was_pruned_away_is_named(seed):
    assert told(pruned(seed)) == [("lr",)]
    assert told(pruned(seed, by_lot=True)) == []


@pytest.mark.parametrize("seed", [0, 2, 3, 4])
def test_nothing_low_is_claimed_of_it(seed):
    """What is left of the rate's range is flat; of wd no less than without those."""
    frame = pruned(seed)
    names = list(frame.space.names)
    kept = pd.DataFrame(list(frame.values), columns=names).assign(y=frame.objective)
    before, now = (
        {p.name: p for p in assess(runs, rng=seed).parameters} for runs in (framed(kept), frame)
    )
    assert before["lr"].verdict == "negligible"
    assert (now["lr"].verdict, now["lr"].more_runs) == ("undetermined", None)
    assert now["wd"].verdict == before["wd"].verdict
    assert now["opt"].verdict == "critical"


def test_what_nobody_pruned_by_is_still_called_negligible():
    reports = [assess(pruned(seed, n=160), rng=seed) for seed in range(8)]
    called = [p.verdict for report in reports for p in report.parameters if p.name == "wd"]
    assert called.count("negligible") >= 7


def test_a_time_limit_that_stops_large_models_is_told():
    rng = np.random.default_rng(0)
    table = clean(rng)
    large = (table["p03"] == 128) & (rng.random(100) < 0.9)
    table["status"] = np.where(large, "killed", "finished")
    y = rng.normal(size=100)
    table["y"] = [None if over else value for value, over in zip(y, large, strict=True)]
    assert told(framed(table)) == [("p03",)]


def test_few_stopped_runs_say_nothing():
    frame = pruned(0, n=8)
    assert told(frame) == []


def test_rare_levels_among_few_stopped_runs_are_lot():
    """Chi-square named one in ten: a run or two of a rare level are no evidence."""
    rng = np.random.default_rng(1)
    odds = np.arange(1, 31) ** -1.5
    found = 0
    for _ in range(60):
        table = pd.DataFrame({"x": rng.random(200), "y": rng.random(200), "status": "finished"})
        for name in "abc":
            table[name] = rng.choice([f"v{k}" for k in range(30)], 200, p=odds / odds.sum())
        table.loc[rng.choice(200, 8, replace=False), "status"] = "pruned"
        found += bool(told(framed(table)))
    assert found <= 1


@pytest.mark.parametrize("unlimited", [None, -1])
def test_a_special_value_that_takes_too_long_is_told(unlimited):
    rng = np.random.default_rng(0)
    none = rng.random(120) < 0.4
    depth = rng.integers(1, 31, 120).astype(object)
    depth[none] = unlimited
    table = pd.DataFrame({"depth": depth, "lr": rng.random(120), "y": rng.random(120)})
    slow = none & (rng.random(120) < 0.8)
    assert told(framed(table.assign(status=np.where(slow, "killed", "finished")))) == [("depth",)]
    lot = rng.permutation(slow)
    assert told(framed(table.assign(status=np.where(lot, "killed", "finished")))) == []


def test_the_step_to_ask_at_is_named_where_nearly_all_reached_one(tmp_path):
    """Poor runs are stopped at step 3 of 9, two before it; without steps none can be named."""
    rng = np.random.default_rng(0)
    with journal.open(tmp_path) as book:
        for i, lr in enumerate(rng.random(60).tolist()):
            run = book.run(lr=lr, wd=float(rng.random())).start()
            run.log(1, loss=lr)
            if i not in (7, 30):
                run.log(3, loss=lr)
            if lr < 0.7 and i not in (7, 30):
                run.log(9, loss=lr)
            run.finish("finished" if lr < 0.7 else "killed")
    (found,) = (f for f in of_journal(tmp_path, "loss").notes if f.code == "stopped")
    assert "-m loss@3;" in found.hint
    assert of_journal(tmp_path, "loss@3").n_runs == 58
    (found,) = (note for note in pruned(0).notes if note.code == "stopped")
    assert "@" not in found.hint


def of_journal(folder, metric: str) -> Frame:
    return Frame.from_journal(folder, metric=metric, direction="minimize")


def brackets(seed: int) -> Frame:
    """Hyperband at a step: of 81 runs the best 9 got there, of 34 the best 11, of 28 later all.

    The loss is a bent valley of lr and momentum, which no sum of the two follows.
    """
    rng = np.random.default_rng(seed)
    bracket = np.repeat([0, 1, 2], [81, 34, 28])
    lr, momentum = rng.uniform(-5, 0, 143), rng.random(143)
    z = lr + 2 + 0.8 * momentum
    y = 0.15 * z**2 + 1.2 * np.exp(-9 / (6 + 20 * np.clip(-z, 0, 3))) + rng.normal(0, 0.02, 143)
    kept = bracket == 2
    for place, n in ((0, 9), (1, 11)):
        rows = np.flatnonzero(bracket == place)
        kept[rows[y[rows].argsort()[:n]]] = True
    table = pd.DataFrame({"lr": 10**lr, "momentum": momentum})
    table["status"] = np.where(kept, "finished", "killed")
    return framed(table, y, direction="minimize")


def test_what_brackets_left_over_is_no_drift():
    """Of 16 journals of hyperband, 7 drifted at step 3 or 9."""
    frames = [brackets(seed) for seed in range(12)]
    assert all(frame.thinned_out for frame in frames)
    assert not any(passing(frame) for frame in frames)
    assert sum(passing(replace(frame, thinned_out=False)) is not None for frame in frames) > 3


@pytest.mark.parametrize("n_stopped", [54, 5])
def test_a_drift_is_told_where_runs_were_stopped_at_all_times_or_few_were(n_stopped):
    for seed in range(4):
        rng = np.random.default_rng(seed)
        table, time = clean(rng, 120), np.arange(120)
        among = time if n_stopped > 5 else time[:30]
        killed = np.isin(time, rng.permutation(among)[:n_stopped])
        table["status"] = np.where(killed, "killed", "finished")
        frame = framed(table, table["p00"] + time / 60 + rng.normal(0, 0.1, 120))
        assert frame.n_runs == 120 - n_stopped
        assert not frame.thinned_out
        assert passing(frame)
