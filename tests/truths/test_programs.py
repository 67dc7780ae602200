"""Grids of programs: what each of them does is known at some settings."""

from __future__ import annotations

import random
import zlib

import numpy as np
import pytest

from benchmarks.truths import programs
from benchmarks.truths.axes import Axis
from benchmarks.truths.trained import GRIDS
from benchmarks.truths.training import Program
from benchmarks.truths.unlabelled import isolation, mixture

RIGHT, DOWN = 3, 1


def test_a_program_is_run_at_every_cell_and_seed():
    axes = (
        Axis(name="a", kind="ordinal", levels=(1, 2, 3)),
        Axis(name="b", kind="boolean", levels=(False, True)),
    )
    runs = Program("val_acc", axes, lambda seed, *, a, b: 10 * a + b + seed / 10, seeds=4).runs()
    assert runs.shape == (3, 2, 4)
    assert runs[2, 1].tolist() == pytest.approx([31.0, 31.1, 31.2, 31.3])


COLD = {"temperature": 1e-9, "schedule": "constant", "end_ratio": 0.1, "steps": 30}


@pytest.mark.parametrize("move", ["swap", "reverse", "insert"])
def test_a_cold_search_never_leaves_a_tour_for_a_longer_one(move, monkeypatch):
    monkeypatch.setattr(programs, "MOVES", 300)
    tour = list(range(programs.CITIES))
    random.Random(0).shuffle(tour)
    start = programs._length(programs._to_the_nearest(tour[0]))
    found = programs.annealing(0, **COLD, move=move, greedy_start=True)
    assert 3.0 < found <= start
    seen = programs._changed(list(range(6)), move, i=1, j=4)
    assert (
        seen
        == {
            "swap": [0, 4, 2, 3, 1, 5],
            "reverse": [0, 4, 3, 2, 1, 5],
            "insert": [0, 4, 1, 2, 3, 5],
        }[move]
    )


@pytest.mark.parametrize(
    ("schedule", "end"), [("geometric", 0.02), ("linear", 0.02), ("reciprocal", 0.02)]
)
def test_every_schedule_but_the_constant_ends_where_it_is_told(schedule, end):
    assert programs._temperature(schedule, 2.0, ratio=0.01, part=0.0) == pytest.approx(2.0)
    assert programs._temperature(schedule, 2.0, ratio=0.01, part=1.0) == pytest.approx(end)
    assert programs._temperature("constant", 2.0, ratio=0.01, part=1.0) == 2.0


def test_the_return_of_a_walk_that_knows_the_way(monkeypatch):
    """Eight steps round the pits, seven at .02; and into the first pit, two steps away."""
    monkeypatch.setattr(programs, "SLIPS", 0.0)
    side = programs.SIDE
    safe, blind = ([[0.0] * 4 for _ in range(side * side)] for _ in range(2))
    for place in range(side * side):
        safe[place][DOWN if place % side == side - 1 else RIGHT] = 1.0
        blind[place][RIGHT if place == 0 else DOWN] = 1.0
    assert programs._walk(safe, rng=random.Random(0)) == pytest.approx(1 - 7 * 0.02)
    assert programs._walk(blind, rng=random.Random(0)) == pytest.approx(-1 - 0.02)


def test_an_agent_that_does_not_learn_wanders():
    knobs = {"discount": 1.0, "epsilon": 1.0, "epsilon_decay": 0.8, "first_value": 0.0}
    idle, learning = (
        np.mean([programs.agent(s, learning_rate=r, rule="q", **knobs) for s in range(10)])
        for r in (0.0, 0.4)
    )
    assert idle < -0.7
    assert learning > idle + 0.5


def test_what_is_packed_is_all_there():
    rows, planes = (programs._raw(0, layout, delta=False) for layout in ("rows", "planes"))
    moved = np.frombuffer(planes, np.uint8).reshape(-1, programs.ROWS)
    assert moved.T.tobytes() == rows
    steps = np.frombuffer(programs._raw(0, "rows", delta=True), "<i4").reshape(-1, 3)
    assert np.cumsum(steps, axis=0).astype("<i4").tobytes() == rows
    knobs = {"strategy": "default", "window": 15, "memory": 8, "delta": False, "layout": "rows"}
    whole = programs.packing(0, level=6, block=len(rows), **knobs)
    assert whole == len(zlib.compress(rows, 6, wbits=-15)) / len(rows)
    assert programs.packing(0, level=6, block=256, **knobs) > whole


def test_contamination_moves_a_threshold_and_no_rank():
    knobs = {"n_estimators": 5, "max_samples": 32, "max_features": 0.5, "bootstrap": False}
    few, many, other = (
        isolation(s, scale=scale, n_components=0, contamination=part, **knobs)
        for s, scale, part in ((0, "none", 0.02), (0, "none", 0.2), (0, "unit", 0.2))
    )
    assert few == many
    assert few != other


def test_a_mixture_of_more_parts_than_there_are_rows_is_worth_nothing(monkeypatch):
    monkeypatch.setattr("benchmarks.truths.unlabelled.DRAWN", 40)
    knobs = {
        "scale": "unit",
        "n_components": 6,
        "covariance": "diag",
        "reg_covar": 0.01,
        "start": "kmeans",
        "max_iter": 12,
    }
    # Seeds that nothing else asks for: the digits of a seed are remembered.
    assert mixture(991, n_clusters=50, **knobs) == 0.0
    assert 0.1 < mixture(991, n_clusters=10, **knobs) < 1.0


def test_they_are_held_out_grids_with_seeds_to_spare():
    for name in ("annealing_tour", "agent_field", "packing_signal", "mixture_digits"):
        cells = np.prod([len(axis.levels) for axis in GRIDS[name].axes])
        assert 500 <= cells <= 5000
        assert GRIDS[name].seeds >= 3
