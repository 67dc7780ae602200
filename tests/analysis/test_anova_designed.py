"""Designed experiments: what a statistician finds in them is in the table, to the digit."""

from itertools import combinations, product

import numpy as np
import pandas as pd
import pytest
import statsmodels.api as sm
import statsmodels.formula.api as smf

from analysis.anova import Anova
from analysis.anova_terms import MIN_RESIDUAL_DF
from analysis.frame import Frame

pytestmark = pytest.mark.usefixtures("one_thread")


def fraction() -> pd.DataFrame:
    """2^(7-3) of resolution IV, and one run in the middle."""
    base = np.array(list(product([-1.0, 1.0], repeat=4)))
    more = [base[:, list(one)].prod(axis=1) for one in ((0, 1, 2), (1, 2, 3), (0, 2, 3))]
    corners = np.column_stack([base, *more])
    return pd.DataFrame(np.vstack([corners, np.zeros((1, 7))]), columns=list("abcdefg"))


def table_of(x: pd.DataFrame, y: np.ndarray):
    return Frame.from_table(
        x.assign(y=y), parameters=[*x.columns], metric="y", direction="maximize"
    )


def test_an_interaction_of_a_fraction_is_in_the_table_that_statsmodels_makes(rng):
    x = fraction()
    y = (6 * x["a"] + 4 * x["d"] - 2.5 * x["a"] * x["d"] + x["c"]).to_numpy()
    y = y + rng.normal(0, 0.3, len(x))
    found = Anova()(table_of(x, y))
    tested = {" x ".join(term.parameters): term.F for term in found.terms}
    assert "a x d" in tested
    assert not found.dropped
    model = smf.ols("y ~ a * d + b + c + e + f + g", x.assign(y=y)).fit()
    known = sm.stats.anova_lm(model, typ=2)
    exact = {"a x d": known.loc["a:d", "F"], **known.loc[list("acg"), "F"]}
    assert {name: tested[name] for name in exact} == pytest.approx(exact)
    (small,) = (term.p for term in found.terms if term.parameters == ("c",))
    assert small < 1e-4  # .27 where the interaction is left in the residual


def test_a_box_behnken_design_shows_bends_and_an_interaction(rng):
    rows = [np.zeros(4)]
    for i, j in combinations(range(4), 2):
        for a, b in product((-1.0, 1.0), repeat=2):
            rows.append(a * np.eye(4)[i] + b * np.eye(4)[j])
    x = pd.DataFrame(rows, columns=list("abcd"))
    y = 4 * x["a"] - 3 * x["a"] ** 2 + 2 * x["b"] - 2.5 * x["a"] * x["b"] + 1.5 * x["c"]
    found = Anova()(table_of(x, y.to_numpy() + rng.normal(0, 0.3, len(x))))
    small = {term.parameters for term in found.terms if term.p_adjusted < 0.001}
    assert small == {("a",), ("b",), ("c",), ("a", "b")}


@pytest.mark.parametrize(("more", "entered"), [(1, False), (2, True)])
def test_a_pair_enters_where_five_degrees_of_freedom_are_left(rng, more, entered):
    """2^3 runs, three effects, one interaction, and one or two settings in the middle."""
    corners = np.array(list(product([-1.0, 1.0], repeat=3)))
    x = pd.DataFrame(np.vstack([corners, [[0, 0, 0], [0, 0, 1]][:more]]), columns=list("abc"))
    y = 10 * (x["a"] + x["b"] + x["c"]) + 2 * x["a"] * x["b"]
    found = Anova()(table_of(x, y.to_numpy() + rng.normal(0, 0.01, len(x))))
    assert (("a", "b") in {term.parameters for term in found.terms}) == entered
    assert (("a", "b") in {one.parameters for one in found.dropped}) == (not entered)
    assert found.residual_df == MIN_RESIDUAL_DF


@pytest.mark.parametrize("design", ["fraction", "random"])
def test_effects_that_add_up_make_no_interaction(design):
    """Some pair is significant in a nominal 5 % of journals."""
    false = 0
    for seed in range(100):
        rng = np.random.default_rng(seed)
        x = fraction() if design == "fraction" else pd.DataFrame(rng.uniform(-1, 1, (20, 5)))
        x.columns = list("abcdefg")[: x.shape[1]]
        y = 6 * (x["a"] + x["b"] + x["c"]) + rng.normal(size=len(x))
        found = Anova()(table_of(x, y.to_numpy()))
        pairs = [term for term in found.terms if len(term.parameters) == 2]
        false += any(term.p_adjusted < 0.05 for term in pairs)
    assert false <= 10
