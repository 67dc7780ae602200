"""What each parameter is taken for, by the rules in the module's docstring."""

import math
import shlex
from collections.abc import Sequence

import numpy as np
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from analysis.conditions import chance_of_split
from analysis.declaration import Declaration
from analysis.errors import InputError
from analysis.inference import axis, infer
from analysis.results import Scalar
from analysis.roles import role_of
from analysis.space import NONE, Condition, Parameter, factorize, level_key

UNIFORM = np.random.default_rng(7).uniform(0.1, 0.9, 60).tolist()
LOG_UNIFORM = (10.0 ** np.random.default_rng(8).uniform(-5, -1, 60)).tolist()


@pytest.fixture
def rng() -> np.random.Generator:
    return np.random.default_rng(7)


def role(name, values, said) -> str:
    return role_of(name, factorize(values), said=said.role if said else None)


def one(values, **said) -> Parameter:
    return axis("p", values, declaration=Declaration(**said))


class TestDeclaredScale:
    def test_a_declared_scale_wins(self):
        assert one(UNIFORM, scale="log").scale == "log"
        assert one(LOG_UNIFORM, scale="linear").scale == "linear"

    def test_declared_log_refuses_a_negative_number_and_says_which(self):
        with pytest.raises(InputError, match="-2 was run") as caught:
            one([*LOG_UNIFORM, -2.0, -1.0], scale="log")
        assert "--scale linear" in caught.value.typed
        assert caught.value.hint == 'declare it scale="linear"'

    def test_what_is_to_be_typed_has_odd_names_and_values_in_quotes(self):
        with pytest.raises(InputError) as log:
            axis("the p", [*LOG_UNIFORM, -2.0], declaration=Declaration(scale="log"))
        assert log.value.typed == "knobwise declare parameter 'the p' --scale linear"
        with pytest.raises(InputError) as levels:
            axis("the p", ["a", "it's"] * 5, declaration=Declaration(levels=("a", "b")))
        words = shlex.split(levels.value.typed)
        assert words[3:] == ["the p", "--clear,", "or", "--where", "'the p'!=\"it's\""]


class TestLevels:
    def test_few_numbers_run_often_are_ordered_levels(self):
        parameter = one([64, 16, 32] * 5)
        assert (parameter.kind, parameter.scale) == ("ordinal", "levels")
        assert parameter.levels == (16, 32, 64)

    def test_few_numbers_run_once_each_are_an_interval(self):
        assert one(UNIFORM[:12]).scale == "linear"

    def test_a_grid_of_twenty_one_powers_is_levels(self):
        assert len(one([2.0**k for k in range(21)] * 10).levels) == 21

    def test_an_unbroken_run_of_twenty_one_integers_is_an_interval(self):
        parameter = one(list(range(21)) * 10)
        assert (parameter.kind, parameter.domain) == ("integer", (0.0, 20.0))

    def test_none_is_a_level_and_comes_last(self):
        assert one(["b", None, "a"] * 3).levels == ("a", "b", None)

    def test_truth_values_are_boolean_and_not_one_and_zero(self):
        assert one([True, False] * 5).kind == "boolean"
        mixed = one([True, 1, 0] * 5)
        assert (mixed.kind, mixed.levels) == ("categorical", (True, 0, 1))

    def test_numbers_with_several_words_are_categories(self):
        parameter = one([*UNIFORM[:3], "auto", "max"] * 3)
        assert parameter.kind == "categorical"
        assert parameter.levels[-2:] == ("auto", "max")

    def test_declared_levels_keep_their_order_and_refuse_strangers(self):
        assert one(["low", "high", "mid"], levels=("low", "mid", "high")).levels[1] == "mid"
        with pytest.raises(InputError, match="p = odd was run"):
            one(["low", "odd"], levels=("low", "high"))

    def test_declared_numbers_are_ordered_by_their_size_for_they_have_ends(self):
        assert one([64, 512, 128] * 3, levels=(512, 128, 64, 8)).levels == (64, 128, 512)
        assert one([64, None, 128], levels=(128, None, 64)).levels == (64, 128, None)

    def test_a_domain_beside_declared_levels_is_no_reason_for_an_axis_without_any(self):
        parameter = one(UNIFORM[:12], domain=(0.0, 1.0), scale="levels")
        assert parameter.levels == tuple(sorted(UNIFORM[:12]))

    def test_a_declared_range_of_integers_that_was_run_whole_is_levels_as_it_is_undeclared(self):
        values = [1, 2, 3, 4] * 5
        assert one(values, domain=(1, 4)).levels == one(values).levels == (1, 2, 3, 4)
        assert one(values, domain=(1, 6)).domain == (1.0, 6.0)
        assert one(values, domain=(1, 4), scale="linear").domain == (1.0, 4.0)
        assert one([1.5, 2, 3, 4] * 5, domain=(1, 4)).domain == (1.0, 4.0)
        assert one([0.0, 1.0] * 9, domain=(0, 1)).scale == "linear", "dropout at its ends"
        assert one([1, 100, 10**6] * 9, domain=(1, 1e12)).domain == (1.0, 1e12)
        assert one([0.0, 1.0, 2.0] * 9, domain=(-0.5, 2.5)).domain == (-0.5, 2.5)

    def test_a_declared_interval_wins_over_few_values(self):
        parameter = one([0.1, 0.2, 0.3] * 5, domain=(0.0, 1.0))
        assert (parameter.scale, parameter.domain) == ("linear", (0.0, 1.0))


