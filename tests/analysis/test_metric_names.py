"""A metric, or a parameter, that has another name in some runs."""

import numpy as np
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


@pytest.mark.parametrize(
    ("usual", "other", "alike"),
    [("lr", "LR", True), ("batch_size", "batch-size", True), ("batch size", "batchSize", True),
     ("lr", "lr2", False), ("beta1", "beta2", False)],
)  # fmt: skip
def test_a_parameter_whose_name_is_written_otherwise_now_and_then(tmp_path, usual, other, alike):
    """Runs of either name at all times: an order of two names says nothing here."""
    rng = np.random.default_rng(0)
    with journal.open(tmp_path) as book:
        for i in range(60):
            params = {other if i % 3 else usual: float(rng.random()) + 2 * (i % 3 > 0)}
            params = {other.title(): params[other]} if alike and i % 9 == 1 else params
            book.log(params | {"b": float(rng.random())}, metrics={"loss": float(rng.random())})
    frame = Frame.from_journal(tmp_path, metric="loss", direction="minimize")
    notes = [note for note in frame.notes if note.code == "absent"]
    if alike:
        assert [note.parameters[1] for note in notes] == [other, other]
        assert all("knobwise rename" in note.hint for note in notes)
    else:
        assert {note.parameters for note in notes} == {(usual,), (other,)}
        assert not any("rename" in note.hint for note in notes)
