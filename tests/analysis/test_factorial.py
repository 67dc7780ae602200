"""Complete factorial designs: no configuration is unseen, so the seeds decide about an answer."""

import itertools

import numpy as np
import pandas as pd
import pytest

from analysis.anova import Anova
from analysis.assessment import assess
from analysis.blocking import without_blocks
from analysis.enough import apart
from analysis.findings_coverage import unbalanced
from analysis.frame import Frame


def designed(levels, function, *, seeds, sd=0.1, rng=0, without=0):
    """Every combination of levels, each with several seeds; the last few combinations left out."""
    stream = np.random.default_rng(rng)
    cells = list(itertools.product(*(range(count) for count in levels)))
    rows = [
        {**{f"p{i}": level for i, level in enumerate(cell)}, "seed": seed}
        | {"y": function(*cell) + sd * stream.normal()}
        for cell in cells[: len(cells) - without]
        for seed in range(seeds)
    ]
    names = [f"p{i}" for i in range(len(levels))]
    return Frame.from_table(pd.DataFrame(rows), parameters=names, metric="y", direction="maximize")


def test_eight_configurations_are_enough_where_there_are_no_more():
    # On {0, 1}: V(a) = (2.5/2)^2, V(b) = (.5/2)^2, V(c) = (1/2)^2 / 4, and V(a, c) = (1/4)^2.
    exact = np.array([1.5625 + 0.0625, 0.0625, 0.0625 + 0.0625]) / 1.75
    frame = designed((2, 2, 2), lambda a, b, c: 2 * a + 0.5 * b + a * c, seeds=3)
    assert frame.complete
    report = assess(frame, rng=0)
    assert report.answer == "given"
    totals = [next(p.total for p in report.parameters if p.name == f"p{i}") for i in range(3)]
    assert [t.share for t in totals] == pytest.approx(exact, abs=0.03)
    assert all(t.low <= share <= t.high for t, share in zip(totals, exact, strict=True))
    checks = {check.name: check.status for check in report.checks}
    assert checks["configurations"] == checks["skill"] == "pass"


def test_what_no_prediction_could_find_is_found_where_nothing_is_unseen():
    report = assess(designed((2, 2), lambda a, b: float(a != b), seeds=3), rng=0)
    assert report.answer == "given"
    assert all(p.total.share > 0.9 and p.first_order.share < 0.1 for p in report.parameters)


@pytest.mark.parametrize("levels", [(2,), (2, 2), (2, 2, 2)])
def test_combinations_that_differ_like_seeds_get_no_numbers(levels):
    for rng in range(6):
        report = assess(designed(levels, lambda *_: 0.0, seeds=4, sd=1, rng=rng), rng=0)
        assert report.answer == "withheld"
        assert "another seed" in report.withheld_because


def test_a_difference_beyond_the_seeds_is_one_even_between_two_settings():
    report = assess(designed((2,), float, seeds=5), rng=0)
    assert report.parameters[0].verdict == "critical"


def test_every_combination_once_asks_for_seeds_and_a_missing_one_for_runs():
    once = assess(designed((2, 2, 2), lambda a, *_: a, seeds=1), rng=0)
    assert once.answer == "withheld"
    assert "--seed" in once.withheld_cure
    missing = designed((2, 2, 2), lambda a, *_: a, seeds=3, without=1)
    assert not missing.complete
    assert "at least 3 more" in assess(missing, rng=0).withheld_cure


def test_distances_between_blocks_are_no_evidence_that_settings_differ():
    """What was taken off to even out the blocks is no longer free: the F test has fewer of it."""
    alarms = 0
    for seed in range(300):
        rng = np.random.default_rng(seed)
        table = pd.DataFrame(itertools.product("uv", "xyz"), columns=["a", "data"])
        frame = Frame.from_table(
            table.assign(y=rng.normal(size=6)),
            parameters=["a"], metric="y", direction="minimize", blocks=["data"],
        )  # fmt: skip
        alarms += apart(without_blocks(frame)[0])
    assert alarms <= 10, "2 are expected; with all degrees of freedom there are 23"


def test_what_a_grid_with_holes_loses_is_that_sums_of_squares_add_up():
    """Not its tests: beside normal noise those of a model that is right hold anywhere."""
    anova = Anova(interactions="none")

    def sums(frame):
        table = anova(frame)
        return sum(term.sum_squares for term in table.terms) + table.residual_ss, table.total_ss

    whole = designed((3, 3, 3), lambda a, b, c: a + 2.0 * (b == 1), seeds=2)
    holes = designed((3, 3, 3), lambda a, b, c: a + 2.0 * (b == 1), seeds=2, without=7)
    parts, total = sums(whole)
    assert parts == pytest.approx(total, rel=1e-9)
    parts, total = sums(holes)
    assert parts != pytest.approx(total, rel=1e-2)
    (found,) = unbalanced(holes)
    assert "the sums of squares of the classical table add up" in found.hint
    assert unbalanced(whole) == []
