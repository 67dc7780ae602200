"""What stands in every report: the best runs as they were logged, the seed that was told."""

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

from analysis import Frame, assess, invocation, reading, tables
from analysis.declaration import Declaration
from analysis.errors import Misused
from analysis.words import Voice, words
from tests.report.planted import planted


@pytest.mark.parametrize("seed", range(5))
def test_the_best_runs_have_their_own_mean_where_blocks_lie_apart(seed):
    """Of two blocks a whole unit apart, values of one fall on values of the other without them."""
    rng = np.random.default_rng(seed)
    table = pd.DataFrame({"x": rng.integers(0, 8, 96), "z": rng.integers(0, 4, 96)})
    table["b"], table["seed"] = np.repeat([0, 1], 48), range(96)
    table["y"] = (table["x"] - 3) ** 2 / 4 + table["b"] + rng.choice([0.0, 0.25], 96)
    frame = Frame.from_table(table, parameters=["x", "z"], metric="y", direction="minimize",
                             blocks=["b"], seed="seed")  # fmt: skip
    report = assess(frame)
    assert report.best
    for best in report.best:
        same = (table[["x", "z"]] == pd.Series(dict(best.parameters))).all(axis=1)
        assert best.measured == pytest.approx(table.y[same].mean())


def test_the_best_runs_are_made_again_in_their_own_block_and_shown_as_they_were_logged():
    rng = np.random.default_rng(0)
    table = pd.DataFrame({"x": rng.random(80), "z": rng.random(80)})
    table["data"] = np.resize(["easy", "hard"], 80)
    table["y"] = (table["x"] - 0.3) ** 2 + 2.0 * (table["data"] == "hard")
    said = {"data": Declaration(role="block")}
    frame = Frame.from_table(table, parameters=["x", "z", "data"], metric="y",
                             direction="minimize", declarations=said)  # fmt: skip
    report = assess(frame)
    for best in report.best:
        (at,) = table.index[table["x"] == dict(best.parameters)["x"]]
        assert best.block == (("data", table["data"][at]),)
        assert f"--data {table['data'][at]}" in invocation.settings(report, best)
    shown = tables.best_runs(report, Voice(words("en")))
    assert shown.headings[1:3] == ("value", "value, blocks taken out")
    assert shown.headings[5] == "data"
    assert [row[5].text for row in shown.rows] == [best.block[0][1] for best in report.best]
    assert "knobwise best" not in reading.best(report, Voice(words("en")))
    told = replace(report, findings=())  # the control: where no block was taken out
    assert tables.best_runs(told, Voice(words("en"))).headings[2] == "predicted"
    assert "Judged by their own runs alone" in reading.best(told, Voice(words("en")))


def test_runs_of_one_name_and_one_result_keep_their_own_blocks():
    """A table may call many runs the same; of so many blocks none is taken out."""
    rng = np.random.default_rng(0)
    table = pd.DataFrame({"x": rng.random(90).round(2), "z": rng.random(90), "name": "sweep"})
    table["y"] = ((table["x"] - 0.5) ** 2).round(1)
    table["data"] = [f"d{i}" for i in range(90)]
    frame = Frame.from_table(table, parameters=["x", "z", "data"], metric="y", run_id="name",
                             direction="minimize",
                             declarations={"data": Declaration(role="block")})  # fmt: skip
    for best in assess(frame).best:
        (at,) = table.index[table["z"] == dict(best.parameters)["z"]]
        assert best.block == (("data", f"d{at}"),)


def test_a_generator_is_no_seed_to_be_told_and_truth_is_none():
    X = np.random.default_rng(0).random((30, 2))
    frame = Frame.from_arrays(X, X[:, 0], direction="maximize")
    assert assess(frame, rng=np.random.default_rng(1)).provenance.seed is None
    with pytest.raises(Misused, match="not True"):
        assess(frame, rng=True)


@pytest.mark.parametrize(
    ("start", "step", "created"),
    [
        (0, 1, ""),  # rows
        (5e8, 1000, ""),  # samples seen
        (1.7e12, 60_000, ""),  # milliseconds
        (1.7e9, 60, "2023-11-14T22:42:20+00:00"),
    ],
)
def test_what_runs_are_ordered_by_is_a_time_only_where_it_can_be_one(start, step, created):
    X = np.random.default_rng(0).random((30, 2))
    table = pd.DataFrame({"a": X[:, 0], "b": X[:, 1], "y": X[:, 0], "at": start})
    table["at"] += step * np.arange(30.0)
    frame = Frame.from_table(
        table, parameters=["a", "b"], metric="y", direction="maximize", order="at"
    )
    assert assess(frame).provenance.created == created


def test_the_best_runs_have_blocks_first_and_then_the_parameters_in_the_reports_order():
    """The first columns are read, and of more than sixty the last are left out."""
    report = planted()
    best = tuple(replace(run, block=(("host", "n1"),)) for run in report.best)
    shown = tables.best_runs(replace(report, best=best), Voice(words("en"))).headings
    settings = dict(report.best[0].parameters)
    assert shown[4:] == ("host", *(p.name for p in report.parameters if p.name in settings))
    assert sorted(shown[5:]) != list(shown[5:])
