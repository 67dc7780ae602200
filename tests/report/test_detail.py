"""Levels in pairs, shares part by part and the classical table, in every rendering."""

import re
from dataclasses import replace

import pytest

from analysis import anova_says, html, markdown, reading, tables_detail, terminal
from analysis.classical import WORDS, Classical
from analysis.codec import from_json, to_report_json
from analysis.numerals import display_width
from analysis.sentences import finding, said
from analysis.terminal import Style
from analysis.words import Voice, words
from tests.report.edges import small
from tests.report.planted import planted
from tests.report.planted_detail import METHOD, detailed

VOICE = Voice(words("en"))


def replace_fact(says, **others):
    return replace(says, facts=tuple({**dict(says.facts), **others}.items()))


def test_nothing_that_was_not_asked_for_takes_room():
    assert tables_detail.asked_for(planted(), VOICE) == []
    assert tables_detail.classical(planted(), VOICE) is None


def test_there_is_a_table_of_pairs_and_one_of_each_kind_of_part():
    captions = [table.caption for table in tables_detail.asked_for(detailed(), VOICE)]
    assert [caption.partition(" ")[0] for caption in captions] == [
        "Levels",
        "Total",
        "Total",
        "Total",
    ]
    assert "too few for 10 parameters" in captions[2]


def test_a_table_of_few_columns_is_not_drawn_across_the_page():
    page = html.render([detailed()])
    few = [len(t.headings) <= 4 for t in tables_detail.asked_for(detailed(), VOICE)]
    assert any(few)
    assert page.count('<table class="narrow">') == sum(few)


def test_parts_are_columns_and_the_largest_share_comes_first():
    steps = tables_detail.asked_for(detailed(), VOICE)[1]
    assert steps.headings == ("parameter", "step 1", "step 10", "step 50")
    assert [row[0].text for row in steps.rows] == ["lr", "act", "configurations"]
    assert [cell.numbers[0] for cell in steps.rows[0][1:]] == [0.895, 0.85, 0.65]
    assert steps.rows[1][1].text == "–"


def test_parts_without_a_value_are_said_in_the_language_of_the_reader():
    english, korean = (
        tables_detail.asked_for(detailed(), Voice(words(language)))[3] for language in ("en", "ko")
    )
    assert english.headings == ("parameter", "all", "without 7 far off")
    assert english.caption.startswith("Total share [95 %] of all runs, and without the few far off")
    assert "(no answer at without 7 far off: There are too few" in english.caption
    assert english.caption.count(".)") == 0
    assert korean.headings[1:] == ("모든 실행", "멀리 떨어진 7개 제외")
    assert not re.search("[a-zA-Z]", korean.caption)


def test_the_classical_table_has_every_term():
    table = tables_detail.classical(detailed(), VOICE)
    names = [row[0].text for row in table.rows]
    assert names == ["act", "lr", "act with lr", "dataset", "lack of fit, against pure error"]
    assert table.rows[-1][3].numbers == (1.4,)
    assert "not tested: nesterov, cannot be told" in table.caption
    assert "CR2" in table.caption
    assert "sd between blocks 0.012" in table.caption


def test_degrees_of_freedom_that_are_no_whole_numbers_have_one_digit_in_all_rows():
    def column(*told: float) -> list[str]:
        found = detailed().classical
        terms = tuple(replace(t, error_df=df) for t, df in zip(found.terms, told, strict=False))
        found = replace(found, terms=terms, lack_of_fit=None)
        table = tables_detail.classical(replace(detailed(), classical=found), VOICE)
        return [row[2].text for row in table.rows]

    assert column(1240.0, 24.0) == ["1,240", "24"]
    assert column(1240.0, 24.35) == ["1,240.0", "24.4"]


def test_the_terminal_shows_intervals_where_they_fit():
    wide = terminal.render(detailed(), Style(width=120))
    assert ".90 [.50, .95]" in wide
    assert "Total share [95 %] by step" in wide
    assert "-.0123 [-.0163, -.0083]" in wide
    narrow = terminal.render(detailed(), Style(width=48))
    assert "Total share by step" in narrow
    assert ".90" in narrow
    assert "[.50" not in narrow
    assert max(map(len, narrow.splitlines())) <= 48


def test_the_columns_of_a_detail_end_below_each_other_and_only_estimates_lose_their_zero():
    report = detailed()
    report = replace(report, classical=replace(report.classical, asked=True))
    lines = terminal.render(report, Style(width=140)).splitlines()
    for heading, rows in ((" difference", 3), (" term  ", 5), (" step 10", 3)):
        start = next(i for i, line in enumerate(lines) if line.startswith(" ") and heading in line)
        assert len({display_width(line) for line in lines[start : start + rows + 1]}) == 1
    (contrast,) = (line for line in lines if "relu – leaky" in line)
    assert contrast.split()[-4:] == [".0007", "[-.0033,", ".0047]", "0.900"]
    (misfit,) = (line for line in lines if "against pure error" in line)
    assert misfit.split()[-4:] == ["1.4", "0.100", "–", "–"]


@pytest.mark.parametrize(
    ("steps", "told"),
    [(12, r"\(\d more columns in the report\)"), (9, r"\(1 more column in the report\)")],
)
def test_columns_for_which_there_is_no_room_are_counted(steps, told):
    part = detailed().strata[0]
    parts = tuple(replace(part, value=step) for step in range(1, steps + 1))
    text = terminal.render(replace(detailed(), strata=parts), Style(width=80))
    assert "step 6" in text
    assert f"step {steps}" not in text
    assert re.search(told, text)


