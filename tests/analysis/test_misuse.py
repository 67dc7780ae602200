"""What cannot be asked from Python is refused in one line of our own, before anything is fitted."""

from __future__ import annotations

from dataclasses import replace
from typing import Any, cast

import numpy as np
import pandas as pd
import pytest

from analysis import Classical, Declaration, Frame, assess, codec, write
from analysis.anova import Anova
from analysis.anova_contrasts import Tukey
from analysis.blocking import without_blocks
from analysis.decomposition import decompose_grid
from analysis.errors import InputError, Misused
from analysis.noise import metric_step, noise
from analysis.strata import parts_by
from analysis.words import words

RNG = np.random.default_rng(0)
X, Y = RNG.random((30, 2)), RNG.random(30)
FRAME = Frame.from_arrays(X, Y, direction="maximize")


@pytest.mark.parametrize(
    ("asked", "told"),
    [
        ({"rng": "a"}, "^rng: a seed is a number"),
        ({"rng": 1.5}, "a seed is a number"),
        ({"margin": "x"}, "^margin: a margin must be above 0"),
        ({"margin": float("nan")}, "a margin must be above 0"),
        ({"share_margin": None}, "^share_margin: a share margin lies between"),
        ({"workers": 1.5}, "^workers: a whole number, 1 or more, not 1.5"),
        ({"planned": 1.5}, "a whole number, 0 or more, not 1.5"),
        ({"planned": -1}, "a whole number, 0 or more, not -1"),
        ({"transform": "log10"}, "^transform: log10 needs positive values"),
        ({"progress": 3}, "^progress: it is called with"),
        ({"classical": "robust"}, "^classical is a Classical, not str\n  Classical.of"),
        ({"classical": None}, "^classical is a Classical, not NoneType"),
    ],
)
def test_settings_that_no_analysis_can_be_made_with(asked, told):
    frame = replace(FRAME, objective=FRAME.objective - 1) if "transform" in asked else FRAME
    with pytest.raises(Misused, match=told):
        assess(frame, **asked)


@pytest.mark.parametrize(
    ("misused", "told"),
    [
        (lambda: Classical.of(["hc4"]), r"^Classical\.of: 'hc4' is no kind of test"),
        (lambda: Classical.of("hc4"), r"^Classical\.of: 'hc4' is no kind of test"),
        (lambda: Classical.of(["welch", "pure"]), r"^Classical\.of: welch and pure exclude"),
        (lambda: Classical.of(["ranks", "pure"]), r"^Anova\.error: ranks and pure exclude"),
        (lambda: Classical(contrasts=("x0",))(FRAME), "^contrasts: x0 has no levels to compare"),
        (lambda: Tukey()(FRAME, "z"), "^contrasts: no studied parameter is called z"),
        (
            lambda: Anova(interactions=(("x0", "z"),))(FRAME),
            r"^Anova\.interactions: no main effect",
        ),
        (lambda: Anova(alpha=2), r"^Anova\.alpha: it lies between 0 and 1, not 2"),
        (lambda: Anova(rung=cast("Any", 9)), r"^Anova\.rung is a Rung, not int\n  Rung\(numeric"),
        (lambda: Anova()(cast("Any", pd.DataFrame(X))), "^what is analysed is a Frame, not Data"),
        (lambda: noise(cast("Any", pd.DataFrame(X))), "^what has noise is a Frame, not DataFrame"),
        (lambda: parts_by(FRAME, "z"), "^name: no studied parameter or block is called z"),
        (lambda: write([assess(FRAME)], "x.pdf"), "^path: cannot tell the format from 'x.pdf'"),
        (lambda: words("tlh"), "^language: no language 'tlh'"),
    ],
)
def test_what_is_asked_amiss_in_python_is_told_in_its_words(misused, told):
    """No flag of the command; see `tests/analysis/test_options.py` for these."""
    with pytest.raises(Misused, match=told):
        misused()


def framed(**declared: Declaration) -> Frame:
    table = pd.DataFrame({"lr": np.linspace(-1, 1, 30), "layers": np.arange(30) % 3, "loss": Y})
    return Frame.from_table(
        table, parameters=["lr", "layers"], metric="loss", direction="minimize",
        declarations=declared,
    )  # fmt: skip


def below() -> Frame:
    return replace(FRAME, objective=FRAME.objective - 1)


@pytest.mark.parametrize(
    ("refused", "hint", "typed"),
    [
        (lambda: framed(lr=Declaration(scale="log")), 'scale="linear"', "--scale linear"),
        (lambda: framed(layers=Declaration(levels=(0, 1))), "declare it, too, or", "--clear"),
        (lambda: parts_by(framed(), "lr"), "of a part of them: where='lr>=", "--where 'lr>="),
        (lambda: assess(below(), transform="log10"), '"rank" works with', "--transform rank works"),
    ],
)
def test_what_cures_it_is_told_in_python_without_flags_of_the_command(refused, hint, typed):
    with pytest.raises(InputError) as caught:
        refused()
    assert hint in caught.value.hint
    assert typed in caught.value.typed
    assert "--" not in str(caught.value)
    assert "knobwise" not in str(caught.value)


