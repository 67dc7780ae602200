"""One question about several metrics or steps: of one moment, each with its own direction."""

import inspect
import shlex
from dataclasses import replace

import numpy as np
import pytest

import journal
from analysis.assessment import assess
from analysis.errors import UnknownMetric
from analysis.options import PLANNED, SHARE_MARGIN
from analysis.request import Request
from analysis.sentences import said
from analysis.words import Voice, words
from journal.events import Declared
from tests.report.planted import planted


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


@pytest.fixture
def three_datasets(tmp_path):
    """40 settings on three datasets, each with a best x of its own, on two hosts."""
    rng = np.random.default_rng(0)
    with journal.open(tmp_path / "sets") as opened:
        for k, x in enumerate(rng.random(40)):
            for place, name in enumerate("ABC"):
                loss = abs(x - place / 2) + place + float(rng.normal(0, 0.02))
                params = {"x": float(x), "z": float(rng.random()), "data set": name}
                host = {"host": f"lab{k % 2}"}
                opened.append(
                    [opened.logged(params, metrics={"loss": loss}, seed=k % 2, context=host)]
                )
    return tmp_path / "sets"


def hints(path, block, **options):
    asked = Request(journal=str(path), metrics=("loss",), minimize=True, block=[block], **options)
    (report,) = asked.answers()
    told = (item for item in report.findings if item.code in ("acts_apart", "blocks"))
    return report, {item.code: item.hint for item in told}


def test_what_was_asked_by_already_is_not_advised_again(three_datasets):
    _, by_hint = hints(three_datasets, "data set")
    assert by_hint["acts_apart"] == "Ask for each: --by 'data set'."
    assert "--by 'data set'" in by_hint["blocks"]
    asked, where_hint = hints(three_datasets, "data set", by=["data set"])
    typed = {shlex.split(hint.rstrip("."))[-1] for hint in where_hint.values()}
    assert (len(where_hint), typed) == (2, {"'data set'=A"})
    korean = Voice(words("ko"), asked)
    assert all("--by" not in korean.hint(item.says) for item in asked.findings if item.says)
    alone = Request(
        journal=str(three_datasets), metrics=("loss",), minimize=True, where=["'data set'=A"]
    ).answers()[0]
    assert alone.runs.used == 40


@pytest.mark.parametrize(("asked", "advised"), [((), True), ((5, 20), False), ((7,), True)])
def test_steps_that_were_asked_for_are_not_advised_again(asked, advised):
    options = tuple(("step", step) for step in asked)
    report = replace(planted(), provenance=replace(planted().provenance, asked=options))
    says = said("budgets.steps", name="acc", low=5, high=20, few=3, n=40)
    told = Voice(words(), report).hint(says)
    assert ("or at several: --step 5 --step 20" in told) is advised
    assert "-m acc@5" in told


def test_a_step_that_is_also_a_budget_is_no_answer_for_each_budget():
    """`--step 10` gives no shares for 10 epochs, and `--by epochs` does."""
    says = said("budgets.parameter", name="epochs", low=10, high=30, where="epochs=30")

    def told(*asked):
        report = replace(planted(), provenance=replace(planted().provenance, asked=asked))
        return Voice(words(), report).hint(says)

    assert "Ask for each: --by epochs" in told(("step", 10))
    assert "The shares are given for each" in told(("by", "epochs"))


@pytest.mark.parametrize(
    ("block", "where"), [("host", "context.host=lab0"), ("seed", "seed=0"), ("data set", "A")]
)
def test_the_filter_that_is_advised_keeps_one_block(three_datasets, block, where):
    _, found = hints(three_datasets, block, by=[block])
    _, typed = shlex.split(found["blocks"].rstrip("."))[-2:]
    assert typed.endswith(where)
    asked = Request(journal=str(three_datasets), metrics=("loss",), minimize=True, where=[typed])
    (report,) = asked.answers()
    assert report.runs.used == (40 if block == "data set" else 60)


def test_a_report_of_an_earlier_version_keeps_the_hint_whose_facts_it_has(three_datasets):
    asked, _ = hints(three_datasets, "data set", by=["data set"])
    voice = Voice(words(), asked)
    says = next(item.says for item in asked.findings if item.code == "acts_apart")
    older = replace(says, facts=tuple(fact for fact in says.facts if fact[0] != "one"))
    assert "--where" in voice.hint(says)
    assert voice.hint(older) == "Ask for each: --by 'data set'."


def test_what_nobody_asks_for_is_the_same_on_the_command_line_and_in_python():
    python = inspect.signature(assess).parameters
    assert Request().share_margin == python["share_margin"].default == SHARE_MARGIN
    assert Request().planned == python["planned"].default == PLANNED
    assert Request().seed == python["rng"].default


def test_a_step_that_one_of_several_metrics_lacks_is_said_and_the_others_have_it(tmp_path, capsys):
    rng = np.random.default_rng(0)
    with journal.open(tmp_path) as book:
        for lr in rng.random(30):
            with book.run(lr=float(lr), width=float(rng.random())) as run:
                run.log(1, loss=float(lr))
                run.result(late=float(lr) * 2, later=1 - float(lr))
    asked = Request(journal=str(tmp_path), metrics=("late", "loss"), minimize=True, step=(1,))
    late, loss = asked.answers()
    assert "--step 1: no run logged late up to step 1: answered without it" in (
        capsys.readouterr().err
    )
    assert [part.value for part in loss.strata if part.by == "step"] == [1]
    assert (late.answer, [part for part in late.strata if part.by == "step"]) == ("given", [])
    assert ("step", 1) in loss.provenance.asked
    assert ("step", 1) not in late.provenance.asked
    for refused in (
        replace(asked, metrics=("late",)),
        replace(asked, metrics=("late", "later")),
        replace(asked, step=(1, 9)),
    ):
        with pytest.raises(UnknownMetric, match="no run logged"):
            refused.answers()
