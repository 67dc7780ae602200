"""Numbers and names as text: decimals from the noise, nothing invisible, commands a shell takes."""

import math
import shlex
import subprocess
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from analysis import commands, facts, invocation, terminal
from analysis.codec import contract
from analysis.numerals import (
    Measure,
    display_width,
    duration,
    number,
    p_value,
    setting,
    shortened,
    shown,
)
from analysis.places import Places
from analysis.space import level_key
from analysis.words import Voice, words
from journal.identity import same
from journal.shell import quoted
from journal.values import read_word
from tests.report.hostile import HOSTILE
from tests.report.planted import planted


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (1e-5, "1e-5"), (0.003, "0.003"), (0.1 + 0.2, "0.3"), (3.14159, "3.14"), (64, "64"),
        (123456.0, "1.23e5"), (-0.0, "0"), (0.0, "0"), (True, "true"), (None, "null"),
        (2**70, "1.18e21"), (10**400, "1.00e400"), (1e300, "1e300"), (5e-324, "4.94e-324"),
        (math.inf, "inf"), ("relu\n", "relu\\n"), (50000, "50000"), (99.99, "99.99"),
    ],
)  # fmt: skip
def test_a_setting_is_written_as_one_would_type_it(value, text):
    assert setting(value) == text


@pytest.mark.parametrize(
    ("resolution", "value", "text"),
    [
        (0.0021, 0.0183, "0.0183"), (0.0021, 0.01834, "0.0183"), (0.4, 12.3456, "12.35"),
        (30.0, 1234.5, "1,234"),
        (54412.0, 1413106.0, "1,413,000"), (54412.0, 54412.0, "54,000"),
        (54412.0, -20.0, "0"), (4e6, 3.2e7, "3.2e7"),
        (2e-301, 1.83e-300, "1.83e-300"), (1e298, 1.83e300, "1.83e300"),
        (0.0021, -0.00001, "0.0000"), (1e-12, 0.0, "0"),
    ],
)  # fmt: skip
def test_the_noise_decides_the_decimals(resolution, value, text):
    assert Measure("none", resolution).size(value) == text


def test_a_level_on_a_log_scale_is_written_back_in_the_metrics_unit():
    measure = Measure("log10", 0.02)
    assert measure.value(-1.5) == "0.0316"
    assert measure.value(-400.5) == "3.16e-401"


def test_a_difference_on_a_log_scale_is_a_factor():
    measure = Measure("log10", 0.02)
    assert measure.size(0.0791) == "1.200×"
    assert measure.size(0.0) == "1.000×"
    assert measure.size(3.2) == "1,580×"
    assert measure.size(400.5) == "3.16e400×"
    assert measure.interval(0.01, 0.0791) == "[1.023, 1.200]"
    assert Measure("log10", 0.0678).size(0.198) == "1.58×"


@pytest.mark.parametrize(
    ("transform", "said"),
    [
        ("none", "0.0791 val_error"), ("log10", "a factor of 1.1998 in val_error"),
        ("rank", "0.0791 of the runs beaten"),
    ],
)  # fmt: skip
def test_an_amount_has_the_unit_of_its_scale(transform, said):
    report = replace(planted(), metric=replace(planted().metric, transform=transform))
    assert facts.amount(report, Voice(words("en")), value=0.0791) == said


@given(st.floats(-1e308, 1e308))
def test_a_number_alone_is_right_to_three_digits(value):
    assert float(number(value)) == pytest.approx(value, rel=6e-3, abs=5e-324)


@given(st.text())
def test_shown_text_has_nothing_invisible_and_stays_shown(text):
    made = shown(text)
    made.encode("utf-8")
    assert all(character.isprintable() for character in made if not character.isspace())
    assert shown(made) == made


@given(st.text(max_size=80), st.integers(1, 60))
def test_shortened_text_fits(text, width):
    made = shortened(shown(text), width)
    assert display_width(made) <= width


def test_shortened_names_keep_both_ends():
    assert shortened("optimizer.schedule.warmup_steps", 15) == "optimiz…p_steps"


@pytest.mark.parametrize(("value", "text"), [(0.0004, "<0.001"), (0.0482, "0.048"), (None, "–")])
def test_a_p_value_is_never_zero(value, text):
    assert p_value(value) == text


@pytest.mark.parametrize(
    ("seconds", "said"),
    [(40, ("40", "s")), (240, ("4", "min")), (9000, ("2.5", "h")), (260000, ("3", "d"))],
)
def test_a_duration_is_short(seconds, said):
    assert duration(seconds) == said


@pytest.mark.parametrize("text", [text for text in HOSTILE if "\x00" not in text], ids=ascii)
def test_a_shell_takes_every_name_as_it_is(text):
    """bash reads the quoted word and gives back the same bytes."""
    if "\ud800" in text:
        pytest.skip("no byte string says half a character")
    command = f"printf %s {quoted(text)}"
    done = subprocess.run(["bash", "-c", command], capture_output=True, check=True,
                          env={"LC_ALL": "C.UTF-8", "PATH": "/usr/bin:/bin"})  # fmt: skip
    assert done.stdout.decode("utf-8") == text


