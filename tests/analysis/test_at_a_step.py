"""Runs at a step: they are what they were there, however they went on; and names that changed."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import numpy as np
import pytest

import journal
from analysis.assessment import assess
from analysis.errors import UnknownMetric
from analysis.findings import findings
from analysis.frame import Frame
from analysis.steps import mixed

START = datetime(2026, 1, 1, tzinfo=UTC)


def stopped(folder, *, killed: bool) -> Frame:
    """60 runs to step 10, where those with the larger half of the losses are killed."""
    rng = np.random.default_rng(0)
    with journal.open(folder) as book:
        for lr in rng.random(60):
            loss = (float(lr) - 0.3) ** 2
            run = book.run(lr=float(lr), width=float(rng.random())).start()
            run.log(5, loss=2 * loss)
            run.log(10, loss=loss)
            run.finish("killed" if killed and loss > 0.05 else "finished")
    return Frame.from_journal(folder, metric="loss@10", direction="minimize")


def test_runs_that_were_killed_at_a_step_count_there(tmp_path):
    whole, cut = stopped(tmp_path / "a", killed=False), stopped(tmp_path / "b", killed=True)
    assert cut.n_runs == whole.n_runs == 60
    assert np.sort(cut.objective) == pytest.approx(np.sort(whole.objective))
    assert cut.excluded == ()


def test_those_that_were_killed_before_it_do_not(tmp_path):
    with journal.open(tmp_path) as book:
        for at in (5, 10, 10, 10):
            run = book.run(lr=0.1 * at).start()
            run.log(at, loss=1.0 * at)
            run.finish("killed")
    frame = Frame.from_journal(tmp_path, metric="loss@10", direction="minimize")
    assert frame.n_runs == 3
    assert sum(e.count for e in frame.excluded) == 1


def test_one_that_never_finished_and_had_no_number_there_is_what_it_is_without_a_step(tmp_path):
    with journal.open(tmp_path) as book:
        for i, (status, loss) in enumerate(
            [("failed", np.nan), ("finished", np.nan), ("killed", np.nan), ("failed", 0.5),
             ("killed", 0.4), ("finished", 0.4)]
        ):  # fmt: skip
            run = book.run(lr=0.1 * i).start()
            run.log(3, loss=loss)
            run.finish(status)
    frame = Frame.from_journal(tmp_path, metric="loss@3", direction="minimize")
    assert frame.n_runs == 3
    assert frame.n_failed == 1
    assert {e.reason: (e.count, e.failed) for e in frame.excluded} == {
        "finished with loss@3 = NaN": (1, True), "killed before finishing": (1, False),
    }  # fmt: skip
    assert [note.message for note in frame.notes if note.code == "nan_success"] == [
        "1 of 6 runs finished with loss@3 = NaN and counts as failed."
    ]


@pytest.mark.parametrize("step", [0, -3])
def test_a_step_before_the_first_is_an_error_of_its_own(tmp_path, step):
    with journal.open(tmp_path) as book:
        for first in (2, 5):
            run = book.run(lr=0.1 * first).start()
            run.log(first, loss=0.5)
            run.log(9, loss=0.4)
            run.finish()
    with pytest.raises(UnknownMetric, match="the first of them begins at step 2") as caught:
        Frame.from_journal(tmp_path, metric="loss", direction="minimize", step=step)
    assert f"no run that went to step {step} logged loss there or before" in str(caught.value)
    whole = Frame.from_journal(tmp_path, metric="loss", direction="minimize", step=2)
    assert whole.n_runs == 1


def test_so_is_one_between_those_that_ended_and_those_that_began_later(tmp_path):
    with journal.open(tmp_path) as book:
        for part, ends in (("a", (1, 2)), ("b", (8, 9))):
            run = book.run(lr=0.1, part=part).start()
            for at in ends:
                run.log(at, loss=0.5)
            run.finish()
    for step, where, hint in (
        (5, [], "the first of them begins at step 8"),
        (1, ["part=b"], "the first of them begins at step 8"),
        (5, ["part=a"], "the longest went to step 2"),
        (9, ["part=a"], "the longest went to step 2"),
    ):
        with pytest.raises(UnknownMetric, match=hint):
            Frame.from_journal(tmp_path, metric=f"loss@{step}", direction="minimize", where=where)


@pytest.mark.parametrize(
    ("old", "new", "alike"),
    [
        ((0.1, 0.2), (0.15, 3), True),
        ((0.1, 0.2), (30, 40), False),
        (("sgd", "adam"), ("adam", "rmsprop"), True),
        (("sgd", "adam"), ("first try", "second try"), False),
        (("sgd", "adam"), (1, 2), False),
        ((True, False), (0, 1), False),
    ],
)
def test_two_names_whose_values_have_nothing_in_common_are_not_taken_for_one(
    tmp_path, old, new, alike
):
    with journal.open(tmp_path) as book:
        events = [
            book.logged(
                {name: values[i % 2], "b": i % 3},
                metrics={"loss": i % 7 / 7},
                at=START + timedelta(minutes=i + 20 * later),
            )
            for later, (name, values) in enumerate((("opt", old), ("comment", new)))
            for i in range(20)
        ]
        book.append(events)
    frame = Frame.from_journal(tmp_path, metric="loss", direction="minimize")
    notes = [note for note in frame.notes if note.code == "absent"]
    assert [note.parameters for note in notes] == (
        [("opt", "comment")] if alike else [("comment",), ("opt",)]
    )
    assert ["knobwise rename" in note.hint for note in notes] == ([True] if alike else [False] * 2)


@pytest.mark.parametrize("halfway", [True, False])
def test_a_name_that_changed_halfway_is_asked_about(tmp_path, halfway):
    rng = np.random.default_rng(0)
    with journal.open(tmp_path) as book:
        events = []
        for i in range(40):
            name = "learning_rate" if (i < 20 if halfway else i % 2) else "lr"
            events.append(
                book.logged(
                    {name: float(rng.random()), "b": float(rng.random())},
                    metrics={"loss": float(rng.random())},
                    at=START + timedelta(minutes=i),
                )
            )
        book.append(events)
    frame = Frame.from_journal(tmp_path, metric="loss", direction="minimize")
    notes = [note for note in frame.notes if note.code == "absent"]
    if halfway:
        (note,) = notes
        assert note.parameters == ("learning_rate", "lr")
        assert "(the first 20)" in note.message
        assert "knobwise rename learning_rate lr" in note.hint
    else:  # the control: some have one name and some the other at all times
        assert [note.parameters for note in notes] == [("learning_rate",), ("lr",)]


@pytest.mark.parametrize(("slips", "told"), [(1, "One run has"), (2, "2 runs have"), (9, "")])
@pytest.mark.parametrize("late", [True, False])
def test_a_name_that_a_few_runs_have_is_asked_about_as_a_slip_whenever_they_were_made(
    tmp_path, slips, told, late
):
    rng = np.random.default_rng(0)
    odd = range(60 - slips, 60) if late else range(10, 10 + slips)
    with journal.open(tmp_path) as book:
        events = [
            book.logged(
                {"learing_rate" if i in odd else "lr": float(rng.random()), "b": float(i % 7)},
                metrics={"loss": float(rng.random())},
                at=START + timedelta(minutes=i),
            )
            for i in range(60)
        ]
        book.append(events)
    frame = Frame.from_journal(tmp_path, metric="loss", direction="minimize")
    notes = [note for note in frame.notes if note.code == "absent"]
    slip = [note for note in notes if "may be a slip" in note.message]
    assert len(slip) == bool(told)
    assert all(note.message.startswith(told) for note in slip)
    assert all("knobwise rename learing_rate lr" in note.hint for note in slip)
    if late and not told:  # many of all later runs: a new name
        assert ["knobwise rename lr learing_rate" in note.hint for note in notes] == [True]


def halved(folder, keep: float) -> None:
    """81 runs of which that share goes on after steps 1, 3, 9 and 27; the others are killed."""
    rng = np.random.default_rng(3)
    with journal.open(folder) as book:
        lrs = rng.random(81).tolist()
        runs = [
            book.run(lr=lr, width=float(rng.random()), act="relu" if k < 3 else "tanh").start()
            for k, lr in enumerate(lrs)
        ]
        for step in (1, 3, 9, 27):
            for run in runs:
                run.log(step, loss=(run.params["lr"] - 0.3) ** 2 + 1 / step + rng.normal(0, 0.01))
            left = runs if step == 27 else runs[: max(1, round(len(runs) * keep))]
            for run in runs[len(left) :]:
                run.finish("killed")
            runs = left
        for run in runs:
            run.finish()


def test_where_most_were_stopped_the_step_that_most_reached_is_named(tmp_path):
    halved(tmp_path, 1 / 3)
    frame = Frame.from_journal(tmp_path, metric="loss", direction="minimize")
    report = assess(frame, rng=0, planned=0)
    assert report.answer == "withheld"
    assert "-m loss@1" in (report.withheld_cure or "")
    said = {f.code: f.hint for f in report.findings}
    assert "-m loss@1" in said["budgets"]
    of_the_left = {"few_configurations", "gaps", "unbalanced", "fruitless", "constant_parameter"}
    assert not of_the_left & {*said}
    at = Frame.from_journal(tmp_path, metric="loss@1", direction="minimize")
    assert at.n_runs == 81
    assert "budgets" not in {f.code for f in findings(at)}


def test_where_few_were_stopped_none_is(tmp_path):
    halved(tmp_path, 0.9)
    frame = Frame.from_journal(tmp_path, metric="loss", direction="minimize")
    assert "budgets" not in {f.code for f in findings(frame)}


@pytest.mark.parametrize(
    ("ends", "advised"),
    [
        ([50] * 39 + [1], "-m loss@50."),  # one run is left out
        ([50] * 30 + [40] * 7 + [1] * 3, "-m loss@40, or at several: --step 40 --step 50."),
        ([50] * 20 + [1] * 20, "-m loss@1, or at several: --step 1 --step 50."),
    ],
)
def test_one_short_run_does_not_make_its_step_that_of_all(ends, advised):
    (found,) = mixed(ends, "loss")
    assert found.hint.endswith(advised)
    short = sum(end < 50 for end in ends)
    assert f"steps 1 to 50, in {short} of 40 runs before the last one" in found.message
