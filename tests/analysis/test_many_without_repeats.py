"""No repetitions, and more configurations than a process is conditioned on; blocks and failures."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from analysis import Frame, assess
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


def test_so_is_one_of_blocks_in_which_parameters_act_differently():
    n = MOST_ROWS + 100
    report = assess(frame(n, against=4.0))
    assert report.answer == "given"
    assert report.noise.sd == pytest.approx(0.05, rel=0.3)


def test_failures_are_asked_for_where_parameters_act_differently_in_blocks():
    report = assess(frame(94, against=4.0, failed=4))
    assert report.failures is not None
    assert report.failures.share == pytest.approx(4 / 94)
    assert [found.name for found in report.failures.parameters] != []