def test_a_planned_run_is_a_command_with_exact_settings():
    report = planted()
    assert report.plan is not None
    run = replace(report.plan.runs[0], parameters=(("lr", 0.1 + 0.2), ("bn", True), ("s", None)))
    ways = ("python train.py --bn true",)
    report = replace(report, plan=replace(report.plan, runs=(run,), ways=ways))
    assert invocation.runs(report)[0] == (
        "knobwise run -- python train.py --lr 0.30000000000000004 --seed 0 --bn true"
    )


@pytest.mark.parametrize("text", ["--학습률", "größe", "层数=3"])
def test_letters_of_any_script_need_no_quotes(text):
    assert quoted(text) == text
    for shell in ("sh", "bash"):
        told = subprocess.run(
            [shell, "-c", f"printf %s {text}"], stdout=subprocess.PIPE, check=True
        )
        assert told.stdout.decode() == text
    assert quoted(f"{text} x") == f"'{text} x'"


def test_a_quoted_command_is_one_word():
    assert shlex.split(commands.plan(planted())) == [
        "knobwise",
        "plan",
        "-m",
        "val_error",
        "-n",
        "12",
    ]


@pytest.mark.parametrize("value", [None, True, False, 64, -3, 0.003, 1e-5, 0.0, math.inf, "relu"])
def test_what_is_written_of_a_setting_reads_as_the_setting(value):
    """Typed in a filter or a command, as `clip=null`."""
    assert same(read_word(setting(value)), value)


def test_places_are_on_the_own_scale_and_nowhere_for_what_has_none():
    lr, act = planted().parameters[:2]
    assert Places(lr)(1e-5) == 0
    assert Places(lr)(0.3) == pytest.approx(1)
    assert Places(lr)(math.sqrt(1e-5 * 0.3)) == pytest.approx(0.5)
    assert [Places(act)(level) for level in act.levels] == pytest.approx([1 / 6, 1 / 2, 5 / 6])
    assert all(math.isnan(Places(lr)(value)) for value in (None, 0, -1.0, "auto", math.inf))
    assert math.isnan(Places(act)("swish"))


def test_a_level_has_its_place_however_its_value_is_written():
    levels = (None, False, True, 0, 1, 2.5, "1", "true", "")
    place = Places(replace(planted().parameters[1], levels=levels))
    values = (*levels, math.nan, -0.0, 1.0, 2, "True", 2**70)
    alike = [[float(code) for code, level in enumerate(levels) if level_key(level) == level_key(v)]
             for v in values]  # fmt: skip
    found = [place.level(value) for value in values]
    assert found == pytest.approx([codes[0] if codes else math.nan for codes in alike], nan_ok=True)


def test_a_column_on_a_log_scale_has_one_number_of_decimals():
    measure = Measure(transform="log10", resolution=0.05)
    assert measure.column([math.log10(x) for x in (0.2, 0.183, 0.09)]) == [
        "0.2000",
        "0.1830",
        "0.0900",
    ]
    assert measure.column([math.log10(x) for x in (45.612, 0.9, 0.00123)]) == [
        "45.612", "0.900", "0.00123",
    ]  # fmt: skip
    assert measure.column([math.log10(2e-7), math.log10(0.5)]) == ["2e-7", "0.500"]
    assert measure.column([]) == []


@pytest.mark.parametrize(
    ("margin", "noise", "text"),
    [(10, 0.03, "0.031"), (0.03, 10, "0.031"), (10, 1e-9, "0"), (10, 0.0, "0"), (0, 0.03, "0.031")],
)
def test_decimals_come_from_the_smaller_of_margin_and_noise(margin, noise, text):
    """By a large margin alone noise was 0, and so was every risk; noise of nothing asks nothing."""
    report = planted()
    assert report.noise is not None
    assert report.margin is not None
    report = replace(
        report,
        noise=replace(report.noise, sd=noise, sd_near_best=noise),
        margin=replace(report.margin, metric=margin),
    )
    assert Measure.of(report).size(0.0312) == text


def test_the_ceiling_is_an_estimate_that_skill_may_exceed():
    above = replace(planted().surrogate, skill=0.97, ceiling=0.95)
    report = replace(planted(), surrogate=above)
    assert "skill .97 of about .95" in terminal.render(report)
    assert "0.97 of the variance" in facts.skill(report, Voice(words()))
    assert facts.skill(report, Voice(words())).endswith("a ceiling of about 0.95")
    assert contract(report)["surrogate"] == {
        "name": above.name, "skill": 0.97, "ceiling": 0.95,
    }  # fmt: skip
