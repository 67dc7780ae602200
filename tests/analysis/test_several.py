"""Several metrics and parts in one call: side by side, and the same as one after the other."""

from __future__ import annotations

from dataclasses import replace
from functools import partial

import numpy as np
import pandas as pd
import pytest

from analysis import assess
from analysis.classical import Classical
from analysis.errors import UnknownParameter
from analysis.several import Question, several
from analysis.strata import parts_by, strata
from tests.analysis.planted import framed

QUICK = partial(assess, planned=0)


def question(name: str, power: float) -> Question:
    """60 runs at two budgets; results over decades, so that they are analysed as logarithms."""
    rng = np.random.default_rng(0)
    table = pd.DataFrame({"x": rng.random(60), "z": rng.random(60)})
    table["budget"] = rng.choice([1, 8], 60)
    y = 10 ** (power * table["x"] + 0.1 * rng.normal(size=60))
    frame = replace(framed(table, y.to_numpy()), metric=name)
    return Question(frame, parts_by(frame, "budget"))


@pytest.fixture(scope="module")
def questions() -> list[Question]:
    return [question("loss", 3.0), question("time", 0.2)]


def asked(questions, workers, ask=QUICK):
    told = []

    def progress(what, done):
        told.append((what, done))

    return several(questions, workers=workers, progress=progress, ask=ask), told


def test_any_number_of_workers_gives_the_same_reports(questions):
    alone, seen = asked(questions, 1)
    beside, counted = asked(questions, 2)
    assert alone == beside
    assert [report.metric.name for report in alone] == ["loss", "time"]
    assert [done for _, done in seen] == sorted(done for _, done in seen)
    parts = ["budget 1", "budget 8"]
    assert [what for what, _ in counted] == ["loss", *parts, "time", *parts]


def test_each_report_is_what_is_said_of_its_question_alone(questions):
    """Parts are on the scale of their whole, which is another for each of these metrics."""
    reports, _ = asked(questions, 1)
    assert [report.metric.transform for report in reports] == ["log10", "none"]
    for report, question in zip(reports, questions, strict=True):
        parts = strata(question.parts, rng=0, transform=report.metric.transform)
        assert report.strata == parts
        assert report.parameters == QUICK(question.frame, rng=0).parameters


def test_what_is_refused_is_refused_by_name_from_another_process(questions):
    ask = partial(QUICK, classical=Classical.of([], contrasts=["nosuch"]))
    with pytest.raises(UnknownParameter, match="nosuch") as refused:
        asked(questions, 2, ask)
    assert refused.value.flag == "--contrast"
