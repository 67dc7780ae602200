"""Parameters that exist only under some levels of another one: what they leave to all others."""

import numpy as np
import pandas as pd
import pytest

from analysis import tables
from analysis.assessment import assess
from analysis.conditions import blank_inactive
from analysis.declaration import Declaration
from analysis.findings_objective import constants
from analysis.fitted import fitted
from analysis.frame import Frame
from analysis.regions import n_active
from analysis.sensitivity import decompose
from analysis.slices import gate, needs, sobol_settings
from analysis.space import Condition
from analysis.study import study


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
    there = study(fitted(algorithms(2, rng=1), np.random.default_rng(0)))
    of_the_pair(there.frame.space, there.decomposition)


def test_the_exact_decomposition_of_the_mean_agrees_with_the_draws():
    space, found = decompose(algorithms(2, rng=2), np.random.default_rng(0))
    for name, truth in exact(2, 1).items():
        assert found.total_order[space.index(name)] == pytest.approx(truth, abs=0.04)
    of_the_pair(space, found)


def kernels(seed, n=400):
    """y = C + [kernel is rbf] 2 (gamma - 1/2) where the algorithm is svm, else 1/2."""
    stream = np.random.default_rng(seed)
    svm, rbf = stream.random(n) < 0.5, stream.random(n) < 0.5
    c, gamma = stream.random((2, n))
    y = np.where(svm, c + rbf * 2 * (gamma - 0.5), 0.5) + 0.05 * stream.normal(size=n)
    table = pd.DataFrame({"algo": np.where(svm, "svm", "rf"), "y": y})
    table["kernel"] = [
        ("rbf" if r else "lin") if s else None for s, r in zip(svm, rbf, strict=True)
    ]
    table["C"] = [v if s else None for s, v in zip(svm, c, strict=True)]
    table["gamma"] = [v if s and r else None for s, r, v in zip(svm, rbf, gamma, strict=True)]
    names = ["algo", "kernel", "C", "gamma"]
    return Frame.from_table(table, parameters=names, metric="y", direction="maximize")


def test_what_hangs_on_something_that_hangs_on_another_exists_only_where_both_do():
    frame = kernels(0)
    columns = {frame.space.names[at] for at in needs(frame.space, frame.space.index("gamma"))}
    assert columns == {"kernel", "algo"}
    codes = gate(frame.space, sobol_settings(frame.space, 1024, rng=np.random.default_rng(0)))
    exists = dict(zip(frame.space.names, (~np.isnan(codes)).mean(axis=0), strict=True))
    assert exists["algo"] == 1
    assert exists["C"] == exists["kernel"] == pytest.approx(1 / 2, abs=0.01)
    assert exists["gamma"] == pytest.approx(1 / 4, abs=0.01)


def test_conditions_nested_twice_give_every_parameter_its_share():
    """Exact by hand: V = .1244; T of algo .501; within svm the kernel and C, within rbf gamma."""
    report = assess(kernels(1), rng=0)
    exact = {"algo": 0.501, "kernel": 0.334, "C": 0.334, "gamma": 0.8}
    totals = {found.name: found.total for found in report.parameters}
    assert {name: total.share for name, total in totals.items()} == pytest.approx(exact, abs=0.05)
    assert [n for n, t in totals.items() if not t.low <= exact[n] <= t.high] == []


def test_the_exact_decomposition_knows_nested_conditions_too():
    frame = kernels(2)
    space, found = decompose(frame, np.random.default_rng(0))
    drawn = study(fitted(frame, np.random.default_rng(0))).decomposition
    assert found.shapley_effect.sum() == pytest.approx(1)
    assert found.total_order[space.index("algo")] == pytest.approx(0.501, abs=0.04)
    assert found.first_order == pytest.approx(drawn.first_order, abs=0.03)
    assert found.second_order == pytest.approx(drawn.second_order, abs=0.05)


def test_a_value_recorded_below_a_switched_off_parent_means_nothing():
    columns = {
        "algo": ["rf", "svm", "svm"],
        "kernel": ["rbf", "rbf", "lin"],
        "gamma": [1.0, 2.0, 3.0],
    }
    said = {
        "gamma": Condition("kernel", ("rbf",)),
        "kernel": Condition("algo", ("svm",)),
    }
    blanked = blank_inactive(columns, said)
    assert blanked["kernel"] == [None, "rbf", "lin"]
    assert blanked["gamma"] == [None, 2.0, None]


def test_a_parent_without_a_value_may_switch_on_and_a_circle_ends():
    columns = {"algo": ["rf", "svm"], "kernel": ["rbf", "rbf"], "depth": [3, 4], "x": [1, 2]}
    said = {
        "kernel": Condition("algo", ("svm",)),
        "depth": Condition("kernel", (None,)),
        "x": Condition("x", (1,)),
    }
    blanked = blank_inactive(columns, said)
    assert blanked == {
        "algo": ["rf", "svm"], "kernel": [None, "rbf"], "depth": [3, None], "x": [1, None],
    }  # fmt: skip


def test_a_chain_of_conditions_is_followed_to_its_end_in_one_pass():
    n = 20
    columns = {f"p{i}": ["on", "on", "off"] for i in range(n)} | {"p0": ["on", "off", "on"]}
    said = {f"p{i}": Condition(f"p{i - 1}", ("on",)) for i in reversed(range(1, n))}
    blanked = blank_inactive(columns, said)
    assert blanked[f"p{n - 1}"] == ["on", None, None]
    assert blanked["p1"] == ["on", None, "off"]


