"""Every sentence of the analysis can be said in every language, from its facts alone."""

import json
import re
import string
from dataclasses import replace
from html.parser import HTMLParser
from pathlib import Path

import pytest

from analysis import html, markdown, terminal
from analysis.codec import from_json, to_report_json
from analysis.html import HtmlVoice
from analysis.markdown import MarkdownVoice
from analysis.results import Said
from analysis.sentences import english, english_hint, finding, said, told
from analysis.terminal import Style
from analysis.words import LANGUAGES, Voice, words
from tests.report.edges import EDGES, small
from tests.report.pages import rendered
from tests.report.planted import planted, withheld
from tests.report.planted_detail import detailed

ANALYSIS = Path(__file__).parents[2] / "analysis"
DETAILED = replace(
    detailed(), strata=tuple(part for part in detailed().strata if not part.because or part.says)
)
"""All that is asked for, but for a reason that is foreign text."""
KEYS = [key for key in words("en").texts if key.startswith("says.")]
LATIN = re.compile(r"(?:\b[A-Za-z]{2,}[,.;:]? +(?:\d+(?:[.,]\d+)? +)*){2}[A-Za-z]{2,}\b")
"""Three Latin words in a row, whatever numbers are between: a name or a term is one or two, a
sentence is more."""


def sample(form: str):
    """A fact that a gap of this form takes."""
    if form in ("names", "all"):
        return ("lr", "act")
    if form in ("name", "value", "shell"):
        return "lr"
    return () if form in (";", " ") else 0.5


def example(key: str) -> Said:
    forms = {name: form for _, name, form, _ in string.Formatter().parse(words()[key]) if name}
    return Said(key=key, facts=tuple((name, sample(form)) for name, form in forms.items()))


class Prose(HTMLParser):
    """The text that a reader takes for the page's own: no code, no foreign text, no script."""

    SILENT = ("code", "style", "script", "pre", "title")

    def __init__(self) -> None:
        super().__init__()
        self.depth = 0
        self.parts: list[str] = []

    def handle_starttag(self, tag, attrs):
        foreign = tag == "bdi" and dict(attrs).get("lang")
        self.depth += bool(self.depth) or tag in self.SILENT or bool(foreign)

    def handle_endtag(self, tag):
        self.depth -= bool(self.depth)

    def handle_data(self, data):
        if not self.depth:
            self.parts.append(data)


def prose(page: str) -> str:
    found = Prose()
    found.feed(re.sub(r"<(meta|link|br)[^>]*>", "", page))
    return "\n".join(found.parts)


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("key", KEYS)
def test_a_sentence_fills_every_gap(key, language):
    voice = Voice(words(language))
    text = voice.worded(example(key))
    assert "{" not in text
    assert "`" not in text
    assert text == text.strip()


@pytest.mark.parametrize("key", KEYS)
def test_no_korean_sentence_is_english(key):
    spoken = re.sub("`[^`]*`", "", words("ko")[key])
    assert not LATIN.search(re.sub(r"\{[^}]*\}", "", spoken))


def test_the_search_for_english_finds_some():
    assert LATIN.search(words("en")["says.gaps.stretch"].replace("{name:name}", ""))
    assert LATIN.search(prose(html.render([small(planted())])))
    assert LATIN.search("without 7 far off")
    assert not LATIN.search("step 10, 20 lr")


@pytest.mark.parametrize("name", [*EDGES])
def test_no_english_sentence_is_left_on_a_korean_page(name):
    text = prose(rendered(name, "ko"))
    assert "답" in text
    assert [match[0] for match in LATIN.finditer(text)] == []


def test_korean_comments_and_terminals_have_no_english_sentence_either():
    for report in (planted(), withheld(), DETAILED):
        comment = re.sub(
            r"```.*?```", "", markdown.render([report], language="ko"), flags=re.DOTALL
        )
        comment = re.sub(r"`[^`]*`", "", comment)
        assert [match[0] for match in LATIN.finditer(comment)] == []
        screen = terminal.render(report, Style(width=100), language="ko")
        lines = [line for line in screen.splitlines() if "knob" not in line]
        assert not LATIN.search(re.sub(" {2,}", " | ", "\n".join(lines)))  # columns of a table


