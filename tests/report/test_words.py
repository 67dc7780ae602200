"""Every language says everything, with the same gaps."""

import re
import string
from pathlib import Path
from typing import get_args

import pytest

from analysis import facts, html, markdown, terminal
from analysis.errors import InputError
from analysis.runs import Outcome
from analysis.terminal import Style
from analysis.words import LANGUAGES, Voice, words
from tests.report.edges import EDGES, small
from tests.report.planted import planted

ANALYSIS = Path(__file__).parents[2] / "analysis"
MARKS = {"says.leverage.share"}
SAME = {"amount", "scale", "table.scaled", "unit.none", "column.F", "column.n", "column.omega",
        "configurations.short.one", "configurations.short.other", "evidence", "glossary.omega",
        "list.comma", "list.groups", "list.and", "list.with", "good.range", "searched.range",
        "next.end", "note.leave", "reading.failure", "reading.times", "because.where",
        "says.check.found", "good.beside.value", "good.elsewhere", "note.leave.one",
        "says.check.agreement.odd",
        } | MARKS  # fmt: skip


def gaps(text: str) -> set[str]:
    return {name for _, name, _, _ in string.Formatter().parse(text) if name}


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_language_has_every_key_with_its_gaps(language):
    english, other = words("en").texts, words(language).texts
    assert english.keys() == other.keys()
    assert {key: gaps(text) for key, text in other.items()} == {
        key: gaps(text) for key, text in english.items()
    }


def test_korean_is_translated_throughout():
    english, korean = words("en").texts, words("ko").texts
    assert {key for key in english if english[key] == korean[key]} <= SAME
    assert all(re.search("[가-힣]", korean[key]) for key in english if key not in SAME)


def test_no_korean_particle_depends_on_how_a_name_or_a_number_ends():
    """와 or 과 follows what is read, and nobody knows how a name is: 은(는) is for either."""
    bound = re.compile(
        r"\{\w+:(?:names?|value|shell)\}(?:와|과|은|는|이|가|을|를|로|으로)(?![(가-힣])"
    )
    texts = words("ko").texts
    assert [key for key, text in texts.items() if bound.search(text)] == []
    assert bound.search("{b:value}와 {a:name}")
    assert not bound.search("{a:name}은(는)")


def test_every_text_is_used_somewhere():
    sources = [*ANALYSIS.glob("*.py"), *(ANALYSIS / "templates").glob("*.j2")]
    code = "\n".join(path.read_text(encoding="utf-8") for path in sources)

    def used(key: str) -> bool:
        stem = re.sub(r"\.(one|other)$", "", key)
        parts = stem.split(".")
        heads = [re.escape(".".join(parts[:i])) for i in range(1, len(parts))]
        made = any(re.search(rf'"{head}\.(\{{|" ~)', code) for head in heads)
        return made or f'"{stem}"' in code or f"'{stem}'" in code

    assert [key for key in words("en").texts if not used(key)] == []


@pytest.mark.parametrize("name", EDGES)
def test_korean_is_said_at_every_edge(name):
    report = EDGES[name]()
    assert "다음 할 일" in markdown.render([report], language="ko")
    lines = terminal.render(report, Style(width=80), language="ko").splitlines()
    assert any("다음" in line for line in lines)


def test_numbers_are_the_same_in_every_language():
    def numbers(text: str) -> list[str]:
        return re.findall(r'data-values="[^"]*">[^<]*|<data value="[^"]*">[^<]*', text)

    korean = html.render([small(planted())], language="ko")
    assert "중요도 보고서" in korean
    assert len(numbers(korean)) > 100
    assert numbers(korean) == numbers(html.render([small(planted())]))


def test_an_unknown_language_is_refused_with_the_known_ones():
    with pytest.raises(InputError, match="no language 'tlh'") as caught:
        words("tlh")
    assert "en, ko" in str(caught.value)


def test_lists_are_read_as_lists():
    voice = Voice(words("en"))
    assert voice.names(["a"]) == "a"
    assert voice.names(["a", "b", "c"]) == "a, b and c"
    assert voice.names(["a", "b"], last="or") == "a or b"
    assert voice.names([f"p{i}" for i in range(20)]) == "p0, p1, p2, p3, p4, p5, p6 and 13 more"


def test_a_surrogate_of_several_is_named_in_the_language():
    name = "gaussian process (60%) and random forest (40%)"
    assert facts.surrogate(name, Voice(words("ko"))) == "가우스 과정 (60 %), 랜덤 포레스트 (40 %)"
    assert facts.surrogate("an <odd> one", Voice(words("ko"))) == "an <odd> one"
    assert [part for part, _ in facts.parts(name)] == ["gaussian process", "random forest"]


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize(
    ("key", "parts", "never"),
    [
        (
            "methods.decomposition",
            {
                "en": ("plausible", "median", "mean, with"),
                "ko": ("여러 함수", "중앙값", "평균이며"),
            },
            "surrogate's mean",
        ),
        ("methods.surrogate", {"en": ("weighted",), "ko": ("가중",)}, "chosen"),
        ("glossary.shapley.means", {"en": ("condition",), "ko": ("조건",)}, "these add up to 1."),
        (
            "glossary.omega.means",
            {"en": ("noise included",), "ko": ("잡음을 포함",)},
            "explainable",
        ),
    ],
)
def test_methods_and_terms_are_told_as_they_are(key, parts, never, language):
    text = words(language)[key]
    assert all(part in text for part in parts[language])
    assert never not in text


def test_there_is_a_text_for_each_reason_to_leave_a_run_out_and_for_no_other():
    seen = {"sentinel", "infinite", "nan", "missing", "duplicate", "same_seed", "other_version"}
    ended = {*get_args(Outcome)} - {"finished", "failed"}  # failed runs are told by themselves
    told = {key.removeprefix("says.excluded.") for key in words("en").texts if "says.exc" in key}
    assert told == seen | ended


def test_no_korean_particle_that_hangs_on_a_last_sound_follows_a_foreign_value_or_command():
    """A number, a name of a level or a command may end in either; a percentage does not."""
    after = re.compile(r"\{\w+:(value|names?|shell)\}`?(와|과|은|는|을|를|로|으로)(?![가-힣(])")
    assert after.search("{a:name}와 {b:name}, `ls {where:shell}`")
    assert not after.search("{a:name}은(는) {share:%}를")
    assert [key for key, text in words("ko").texts.items() if after.search(text)] == []
