"""What the classical table says of itself, in the reader's language.

The contract has its method, notes and reasons as English text (`ClassicalResult`). They are made
from a few sentences, which are told apart here and said from their facts; text that is none of them
stays as it is.
"""

from __future__ import annotations

import re

from analysis.results import Said
from analysis.words import Voice

_ROWS = r"(?P<rows>every run|configuration means|ranks of configuration means)"
_SENTENCES = (
    (
        "classical.table",
        r"type (?P<sums>\w+) (?P<tests>F tests(?: with HC3 covariance)?) on "
        + _ROWS
        + r" against (?P<error>pure error|the residual), p adjusted by (?P<adjust>\S+)",
    ),
    (
        "classical.welch",
        r"Welch's F test of each parameter alone on " + _ROWS + r", p by (?P<adjust>\S+)",
    ),
    (
        "classical.random",
        r"(?P<names>.+) entered as random, sd between blocks (?P<sd>\S+)",
    ),
    (
        "classical.fixed",
        (
            r"(?P<names>.+) entered as fixed: (?P<n>\d+) settings were run in several blocks; "
            r"they, not the (?P<rows>\d+) rows, are the evidence"
        ),
    ),
    (
        "classical.blocks",
        (
            r"(?P<n>\d+) settings were run in several blocks; they, not the (?P<rows>\d+) rows, "
            r"are the evidence"
        ),
    ),
    (
        "classical.power",
        (
            r"(?P<n>\d+) configurations for (?P<df>\d+) coefficients: little power, and no "
            r"interactions"
        ),
    ),
    ("classical.levels", r"levels of (?P<name>.+?) are not compared: (?P<reason>.+)"),
    ("classical.none", r"no tests: (?P<reason>.+)"),
    ("classical.carry", r"(?P<n>\d+) configurations cannot carry (?P<d>\d+) parameters"),
    ("classical.once", r"no configuration was run twice, so there is no pure error"),
    ("classical.same", r"cannot be told from the other terms"),
    ("classical.single", r"has a single value"),
    (
        "classical.needs",
        r"needs (?P<df>\d+) degrees of freedom; (?P<n>\d+) configurations are too few",
    ),
    ("classical.beside", r"(?P<n>\d+) configurations are too few for it beside the others"),
    ("classical.groups", r"has no two groups of (?P<n>\d+) configurations that vary"),
)
_PARTS = {
    "F tests": "classical.tests",
    "F tests with HC3 covariance": "classical.tests.hc3",
    "every run": "classical.rows.runs",
    "configuration means": "classical.rows.means",
    "ranks of configuration means": "classical.rows.ranks",
    "pure error": "classical.error.pure",
    "the residual": "classical.error.residual",
}


def worded(text: str, voice: Voice) -> str:
    """A method, a note or a reason as the rendering says it."""
    found = sentence(text)
    return voice.text(text) if found is None else voice.worded(found)


def sentence(text: str) -> Said | None:
    """The sentence and its facts; None for text that is not from the catalogue."""
    for key, pattern in _SENTENCES:
        match = re.fullmatch(pattern, text)
        if match:
            facts = tuple((name, _fact(part)) for name, part in match.groupdict().items())
            return Said(key=f"says.{key}", facts=facts)
    return None


def _fact(part: str) -> int | str | Said:
    if part.isdigit():
        return int(part)
    return Said(key=f"says.{_PARTS[part]}") if part in _PARTS else sentence(part) or part
