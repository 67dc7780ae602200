"""What is another draw of a configuration, and what only looks like one."""

import random

import pytest

from journal.best import best
from tests.journal.test_best import a_run

COMMITS = ({"git": {"commit": "old"}}, {"git": {"commit": "new"}})


def answer(runs):
    return best(runs, "acc", direction="maximize")


def again(runs, change, *, context=None):
    """The same with the same seeds, and what that adds."""
    given = {} if context is None else {"context": context}
    return [
        a_run(1000 + k, run.params, run.metrics["acc"] + change(), seed=run.seed, **given)
        for k, run in enumerate(runs)
    ]


def swept(seeds, sd=0.01):
    rng = random.Random(3)
    made = ((i, seed, rng.gauss(i / 100, sd)) for i in range(12) for seed in range(seeds))
    return [
        a_run(10 * i + seed, {"i": i}, acc, seed=seed, context=COMMITS[0]) for i, seed, acc in made
    ]


def test_one_seed_again_is_no_replicate():
    runs = swept(1)
    found = answer(runs + again(runs, lambda: 0.001, context=COMMITS[0]))
    assert (found.told, found.noise, found.again) == (False, None, 12)
    assert [c.n for c in found.configurations] == [2] * 12


def test_another_seed_is():
    assert answer(swept(2)).told
    assert answer(swept(2)).again == 0


@pytest.mark.parametrize("commit", COMMITS)
def test_what_a_machine_or_the_code_adds_is_no_noise(commit):
    runs, rng = swept(3), random.Random(8)
    added = (lambda: 0.05) if commit is COMMITS[1] else (lambda: rng.gauss(0, 1e-4))
    alone, both = answer(runs), answer(runs + again(runs, added, context=commit))
    assert alone.noise is not None
    assert both.noise is not None
    assert both.noise.df == alone.noise.df
    assert both.noise.sd == pytest.approx(alone.noise.sd, rel=0.02)


def test_seeds_that_decide_nothing_are_no_seeds():
    runs, rng = swept(3, sd=0.0), random.Random(9)
    noisy = [a_run(2000 + k, r.params, rng.gauss(0, 0.1), seed=r.seed) for k, r in enumerate(runs)]
    more = [a_run(3000 + k, r.params, rng.gauss(0, 0.1), seed=r.seed) for k, r in enumerate(runs)]
    found = answer(noisy + more)
    assert found.noise is not None
    assert found.again == 0
    assert [c.n for c in found.configurations] == [6] * len(found.configurations)


def test_each_seed_weighs_the_same_in_the_mean():
    runs = [a_run(k, {"i": 1}, acc, seed=s) for k, (acc, s) in enumerate([(1, 0), (3, 0), (5, 1)])]
    assert answer(runs).configurations[0].mean == pytest.approx(3.5)


def test_the_command_says_that_one_seed_again_is_no_replicate(knobwise):
    for acc in (0.5, 0.6):
        for lr in ("0.1", "0.2"):
            knobwise("log", f"lr={lr}", "-m", f"acc={acc + float(lr)}", "--seed", "1")
    out = knobwise("best", "-m", "acc", "--maximize").out
    assert "no configuration was run twice with another seed\n" in out
    assert "2 runs repeat a seed of their configuration, and each seed counts once" in out
