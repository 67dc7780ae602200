"""What the analyst's tests share: a generator that begins anew, linear algebra on one thread."""

import numpy as np
import pytest
from threadpoolctl import threadpool_limits


@pytest.fixture
def rng() -> np.random.Generator:
    return np.random.default_rng(0)


@pytest.fixture(scope="module")
def one_thread():
    """For what limits nothing itself: a method asked directly, not by an assessment."""
    with threadpool_limits(limits=1):
        yield
