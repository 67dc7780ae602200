"""Shares part by part: per budget, per dataset, per step."""

import shlex

import numpy as np
import pandas as pd
import pytest

import journal
from analysis.assessment import assess
from analysis.errors import InputError, Misused, UnknownParameter
from analysis.frame import Frame
from analysis.strata import Part, parts_at, parts_by, strata, varying
from tests.analysis.planted import framed


def budgets(n: int = 150) -> pd.DataFrame:
    """With 5 epochs lr decides, with 50 wd does."""
    rng = np.random.default_rng(0)
    table = pd.DataFrame(
        {"lr": rng.random(n), "wd": rng.random(n), "epochs": rng.choice([5, 50], n)}
    )
    decides = np.where(table["epochs"] == 5, table["lr"], table["wd"])
    table["y"] = decides + rng.normal(size=n) * 0.05
    return table


def totals(stratum) -> dict[str, float]:
    return {item.name: item.total.share for item in stratum.parameters if item.total}


def test_what_decides_at_each_budget_is_told_apart():
    short, long = strata(parts_by(framed(budgets()), "epochs"))
    assert (short.by, short.value, short.answer) == ("epochs", 5, "given")
    assert long.value == 50
    assert totals(short)["lr"] > 0.9
    assert totals(long)["wd"] > 0.9
    assert all(p.total.low <= p.total.share <= p.total.high for p in short.parameters)
    assert {p.name for p in short.parameters} == {"lr", "wd"}


def test_blocks_are_parts_too():
    table = budgets().rename(columns={"epochs": "dataset"})
    short, long = strata(parts_by(framed(table, blocks=["dataset"]), "dataset"))
    assert totals(short)["lr"] > 0.9
    assert totals(long)["wd"] > 0.9


def test_a_part_of_noise_or_of_too_few_runs_is_withheld_alone():
    table = budgets()
    table.loc[table["epochs"] == 50, "y"] = np.random.default_rng(1).random(
        (table["epochs"] == 50).sum()
    )
    table.loc[:5, "epochs"] = 500
    short, noise, few = strata(parts_by(framed(table), "epochs"))
    assert short.answer == "given"
    assert (noise.answer, few.answer) == ("withheld", "withheld")
    assert "not reliably better than the mean" in noise.because
    assert "too few" in few.because
    assert totals(noise) == {}


def test_a_condition_is_gone_where_its_parent_has_one_value():
    rng = np.random.default_rng(0)
    n = 120
    table = pd.DataFrame({"opt": rng.choice(["sgd", "adam"], n), "lr": rng.random(n)})
    table["momentum"] = np.where(table["opt"] == "sgd", rng.random(n), np.nan)
    y = table["lr"] + table["momentum"].fillna(0) + rng.normal(size=n) * 0.05
    adam, sgd = parts_by(framed(table, y.to_numpy()), "opt")
    assert varying(sgd.frame).space["momentum"].condition is None
    assert varying(adam.frame).space.names == ("lr",)
    found = strata([adam, sgd])
    assert totals(found[0]).keys() == {"lr"}
    assert totals(found[1])["momentum"] == pytest.approx(0.5, abs=0.1)


def chosen(n: int, *, svm: float = 0.5) -> pd.DataFrame:
    """svm is 2 better, and c decides there; trees has depth, which does nothing beside leaf."""
    rng = np.random.default_rng(1)
    table = pd.DataFrame({"alg": np.where(rng.random(n) < svm, "svm", "trees")})
    there = (table["alg"] == "svm").to_numpy()
    c, leaf = rng.random((2, n))
    table["c"] = np.where(there, c, np.nan)
    table["leaf"] = np.where(there, np.nan, leaf)
    table["depth"] = np.where(there, np.nan, rng.random(n))
    table["epochs"] = rng.choice([5, 50], n)
    table["y"] = np.where(there, 2 + c, leaf) + 0.05 * rng.normal(size=n)
    return table


def test_conditional_parameters_have_the_shares_of_where_they_exist_as_in_the_main_table():
    table = chosen(200)
    short, _ = strata(parts_by(framed(table), "epochs"))
    alone = framed(table[table["epochs"] == 5].drop(columns="epochs").reset_index(drop=True))
    main = {p.name: p.total.share for p in assess(alone, transform="none").parameters}
    assert totals(short) == pytest.approx(main, abs=0.05)
    assert totals(short)["c"] > 0.9
    assert totals(short)["depth"] < 0.05


