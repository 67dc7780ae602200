"""The page: one file without network or script, in which every foreign text is text."""

import json
import re
from collections import Counter
from dataclasses import replace
from html.parser import HTMLParser

import pytest

from analysis import html, tables
from analysis.codec import contract, from_json, to_report_json
from analysis.numerals import shown
from analysis.words import Voice, words
from tests.report.edges import EDGES, hostile, monstrous, small
from tests.report.hostile import HOSTILE
from tests.report.pages import rendered
from tests.report.planted import planted

VOID = {"wbr", "meta", "link", "br", "img", "input", "hr"}
LARGEST = 5_000_000
BATCHES = [HOSTILE[i : i + 10] for i in range(0, len(HOSTILE) - 9, 10)] + [HOSTILE[-10:]]


class Page(HTMLParser):
    """Tags with their attributes, text, and what was never closed."""

    def __init__(self, text: str) -> None:
        super().__init__(convert_charrefs=True)
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.words: list[str] = []
        self.open: list[str] = []
        self.comments: list[str] = []
        self.feed(text)
        self.close()

    def handle_starttag(self, tag, attrs):
        self.tags.append((tag, dict(attrs)))
        if tag not in VOID:
            self.open.append(tag)

    def handle_startendtag(self, tag, attrs):
        self.tags.append((tag, dict(attrs)))

    def handle_endtag(self, tag):
        assert self.open, f"</{tag}> closes nothing"
        assert self.open.pop() == tag

    def handle_data(self, data):
        self.words.append(data)

    def handle_comment(self, data):
        self.comments.append(data)

    @property
    def text(self) -> str:
        return " ".join("".join(self.words).split())


@pytest.fixture(scope="module")
def page() -> Page:
    return Page(rendered("given"))


def shape(page: Page) -> Counter[str]:
    """How often each tag occurs, with the names of its attributes."""
    return Counter(f"{tag} {sorted(attributes)}" for tag, attributes in page.tags)


def test_the_page_is_closed_and_names_its_language(page):
    assert page.open == []
    assert ("html", {"lang": "en"}) in page.tags


def test_the_policy_lets_the_page_load_nothing(page):
    (policy,) = [a["content"] for tag, a in page.tags
                 if tag == "meta" and a.get("http-equiv") == "Content-Security-Policy"]  # fmt: skip
    assert policy == html.POLICY
    assert policy.startswith("default-src 'none'; style-src 'unsafe-inline'; img-src data:")


def test_nothing_in_the_page_asks_for_the_network(page):
    urls = [a[key] or "" for _, a in page.tags for key in ("src", "href", "xlink:href", "action")
            if key in a]  # fmt: skip
    assert all(url.startswith(("#", "data:image/png", "data:,")) for url in urls)
    assert "url(http" not in "".join(page.words)


def test_the_only_script_is_data(page):
    assert [a["type"] for tag, a in page.tags if tag == "script"] == ["application/json"]
    handlers = [key for _, a in page.tags for key in a if key.startswith("on")]
    assert handlers == []


def test_the_embedded_json_is_the_contract():
    text = rendered("given")
    (found,) = re.findall(r'<script type="application/json" id="json">(.*?)</script>', text)
    assert json.loads(found) == contract(planted())


def test_ids_are_unique_and_references_meet():
    page = Page(html.render([small(planted()), EDGES["one parameter"]()]))
    assert all(f"m{place}-top" in str(page.tags) for place in (1, 2))
    ids = [a["id"] for _, a in page.tags if "id" in a]
    assert Counter(ids).most_common(1)[0][1] == 1
    wanted = {word for _, a in page.tags for word in (a.get("aria-labelledby") or "").split()}
    wanted |= {(a["href"] or "")[1:] for tag, a in page.tags if tag == "a"}
    assert wanted <= set(ids)


def test_every_figure_has_a_title_a_description_and_its_table(page):
    figures = [a for tag, a in page.tags if tag == "svg"]
    tags = Counter(tag for tag, _ in page.tags)
    assert len(figures) > 15
    assert tags["desc"] == len(figures)
    assert all(a["role"] == "img" and a["aria-labelledby"] for a in figures)
    assert tags["table"] >= len(figures) - 1, "risks and shares have one table between them"
    assert "lr 0.0183 [0.0150, 0.0211] (critical)" in page.text


