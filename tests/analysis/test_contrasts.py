"""Levels in pairs: against statsmodels' test, and at one error rate for all of them."""

from dataclasses import replace
from itertools import combinations

import numpy as np
import pandas as pd
import pytest
import statsmodels.formula.api as smf
from scipy import stats
from statsmodels.stats.multicomp import pairwise_tukeyhsd

from analysis.anova import Anova
from analysis.anova_contrasts import Tukey
from analysis.anova_terms import Rung
from analysis.errors import InputError, Misused, UnknownParameter
from tests.analysis.planted import framed

pytestmark = pytest.mark.usefixtures("one_thread")

LINE = Anova(interactions="none", rung=Rung(1, 1))


def test_contrasts_equal_tukeys_test_in_a_balanced_one_way_design(rng):
    level = np.repeat(["a", "b", "c", "d"], 12)
    y = rng.normal(size=48) + (level == "b")
    frame = framed(
        pd.DataFrame({"m": level}),
        y,
    )
    # Every run is a replicate of its level: the runs are the rows.
    mine = Tukey(anova=Anova(rows="runs"))(frame, "m")
    theirs = pairwise_tukeyhsd(y, level)
    assert [c.p for c in mine] == pytest.approx(theirs.pvalues, abs=1e-4)
    assert [c.difference for c in mine] == pytest.approx(-theirs.meandiffs)
    assert [c.low for c in mine] == pytest.approx(-theirs.confint[:, 1], rel=1e-3)


def test_contrasts_are_adjusted_for_the_other_parameters(rng):
    x = rng.random(200)
    level = np.where(rng.random(200) < x, "high", "low")  # what differs between the them is x
    frame = framed(pd.DataFrame({"m": level, "x": x}), 3 * x + rng.normal(size=200) * 0.3)
    (contrast,) = Tukey()(frame, "m")
    assert contrast.low < 0 < contrast.high
    raw = [frame.means[frame.configuration_codes[:, 0] == code].mean() for code in (0, 1)]
    assert abs(raw[0] - raw[1]) > 0.5


def test_robust_contrasts_equal_statsmodels(rng):
    table = pd.DataFrame({"m": rng.choice(list("abc"), 90), "x": rng.random(90)})
    y = table["x"] + rng.normal(size=90) * table["m"].map({"a": 0.1, "b": 1.0, "c": 3.0})
    mine = Tukey(anova=replace(LINE, covariance="robust"))(framed(table, y.to_numpy()), "m")
    fit = smf.ols("y ~ C(m) + x", table.assign(y=y)).fit(cov_type="HC2")
    for contrast, formula in zip(mine[:2], ("C(m)[T.b]", "C(m)[T.c]"), strict=True):
        theirs = fit.t_test(f"{formula} = 0")
        assert -float(theirs.effect[0]) == pytest.approx(contrast.difference)
        errors = (contrast.high - contrast.low) / 2 / float(theirs.sd[0, 0])
        assert stats.t.isf((1 - 0.95 ** (1 / 3)) / 2, 88) < errors < 2.6


def test_a_robust_contrast_is_welchs_with_sidaks_bound(rng):
    y, level = rng.normal(size=36), np.repeat(list("abc"), [20, 10, 6])
    robust = replace(LINE, covariance="robust", rows="runs")
    mine = Tukey(anova=robust)(framed(pd.DataFrame({"m": level}), y), "m")
    parts = [y[level == name] for name in "abc"]
    for contrast, (a, b) in zip(mine, combinations(parts, 2), strict=True):
        t = stats.ttest_ind(a, b, equal_var=False)
        size = np.array([len(a), len(b)])
        df = np.sum(1 / size) ** 2 / np.sum(1 / (size**2 * (size - 1)))
        assert contrast.difference == pytest.approx(a.mean() - b.mean())
        assert contrast.p == pytest.approx(1 - (1 - 2 * stats.t.sf(abs(t.statistic), df)) ** 3)
        error = (a.mean() - b.mean()) / t.statistic
        reach = stats.t.isf((1 - 0.95 ** (1 / 3)) / 2, df) * error
        assert contrast.high - contrast.difference == pytest.approx(reach)


def test_contrasts_of_noise_find_a_pair_in_one_journal_of_twenty(rng):
    table = pd.DataFrame({"m": rng.choice(list("abcde"), 60), "x": rng.random(60)})
    found = [
        any(c.p < 0.05 for c in Tukey(anova=LINE)(framed(table, rng.normal(size=60)), "m"))
        for _ in range(100)
    ]
    assert np.mean(found) <= 0.11


def test_contrasts_refuse_what_has_no_levels(rng):
    frame = framed(pd.DataFrame({"x": rng.random(40)}), rng.random(40))
    with pytest.raises(InputError):
        Tukey()(frame, "x")
    with pytest.raises(UnknownParameter):
        Tukey()(frame, "y")
    alike = framed(pd.DataFrame({"x": rng.random(40), "m": ["a"] * 40}), rng.random(40))
    with pytest.raises(Misused, match="m is the same in all these runs"):
        Tukey()(alike, "m")


def test_contrasts_of_ranks_are_in_no_unit(rng):
    table = pd.DataFrame({"m": rng.choice(list("abc"), 60), "x": rng.random(60)})
    frame = framed(table, rng.normal(size=60))
    (first, *_) = Tukey(anova=replace(LINE, response="ranks"))(frame, "m")
    assert first.ranks
    again = Tukey(anova=replace(LINE, response="ranks"))(framed(table, 1e6 * frame.objective), "m")
    assert again[0].difference == pytest.approx(first.difference)
    assert not any(pair.ranks for pair in Tukey(anova=LINE)(frame, "m"))
