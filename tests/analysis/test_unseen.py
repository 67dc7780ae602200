"""What the surrogate does not foresee and noise does not explain may belong to any parameter."""

from __future__ import annotations

from dataclasses import replace
from functools import cache
from itertools import product

import numpy as np
import pandas as pd
import pytest

from analysis.answers import interaction, tie
from analysis.assessment import assess
from analysis.estimates import UNSEEN, UNSEEN_SHOWN, claimed, total_share
from analysis.fitted import fitted
from analysis.study import Study, study
from tests.analysis.planted import framed

D = 8
NOISE = 0.3


@cache
def studied(*, hidden: bool, seeds: int = 2, whole: bool = False) -> Study:
    """A main effect of x0 and noise; hidden: beside them a fine chequered board of x1 and x2.

    Half the configurations have several seeds; whole: all combinations of three booleans.
    """
    rng = np.random.default_rng(0)
    x = np.array(list(product([0.0, 1.0], repeat=3))) if whole else rng.random((80, D))
    board = np.sign(np.sin(60 * x[:, 1]) * np.sin(60 * x[:, 2]))
    mean = 2 * np.sqrt(3) * x[:, 0] + hidden * board
    again = np.concatenate([np.arange(len(x)), np.repeat(np.arange(0, len(x), 2), seeds - 1)])
    y = mean[again] + rng.normal(0, NOISE, len(again))
    runs = x[again] > 0 if whole else x[again]
    table = pd.DataFrame(runs, columns=[f"x{i}" for i in range(x.shape[1])])
    return study(fitted(framed(table, y), np.random.default_rng(1)))


def test_an_interaction_that_no_run_foretells_is_missed_by_its_share_of_the_variance():
    # The main effect and the board have a variance of 1 each.
    assert studied(hidden=True).unseen == pytest.approx(0.5, abs=0.15)


def test_noise_that_replicates_tell_is_not_taken_for_something_unseen():
    assert studied(hidden=False).unseen < 0.06


def test_how_much_is_unseen_at_most_follows_from_how_well_the_noise_is_known():
    found = studied(hidden=True)
    share = found.noise.sd**2 * np.mean(1 / found.frame.replicates) / np.var(found.frame.means)
    # 40 degrees of freedom: the noise may be 40 / 51.8 of what the replicates say.
    assert found.noise.df == 40
    assert found.unseen_at_most - found.unseen == pytest.approx(share * (1 - 40 / 51.805), rel=1e-3)


def test_without_replicates_half_of_what_is_missed_counts():
    found = studied(hidden=True, seeds=1)
    assert found.noise.source == "residual"
    assert found.unseen == pytest.approx((1 - found.choice.skill) / 2)


def test_where_every_combination_was_run_nothing_is_unseen():
    assert studied(hidden=True, whole=True).unseen == 0


def test_shares_make_room_for_it_above_and_below_where_a_forest_speaks(monkeypatch):
    found = studied(hidden=True)
    index = found.frame.space.index("x7")
    claim, shown = claimed(found, index), total_share(found, index)
    room, more = UNSEEN * found.unseen, UNSEEN_SHOWN * found.unseen_at_most
    assert more > room
    assert claim.share_high > 0.05, "idle as it looks, it is not called so"
    assert claimed(studied(hidden=False), index).share_high < 0.05
    monkeypatch.setattr(Study, "unseen", 0.0)
    monkeypatch.setattr(Study, "unseen_at_most", 0.0)
    bare = claimed(found, index)
    rough = found.choice.rough
    assert 0 < rough <= 1
    low = max(0.0, bare.share_low - rough * room)
    assert claim == replace(
        bare, share_low=pytest.approx(low), share_high=pytest.approx(bare.share_high + room)
    )
    plain = total_share(found, index)
    assert shown == replace(
        plain,
        low=pytest.approx(max(0.0, plain.low - rough * UNSEEN * found.unseen_at_most)),
        high=pytest.approx(min(1.0, plain.high + more)),
    )


def led(*, even: bool, n: int = 70) -> Study:
    """Ten random runs, then others near the best; or even ones. A main effect, a board far from it.

    Near the best all is foreseen, and nothing that is held out lies on the board.
    """
    rng = np.random.default_rng(0)
    x = rng.random((n, 4))
    if not even:
        x[10:] = np.clip(0.8 + 0.05 * rng.standard_normal((n - 10, 4)), 0, 1)
    board = np.sign(np.sin(40 * x[:, 1])) * (x[:, 0] < 0.6)
    y = 2 * x[:, 0] + board + rng.normal(0, 0.05, len(x))
    table = pd.DataFrame(x, columns=[f"x{i}" for i in range(4)])
    return study(fitted(framed(table, y), np.random.default_rng(1)))


