"""What a seed does everywhere is told from noise, and `--block seed` takes it out."""

import numpy as np
import pandas as pd
import pytest

import journal
from analysis import Frame, assess
from analysis.errors import UnknownParameter
from analysis.shared_seeds import shared_seeds, skillings_mack
from tests.analysis.planted import clean, framed, score


def crossed(rng, *, n: int, seeds: int, kept: float = 0.8) -> pd.DataFrame:
    """n settings, most of them with each of the seeds."""
    table = clean(rng, n)
    table = pd.concat([table] * seeds, ignore_index=True)
    table["seed"] = np.repeat(np.arange(seeds), n)
    return table[rng.random(len(table)) < kept].reset_index(drop=True)


@pytest.mark.parametrize(("n", "seeds"), [(8, 2), (12, 3), (30, 5)])
def test_noise_that_differs_between_settings_is_no_seed(n, seeds):
    alarms = 0
    for number in range(60):
        rng = np.random.default_rng([number, n])
        table = crossed(rng, n=n, seeds=seeds)
        y = score(table, rng) + rng.normal(size=len(table)) * 3 * table["p00"].to_numpy()
        alarms += bool(shared_seeds(framed(table, y)))
    assert alarms == 0


def test_p_is_uniform_under_chance_and_small_where_a_seed_acts():
    chance, acting = [], []
    for number in range(200):
        rng = np.random.default_rng(number)
        runs = pd.DataFrame({"configuration": np.repeat(np.arange(20), 3)})
        runs["seed"] = np.tile([0, 1, 2], 20)
        runs = runs[rng.permutation(60) >= 6]
        runs = runs[runs.groupby("configuration")["seed"].transform("size") > 1]
        noise = rng.normal(size=len(runs))
        chance.append(skillings_mack(runs.assign(y=noise)))
        acting.append(skillings_mack(runs.assign(y=noise + 1.5 * runs["seed"])))
    assert np.mean(np.array(chance) < 0.5) == pytest.approx(0.5, abs=0.1)
    assert np.mean(np.array(chance) < 0.05) <= 0.08
    assert np.mean(np.array(acting) < 0.002) > 0.9


def test_against_friedmans_test_where_no_run_is_missing():
    from scipy.stats import friedmanchisquare

    rng = np.random.default_rng(0)
    y = rng.normal(size=(15, 4))
    runs = pd.DataFrame(
        {"configuration": np.repeat(np.arange(15), 4), "seed": np.tile(np.arange(4), 15)}
    ).assign(y=y.ravel())
    assert skillings_mack(runs) == pytest.approx(friedmanchisquare(*y.T).pvalue)


@pytest.mark.parametrize("seeds", [None, range(30)])
def test_seeds_that_no_two_settings_share_are_not_looked_at(seeds):
    rng = np.random.default_rng(0)
    table = pd.concat([clean(rng, 15)] * 2, ignore_index=True)
    if seeds is not None:
        table = table.assign(seed=list(seeds))
    assert shared_seeds(framed(table, score(table, rng) + np.repeat([0.0, 5.0], 15))) == []


def book(path, *, apart: float, seeds: bool = True):
    rng = np.random.default_rng(1)
    with journal.open(path) as kept:
        for _ in range(40):
            x, z = map(float, rng.random(2))
            for seed in range(3):
                with kept.run(x=x, z=z, seed=seed if seeds else None) as run:
                    run.result(acc=x + 0.3 * z + apart * (seed - 1) + float(rng.normal(0, 0.05)))
    return path


def test_seeds_taken_for_blocks_leave_the_noise_that_is_left(tmp_path):
    path = book(tmp_path, apart=0.6)
    reports = {}
    for blocks in ((), ("seed",)):
        frame = Frame.from_journal(path, metric="acc", direction="maximize", block=blocks)
        reports[blocks] = assess(frame, rng=0)
    told, plain = ({f.code for f in reports[b].findings} for b in ((), ("seed",)))
    assert "shared_seeds" in told - plain
    noise = [reports[blocks].noise.sd for blocks in ((), ("seed",))]
    assert noise[0] > 0.3
    assert noise[1] == pytest.approx(0.05, abs=0.01)
    verdicts = [{p.name: p.verdict for p in reports[b].parameters} for b in ((), ("seed",))]
    assert verdicts[0]["x"] == "forgiving"
    assert verdicts[1]["x"] == "critical"


def test_a_journal_without_seeds_has_none_to_take(tmp_path):
    path = book(tmp_path, apart=0.0, seeds=False)
    with pytest.raises(UnknownParameter, match="'seed' to take as a block"):
        Frame.from_journal(path, metric="acc", direction="maximize", block=["seed"])
