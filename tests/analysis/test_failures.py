"""Failures that depend on a parameter, and failures that do not."""

import math

import numpy as np
import pandas as pd
import pytest

import journal
from analysis.assessment import assess
from analysis.failure_causes import causes
from analysis.failures import between_shares, failure_findings, failure_frame, failures, see_them
from analysis.frame import Frame
from analysis.judging import why_failed
from analysis.results import Share
from journal import filters
from tests.analysis.planted import clean, framed, score

FAILED = "status=failed"


def runs(seed: int, *, related: bool, n: int = 150) -> Frame:
    """A tenth of the runs fails: those with the highest p01 (30 % of them), or any."""
    rng = np.random.default_rng(seed)
    table = clean(rng, n)
    high = table["p01"].rank(pct=True) > 0.7
    fails = rng.random(n) < np.where(high, 0.35, 0.0) if related else rng.random(n) < 0.1
    table["status"] = np.where(fails, "failed", "finished")
    return framed(table, score(table, rng))


def test_a_parameter_whose_high_values_fail_is_named_and_the_others_are_not():
    named = []
    for seed in range(10):
        found = failures(runs(seed, related=True), rng=np.random.default_rng(0))
        assert found is not None
        drivers = [p.name for p in found.parameters if p.total.low > 0]
        named.append("p01" in drivers)
        assert len(drivers) <= 2
    assert sum(named) >= 9


def test_failures_at_random_have_no_driver():
    found = [failures(runs(s, related=False), rng=np.random.default_rng(0)) for s in range(8)]
    wrong = [f for f in found if f is not None and any(p.total.low > 0 for p in f.parameters)]
    assert len(wrong) <= 1


def test_rates_count_every_run_once_along_the_parameter():
    frame = runs(1, related=True)
    found = failures(frame, rng=np.random.default_rng(0))
    assert found is not None
    assert frame.failed is not None
    assert found.parameters[0].name == "p01"
    rates = found.parameters[0].rates
    assert sum(total for _, _, total in rates) == 150
    assert sum(failed for _, failed, _ in rates) == frame.n_failed
    assert [failed for _, failed, _ in rates[:3]] == [0, 0, 0]
    assert all(p.total.low <= p.total.share <= p.total.high for p in found.parameters)


def test_the_sentence_names_the_driver_and_where_it_fails():
    (said,) = failure_findings(
        failures(runs(1, related=True), rng=np.random.default_rng(0)), where=FAILED
    )
    assert said.level == "warning"
    assert said.parameters == ("p01",)
    assert "of the used and failed runs failed, depending on p01 (" in said.message


def test_finished_runs_without_the_metric_are_in_no_share_of_failures():
    x = np.arange(40.0)
    table = pd.DataFrame({"x": x, "y": np.where(x % 2, x, np.nan)})
    table["status"] = np.where(x < 10, "failed", "finished")
    table.loc[x >= 30, "y"] = None
    frame = Frame.from_table(
        table, parameters=["x"], metric="y", direction="minimize", status="status"
    )
    found = failures(frame, rng=np.random.default_rng(0))
    assert frame.failed is not None
    n_failed, n = int(frame.failed.failed.sum()), len(frame.failed.failed)
    (told,) = failure_findings(found, where=FAILED)
    share = f"{100 * n_failed / n:.1f} % of the used and failed runs failed"
    assert told.message.startswith(share)
    assert n < frame.n_runs + n_failed + sum(item.count for item in frame.excluded)


def test_a_level_that_always_fails_has_its_place():
    rng = np.random.default_rng(3)
    table = clean(rng)
    table["status"] = np.where(table["p02"] == "c", "failed", "finished")
    found = failures(framed(table, score(table, rng)), rng=rng)
    assert found is not None
    assert found.parameters[0].name == "p02"
    assert found.parameters[0].total.share == pytest.approx(1.0)
    assert found.parameters[0].rates[2][1] == found.parameters[0].rates[2][2]


def test_another_method_can_be_asked():
    asked = []

    def decompose(frame: Frame) -> dict[str, Share]:
        asked.append(set(np.unique(frame.objective)))
        return {name: Share(share=0.1, low=0.0, high=0.2) for name in frame.space.names}

    found = failures(runs(1, related=True), rng=np.random.default_rng(0), decompose=decompose)
    assert found is not None
    assert asked == [{0.0, 1.0}]
    assert {p.total.share for p in found.parameters} == {0.1}


