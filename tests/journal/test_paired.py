"""``best`` where all configurations were run with the same seeds: compared seed by seed."""

import json
import math
import random

import pytest

from journal import best as selection
from journal.best import best
from journal.paired import seed_effects
from journal.runs import Run
from tests.journal.test_best import a_run


def block(rng: random.Random, n: int, *, seeds: float, gap: float, sd: float = 0.02) -> list[Run]:
    """n configurations, each ``gap`` worse than the one before, run with the same five seeds."""
    adds = [rng.gauss(0, seeds) for _ in range(5)]
    return [
        a_run(100 * i + k, {"i": i}, -gap * i + adds[k] + rng.gauss(0, sd), seed=k)
        for i in range(n)
        for k in range(5)
    ]


def test_effects_are_those_of_the_additive_model():
    told = [{1: 3.0, 2: 5.0, 3: 10.1}, {1: 1.0, 2: 3.0, 3: 8.0}, {1: 2.1, 2: 4.0, 3: 9.0}]
    effects = seed_effects(told)
    assert effects == {
        seed: pytest.approx(
            sum(one[seed] for one in told) / 3 - sum(map(sum, map(dict.values, told))) / 9
        )
        for seed in (1, 2, 3)
    }
    assert sum(effects.values()) == pytest.approx(0)
    exact = [{1: 0.0, 2: 1.0}, {1: 2.0, 2: 3.0}]
    assert seed_effects(exact) == {1: -0.5, 2: 0.5}
    for none in ([], told[:1], [{1: 1.0}, {1: 2.0}], [{1: 1.0, 2: 2.0}, {1: 1.0, 3: 2.0}],
                 [{1: 1.0, 2: 1.0}] * 3, [{1: 1.0, 2: 2.0}, {1: 2.0, 2: 1.1}]):  # fmt: skip
        assert seed_effects(none) is None


def test_seeds_that_act_alike_are_no_noise(monkeypatch):
    runs = block(random.Random(0), 20, seeds=0.3, gap=0.02)
    found = best(runs, "acc", direction="maximize")
    assert found.noise is not None
    assert (found.noise.paired, found.noise.df) == (True, 9 * 4)
    assert found.noise.sd == pytest.approx(0.02, rel=0.3)
    assert len(found.configurations) <= 3
    assert [c.mean for c in found.configurations] == [
        pytest.approx(sum(r.metrics["acc"] for r in runs if r.params == c.params) / 5)
        for c in found.configurations
    ]
    monkeypatch.setattr(selection, "seed_effects", lambda results: None)
    apart = best(runs, "acc", direction="maximize")
    assert len(apart.configurations) > 15  # the control: what the seeds add taken for noise


def test_the_set_holds_the_best_as_often_as_promised_where_seeds_are_shared():
    held = paired = 0
    for seed in range(200):
        runs = block(random.Random(seed), 12, seeds=1.0, gap=0.001)
        found = best(runs, "acc", direction="maximize")
        held += any(c.params["i"] == 0 for c in found.configurations)
        paired += found.noise is not None and found.noise.paired
    assert paired == 200
    assert held / 200 >= 0.95


def test_seeds_that_add_nothing_or_are_not_those_of_all_are_not_paired():
    plain = [
        best(block(random.Random(seed), 12, seeds=0.0, gap=0.0), "acc", direction="maximize").noise
        for seed in range(60)
    ]
    assert sum(noise is not None and noise.paired for noise in plain) <= 3
    runs = block(random.Random(0), 12, seeds=1.0, gap=0.0)
    twice = a_run(9999, {"i": 3}, 0.5, seed=2)
    for other in (runs[1:], [*runs, twice], [*runs, a_run(9998, {"i": 50}, 0.5, seed=0)]):
        noise = best(other, "acc", direction="maximize").noise
        assert noise is not None
        assert not noise.paired
        assert noise.sd > 0.3


def test_pairing_never_costs_an_answer():
    """Two configurations and three seeds leave 2 degrees of freedom within seeds, 4 without."""
    runs = [run for run in block(random.Random(1), 2, seeds=1.0, gap=0.0) if run.seed in {0, 1, 2}]
    found = best(runs, "acc", direction="maximize")
    assert found.noise is not None
    assert (found.told, found.noise.df, found.noise.paired) == (True, 4, False)


def test_the_command_says_that_it_compares_seed_by_seed(knobwise):
    for run in block(random.Random(2), 4, seeds=1.0, gap=0.1):
        told = [f"i={run.params['i']}", "-m", f"acc={run.metrics['acc']}", "--seed", str(run.seed)]
        knobwise("log", *told)
    words = ["best", "-m", "acc", "--maximize"]
    assert "the seeds, the same for all, act alike: compared seed by seed" in knobwise(*words).out
    assert json.loads(knobwise(*words, "--json").out)["noise"]["paired"] is True
    assert "seed by seed" not in knobwise(*words, "seed<3", "i<2").out


LEFT_OUT = [(1e200,), (-1e160, 2e160), (1e308, 1.1e308), (1e308, -1e308, 1.1e150)]


def diverged(*results: float, seeds: tuple[int, ...] = (0, 1, 2)) -> list[Run]:
    """Four configurations on three seeds; of the worst, the first results are these."""
    told = {(i, k): i + 0.01 * k + 0.001 * (i * k % 3) for i in range(4) for k in range(3)}
    told |= {(3, k): value for k, value in enumerate(results)}
    return [a_run(10 * i + k, {"i": i}, acc, seed=seeds[k]) for (i, k), acc in told.items()]


@pytest.mark.parametrize("direction", ["minimize", "maximize"])
@pytest.mark.parametrize("results", LEFT_OUT)
def test_results_whose_squares_are_no_floats_are_left_out_as_nan_is(results, direction):
    found = best(diverged(*results), "acc", direction=direction)
    assert found.not_finite == len(results)
    assert found == best(diverged(*[math.nan] * len(results)), "acc", direction=direction)


@pytest.mark.parametrize("direction", ["minimize", "maximize"])
@pytest.mark.parametrize("results", [(1e150,), (-1e150, 1e150), (1e150, -1e150, 1e150)])
@pytest.mark.parametrize("seeds", [(0, 1, 2), (0, 0, 1), (0, 0, 0), (None, None, None)])
def test_smaller_ones_are_judged_however_large(results, direction, seeds):
    found = best(diverged(*results, seeds=seeds), "acc", direction=direction)
    assert (found.not_finite, found.compared) == (0, 4)
    assert (found.noise is None) == (seeds == (0, 0, 0))  # one seed again is no replicate
    assert found.noise is None or math.isfinite(found.noise.sd)
    assert all(math.isfinite(c.mean) and math.isfinite(c.behind) for c in found.configurations)


def test_the_command_says_what_it_left_out(knobwise):
    for run in diverged(1e200):
        words = [f"i={run.params['i']}", "-m", f"acc={run.metrics['acc']}"]
        knobwise("log", *words, "--seed", str(run.seed))
    shown = knobwise("best", "-m", "acc", "--minimize")
    assert shown.status == 0
    assert "1 run left out: acc is not finite, or beyond 1e150" in shown.out
    none = knobwise("best", "-m", "acc", "--minimize", "acc=1e200")
    assert (none.status, "1 finished with nan, inf or beyond 1e150" in none.err) == (2, True)
