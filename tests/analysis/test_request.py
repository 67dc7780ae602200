"""One question about several metrics or steps: of one moment, each with its own direction."""

import numpy as np
import pytest

import journal
from analysis.request import Request
from journal.events import Declared


@pytest.fixture
def book(tmp_path):
    """30 runs that log a loss at three steps; what is good of accuracy is declared."""
    rng = np.random.default_rng(0)
    with journal.open(tmp_path / "book") as opened:
        for x in rng.random(30):
            with opened.run({"x": float(x)}) as run:
                for step in (1, 2, 3):
                    run.log(step, loss=float(x / step), accuracy=float(1 - x))
        event = opened.logged({}, metrics={})
        said = {"metric": "accuracy", "direction": "maximize"}
        opened.append([Declared(id=event.id, run=None, at=event.at, **said)])
    return tmp_path / "book"


def test_steps_and_metrics_are_read_at_one_moment(book, monkeypatch):
    read, times = journal.Journal.read, []

    def counted(self):
        times.append(1)
        return read(self)

    monkeypatch.setattr(journal.Journal, "read", counted)
    asked = Request(journal=str(book), metrics=("loss", "accuracy"), minimize=True, step=[1, 2])
    loss, _ = asked.answers()
    assert [part.value for part in loss.strata] == [1, 2]
    assert len(times) == 1


def test_a_flag_that_a_declaration_overrules_is_not_among_the_answer_s_options(book):
    asked = Request(journal=str(book), metrics=("accuracy", "loss"), minimize=True)
    accuracy, loss = asked.answers()
    assert accuracy.metric.direction == "maximize"
    assert "minimize" not in dict(accuracy.provenance.asked)
    assert dict(loss.provenance.asked)["minimize"] is True
    alone = Request(journal=str(book), metrics=("accuracy",), minimize=True).answers()[0]
    assert alone.metric.direction == "minimize"
    assert dict(alone.provenance.asked)["minimize"] is True
