"""What stands in every report: the best runs as they were logged, the seed that was told."""

import numpy as np
import pandas as pd
import pytest

from analysis import Frame, assess
from analysis.errors import Misused


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
