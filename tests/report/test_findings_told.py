"""Many findings of one kind are one line for people; a failed check stands with the answer."""

import json
from dataclasses import replace

import pytest

from analysis import html, markdown, story, terminal
from analysis.codec import to_json
from analysis.sentences import ALIKE, MANY, finding, told
from analysis.terminal import Style
from analysis.words import Voice, words
from tests.report.planted import planted


def absent(n: int):
    return tuple(finding("absent", f"cfg.{i}", name=f"cfg.{i}", n=3 + i, runs=77) for i in range(n))


OTHER = finding("damage", n=1, first="here")


@pytest.mark.parametrize("n", [1, ALIKE - 1, ALIKE, 15])
def test_many_of_one_kind_are_one_line_that_names_all(n):
    report = replace(planted(), findings=(OTHER, *absent(n), OTHER))
    screen = terminal.render(report, Style(width=10_000))
    lines = [line for line in screen.splitlines() if "not recorded" in line]
    assert len(lines) == (1 if n >= ALIKE else n)
    assert all(f"cfg.{i}" in "".join(lines) for i in range(n))
    page = html.render([report]).partition("<script")[0]
    assert page.count("Not recorded") == len(lines)
    assert markdown.render([report]).count("not recorded in") == len(lines)
    assert len(json.loads(to_json(report))["findings"]) == n + 2


def test_one_line_stands_where_the_first_stood_and_names_no_number_of_one():
    first, line, last = told((OTHER, *absent(9), OTHER))
    assert (first, last) == (OTHER, OTHER)
    assert line.parameters == tuple(f"cfg.{i}" for i in range(9))
    assert "some of the 77 runs" in line.message
    assert " 3 " not in line.message


def test_what_differs_in_kind_or_weight_is_not_put_together():
    some = absent(3)
    notes = tuple(replace(item, level="note") for item in some)
    assert told((*some, *notes)) == (*some, *notes)
    edges = tuple(
        finding(f"edge.{side}", name, name=name, hits=3, top=5, low=1, high=2)
        for side in ("low", "high")
        for name in "abc"
    )
    assert told(edges) == edges
    foreign = tuple(replace(item, says=None) for item in absent(9))
    assert told(foreign) == foreign


@pytest.mark.parametrize("key", MANY)
def test_every_kind_has_a_sentence_and_a_remedy_for_many(key):
    for language in ("en", "ko"):
        assert "{names:all}" in words(language)[f"says.{MANY[key]}"]
        assert f"says.{MANY[key]}.hint" in words(language)


def test_values_that_were_hardly_run_are_one_line():
    rare = tuple(
        finding(
            "unbalanced.rare",
            name,
            name=name,
            rare=(),
            n=90,
            expected=30.0,
            where="x",
            level="note",
        )
        for name in "abcdefghi"
    )
    assert [item.message for item in told(rare)] == [
        "Some values of each of a, b, c, d, e, f, g, h and i were rarely run."
    ]


@pytest.mark.parametrize("condition", ["act = leaky_relu", None])
def test_of_what_numbers_of_conditional_parameters_are_is_said_below_each_table(condition):
    rows = tuple(replace(p, condition=p.condition and condition) for p in planted().parameters)
    report = replace(planted(), parameters=rows)
    for text in (terminal.render(report), markdown.render([report])):
        said = "is judged among the settings where it exists" in " ".join(text.split())
        assert said is (condition is not None)


@pytest.mark.parametrize(("status", "said"), [("fail", True), ("look", False)])
def test_a_check_that_failed_is_said_where_the_answer_is(status, said):
    """But for what a finding says there already (the aliased pair of the planted report)."""
    report = planted()
    checks = tuple(
        replace(check, status=status) if check.name == "configurations" else check
        for check in report.checks
    )
    assert "fail" in {check.status for check in report.checks}
    told = "This may make the answer wrong: 150 configurations for 10 parameters (15 each)."
    report = replace(report, checks=checks)
    for text in (story.do_next(report, Voice(words()))[0], terminal.render(report)):
        assert (told in " ".join(text.split())) is said
