"""Frames from tables: which runs are used, which are not, and why."""

import math
from typing import Any

import numpy as np
import pandas as pd
import pytest

from analysis.declaration import Declaration
from analysis.errors import InputError, UnknownMetric, UnknownParameter
from analysis.frame import Frame
from analysis.runs import outcome
from analysis.sentinels import sentinel_values
from analysis.space import Condition


@pytest.fixture
def rng() -> np.random.Generator:
    return np.random.default_rng(3)


def table(n: int = 40) -> pd.DataFrame:
    rng = np.random.default_rng(n)
    return pd.DataFrame(
        {
            "lr": 10 ** rng.uniform(-4, -1, n),
            "depth": rng.integers(1, 4, n),
            "seed": 0,
            "loss": rng.uniform(1, 2, n),
        }
    )


def frame(data: pd.DataFrame, **options) -> Frame:
    options = {"parameters": ["lr", "depth"], "seed": "seed", **options}
    return Frame.from_table(data, metric="loss", direction="minimize", **options)


def reasons(made: Frame) -> dict[str, int]:
    return {item.reason: item.count for item in made.excluded}


def test_a_clean_table_is_used_whole():
    made = frame(table())
    assert (made.n_runs, made.n_configurations) == (40, 40)
    assert made.space.names == ("depth", "lr")
    assert (made.excluded, made.notes, made.failed) == ((), (), None)
    assert made.sign == -1


def test_replicates_share_a_configuration_and_blocks_split_it(rng):
    data = pd.concat([table(10)] * 3, ignore_index=True)
    data["seed"] = np.repeat([0, 1, 2], 10)
    data["loss"] += rng.normal(0, 0.1, 30)
    made = frame(data)
    assert made.replicates.tolist() == [3] * 10
    assert made.means[0] == pytest.approx(data["loss"][[0, 10, 20]].mean())
    data["machine"] = np.repeat(["x", "x", "y"], 10)
    assert frame(data, blocks=["machine"]).n_configurations == 20


def test_columns_in_another_order_give_the_same_frame():
    data = table()
    left, right = frame(data), frame(data, parameters=["depth", "lr"])
    assert left.space == right.space
    assert (left.codes == right.codes).all()


def test_runs_without_a_usable_result_are_left_out_with_their_reasons():
    data = table()
    data["status"] = "finished"
    data.loc[0, "status"] = "failed"
    data.loc[1, "status"] = "killed"
    data.loc[2, "status"] = "RUNNING"
    data.loc[3, "loss"] = math.nan
    data.loc[4, "loss"] = math.inf
    data.loc[5, "loss"] = 2147483647
    made = frame(data, status="status")
    assert made.n_runs == 34
    assert made.n_failed == 1
    assert sum(reasons(made).values()) == 5
    assert made.failed is not None
    assert made.failed.failed.sum() == 4  # failed, NaN, infinite and sentinel; killed says nothing
    assert sum(left_out.count for left_out in made.excluded if left_out.failed) == 3
    assert sorted(note.code for note in made.notes) == ["infinite", "nan_success", "sentinel"]
    said = {note.code: note.message for note in made.notes}
    assert said["nan_success"] == "1 of 40 runs finished with loss = NaN and counts as failed."
    assert all(note.hint.startswith("Log such runs with --status failed") for note in made.notes)


@pytest.mark.parametrize(
    ("word", "told"),
    [
        *[("COMPLETE", "finished"), (0, "finished"), (True, "finished"), (None, "running")],
        *[
            ("FAIL", "failed"),
            (137.0, "failed"),
            (False, "failed"),
            ("PRUNED", "killed"),
            ("", "running"),
        ],
    ],
)
def test_words_of_other_trackers_are_understood(word, told):
    assert outcome(word) == told


def test_a_metric_that_was_not_measured_is_no_failure():
    data = table().astype({"loss": object})
    data.loc[0, "loss"] = None
    made = frame(data)
    assert reasons(made) == {"without a value of loss": 1}
    assert made.failed is None


def test_failures_keep_a_space_of_their_own():
    data = table()
    data["status"] = "finished"
    data.loc[:3, "lr"] = 50.0
    data.loc[:3, "status"] = "failed"
    made = frame(data, status="status")
    assert made.failed is not None
    tried, finished = made.failed.space["lr"].domain, made.space["lr"].domain
    assert tried is not None
    assert finished is not None
    assert (tried[1], finished[1] < 1) == (50.0, True)


