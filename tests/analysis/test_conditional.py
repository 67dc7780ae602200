"""Parameters that exist only under some levels of another one: what they leave to all others."""

import numpy as np
import pandas as pd
import pytest

from analysis.assessment import assess
from analysis.frame import Frame
from analysis.study import decompose, study


def algorithms(count, *, rng, own=1, n=300):
    """y = a + [algorithm j] 2 (g_j - 1/2): the first `own` algorithms have a parameter g_j each."""
    stream = np.random.default_rng(rng)
    a, which, g = stream.random(n), stream.integers(0, count, n), stream.random((n, own))
    mine = which[:, None] == np.arange(own)
    y = a + np.sum(mine * 2 * (g - 0.5), axis=1) + 0.1 * stream.normal(size=n)
    table = pd.DataFrame({"a": a, "alg": [f"m{k}" for k in which], "y": y})
    for j in range(own):
        table[f"g{j}"] = [
            v if there else None for v, there in zip(g[:, j], mine[:, j], strict=True)
        ]
    names = ["a", "alg", *(f"g{j}" for j in range(own))]
    return Frame.from_table(table, parameters=names, metric="y", direction="maximize")


def exact(count, own):
    """V(a) = 1/12; V(g_j) = 1/3 where it exists; T of alg = E Var over the algorithms."""
    whole = 1 / 12 + own / count / 3
    over = own / count / 3 * (1 - 1 / count)
    return {"a": 1 / 12 / whole, "alg": over / whole}


@pytest.mark.parametrize(("count", "own"), [(2, 1), (5, 5)])
def test_what_exists_only_somewhere_does_not_inflate_the_variance_of_all(count, own):
    frame = algorithms(count, own=own, rng=0)
    report = assess(frame, rng=0)
    found = {p.name: p for p in report.parameters}
    for name, truth in exact(count, own).items():
        total = found[name].total
        assert total.share == pytest.approx(truth, abs=0.04)
        assert total.low <= truth <= total.high
    assert found["alg"].first_order.high < 0.05
    assert found["g0"].condition is not None
    assert found["g0"].total.share > 0.6  # where it exists it decides


def of_the_pair(space, found):
    """What one half of the space with V(g) = 1/3 gives: a quarter each to g and to the pair."""
    child, parent = space.index("g0"), space.index("alg")
    assert found.first_order[child] == pytest.approx(1 / 3, abs=0.05)
    assert found.second_order[parent, child] == pytest.approx(1 / 3, abs=0.05)
    assert found.shapley_effect.sum() == pytest.approx(1)
    assert (found.first_order <= found.shapley_effect + 1e-12).all()
    assert (found.shapley_effect <= found.total_order + 1e-12).all()


def test_a_conditional_parameter_and_its_parent_hold_a_pair_and_all_shares_add_up():
    there = study(algorithms(2, rng=1), np.random.default_rng(0))
    of_the_pair(there.frame.space, there.decomposition)


def test_the_exact_decomposition_of_the_mean_agrees_with_the_draws():
    space, found = decompose(algorithms(2, rng=2), np.random.default_rng(0))
    for name, truth in exact(2, 1).items():
        assert found.total_order[space.index(name)] == pytest.approx(truth, abs=0.04)
    of_the_pair(space, found)
