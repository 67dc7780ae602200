"""The page on paper: folded parts are there, nothing is wider, each metric begins a page."""

from __future__ import annotations

from dataclasses import replace

import pytest
from pypdf import PdfReader

from analysis import html
from tests.report.edges import EDGES, many_parameters
from tests.report.pages import rendered
from tests.report.watched import Watched

pytestmark = pytest.mark.browser


def test_folded_parts_are_printed_and_nothing_is_wider_than_paper(browser, tmp_path):
    cells = "[...document.querySelectorAll('#effect table.wide :is(td, thead th, .sub)')]"
    path = tmp_path / "given.html"
    path.write_text(rendered("given"), encoding="utf-8")
    with Watched(browser, path, width=703, scheme="dark") as watched:  # A4
        watched.page.emulate_media(media="print")
        assert watched.page.evaluate("document.documentElement.scrollWidth") <= 703
        assert len({*watched.page.evaluate(f"{cells}.map(e => getComputedStyle(e).fontSize)")}) == 1
        after = "[...document.querySelectorAll('h3')].map(e => getComputedStyle(e).breakAfter)"
        assert {*watched.page.evaluate(after)} == {"avoid"}, "no heading ends a page"
        watched.page.pdf(path=tmp_path / "report.pdf", format="A4", print_background=True)
    pages = PdfReader(tmp_path / "report.pdf").pages
    plain = " ".join(" ".join(page.extract_text() for page in pages).split())
    for folded in ("functional ANOVA, under independent inputs",
                   "Every statement holds within the range",
                   "Runs that are equal in every studied parameter", "2 still running",
                   "Share of that explained, by parameter", "Both intervals cross"):  # fmt: skip
        assert folded in plain
    assert "Mean given lr, with 95 % band" not in plain, "the JSON has the figures' numbers"
    assert "at the end of this page" not in plain, "there is no source on paper"


def test_each_of_several_metrics_begins_a_page(browser, tmp_path):
    path = tmp_path / "two.html"
    path.write_text(html.render([EDGES["withheld"]()] * 2), encoding="utf-8")
    with Watched(browser, path, width=703) as watched:
        apart = "getComputedStyle(document.querySelector('article+article')).borderTopWidth"
        assert watched.page.evaluate(apart) == "3px", "on a screen a line begins it"
        watched.page.pdf(path=tmp_path / "two.pdf", format="A4")
        watched.page.emulate_media(media="print")
        assert watched.page.evaluate(apart) == "0px"
    pages = [page.extract_text() for page in PdfReader(tmp_path / "two.pdf").pages]
    begun = [text for text in pages if "What moves" in text]
    assert len(begun) == 2
    assert all(text.index("What moves") < 200 for text in begun)


def test_a_card_of_many_parameters_leaves_the_answer_on_the_first_page(browser, tmp_path):
    many = replace(many_parameters(60), points=(), interactions=(), best=(), checks=(), plan=None)
    many = replace(many, parameters=tuple(replace(p, marginal=None) for p in many.parameters))
    path = tmp_path / "many.html"
    path.write_text(html.render([many]), encoding="utf-8")
    with Watched(browser, path, width=703) as watched:
        watched.page.emulate_media(media="print")
        tall = "document.querySelector('#effect .fig').getBoundingClientRect().height"
        assert watched.page.evaluate(tall) > 500, "its rows can be read"
        watched.page.pdf(path=tmp_path / "many.pdf", format="A4")
    first, *others = [page.extract_text() for page in PdfReader(tmp_path / "many.pdf").pages]
    for answer in ("Do next", "Tune these", "Fix these", "Not enough runs to say"):
        assert answer in " ".join(first.split())
    assert any("wd_58" in page for page in others)