class TestAtoms:
    @pytest.mark.parametrize("special", [None, "auto", math.inf])
    def test_one_special_value_beside_numbers_is_an_atom(self, special):
        parameter = one([*UNIFORM, *[special] * 20])
        assert parameter.numeric
        assert parameter.none_share == pytest.approx(20 / 80)
        codes = parameter.encode([special, UNIFORM[0]])
        assert codes[0] == NONE
        assert 0 <= codes[1] <= 1
        assert parameter.decode(NONE) == special

    def test_zero_beside_a_log_axis_is_an_atom(self):
        parameter = one([*LOG_UNIFORM, *[0.0] * 15])
        assert parameter.scale == "log"
        assert parameter.atom == 0.0
        assert parameter.none_share == pytest.approx(15 / 75)
        assert parameter.encode([0.0, 0]).tolist() == [NONE, NONE]

    def test_zero_on_a_linear_axis_is_a_number(self):
        parameter = one([*UNIFORM, 0.0, 0.0])
        assert (parameter.none_share, parameter.domain) == (0.0, (0.0, max(UNIFORM)))


class TestConditions:
    ACT = ("tanh", "relu", "leaky") * 10

    def columns(self, slope: Sequence[Scalar]) -> dict[str, Sequence[Scalar]]:
        return {"act": list(self.ACT), "lr": UNIFORM[:30], "slope": slope}

    def test_absence_settled_by_a_level_is_a_condition(self):
        slope = [UNIFORM[i] if act == "leaky" else None for i, act in enumerate(self.ACT)]
        parameter = next(p for p in infer(self.columns(slope)).studied if p.name == "slope")
        assert parameter.condition == Condition("act", ("leaky",))
        assert str(parameter.condition) == "act = leaky"
        assert np.isnan(parameter.encode([None])).all()
        assert parameter.none_share == 0

    def test_one_exception_makes_it_an_atom_instead(self):
        slope = [UNIFORM[i] if act == "leaky" else None for i, act in enumerate(self.ACT)]
        slope[0] = 0.5  # an active slope under tanh
        parameter = next(p for p in infer(self.columns(slope)).studied if p.name == "slope")
        assert parameter.condition is None
        assert parameter.none_share == pytest.approx(19 / 30)

    def test_four_runs_prove_no_condition(self):
        columns: dict[str, list[Scalar]] = {
            "act": ["a", "a", "b", "b"],
            "slope": [None, None, 0.1, 0.2],
        }
        assert all(p.condition is None for p in infer(columns).studied)

    def test_of_two_that_exist_together_one_decides_and_the_other_hangs_on_it(self):
        """Each would settle the other; the one that never changes where it exists decides."""
        warmup = [None if act == "relu" else 100 + 400 * (i % 2) for i, act in enumerate(self.ACT)]
        schedule = [None if value is None else "cosine" for value in warmup]
        columns = {"lr": UNIFORM[:30], "warmup": warmup, "schedule": schedule}
        found = {p.name: p.condition for p in infer(columns).studied}
        assert found == {
            "lr": None, "schedule": None, "warmup": Condition("schedule", ("cosine",)),
        }  # fmt: skip

    def test_a_condition_that_was_said_is_not_turned_round(self):
        warmup = [None if act == "relu" else 100 + 400 * (i % 2) for i, act in enumerate(self.ACT)]
        schedule = [None if value is None else "cosine" for value in warmup]
        said = {"schedule": Declaration(condition=Condition("warmup", (100, 500)))}
        whole = infer({"warmup": warmup, "schedule": schedule}, declarations=said)
        assert {p.name: p.condition for p in whole.studied} == {"warmup": None}
        assert [p.name for p in whole.constants] == ["schedule"]

    def test_chance_counts_the_ways_to_fill_levels(self):
        assert chance_of_split(np.array([2, 2]), 2) == pytest.approx(2 / 6)
        assert chance_of_split(np.array([10, 10, 10]), 20) == pytest.approx(3 / math.comb(30, 20))

    def test_a_slope_that_never_changes_where_it_exists_is_a_constant(self):
        slope = [0.01 if act == "leaky" else None for act in self.ACT]
        inference = infer(self.columns(slope))
        assert [p.name for p in inference.constants] == ["slope"]


