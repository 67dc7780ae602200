"""A metric that has another name in some runs, by a slip."""

import pytest

import journal
from analysis.errors import UnknownMetric
from analysis.frame import Frame


def test_a_metric_that_few_runs_have_by_a_slip_is_named_with_them(tmp_path):
    with journal.open(tmp_path) as book:
        for i in range(40):
            name = "val_acurracy" if i in (3, 7, 9) else "val_accuracy"
            book.log({"lr": i / 40}, metrics={name: i / 40})
    for asked, said in (
        ("val_acuracy", "did you mean val_accuracy?"),
        ("loss", "there is val_accuracy, val_acurracy (3 runs)"),
    ):
        with pytest.raises(UnknownMetric) as refused:
            Frame.from_journal(tmp_path, metric=asked, direction="maximize")
        assert refused.value.hint == said
    frame = Frame.from_journal(tmp_path, metric="val_accuracy", direction="maximize")
    (note,) = (f for f in frame.notes if f.code == "metric_name")
    assert note.message.startswith("3 runs have val_acurracy and no val_accuracy")
    runs = journal.open(tmp_path).runs()
    slip = next(run.id for run in runs if "val_acurracy" in run.metrics)
    assert f"knobwise amend {slip} -m val_accuracy=VALUE --remove val_acurracy" in note.hint
    frame = Frame.from_journal(tmp_path, metric="val_acurracy", direction="maximize")
    (note,) = (f for f in frame.notes if f.code == "metric_name")
    assert "-m val_accuracy" in note.hint


def test_metrics_that_stand_beside_each_other_or_have_other_figures_are_no_slips(tmp_path):
    with journal.open(tmp_path) as book:
        for i in range(40):
            one = {"top5_acc": 1.0} if i < 3 else {"top1_acc": i / 40}
            book.log({"lr": i / 40}, metrics=one | ({"top1_ac": 1.0} if i < 5 else {}))
    frame = Frame.from_journal(tmp_path, metric="top1_acc", direction="maximize")
    assert "metric_name" not in {f.code for f in frame.notes}
