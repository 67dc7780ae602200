"""The answer in a terminal: 80 columns, ASCII where need be, and it says what it left out."""

import io
import re
import shlex
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import pytest

from analysis import facts, markdown, reading
from analysis.numerals import LONGEST, display_width, setting
from analysis.sentences import finding, said
from analysis.terminal import Style, render, show
from analysis.words import Voice, words
from analysis.wrapping import held, wrapped
from tests.report.edges import EDGES, hostile
from tests.report.hostile import HOSTILE
from tests.report.planted import planted, withheld

GOLDEN = Path(__file__).parent / "golden"


@pytest.mark.parametrize(
    ("name", "style"), [("unicode", Style()), ("ascii", Style(unicode=False, width=100))]
)
def test_the_answer_looks_as_it_was_drawn(name, style):
    assert render(planted(), style) == (GOLDEN / f"terminal-{name}.txt").read_text("utf-8")


@pytest.mark.parametrize(
    ("transform", "told"),
    [
        ("none", None),
        ("log10", "log10 scale: differences are factors"),
        ("rank", "as ranks: differences are shares of the runs beaten"),
    ],
)
def test_what_a_difference_is_on_another_scale_is_said_above_the_numbers(transform, told):
    report = replace(planted(), metric=replace(planted().metric, transform=transform))
    head = render(report, Style(width=200)).split(" parameter ")[0]
    assert told in head if told else "differences" not in head


@pytest.mark.parametrize("name", EDGES)
@pytest.mark.parametrize("width", [40, 60, 80, 120])
def test_no_line_is_wider_than_asked(name, width):
    for style in (Style(width=width), Style(width=width, unicode=False)):
        text = render(EDGES[name](), style)
        assert max(map(display_width, text.splitlines())) <= width


def test_whatever_is_open_is_said_to_be_however_many_runs_it_needs():
    def hopeless(row):
        return replace(row, more_runs=None) if row.name == "width" else row

    text = render(replace(planted(), parameters=tuple(map(hopeless, planted().parameters))))
    assert "open: width needs over 20 times as many runs; momentum about 40 more runs" in text


def test_ascii_is_ascii_whatever_the_names():
    for i in range(0, len(HOSTILE), 7):
        render(hostile(*HOSTILE[i : i + 7], *"abc"), Style(unicode=False)).encode("ascii")


@pytest.mark.parametrize(("reach", "crosses"), [(0.97, False), (1.3, True)])
def test_what_a_verdict_is_claimed_on_is_heavy_and_touches_no_margin_that_it_clears(reach, crosses):
    report, margin = planted(), planted().margin.metric
    row = next(p for p in report.parameters if p.name == "batch")
    claim = replace(row.claim, risk_low=margin * 0.3, risk_high=margin * reach)
    lines = render(replace(report, parameters=(replace(row, claim=claim),))).splitlines()
    bar = next(line for line in lines if line.startswith(" batch"))
    assert "━" in bar
    assert ("┿" in bar) is crosses
    unclaimed = replace(report, parameters=(replace(row, claim=None),))
    assert "━" not in render(unclaimed)


def test_a_row_without_numbers_has_its_reason_below_the_table_and_on_its_card():
    why = said("silent.skill", n=16)
    rows = {p.name: p for p in planted().parameters}
    silent = {
        name: replace(
            rows[name], verdict="undetermined", tuning_risk=None, total=None, first_order=None,
            claim=None, says=why, because="",
        )
        for name in ("slope", "wd")
    }  # fmt: skip
    report = replace(planted(), parameters=tuple({**rows, **silent}.values()))
    because = "Nothing predicts the result of the 16 configurations that have it"
    assert f"unknown: slope and wd: {because}\n" in render(report, Style(width=200))
    assert f"slope {because}" in markdown.render([report]).replace("`", "")
    assert because not in render(planted(), Style(width=200))
    assert "unknown: " not in render(withheld())


