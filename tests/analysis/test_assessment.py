"""The whole assessment on planted runs: what must be found, and what must not be claimed."""

from __future__ import annotations

import json
from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

from analysis import Frame, assess
from analysis.declaration import Declaration
from analysis.errors import InputError
from analysis.html import render
from analysis.numerals import setting
from analysis.space import Condition


def planted(n: int, seed: int, *, noise: float = 0.3, seeds: int = 30) -> pd.DataFrame:
    """lr on a log scale and act matter, depth a little together with lr, idle and flat do not."""
    rng = np.random.default_rng(seed)
    table = pd.DataFrame(
        {
            "lr": 10 ** rng.uniform(-4, -1, n),
            "act": rng.choice(["relu", "tanh", "gelu"], n),
            "depth": rng.integers(1, 5, n),
            "idle": rng.random(n),
            "flat": rng.choice([True, False], n),
        }
    )
    table["seed"] = 0
    again = table.iloc[:seeds].assign(seed=1)
    table = pd.concat([table, again], ignore_index=True)
    x = (np.log10(table["lr"]) + 2.5) / 1.5
    quality = -2 * (x - 0.2) ** 2 + table["act"].map({"relu": 0.0, "tanh": -1.8, "gelu": 0.1})
    quality += 0.3 * x * (table["depth"] - 2.5)
    table["score"] = quality + rng.normal(0, noise, len(table))
    return table


PARAMETERS = ["lr", "act", "depth", "idle", "flat"]


def framed(table: pd.DataFrame, metric: str = "score", direction="maximize", names=None) -> Frame:
    return Frame.from_table(
        table, parameters=names or PARAMETERS, metric=metric, direction=direction, seed="seed"
    )


@pytest.fixture(scope="module")
def report():
    return assess(framed(planted(150, 0)), rng=0)


def by_name(report):
    return {item.name: item for item in report.parameters}


def test_planted_effects_are_found_and_ranked(report):
    found = by_name(report)
    assert report.answer == "given"
    assert found["lr"].verdict == "critical"
    assert found["act"].verdict == "critical"
    assert found["lr"].scale == "log"
    assert {item.name for item in report.parameters[:2]} == {"lr", "act"}
    assert found["idle"].total.high < 0.1
    assert found["flat"].verdict in ("negligible", "undetermined")


def test_the_noise_and_the_margin_are_the_planted_noise(report):
    assert report.noise.sd == pytest.approx(0.3, rel=0.35)
    assert report.noise.df == 30
    assert report.noise.source == "replicates"
    assert report.margin.metric == report.noise.sd_near_best


def test_every_number_is_consistent(report):
    for item in report.parameters:
        for part in (item.first_order, item.total):
            assert 0 <= part.low <= part.share <= part.high <= 1
        assert item.first_order.share <= item.shapley + 1e-9 <= item.total.share + 2e-9
        risk = item.tuning_risk
        assert 0 <= risk.low <= risk.mean <= risk.high
        assert risk.mean <= risk.worst + 1e-12
        assert len(item.marginal.mean) == len(item.marginal.values)
        assert all(
            low <= mean <= high
            for low, mean, high in zip(
                item.marginal.low, item.marginal.mean, item.marginal.high, strict=True
            )
        )
    assert sum(item.shapley for item in report.parameters) == pytest.approx(1.0)
    assert sum(report.variance_by_order) == pytest.approx(1.0)


def test_the_best_setting_is_the_planted_one(report):
    lr = by_name(report)["lr"].recommendation
    assert lr.low <= 10 ** (0.2 * 1.5 - 2.5) <= lr.high
    assert "tanh" not in by_name(report)["act"].recommendation.values


@pytest.mark.parametrize("n", [0, 1, 5])
def test_too_few_runs_are_withheld_with_what_would_cure_it(n):
    report = assess(framed(planted(20, 0, seeds=0).head(n)))
    assert report.answer == "withheld"
    assert report.withheld_cure
    assert all(item.verdict in ("undetermined", "not_estimable") for item in report.parameters)


def test_failed_runs_are_asked_why():
    table = planted(120, 4)
    hot = table["lr"] > 0.02
    table["status"] = np.where(hot & (table["depth"] > 2), "failed", "finished")
    table.loc[table["status"] == "failed", "score"] = np.nan
    frame = Frame.from_table(
        table,
        parameters=PARAMETERS,
        metric="score",
        direction="maximize",
        seed="seed",
        status="status",
    )
    report = assess(frame, rng=0)
    drivers = {item.name: item.total for item in report.failures.parameters}
    assert drivers["lr"].low > drivers["idle"].high
    assert "failures" in {finding.code for finding in report.findings}


def test_a_constant_parameter_cannot_be_estimated():
    table = planted(40, 0).assign(batch=64)
    report = assess(framed(table, names=[*PARAMETERS, "batch"]), rng=0)
    assert by_name(report)["batch"].verdict == "not_estimable"


@pytest.mark.parametrize("settings", [{"margin": 0.0}, {"margin": -1.0}, {"share_margin": 1.5}])
def test_settings_that_make_no_sense_are_refused(settings):
    with pytest.raises(InputError):
        assess(framed(planted(20, 0)), **settings)


def test_a_declared_margin_decides(report):
    strict = assess(framed(planted(150, 0)), rng=0, margin=50.0)
    assert strict.margin.source == "declared"
    assert by_name(strict)["lr"].verdict == "forgiving"
    assert by_name(report)["lr"].verdict == "critical"


