"""Tuning risks as bars of text, under an axis with the noise margin on it."""

from __future__ import annotations

import math
from collections.abc import Sequence

from analysis.numerals import Measure, bare, display_width
from analysis.results import ParameterResult, Report
from analysis.words import Voice


def drawn(
    report: Report, rows: Sequence[ParameterResult], *, width: int, voice: Voice
) -> list[str]:
    """A heading with the axis, then a bar per row: zero, the noise margin, interval, estimate.

    Heavy is the part of the interval that the verdict is claimed on, as in the figures.
    """
    highs = [row.tuning_risk.high for row in rows if row.tuning_risk]
    margin = report.margin.metric if report.margin else 0.0
    top = max([*highs, margin]) or 1.0
    at_margin = _place(margin, top, width)
    end = bare(Measure.of(report).size(top))
    start = "1" if report.metric.transform == "log10" else "0"
    heading = _axis(start, width, at_margin, label=voice.say("terminal.axis"), end=end)
    bars = []
    for row in rows:
        cells = ["│"] + [" "] * (width - 1)
        cells[at_margin] = "│"
        risk, claim = row.tuning_risk, row.claim
        if risk is not None:
            parts = [(risk.low, risk.high, "─", "┼")]
            if claim is not None:
                parts.append((claim.risk_low, claim.risk_high, "━", "┿"))
            for low, high, line, crossing in parts:
                # A line that ends short of the margin, or begins beyond it, does not touch it.
                first = max(_place(low, top, width), at_margin + 1 if low > margin else 0)
                last = min(_place(high, top, width), at_margin - 1 if high < margin else width)
                for place in range(first, last + 1):
                    cells[place] = line if cells[place] in " ─" else crossing
            cells[_place(risk.mean, top, width)] = "○"
        bars.append("".join(cells).rstrip())
    return [heading, *bars]


def _axis(start: str, width: int, margin: int, *, label: str, end: str) -> str:
    """0, the word for the margin where it stands, and the end of the axis, as far as they fit."""
    line = start.ljust(width - len(end)) + end
    at = max(2, margin - display_width(label) // 2)
    if at + display_width(label) < width - len(end):
        line = line[:at] + label + line[at + display_width(label) :]
    return line


def _place(value: float, top: float, width: int) -> int:
    """The column of a value. The axis is a square root: the margin stays apart from zero."""
    return min(max(round(math.sqrt(max(value, 0.0) / top) * (width - 1)), 0), width - 1)