def test_every_sentence_is_said_somewhere():
    code = "\n".join(path.read_text(encoding="utf-8") for path in ANALYSIS.glob("*.py"))

    def used(key: str) -> bool:
        stem = key.removeprefix("says.").removesuffix(".hint")
        heads = [stem[:i] for i, letter in enumerate(stem) if letter == "."]
        return f'"{stem}"' in code or any(f'"{head}.{{' in code for head in heads)

    hints = {key for key in KEYS if key.endswith(".hint")}
    assert [key for key in KEYS if key not in hints and not used(key)] == []
    kinds = {key.removesuffix(".hint") for key in hints}
    assert [k for k in kinds if not any(key == k or key.startswith(f"{k}.") for key in KEYS)] == []


def test_the_contract_has_the_english_sentence():
    found = finding("edge.low", "lr", name="lr", hits=3, top=5, low=1e-4, high=0.1)
    assert found.code == "edge"
    assert found.message == (
        "3 of the best 5 configurations have lr at the low end of what was searched (1e-4 to 0.1)."
    )
    assert found.hint == "Try lr beyond its low end, if it can go further."


def test_a_hint_may_belong_to_all_sentences_of_a_kind():
    says = said("drift.after", metric="loss", change=1.0, correlation=0.9)
    assert "knobwise diff" in english_hint(says)
    assert english_hint(said("plan.gap")) == ""


def test_commands_are_quoted_for_the_shell_and_shown_as_code():
    says = said("gaps.stretch", name="lr", low=1, high=2, share=0.5, where="lr<2 it's")
    command = '--where "lr<2 it\'s"'
    assert command in english_hint(says)
    assert f"`{command}`" in MarkdownVoice(words()).hint(says)
    assert "<bdi>--where &#34;lr&lt;2 it&#39;s" in HtmlVoice(words()).hint(says)


def test_a_hostile_fact_stays_text_in_a_page():
    says = said("one_level.tried", name="<script>", value="</bdi><b>")
    page = HtmlVoice(words()).worded(says)
    assert "<script>" not in page
    assert "<b>" not in page


def test_a_sentence_survives_the_saved_report():
    (again,) = from_json(to_report_json([planted()]))
    assert again.findings == planted().findings
    assert again.checks[0].says == planted().checks[0].says
    assert english(again.findings[0].says) == again.findings[0].message


def strange(value, odd):
    """A saved report in which another version said every sentence."""
    if isinstance(value, list):
        return [strange(item, odd) for item in value]
    if not isinstance(value, dict):
        return value
    if value.keys() == {"key", "facts"}:
        return odd(value)
    return {key: strange(item, odd) for key, item in value.items()}


@pytest.mark.parametrize(
    "odd",
    [
        lambda said: said | {"key": "says.not_said_yet"},
        lambda said: said | {"facts": [["of_another_version", 1]]},
        lambda said: {"key": "says.check.found",
                      "facts": [["told", [{"key": "says.not_said_yet", "facts": []}]]]},
    ],
    ids=["unknown", "other facts", "unknown inside"],
)  # fmt: skip
@pytest.mark.parametrize("made", [detailed, withheld])
def test_what_another_version_said_is_told_as_it_was_written(made, odd):
    report = replace(made(), findings=made().findings[:3])
    (read,) = from_json(json.dumps(strange(json.loads(to_report_json([report])), odd)))
    page = prose(html.render([small(read)])).replace("\u00a0", " ")
    screen = " ".join(terminal.render(read, Style(width=2000)).split())
    comment = markdown.render([read])
    assert all(item.message in text for item in report.findings for text in (page, screen))
    for text in (page, screen, comment):
        assert (report.withheld_because or "") in text
        assert (report.withheld_cure or "") in text
    assert all(check.detail in page for check in report.checks)


def test_many_of_one_kind_are_told_one_by_one_where_their_facts_are_not_known():
    many = [
        finding("edge.low", name, name=name, hits=3, top=5, low=0, high=1) for name in "abcd"
    ]  # fmt: skip
    assert len(told(many)) == 1
    other = [replace(item, says=replace(item.says, facts=())) for item in many]
    assert told(other) == tuple(other)


def test_a_hint_of_a_sentence_that_is_not_known_is_told_as_it_was_written():
    voice = Voice(words("ko"))
    unknown = said("edge.not_said_yet", name="lr")
    assert voice.advised(unknown, "Go on.") == "Go on."
    assert voice.advised(said("edge.low", name="lr"), "Go on.") == "Go on."
    whole = said("edge.low", name="lr", hits=3, top=5, low=0, high=1)
    assert voice.advised(whole, "Go on.") == voice.hint(whole) != "Go on."
