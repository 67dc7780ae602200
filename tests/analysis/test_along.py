"""One parameter moved over its axis, the others held: the same as predicting every setting."""

from __future__ import annotations

from functools import cache

import numpy as np
import pytest

from analysis.blend import Blend
from analysis.forest import Forest
from analysis.optimum import best_setting
from analysis.scores import NormalScores
from analysis.slices import Surrogate, gate, sobol_settings
from analysis.smooth import fit_gaussian
from analysis.space import Condition, Space
from analysis.warp import WarpedSurrogate
from tests.analysis.spaces import data, levels, number

ON_B = Condition(parent="a", values=("a1",))
SPACE = Space(
    (
        levels("a", 3),
        number("x", none_share=0.2),
        number("where_b", condition=ON_B),
        number("idle"),
    )
)


@cache
def surrogates() -> dict[str, Surrogate]:
    """Each kind, of runs that are best where `where_b` exists and is .7."""
    rng = np.random.default_rng(0)
    codes = gate(SPACE, sobol_settings(SPACE, 64, rng=rng))
    bend = np.nan_to_num(1 - (codes[:, 2] - 0.7) ** 2)
    y = 0.5 * np.abs(codes[:, 1]) + bend + 0.1 * codes[:, 0] * codes[:, 1]
    runs = data(codes, y + rng.normal(0, 0.02, 64))
    plain = fit_gaussian(SPACE, runs, rng=rng)
    scores = NormalScores.of(y)
    warped = WarpedSurrogate(scores, fit_gaussian(SPACE, data(codes, scores(y)), rng=rng))
    forest = Forest()(SPACE, runs, rng=rng)
    return {
        "process": plain,
        "scores": warped,
        "forest": forest,
        "blend": Blend(((plain, 0.7), (forest, 0.3))),  # type: ignore[dict-item]
    }


@pytest.mark.parametrize("index", range(len(SPACE)), ids=SPACE.names)
@pytest.mark.parametrize("kind", ["process", "scores", "forest", "blend"])
def test_along_an_axis_is_every_setting_predicted(kind, index):
    surrogate = surrogates()[kind]
    others = sobol_settings(SPACE, 16, rng=np.random.default_rng(1))
    codes = np.array([0.0, 1.0, 2.0]) if index == 0 else np.array([0.0, 0.2, 0.7, 1.0])
    every = np.repeat(others[None], len(codes), axis=0)
    every[:, :, index] = codes[:, None]
    flat = surrogate.mean(gate(SPACE, every.reshape(-1, len(SPACE))))
    found = surrogate.along(index, codes=codes, others=others)
    assert found == pytest.approx(flat.reshape(found.shape), abs=1e-9)
    assert np.ptp(found) > 0.01 or SPACE.names[index] == "idle"


def test_the_best_setting_is_reached_from_where_its_level_was_not():
    surrogate = surrogates()["process"]
    start = sobol_settings(SPACE, 8, rng=np.random.default_rng(2))
    start[:, 0] = 0.0
    axes = [np.arange(3.0), *[np.linspace(0, 1, 11)] * 3]
    best = best_setting(surrogate, start, axes=axes, sign=1.0)
    assert best[:2] == pytest.approx([1.0, 1.0])
    assert best[2] == pytest.approx(0.7, abs=0.11)


def test_nothing_moves_where_all_settings_are_as_good():
    surrogate = surrogates()["process"]
    start = sobol_settings(SPACE, 1, rng=np.random.default_rng(3))
    start[0, 0] = 2.0  # `where_b` does not exist
    axes = [start[:, 0], start[:, 1], np.linspace(0, 1, 11), start[:, 3]]
    assert best_setting(surrogate, start, axes=axes, sign=1.0) == pytest.approx(start[0])
