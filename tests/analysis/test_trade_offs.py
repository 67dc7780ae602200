"""Two metrics that want different values of one parameter, and two that want the same."""

from __future__ import annotations

import numpy as np
import pytest

from tests.analysis.planted_corner import costly, of_both


@pytest.mark.parametrize("seed", range(3))
def test_what_is_best_for_one_and_bad_for_the_other_is_named_in_both(seed):
    table, metrics = costly(np.random.default_rng(seed), 1.0)
    one, other = of_both(table, metrics)
    assert one.parameters == other.parameters == ("width",)
    assert one.message.startswith("What is best for accuracy costs latency")
    assert "--where 'metrics.latency<=" in one.hint
    assert "--where 'metrics.accuracy>=" in other.hint


@pytest.mark.parametrize("seed", range(3))
def test_metrics_that_agree_or_do_not_care_pull_nowhere(seed):
    """The control: the learning rate is best at one value for both, and width costs nothing."""
    table, metrics = costly(np.random.default_rng(seed), 0.0)
    assert of_both(table, metrics) == []


def test_an_answer_that_was_withheld_is_compared_with_none():
    rng = np.random.default_rng(0)
    table, (accuracy, (name, y, direction)) = costly(rng, 1.0)
    assert of_both(table, (accuracy, (name, rng.permutation(y), direction))) == []