def test_progress_is_told_and_ends():
    told: list[float] = []
    assess(framed(planted(20, 0)), progress=lambda what, done: told.append(done))
    assert told == sorted(told)
    assert told[-1] == 1.0


def test_the_contract_is_json(report):
    answer = json.loads(report.to_json())
    assert answer["schema"] == 1
    assert answer["answer"] == "given"
    assert [item["name"] for item in answer["parameters"]] == [
        item.name for item in report.parameters
    ]


def test_runs_without_seeds_borrow_the_noise_from_the_residuals():
    frame = framed(planted(100, 5, seeds=0))
    report = assess(frame, rng=0)
    assert report.noise.source == "residual"
    assert report.noise.sd == pytest.approx(0.3, rel=0.5)


def test_the_transform_is_undone_by_none():
    table = planted(60, 6)
    table["score"] = 10 ** table["score"]
    frame = framed(table)
    assert assess(frame, transform="none").metric.transform == "none"
    logged = assess(frame, transform="log10")
    assert logged.metric.transform == "log10"
    direct = assess(replace(frame, objective=np.log10(frame.objective)), transform="none")
    assert by_name(logged)["lr"].total.share == pytest.approx(by_name(direct)["lr"].total.share)


def test_one_column_cannot_be_parameter_and_metric():
    with pytest.raises(InputError, match="as a parameter and as the metric"):
        framed(planted(20, 0), names=[*PARAMETERS, "score"])


def test_two_parameters_that_move_together_cannot_be_told_apart():
    table = planted(60, 7)
    table["twin"] = table["act"].map({"relu": 1, "tanh": 2, "gelu": 3})
    found = by_name(assess(framed(table, names=[*PARAMETERS, "twin"]), rng=0))
    assert found["act"].verdict == found["twin"].verdict == "not_estimable"
    assert "twin" in found["act"].because
    assert found["lr"].verdict != "not_estimable"


@pytest.mark.parametrize("scale", [1e-14, 1e60])
def test_a_metric_in_another_unit_gets_the_same_answer(scale):
    table = planted(80, 0)
    asked = {"parameters": PARAMETERS, "metric": "score", "direction": "maximize", "seed": "seed"}
    reports = [
        assess(Frame.from_table(table.assign(score=table.score * unit), **asked), rng=0)
        for unit in (1.0, scale)
    ]
    one, other = ({p.name: p.verdict for p in report.parameters} for report in reports)
    assert one == other
    assert reports[1].margin.metric == pytest.approx(reports[0].margin.metric * scale)


def scaled(scale: float) -> Frame:
    table = planted(60, 0)
    return Frame.from_table(
        table.assign(score=table.score * scale),
        parameters=PARAMETERS,
        metric="score",
        direction="maximize",
    )


@pytest.mark.parametrize("scale", [1e-200, 1e-300, 1e160, 1e299, 1e300])
def test_what_has_no_squares_is_withheld_with_the_reason(scale):
    report = assess(scaled(scale), rng=0, transform="none")
    assert report.answer == "withheld"
    assert "double precision" in report.withheld_because


@pytest.mark.parametrize("scale", [1e-200, 1e-300, 1e160, 1e299])
def test_what_has_no_squares_is_answered_on_ranks(scale):
    assert assess(scaled(scale), rng=0, transform="rank").answer == "given"


def test_from_1e300_on_a_value_stands_for_no_result():
    """So that more than half of the runs count as failed, on ranks too."""
    frame = scaled(1e300)
    assert {f.code for f in frame.notes} == {"sentinel", "fruitless"}  # tanh has no result
    assert frame.n_runs < 45


def test_a_direction_is_one_of_two_words():
    with pytest.raises(InputError, match="not 'max'"):
        Frame.from_table(planted(20, 0), parameters=["lr"], metric="score", direction="max")


def test_a_withheld_answer_counts_the_configurations_a_parameter_was_active_in():
    table = pd.DataFrame(
        {
            "act": ["relu", "leaky", "tanh", "leaky", "relu", "leaky", "tanh", "relu"] * 2,
            "slope": [None, 0.1, None, 0.2, None, 0.3, None, None] * 2,
            "same": 1,
            "seed": [0] * 8 + [1] * 8,
            "score": np.arange(16.0),
        }
    )
    report = assess(
        Frame.from_table(
            table,
            parameters=["act", "slope", "same"],
            metric="score",
            direction="maximize",
            seed="seed",
            declarations={"slope": Declaration(condition=Condition("act", ("leaky",)))},
        ),
        rng=0,
    )
    assert report.answer == "withheld"
    assert report.runs.configurations == 5
    assert {name: row.configurations for name, row in by_name(report).items()} == {
        "act": 5,
        "slope": 3,
        "same": 5,
    }


def test_the_best_runs_have_the_metric_as_it_was_logged_on_every_scale():
    table = planted(80, 0)
    for transform in ("none", "rank"):
        frame = Frame.from_table(
            table, parameters=PARAMETERS, metric="score", direction="maximize", seed="seed"
        )
        report = assess(frame, rng=0, transform=transform)
        best = report.best[0]
        same = (table[PARAMETERS] == pd.Series(dict(best.parameters))[PARAMETERS]).all(axis=1)
        assert same.sum() == best.seeds
        assert best.measured == pytest.approx(table.score[same].mean())
    page = render([report])
    assert "rank of the value" in page
    assert setting(best.measured) in page
