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
