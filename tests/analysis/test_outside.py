"""Runs outside what was declared: a filter that keeps the others, and failures among them."""

from __future__ import annotations

import math

import numpy as np
import pandas as pd
import pytest

import journal
from analysis import Frame
from analysis.declaration import Declaration
from journal.events import Declared
from journal.ids import uuid7


@pytest.mark.parametrize("name", ["lr", "학습률", "learning rate"])
def test_the_filter_that_is_offered_keeps_the_runs_inside(tmp_path, name):
    address = str(tmp_path / "j")
    with journal.open(address) as book:
        for place in range(12):
            book.log({name: 0.1 + place, "b": place % 3}, metrics={"y": float(place)})
        at, domain = book.store.now(), (0.0, 8.0)
        said = Declared(id=uuid7(), run=None, at=at, parameter=name, domain=domain)
        book.append([said])
    frame = Frame.from_journal(address, metric="y", direction="maximize")
    (found,) = (note for note in frame.notes if note.code == "outside")
    assert found.message.startswith("4 of 12 used runs have ")
    where = dict(found.says.facts)["where"]
    kept = Frame.from_journal(address, metric="y", direction="maximize", where=[where])
    assert kept.n_runs == 8


@pytest.mark.parametrize(("least", "n"), [(math.exp(math.log(1e-10)), 0), (0.99e-10, 6)])
def test_an_end_that_is_computed_is_in_the_range(least, n):
    assert least < 1e-10
    table = pd.DataFrame({"a": [least, 1e-6] * 6, "b": range(12), "y": range(12)})
    frame = Frame.from_table(
        table, parameters=["a", "b"], metric="y", direction="maximize",
        declarations={"a": Declaration(domain=(1e-10, 1e-6), scale="log")},
    )  # fmt: skip
    assert [note.message.split()[0] for note in frame.notes if note.code == "outside"] == (
        [str(n)] if n else []
    )


def test_a_failed_run_outside_what_was_declared_is_a_failure_and_no_refusal():
    rng = np.random.default_rng(0)
    table = pd.DataFrame({"lr": 10 ** rng.uniform(-4, -1, 40), "z": rng.random(40)})
    table = table.assign(y=np.log10(table["lr"]), status="finished")
    bad = pd.DataFrame({"lr": [-0.01] * 4, "z": rng.random(4), "y": np.nan, "status": "failed"})
    frame = Frame.from_table(
        pd.concat([table, bad], ignore_index=True), parameters=["lr", "z"], metric="y",
        direction="minimize", status="status", declarations={"lr": Declaration(scale="log")},
    )  # fmt: skip
    assert frame.space["lr"].scale == "log"
    assert frame.n_runs == 40
    assert frame.failed is not None
    assert frame.failed.failed.sum() == 4
    assert frame.failed.space["lr"].domain[0] == -0.01


def test_what_was_declared_a_nuisance_makes_no_run_fail():
    rng = np.random.default_rng(0)
    table = pd.DataFrame({"lr": 10 ** rng.uniform(-4, -1, 40), "host": ["h1", "h2"] * 20})
    table = table.assign(y=np.log10(table["lr"]), status=["finished", "failed"] * 20)
    table.loc[1, "lr"] = -0.01
    said = {"lr": Declaration(scale="log"), "host": Declaration(role="nuisance")}
    frame = Frame.from_table(
        table, parameters=["lr", "host"], metric="y", direction="minimize", status="status",
        declarations=said,
    )  # fmt: skip
    assert frame.failed is not None
    assert frame.failed.space.names == ("lr",)
