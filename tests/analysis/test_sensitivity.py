"""Shares without risks are the shares of a whole study, and two results have one line of scores."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from analysis.estimates import first_share, total_share
from analysis.failures import failure_frame
from analysis.fitted import canonical, fitted
from analysis.fitting import Choice, choose
from analysis.frame import Frame
from analysis.gaussian_draws import GaussianSurrogate
from analysis.noise import noise
from analysis.sensitivity import sensitivity
from analysis.study import study
from benchmarks import truths
from tests.analysis.planted import framed

DIGITS = Path(__file__).parents[2] / "data" / "digits"


@pytest.mark.parametrize("name", ["sobol_g", "linear", "rare_cliff", "none_valued"])
def test_shares_are_those_of_the_whole_study(name):
    """Also where two surrogates speak, as of the last."""
    frame = truths.function(name).frame(60, seed=0)
    half = sensitivity(fitted(frame, np.random.default_rng(0)))
    whole = study(fitted(frame, np.random.default_rng(0)))
    assert half.frame.space.names == whole.frame.space.names
    assert len(half.choice.surrogates) == 1 + (name == "none_valued")
    for index in range(len(half.frame.space)):
        for asked in (first_share, total_share):
            found, known = asked(half, index), asked(whole, index)
            for end in ("share", "low", "high"):
                assert getattr(found, end) == pytest.approx(getattr(known, end), abs=1e-6)


def test_what_draws_of_the_weights_say_is_kept_for_risks_alone():
    """A factor for each, of many regions: nobody asks again what they say of shares."""

    def kept(there) -> bool:
        (found, *_) = [getattr(part, "inner", part) for part in there.choice.surrogates]
        return bool(found._known)

    frame = truths.function("linear").frame(60, seed=0)
    assert kept(study(fitted(frame, np.random.default_rng(0))))
    assert not kept(sensitivity(fitted(frame, np.random.default_rng(0))))


def yes_no(seed=0):
    rng = np.random.default_rng(seed)
    table = pd.DataFrame(rng.random((60, 8)), columns=list("abcdefgh"))
    return canonical(framed(table, (table.a + 0.2 * rng.normal(size=60) > 0.7).astype(float)))


def learned(frame, monkeypatch):
    """The choice, and of how many processes the weights were learned without each fold."""
    blind, without_folds = [], GaussianSurrogate.without_folds

    def counted(known, rng):
        blind.append(known)
        return without_folds(known, rng)

    with monkeypatch.context() as patched:
        patched.setattr(GaussianSurrogate, "without_folds", counted)
        return choose(frame, noise(frame), rng=np.random.default_rng(0)), len(blind)


def test_of_two_results_the_weights_are_learned_once(monkeypatch):
    choice, times = learned(yes_no(), monkeypatch)
    assert times == 1
    assert [name for name, _ in choice.candidates] == ["gaussian process", "random forest"]
    assert {part.name for part in choice.surrogates} <= {"gaussian process", "random forest"}


def test_where_a_forest_beats_what_they_remember_they_are_not_learned_again(monkeypatch):
    """Runs that fail in a corner: trees alone answer, and have not seen what they predict."""
    runs = Frame.from_journal(DIGITS, metric="val_error", direction="minimize")
    frame = canonical(failure_frame(runs))
    choice, times = learned(frame, monkeypatch)
    assert (times, [part.name for part in choice.surrogates][:1]) == (0, ["random forest"])
    monkeypatch.setattr(Choice, "of_trees", False)
    same, times = learned(frame, monkeypatch)
    assert times == 1
    assert same.held_out == pytest.approx(choice.held_out)
    assert same.evidence == pytest.approx(choice.evidence)


def test_of_many_they_are_learned_twice(monkeypatch):
    frame = truths.function("friedman").frame(60, seed=0)
    choice, times = learned(canonical(frame), monkeypatch)
    assert times == 2
    skills = dict(choice.candidates)
    assert abs(skills["gaussian process of normal scores"] - skills["gaussian process"]) > 1e-6
