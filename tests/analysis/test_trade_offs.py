"""Two metrics that want different values of one parameter, and two that want the same."""

from __future__ import annotations

import re

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


def test_of_a_metric_at_a_step_no_filter_is_told():
    """A filter knows a metric's last value alone."""
    table, ((_, early, direction), (_, late, other)) = costly(np.random.default_rng(0), 1.0)
    one, _ = of_both(table, (("loss@1", early, direction), ("loss", late, other)))
    assert "loss@1 costs loss" in one.message
    assert "--where" not in one.hint


def test_two_questions_about_one_metric_are_no_trade_off():
    table, ((name, y, direction), (_, late, other)) = costly(np.random.default_rng(0), 1.0)
    assert of_both(table, ((name, y, direction), (name, late, other))) == []


def test_the_filter_keeps_about_half_of_the_runs_however_close_they_lie():
    """Rounded to two digits .9961 would be 1, and keep none."""
    table, ((name, y, direction), other) = costly(np.random.default_rng(0), 1.0)
    close = 0.9961 + 0.001 * (y - np.median(y))
    _, found = of_both(table, ((name, close, direction), other))
    (bound,) = re.findall(r"metrics\.accuracy>=([0-9.]+)'", found.hint)
    assert 0.35 < np.mean(close >= float(bound)) < 0.65
