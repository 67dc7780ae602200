"""What follows from a design, or from a way to search, is not told as a fault besides."""

import numpy as np
import pandas as pd
import pytest

from analysis.findings import findings
from tests.analysis.planted import codes, framed


def test_one_at_a_time_is_told_once_and_is_no_tie_of_parameters(rng):
    """Six parameters with four other values each, and five free runs."""
    base, names = np.full(6, 0.5), [f"x{j}" for j in range(6)]
    moved = [np.where(np.arange(6) == j, v, base) for j in range(6) for v in (0, 0.2, 0.8, 1)]
    rows = np.vstack([base, *moved, rng.random((5, 6)).round(3)])
    table = pd.DataFrame(rows, columns=names)
    told = codes(findings(framed(table, rows[:, 0] + rng.normal(0, 0.1, len(rows)))))
    assert "one_at_a_time" in told
    assert not {"collinear", "crowded"} & told


@pytest.mark.parametrize("name", ["epochs", "depth"])
def test_that_few_runs_had_the_largest_budget_is_the_way_of_it(rng, name):
    """To leave out the runs that went on longest is no advice; of another parameter it is."""
    rungs = np.repeat([1, 3, 9, 27], [81, 27, 9, 3])
    table = pd.DataFrame({name: rungs, "lr": rng.random(120), "wd": rng.random(120)})
    told = {f.code for f in findings(framed(table, rng.normal(size=120)))}
    uneven = {"unbalanced", "crowded"} & told
    assert uneven == (set() if name == "epochs" else {"unbalanced", "crowded"})
    assert ("budgets" in told) == (name == "epochs")


@pytest.mark.parametrize("tied", [True, False])
def test_of_two_that_move_together_combinations_are_missing(rng, tied):
    """Where they do not, and one combination is left out, that is told."""
    width, size = rng.choice([16, 32, 64, 128], (2, 400))
    size = 2 * width if tied else size
    kept = tied | ~((width == 16) & (size == 128))
    table = pd.DataFrame({"width": width, "size": size, "lr": rng.random(400)})[kept]
    told = findings(framed(table.reset_index(drop=True), rng.normal(size=kept.sum())))
    assert {f.code for f in told if set(f.parameters) == {"width", "size"}} == (
        {"aliased"} if tied else {"gaps"}
    )
