"""Planned runs in which a parameter is null: what the program is told, and what is recorded."""

from dataclasses import replace

import pytest

from analysis import facts, invocation
from analysis.html import render as page_of
from analysis.sentences import finding
from analysis.words import Voice, words
from tests.report.edges import small
from tests.report.test_invocation import of


@pytest.mark.parametrize(
    ("recorded", "settings", "names"),
    [
        ("t.py --lr 1", {"wd": None}, ["wd"]),
        (None, {"wd": None}, ["wd"]),
        ("t.py --lr 1 --wd null", {"wd": None}, []),
        ("t.py --lr 1", {"wd": 0.1}, []),
    ],
)
def test_null_that_no_command_tells_is_said(recorded, settings, names):
    report = of(recorded, lr=0.5, **settings)
    assert invocation.unsaid(report) == names
    said = facts.unsaid(report, Voice(words()))
    assert said is None if not names else said.startswith("wd: null in some of these runs")
    assert ("default is none." in page_of([small(report, 1)])) is bool(names)


@pytest.mark.parametrize(
    ("changes", "absent", "line"),
    [
        ({}, (), "-p clip=null -- t.py --lr 0.5 --seed 3"),
        ({}, ("clip",), "-- t.py --lr 0.5 --seed 3"),  # there a run without it is one without
        ({"condition": "act = relu"}, (), "-- t.py --lr 0.5 --seed 3"),
    ],
)
def test_null_that_runs_recorded_is_recorded_of_planned_ones_too(changes, absent, line):
    """`knobwise run -p clip=null`: without it the next report says that clip was not recorded."""
    report = of("t.py --lr 1 --seed 0", lr=0.5, clip=None)
    told = {"name": "clip", "levels": (None,), "condition": None, **changes}
    clip = replace(report.parameters[0], **told)
    notes = tuple(finding("absent", name, name=name, n=3, runs=77) for name in absent)
    report = replace(report, parameters=(*report.parameters, clip), findings=notes)
    assert invocation.runs(report) == [f"knobwise run {line}"]
