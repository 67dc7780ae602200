"""What is of another kind than a public function takes is refused by name, not in its insides."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
import pytest

import journal
from analysis import AnalysisError, Classical, Condition, Declaration, Frame, assess, codec, write
from analysis.anova import Anova
from analysis.anova_contrasts import Tukey
from analysis.anova_welch import Welch
from analysis.errors import Misused
from analysis.evenness import sampling_weights
from analysis.findings import findings
from analysis.noise import noise
from analysis.several import Question, several
from analysis.strata import parts_at, parts_by, strata

RNG = np.random.default_rng(0)
TABLE = pd.DataFrame({"a": RNG.random(40), "act": ["p", "q"] * 20, "y": RNG.random(40)})
FRAME = Frame.from_table(TABLE, parameters=["a", "act"], metric="y", direction="maximize")
WRONG: dict[str, Any] = {
    "None": None, "table": TABLE, "list": [1], "text": "x", "array": np.array([1.0, np.nan]),
    "number": 1.5,
}  # fmt: skip
PARTS = parts_by(FRAME, "act")


@pytest.mark.parametrize("wrong", WRONG.values(), ids=WRONG)
@pytest.mark.parametrize(
    "asked",
    [
        assess, findings, noise, sampling_weights, parts_at, strata, Anova(), Classical(), Welch(),
        lambda wrong: Tukey()(wrong, "act"), lambda wrong: parts_by(wrong, "act"),
        lambda wrong: strata([wrong]), Question, several, lambda wrong: Question(FRAME, wrong),
    ],
)  # fmt: skip
def test_what_is_no_frame_is_not_analysed(asked, wrong):
    with pytest.raises(Misused, match=r"is a (Frame|Part|Mapping|Question), not"):
        asked(wrong)


def framed(**settings: Any) -> Frame:
    asked: dict[str, Any] = {"parameters": ["a"], "metric": "y", "direction": "maximize"}
    return Frame.from_table(TABLE, **(asked | settings))


TAKES = {
    "strata": (lambda **given: strata(PARTS, **given), ["rng", "workers", "transform"]),
    "several": (lambda **given: several(Question(FRAME), **given), ["rng", "workers"]),
    "assess": (lambda **given: assess(FRAME, **given), ["rng", "transform", "planned"]),
    "Tukey": (Tukey, ["level", "anova"]),
    "Anova": (Anova, ["alpha", "order", "interactions", "sums"]),
    "Welch": (Welch, ["response"]),
    "Classical": (Classical, ["table"]),
    "from_table": (framed, ["parameters", "blocks", "other_metrics", "metric", "direction"]),
    "from_arrays": (lambda **given: Frame.from_arrays(TABLE[["a"]].to_numpy(), **given,
                                                      direction="maximize"), ["y"]),
    "from_json": (codec.from_json, ["text"]),
    "write": (lambda **given: write(**({"reports": [], "path": "x.html"} | given)), ["reports"]),
}  # fmt: skip
SETTINGS = [(call, name) for call, names in TAKES.values() for name in names]
SO_CALLED = [f"{called}-{name}" for called, (_, names) in TAKES.items() for name in names]


@pytest.mark.parametrize("wrong", WRONG.values(), ids=WRONG)
@pytest.mark.parametrize(("call", "name"), SETTINGS, ids=SO_CALLED)
def test_a_setting_of_another_kind_is_refused_in_two_lines(call, name, wrong):
    with pytest.raises(AnalysisError) as refused:
        call(**{name: wrong})
    assert len(str(refused.value).splitlines()) <= 2


@pytest.mark.parametrize("wrong", [TABLE, [1], np.array([1.0, np.nan]), 1.5])
def test_what_need_not_be_given_is_refused_where_it_is_given_amiss(wrong):
    places: list[Any] = [
        *(lambda name=name: framed(**{name: wrong})
          for name in ("seed", "status", "order", "seconds", "run_id", "declarations", "unit")),
        lambda: Declaration(scale=wrong),
        lambda: Declaration(role=wrong),
        lambda: Condition(wrong, ("p",)),
        lambda: strata(PARTS, progress=wrong),
        lambda: several(Question(FRAME), progress=wrong),
        lambda: assess(FRAME, command=wrong),
        lambda: write([], wrong),
        lambda: write([], "x.html", language=wrong),
        lambda: parts_by(FRAME, wrong),
        lambda: Tukey()(FRAME, wrong),
        lambda: Classical.of(wrong),
    ]  # fmt: skip
    for place in places:
        with pytest.raises(AnalysisError) as refused:
            place()
        assert len(str(refused.value).splitlines()) <= 2


def test_one_name_is_no_list_of_letters():
    X = TABLE[["a", "y"]].to_numpy()
    with pytest.raises(AnalysisError, match="1 names for 2 columns"):
        Frame.from_arrays(X, X[:, 0], direction="maximize", names="ab")
    wrong: Any = "act"
    with pytest.raises(
        Misused, match=r"^Classical\.contrasts: they are a tuple of names, not 'act'"
    ):
        Classical(contrasts=wrong)
    with pytest.raises(Misused, match=r"^Condition\.values: values are a tuple, not 1\.5\n  \(1"):
        Condition("act", WRONG["number"])


def test_a_scale_that_is_none_is_no_withheld_answer():
    """It was, with the reason in every part."""
    scale: Any = "ln"
    with pytest.raises(
        Misused, match=r"^transform: 'ln' is none of its values\n  one of none, log"
    ):
        strata(PARTS, transform=scale)
    (part, *_) = strata(PARTS[0], rng=np.int64(0))
    assert part.value == "p"


@pytest.mark.parametrize("name", ["metric", "direction", "where", "block", "step"])
def test_a_journal_is_asked_by_names(tmp_path, name):
    book = journal.open(tmp_path)
    for value in (0.1, 0.2):
        book.log({"a": value}, metrics={"y": value})
    asked: dict[str, Any] = {"metric": "y", "direction": "maximize"}
    assert Frame.from_journal(tmp_path, **asked).n_runs == 2
    for wrong in (TABLE[["y"]], [1], np.array([1.0, np.nan]), 1.5):
        with pytest.raises((AnalysisError, journal.JournalError)) as refused:
            Frame.from_journal(tmp_path, **(asked | {name: wrong}))
        assert len(str(refused.value).splitlines()) <= 2
