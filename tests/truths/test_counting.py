"""What the benchmarks count, on rows whose count is known; and how results are kept."""

import numpy as np
import pytest

from analysis.results import PlannedRun
from benchmarks import (
    accuracy,
    coverage,
    further,
    naive,
    pairs,
    record,
    superseded,
    verdicts,
    widths,
)
from benchmarks.truths import classic, knobs


def row(**changes):
    known = {
        "truth": "t",
        "n": 100,
        "seed": 0,
        "answer": "given",
        "margin": 0.1,
        "share_margin": 0.05,
        "parameter": "lr",
        "verdict": "critical",
        "exact_first": 0.2,
        "exact_total": 0.3,
        "exact_risk": 0.5,
        "first": [0.2, 0.1, 0.3],
        "total": [0.5, 0.4, 0.6],
        "risk": [0.5, 0.4, 0.7],
        "naive": [0.3, 0.4],
    }
    return known | changes


def test_an_interval_covers_when_it_holds_the_exact_value():
    assert coverage.covered(row(), "first") is True
    assert coverage.covered(row(), "total") is False
    assert coverage.covered(row(), "naive") is False
    assert coverage.covered(row(first=None), "first") is None
    assert coverage.covered(row(exact_first=0.0, first=[0.01, 0.0, 0.02]), "first") is True


def test_a_claim_is_wrong_beyond_the_margin_and_far_wrong_beyond_twice_it():
    far, near, sound = row(exact_risk=0.01), row(exact_risk=0.09), row()
    assert verdicts.risk_side(far) == "below"
    assert verdicts.risk_side(near) == "near"

    def high(rows):
        return verdicts.counts(rows).split("|")[-8].strip()

    assert high([far, near, sound]) == "66.7% (1) of 3"
    assert high([sound]) == "0.0% (0) of 1"
    assert high([row(verdict="undetermined")]) == "–"


@pytest.mark.parametrize(
    ("share", "risk", "cell"),
    [
        (0.2, 0.5, "critical"),
        (0.2, 0.01, "forgiving"),
        (0.01, 0.5, "fine"),
        (0.01, 0.01, "negligible"),
    ],
)
def test_the_right_cell_follows_from_the_exact_answer(share, risk, cell):
    assert verdicts.right(row(exact_total=share, exact_risk=risk)) == cell


def test_error_is_in_percentage_points_and_a_missing_parameter_counts_as_zero():
    assert accuracy.error({"a": 0.5}, {"a": 0.4, "b": 0.1}) == pytest.approx(10.0)


def test_results_come_back_from_the_journal_as_they_went_in(tmp_path, monkeypatch):
    monkeypatch.setattr(record, "RESULTS", tmp_path / "results")
    record._book.cache_clear()
    rows = [row(), row(seed=1, naive=None, margin=None)]
    record.keep("judged", rows, small=False)
    record.keep("judged", rows, small=True)
    back = [{k: r[k] for k in rows[0]} for r in record.latest("judged")]
    record._book.cache_clear()
    assert back == rows


def test_of_each_truth_size_and_sampler_the_newest_judged_journals_are_kept(tmp_path, monkeypatch):
    """Measurements that name no sampler are of random runs."""
    monkeypatch.setattr(record, "RESULTS", tmp_path / "results")
    record._book.cache_clear()
    for session in ("1", "2"):
        record.keep("judged", [row(session=session), row(session=session, n=300)], small=False)
        record.keep("judged", [row(session=session, sampler="tpe")], small=False)
        record.keep("speed", [{"session": session, "part": "growth"}], small=False)
    record.keep("judged", [row(session="3", n=300, sampler="random")], small=False)
    key = ("n", "sampler", "part")
    before = [record.newest(name, key=key) for name in ("judged", "speed")]
    superseded.main()
    record._book.cache_clear()
    left = list(record._rows())
    assert before == [
        record.newest(name, key=("n", "sampler", "part")) for name in ("judged", "speed")
    ]
    record._book.cache_clear()
    assert sorted(r["session"] for r in left if r["benchmark"] == "judged") == ["2", "2", "3"]
    assert [r["session"] for r in left if r["benchmark"] == "speed"] == ["1", "2"]