def test_a_run_recorded_twice_counts_once():
    data = table()
    doubled = pd.concat([data, data.iloc[:2]], ignore_index=True)
    made = frame(doubled)
    assert made.n_runs == 40
    assert [note.code for note in made.notes] == ["duplicates"]
    assert "knobwise retract " in made.notes[0].hint
    assert " ID " not in made.notes[0].hint


@pytest.mark.parametrize("apart", [0.0, 0.3])
def test_a_run_that_differs_in_another_metric_is_no_second_record(apart):
    data = table().assign(loss=1.0, speed=lambda t: t["lr"])
    doubled = pd.concat([data, data.assign(speed=data["speed"] + apart)], ignore_index=True)
    made = frame(doubled, other_metrics=["speed"])
    assert made.n_runs == 40
    assert [note.code for note in made.notes] == ["same_seed" if apart else "duplicates"]


def test_equal_results_of_different_or_unknown_seeds_are_kept():
    data = table()
    again = data.iloc[:2].assign(seed=1)
    assert frame(pd.concat([data, again], ignore_index=True)).n_runs == 42
    same = pd.concat([data, data.iloc[:2]], ignore_index=True)
    assert frame(same, seed=None).n_runs == 42


def test_the_name_of_a_run_is_no_seed_by_which_replicates_were_copies(rng):
    lr = np.repeat(np.geomspace(1e-4, 1e-1, 30), 2)
    accuracy = np.round(rng.uniform(0.90, 0.92, 60), 2)  # coarse: many pairs agree by chance
    names = [f"run-{i:02d}" for i in range(60)]
    data = pd.DataFrame({"lr": lr, "run_name": names, "loss": accuracy})
    named = frame(data, parameters=["lr", "run_name"], seed=None)
    assert [p.name for p in named.nuisance] == ["run_name"]
    assert (named.n_runs, named.n_configurations) == (60, 30)
    copied = pd.concat([data, data.iloc[:2]], ignore_index=True).assign(trial=[*range(60), 0, 1])
    told = {"trial": Declaration(role="nuisance")}
    with_trial = frame(copied, parameters=["lr", "run_name", "trial"], seed=None, declarations=told)
    assert with_trial.n_runs == 60  # a number that repeats with the result is a seed's equal


def test_values_of_an_inactive_parameter_mean_nothing(rng):
    n = 30
    act = np.array(["relu", "leaky"])[np.arange(n) % 2]
    data = pd.DataFrame({"act": act, "slope": rng.uniform(0, 1, n), "loss": rng.uniform(1, 2, n)})
    condition = Condition("act", ("leaky",))
    made = Frame.from_table(
        data,
        parameters=["act", "slope"],
        metric="loss",
        direction="minimize",
        declarations={"slope": Declaration(condition=condition)},
    )
    assert np.isnan(made.codes[act == "relu", made.space.index("slope")]).all()
    assert made.n_configurations == 16  # all relu runs are replicates of one another


def test_constants_and_names_are_set_aside_not_lost():
    data = table().assign(epochs=10, name=[f"r{i}" for i in range(40)])
    made = frame(data, parameters=["lr", "depth", "epochs", "name"])
    assert [p.name for p in made.constants] == ["epochs"]
    assert [p.name for p in made.nuisance] == ["name"]
    assert [note.code for note in made.notes] == ["identifier"]


def test_a_parameter_declared_block_becomes_one():
    data = table().assign(machine=["x", "y"] * 20)
    made = frame(
        data,
        parameters=["lr", "depth", "machine"],
        declarations={"machine": Declaration(role="block")},
    )
    assert list(made.blocks) == ["machine"]
    assert "machine" not in made.space.names


def test_times_order_the_runs():
    data = table(5).assign(at=pd.to_datetime(["2026-01-0" + str(d) for d in (3, 1, 2, 5, 4)]))
    assert frame(data, order="at").order.argsort().tolist() == [1, 2, 0, 4, 3]


