"""Tests for LAPACK without the interpreter's lock: the same numbers, and threads that go on."""

import importlib
import re
import sys
import threading
import time

import numpy as np
import pytest
from scipy.linalg.lapack import dpotrf, dpotri

from analysis import lapack


@pytest.fixture(params=[False, True], ids=["lapack's own", "as scipy wraps them"])
def routines(request, monkeypatch):
    """The module; in the second case as it is where signatures are others."""
    if request.param:
        monkeypatch.setattr(re, "fullmatch", lambda *_: None)
    importlib.reload(lapack)
    yield lapack
    monkeypatch.undo()
    importlib.reload(lapack)


def definite(n):
    points = np.random.default_rng(n).random((n, n))
    return np.asfortranarray(points @ points.T + n * np.eye(n))


@pytest.mark.parametrize("n", [1, 2, 7, 150])
@pytest.mark.parametrize("lower", [False, True])
def test_they_are_lapacks_factor_and_inverse_to_the_bit(routines, n, lower):
    matrix = definite(n)
    factor = routines.cholesky(matrix.copy(order="F"), lower=lower)
    assert np.array_equal(factor, dpotrf(matrix, lower=lower, clean=0)[0])
    if not lower:
        assert np.array_equal(routines.inverse(factor.copy(order="F")), dpotri(factor)[0])


def test_they_work_in_place_and_leave_the_other_triangle(routines):
    matrix = definite(5)
    below = np.tril(matrix, -1)
    factor = routines.cholesky(matrix)
    assert np.shares_memory(factor, matrix)
    assert np.shares_memory(routines.inverse(factor), matrix)
    assert np.array_equal(np.tril(matrix, -1), below)


def test_what_has_no_factor_or_no_inverse_is_told(routines):
    assert routines.cholesky(np.asfortranarray(-np.eye(3))) is None
    assert routines.cholesky(np.asfortranarray(np.full((3, 3), np.nan))) is None
    with pytest.raises(np.linalg.LinAlgError):
        routines.inverse(np.asfortranarray(np.diag([1.0, 0.0])))


@pytest.mark.parametrize(
    "matrix",
    [
        definite(4)[:, :3],
        definite(4)[::2, ::2],
        np.ascontiguousarray(np.triu(definite(4))),
        definite(4).astype(np.float32),
        np.eye(3, dtype=int).T,
        np.broadcast_to(np.eye(3).T, (3, 3)).T,
    ],
)
def test_memory_is_written_to_only_as_it_is_laid_out(routines, matrix):
    for work in (routines.cholesky, routines.inverse):
        with pytest.raises(ValueError, match="by columns"):
            work(matrix)


def test_other_threads_go_on_meanwhile():
    """The control: SciPy's wrapper of the same inverse lets none of them."""
    factor = lapack.cholesky(definite(1500))
    before = sys.getswitchinterval()
    sys.setswitchinterval(60)  # nobody is asked to let go of the lock
    try:
        scipys = steps_during(lambda: dpotri(factor, overwrite_c=1))
        ours = steps_during(lambda: lapack.inverse(factor))
    finally:
        sys.setswitchinterval(before)
    assert scipys <= 2
    assert ours > 5


def steps_during(work):
    """Of another thread, which lets go of the lock after each step."""
    steps, begun, over = [0], threading.Event(), threading.Event()

    def count():
        while not over.is_set():
            steps[0] += 1
            begun.set()
            time.sleep(1e-5)

    other = threading.Thread(target=count)
    other.start()
    begun.wait()
    at_first = steps[0]
    work()
    within = steps[0] - at_first
    over.set()
    other.join()
    return within