def test_one_word_is_no_list_of_letters(tmp_path):
    one = Classical.of("robust", contrasts="act")
    assert one == Classical.of(["robust"], contrasts=["act"])
    report = assess(FRAME, planned=0)
    write(report, tmp_path / "one.json")
    write([report], tmp_path / "list.json")
    (read,) = codec.from_json((tmp_path / "one.json").read_text())
    assert read.answer == report.answer
    assert (tmp_path / "one.json").read_bytes() == (tmp_path / "list.json").read_bytes()


def test_only_a_frame_is_assessed_and_only_reports_are_written(tmp_path):
    with pytest.raises(Misused, match="a Frame, not DataFrame"):
        assess(pd.DataFrame(X))
    with pytest.raises(Misused, match="no report to write"):
        write([], tmp_path / "x.html")
    assert not (tmp_path / "x.html").exists()


def test_names_are_texts_and_results_numbers():
    numbers: list[Any] = [0, 1]
    with pytest.raises(InputError, match="name is a text, not 0"):
        Frame.from_arrays(X, Y, direction="maximize", names=numbers)
    table = pd.DataFrame(X).assign(y=Y)
    with pytest.raises(InputError, match="name is a text, not 0"):
        Frame.from_table(table, parameters=numbers, metric="y", direction="maximize")
    for wrong in (Y + 1j, Y.astype(str)):
        with pytest.raises(InputError, match="which is no number"):
            Frame.from_arrays(X, wrong, direction="maximize")
    gaps = Frame.from_arrays(X, [None, *Y[1:]], direction="maximize")
    assert gaps.n_runs == 29


def test_none_may_be_planned():
    assert assess(FRAME, planned=0).plan is None


@pytest.mark.parametrize(
    "grid",
    [
        np.array([[1.0, 2.0], [3.0, np.nan]]),
        np.array([[1.0, 2.0], [3.0, np.inf]]),
        np.array([[1.0, 1e300], [3.0, 2.0]]),
        np.array([[1.0, 2.0 + 1j]]),
        np.array([["a", "b"]]),
        np.zeros((0, 2)),
        np.array(1.0),
    ],
    ids=["nan", "inf", "huge", "complex", "text", "empty", "scalar"],
)
def test_a_grid_with_gaps_has_no_decomposition(grid):
    with pytest.raises(Misused, match="decompose_grid"):
        decompose_grid(grid)


def test_a_grid_may_be_a_list_and_its_weights_fit():
    assert decompose_grid([[1.0, 2.0], [3.0, 4.0]]).first_order == pytest.approx([0.8, 0.2])
    with pytest.raises(Misused, match="weights are one array per axis"):
        decompose_grid(np.eye(2), weights=[np.ones(2) / 2, np.ones(3) / 3])
    even = decompose_grid(np.eye(2))
    ways: list[Any] = [[[0.5, 0.5], [0.5, 0.5]], ((0.5, 0.5), (0.5, 0.5)), np.full((2, 2), 0.5)]
    for weights in ways:
        assert decompose_grid(np.eye(2), weights=weights).total == pytest.approx(even.total)
    words: list[Any] = [["a", "b"], ["c", "d"]]
    with pytest.raises(Misused, match="weights are numbers"):
        decompose_grid(np.eye(2), weights=words)


def test_the_step_of_a_metric_is_that_of_before_its_blocks_were_taken_out():
    table = pd.DataFrame(RNG.random((60, 2)), columns=["a", "b"])
    table["data"] = np.repeat(["p", "q", "r"], 20)
    table["y"] = np.round(table["a"] + table["data"].map({"p": 0, "q": 1, "r": 3}), 2)
    frame = Frame.from_table(
        table, parameters=["a", "b"], metric="y", direction="minimize", blocks=["data"]
    )
    level = without_blocks(frame)[0]
    assert metric_step(frame) == pytest.approx(0.01)
    assert metric_step(level) == pytest.approx(0.01)
    assert np.diff(np.unique(level.objective)).min() < 0.005  # what is left to be seen


def test_arrays_of_results_are_not_written_to():
    """Nor do they follow the arrays and the table that they were read from."""
    y = Y.copy()
    frame = Frame.from_arrays(X, y, direction="maximize")
    y[0] = 999.0
    assert frame.objective[0] == Y[0]
    shares = decompose_grid(np.eye(2))
    for held in (frame.codes, frame.objective, frame.order, frame.seconds, shares.first):
        with pytest.raises(ValueError, match="read-only"):
            held[0] = 9