@pytest.mark.parametrize(
    ("n", "even", "room", "more"),
    [(40, False, 0.5, 0.5), (30, False, 2 / 3, 2 / 3), (20, False, 1.0, 1.0),
     (70, False, UNSEEN, UNSEEN_SHOWN), (40, True, UNSEEN, UNSEEN_SHOWN)],
    ids=["ten each", "seven", "five", "many", "even"],
)  # fmt: skip
def test_in_a_crowd_few_runs_leave_more_of_it_to_one_parameter(n, even, room, more, monkeypatch):
    """Of four parameters; from 17 configurations each as of even runs."""
    found = led(even=even, n=n)
    assert found.crowded is not even
    index = found.frame.space.index("x3")
    claim, shown = claimed(found, index), total_share(found, index)
    room, more = room * found.unseen, more * found.unseen_at_most
    monkeypatch.setattr(Study, "unseen", 0.0)
    monkeypatch.setattr(Study, "unseen_at_most", 0.0)
    bare, plain = claimed(found, index), total_share(found, index)
    assert claim.share_high == pytest.approx(min(1.0, bare.share_high + room))
    assert shown.high == pytest.approx(min(1.0, plain.high + more))


@pytest.mark.parametrize(
    ("even", "room", "more"), [(False, UNSEEN, UNSEEN_SHOWN), (True, 0.0, 0.0)], ids=["led", "even"]
)
def test_in_a_crowd_a_pair_may_have_a_part_in_it_too(even, room, more, monkeypatch):
    found = led(even=even)
    shown, tied = interaction(found, "x2", right="x3").high, tie(found, "x2", right="x3")
    room, more = room * found.unseen, more * found.unseen_at_most
    monkeypatch.setattr(Study, "unseen", 0.0)
    monkeypatch.setattr(Study, "unseen_at_most", 0.0)
    bare, own = interaction(found, "x2", right="x3").high, tie(found, "x2", right="x3")
    assert own < bare, "what is shown is stretched, what groups are claimed on is not"
    assert shown == pytest.approx(min(1.0, bare + more))
    assert tied == pytest.approx(min(1.0, own + room))


def starred(*, crossed: bool) -> Study:
    """y = 2a + 4ab + c/2 about the base (1/2, ..): one changed at a time, or all at random."""
    rng = np.random.default_rng(0)
    levels = np.linspace(0, 1, 9)
    star = [
        {**dict.fromkeys("abcd", 0.5), name: float(value)} for name in "abcd" for value in levels
    ]
    table = pd.DataFrame(star * 2)
    if crossed:
        table = pd.DataFrame(rng.choice(levels, table.shape), columns=list("abcd"))
    a, b, c = (table[name] - 0.5 for name in "abc")
    y = 2 * a + 4 * a * b + c / 2 + rng.normal(0, 0.02, len(table))
    return study(fitted(framed(table, y.to_numpy()), np.random.default_rng(1)))


def test_what_was_only_changed_alone_is_never_called_low():
    found = starred(crossed=False)
    assert found.unbounded == {*"abcd"}
    for index in range(4):
        claim = claimed(found, index)
        assert claim.share_high == 1
        assert claim.risk_high >= np.ptp(found.frame.means)
        assert total_share(found, index).high == 1
    b = found.frame.space.index("b")
    assert total_share(found, b).low <= 0.24 <= total_share(found, b).high  # its exact total


def test_pairs_of_what_was_only_changed_alone_are_open_and_tie_their_groups():
    report = assess(starred(crossed=False).frame, rng=0, margin=0.3)
    assert all(pair.high == 1 for pair in report.interactions)
    assert not any(len(group) == 1 for group in report.groups)


def test_an_effect_that_is_seen_at_the_base_can_still_be_critical():
    report = assess(starred(crossed=False).frame, rng=0, margin=0.3)
    verdicts = {item.name: item.verdict for item in report.parameters}
    assert verdicts == {"a": "critical", "b": "undetermined", "c": "undetermined",
                        "d": "undetermined"}  # fmt: skip
    assert all(item.more_runs is None for item in report.parameters)


def test_the_same_parameters_run_in_random_combinations_are_decided():
    report = assess(starred(crossed=True).frame, rng=0, margin=0.3)
    verdicts = {item.name: item.verdict for item in report.parameters}
    assert (verdicts["a"], verdicts["b"], verdicts["d"]) == ("critical", "critical", "negligible")