@pytest.mark.parametrize("language", ["en", "ko"])
def test_page_and_comment_show_the_same_numbers(language):
    page = html.render([small(detailed())], language=language)
    comment = markdown.render([detailed()], language=language)
    for text in ("0.90 [0.50, 0.95]", "-0.0123 [-0.0163, -0.0083]"):
        assert text in page
        assert text in comment
    assert "CR2" in page


def test_a_saved_report_keeps_them():
    assert from_json(to_report_json([detailed()])) == (detailed(),)


def test_the_classical_table_speaks_the_readers_language():
    found = detailed().classical
    table = tables_detail.classical(detailed(), Voice(words("ko")))
    assert table.caption.startswith("II형 강건한 F 검정(CR2, 호텔링 T²), 대상 설정 평균, 기준 잔차")
    assert "검정하지 않음: nesterov(다른 항과 구별할 수 없음)" in table.caption
    assert "dataset: 무작위 효과, 블록 사이 표준편차 0.012" in table.caption
    foreign = replace(found, says=None, notes_say=())  # a report that has only the text
    table = tables_detail.classical(replace(detailed(), classical=foreign), Voice(words("ko")))
    assert found.method in table.caption
    assert found.notes[0] in table.caption


def test_parts_of_two_commits_stand_side_by_side():
    part = detailed().strata[0]
    commits = [letter * 19 + "07" + letter * 19 for letter in "ab"]
    parts = tuple(replace(part, by="git.commit", value=commit, called=None) for commit in commits)
    text = terminal.render(replace(detailed(), strata=parts), Style(width=80))
    (head,) = [line for line in text.splitlines() if line.lstrip().startswith("parameter  ")][-1:]
    assert head.count("git.commit ") == 2
    assert all(f"git.commit {letter * 3}" in head for letter in "ab")


@pytest.mark.parametrize("language", ["en", "ko"])
@pytest.mark.parametrize("name", [*WORDS])
def test_every_kind_of_test_is_in_the_catalogue(name, language):
    asked = Classical.of([name])
    kind = asked.alone or asked.table
    assert Voice(words(language)).worded(kind.said())


def test_a_significant_lack_of_fit_is_explained():
    report = detailed()
    assert reading.misfit(report, VOICE) == ""
    misfit = replace(report.classical.lack_of_fit, p=0.001)
    bent = replace(report, classical=replace(report.classical, lack_of_fit=misfit))
    assert "misses a bend or an interaction" in reading.misfit(bent, VOICE)
    facts = {"name": "a", "noisy": "x", "quiet": "y", "ratio": 5.0}
    uneven = replace(bent, findings=(finding("unequal_noise", **facts),))
    assert "assumes equal scatter among seeds everywhere" in reading.misfit(uneven, VOICE)
    assert "misses a bend or an interaction" in html.render([small(bent)])


def test_the_methods_are_those_of_the_tests_that_were_made():
    assert "<li>Classical ANOVA" not in html.render([small(planted())])  # no test was made
    report = small(detailed())
    told = "<li>Classical ANOVA: type II robust F tests (CR2, Hotelling T²) on configuration means"
    assert told in re.sub("</?bdi>", "", html.render([report]))
    none = replace(report.classical, terms=(), asked=True)
    assert "<li>Classical ANOVA" not in html.render([replace(report, classical=none)])


def test_a_comment_says_how_the_tests_in_its_table_were_made():
    lines = markdown.render([detailed()]).splitlines()
    (told,) = (line for line in lines if line.startswith("F, p adj., ω²: "))
    for part in (
        "type II robust F tests (CR2, Hotelling T²)",
        "sd between blocks 0.012",
        "not tested: `nesterov`",
    ):
        assert part in told
    assert lines.index(told) < next(i for i, line in enumerate(lines) if line.startswith("| par"))
    assert "ω²: " not in markdown.render([planted()])


def test_a_comment_has_the_classical_table_where_it_was_asked_for():
    report = detailed()
    report = replace(report, classical=replace(report.classical, asked=True))
    text = markdown.render([report])
    table = tables_detail.classical(report, VOICE)
    assert f"| {' | '.join(table.headings)} |" in text
    rows = [line for line in text.splitlines() if line.startswith("| ")]
    assert sum("against pure error" in row for row in rows) == 1
    assert "F, p adj., ω²: " not in text  # the caption of the table says how the tests were made
    assert text.count("type II robust F tests") == 1
    plain = markdown.render([detailed()])
    assert "partial η²" not in plain


@pytest.mark.parametrize(
    ("says", "errors"),
    [
        (METHOD, "configuration means, errors: CR2; Sidak"),
        (replace_fact(METHOD, tests=said("classical.tests")), "means, errors: the residual; Tukey"),
        (anova_says.welch(rows="means", adjust="holm"), "means, errors: CR2; Sidak"),
        (said("classical.none", reason="few"), "held equal (Tukey"),
        (None, "held equal (Tukey"),
    ],
)
def test_levels_in_pairs_name_their_errors(says, errors):
    report = detailed()
    report = replace(report, classical=replace(report.classical, says=says))
    assert errors in tables_detail.asked_for(report, VOICE)[0].caption
