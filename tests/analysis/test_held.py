"""What is good of a parameter, and whether it exists, where the forgiving ones will be held."""

import json
from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

from analysis import Frame, assess, grouping, terminal
from analysis.codec import to_json
from analysis.declaration import Declaration
from analysis.fitted import fitted
from analysis.recommending import recommendation
from analysis.study import study


def two_optimizers(*, better, gap=0.06, seed=0, n=200):
    """Both reach the same loss but for the gap: adam at lr .001, sgd at .1 with momentum .8."""
    rng = np.random.default_rng(seed)
    optimizer, log_lr = rng.choice(["adam", "sgd"], n), rng.uniform(-4, 0, n)
    momentum = np.where(optimizer == "sgd", rng.random(n), np.nan)
    sgd = (log_lr + 1) ** 2 / 2 + 1.2 * (np.nan_to_num(momentum) - 0.8) ** 2
    loss = np.where(optimizer == "adam", (log_lr + 3) ** 2 / 2, sgd) + gap * (optimizer != better)
    table = pd.DataFrame({"optimizer": optimizer, "lr": 10**log_lr, "momentum": momentum})
    table["loss"] = loss + rng.normal(0, 0.02, n)
    return Frame.from_table(
        table,
        parameters=["optimizer", "lr", "momentum"],
        metric="loss",
        direction="minimize",
    )


@pytest.fixture(scope="module")
def reports():
    return {
        better: assess(two_optimizers(better=better), rng=0, margin=0.1, transform="none")
        for better in ("adam", "sgd")
    }


@pytest.mark.parametrize(("better", "best"), [("adam", 0.001), ("sgd", 0.1)])
def test_the_range_of_what_is_tuned_is_that_beside_what_is_fixed(reports, better, best):
    """Over both optimizers all of .0005 to .2 is good; held at one of them a tenth of it is not."""
    found = {p.name: p for p in reports[better].parameters}
    assert found["optimizer"].verdict == "forgiving"
    assert found["optimizer"].recommendation.value == better
    good = found["lr"].recommendation
    assert good.low < best < good.high
    assert good.high / good.low < 30


def test_what_a_recommended_level_switches_off_is_said_and_not_to_be_tuned(reports):
    report = reports["adam"]
    (momentum,) = (p for p in report.parameters if p.name == "momentum")
    assert momentum.verdict in ("critical", "fine")
    assert momentum.switched_off_by == "optimizer"
    assert all("momentum" not in group.tuned for group in grouping.groups(report))
    text = terminal.render(report)
    (best,) = (line for line in text.splitlines() if line.startswith("best: "))
    assert "momentum" in text[text.index(best) : text.index("\nfix: ")]
    assert "optimizer as recommended switches it off" in " ".join(text.split())
    rows = {p["name"]: p for p in json.loads(to_json(report))["parameters"]}
    for name in ("optimizer", "lr"):
        assert rows[name]["condition"] is rows[name]["switched_off_by"] is None
    assert rows["momentum"]["condition"] == "optimizer = sgd"
    assert rows["momentum"]["switched_off_by"] == "optimizer"


def test_what_exists_there_is_tuned_there(reports):
    report = reports["sgd"]
    (momentum,) = (p for p in report.parameters if p.name == "momentum")
    assert momentum.switched_off_by is None
    assert any("momentum" in group.tuned for group in grouping.groups(report))
    assert "where optimizer = sgd" in " ".join(terminal.render(report).split())


@pytest.mark.parametrize(("better", "off"), [("adam", "optimizer"), ("sgd", None)])
def test_so_does_one_worth_tuning_of_which_no_good_level_has_it(better, off):
    report = assess(two_optimizers(better=better, gap=1.0), rng=0, margin=0.1, transform="none")
    found = {p.name: p for p in report.parameters}
    assert found["optimizer"].verdict == "critical"
    assert found["optimizer"].recommendation.values == (better,)
    assert found["momentum"].verdict in ("critical", "fine")
    assert found["momentum"].switched_off_by == off
    assert any("momentum" in group.tuned for group in grouping.groups(report)) is (off is None)


def test_one_of_which_it_is_open_what_is_good_switches_nothing_off():
    """The loss is mostly noise, so that of the optimizer nothing is claimed; its best is adam."""
    frame = two_optimizers(better="adam", gap=0.1)
    noisy = frame.objective + np.random.default_rng(1).normal(0, 0.3, frame.n_runs)
    report = assess(replace(frame, objective=noisy), rng=0, margin=0.1, transform="none")
    found = {p.name: p for p in report.parameters}
    assert found["optimizer"].verdict == "undetermined"
    assert found["optimizer"].recommendation.value == "adam"
    assert found["momentum"].switched_off_by is None