def test_a_conditional_parameter_of_few_runs_or_of_one_value_has_no_share():
    table = chosen(100, svm=0.08).drop(columns="epochs")
    (few,) = strata([Part("step", 1, framed(table))])
    assert few.answer == "given"
    assert totals(few).keys() == {"alg", "leaf", "depth"}
    table = chosen(160)
    table.loc[(table["epochs"] == 5) & (table["alg"] == "svm"), "c"] = 0.5
    short, long = strata(parts_by(framed(table), "epochs"))
    assert "c" not in totals(short)
    assert "c" in totals(long)


def test_blocks_are_taken_out_on_the_scale_of_the_answer():
    """A block is a factor of 20: taken out before the logarithm it would leave negative results."""
    rng = np.random.default_rng(0)
    n = 120
    table = pd.DataFrame(
        {"a": rng.random(n), "b": rng.random(n), "host": rng.choice(["p", "q"], n)}
    )
    power = 3 * table["a"] + 2 * table["a"] * table["b"] + 3 * (table["host"] == "p")
    table["y"] = np.exp(power + 0.1 * rng.normal(size=n))
    frame = framed(table, blocks=["host"])
    (part,) = strata([Part("step", 1, frame)], transform="log10")
    main = {p.name: p.total.share for p in assess(frame, transform="log10").parameters}
    assert totals(part) == pytest.approx(main, abs=0.03)


def test_a_setting_made_in_two_blocks_is_one_configuration_as_it_is_in_the_whole():
    table = pd.concat([budgets(60).assign(host=host) for host in ("p", "q")], ignore_index=True)
    frame = framed(table, blocks=["host"])
    short, long = strata(parts_by(frame, "epochs"))
    assert short.configurations + long.configurations == assess(frame).runs.configurations == 60


def test_too_many_values_or_an_unknown_name_are_refused():
    frame = framed(pd.DataFrame({"x": np.arange(60.0), "z": [1, 2] * 30}), np.arange(60.0))
    with pytest.raises(InputError, match="60 different values"):
        parts_by(frame, "x")
    with pytest.raises(UnknownParameter, match="epochs"):
        parts_by(frame, "epochs")


@pytest.mark.parametrize(
    ("values", "blocks", "typed"),
    [
        (range(60), [], "'drop out'>=30"),
        ([f"n{k:02}" for k in range(60)], ["drop out"], "'drop out'=n30"),
    ],
)
def test_the_filter_that_narrows_too_many_values_can_be_typed(values, blocks, typed):
    table = pd.DataFrame({"drop out": list(values), "z": [1, 2] * 30})
    with pytest.raises(Misused) as refused:
        parts_by(framed(table, np.arange(60.0), blocks=blocks), "drop out")
    assert shlex.split(refused.value.typed)[-2:] == ["--where", typed]
    assert refused.value.hint.endswith(f"of a part of them: where={typed!r}")


def test_what_never_changed_is_one_part():
    frame = framed(pd.DataFrame({"x": np.arange(60.0), "epochs": [5] * 60}), np.arange(60.0))
    with pytest.raises(Misused, match="epochs is the same in all these runs"):
        parts_by(frame, "epochs")


def test_the_same_seed_gives_the_same_parts_whatever_the_workers():
    parts = parts_by(framed(budgets(80)), "epochs")
    assert strata(parts, rng=3) == strata(parts, rng=3, workers=2)


def test_from_step_to_step(tmp_path):
    """lr decides at step 1, width at step 3."""
    rng = np.random.default_rng(0)
    with journal.open(tmp_path / "runs") as book:
        for _ in range(60):
            lr, width = rng.random(2)
            with book.run(lr=lr, width=width) as run:
                for step, decides in ((1, lr), (2, lr + width), (3, width)):
                    run.log(step, acc=float(decides + rng.normal() * 0.03))
    frames = {
        step: Frame.from_journal(tmp_path / "runs", metric="acc", direction="maximize", step=step)
        for step in (3, 1, 2)
    }
    first, middle, last = strata(parts_at(frames))
    assert [s.value for s in (first, middle, last)] == [1, 2, 3]
    assert totals(first)["lr"] > 0.9
    assert totals(middle)["lr"] == pytest.approx(0.5, abs=0.15)
    assert totals(last)["width"] > 0.9
