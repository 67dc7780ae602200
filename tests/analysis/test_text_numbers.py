"""Numbers that were recorded as text are numbers, and that is said."""

import numpy as np
import pandas as pd
import pytest

from analysis import Frame, assess
from analysis.declaration import Declaration


def frame(column, **options):
    rng = np.random.default_rng(0)
    table = pd.DataFrame({"lr": pd.Series(column, dtype=object), "x": rng.random(len(column))})
    table["y"] = rng.random(len(column))
    return Frame.from_table(
        table, parameters=["lr", "x"], metric="y", direction="minimize", **options
    )


def test_two_texts_among_numbers_leave_the_answer_as_it_is():
    rng = np.random.default_rng(0)
    lr = (10 ** rng.uniform(-4, -1, 45)).tolist()
    y = (np.log10(lr) + 2.5) ** 2 + rng.normal(0, 0.05, 45)
    answers = []
    for column in (lr, [str(lr[0]), f" {lr[1]!r}", *lr[2:]]):
        table = pd.DataFrame({"lr": pd.Series(column, dtype=object), "y": y})
        read = Frame.from_table(table, parameters=["lr"], metric="y", direction="minimize")
        answers.append(assess(read))
    plain, texts = answers
    assert texts.parameters == plain.parameters
    assert texts.parameters[0].kind == "continuous"
    (note,) = (f for f in texts.findings if f.code == "spellings")
    assert note.level == "note"
    assert "text in 2 of 45 runs" in note.message
    assert "spellings" not in {f.code for f in plain.findings}


@pytest.mark.parametrize(
    ("column", "kind"),
    [
        (["1e-3", "1e-2", "0.1", ".5", "2."] * 6, "ordinal"),
        ([0.1, "0.2", "auto"] * 10, "categorical"),  # one is a word still
        (["007", 7] * 10, "categorical"),
        (["1.2.3", "1.2"] * 10, "categorical"),
        (["1.10", "1.1"] * 10, "categorical"),  # two names, one number
        (["0,1", 0.2] * 10, "categorical"),
        ([True, "1"] * 10, "categorical"),
        (["nan", "inf", 1] * 10, "categorical"),
        (["1e999", "1e-3", 1] * 10, "categorical"),  # no float is as large
    ],
)
def test_only_what_is_a_number_beyond_doubt_is_read_as_one(column, kind):
    assert frame(column).space["lr"].kind == kind


def test_a_text_that_was_declared_as_a_level_stays_one():
    said = {"lr": Declaration(levels=("1", "2"))}
    assert frame(["1", "2"] * 10, declarations=said).space["lr"].levels == ("1", "2")
    said = {"lr": Declaration(levels=(1, 2))}
    assert frame(["1", "2"] * 10, declarations=said).space["lr"].levels == (1, 2)