@pytest.mark.parametrize(
    ("source", "said"),
    [
        ("replicates", "noise 0.0034 (30 d.f.)   margin"),
        ("residual", "noise about 0.0034 (from residuals, misfit included, 30 d.f.)   margin"),
    ],
)
def test_noise_that_no_repetition_tells_is_an_estimate_and_no_bound(source, said):
    report = replace(planted(), noise=replace(planted().noise, source=source))
    assert said in render(report, Style(width=200))
    told = facts.noise(report, Voice(words()))
    assert ("too few replicates to separate" in told) is (source == "residual")
    assert "no setting was repeated" not in told
    assert ("misfit included" in told) is (source == "residual")


@pytest.mark.parametrize("language", ["en", "ko"])
def test_no_text_takes_residuals_for_a_bound_of_the_noise(language):
    """Held-out residuals may also be smaller than the noise by chance."""
    texts = words(language).texts
    about = [texts[k] for k in texts if "noise" in k and ("residual" in k or k == "methods.noise")]
    assert len(about) >= 7
    assert not [text for text in about if re.search("at most|the most|많아야|최대", text)]


def test_forgiving_partners_are_fixed_before_the_rest_of_a_group_is_tuned():
    shown = render(planted())
    assert "tune together: lr + act (batch fixed)" in shown
    one = replace(planted(), groups=(("lr", "batch"),))
    assert "alone: lr (batch fixed)" in render(one)
    assert "tune together" not in render(one)
    said = reading.groups(one, Voice(words("en")))
    assert said[0].startswith("Fix batch, then tune lr on its own")


def test_no_name_reaches_the_terminal_as_a_control():
    for i in range(0, len(HOSTILE), 7):
        text = render(hostile(*HOSTILE[i : i + 7], *"abc"))
        assert not [c for c in text if ord(c) < 32 and c != "\n"]
        assert not set(text) & set("\x1b\x7f\u202e\u2066\u2028\ufeff")


def test_columns_left_out_are_named():
    text = render(planted(), Style(width=50))
    assert text.splitlines()[-1] == "left out at 50 columns: total, first, bars"
    assert "left out" not in render(planted(), Style(width=80))


@pytest.mark.parametrize("width", [40, 50, 60, 80])
def test_what_a_narrow_terminal_has_no_room_for_is_told_and_estimates_stay(width):
    lines = render(planted(), Style(width=width)).splitlines()
    typed = ("next: ", "full report: ", "  ")  # commands are not cut
    assert all(len(line) <= width for line in lines if not line.startswith(typed))
    head = next(line for line in lines if line.startswith(" parameter"))
    risks = [line.split()[3] for line in lines if "●" in line]
    assert risks == [".0183", ".0061"]
    assert ("risk" in head, "[95 %]" in head) == (True, width > 40)
    told = " ".join(lines[-2:])
    for column in ("[95 %]", "total", "first"):
        assert (column in head) != (column in told.partition("left out")[2])


def test_wide_letters_keep_the_columns():
    from tests.report.edges import renamed

    lines = render(renamed(planted(), {"lr": "학습률"})).splitlines()
    rows = [line for line in lines if "critical" in line]
    places = [display_width(line[: line.index("●")]) for line in rows]
    assert places[0] == places[1]


def test_a_withheld_answer_gives_reason_and_cure_and_no_verdict():
    text = render(withheld())
    assert "answer withheld: Predictions of unseen configurations are not reliably better" in text
    assert "cure: Log more configurations" in text
    assert "critical" not in text


class Terminal(io.StringIO):
    encoding = "utf-8"

    def isatty(self) -> bool:
        return True


class Ascii(Terminal):
    encoding = "ascii"


@pytest.mark.parametrize(
    ("stream", "environment", "style"),
    [
        (Terminal(), {}, (True, True)),
        (Terminal(), {"NO_COLOR": "1"}, (True, False)),
        (Terminal(), {"TERM": "dumb"}, (True, False)),
        (Ascii(), {}, (False, True)),
    ],
)
def test_the_stream_decides_the_style(stream, environment, style):
    found = Style.of(stream, environment)
    assert (found.unicode, found.color) == style


