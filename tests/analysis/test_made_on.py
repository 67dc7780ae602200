"""A dataset that is studied like a setting is named; a setting that is called alike is not."""

import numpy as np
import pandas as pd
import pytest

from analysis.declaration import Declaration
from analysis.findings import findings
from analysis.made_on import made_on
from tests.analysis.planted import clean, framed, score


def studied(name, values=("mnist", "cifar", "svhn"), *, differ=1.0, **options):
    rng = np.random.default_rng(0)
    table, which = clean(rng, 90), np.arange(90) % 3
    table[name] = pd.Series([values[k] for k in which], dtype=object)
    return framed(table, score(table, rng) + differ * which, **options)


@pytest.mark.parametrize(
    "name", ["dataset", "data", "data.name", "task", "Task_Name", "train.dataset", "env_id"]
)
def test_what_runs_were_made_on_is_named_with_the_option_that_takes_it_out(name):
    (found,) = made_on(studied(name))
    assert (found.code, found.level, found.parameters) == ("blocks", "warning", (name,))
    assert f"--block {name}" in found.hint
    assert f"knobwise declare parameter {name} --role studied" in found.hint
    assert made_on(studied(name, differ=0.0)) == []


@pytest.mark.parametrize(("apart", "option"), [(1.0, "--by dataset"), (0.0, "--block dataset")])
def test_where_others_act_differently_each_is_to_be_asked_for(apart, option):
    """Taken out, what the rate does on each would pass for noise."""
    rng = np.random.default_rng(0)
    table, which = clean(rng, 120), np.arange(120) % 3
    table["dataset"] = pd.Series(list("abc")).take(which).to_numpy()
    table["m"] = pd.Series(rng.random(120)).where(table["dataset"] == "a")
    off = np.log10(table["p01"]) + 3 + apart * (which - 1)
    frame = framed(table, off**2 + which + rng.normal(0, 0.1, 120))
    (found,) = made_on(frame)
    assert option in found.hint
    assert ("p01" in found.message) == bool(apart)


def test_numbers_are_names_only_where_they_are_called_so():
    assert len(made_on(studied("task_id", (3, 31, 37)))) == 1
    assert made_on(studied("data", (0.1, 0.5, 1.0))) == []


@pytest.mark.parametrize("name", ["optimizer", "dataset_version", "database", "task_weight"])
def test_a_setting_is_not_named(name):
    assert made_on(studied(name)) == []


def test_what_was_said_or_asked_is_not_named_again():
    said = {"dataset": Declaration(role="studied")}
    assert made_on(studied("dataset", declarations=said)) == []
    asked = studied("dataset", blocks=["dataset"])
    assert "says.blocks.unasked" not in {f.says.key for f in findings(asked) if f.says}


def test_the_example_that_is_named_is_a_value_and_not_the_want_of_one():
    rng = np.random.default_rng(0)
    table, which = clean(rng, 124), np.arange(124) % 3
    table["dataset"] = pd.Series(list("abc")).take(which).to_numpy()
    table.loc[:3, "dataset"] = None
    off = np.log10(table["p01"]) + 3 + (which - 1)
    (found,) = made_on(framed(table, off**2 + which + rng.normal(0, 0.1, 124)))
    assert "dataset=b" in found.hint or "dataset=a" in found.hint or "dataset=c" in found.hint


def crossed(rng, n=30, *, hole=None):
    """Settings, each run on six datasets of their own levels; hole: where `act` is but `y`."""
    table = clean(rng, n)
    for name in ("opt", "act"):
        table[name] = pd.Series(rng.choice(list("xyz"), n), dtype=object)
    runs = pd.concat([table] * 6, ignore_index=True)
    which = np.repeat(np.arange(6), n)
    runs["dataset"] = pd.Series([f"set{k}" for k in which], dtype=object)
    if hole:
        runs.loc[runs[hole[0]] == hole[1], "act"] = "y"
    return framed(runs, score(runs, rng) + which)


DESIGN = {"gaps", "crowded", "collinear", "few_configurations"}


def test_a_setting_that_was_run_on_many_datasets_is_one_to_the_checks_of_the_design():
    journals = [crossed(np.random.default_rng(seed)) for seed in range(8)]
    told = [{f.code for f in findings(frame) if f.level == "warning"} for frame in journals]
    assert all("blocks" in codes for codes in told)
    assert sum(bool(codes & DESIGN) for codes in told) <= 1


@pytest.mark.parametrize("hole", [("opt", "x"), ("dataset", "set3")])
def test_what_is_missing_among_the_settings_or_on_a_dataset_is_still_said(hole):
    """The control."""
    found = findings(crossed(np.random.default_rng(0), 200, hole=hole))
    assert {"act", hole[0]} in [{*f.parameters} for f in found if f.code == "gaps"]
