"""Short names: no two alike, what tells them apart stays, the same in every rendering."""

import re
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from analysis import html, plots, svg, terminal
from analysis.html import HtmlVoice
from analysis.numerals import display_width, shown
from analysis.shortening import brief, settings, unlike
from analysis.words import words
from tests.report.edges import many_parameters, renamed, small
from tests.report.hostile import HOSTILE
from tests.report.planted import planted

LAYERS = tuple(f"model.encoder.layers.{i}.self_attention.dropout_probability" for i in range(22))


@pytest.mark.parametrize(
    ("name", "short"),
    [
        (LAYERS[3], "…layers.3…probability"),
        (LAYERS[13], "…layers.13…probability"),
        ("optimizer.schedule.warmup_fraction", "optimizer…fraction"),
        ("lr", "lr"),
    ],
)
def test_what_names_share_goes_and_what_tells_them_apart_stays(name, short):
    names = (*LAYERS, "optimizer.schedule.warmup_fraction", "lr")
    assert unlike(names, columns=22)[name] == short


def test_levels_that_begin_alike_are_told_apart():
    levels = ("bilinear_with_antialias", "bilinear_without_antialias", "bicubic_with_antialias")
    assert settings(levels, columns=16) == ["bilinear_with…", "…without…", "bicubic…"]


@given(
    st.lists(st.text(alphabet="ab._", min_size=1, max_size=60), unique=True, max_size=12),
    st.integers(8, 40),
)
def test_no_two_short_names_are_alike_and_all_fit(names, columns):
    made = unlike(tuple(names), columns=columns)
    assert len(set(made.values())) == len(names)
    assert all(display_width(text) <= columns for text in made.values())


def test_names_of_the_same_words_are_numbered():
    made = unlike(("a.bcd.a.bcd.a.bcd", "bcd.a.bcd.a.bcd.a", "w" * 60, "w" * 61), columns=10)
    assert len(set(made.values())) == 4


def test_hostile_names_are_visible_and_unlike():
    made = unlike(HOSTILE, columns=20)
    assert all(text == shown(text) for text in made.values())
    assert len(set(made.values())) == len(set(map(shown, HOSTILE)))


def long_named():
    """Many parameters with the names of layers."""
    report = many_parameters(22)
    names = {p.name: new for p, new in zip(report.parameters, LAYERS, strict=True)}
    return replace(renamed(report, names), accumulation=None)


def test_terminal_figures_and_page_tell_long_names_apart():
    report = long_named()
    rows = re.findall(r"^ (\S+) +[●◐◇◆✕]", terminal.render(report), re.MULTILINE)
    assert len(rows) == len(set(rows)) == 22
    drawn = svg.inline(plots.risks(report), key="a", title="", description="")
    assert all(f">{brief(report, name, columns=22)}</text>" in drawn for name in LAYERS)
    page = html.render([replace(small(report, 8), surrogate=None, best=())])
    cards = re.findall(r'<span class="what"><code class="name" title="([^"]*)">(.*?)</code>', page)
    assert len({short for _, short in cards}) == len({name for name, _ in cards}) > 5


def test_a_long_name_breaks_where_its_words_end():
    voice = HtmlVoice(words("en"))
    assert "model.<wbr>encoder.<wbr>layers.3.<wbr>self_<wbr>attention" in voice.whole(LAYERS[3])
    assert "bilinear_<wbr>with" in voice.code("bilinear_with_antialias_of_order_3")
    assert "<wbr>" not in voice.command("knobwise ls --where a_b.c_d=e_f --journal my_runs")


def test_the_terminal_lists_as_many_as_a_card_shows():
    free = next(p for p in planted().parameters if p.verdict == "negligible" and p.recommendation)
    made = tuple(replace(free, name=f"p{i}") for i in range(9))
    said = terminal.render(replace(planted(), parameters=made, findings=()))
    assert "p5 = " in said
    assert "p6 = " not in said
    assert "and 3 more" in " ".join(said.split())
    seven = terminal.render(replace(planted(), parameters=made[:7], findings=()))
    assert "p6 = " in seven
