"""Same seed, same answer: alone, on several processes, on a Dask cluster."""

from __future__ import annotations

import os
from collections.abc import Iterator
from dataclasses import replace

import joblib
import numpy as np
import pytest
from distributed import Client, LocalCluster
from threadpoolctl import threadpool_info, threadpool_limits

from analysis import assess
from analysis.codec import to_report_json
from analysis.forest import Forest
from analysis.frame import Frame
from analysis.threads import one_thread
from tests.analysis.planted import clean, framed, score
from tests.analysis.spaces import MIXED, data, mixed_codes, mixed_function


@pytest.fixture(scope="module")
def frame() -> Frame:
    """Smooth and rough parameters: every candidate is fitted, and its skill is in the report."""
    rng = np.random.default_rng(0)
    table = clean(rng, 40, 4)
    return framed(table, score(table, rng, noise=0.1))


@pytest.fixture(scope="module")
def alone(frame) -> str:
    return to_report_json([assess(frame, rng=0)])


@pytest.fixture(scope="module")
def cluster() -> Iterator[Client]:
    """Two workers of a Dask cluster, in threads of this process."""
    options = {"n_workers": 2, "threads_per_worker": 1, "processes": False}
    with LocalCluster(**options, dashboard_address=":0") as made, Client(made) as client:
        yield client


def forest_slices(workers: int) -> np.ndarray:
    rng = np.random.default_rng(3)
    codes = mixed_codes(120, rng)
    target = mixed_function(codes) + 0.1 * rng.standard_normal(120)
    fitted = Forest(workers=workers)(MIXED, data(codes, target), rng=np.random.default_rng(0))
    others = mixed_codes(16, rng)
    sliced = fitted.slices(others, 4, rng=np.random.default_rng(1))
    return np.concatenate([part.ravel() for part in (*sliced.values, sliced.pairs)])


def computed_on(client: Client) -> int:
    """Pieces of work that the cluster was given so far."""
    return int(client.run_on_scheduler(lambda dask_scheduler: len(dask_scheduler.computations)))


def test_another_seed_gives_another_answer(frame, alone):
    """The control: equality below is not for want of digits."""
    assert to_report_json([assess(frame, rng=1)]) != alone


def test_a_generator_gives_the_numbers_of_its_seed(frame):
    """As in NumPy. It does not tell its seed, and used again it goes on."""
    generator = np.random.default_rng(0)
    seeded, drawn = assess(frame, rng=0), assess(frame, rng=generator)
    assert (seeded.provenance.seed, drawn.provenance.seed) == (0, None)
    assert replace(drawn, provenance=seeded.provenance) == seeded
    assert assess(frame, rng=np.int64(0)) == seeded
    assert assess(frame, rng=generator).parameters != seeded.parameters


def test_two_workers_give_the_same_report(frame, alone):
    assert to_report_json([assess(frame, rng=0, workers=2)]) == alone


def test_two_processes_give_the_same_report(frame, alone):
    with joblib.parallel_config(backend="loky"):
        assert to_report_json([assess(frame, rng=0, workers=2)]) == alone
        pids = joblib.Parallel(n_jobs=2)(joblib.delayed(os.getpid)() for _ in range(4))
    assert os.getpid() not in pids


def test_a_wish_for_processes_is_no_demand(frame, alone):
    """Pieces too small to be sent stay in threads whatever joblib prefers."""
    with joblib.parallel_config(prefer="processes"):
        assert to_report_json([assess(frame, rng=0, workers=2)]) == alone


def test_a_dask_cluster_gives_the_same_report(frame, alone, cluster):
    before = computed_on(cluster)
    with joblib.parallel_config(backend="dask"):
        assert to_report_json([assess(frame, rng=0, workers=2)]) == alone
    assert computed_on(cluster) > before


def test_a_forest_is_the_same_wherever_its_trees_grow(cluster):
    serial = forest_slices(1)
    assert np.array_equal(forest_slices(2), serial)
    with joblib.parallel_config(backend="dask"):
        assert np.array_equal(forest_slices(2), serial)


@one_thread
def threads() -> set[int]:
    """How many threads the linear algebra of this process may use."""
    np.ones((2, 2)) @ np.ones((2, 2))
    return {pool["num_threads"] for pool in threadpool_info()}


def test_work_that_is_sent_away_keeps_to_one_thread():
    with threadpool_limits(limits=2):
        assert threads() == {1}
        unbound = {pool["num_threads"] for pool in threadpool_info()}
        sent = joblib.Parallel(n_jobs=2)(joblib.delayed(threads)() for _ in range(2))
    assert sent == [{1}, {1}]
    assert unbound == {2}  # the control
