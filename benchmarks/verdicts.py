"""Are the verdicts right? Counted against exact answers; and what is said of pure noise.

    python -m benchmarks.verdicts            functions and grids at 100, 300 and 1000 runs
    python -m benchmarks.verdicts --kept     counted from the last kept run
    python -m benchmarks.verdicts --noise 20 pure-noise journals only
    python -m benchmarks.verdicts --small    under 30 s

The margin is the one the report used. A parameter whose exact risk lies within a factor of two of
it is left out of the errors; where its exact total share lies within a factor of two of the share
margin it is left out of "decided" too.
"""

from __future__ import annotations

import argparse
import time
from collections import Counter
from collections.abc import Callable, Sequence

from analysis.results import Report
from benchmarks import judged, record
from benchmarks.judged import Row

HIGH_RISK = ("critical", "fine")
LOW_RISK = ("forgiving", "negligible")
HIGH_SHARE = ("critical", "forgiving")
LOW_SHARE = ("fine", "negligible")
DEFAULT_SHARE = 0.05


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


def counts(rows: Sequence[Row]) -> str:
    """Per size: wrong claims as a share of those it could be wrong about, and how many decided."""
    lines: list[list[object]] = []
    for n in [*dict.fromkeys(row["n"] for row in rows), "all"]:
        at = [row for row in rows if n in (row["n"], "all")]
        clear = [r for r in at if risk_side(r) != "near" and share_side(r) != "near"]
        lines.append(
            [
                n,
                _rate(at, where=_is(risk_side, "below"), wrong=_says(HIGH_RISK)),
                _rate(at, where=_is(risk_side, "above"), wrong=_says(LOW_RISK)),
                _rate(at, where=_is(share_side, "below"), wrong=_says(HIGH_SHARE)),
                _rate(at, where=_is(share_side, "above"), wrong=_says(LOW_SHARE)),
                _rate(clear, where=lambda _: True, wrong=decided),
                _rate(at, where=lambda _: True, wrong=decided),
                _rate(clear, where=decided, wrong=lambda r: r["verdict"] != right(r)),
            ]
        )
    return record.markdown(
        [
            "N",
            "critical or fine, risk below half the margin",
            "negligible or forgiving, risk above twice",
            "share called high, below half",
            "share called low, above twice",
            "decided, of clear ones",
            "decided, of all",
            "wrong cell, of clear and decided",
        ],
        lines,
    )


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


def noise_counts(reports: Sequence[Report]) -> Row:
    """How many journals of nothing were withheld, got a loud verdict, got a critical one."""
    silent = ("undetermined", "negligible", "not_estimable")
    verdicts = [{p.verdict for p in report.parameters} for report in reports]
    return {
        "journals": len(reports),
        "runs": 100,
        "withheld": sum(report.answer == "withheld" for report in reports),
        "loud": sum(bool(said - set(silent)) for said in verdicts),
        "critical": sum("critical" in said for said in verdicts),
    }


def noise(reports: Sequence[Report]) -> str:
    """What journals of nothing got."""
    said = Counter(p.verdict for report in reports for p in report.parameters)
    counted = noise_counts(reports)
    return record.markdown(
        [*counted, "verdicts"],
        [[*counted.values(), ", ".join(f"{k} {v}" for k, v in said.items())]],
    )


def _says(verdicts: tuple[str, ...]) -> Callable[[Row], bool]:
    return lambda row: row["verdict"] in verdicts


def _is(place: Callable[[Row], str], wanted: str) -> Callable[[Row], bool]:
    return lambda row: place(row) == wanted


def _rate(
    rows: Sequence[Row], *, where: Callable[[Row], bool], wrong: Callable[[Row], bool]
) -> str:
    of = [row for row in rows if where(row)]
    hits = sum(wrong(row) for row in of)
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
    parser.add_argument("--only", nargs="*", help="truths by name; also: functions grids")
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
            else list(judged.rows(names, chosen.sizes, seeds, keep=not chosen.small))
        )
        record.show(f"Verdicts, {judged.elapsed(started)}", counts(rows))
        record.show("Verdicts, all", confusion(rows))
        record.show("Wrong claims about risk", wrong_rows(rows))
    if journals:
        reports = judged.noise_journals(journals)
        record.show("Pure noise, 100 runs x 5 parameters", noise(reports))
        record.keep("noise", [noise_counts(reports)], small=chosen.small)


if __name__ == "__main__":
    main()
