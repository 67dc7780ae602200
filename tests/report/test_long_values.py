"""Values that are longer than anybody reads: cut for people, whole in JSON."""

from dataclasses import replace

from analysis import invocation, markdown, terminal
from analysis.codec import to_report_json
from analysis.html import render as page_of
from analysis.plan_cli import as_commands
from analysis.sentences import finding
from analysis.terminal import Style
from tests.report.planted import planted
from tests.report.test_invocation import TELLS, of

WIDE = Style(width=1_000)


def test_what_is_longer_than_anybody_reads_is_left_out_of_page_and_screen():
    report = of(TELLS, lr=0.5, act="x" * 50_000)
    (line,) = invocation.runs(report)
    assert len(line) > 50_000
    assert invocation.readable(line).startswith("# a command of 50,0")
    assert invocation.readable("t --lr 1") == "t --lr 1"
    best = replace(planted().best[0], command=line, parameters=(("act", "x" * 50_000),))
    for cut in (
        page_of([replace(report, best=(best,))]).partition("<script")[0],
        as_commands(report, None),
    ):
        assert "x" * 5_000 not in cut
        assert "its settings are whole in JSON" in cut
    assert "x" * 50_000 in as_commands(report, "go.sh")
    said = "the saved report (.json) has them whole"
    for render in (page_of, markdown.render, lambda reports: terminal.render(reports[0], WIDE)):
        assert said in render([report])
        assert said not in render([planted()])
    assert "x" * 50_000 in to_report_json([report])


def test_a_filter_that_nobody_could_type_is_cut_in_a_hint():
    long = finding(
        "unbalanced.rare",
        "act",
        name="act",
        rare=(),
        n=9,
        expected=3.0,
        where="act!=" + "x" * 9_999,
    )
    report = replace(planted(), findings=(long,))
    assert "x" * 9_999 in to_report_json([report])
    for text in (page_of([report]).partition("<script")[0], terminal.render(report, WIDE)):
        assert "act!=xx" in text
        assert "x" * 1_500 not in text.replace("\\\n  ", "")
