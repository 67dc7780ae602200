"""Who speaks for the shares, where the scale of the objective decides."""

from __future__ import annotations

import numpy as np
import pytest

from analysis.fitting import choose
from analysis.noise import noise
from benchmarks import truths


@pytest.mark.parametrize("seed", [0, 1, 2])
def test_two_groups_of_results_are_not_stretched_within(seed):
    """a and b decide between two groups; c moves a run a little within its own.

    Normal scores make as much of the step within as of the step between.
    """
    truth = truths.function("xor")
    frame = truth.frame(100, seed=seed)
    choice = choose(frame, noise(frame), np.random.default_rng(seed))
    assert "normal scores" not in choice.for_shares.name
    found = choice.for_shares.decompose().total_order
    exact = [truth.exact.total[name] for name in frame.space.names]
    assert found == pytest.approx(exact, abs=0.06)