def test_nothing_at_all_is_an_empty_frame():
    made = frame(table().assign(loss=math.nan))
    assert (made.n_runs, made.n_configurations, len(made.means)) == (0, 0, 0)
    assert frame(table(0)).n_runs == 0


def test_columns_that_are_not_there_are_named():
    with pytest.raises(UnknownParameter, match="no column 'momentum'"):
        frame(table(), parameters=["momentum"])
    with pytest.raises(UnknownMetric, match="no column 'loss'"):
        frame(table().drop(columns="loss"))
    with pytest.raises(InputError, match="no column 'day'"):
        frame(table(), order="day")


def test_taking_all_rows_changes_nothing_and_some_rows_keep_their_codes():
    made = frame(table())
    assert (made.take(np.arange(40)).codes == made.codes).all()
    some = made.take(np.array([5, 5, 7]))
    assert some.replicates.tolist() == [2, 1]
    assert some.objective.tolist() == made.objective[[5, 5, 7]].tolist()


def test_arrays_make_the_frame_of_their_table():
    rng = np.random.default_rng(0)
    X = rng.random((30, 2))
    frame = Frame.from_arrays(X, X[:, 0], direction="minimize", seeds=[0, 1, 2] * 10)
    assert frame.space.names == ("x0", "x1")
    assert frame.seeds[:3] == (0, 1, 2)
    assert frame.objective.tolist() == X[:, 0].tolist()
    mixed = np.array([[0.5, "a", None], [0.25, "b", True]] * 6, dtype=object)
    frame = Frame.from_arrays(
        mixed,
        np.arange(12.0),
        direction="maximize",
        names=["lr", "act", "amp"],
        block=["p", "q"] * 6,
    )
    assert frame.space["act"].levels == ("a", "b")
    assert frame.space["lr"].levels == (0.25, 0.5)
    assert list(frame.blocks["block"][:2]) == ["p", "q"]


class TestSentinels:
    GOOD = np.random.default_rng(3).uniform(0.5, 0.9, 50)

    @pytest.mark.parametrize("value", [2.0**31 - 1, -(2.0**31), 1e308, -1e300, 999999.0, -9999.0])
    def test_no_result_is_recognised(self, value):
        assert sentinel_values(np.append(self.GOOD, value)) == (value,)

    def test_minus_one_twice_among_positive_values(self):
        assert sentinel_values(np.append(self.GOOD, [-1.0, -1.0])) == (-1.0,)

    def test_one_minus_one_or_other_negative_values_prove_nothing(self):
        assert sentinel_values(np.append(self.GOOD, -1.0)) == ()
        assert sentinel_values(np.append(self.GOOD, [-1.0, -1.0, -0.3])) == ()

    def test_a_round_number_within_the_values_is_a_value(self, rng):
        assert sentinel_values(np.append(rng.uniform(0, 2000, 50), 999.0)) == ()


def test_an_ordered_categorical_keeps_its_order():
    rng = np.random.default_rng(0)
    sizes = ["small", "medium", "large", "huge"]
    table = pd.DataFrame({"size": rng.choice(sizes[:3], 60), "lr": rng.random(60)})
    table["loss"] = table["size"].map(sizes.index) + rng.normal(size=60)
    asked: dict[str, Any] = {"metric": "loss", "direction": "minimize"}
    table["size"] = pd.Categorical(table["size"], categories=sizes, ordered=True)
    table["band"] = pd.cut(table["lr"], [0.0, 0.06, 0.5, 1.0])
    table["batch"] = pd.Categorical((table["lr"] * 64).round(), ordered=True)
    frame = Frame.from_table(table, parameters=["size", "band", "batch"], **asked)
    assert frame.space["size"].levels == ("small", "medium", "large")
    assert frame.space["band"].levels == ("(0.0, 0.06]", "(0.06, 0.5]", "(0.5, 1.0]")
    assert frame.space["batch"].numeric  # numbers have an order of their own
    declared = Declaration(levels=("large", "medium", "small"))
    frame = Frame.from_table(table, parameters=["size"], **asked, declarations={"size": declared})
    assert frame.space["size"].levels == ("large", "medium", "small")
    table["size"] = table["size"].cat.as_unordered()
    frame = Frame.from_table(table, parameters=["size"], **asked)
    assert frame.space["size"].levels == ("large", "medium", "small")  # as texts go
