"""A narrow optimum between two slices is found, and what is recommended is good."""

import numpy as np
import pandas as pd
import pytest

from analysis import Frame, assess
from analysis.blend import Blend
from analysis.declaration import Declaration
from analysis.gaussian import Data
from analysis.kernels import Axis
from analysis.peaks import N_CLOSER, closer
from analysis.risk import Quality
from analysis.slices import sobol_settings
from analysis.smooth import fit_gaussian
from analysis.space import NONE, Parameter, Space


def loss(lr):
    """Good within a tenth of the searched decades; 0 at .001."""
    return 1 - np.exp(-(((np.log10(lr) + 3) / 0.6) ** 2))


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_the_best_of_a_narrow_optimum_is_found_and_its_risk_is_not_too_low(seed):
    rng = np.random.default_rng(seed)
    table = pd.DataFrame({"lr": 10 ** rng.uniform(-8, 0, 200), "b": rng.random(200)})
    table = pd.concat([table, table[:40]], ignore_index=True).assign(seed=np.arange(240) // 200)
    table["y"] = loss(table.lr) + 0.1 * table.b + rng.normal(0, 0.02, 240)
    frame = Frame.from_table(
        table, parameters=["lr", "b"], metric="y", direction="minimize", seed="seed",
        declarations={"lr": Declaration(domain=(1e-8, 1.0), scale="log")},
    )  # fmt: skip
    report = assess(frame, rng=0, transform="none")
    lr = next(p for p in report.parameters if p.name == "lr")
    good, margin = lr.recommendation, report.margin.metric
    assert loss(good.value) < margin / 2
    assert max(loss(good.low), loss(good.high)) < 8 * margin  # half a slice aside: 24 and more
    assert good.high / good.low > 1.1
    exact = float(
        np.mean(loss(10 ** np.linspace(-8, 0, 4001)))
    )  # b's best of 20 is the same for all
    assert lr.tuning_risk.low <= exact <= lr.tuning_risk.high
    assert lr.tuning_risk.mean == pytest.approx(exact, abs=0.1)


def test_more_is_looked_at_around_the_best_and_nothing_along_what_is_idle():
    space = Space(tuple(Parameter(name=n, kind="continuous", scale="linear", domain=(0.0, 1.0))
                        for n in ("peak", "idle")))  # fmt: skip
    codes = np.random.default_rng(0).random((80, 2))
    target = np.exp(-(((codes[:, 0] - 0.5) / 0.1) ** 2))
    data = Data(codes=codes, target=target, noise=np.full(80, 1e-6), noise_df=40.0)
    surrogate = fit_gaussian(space, data, rng=np.random.default_rng(0))
    found = closer(
        [surrogate], Blend(((surrogate, 1.0),)), quality=Quality(1.0), tolerance=0.01,
        others=sobol_settings(space, 64, rng=np.random.default_rng(1)),
        rng=np.random.default_rng(2),
    )  # fmt: skip
    assert len(found[0]) == N_CLOSER
    assert found[0].min() < 0.5 < found[0].max()
    assert np.ptp(found[0]) < 0.15
    assert len(found[1]) == 0


def test_more_settings_stand_in_order_and_weigh_nothing():
    axis = Axis.of(Parameter(name="wd", kind="continuous", scale="log", domain=(1e-6, 1.0),
                             none_share=0.2, atom=0.0))  # fmt: skip
    codes, weights = axis.cut(np.array([0.51, 0.49, axis.slices[3]]))
    assert codes[-1] == NONE
    assert (np.diff(codes[:-1]) > 0).all()
    assert len(codes) == len(axis.slices) + 2
    assert weights.sum() == pytest.approx(1.0)
    assert (weights[np.isin(codes, [0.49, 0.51])] == 0).all()
    assert set(zip(axis.slices, axis.slice_weights, strict=True)) <= set(
        zip(codes, weights, strict=True)
    )
