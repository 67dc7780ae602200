"""Filters in hints: each keeps the runs that the sentence speaks of."""

import re
from dataclasses import replace
from operator import eq, ge, gt, le, lt
from types import SimpleNamespace

import numpy as np
import pandas as pd
import pytest

import journal
from analysis.declaration import Declaration
from analysis.findings_coverage import gaps, unbalanced
from analysis.findings_objective import budgets
from analysis.frame import Frame
from analysis.narrowing import without
from analysis.results import Finding
from analysis.space import Condition, Parameter
from journal import filters
from journal.shell import quoted
from tests.analysis.planted import clean, framed, score


def run(params, metrics=()):
    """A run with these values, as far as a filter looks at it."""
    own = {"status": "finished", "seed": 7, "seconds": 1.0, "id": "ab", "exit_code": 0}
    return SimpleNamespace(params=params, metrics=dict(metrics), context={}, **own)


def hinted(found: Finding) -> str:
    """The filter of the hint, as the shell gives it to the command."""
    assert found.says is not None
    text = str(dict(found.says.facts)["where"])
    assert f"--where {quoted(text)}" in found.hint
    return text


def kept(frame: Frame, text: str) -> np.ndarray:
    """(n_runs,) bool: the runs of the frame that the filter keeps."""
    wanted = filters.parse_words([text])
    rows = [dict(zip(frame.space.names, row, strict=True)) for row in frame.values]
    return np.array([wanted(run(row)) for row in rows])


def column(frame: Frame, name: str) -> np.ndarray:
    place = frame.space.names.index(name)
    return np.array([row[place] for row in frame.values])


def test_the_hint_on_mixed_budgets_keeps_the_largest_budget():
    rng = np.random.default_rng(1)
    table = clean(rng, 60).assign(max_steps=np.resize([5_000_000, 20_000_001], 60))
    frame = framed(table, score(table, rng))
    (found,) = budgets(frame)
    assert hinted(found) == "max_steps=20000001"
    assert (kept(frame, hinted(found)) == (column(frame, "max_steps") == 20_000_001)).all()


def test_the_hint_on_a_declared_budget_names_one_that_was_run():
    rng = np.random.default_rng(2)
    table = clean(rng, 60).assign(epochs=rng.integers(3, 90, 60))
    declared = {"epochs": Declaration(domain=(1.0, 1000.0))}
    frame = framed(table, score(table, rng), declarations=declared)
    (found,) = budgets(frame)
    assert kept(frame, hinted(found)).any()


def test_the_hint_on_a_measured_budget_is_about_the_metric():
    rng = np.random.default_rng(3)
    table = clean(rng, 40)
    measured = {"steps": np.resize([123_456.5, 20_000_001.25], 40)}
    (found,) = budgets(replace(framed(table, score(table, rng)), other_metrics=measured))
    wanted = filters.parse_words([hinted(found)])
    assert wanted(run({"steps": 1}, {"steps": 20_000_001.25}))
    assert not wanted(run({"steps": 1e9}, {"steps": 20_000_001.0}))


@pytest.mark.parametrize("level", ["two words", "it's", "0x10", "null", "a=b", 0.12345])
def test_the_hint_on_a_rare_level_leaves_that_level_out(level):
    rng = np.random.default_rng(4)
    other = "adam" if isinstance(level, str) else 0.12346
    table = clean(rng, 200)
    table["drop out"] = pd.Series([level] * 4 + [other] * 196, dtype=object)
    frame = framed(table, score(table, rng))
    (found,) = unbalanced(frame)
    assert (kept(frame, hinted(found)) == (column(frame, "drop out") != level)).all()


@pytest.mark.parametrize(("factor", "changed"), [(1000, True), (0.001, True), (20, False)])
def test_a_unit_that_changed_is_named_with_the_runs_before_it(factor, changed):
    rng = np.random.default_rng(0)
    table = clean(rng, 80).assign(timeout=rng.uniform(3, 5, 80))
    table.loc[30:, "timeout"] *= factor
    frame = framed(table, score(table, rng))
    (found,) = gaps(frame)
    assert found.code == ("unit" if changed else "gaps")
    if changed:
        assert "in the first 30 runs" in found.message
        assert np.array_equal(kept(frame, dict(found.says.facts)["old"]), np.arange(80) < 30)
        assert kept(frame, hinted(found)).sum() in (30, 50)


def test_the_hint_on_a_stretch_never_run_keeps_the_runs_of_one_side():
    rng = np.random.default_rng(5)
    table = clean(rng, 200)
    left, right = rng.uniform(0, 0.123456, 100), rng.uniform(0.7, 1, 100)
    table["p00"] = np.concatenate([left, right])
    frame = framed(table, score(table, rng))
    (found,) = (f for f in gaps(frame) if f.parameters == ("p00",))
    assert (kept(frame, hinted(found)) == (column(frame, "p00") < 0.5)).all()


