"""What planned runs are to teach, once nothing is undetermined."""

from dataclasses import replace

import numpy as np
import pandas as pd

from analysis.assessment import assess
from analysis.planner import targets
from tests.analysis.planted import framed


def told(*, width="critical", others="negligible", off=()):
    rng = np.random.default_rng(0)
    table = pd.DataFrame(rng.random((40, 4)), columns=["batch", "drop", "momentum", "width"])
    frame = framed(table, (table["width"] > 0.5) + rng.normal(0, 0.05, 40))
    report = assess(frame, rng=0)
    rows = tuple(
        replace(
            item,
            verdict=width if item.name == "width" else others,
            switched_off_by="switch" if item.name in off else None,
        )
        for item in report.parameters
    )
    return targets(frame, replace(report, parameters=rows))


def test_what_is_negligible_is_asked_again_only_where_everything_is():
    assert told() == ["width"]
    assert told(others="fine") == told(width="fine", others="fine")
    assert sorted(told(width="negligible")) == ["batch", "drop", "momentum", "width"]


def test_what_is_undetermined_comes_alone():
    assert sorted(told(others="undetermined")) == ["batch", "drop", "momentum"]


def test_what_is_switched_off_wherever_it_is_best_is_not_learned():
    assert told(others="undetermined", off=("drop", "batch")) == ["momentum"]
    assert sorted(told(off=("width",))) == ["batch", "drop", "momentum"]
    # Where nothing else is there it is better than nothing.
    assert told(off=("batch", "drop", "momentum", "width")) == ["width"]


def test_what_never_changed_is_not_told_where_what_it_hangs_on_does_not_exist():
    """d exists where b = p, and b where a = x: of a = y there is neither."""
    rng = np.random.default_rng(0)
    a, b = rng.choice(["x", "y"], 80), rng.choice(["p", "q"], 80)
    data = pd.DataFrame({"a": a, "lr": rng.random(80), "seed": 1})
    data["b"] = pd.Series(b, dtype=object).where(a == "x", None)
    data["d"] = pd.Series([3] * 80, dtype=object).where((a == "x") & (b == "p"), None)
    data["y"] = data["lr"] + (a == "x") + 0.1 * rng.normal(size=80)
    runs = [dict(run.parameters) for run in assess(framed(data), rng=0, planned=40).plan.runs]
    assert {run["a"] for run in runs} == {"x", "y"}
    assert all(("d" in run) == (run.get("b") == "p") for run in runs)
