"""Can you trust this? The lines of the report that say so, each shown to fail."""

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

from analysis import Frame, assess
from analysis.checks import _agreement, _noise
from analysis.noise import NoiseModel

N = 240


def report(y: np.ndarray, x: np.ndarray):
    names = [f"p{column}" for column in range(x.shape[1])]
    table = pd.DataFrame(x, columns=names).assign(y=y)
    frame = Frame.from_table(table, parameters=names, metric="y", direction="maximize")
    return assess(frame, rng=0, transform="none")


def statuses(made) -> dict[str, str]:
    return {check.name: check.status for check in made.checks}


@pytest.fixture(scope="module")
def x():
    return np.random.default_rng(5).random((N, 3))


@pytest.fixture(scope="module")
def clean(x):
    return report(2 * x[:, 0] + x[:, 1] + 0.1 * np.random.default_rng(6).normal(size=N), x)


def test_a_clean_design_passes_what_does_not_need_replicates(clean):
    found = statuses(clean)
    assert found.pop("noise") == "look"  # nothing was run twice
    assert set(found.values()) == {"pass"}


def test_every_question_of_the_report_is_a_line(clean):
    assert list(statuses(clean)) == [
        "configurations", "noise", "skill", "residuals", "coverage", "aliasing", "crowding",
        "failures", "agreement", "stability",
    ]  # fmt: skip


def test_residuals_that_grow_with_the_level_are_a_funnel(x):
    noise = np.random.default_rng(6).normal(size=N)
    made = report(x[:, 0] + 0.4 * x[:, 0] ** 3 * noise, x)
    residuals = next(check for check in made.checks if check.name == "residuals")
    assert residuals.status == "look"
    assert "residuals are larger where the prediction is high" in residuals.detail


def test_a_line_is_worded_from_facts_and_in_english_for_scripts(clean):
    check = next(check for check in clean.checks if check.name == "configurations")
    assert dict(check.says.facts) == {"n": N, "d": 3, "each": N / 3}
    assert check.detail == "240 configurations for 3 parameters (80 each)"


@pytest.mark.parametrize(
    ("transform", "told"),
    [
        ("none", "standard deviation 0.0842 among replicates, 30 degrees of freedom"),
        ("log10", "a factor of 1.21 among replicates (1 SD), 30 degrees of freedom"),
        ("rank", "standard deviation 0.0842 of the runs beaten among replicates"),
    ],
)
def test_the_noise_is_said_in_the_unit_of_the_head(transform, told):
    model = NoiseModel(
        sd=0.0842,
        df=30,
        source="replicates",
        sd_near_best=0.08,
        share_of_single_run=0.1,
        effective_df=30.0,
        variance=np.array([0.0842**2]),
    )
    assert _noise(model, transform).detail.startswith(told)


def test_what_acts_only_with_another_is_where_the_two_analyses_differ(x, clean):
    y = np.where((x[:, 0] > 0.5) == (x[:, 1] > 0.5), 1.0, 0.0)
    made = report(y + 0.05 * np.random.default_rng(6).normal(size=N), x)
    (check,) = (check for check in made.checks if check.name == "agreement")
    assert check.status == "look"
    assert check.detail.startswith(
        "the test does not find p0 and p1: it sees nothing that acts only"
    )
    (control,) = (check for check in clean.checks if check.name == "agreement")
    assert control.status == "pass"
    assert control.detail.startswith("no contradiction (3 compared): 2 found by both, 1 by neither")


def with_tests(made, p_adjusted, *, low=0.6, high=0.9):
    """The report, its parameters with these adjusted p and one and the same share."""
    return replace(
        made,
        parameters=tuple(
            replace(
                item, anova=None if p is None else replace(item.anova, p=p, p_adjusted=p),
                total=replace(item.total, low=low, high=high),
            )
            for item, p in zip(made.parameters, p_adjusted, strict=True)
        ),
    )  # fmt: skip


def test_what_no_test_tells_is_not_called_agreement(clean):
    open_ones = _agreement(with_tests(clean, (0.1, 0.17, 0.1)))
    assert open_ones.detail.startswith(
        "no contradiction (3 compared): 0 found by both, 0 by neither, 3 in between"
    )
    both = _agreement(with_tests(clean, (1e-9, 1e-9, 0.1)))
    assert "2 found by both, 0 by neither, 1 in between" in both.detail
    small = _agreement(with_tests(clean, (1e-9, 0.5, None), low=0.01, high=1.0))
    assert "(2 compared): 0 found by both, 1 by neither, 1 in between" in small.detail
    assert _agreement(with_tests(clean, (0.1, 0.17, 0.5))).status == "look"
    larger = _agreement(with_tests(clean, (0.5, 1e-9, None), low=0.2, high=-1.0))
    assert larger.detail.startswith("the test does not find p0: ")
    assert larger.detail.endswith("; the test finds more in p1 than the surrogate does")
    none = _agreement(with_tests(clean, (None, None, None)))
    assert (none.status, none.detail) == (
        "look", "nothing to compare: no parameter has both a test and a share",
    )  # fmt: skip


def test_parameters_that_hold_nothing_may_change_places():
    rng = np.random.default_rng(7)
    x = rng.random((120, 6))
    made = report(x[:, 0] + 0.05 * rng.normal(size=120), x)
    idle = [p for p in made.parameters if p.rank_low != 1]
    assert np.median([p.rank_high - p.rank_low for p in idle]) > 2
    (check,) = (check for check in made.checks if check.name == "stability")
    assert check.status == "pass"
    assert "ranks of shares not surely below 5 % move by 0 (median)" in check.detail


def test_without_repetitions_skill_is_held_against_nothing(clean):
    assert clean.surrogate.ceiling == 1.0  # what noise there is, if any, nobody knows
    (check,) = (check for check in clean.checks if check.name == "skill")
    assert check.detail.endswith("without replicates the ceiling that noise sets is unknown")