def test_widths_are_compared_on_random_runs_alone(tmp_path, monkeypatch):
    monkeypatch.setattr(record, "RESULTS", tmp_path / "results")
    record._book.cache_clear()
    known = {"first": [0.2, 0.1, 0.3], "naive": [0.1, 0.3], "exact_first": 0.25, "seed": 0}
    record.keep("judged", [row(**known, session="1")], small=False)
    by_tpe = known | {"first": [0.2, 0.0, 0.9]}
    record.keep("judged", [row(**by_tpe, session="2", sampler="tpe")], small=False)
    asked = [row(**known)[key] for key in widths.KEY]
    theirs = dict(zip(widths.KEY, asked, strict=True)) | {"rbd_fast": [0.0, 0.6]}
    table = widths.tables([theirs])
    record._book.cache_clear()
    assert "100% / 0.200 | 100% / 0.200 | 100% / 0.600" in table


def test_pairs_are_counted_by_how_much_they_hold_and_whether_they_are_apart():
    def pair(exact, low, high, *, apart):
        return {"sampler": "random", "n": 100, "exact": exact, "apart": apart,
                "share": [(low + high) / 2, low, high]}  # fmt: skip

    table = pairs.tables([
        pair(0.2, 0.1, 0.3, apart=False),
        pair(0.06, 0.0, 0.05, apart=True),
        pair(0.02, 0.0, 0.05, apart=False),
        pair(0.0, 0.0, 0.05, apart=True),
    ])  # fmt: skip
    assert table.splitlines()[-1] == (
        "| random | 100 | 4 | 75% | 67% | 50% | 0.0875 | 1 of 2 | 1 of 2 |"
    )


def test_the_interval_from_the_spread_over_trees_does_not_cover():
    """The negative control: common practice fails the check that ours has to pass."""
    rng = np.random.default_rng(0)
    codes = rng.random((100, 3))
    objective = codes[:, 0] + 0.5 * rng.standard_normal(100)
    found = naive.intervals(codes, objective, levels=[0, 0, 0], seed=0)
    exact = [1.0, 0.0, 0.0]
    assert sum(low <= value <= high for (_, low, high), value in zip(found, exact, strict=True)) < 2


def test_planned_runs_are_carried_out_as_they_are_written():
    settings = [{"x1": 0.5, "x2": 1.0, "x3": -2.0}, {"x1": 0.0, "x2": 0.0, "x3": 0.0}]
    runs = [
        PlannedRun(parameters=tuple(s.items()), seed=k, reason="") for k, s in enumerate(settings)
    ]
    truth = classic.ishigami()
    made = further.carried_out(truth, runs, rng=np.random.default_rng(0))
    x1, x2, x3 = (np.array([s[name] for s in settings]) for name in truth.names)
    assert made["objective"].to_numpy() == pytest.approx(
        np.sin(x1) + 7 * np.sin(x2) ** 2 + 0.1 * x3**4 * np.sin(x1)
    )
    assert made["seed"].tolist() == [0, 1]
    assert made[list(truth.names)].to_dict("records") == settings
    three = knobs.three_of_ten()
    same = [PlannedRun(parameters=tuple((f"x{i}", 0.5) for i in range(10)), seed=0, reason="")] * 50
    scatter = further.carried_out(three, same, rng=np.random.default_rng(0))["objective"].std()
    assert scatter == pytest.approx(three.noise_sd({}, np.zeros(1))[0], rel=0.3)


def test_what_further_runs_add_is_a_mean_over_seeds_and_truths():
    rows = [
        {"truth": truth, "n": 100, "after": after, "seed": seed, "first": value, "total": 2 * value}
        for truth, base in (("a", 1.0), ("b", 3.0))
        for seed in range(2)
        for after, value in zip(further.AFTER, np.arange(4) + base + seed, strict=True)
    ]
    assert "| **mean** | 100 | 2.50 / 5.00 | 3.50 / 7.00 | 4.50 / 9.00 | 5.50 / 11.00 |" in (
        further.tables(rows)
    )
