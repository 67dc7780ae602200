"""What lies in a stretch that no run had is not recommended, however good it is predicted to be."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from analysis.assessment import assess
from tests.analysis.planted import framed


def recommended(seed, *, gap):
    """What is recommended of x, whose best value is .5; gap: no run has .3 to .7."""
    rng = np.random.default_rng(seed)
    x = rng.uniform(0, 0.6, 80) if gap else rng.random(80)
    x = np.where(gap & (x > 0.3), x + 0.4, x)
    table = pd.DataFrame({"x": x, "z": rng.random(80)})
    y = -4 * (x - 0.5) ** 2 - 0.1 * table["z"] + rng.normal(0, 0.01, 80)
    report = assess(framed(table, y.to_numpy()), rng=seed)
    (found,) = (p.recommendation for p in report.parameters if p.name == "x")
    return x, found


@pytest.mark.parametrize("seed", range(3))
def test_the_best_that_was_run_beside_a_gap_is_recommended(seed):
    x, found = recommended(seed, gap=True)
    below, above = x[x < 0.5].max(), x[x > 0.5].min()
    assert not below < found.value < above
    assert found.high <= below + 1e-6 or found.low >= above - 1e-6
    assert min(abs(found.value - below), abs(found.value - above)) < 0.1


@pytest.mark.parametrize("seed", range(3))
def test_where_runs_are_the_best_is_recommended(seed):
    _, found = recommended(seed, gap=False)
    assert found.low < 0.5 < found.high
