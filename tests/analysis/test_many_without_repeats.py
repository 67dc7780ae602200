"""No repetitions, and more configurations than a process is conditioned on; blocks and failures."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from analysis import Frame, assess
from analysis.blocking import without_blocks
from analysis.failures import failure_frame
from analysis.fitting import MOST_ROWS


def frame(n: int, *, against: float = 0.0, failed: int = 0) -> Frame:
    """x acts, in the second data set by `against` less; z does nothing; runs of large x failed."""
    rng = np.random.default_rng(0)
    x, z, data = rng.random(n), rng.random(n), np.array(["p", "q"])[np.arange(n) % 2]
    y = np.where(data == "p", 1.0, 1 - against) * x + rng.normal(0, 0.05, n)
    gone = np.arange(n) < failed
    x = np.where(gone, 0.9 + 0.1 * x, x)
    table = pd.DataFrame({"x": x, "z": z, "data": data, "y": np.where(gone, np.nan, y)})
    table["status"] = np.where(gone, "failed", "finished")
    return Frame.from_table(
        table, parameters=["x", "z"], metric="y", direction="minimize", status="status",
        blocks=["data"] if against else [],
    )  # fmt: skip


@pytest.mark.parametrize("n", [MOST_ROWS, MOST_ROWS + 1, MOST_ROWS + 100])
def test_a_random_search_without_repetitions_is_answered(n):
    report = assess(frame(n))
    verdicts = {result.name: result.verdict for result in report.parameters}
    assert report.noise.source == "residual"
    assert report.noise.sd == pytest.approx(0.05, rel=0.15)
    assert verdicts == {"x": "critical", "z": "negligible"}


def crossed(n: int) -> Frame:
    """Each setting once in each of two data sets, in which x acts the other way round."""
    rng = np.random.default_rng(0)
    x, z = np.tile(rng.random(n), 2), np.tile(rng.random(n), 2)
    data = np.repeat(["p", "q"], n)
    y = np.where(data == "p", 1.0, -2.0) * x + rng.normal(0, 0.05, 2 * n)
    table = pd.DataFrame({"x": x, "z": z, "data": data, "y": y})
    return Frame.from_table(
        table, parameters=["x", "z"], metric="y", direction="minimize", blocks=["data"]
    )


@pytest.mark.parametrize(
    "made", [lambda n: frame(n, against=4.0), crossed], ids=["in-one-each", "in-both"]
)
def test_so_is_one_of_blocks_in_which_parameters_act_differently(made):
    report = assess(made(MOST_ROWS + 100))
    assert report.answer == "given"
    assert report.noise.sd == pytest.approx(0.05, rel=0.3)


def test_failures_are_asked_for_where_parameters_act_differently_in_blocks():
    report = assess(frame(94, against=4.0, failed=4))
    assert report.failures is not None
    assert report.failures.share == pytest.approx(4 / 94)
    assert [found.name for found in report.failures.parameters] != []


def test_what_blocks_took_from_the_objective_was_not_taken_from_failures():
    whole = frame(94, against=4.0, failed=4)
    taken_out, _ = without_blocks(whole)
    assert taken_out.unlike is not None
    assert taken_out.step is not None
    of_all, of_the_rest = failure_frame(whole), failure_frame(taken_out)
    for name in ("unlike", "taken_df", "step"):
        assert getattr(of_the_rest, name) == getattr(of_all, name)