@pytest.mark.parametrize(
    ("columns", "width"), [(None, 80), ("200", 200), ("", 80), ("0", 80), ("wide", 80), ("9", 40)]
)
def test_a_pipe_gets_80_columns_unless_asked_for_others_and_no_colour(columns, width):
    stream = io.TextIOWrapper(io.BytesIO(), encoding="utf-8")
    environment = {} if columns is None else {"COLUMNS": columns}
    assert Style.of(stream, environment) == Style(width=width, unicode=True, color=False)
    show(planted(), stream)
    stream.seek(0)
    assert "\x1b" not in stream.read()


def test_colour_changes_nothing_but_colour():
    import re

    colored = render(planted(), Style(color=True))
    assert "\x1b[1;34m" in colored
    assert re.sub("\x1b\\[[0-9;]*m", "", colored) == render(planted())


def test_the_terminal_draws_nothing():
    code = (
        "import analysis.terminal, sys; print({'matplotlib', 'pandas', 'numpy'} & set(sys.modules))"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "set()"


@pytest.mark.parametrize("width", range(24, 90, 5))
@pytest.mark.parametrize(
    "command",
    [
        "knobwise ls status=failed --journal data/digits --columns a,b",
        "knobwise amend 0195 --reason 'recorded  twice, by a loop that ran on' --journal 'a b'",
        "knobwise ls 'note=it has been said that' 'x y'",
    ],
)
def test_a_command_in_a_sentence_can_be_copied_at_any_width(width, command):
    lines = wrapped([f"See what they have in common: {held(command)} or so"], width)
    text = "\n".join(lines)
    assert max(map(display_width, lines)) <= width
    copied = text[text.index("knobwise") :].replace("\\\n", "")  # as a shell reads it
    assert shlex.split(copied)[: len(shlex.split(command))] == shlex.split(command)
    if len(command) <= width - 2:
        assert command in text


def test_a_text_without_blanks_is_cut_in_one_pass():
    lines = wrapped([f"a {'x' * 300_000}한 b"], 80)
    assert "".join(lines).replace(" ", "") == f"a{'x' * 300_000}한b"
    assert {display_width(line) for line in lines[1:-1]} == {80}


def test_a_long_value_is_shortened_wherever_it_is_read():
    """Its ends are kept; the commands and JSON have all of it."""
    value = f"head{'x' * 200_000}tail"
    free = replace(
        next(p for p in planted().parameters if p.recommendation and p.verdict == "negligible"),
        name="prompt", kind="categorical", scale="levels", domain=None, levels=(value, "b"),
    )  # fmt: skip
    free = replace(free, recommendation=replace(free.recommendation, value=value, values=(value,)))
    found = finding("constant_parameter", "prompt", name="prompt", value=value)
    report = replace(planted(), parameters=(free,), findings=(found,))
    for text in (render(report, Style()), markdown.render([report])):
        assert "headx" in text
        assert "xtail" in text
        assert len(text) < 10_000
    assert len(setting(value)) == LONGEST


def test_what_no_number_of_runs_would_settle_is_open_as_on_its_card():
    report = planted()
    rows = tuple(replace(p, more_runs=None) for p in report.parameters)
    text = " ".join(render(replace(report, parameters=rows), Style(width=200)).split())
    assert "open: width needs over 20 times as many runs;" in text


def test_what_is_fixed_says_where_it_exists():
    """And that the level which is recommended beside it switches it off."""
    report = planted()
    (slope,) = (p for p in report.parameters if p.condition)
    off = replace(slope, verdict="negligible", switched_off_by="act")
    others = tuple(p for p in report.parameters if p is not slope)
    for found, told in ((slope, "where act = leaky_relu"), (off, "switches it off")):
        text = " ".join(render(replace(report, parameters=(*others, found))).split())
        assert told in text[text.index("fix: ") : text.index("look: ")]
