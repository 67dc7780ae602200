"""A word that no setting has is refused by name; it never stands for another one in silence."""

import numpy as np
import pytest

from analysis import Frame, assess
from analysis.anova import Anova
from analysis.anova_welch import Welch
from analysis.errors import Misused
from analysis.transform import transformed


def frame():
    rng = np.random.default_rng(0)
    X = rng.random((40, 2))
    return Frame.from_arrays(X, X[:, 0] + 1 + rng.normal(0, 0.1, 40), direction="minimize")


@pytest.mark.parametrize(
    "settings",
    [
        {"sums": "2"}, {"covariance": "HC3"}, {"response": "rank"}, {"error": "pur"},
        {"blocks": "rand"}, {"adjust": "bonferroni"}, {"rows": "run"}, {"weights": "equals"},
        {"interactions": "every"}, {"sums": 2}, {"adjust": None},
    ],
)  # fmt: skip
def test_an_unknown_word_of_the_table_is_refused(settings):
    ((name, word),) = settings.items()
    with pytest.raises(Misused, match=rf"Anova\.{name}: '{word}' is none of its values"):
        Anova(**settings)


def test_a_parameter_is_no_pair_with_itself():
    with pytest.raises(Misused, match="no pair"):
        Anova(interactions=(("x0", "x0"),))


def test_an_unknown_word_of_welchs_test_is_refused():
    with pytest.raises(Misused, match=r"Welch\.adjust: 'bonferroni'"):
        Welch(adjust="bonferroni")


@pytest.mark.parametrize("how", ["log", "sqrt", "ranks", ""])
def test_an_unknown_scale_is_refused(how):
    with pytest.raises(Misused, match=r"transform: .* is none of its values"):
        transformed(frame(), how)
    with pytest.raises(Misused, match="\n  one of auto, none, log10, rank"):
        assess(frame(), transform=how)


@pytest.mark.parametrize("how", ["none", "log10", "rank"])
def test_a_known_scale_is_taken(how):
    assert transformed(frame(), how)[0].transform == how
    Anova(sums="III", covariance="robust", interactions=(("x0", "x1"),))
