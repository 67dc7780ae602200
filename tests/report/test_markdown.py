"""Markdown that fits a comment, says the same, and lets no name become markup."""

import itertools
import re
from dataclasses import replace
from html.parser import HTMLParser

import pytest
from markdown_it import MarkdownIt

from analysis import markdown, tables
from analysis.numerals import shortened, shown
from analysis.verdicts import MOST_RUNS
from analysis.words import Voice, words
from tests.report.edges import EDGES, hostile
from tests.report.hostile import HOSTILE
from tests.report.planted import planted, withheld

GITHUB = 65_536
READER = MarkdownIt("commonmark", {"html": True, "linkify": False}).enable("table")
ALLOWED = {"h2", "p", "br", "strong", "blockquote", "ul", "li", "code", "table", "thead", "tbody",
           "tr", "th", "td", "pre", "sub"}  # fmt: skip


class Read(HTMLParser):
    """What a reader's Markdown makes of it: tags, text, comments."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.tags: list[str] = []
        self.said: list[str] = []
        self.feed(READER.render(text))
        self.close()

    def handle_starttag(self, tag, attrs):
        assert not [key for key, _ in attrs if key not in ("style", "class")]
        self.tags.append(tag)

    def handle_data(self, data):
        self.said.append(data)

    @property
    def text(self) -> str:
        return " ".join("".join(self.said).split())


@pytest.mark.parametrize("name", EDGES)
def test_every_edge_fits_a_comment(name):
    text = markdown.render([EDGES[name]()])
    assert len(text) < GITHUB
    assert set(Read(text).tags) <= ALLOWED


def test_many_metrics_still_fit_a_comment():
    reports = [replace(EDGES["sixty parameters"]()) for _ in range(6)]
    assert len(markdown.render(reports)) < GITHUB


@pytest.mark.parametrize("start", range(0, len(HOSTILE), 7))
def test_hostile_text_is_text(start):
    texts = (*HOSTILE[start : start + 7], "a", "b", "c")[:10]
    read = Read(markdown.render([hostile(*texts)]))
    assert set(read.tags) <= ALLOWED
    for text in texts[:6]:
        visible = shortened(" ".join(shown(text).split()), 60)
        assert visible.split("…")[0].strip() in read.text


def test_nothing_becomes_a_mention_a_reference_or_a_link():
    text = markdown.escaped("see @bob, #12, GH-3, https://x.y, www.x.y, mailto:a@b :+1:")
    assert not re.search(r"@\w|#\d|GH-\d|https:|www\.|mailto:|:\+1:", text)


def test_the_check_of_hostile_text_can_fail():
    assert "script" in Read("a <script>b</script>").tags


def test_the_table_says_what_the_page_says():
    made = tables.parameters(planted(), Voice(words("en")))
    text, at = Read(markdown.render([planted()])).text, 0
    for cell in itertools.chain.from_iterable(made.rows):
        at = text.index(cell.text, at) + len(cell.text)  # each after the one before


@pytest.mark.parametrize("language", ["en", "ko"])
def test_what_the_table_measures_is_explained_under_it(language):
    say = words(language)
    text = markdown.render([planted()], language=language)
    for key in ("glossary.risk.means", "glossary.total.means", "table.parameters"):
        assert say[key] in text
    assert say["glossary.risk.means"] not in markdown.render([withheld()], language=language)


def test_it_has_warnings_cards_next_and_digest():
    text = markdown.render([planted()])
    for part in ("> **Look:**", "**Tune these first:** `lr`", "**Do next:** 12 runs (about 4 min)",
                 "knobwise plan -m val_error -n 12", "`9f2c4be1a7d0`"):  # fmt: skip
        assert part in text


def test_a_code_span_holds_any_row_of_backticks():
    for text in ("`", "``a`", "a`b``c", "", " "):
        (inline,) = MarkdownIt("commonmark").parseInline(f"x{markdown.code(text)}x")
        spans = [token.content for token in inline.children or [] if token.type == "code_inline"]
        assert spans == [text] or not text.strip()


def test_an_open_verdict_says_what_is_known_already():
    report, margin = planted(), planted().margin.metric
    row = next(p for p in report.parameters if p.verdict == "undetermined" and p.recommendation)

    def said(low, high):
        claim = replace(row.claim, risk_low=low * margin, risk_high=high * margin)
        return markdown.render([replace(report, parameters=(replace(row, claim=claim),))])

    assert f"`{row.name}` about {row.more_runs:,} more runs" in said(0.5, 1.5)
    assert f"`{row.name}` worth tuning (about {row.more_runs:,} more runs" in said(1.1, 1.5)
    assert f"`{row.name}` so far best at `" in said(0.5, 0.9)
    never = replace(row, more_runs=None)
    alone = markdown.render([replace(report, findings=(), parameters=(never,))])
    assert f"`{row.name}` needs over {MOST_RUNS} times as many runs" in alone
