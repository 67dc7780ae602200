"""Would fewer runs have given the same answer? Totals from growing parts, and ranks that hold."""

import numpy as np
import pandas as pd
import pytest

from analysis import Frame, assess
from analysis.accumulation import LARGEST_PART, _totals, accumulation
from analysis.codec import contract, from_json, to_report_json
from analysis.fitted import fitted
from analysis.study import study
from analysis.warp import WarpedSurrogate


def table(x: np.ndarray, y: np.ndarray) -> Frame:
    names = [f"p{column}" for column in range(x.shape[1])]
    runs = pd.DataFrame(x, columns=names).assign(y=y)
    return Frame.from_table(runs, parameters=names, metric="y", direction="maximize")


@pytest.fixture(scope="module")
def report():
    return assess(frame(160), rng=0)


def frame(n: int) -> Frame:
    """Two parameters that matter, one twice as much, and two that do not."""
    rng = np.random.default_rng(3)
    x = rng.random((n, 4))
    y = 2 * x[:, 0] + x[:, 1] + 0.05 * rng.normal(size=n)
    return table(x, y)


def test_the_last_size_is_the_answer_itself(report):
    grown = report.accumulation
    assert grown.configurations[-1] == 160
    assert len(grown.configurations) == 5
    assert max(grown.configurations[:-1]) <= LARGEST_PART * 160
    last = dict(zip(grown.parameters, grown.total[-1], strict=True))
    for parameter in report.parameters:
        assert last[parameter.name] == pytest.approx(parameter.total.share)


def test_a_plain_function_is_known_from_few_configurations(report):
    grown = report.accumulation
    first = dict(zip(grown.parameters, grown.total[0], strict=True))
    assert first["p0"] == pytest.approx(0.8, abs=0.08)
    assert first["p1"] == pytest.approx(0.2, abs=0.08)


def test_ranks_that_are_clear_hold_in_every_draw_and_ties_do_not(report):
    held = {p.name: p.rank_stability for p in report.parameters}
    assert held["p0"] == held["p1"] == 1.0
    assert held["p2"] < 1.0
    stability = next(check for check in report.checks if check.name == "stability")
    assert stability.status == "pass"


def test_too_few_configurations_say_why_there_is_one_size(report):
    whole = study(fitted(frame(14), np.random.default_rng(0)))
    grown = accumulation(whole, np.random.default_rng(0))
    assert grown.configurations == (14,)
    assert dict(grown.says.facts) == {"n": 14, "d": 4}


def test_the_order_of_the_runs_does_not_matter_to_what_a_part_can_show():
    rng = np.random.default_rng(1)
    x = np.sort(rng.random((120, 2)), axis=0)  # a sweep from low to high
    x[:, 1] = rng.permutation(x[:, 1])
    swept = table(x, x[:, 0] + 0.02 * rng.normal(size=120))
    grown = accumulation(study(fitted(swept, np.random.default_rng(0))), np.random.default_rng(0))
    first = grown.parameters.index("p0")
    assert all(row[first] > 0.8 for row in grown.total)


def test_the_saved_report_has_it_and_the_contract_has_not(report):
    (again,) = from_json(to_report_json([report]))
    assert again.accumulation == report.accumulation
    assert "accumulation" not in contract(report)
    assert "rank_stability" not in contract(report)["parameters"][0]


def test_a_part_that_is_the_whole_says_what_the_whole_says():
    """Few settings are far better than the others: normal scores speak, and carried noise."""
    rng = np.random.default_rng(0)
    x = rng.random((60, 3))
    x = np.concatenate([x, x[:15]])
    y = np.exp(3 * x @ [1.5, 1.2, 0.8])
    whole = study(
        fitted(table(x, y + 0.05 * y.std() * rng.normal(size=75)), np.random.default_rng(0))
    )
    ((surrogate, _),) = whole.choice.for_shares.parts
    assert isinstance(surrogate, WarpedSurrogate)
    assert np.ptp(surrogate.inner.data.noise) > 0
    part = _totals(whole, whole.frame, np.random.default_rng(1), workers=1)
    assert part == pytest.approx(whole.decomposition.total_order, abs=0.01)