@pytest.mark.parametrize("names", ["ab", "ba"])
def test_of_a_circle_nothing_is_kept_where_its_condition_fails_in_any_order(names):
    columns = {"a": [1, 2, 1, 2], "b": [1, 1, 2, 2]}
    said = {"a": Condition("b", (1,)), "b": Condition("a", (1,))}
    blanked = blank_inactive({n: columns[n] for n in names}, {n: said[n] for n in names})
    assert blanked == {"a": [1, None, None, None], "b": [1, None, None, None]}


def hanging(
    switch: np.ndarray,
    *,
    where: np.ndarray,
    values: tuple[float, ...],
    levels: tuple[float, ...] = (),
) -> Frame:
    """w matters where the switch has one of the values, and is declared to exist there."""
    rng = np.random.default_rng(0)
    table = pd.DataFrame({"switch": switch, "x": rng.random(len(switch))})
    table["w"] = np.where(where, rng.random(len(switch)), np.nan)
    table["y"] = table["x"] + 3 * (table["w"].fillna(0.5) - 0.5) ** 2
    declared = {
        "w": Declaration(condition=Condition("switch", values)),
        "switch": Declaration(levels=levels),
    }
    return Frame.from_table(
        table, parameters=["switch", "x", "w"], metric="y", direction="minimize",
        declarations=declared,
    )  # fmt: skip


def test_integers_that_something_is_declared_to_hang_on_are_levels():
    depth = np.random.default_rng(1).integers(1, 30, 80)  # read as a range without the declaration
    frame = hanging(depth, where=depth >= 20, values=tuple(range(20, 30)))
    assert frame.space["switch"].kind == "ordinal"
    assert n_active(frame, frame.space["w"]) == (depth >= 20).sum()
    found = {p.name: p for p in assess(frame, rng=0).parameters}
    assert found["w"].configurations == (depth >= 20).sum()


@pytest.mark.parametrize("declared", [True, False])
def test_of_a_condition_that_holds_nowhere_it_is_said_that_it_was_declared(declared):
    frame = hanging(np.resize([1, 2, 3], 60), where=np.zeros(60, bool), values=(7,))
    if not declared:
        table = pd.DataFrame({"switch": np.resize([1, 2, 3], 60), "w": None, "y": np.arange(60)})
        frame = Frame.from_table(
            table, parameters=["switch", "w"], metric="y", direction="minimize"
        )
    (found,) = [one for one in constants(frame) if one.parameters == ("w",)]
    assert ("declared to exist (switch = 7)" in found.message) is declared
    assert ("knobwise declare parameter w --clear" in found.hint) is declared


@pytest.mark.parametrize("kind", ["many integers", "numbers beside a zero"])
def test_a_condition_on_a_range_is_left_out_and_that_is_said(kind):
    rng = np.random.default_rng(1)
    values: tuple[float, ...] = (1, 2, 3)
    switch = rng.permutation(np.arange(200))
    if kind == "numbers beside a zero":
        values = (0,)
        switch = np.where(rng.random(200) < 0.4, 0, 10 ** rng.uniform(-6, -2, 200))
    where = np.isin(switch, values)
    frame = hanging(switch, where=where, values=values)
    assert (frame.space["w"].condition, frame.space["switch"].numeric) == (None, True)
    assert [note.parameters for note in frame.notes] == [("w", "switch")]
    assert frame.notes[0].code == "condition_range"
    levels = tuple(np.unique(switch).tolist())
    frame = hanging(switch, where=where, values=values, levels=levels)
    assert n_active(frame, frame.space["w"]) == where.sum()
    assert [note.code for note in frame.notes] == []


def test_a_range_that_was_declared_stays_one_whatever_hangs_on_it():
    depth = np.random.default_rng(1).integers(1, 20, 80)
    table = pd.DataFrame({"depth": depth, "w": np.where(depth > 9, depth / 20, np.nan)})
    declared = {
        "depth": Declaration(domain=(1, 64), scale="log"),
        "w": Declaration(condition=Condition("depth", tuple(range(10, 20)))),
    }
    frame = Frame.from_table(
        table.assign(y=depth), parameters=["depth", "w"], metric="y", direction="minimize",
        declarations=declared,
    )  # fmt: skip
    assert (frame.space["depth"].scale, frame.space["depth"].domain) == ("log", (1, 64))
    assert "condition_range" in {note.code for note in frame.notes}


def test_a_chain_of_a_thousand_ends():
    n = 1000
    columns = {f"p{i}": [1, 1] for i in range(n)} | {"p0": [1, 2]}
    said = {f"p{i}": Condition(f"p{i - 1}", (1,)) for i in range(1, n)}
    assert blank_inactive(columns, said)[f"p{n - 1}"] == [1, None]


def test_ranks_are_of_what_exists_everywhere():
    """Of all runs alg is second to a; g0's share is of the runs where it exists, and larger."""
    report = assess(algorithms(3, rng=1), rng=0)
    ranks = {p.name: (p.rank_low, p.rank_high) for p in report.parameters}
    totals = {p.name: p.total.share for p in report.parameters}
    assert totals["g0"] > totals["alg"]
    assert ranks["g0"] == (None, None)
    assert {*ranks["a"], *ranks["alg"]} == {1, 2}
    assert tables.rank(next(p for p in report.parameters if p.name == "g0")) == "–"