def test_no_failures_few_failures_all_failures():
    rng = np.random.default_rng(3)
    table = clean(rng)
    y = score(table, rng)
    assert failures(framed(table, y), rng=rng) is None
    assert failure_frame(framed(table, y)) is None
    assert failure_findings(None, where=FAILED) == []
    table["status"] = ["failed"] * 2 + ["finished"] * 98
    few = failures(framed(table, y), rng=rng)
    assert few is not None
    assert (few.share, few.parameters) == (0.02, ())
    assert failure_findings(few, where=FAILED)[0].level == "note"
    table["status"] = "failed"
    every = failures(framed(table, y), rng=rng)
    assert every is not None
    assert (every.share, every.parameters) == (1.0, ())


def test_the_same_seed_gives_the_same_answer():
    frame = runs(1, related=True)
    first, second = (failures(frame, rng=np.random.default_rng(5)) for _ in range(2))
    assert first == second


def test_why_runs_fail_is_said_where_there_is_no_answer_about_the_metric():
    rng = np.random.default_rng(0)
    table = pd.DataFrame({"lr": rng.random(100), "b": rng.random(100), "y": rng.normal(size=100)})
    table["status"] = np.where(table["lr"] > 0.4, "failed", "finished")
    frame = Frame.from_table(
        table, parameters=["lr", "b"], metric="y", direction="maximize", status="status"
    )
    report = assess(frame, rng=0)
    assert report.answer == "withheld"
    assert report.failures is not None
    assert report.failures.parameters[0].name == "lr"
    (said,) = [found for found in report.findings if found.code == "failures"]
    assert said.parameters == ("lr",)


# --- idle parameters beside the cause -------------------------------------------------------------


def planted_failures(design: np.ndarray, risk: np.ndarray, seed: int) -> Frame:
    """Runs of a design (n, d) that fail with a risk (n,)."""
    rng = np.random.default_rng(seed)
    table = pd.DataFrame(design, columns=[f"x{j}" for j in range(design.shape[1])])
    fails = rng.random(len(table)) < risk
    table["status"] = np.where(fails, "failed", "finished")
    return framed(table, rng.normal(size=len(table)))


def named(frame: Frame) -> set[str]:
    yes_no = failure_frame(frame)
    assert yes_no is not None
    return set(causes(yes_no, rng=np.random.default_rng(0)))


def everything(frame: Frame) -> dict[str, Share]:
    """A method that sees a share in every parameter."""
    return {name: Share(share=0.2, low=0.02, high=0.4) for name in frame.space.names}


def test_a_method_that_sees_a_share_in_every_parameter_names_the_cause_only():
    frame = runs(1, related=True)
    found = failures(frame, rng=np.random.default_rng(0), decompose=everything)
    (said,) = failure_findings(found, where=FAILED)
    assert said.parameters == ("p01",)
    control = failures(runs(1, related=False), rng=np.random.default_rng(0), decompose=everything)
    assert failure_findings(control, where=FAILED)[0].level == "note"


def test_a_cause_of_which_a_method_is_not_sure_is_named():
    def unsure(frame: Frame) -> dict[str, Share]:
        return {name: Share(share=0.2, low=0.0, high=0.4) for name in frame.space.names}

    found = failures(runs(1, related=True), rng=np.random.default_rng(0), decompose=unsure)
    assert found is not None
    assert {p.name: p.total.low for p in found.parameters if p.total.low > 0} == {"p01": 0.01}


@pytest.mark.parametrize("seed", [13, 16])
def test_an_idle_parameter_in_which_the_surrogate_sees_a_share_is_not_named(seed):
    design = np.random.default_rng(seed).random((160, 6))
    frame = planted_failures(design, np.where(design[:, 0] > 0.8, 0.7, 0.02), seed)
    (said,) = failure_findings(why_failed(frame, np.random.default_rng(0), workers=1), where=FAILED)
    assert said.parameters == ("x0",)


