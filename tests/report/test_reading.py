"""What the page says beside its figures follows from the report's numbers."""

from dataclasses import replace

from analysis import reading, story
from analysis.results import Report
from analysis.words import Voice, words
from tests.report.planted import planted

VOICE = Voice(words("en"))
KOREAN = Voice(words("ko"))


def row(name: str, report: Report | None = None):
    return next(p for p in (report or planted()).parameters if p.name == name)


def changed(report: Report, name: str, **values) -> Report:
    """The report with one parameter changed."""
    rows = (replace(p, **values) if p.name == name else p for p in report.parameters)
    return replace(report, parameters=tuple(rows))


def test_ends_to_widen_are_named_with_their_value():
    assert (
        "The best lies at an end of what was searched (width at 256, depth at 1): "
        "widen, if it can go there."
    ) in story.do_next(planted(), VOICE)
    assert "widen" in reading.panel(planted(), row("depth"), VOICE)
    assert "(width = 256, depth = 1)" in " ".join(story.do_next(planted(), KOREAN))


def test_nobody_is_sent_beyond_an_end_where_the_risk_lies_below_the_margin():
    claim = replace(row("depth").claim, risk_low=0.0, risk_high=0.9 * planted().margin.metric)
    report = changed(planted(), "depth", claim=claim)
    assert "depth at 1" not in " ".join(story.do_next(report, VOICE))
    assert "widen" not in reading.panel(report, row("depth", report), VOICE)


def test_what_runs_are_for_is_a_list():
    assert reading.plan(planted(), VOICE) == (
        "What these runs are for: to settle width (9 runs) and for a second seed near the best, "
        "to know the noise there (3 runs)."
    )
