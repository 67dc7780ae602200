"""Whether there is skill is known of what is fitted: without it nothing is sliced."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from analysis import assessment, judging, regions, strata
from analysis.assessment import assess
from analysis.fitted import fitted
from analysis.frame import Frame
from analysis.strata import parts_by
from tests.analysis.planted import framed

HALVES = {"assessment": (assessment, "study"), "regions": (regions, "study")}
HALVES |= {"strata": (strata, "sensitivity"), "judging": (judging, "sensitivity")}


def counted(make, name, seen):
    def made(*given, **named):
        seen.append(name)
        return make(*given, **named)

    return made


@pytest.fixture
def sliced(monkeypatch):
    """Which modules had something sliced."""
    seen: list[str] = []
    for name, (module, half) in HALVES.items():
        monkeypatch.setattr(module, half, counted(getattr(module, half), name, seen))
    return seen


def runs(*, signal, n=60, hidden=False):
    """Where `hidden`, a parameter exists in half of the runs and does nothing there."""
    rng = np.random.default_rng(0)
    table = pd.DataFrame(rng.random((n, 3)), columns=["a", "b", "c"])
    y = signal * table.a + 0.1 * rng.normal(size=n)
    if hidden:
        table["opt"] = np.where(np.arange(n) % 2, "x", "y")
        table["m"] = table.c.where(table.opt == "x")
        y = signal * table.a.where(table.opt == "y", 0.0) + 0.1 * rng.normal(size=n)
    return table, y


def failing(*, by):
    """Of 80 runs a quarter failed: where `a` is large, or wherever it fell."""
    rng = np.random.default_rng(0)
    table, y = runs(signal=1.0, n=80)
    bad = (table.a if by == "a" else pd.Series(rng.random(80))).rank(pct=True) > 0.75
    table = table.assign(y=np.where(bad, np.nan, y), status=np.where(bad, "failed", "finished"))
    return Frame.from_table(
        table, parameters=["a", "b", "c"], metric="y", direction="maximize", status="status"
    )


def test_without_skill_nothing_is_sliced(sliced):
    assert assess(framed(*runs(signal=0.0))).answer == "withheld"
    assert sliced == []


def test_with_skill_all_runs_are_sliced_once(sliced):
    assert assess(framed(*runs(signal=1.0))).answer == "given"
    assert sliced == ["assessment"]


def test_of_a_withheld_report_noise_and_skill_are_told():
    report = assess(framed(*runs(signal=0.0)))
    assert report.noise.sd == pytest.approx(0.1, rel=0.3)
    assert report.surrogate.skill < 0.2
    assert len(report.points) == 60
    assert report.best


def test_where_a_parameter_exists_nothing_is_sliced_without_skill(sliced):
    report = assess(framed(*runs(signal=1.0, hidden=True)))
    (inner,) = (item for item in report.parameters if item.name == "m")
    assert report.answer == "given"
    assert inner.total is None
    assert sliced == ["assessment"]


@pytest.mark.parametrize(("signal", "times"), [(0.0, 0), (1.0, 2)])
def test_no_part_is_sliced_without_skill(sliced, signal, times):
    table, y = runs(signal=signal, n=80)
    table["opt"] = np.where(np.arange(80) % 2, "x", "y")
    strata.strata(parts_by(framed(table, y), "opt"))
    assert sliced == ["strata"] * times


@pytest.mark.parametrize(("by", "times"), [("chance", 0), ("a", 1)])
def test_failures_are_sliced_where_they_are_foreseen(sliced, by, times):
    frame = failing(by=by)
    assert judging.why_failed(frame, np.random.default_rng(0), workers=1) is not None
    assert sliced == ["judging"] * times


def test_the_frame_that_is_fitted_has_an_order_of_its_own():
    table, y = runs(signal=1.0)
    frame = framed(table, y)
    there = fitted(frame, np.random.default_rng(0))
    again = fitted(framed(table[["c", "b", "a"]][::-1], y[::-1]), np.random.default_rng(0))
    assert there.frame.space.names == again.frame.space.names
    np.testing.assert_array_equal(there.choice.held_out, again.choice.held_out)
