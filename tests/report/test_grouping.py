"""What is said to be tuned at the same time, and how surely."""

from dataclasses import replace

import pytest

from analysis import grouping, html, reading, story, terminal
from analysis.grouping import Group
from analysis.results import Interaction
from analysis.words import Voice, words
from tests.report.planted import planted

VOICE = Voice(words("en"))


def tied(*pairs: tuple[str, str]) -> tuple[Interaction, ...]:
    """Pairs that surely hold a share together."""
    return tuple(Interaction(parameters=pair, share=0.1, low=0.05, high=0.2) for pair in pairs)


def of_six(*pairs: tuple[str, str], fixed: str = "batch"):
    """One group of six parameters worth tuning but for one that is fixed."""
    names = ("lr", "act", "batch", "width", "momentum", "depth")
    rows = tuple(
        replace(p, verdict="forgiving" if p.name == fixed else "critical")
        for p in planted().parameters
        if p.name in names
    )
    return replace(planted(), parameters=rows, groups=(names,), interactions=tied(*pairs))


@pytest.mark.parametrize(
    ("pairs", "together", "unsure"),
    [
        ([], [], True),
        ([("lr", "act")], [("lr", "act")], True),
        ([("width", "depth"), ("act", "lr")], [("lr", "act"), ("width", "depth")], True),
        ([("lr", "act"), ("width", "depth"), ("act", "depth")],
         [("lr", "act", "width", "depth")], True),
        ([("lr", name) for name in ("act", "width", "momentum", "depth")],
         [("lr", "act", "width", "momentum", "depth")], False),
        # Once batch is fixed, what lr and depth do with it ties them no longer.
        ([("lr", "batch"), ("batch", "depth")], [], True),
    ],
)  # fmt: skip
def test_only_what_surely_acts_together_is_said_to(pairs, together, unsure):
    report = of_six(*pairs)
    assert [group.tuned for group in grouping.together(report)] == together
    whole = Group(("lr", "act", "width", "momentum", "depth"), ("batch",))
    assert grouping.unsure(report) == ((whole,) if unsure else ())
    if not unsure:
        assert grouping.together(report) == (whole,)


def test_both_are_said_each_as_it_is_and_what_to_fix_once():
    report = of_six(("lr", "act"))
    surely, unsure, before, *_ = reading.groups(report, VOICE)
    assert surely == "Tune lr and act together: the best setting of one depends on the others."
    assert unsure.startswith("lr, act, width, momentum and depth have not been shown")
    assert before.startswith("Fix batch before that: ")
    text = " ".join(terminal.render(report).split())
    assert "tune together: lr + act not shown to be separate: lr + act + width + momentum" in text
    nexts = " ".join(story.do_next(report, VOICE))
    assert "Tune together: lr with act. Not shown to be separate: lr with act, width," in nexts


@pytest.mark.parametrize(
    ("low", "sure"), [(0.041, True), (0.006, True), (0.004, False), (0.0, False)]
)
def test_a_group_without_a_share_that_is_surely_held_together_is_only_not_shown_separate(low, sure):
    """lr and act hold .066 together; lr and batch, in their group too, a share that may be none."""
    pairs = tuple(
        replace(pair, low=low if pair.parameters == ("lr", "act") else 0.0)
        for pair in planted().interactions
    )
    report = replace(planted(), interactions=pairs)
    said = reading.groups(report, VOICE)[0]
    assert ("the best setting of one depends on the others" in said) is sure
    assert said.startswith("Tune lr and act together") is sure
    assert said.startswith("lr and act have not been shown to be separate") is not sure
    nexts = " ".join(story.do_next(report, VOICE))
    assert ("Tune together: lr with act" in nexts) is sure
    assert ("Not shown to be separate: lr with act" in nexts) is not sure
    assert ("tune together: lr" in terminal.render(report)) is sure
    assert ("not shown to be separate: lr" in terminal.render(report)) is not sure


def test_a_group_names_conditional_parameters_where_they_exist():
    pairs = [("act", "lr"), ("act", "slope")]
    report = replace(planted(), groups=(("lr", "act", "slope"),), interactions=tied(*pairs))
    rows = tuple(replace(p, verdict="critical", switched_off_by=None)
                 if p.name in report.groups[0] else p for p in report.parameters)  # fmt: skip
    report = replace(report, parameters=rows)
    told = "Tune together, each where it exists: lr and act; slope (act = leaky_relu)."
    assert reading.groups(report, VOICE)[0].startswith(told)
    listed = "together: lr + act + slope (act = leaky_relu)"  # a semicolon parts groups
    assert f"{listed}\n" in terminal.render(report)
    assert any(listed in line for line in story.do_next(report, VOICE))
    page = html.render([report])
    assert "&lt;bdi&gt;" not in page
    assert "each where it exists" in page


def test_two_are_apart_if_they_do_little_together_or_no_chain_leads_from_one_to_the_other():
    report = replace(of_six(), groups=(("lr", "act", "batch"), ("width", "depth")))
    margin = report.margin.share

    def apart(left, right, *, high):
        pair = Interaction(parameters=(left, right), share=0.0, low=0.0, high=high)
        return grouping.apart(report, pair)

    assert apart("lr", "act", high=margin / 2)
    assert not apart("lr", "act", high=2 * margin)
    assert apart("lr", "width", high=2 * margin), "claimed on the narrower interval"
    assert apart("lr", "momentum", high=2 * margin), "in no group, for its share is small"
    assert not apart("momentum", "wd", high=2 * margin), "two of which no group tells"