class TestRoles:
    def test_seed_and_names_are_nuisances(self):
        assert role("train.seed", [1, 2, 3], None) == "nuisance"
        assert role("cv.fold", [1, 2, 3], None) == "block"
        assert role("cv.fold", [5, 5, 5], None) == "constant"
        assert role("cv.fold", [3, 5, 10], Declaration(role="studied")) == "studied"
        assert role("folds", [3, 5, 10], None) == "studied"

    @pytest.mark.parametrize("name", ["outer_fold", "cv.innerFold", "val_fold_idx", "test-fold"])
    def test_folds_within_folds_and_held_out_ones_are_blocks(self, name):
        assert role(name, [0, 1, 2], None) == "block"

    @pytest.mark.parametrize(
        "name", ["n_fold", "k_fold", "num_folds", "kfold", "fold_bn", "unfold"]
    )
    def test_how_many_folds_there_are_is_a_setting(self, name):
        assert role(name, [3, 5, 10], None) == "studied"
        assert role("run_name", [f"run-{i}" for i in range(40)], None) == "nuisance"

    def test_a_declared_role_wins(self):
        assert role("seed", [1, 2, 3], Declaration(role="studied")) == "studied"
        assert role("lr", [1, 2, 3], Declaration(role="nuisance")) == "nuisance"

    def test_a_category_run_several_times_is_no_name(self):
        assert role("model", [f"m{i % 25}" for i in range(100)], None) == "studied"

    def test_one_value_is_a_constant(self):
        assert role("lr", [0.1] * 9, None) == "constant"


SCALARS = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(),
    st.integers(-3, 3),
    st.sampled_from([10**400, -(10**400), 2**63, 0.0, -0.0]),
    st.floats(),
    st.text(max_size=3),
)


@settings(max_examples=300, deadline=None)
@given(
    st.integers(0, 40).flatmap(
        lambda n: st.dictionaries(
            st.text(min_size=1, max_size=4),
            st.lists(SCALARS, min_size=n, max_size=n),
            max_size=4,
        )
    )
)
@example({"0": [0, 1.7976931348623157e308, -9.9792015476736e291]})
@example({"FOLD": [None, False]})
def test_any_mixture_of_scalars_is_some_parameter_and_none_is_dropped(columns):
    inference = infer(columns)
    named = [p.name for p in (*inference.studied, *inference.constants, *inference.nuisance)]
    assert sorted([*named, *inference.blocks]) == sorted(columns)
    for parameter in inference.studied:
        codes = parameter.encode(columns[parameter.name])
        known = codes[~np.isnan(codes)]
        assert ((known == NONE) | (known >= 0)).all()
        if parameter.numeric:
            assert known.max(initial=0) <= 1
            assert 0 <= parameter.none_share < 1
        else:
            assert known.max(initial=0) < len(parameter.levels)
            assert [parameter.decode(float(i)) for i in range(len(parameter.levels))] == list(
                parameter.levels
            )


@settings(max_examples=300, deadline=None)
@given(st.lists(SCALARS, max_size=30))
def test_the_short_cuts_of_factorize_agree_with_level_keys(values):
    codes, distinct = factorize(values)
    keys = [level_key(value) for value in values]
    assert [level_key(distinct[code]) for code in codes] == keys
    assert len(distinct) == len(set(keys))


@pytest.mark.parametrize("domain", [(0.001, 0.1), (0.0003, 0.7), (1e-5, 0.3), (0.1, 0.7)])
@pytest.mark.parametrize("scale", ["log", "linear"])
def test_the_ends_of_a_range_are_what_was_logged_to_the_last_digit(domain, scale):
    """exp(log(0.001)) is 0.0010000000000000002."""
    there = Parameter(name="x", kind="continuous", scale=scale, domain=domain)
    assert (there.decode(0.0), there.decode(1.0)) == domain
    assert domain[0] < there.decode(0.5) < domain[1]
