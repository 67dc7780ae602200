"""Where a recommendation reaches into what fails, that is said beside it; elsewhere nothing is."""

import numpy as np
import pandas as pd
import pytest

from analysis import Frame, assess, reading, story
from analysis.results import ParameterResult, Report
from analysis.words import Voice, words

VOICE = Voice(words("en"))


def report(*, best: float, fails_above: float, odds: float, seed: int = 0) -> Report:
    """Results are best at one rate; above another one, runs fail with these odds."""
    rng = np.random.default_rng(seed)
    n = 160
    table = pd.DataFrame({"rate": rng.random(n), "act": rng.choice(["a", "b", "c"], n)})
    table["wd"] = rng.random(n)
    table["y"] = -3 * (table["rate"] - best) ** 2 + rng.normal(0, 0.02, n)
    fails = (table["rate"] > fails_above) & (rng.random(n) < odds)
    table["status"] = np.where(fails, "failed", "finished")
    frame = Frame.from_table(table, parameters=["rate", "act", "wd"], metric="y",
                             direction="maximize", status="status")  # fmt: skip
    return assess(frame, rng=0, planned=0)


def rate(found: Report) -> ParameterResult:
    (one,) = (parameter for parameter in found.parameters if parameter.name == "rate")
    return one


@pytest.fixture(scope="module")
def reaching() -> Report:
    return report(best=0.75, fails_above=0.6, odds=0.7)


def test_a_recommendation_says_where_in_it_runs_fail(reaching):
    best = rate(reaching).recommendation
    assert best is not None
    assert best.hazard is not None
    at, failed, n = best.hazard
    low, high = (float(end) for end in at.split(" … "))
    assert best.low <= low < high <= best.high
    assert 3 <= failed < n
    said = f"but {failed} of {n} runs failed at {at}"
    assert said in story.note(reaching, rate(reaching), voice=VOICE)
    assert said in story.best(rate(reaching), VOICE)
    assert said in reading.panel(reaching, rate(reaching), voice=VOICE)


def test_only_the_parameter_that_failures_depend_on_has_a_hazard(reaching):
    others = [p.recommendation for p in reaching.parameters if p.name != "rate"]
    assert len(others) == 2
    assert all(best is not None and best.hazard is None for best in others)


@pytest.mark.parametrize(
    ("best", "fails_above", "odds"), [(0.25, 0.6, 0.5), (0.75, 0.0, 0.15)], ids=["apart", "lot"]
)
def test_failures_elsewhere_or_by_lot_are_no_hazard(best, fails_above, odds):
    found = report(best=best, fails_above=fails_above, odds=odds)
    assert found.runs.failed > 10
    recommended = rate(found).recommendation
    assert recommended is not None
    assert recommended.hazard is None
    assert "failed at" not in story.note(found, rate(found), voice=VOICE)
