"""What a notebook shows of a frame and of a report, and what it may be given."""

import copy
import pickle

import numpy as np
import pandas as pd
import pytest

from analysis import Frame, assess
from analysis.decomposition import decompose_grid

RNG = np.random.default_rng(0)
X = RNG.random((40, 2))
Y = 5 * X[:, 0] + 0.1 * RNG.random(40)


def test_a_frame_and_a_report_are_a_line_and_not_pages():
    frame = Frame.from_arrays(X, Y, direction="maximize", names=["a\x1b[2J", "b"])
    told = "<Frame of 'y' (maximize): 40 runs of 40 configurations of 'a\\x1b[2J', 'b'>"
    assert repr(frame) == told
    report = assess(frame, rng=0, planned=0)
    verdicts = {row.name: row.verdict for row in report.parameters}
    assert repr(report) == f"<Report of 'y', 40 runs: {verdicts}>"
    few = assess(frame.take(np.arange(3)), rng=0, planned=0)
    assert repr(few) == f"<Report of 'y', 3 runs: withheld, {few.withheld_because}>"
    for whole in (copy.deepcopy(report), pickle.loads(pickle.dumps(report))):
        assert whole == report


def test_arrays_may_be_lists_and_pandas_own():
    """By their types, too: these lines are checked as a user's would be."""
    frame = Frame.from_arrays(X, Y, direction="maximize")
    settings = [[float(cell) for cell in row] for row in X]
    for same in (
        Frame.from_arrays(settings, [float(cell) for cell in Y], direction="maximize"),
        Frame.from_arrays(pd.DataFrame(X), pd.Series(Y), direction="maximize"),
    ):
        assert np.array_equal(same.codes, frame.codes)
    gap = Frame.from_arrays([["p", 1], ["q", 2], ["p", 3]], [0.5, None, 1], direction="maximize")
    assert gap.n_runs == 2


def test_what_is_read_only_stays_so_in_a_copy():
    frame = Frame.from_arrays(X, Y, direction="maximize")
    shares = decompose_grid(np.array([[0.30, 0.28], [0.22, 0.20]]))
    for whole, column in ((frame, "objective"), (frame, "codes"), (shares, "total")):
        for copied in (whole, copy.deepcopy(whole), pickle.loads(pickle.dumps(whole))):
            assert np.array_equal(getattr(copied, column), getattr(whole, column))
            with pytest.raises(ValueError, match="read-only"):
                getattr(copied, column)[0] = 0.5