def test_the_answer_stands_before_the_first_figure(page):
    text = page.text
    places = [text.index(word) for word in ("What moves", "Tune these first", "Tune these last",
                                            "Fix these", "Not enough runs to say", "Do next",
                                            "How much does each")]  # fmt: skip
    assert places == sorted(places)


def test_shares_are_never_forced_to_a_hundred_percent(page):
    said = "single parameters hold 0.84, pairs 0.14, and larger groups the remaining 0.02"
    assert said in page.text
    assert "0.09 is noise" in page.text


def test_no_line_ends_between_a_number_and_its_per_cent():
    told = re.sub(r"<(svg|script).*?</\1>", "", rendered("given"), flags=re.DOTALL)
    assert re.search(r"\d\u00a0%", told)
    assert not re.search(r"\d %", told)


def test_no_verdict_goes_beyond_the_range_searched(page):
    assert "unimportant" not in page.text.lower()
    assert "within the range searched" in page.text
    assert "1e-5 to 0.3" in page.text


@pytest.mark.parametrize("name", EDGES)
def test_edges_read_well(name):
    report = EDGES[name]()
    text = rendered(name)
    page = Page(text)
    assert page.open == []
    assert len(text.encode()) < LARGEST
    assert not re.search(r"\bnan\b|\bNone\b|Infinity", page.text.split('{"schema"')[0])
    if report.answer == "withheld":
        assert shown(report.withheld_because or "") in page.text
        assert "Tune these first" not in page.text


@pytest.mark.parametrize("texts", BATCHES, ids=lambda texts: ascii(texts[0]))
def test_hostile_text_is_text(texts, harmless):
    """The tags of the page are those of the same page with harmless words in those places."""
    made = Page(html.render([hostile(*texts)]))
    assert made.open == []
    assert made.comments == []
    strange = set(shape(made)) - set(shape(harmless))
    assert {kind.split()[0] for kind in strange} <= {"code", "wbr"}, (
        "a long value may break, no more"
    )
    for text in texts:
        assert " ".join(shown(text).split()) in made.text


@pytest.fixture(scope="module")
def harmless() -> Page:
    return Page(html.render([hostile(*(f"word{i}" for i in range(10)))]))


def test_the_check_of_hostile_text_can_fail():
    text = "<code>a</code>".replace("<code>", "<code onclick=x>", 1)
    assert [key for _, a in Page(text).tags for key in a if key.startswith("on")] == ["onclick"]


def test_the_same_report_gives_the_same_bytes():
    (again,) = from_json(to_report_json([planted()]))
    assert html.render([again]) == rendered("given")


def test_no_page_is_larger_than_five_megabytes_whatever_the_journal():
    text = html.render([monstrous()])
    assert 1_000_000 < len(text.encode()) < LARGEST
    assert "more rows are in the saved report" in text


def test_a_page_of_200_runs_is_small():
    assert len(rendered("given").encode()) < 500_000 * 180 / 200


def test_on_a_log_scale_a_page_says_the_factor_of_the_number_behind_it():
    page = html.render([EDGES["log scale"]()])
    found = re.findall(r'data-values="([-\d.e]+) [^"]*">([\d.]+)× \[', page)
    assert len(found) >= 3
    for number, factor in found:
        assert float(factor) == pytest.approx(10 ** float(number), abs=0.006)


def test_a_command_in_a_sentence_breaks_at_no_hyphen_and_is_what_one_types():
    typed = "knobwise best -m 'a <b>' --minimize --journal data/my-runs"
    made = str(html.HtmlVoice(words("en")).command(typed))
    whole = re.findall('<span class="s">([^<]*)</span>', made)
    assert whole == ["-m", "--minimize", "--journal"]
    assert Page(made).text == typed
    assert "white-space:nowrap" in rendered("given").partition("code .s{")[2][:30]


def test_a_parameter_that_gave_no_result_has_no_kind_and_no_empty_range():
    nothing = replace(planted().parameters[0], domain=None, levels=(), scale="levels")
    voice = Voice(words())
    assert tables.description(nothing, voice) == "in no run that gave a result"
    assert tables.description(planted().parameters[0], voice).startswith("continuous, log, ")


def test_what_a_card_means_is_said_where_it_has_something_at_any_width():
    wide, _, _ = rendered("given").partition("@media (max-width")
    assert ".card.empty .meaning{display:none}" in wide