@pytest.mark.parametrize(
    ("low", "high", "empty"),
    [
        (0.0, 0.3, ["0.3 and 1"]),
        (0.654, 1.0, ["0 and 0.65"]),
        (0.4, 0.6, ["0 and 0.4", "0.6 and 1"]),
    ],
)
def test_the_hint_on_an_end_never_run_declares_what_was(low, high, empty):
    """A filter would keep all runs and leave the range as it was declared."""
    rng = np.random.default_rng(5)
    table = clean(rng, 200)
    table["p00"] = rng.uniform(low, high, 200)

    def found(domain):
        frame = framed(table, score(table, rng), declarations={"p00": Declaration(domain=domain)})
        return [f for f in gaps(frame) if f.parameters == ("p00",)]

    stretches = found((0.0, 1.0))
    assert len(stretches) == len(empty)
    for stretch, ends in zip(stretches, empty, strict=True):
        assert [round(float(end), 1) for end in re.findall(r"\d[.\d]*", stretch.message)[1:3]] == [
            round(float(end), 1) for end in ends.split(" and ")
        ]
    (run,) = {dict(stretch.says.facts)["run"] for stretch in stretches}
    assert f"knobwise declare parameter p00 --domain {run}" in stretches[0].hint
    assert found(tuple(map(float, run.split(":")))) == []


def test_between_two_integers_there_is_nothing_to_run():
    rng = np.random.default_rng(0)
    table = clean(rng)
    table["p00"] = rng.integers(1, 5, len(table)) + 3 * (rng.random(len(table)) < 0.3)
    declared = {"p00": Declaration(scale="linear")}
    frame = framed(table, score(table, rng), declarations=declared)
    assert frame.space["p00"].numeric
    assert [f for f in gaps(frame) if f.parameters == ("p00",)] == []
    table["p00"] = np.where(table["p00"] > 4, 8, table["p00"].clip(upper=4))
    frame = framed(table, score(table, rng), declarations=declared)
    (found,) = [f for f in gaps(frame) if f.parameters == ("p00",)]
    assert "between 4 and 8" in found.message


def test_an_extreme_among_many_runs_is_no_empty_end():
    """Pairs are looked at in some thousands of the runs; the ends of an axis are not."""
    rng = np.random.default_rng(0)
    x = rng.random(10_001)
    x[5] = 100.0
    frame = Frame.from_arrays(np.column_stack([x, rng.random(10_001)]), x, direction="minimize")
    assert [f for f in gaps(frame) if dict(f.says.facts).get("run")] == []


PARAMETERS = {
    "everywhere": Parameter(name="x", kind="continuous", scale="linear", domain=(0.0, 1.0)),
    "conditional": Parameter(
        name="x", kind="continuous", scale="linear", domain=(0.0, 1.0),
        condition=Condition("opt", ("sgd",)),
    ),
    "null in some": Parameter(
        name="x", kind="continuous", scale="linear", domain=(0.0, 1.0), none_share=0.3, atom=None
    ),
    "levels": Parameter(name="x", kind="ordinal", scale="levels", levels=(0, 0.5, 1)),
    "levels and null": Parameter(name="x", kind="ordinal", scale="levels", levels=(0, 0.5, None)),
}  # fmt: skip


@pytest.mark.parametrize("operator", ["=", "<", "<=", ">", ">="])
@pytest.mark.parametrize("kind", PARAMETERS)
def test_what_is_left_out_are_the_runs_that_compare_so_and_no_others(tmp_path, kind, operator):
    """A run without the parameter, or with null, is none of them."""
    values = (0, 0.2, 0.5, 1)
    compare = {"=": eq, "<": lt, "<=": le, ">": gt, ">=": ge}[operator]
    with journal.open(tmp_path) as book:
        for value in values:
            book.log({"x": value, "opt": "sgd"})
        if kind not in ("everywhere", "levels"):
            book.log({"x": None, "opt": "sgd"})
            book.log({"opt": "adam"})
    where = without(PARAMETERS[kind], operator, value=0.5)
    kept = [run.params.get("x") for run in filters.select(tuple(book.runs()), [where])]
    others = [] if kind in ("everywhere", "levels") else [None, None]
    assert kept == [value for value in values if not compare(value, 0.5)] + others


@pytest.mark.parametrize("kind", ["conditional", "null in some", "levels and null"])
def test_no_value_at_all_is_left_out_whether_it_was_recorded_or_not(tmp_path, kind):
    with journal.open(tmp_path) as book:
        for params in ({"x": 1}, {"x": None}, {}):
            book.log({"b": 1, **params})
    where = without(PARAMETERS[kind], "=", value=None)
    assert [run.params for run in filters.select(tuple(book.runs()), [where])] == [{"b": 1, "x": 1}]
