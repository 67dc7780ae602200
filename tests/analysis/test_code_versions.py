"""The same seed after a change of the code: what was changed, and no scatter of the machine."""

import shlex

import numpy as np
import pytest

import journal
from analysis.findings import findings
from analysis.frame import Frame
from analysis.intake import told
from analysis.noise import noise
from journal import filters
from journal.facts import flat

OLD, NEW = "6" + "0" * 39, "a" + "1" * 39
CHANGE = 0.05


@pytest.fixture
def made(tmp_path):
    """Settings with one seed or more, once with each commit; what the second adds."""

    def make(change, *, n=15, seeds=1, commits=(OLD, NEW), key="commit", noise=0.004):
        rng = np.random.default_rng(4)
        lr, drop = rng.uniform(-4, -1, n), rng.random(n)
        own = rng.normal(0, noise, (n, seeds))
        with journal.open(tmp_path) as book:
            for added, commit in zip((0, change), commits, strict=True):
                for i in range(n):
                    for seed in range(seeds):
                        acc = 0.9 - 0.03 * (lr[i] + 2.5) ** 2 + own[i, seed] + added
                        params = {"lr": float(10 ** lr[i]), "drop": float(drop[i])}
                        context = {"git": {key: commit}}
                        metrics = {"acc": float(acc)}
                        book.append(
                            [book.logged(params, metrics=metrics, seed=seed, context=context)]
                        )
        return tmp_path

    return make


def read(path, **options) -> Frame:
    return Frame.from_journal(path, metric="acc", direction="maximize", **options)


def found_in(frame):
    return {f.code: f for f in findings(frame)}


def test_what_the_code_does_to_one_seed_is_named_and_is_no_scatter_of_a_machine(made):
    frame = read(made(CHANGE))
    found = found_in(frame)
    assert "same_seed" not in found
    assert found["versions"].says is not None
    facts = dict(found["versions"].says.facts)
    assert (facts["n"], facts["old"], facts["new"]) == (15, OLD[:10], NEW[:10])
    assert facts["change"] == pytest.approx(CHANGE)
    assert [e.says.key for e in frame.excluded if e.says] == ["says.excluded.other_version"]


def test_a_machine_that_scatters_one_commit_is_the_control(made):
    found = found_in(read(made(0.001, commits=(OLD, OLD))))
    assert "versions" not in found
    assert "same_seed" in found


@pytest.mark.parametrize(("key", "change"), [("branch", CHANGE), ("commit", 1e-9)])
def test_what_is_no_version_or_changes_nothing_is_not_named(made, key, change):
    assert "versions" not in found_in(read(made(change, key=key)))


def test_changes_in_both_directions_are_no_change(made):
    path = made(0.0)
    rng = np.random.default_rng(1)
    with journal.open(path) as book:
        for run in told(path).runs[:15]:
            metrics = {"acc": run.metrics["acc"] + float(rng.normal(0, CHANGE))}
            context = {"git": {"commit": "third"}}
            book.append([book.logged(run.params, metrics=metrics, seed=run.seed, context=context)])
    assert "versions" not in found_in(read(path))


def test_equal_results_of_two_commits_are_not_recorded_twice(made):
    frame = read(made(0.0))
    assert not {"duplicates", "versions", "same_seed"} & {*found_in(frame)}
    assert (frame.n_runs, frame.n_configurations) == (15, 15)


def test_equal_results_of_one_commit_are(made):
    assert "duplicates" in found_in(read(made(0.0, commits=(OLD, OLD))))


def test_the_noise_is_that_of_seeds_and_not_of_commits(made):
    """It is ten times what seeds do: taken for scatter of one seed it said seeds do nothing."""
    frame = read(made(CHANGE, seeds=3))
    known = noise(frame)
    assert known is not None
    assert (known.df, frame.n_runs) == (30, 45)
    assert known.sd == pytest.approx(0.004, rel=0.3)


def test_taken_out_as_blocks_they_are_runs_of_their_own(made):
    frame = read(made(CHANGE), block="git.commit")
    assert frame.n_runs == 30
    assert "versions" not in found_in(frame)


def test_the_filter_that_is_advised_keeps_the_runs_of_one_commit(made):
    path = made(CHANGE)
    _, _, hint = found_in(read(path))["versions"].hint.partition("--where ")
    words = shlex.split(hint.rstrip(".`"))
    kept = filters.select(told(path).runs, words)
    assert {flat(run.context)["git.commit"] for run in kept} == {NEW}
    assert len(kept) == 15
