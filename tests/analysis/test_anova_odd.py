"""Odd journals: the table is finite and lawful or refused with a reason, and a plan is whole."""

from dataclasses import asdict
from functools import cache

import numpy as np
import pandas as pd
import pytest

from analysis.anova import Anova
from analysis.anova_welch import Welch
from analysis.assessment import assess
from analysis.classical import Classical
from analysis.errors import AnalysisError, TooFewRuns
from analysis.frame import Frame

pytestmark = pytest.mark.usefixtures("one_thread")

COLUMNS = (
    lambda rng, n: rng.random(n),
    lambda rng, n: 10 ** rng.uniform(-300, 300, n),
    lambda rng, n: rng.choice(list("abc"), n),
    lambda rng, n: rng.choice([1, 2, 4, 8], n),
    lambda rng, n: rng.random(n) < 0.5,
    lambda rng, n: np.array([None if u < 0.4 else float(u) for u in rng.random(n)], dtype=object),
    lambda rng, n: np.array([f"v{i}" for i in rng.integers(0, max(n // 2, 2), n)]),
    lambda rng, n: np.repeat([1.0, 2.0], [n - 1, 1]),
)
OBJECTIVES = (
    lambda rng, n: rng.normal(size=n),
    lambda rng, n: rng.standard_cauchy(n) * 1e200,
    lambda rng, n: (rng.random(n) < 0.1).astype(float),
    lambda rng, n: rng.normal(size=n) * 1e-290,
    lambda rng, n: 1e9 + rng.integers(0, 3, n),
)
METHODS = (
    Anova(),
    Anova(sums="III", covariance="robust", interactions="all"),
    Anova(response="ranks", adjust="bh", blocks="random"),
    Anova(error="pure", weights="equal"),
    Anova(rows="runs"),
)


@cache
def odd(seed, *, objectives=OBJECTIVES):
    """A random journal of a few runs with strange columns, copies of columns, and repeats."""
    rng = np.random.default_rng(seed)
    n, repeats = int(rng.choice([3, 8, 20, 60])), int(rng.integers(1, 4))
    made = [COLUMNS[rng.integers(len(COLUMNS))](rng, n) for _ in range(rng.integers(1, 8))]
    if rng.random() < 0.3:
        made.append(made[0])
    table = pd.DataFrame({f"p{j}": column for j, column in enumerate(made)})
    y = objectives[rng.integers(len(objectives))](rng, n)
    table = pd.concat([table] * repeats, ignore_index=True)
    noise = rng.normal(size=len(table)) * np.max(np.abs(y - y[0])) * 0.05
    table["where"] = rng.choice(["x", "y"], len(table))
    table = table.assign(seed=np.repeat(range(repeats), n), y=np.tile(y, repeats) + noise)
    return Frame.from_table(
        table,
        parameters=[f"p{j}" for j in range(len(made))],
        metric="y",
        direction="maximize",
        seed="seed",
        blocks=["where"] if rng.random() < 0.4 else (),
    )


@pytest.mark.parametrize("seed", range(25))
def test_every_number_is_lawful_or_there_is_none(seed):
    frame = odd(seed)
    for method in METHODS:
        try:
            table = method(frame)
        except AnalysisError:
            continue
        for row in table.terms:
            assert np.isfinite(row.F)
            assert 0 <= row.p <= row.p_adjusted + 1e-12 <= 1 + 1e-12
            assert 0 <= row.partial_eta_low <= row.partial_eta_high <= 1
            assert 0 <= row.omega_squared <= 1
        told = {term.parameters for term in table.terms}
        told |= {term.parameters for term in table.dropped}
        assert {(name,) for name in frame.space.names} <= told


def numbers(part):
    """Every float in plain nested data."""
    if isinstance(part, float):
        yield part
    elif isinstance(part, dict | list | tuple):
        for item in part.values() if isinstance(part, dict) else part:
            yield from numbers(item)


@pytest.mark.parametrize("blocks", ["fixed", "random"])
@pytest.mark.parametrize("words", [(), ("robust",), ("ranks", "bh"), ("welch",), ("pure", "type3")])
def test_what_a_report_keeps_of_the_tests_is_finite_and_lawful(words, blocks):
    for seed in range(40):
        frame = odd(seed)
        levels = [p.name for p in frame.space.parameters if not p.numeric]
        found = Classical.of(words, blocks=blocks, contrasts=levels)(frame)
        if found is None:
            continue
        assert np.isfinite(list(numbers(asdict(found)))).all()
        for term in found.terms:
            assert 0 <= term.omega_low <= term.omega_high <= 1
        assert all(0 <= c.p <= 1 and c.low <= c.difference <= c.high for c in found.contrasts)


@pytest.mark.parametrize("seed", range(6))
def test_every_odd_journal_has_a_plan_or_no_space(seed):
    frame = odd(seed, objectives=OBJECTIVES[:1])
    report = assess(frame, planned=5)
    assert len(report.plan.runs) == (5 if len(frame.space) else 0)


def test_welch_says_which_parameters_it_could_not_group():
    frame = odd(2)
    rows, dropped = Welch()(frame)
    named = {row.parameters[0] for row in rows} | {d.parameters[0] for d in dropped}
    assert named == set(frame.space.names)


def test_too_few_settings_are_told_what_they_need():
    """Three levels of one parameter are three settings, however often they are run."""
    x = np.repeat(["a", "b", "c"], 2)
    y = np.arange(6.0)
    few = Frame.from_arrays(x[:, None], y, direction="minimize", seeds=[0, 1] * 3)
    with pytest.raises(TooFewRuns, match=r"3 configurations .* that vary \(1\)") as caught:
        Anova()(few)
    assert "no more than 3" in caught.value.message
    assert "until 5 runs are repetitions, and ask for --anova pure" in caught.value.hint
    more = Frame.from_arrays(
        np.repeat(x, 2)[:, None], np.arange(12.0) ** 2, direction="minimize", seeds=[*range(4)] * 3
    )
    assert Anova(error="pure")(more)["x0"].df == 2  # what is advised cures it
    x = np.array([0.11, 0.52, 0.83, 0.24])[:, None]
    with pytest.raises(TooFewRuns, match="that vary") as caught:
        Anova()(Frame.from_arrays(x[:3], x[:3, 0] ** 2, direction="minimize"))
    assert caught.value.hint == "run at least 4 different settings"
    assert Anova()(Frame.from_arrays(x, x[:, 0] ** 2, direction="minimize"))["x0"].df == 1
