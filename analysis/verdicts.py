"""Critical, fine, forgiving or negligible: claimed only when both intervals lie on one side."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from analysis.results import Claim, Share, TuningRisk, Verdict

Side = Literal["above", "below", "unclear"]
MOST_RUNS = 20
"""An answer that needs more than this many times the runs there are is not promised."""

TABLE: dict[tuple[Side, Side], Verdict] = {
    ("above", "above"): "critical",
    ("above", "below"): "forgiving",
    ("below", "above"): "fine",
    ("below", "below"): "negligible",
}


@dataclass(frozen=True)
class Judgement:
    """A verdict with its reason."""

    verdict: Verdict
    because: str


def side(low: float, high: float, *, margin: float) -> Side:
    """On which side of the margin the whole interval lies."""
    if low > margin:
        return "above"
    return "below" if high < margin else "unclear"


def judge(
    total: Share,
    risk: TuningRisk,
    *,
    claim: Claim,
    share_margin: float,
    risk_margin: float,
    n_configurations: int,
) -> Judgement:
    """The verdict of one parameter from the two intervals of its claim.

    The configurations carry the evidence, and are what `because` counts.
    """
    shares = total.share, claim.share_low, claim.share_high
    risks = risk.mean, claim.risk_low, claim.risk_high
    of_share, of_risk = side(*shares[1:], margin=share_margin), side(*risks[1:], margin=risk_margin)
    verdict = TABLE.get((of_share, of_risk), "undetermined")
    because = (
        f"{_clause('tuning risk', *risks, of_risk, risk_margin)}; "
        f"{_clause('total share', *shares, of_share, share_margin)} "
        f"({n_configurations} configurations; {claim.level:.0%} intervals)"
    )
    return Judgement(verdict, because)


def _clause(what: str, estimate: float, low: float, high: float, where: Side, margin: float) -> str:
    word = {"above": "above", "below": "below", "unclear": "not clearly on one side of"}[where]
    # What rounding has left of nothing is nothing.
    at, start, end = (0.0 if abs(v) < 1e-9 * margin else v for v in (estimate, low, high))
    return f"{what} {at:.3g} [{start:.3g}, {end:.3g}] is {word} the margin {margin:.3g}"