def test_a_parameter_that_moves_with_the_cause_is_not_named():
    """By itself it is related to failures, as the control shows; given the cause it is not."""
    alone, given = 0, 0
    for seed in range(6):
        rng = np.random.default_rng(seed)
        design = rng.random((200, 5))
        design[:, 1] = (design[:, 0] + design[:, 1]) / 2
        frame = planted_failures(design, np.where(design[:, 0] > 0.7, 0.8, 0.02), seed)
        yes_no = failure_frame(frame)
        assert yes_no is not None
        alone += between_shares(yes_no, rng=rng)["x1"].low > 0
        drivers = named(frame)
        given += "x1" in drivers
        assert "x0" in drivers
    assert alone == 6
    assert given <= 1


def test_two_parameters_that_fail_together_and_not_apart_are_found():
    design = np.random.default_rng(0).random((300, 5))
    apart = (design[:, 0] > 0.5) ^ (design[:, 1] > 0.5)
    assert named(planted_failures(design, np.where(apart, 0.6, 0.02), 0)) == {"x0", "x1"}
    assert named(planted_failures(design, np.full(300, 0.31), 0)) == set()


def test_they_are_found_among_many_others():
    design = np.random.default_rng(1).random((500, 16))
    apart = (design[:, 0] > 0.5) ^ (design[:, 1] > 0.5)
    assert named(planted_failures(design, np.where(apart, 0.9, 0.02), 1)) == {"x0", "x1"}
    assert named(planted_failures(design, np.full(500, 0.4), 1)) == set()


def test_of_many_runs_failed_ones_are_kept_first():
    design = np.random.default_rng(0).random((6000, 3))
    rare = np.where(design[:, 0] > 0.9, 0.05, 0.001)
    assert named(planted_failures(design, rare, 0)) == {"x0"}


@pytest.mark.parametrize(
    ("bad", "status", "where"),
    [
        (math.nan, "finished", "y=nan"),
        (math.inf, "finished", "y=inf"),
        (-math.inf, "finished", "y=-inf"),
        (-999.0, "finished", "y=-999.0"),
        (math.nan, "failed", "status=failed"),
    ],
)
def test_the_hint_shows_the_runs_without_a_result(bad, status, where):
    rng = np.random.default_rng(0)
    x = rng.random(60)
    lost = x > 0.7
    table = pd.DataFrame({"x": x, "z": rng.random(60), "y": np.where(lost, bad, x)})
    table["status"] = np.where(lost, status, "finished")
    frame = Frame.from_table(
        table, parameters=["x", "z"], metric="y", direction="minimize", status="status"
    )
    (found,) = (f for f in assess(frame, rng=0).findings if f.code == "failures")
    assert f"knobwise ls {where}" in found.hint
    assert found.message.startswith(f"{lost.mean():.1%}".replace("%", " %"))


def test_the_order_of_the_runs_changes_nothing():
    rng = np.random.default_rng(3)
    table = pd.DataFrame({"x": rng.random(80), "z": rng.random(80), "y": rng.random(80)})
    table["status"] = np.where((table["x"] > 0.5) & (rng.random(80) < 0.5), "failed", "finished")
    table["at"] = np.arange(80.0)

    def found(order):
        frame = Frame.from_table(
            table.iloc[order], parameters=["x", "z"], metric="y", direction="minimize",
            status="status", order="at",
        )  # fmt: skip
        return failures(frame, rng=np.random.default_rng(0))

    assert found(rng.permutation(80)) == found(np.arange(80))


@pytest.mark.parametrize(
    ("metric", "parameter", "where"),
    [("recall@10", "x", "'recall@10'=nan"), ("seconds", "x", "metrics.seconds=nan"),
     ("y", "y", "metrics.y=nan")],
)  # fmt: skip
def test_the_filter_names_the_metric_so_that_it_is_found(tmp_path, metric, parameter, where):
    with journal.open(tmp_path / "book") as book:
        for i in range(40):
            value = math.nan if i % 4 == 0 else float(i)
            book.log({parameter: i / 40, "z": i % 7}, metrics={metric: value})
    frame = Frame.from_journal(tmp_path / "book", metric=metric, direction="minimize")
    assert see_them(frame) == where
    runs = list(journal.open(tmp_path / "book").runs())
    assert len(filters.select(runs, [where])) == 10