def test_what_hangs_on_one_that_is_switched_off_is_off_as_well():
    """a = y is as good as any, and then neither b nor c, which hangs on b, exists."""
    rng = np.random.default_rng(0)
    a, b, c = rng.choice(["x", "y"], 260), rng.choice(["p", "q"], 260), rng.random(260)
    table = pd.DataFrame({"a": a, "z": rng.random(260)})
    table["b"] = pd.Series(b, dtype=object).where(a == "x", None)
    table["c"] = np.where((a == "x") & (b == "p"), c, np.nan)
    y = np.where(a == "y", 1.05, np.where(b == "p", 1.02 - 12 * (c - 0.5) ** 2, 1.0))
    table["score"] = y + 0.02 * rng.normal(size=260)
    frame = Frame.from_table(
        table, parameters=["a", "b", "c", "z"], metric="score", direction="maximize"
    )
    report = assess(frame, rng=0, margin=0.1, transform="none")
    found = {p.name: p for p in report.parameters}
    assert (found["a"].verdict, found["a"].recommendation.value) == ("forgiving", "y")
    assert found["c"].verdict in ("critical", "fine")
    assert found["b"].switched_off_by == found["c"].switched_off_by == "a"
    assert found["z"].switched_off_by is None
    assert all("c" not in group.tuned for group in grouping.groups(report))


@pytest.mark.parametrize(("held", "best"), [("adam", 0.001), ("sgd", 0.1)])
def test_the_range_is_that_beside_whatever_is_held_be_it_the_best_or_not(held, best):
    there = study(fitted(two_optimizers(better="adam"), np.random.default_rng(0)))
    space = there.frame.space
    fixed = {space.index("optimizer"): float(space["optimizer"].encode([held])[0])}
    good = recommendation(there, space.index("lr"), margin=0.1, fixed=fixed)
    assert good.low < best < good.high
    assert good.high / good.low < 30


def test_two_forgiving_ones_that_make_up_for_each_other_are_not_both_left_anywhere():
    """Only a = b is good: each alone may be either, as the other follows; held, neither may."""
    rng = np.random.default_rng(0)
    table = pd.DataFrame({"a": rng.integers(0, 2, 60), "b": rng.integers(0, 2, 60)})
    table["idle"] = rng.choice(["p", "q"], 60)
    table["y"] = (table.a == table.b) + rng.normal(0, 0.1, 60)
    frame = Frame.from_table(table, parameters=["a", "b", "idle"], metric="y", direction="maximize")
    found = {p.name: p for p in assess(frame, rng=0).parameters}
    assert [found[name].verdict for name in ("a", "b", "idle")] == [
        *["forgiving"] * 2,
        "negligible",
    ]
    a, b, idle = (found[name].recommendation for name in ("a", "b", "idle"))
    assert a.value == b.value
    assert (a.values, b.values) == ((a.value,), (b.value,))
    assert idle.values == ("p", "q")


@pytest.mark.parametrize(("fails_at", "wanted"), [(0.4, "q"), (0.0, None)])
def test_of_levels_that_are_as_good_one_where_runs_do_not_fail_is_recommended(fails_at, wanted):
    """The control: where no level fails more often, the recommended one is the best as before."""
    rng = np.random.default_rng(3)
    table = pd.DataFrame({"x": rng.random(160), "act": rng.choice(["p", "q"], 160)})
    table["y"] = -((table.x - 0.5) ** 2) + 0.004 * (table.act == "p") + rng.normal(0, 0.02, 160)
    fails = rng.random(160) < np.where(table.act == "p", fails_at, 0.02)
    table["status"] = np.where(fails, "failed", "finished")
    frame = Frame.from_table(table, parameters=["x", "act"], metric="y", direction="maximize",
                             status="status")  # fmt: skip
    found = {p.name: p for p in assess(frame, rng=0, margin=0.05).parameters}["act"]
    assert found.verdict == "negligible"
    assert found.recommendation.values == ("p", "q")
    assert found.recommendation.value == (wanted or "p")


@pytest.mark.parametrize(("n_failed", "wanted"), [(4, "q"), (1, "p")])
def test_a_few_failures_settle_between_levels_that_are_as_good(n_failed, wanted):
    """Four of thirty, none of fifty: one time in fifty by chance, and the other is as good."""
    rng = np.random.default_rng(3)
    table = pd.DataFrame({"x": rng.random(80), "act": ["p"] * 30 + ["q"] * 50})
    table["y"] = -((table.x - 0.5) ** 2) + 0.004 * (table.act == "p") + rng.normal(0, 0.01, 80)
    table["status"] = ["failed"] * n_failed + ["finished"] * (80 - n_failed)
    frame = Frame.from_table(table, parameters=["x", "act"], metric="y", direction="maximize",
                             status="status")  # fmt: skip
    found = {p.name: p for p in assess(frame, rng=0, margin=0.05).parameters}["act"]
    assert found.recommendation.values == ("p", "q")
    assert found.recommendation.value == wanted


def test_nothing_is_recommended_beyond_what_was_run_however_wide_a_range_was_declared():
    rng = np.random.default_rng(0)
    table = pd.DataFrame({"lr": 10 ** rng.uniform(-3.5, -1.5, 80), "x": rng.random(80)})
    table["y"] = 0.2 * (np.log10(table.lr) + 1.5) + (table.x - 0.5) ** 2 + rng.normal(0, 0.02, 80)
    said = {"lr": Declaration(domain=(1e-5, 1.0), scale="log")}
    frame = Frame.from_table(table, parameters=["lr", "x"], metric="y", direction="maximize",
                             declarations=said)  # fmt: skip
    for margin in (None, 10.0):
        found = {p.name: p for p in assess(frame, rng=0, margin=margin).parameters}["lr"]
        good = found.recommendation
        assert table.lr.min() <= good.low <= good.value <= good.high <= table.lr.max()
    assert found.domain == (1e-5, 1.0)
