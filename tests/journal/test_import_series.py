"""Which metrics of a tracker are series: those that some run logged more than once."""

from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest

import journal
from journal.importers import Foreign, events, run_id
from journal.importers_series import with_series
from tests.journal.stores import unpack_mlruns


@pytest.mark.parametrize("in_order", [False, True])
def test_who_ended_after_a_first_step_has_that_step_where_others_have_more(in_order):
    """And what every run logged once is a result."""
    longer = Foreign(run="a", series={"loss": [(0, 1.0), (1, 0.5)], "test": [(1, 0.7)]})
    short = Foreign(run="b", series={"loss": [(0, 2.0)], "test": [(0, 0.1)]})
    both = with_series([longer, short] if in_order else [short, longer])
    assert {run.run: run.series for run in both} == {
        "a": {"loss": [(0, 1.0), (1, 0.5)]}, "b": {"loss": [(0, 2.0)]},
    }  # fmt: skip
    assert with_series([short])[0].series == {}


def test_one_more_series_leaves_the_other_events_of_a_run_as_they_are():
    """Of two imports that are merged, one may know a series that the other does not."""
    began = datetime(2026, 1, 1, tzinfo=UTC)
    run = Foreign(run=run_id("t", 1), began=began, notes=("n",), retracted="wrong")
    more = replace(run, series={"loss": [(0, 1.0)]})
    ids = [event.id for event in events(run, now=began)]
    assert len(ids) == 3
    assert [event.id for event in events(more, now=began)][:3] == ids


def test_mlflow_keeps_the_step_of_a_run_that_ended_after_it(knobwise, tmp_path):
    unpack_mlruns(tmp_path)
    one = next(path for path in Path("mlruns").glob("*/*/metrics/loss"))
    one.write_text(one.read_text().splitlines()[0] + "\n")
    assert knobwise("import", "mlflow", "mlruns").status == 0
    assert {len(run.series["loss"]) for run in journal.open().runs() if run.metrics} == {1, 3}
