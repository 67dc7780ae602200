"""Are the verdicts right? Counted against exact answers; and what is said of pure noise.

    python -m benchmarks.verdicts            all functions and grids at 100, 300 and 1000 runs
    python -m benchmarks.verdicts --kept     counted from the last kept run
    python -m benchmarks.verdicts --noise 20 pure-noise journals only
    python -m benchmarks.verdicts --small    under 30 s

The margin is the one the report used. A claim is wrong if the exact value lies on the other side of
it, and far wrong if by more than a factor of two. A parameter is clear if neither its exact risk
nor its exact share lies within a factor of two of its margin.
"""

from __future__ import annotations

import argparse
import time
from collections import Counter
from collections.abc import Callable, Sequence

from benchmarks import judged, record
from benchmarks.judged import Row

HIGH_RISK = ("critical", "fine")
LOW_RISK = ("forgiving", "negligible")
HIGH_SHARE = ("critical", "forgiving")
LOW_SHARE = ("fine", "negligible")
DEFAULT_SHARE = 0.05
NOISE = ((5, 100), (12, 60), (20, 60), (20, 220), (40, 100))
"""Parameters and runs of the journals of pure noise."""


def side(exact: float, margin: float | None) -> str:
    """Where the exact value lies: "below" half the margin, "above" twice it, or "near"."""
    if margin is None:
        return "near"
    return "below" if exact < margin / 2 else "above" if exact > 2 * margin else "near"


def risk_side(row: Row) -> str:
    return side(_number(row["exact_risk"]), _maybe(row["margin"]))


def share_side(row: Row) -> str:
    return side(_number(row["exact_total"]), _maybe(row["share_margin"]) or DEFAULT_SHARE)


def decided(row: Row) -> bool:
    return row["verdict"] in (*HIGH_RISK, *LOW_RISK)


def right(row: Row) -> str:
    """The verdict that the exact answer calls for."""
    high_share = _number(row["exact_total"]) > (_maybe(row["share_margin"]) or DEFAULT_SHARE)
    high_risk = _number(row["exact_risk"]) > (_maybe(row["margin"]) or 0.0)
    if high_share:
        return "critical" if high_risk else "forgiving"
    return "fine" if high_risk else "negligible"


CLAIMS: dict[str, tuple[tuple[str, ...], Callable[[Row], str], str]] = {
    "risk called high": (HIGH_RISK, risk_side, "below"),
    "risk called low": (LOW_RISK, risk_side, "above"),
    "share called high": (HIGH_SHARE, share_side, "below"),
    "share called low": (LOW_SHARE, share_side, "above"),
}
"""Heading -> the verdicts that claim it, and where the exact value makes that far wrong."""


def counts(rows: Sequence[Row]) -> str:
    """Per size: of the claims made, how many were wrong; of the parameters, how many decided."""
    lines: list[list[object]] = []
    for n in [*dict.fromkeys(row["n"] for row in rows), "all"]:
        at = [row for row in rows if n in (row["n"], "all")]
        clear = [r for r in at if risk_side(r) != "near" and share_side(r) != "near"]
        lines.append(
            [
                n,
                *(_wrong(at, *claim) for claim in CLAIMS.values()),
                _rate(clear, where=lambda _: True, hit=decided),
                _rate(at, where=lambda _: True, hit=decided),
                _rate(clear, where=decided, hit=lambda r: r["verdict"] != right(r)),
            ]
        )
    last = ["decided, of clear ones", "decided, of all", "wrong cell, of clear and decided"]
    return record.markdown(["N", *CLAIMS, *last], lines)


def confusion(rows: Sequence[Row]) -> str:
    """Right verdict against given verdict."""
    seen = Counter((right(row), str(row["verdict"])) for row in rows)
    kinds = ("critical", "fine", "forgiving", "negligible")
    shown = (*kinds, "undetermined", "not_estimable")
    return record.markdown(
        ["exact ↓ said →", *shown],
        [[want, *(seen[want, said] for said in shown)] for want in kinds],
    )


