"""Critical, fine, forgiving or negligible: claimed only when both intervals lie on one side."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Literal

from analysis.results import Claim, Share, TuningRisk, Verdict

Side = Literal["above", "below", "unclear"]
MOST_RUNS = 20
"""An answer that needs more than this many times the runs there are is not promised."""

USUAL_RATE = 0.5
"""The rate of independent observations: an interval's width falls as n^-1/2."""

TABLE: dict[tuple[Side, Side], Verdict] = {
    ("above", "above"): "critical",
    ("above", "below"): "forgiving",
    ("below", "above"): "fine",
    ("below", "below"): "negligible",
}


@dataclass(frozen=True)
class Rates:
    """Exponents g: with n runs, intervals of total shares and of risks are as wide as n^-g."""

    share: float = USUAL_RATE
    risk: float = USUAL_RATE


@dataclass(frozen=True)
class Judgement:
    """A verdict with its reason, and about how many more runs would settle an open one."""

    verdict: Verdict
    because: str
    more_runs: int | None


def side(low: float, high: float, margin: float) -> Side:
    """On which side of the margin the whole interval lies."""
    if low > margin:
        return "above"
    return "below" if high < margin else "unclear"


def judge(
    total: Share,
    risk: TuningRisk,
    claim: Claim,
    *,
    share_margin: float,
    risk_margin: float,
    n_runs: int,
    n_configurations: int,
    rates: Rates | None,
) -> Judgement:
    """The verdict of one parameter from the two intervals of its claim.

    The configurations carry the evidence, and are what `because` counts; `more_runs` are runs, at
    as many seeds each as these had.
    """
    shares = total.share, claim.share_low, claim.share_high
    risks = risk.mean, claim.risk_low, claim.risk_high
    of_share, of_risk = side(*shares[1:], share_margin), side(*risks[1:], risk_margin)
    verdict = TABLE.get((of_share, of_risk), "undetermined")
    because = (
        f"{_clause('tuning risk', *risks, of_risk, risk_margin)}; "
        f"{_clause('total share', *shares, of_share, share_margin)} "
        f"({n_configurations} configurations; {claim.level:.0%} intervals)"
    )
    if verdict != "undetermined" or rates is None:
        return Judgement(verdict, because, None)
    needed = [
        more_runs(found, margin, n_runs, rate=rate)
        for found, margin, rate in (
            (shares, share_margin, rates.share),
            (risks, risk_margin, rates.risk),
        )
    ]
    known = [count for count in needed if count is not None]
    return Judgement(verdict, because, max(known) if len(known) == len(needed) else None)


def more_runs(
    found: tuple[float, float, float], margin: float, n_runs: int, *, rate: float = USUAL_RATE
) -> int | None:
    """Runs to add until the interval clears the margin, its width shrinking as n^-rate.

    found: estimate, low, high. 0 where it is clear already; None where more than `MOST_RUNS` times
    the runs would be needed. A lower end that zero cuts off does not tell how far the interval
    reaches; then the upper one does.
    """
    estimate, low, high = found
    if side(low, high, margin) != "unclear":
        return 0
    below, above = estimate - low, high - estimate
    reach = above if estimate <= margin else max(below, above) if low <= 0 else below
    gap = abs(estimate - margin)
    if gap * MOST_RUNS**rate <= reach:
        return None
    extra = n_runs * (math.pow(reach / gap, 1 / rate) - 1)
    step = int(10 ** max(0, math.floor(math.log10(max(extra, 1))) - 1))
    return max(1, math.ceil(extra / step) * step)


def _clause(what: str, estimate: float, low: float, high: float, where: Side, margin: float) -> str:
    word = {"above": "above", "below": "below", "unclear": "not clearly on one side of"}[where]
    return f"{what} {estimate:.3g} [{low:.3g}, {high:.3g}] is {word} the margin {margin:.3g}"
