"""What the classical tests say of themselves: facts, which a rendering words (`sentences`)."""

from __future__ import annotations

from collections.abc import Sequence

from analysis.results_detail import Dropped
from analysis.results_runs import Said
from analysis.sentences import Fact, english, said

WHERE = "analysis of variance"
ADJUSTED = {"holm": "Holm", "bh": "Benjamini-Hochberg"}


def left_out(parameters: Sequence[str], key: str, /, **facts: Fact) -> Dropped:
    """A term that is not tested, with the reason."""
    sentence = said(f"classical.{key}", **facts)
    return Dropped(parameters=tuple(parameters), reason=english(sentence), says=sentence)


def table(*, sums: str, robust: bool, rows: str, pure: bool, adjust: str) -> Said:
    """How a table was made; rows: "runs", "means" or "ranks"."""
    return said(
        "classical.table",
        sums=sums,
        tests=said("classical.tests.robust" if robust else "classical.tests"),
        rows=said(f"classical.rows.{rows}"),
        error=said(f"classical.error.{'pure' if pure else 'residual'}"),
        adjust=ADJUSTED[adjust],
    )


def welch(*, rows: str, adjust: str, blocks: bool = False) -> Said:
    """How tests of each parameter alone were made; blocks: were any taken out?"""
    key = "classical.welch.blocks" if blocks else "classical.welch"
    return said(key, rows=said(f"classical.rows.{rows}"), adjust=ADJUSTED[adjust])
