"""What cannot be declared of a parameter is refused where it is said."""

from typing import Any

import numpy as np
import pandas as pd
import pytest

from analysis import Condition, Declaration, Frame
from analysis.errors import InputError, Misused, UnknownParameter

TABLE = pd.DataFrame({"lr": np.arange(1.0, 21.0), "opt": ["sgd", "adam"] * 10, "host": "h"})


def framed(declarations: Any) -> Frame:
    table = TABLE.assign(y=TABLE["lr"] ** 2)
    return Frame.from_table(
        table, parameters=["lr", "opt"], metric="y", direction="minimize",
        declarations=declarations,
    )  # fmt: skip


@pytest.mark.parametrize(
    ("said", "told"),
    [
        ({"role": "nuisence"}, r"Declaration\.role: 'nuisence' is none of its values"),
        ({"role": 3}, r"Declaration\.role: '3' is none of its values\n  one of studied, block"),
        ({"scale": "lgo"}, r"Declaration\.scale: 'lgo' is none of its values"),
        ({"domain": (0.1, 1e-5)}, r"Declaration\.domain: \(0\.1, 1e-05\) does not run from a low"),
        ({"domain": (1, 1)}, "does not run from a low number"),
        ({"domain": (0, float("nan"))}, "does not run from a low number"),
        ({"domain": ("a", "b")}, "does not run from a low number"),
        ({"domain": 3}, "does not run from a low number"),
        ({"levels": "adam"}, r"Declaration\.levels: levels are a tuple of values, not 'adam'"),
        ({"levels": np.arange(3)}, "levels are a tuple of values"),
        ({"levels": (1, 2), "domain": (1, 2)}, "it has a range or levels, not both"),
        ({"levels": (1, 2), "scale": "log"}, "it has a range or levels, not both"),
        ({"condition": "opt"}, r"Declaration\.condition: 'opt' is no Condition"),
    ],
)
def test_what_no_parameter_can_be_is_refused(said: dict[str, Any], told: str) -> None:
    with pytest.raises(Misused, match=told):
        Declaration(**said)


def test_what_a_parameter_can_be_is_taken():
    Declaration(levels=(1, 2), scale="levels")
    Declaration(levels=(), domain=(np.float64(0), np.int64(3)), scale="log", role="block")


def test_the_values_of_a_condition_are_no_letters():
    text: Any = "sgd"
    with pytest.raises(Misused, match=r"Condition\.values: .*not a text\n  \('sgd',\)"):
        Condition("opt", text)


def test_of_a_table_only_what_it_has_is_declared():
    with pytest.raises(UnknownParameter, match="declarations: no column 'lrr'\n  columns: lr, opt"):
        framed({"lrr": Declaration(scale="log")})
    with pytest.raises(UnknownParameter, match="declarations: no column 'optimiser'"):
        framed({"lr": Declaration(condition=Condition("optimiser", ("sgd",)))})
    both = Condition("opt", ("sgd",), (Condition("device", ("gpu",)),))
    with pytest.raises(UnknownParameter, match="declarations: no column 'device'"):
        framed({"lr": Declaration(condition=both)})
    frame = framed({"host": Declaration(role="nuisance"), "lr": Declaration(scale="log")})
    assert frame.space["lr"].scale == "log"


def test_a_declared_range_has_two_ends():
    """A journal takes infinity for one, so this is told of the parameter."""
    with pytest.raises(InputError, match=r"lr: lr is declared from 0 to inf, which are no ends"):
        framed({"lr": Declaration(domain=(0, float("inf")))})


def test_what_is_said_is_a_declaration():
    with pytest.raises(Misused, match="what is said of lr is a Declaration, not dict"):
        framed({"lr": {"scale": "log"}})
