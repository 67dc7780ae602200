"""Numbers whose squares no double holds are refused in words: numpy has nothing to warn of."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from analysis.assessment import assess
from analysis.blocking import without_blocks
from analysis.indices import indices
from analysis.slices import Slices
from tests.analysis.planted import framed


def runs(y, **blocks):
    a = np.random.default_rng(0).random(len(y))
    return framed(pd.DataFrame({"a": a, **blocks}), np.asarray(y), blocks=tuple(blocks))


def test_no_block_is_taken_out_of_what_has_no_squares():
    y, host = 1e200 * np.random.default_rng(1).random(60), ["u", "v"] * 30
    level, told = without_blocks(runs(y, host=host))
    np.testing.assert_array_equal(level.objective, y)
    assert not level.blocks.shape[1]
    assert told == ()
    assert "double precision" in assess(runs(y, host=host)).withheld_because
    assert [finding.code for finding in without_blocks(runs(y / 1e200, host=host))[1]] == ["blocks"]


@pytest.mark.parametrize("n", [1, 30])
def test_what_never_varies_may_be_as_large_as_it_likes(n):
    frame = runs(np.full(n, 1e200))
    assert not frame.measurable
    assert runs(np.full(n, 1e60)).measurable
    report = assess(frame)
    assert report.answer == "withheld"
    assert n == 1 or "is 1e200 in every run" in report.withheld_because


def test_shares_of_a_variance_that_rounding_ate_are_shares():
    """Of a draw whose slices hold nothing but the pairs' own rounding."""
    flat, weights = np.full((2, 4, 8), 1e60), np.full(4, 0.25)
    rounded = np.full((2, 2, 2), 1e60)
    found = indices(Slices((flat, flat), (weights, weights), (weights, weights), rounded))
    for part in (found.first, found.total, found.pairs):
        assert ((part >= 0) & (part <= 1)).all()


@pytest.mark.parametrize("seed", range(1, 5))
def test_one_result_that_is_far_too_large_is_withheld(seed):
    y = np.random.default_rng(seed).random(17)
    y[seed] = 1e60
    assert assess(runs(y), transform="none").answer == "withheld"