def wrong_rows(rows: Sequence[Row]) -> str:
    """Every wrong claim about a risk, to look at."""
    lines = [
        [r["truth"], r["n"], r["seed"], r["parameter"], r["verdict"], right(r),
         _number(r["exact_risk"]), _maybe(r["margin"]), _shown(r.get("risk")),
         _number(r["exact_total"]), _shown(r.get("total"))]
        for r in rows
        if (risk_side(r) == "below" and r["verdict"] in HIGH_RISK)
        or (risk_side(r) == "above" and r["verdict"] in LOW_RISK)
    ]  # fmt: skip
    return record.markdown(
        ["truth", "N", "seed", "parameter", "said", "right", "exact risk", "margin", "risk",
         "exact total", "total"],
        lines[:60],
    )  # fmt: skip


def noise_counts(count: int, *, runs: int, parameters: int) -> Row:
    """How many journals of nothing were withheld, got a loud verdict, got a critical one."""
    reports = judged.noise_journals(count, runs=runs, parameters=parameters)
    silent = ("undetermined", "negligible", "not_estimable")
    verdicts = [{p.verdict for p in report.parameters} for report in reports]
    return {
        "parameters": parameters,
        "runs": runs,
        "journals": len(reports),
        "withheld": sum(report.answer == "withheld" for report in reports),
        "loud": sum(bool(said - set(silent)) for said in verdicts),
        "critical": sum("critical" in said for said in verdicts),
    }


def noise(rows: Sequence[Row]) -> str:
    """What journals of nothing got."""
    columns = ["parameters", "runs", "journals", "withheld", "loud", "critical"]
    return record.markdown(columns, [[row[column] for column in columns] for row in rows])


def _wrong(
    rows: Sequence[Row], claims: tuple[str, ...], place: Callable[[Row], str], far: str
) -> str:
    """Of the claims: on the wrong side of the margin; in brackets by more than a factor of two."""
    made = [row for row in rows if row["verdict"] in claims]
    wrong = sum(right(row) not in claims for row in made)
    return (
        f"{wrong / len(made):.1%} ({sum(place(row) == far for row in made)}) of {len(made)}"
        if made
        else "–"
    )


def _rate(rows: Sequence[Row], *, where: Callable[[Row], bool], hit: Callable[[Row], bool]) -> str:
    of = [row for row in rows if where(row)]
    hits = sum(hit(row) for row in of)
    return f"{hits / len(of):.1%} ({hits}/{len(of)})" if of else "–"


def _number(value: object) -> float:
    assert isinstance(value, float | int)
    return float(value)


def _maybe(value: object) -> float | None:
    return float(value) if isinstance(value, float | int) else None


def _shown(interval: object) -> str:
    if not isinstance(interval, list):
        return "–"
    return f"{interval[0]:.3g} [{interval[1]:.3g}, {interval[2]:.3g}]"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--small", action="store_true")
    parser.add_argument("--kept", action="store_true")
    parser.add_argument("--noise", type=int, help="only this many pure-noise journals")
    parser.add_argument(
        "--only", nargs="*", help="truths by name; also: functions, grids, 'held out'"
    )
    parser.add_argument("--sizes", nargs="*", type=int, default=[100, 300, 1000])
    parser.add_argument("--seeds", type=int, default=3)
    chosen = parser.parse_args()
    if chosen.small:
        chosen.only, chosen.sizes, chosen.seeds = judged.SMALL, [60], 2
    started = time.perf_counter()
    journals = chosen.noise or (4 if chosen.small else 0 if chosen.kept else 20)
    if not chosen.noise:
        names, seeds = judged.names_of(chosen.only), range(chosen.seeds)
        rows = (
            judged.kept()
            if chosen.kept
            else list(judged.rows(names, chosen.sizes, seeds=seeds, keep=not chosen.small))
        )
        record.show(f"Verdicts, {judged.elapsed(started)}", counts(rows))
        record.show("Verdicts, all", confusion(rows))
        record.show("Wrong claims about risk", wrong_rows(rows))
    if journals:
        shapes = NOISE[:1] if chosen.small else NOISE
        counted = [noise_counts(journals, runs=n, parameters=d) for d, n in shapes]
        record.show("Pure noise", noise(counted))
        record.keep("noise", counted, small=chosen.small)


if __name__ == "__main__":
    main()
