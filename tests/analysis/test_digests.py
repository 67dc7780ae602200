"""The digest of an assessment: equal where the same was read, another where anything was."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

from analysis.digests import digest_of
from analysis.runs import Runs


def runs(**changed) -> Runs:
    """Three runs of a journal, as the analyst takes them."""
    told = {
        "columns": {"lr": [0.1, 0.2, None], "act": ["relu", None, "tanh"]},
        "objective": np.array([1.0, np.nan, 3.0]),
        "has_metric": np.array([True, True, True]),
        "outcomes": ["finished", "failed", "finished"],
        "order": np.array([1.0, 2.0, 3.0]),
        "run_ids": ["a", "b", "c"],
        "seeds": [0, 1, None],
        "seconds": np.array([1.0, np.nan, 2.0]),
        "blocks": pd.DataFrame({"host": ["x", "y", "x"]}),
        "other_metrics": {"loss": np.array([0.5, 0.6, 0.7])},
        "context": [{"host": "x", "commit": "1"}, {}, {"host": "z"}],
        "metric": "acc",
    }
    return Runs(**{**told, **changed})


CHANGES = {
    "columns": {"lr": [0.1, 0.2, None], "act": ["relu", "relu", "tanh"]},
    "objective": np.array([1.0, np.nan, 3.5]),  # as at another step
    "has_metric": np.array([True, False, True]),
    "outcomes": ["finished", "killed", "finished"],
    "order": np.array([1.0, 2.0, 4.0]),
    "run_ids": ["a", "b", "d"],
    "seeds": [0, 1, 2],
    "seconds": np.array([1.0, 5.0, 2.0]),
    "blocks": pd.DataFrame({"host": ["x", "y", "y"]}),
    "other_metrics": {"loss": np.array([0.5, 0.6, 0.8])},
    "context": [{"host": "x", "commit": "2"}, {}, {"host": "z"}],
    "absent": {"lr": np.array([False, False, True])},
    "metric": "auc",
    "reached": np.array([5.0, np.nan, 5.0]),
}


@pytest.mark.parametrize("name", CHANGES)
def test_anything_that_is_read_and_changed_changes_it(name):
    assert digest_of(runs(**{name: CHANGES[name]})) != digest_of(runs())


def test_where_the_runs_lie_and_what_they_are_called_in_a_file_do_not():
    assert digest_of(replace(runs(), source="elsewhere", digest="x")) == digest_of(runs())


def test_their_order_and_that_of_names_do_not():
    whole = runs()
    back = Runs(
        columns={name: list(whole.columns[name])[::-1] for name in ("act", "lr")},
        objective=whole.objective[::-1],
        has_metric=whole.has_metric[::-1],
        outcomes=list(whole.outcomes)[::-1],
        order=whole.order[::-1],
        run_ids=list(whole.run_ids)[::-1],
        seeds=list(whole.seeds)[::-1],
        seconds=whole.seconds[::-1],
        blocks=whole.blocks.iloc[::-1].reset_index(drop=True),
        other_metrics={"loss": whole.other_metrics["loss"][::-1]},
        context=[{"host": "z"}, {}, {"commit": "1", "host": "x"}],
        metric="acc",
    )
    assert digest_of(back) == digest_of(whole)
