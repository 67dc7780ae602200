"""Write docs/methods/measured.md from the kept results: `python -m benchmarks.tables`.

Every table says what was measured last for each of its cells; nothing is typed by hand.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path

from benchmarks import accuracy, coverage, further, pairs, record, verdicts, widths
from benchmarks.record import Row
from benchmarks.truths.reference import TABLES
from benchmarks.truths.trained import GRIDS, HELD_OUT

PAGE = Path(__file__).parents[1] / "docs" / "methods" / "measured.md"

HEAD = """\
# Measured

Errors, coverage, verdicts and speed of the analysis, held against exact answers and beside other
tools on the same runs. Written by `python -m benchmarks.tables` from the journal in
`benchmarks/results/`; `python -m benchmarks` measures anew (`--small` in minutes).

The truths are test functions with answers by quadrature or closed form, and complete grids of real
training runs with answers by counting (`benchmarks/truths/`). Every tool is told the same ranges,
scales and levels. The analysis was developed on functions and grids; those "held out" were trained
afterwards (`benchmarks/truths/trained.py`, `../decisions/0070-levels-of-their-own.md`).
"""
ERRORS = """
## Error of the indices

Mean absolute error over parameters, percentage points of variance, mean over seeds: first order /
total. In brackets: the tool has no total, its first order is held against the total. "–": the tool
cannot take these runs, or was not measured on them. `fanova` and `ped_anova` are Optuna's,
`rbd_fast` and `hdmr` SALib's, `ax` the Sobol indices that Ax gives of BoTorch's Gaussian process;
`oracle` is ours, told which parameters do nothing, where some do; `form` is told the function but
for the amplitudes of its terms, which it takes by least squares (where it was asked for).
"""
COVERAGE = """
## Coverage of the 95 % intervals

Share of intervals that hold the exact answer. A fifth of the configurations have a second seed;
functions without noise of their own get 10 %. "naive" is the negative control: the first-order
interval from the spread over a forest's trees divided by the root of their number.
"Active" parameters hold at least 1 % of the variance.
"""
WIDTHS = """
### Beside peers

Coverage and mean width of first-order intervals where all three answer, functions of numbers only:
ours, the naive one, and the bootstrap of SALib's RBD-FAST (100 resamples).
"""
VERDICTS = """
## Verdicts

Against exact answers, with the margin that the report itself chose. Of the claims that were made:
how many were on the wrong side of the margin and, in brackets, by more than a factor of two.
"Clear" parameters have neither exact value within a factor of two of its margin.
"""
TPE = """
## Runs chosen by TPE

The same of runs that Optuna's TPE chose, in the order in which it chose them, of all truths; only
what it chose again is repeated. Runs as an optimizer leaves them.
"""
FURTHER = """
## An optimizer's runs and twenty more

Mean absolute error over parameters, percentage points of variance: first order / total, after runs
that Optuna's TPE chose, and after twenty more: TPE's next ones, random ones, or those that
`knobwise plan` names (second seeds among them).
"""
PAIRS = """
## Pairs

What two parameters hold only together: share of the 95 % intervals that hold the exact share, and
of how many pairs the report says that the two can be tuned one after the other.
"""
SPEED = """
## Speed

Two shared cores. CPU seconds for the decomposition, wall seconds for the whole assessment, each in
a process of its own. `times` is Optuna's fANOVA (main effects alone) over our decomposition (first
order, pairs, totals, Shapley); `times_with_fit` counts our forest's fit too, `quick_path` is all
from runs to shares: surrogates fitted, chosen and decomposed, without intervals.
"""


def errors(rows: Sequence[Row]) -> str:
    """One table per group of truths and way of sampling."""
    parts = [ERRORS]
    for sampler in ("random", "tpe"):
        for group in accuracy.GROUPS:
            chosen = [r for r in rows if r["sampler"] == sampler and _group(r) == group]
            if chosen:
                drawn = "random runs" if sampler == "random" else "runs chosen by TPE"
                seeds = len({row["seed"] for row in chosen})
                parts.append(f"\n### {group.capitalize()}, {drawn}, up to {seeds} seeds\n")
                parts.append(accuracy.tables(_ordered(chosen)) + "\n")
    return "\n".join(parts)


def _group(row: Row) -> str:
    """Where the truth belongs, however it was asked for."""
    if row["truth"] in accuracy.FUNCTIONS:
        return "functions"
    if row["truth"] in GRIDS:
        return HELD_OUT
    return "reference" if row["truth"] in TABLES else "grids"


def intervals(rows: Sequence[Row]) -> str:
    """Coverage per size, then per truth."""
    known, new = _parted([row for row in rows if _size(row) <= 300])
    parts = [COVERAGE, coverage.summary(known)]
    if new:
        parts += ["\n### Held out\n", coverage.summary(new)]
    return "\n".join([*parts, "\n### By truth\n", coverage.by_truth([*known, *new]), ""])


def beside_peers(rows: Sequence[Row]) -> str:
    """First-order intervals of ours and of others on the same runs."""
    return "\n".join([WIDTHS, widths.tables(rows), ""])


def judged(rows: Sequence[Row], noise: Sequence[Row]) -> str:
    """Counts per size, and right against given."""
    known, new = _parted([row for row in rows if _size(row) >= 100])
    parts = [VERDICTS, verdicts.counts(known), "", verdicts.confusion(known), ""]
    if new:
        parts += ["### Held out\n", verdicts.counts(new), "", verdicts.confusion(new), ""]
    if noise:
        loud = "Pure noise; `loud` is any verdict other than negligible or undetermined:\n"
        parts += [loud, verdicts.noise(noise), ""]
    return "\n".join(parts)


def by_tpe(rows: Sequence[Row]) -> str:
    """Coverage and verdicts where an optimizer chose the runs: per size."""
    known, new = _parted(rows)
    parts = [TPE, coverage.summary(known), "", verdicts.counts(known), ""]
    if new:
        parts += ["### Held out\n", coverage.summary(new), "", verdicts.counts(new), ""]
    return "\n".join([*parts, "### By truth\n", coverage.by_truth([*known, *new]), ""])


def with_further(rows: Sequence[Row]) -> str:
    """What twenty more runs add to an optimizer's."""
    return "\n".join([FURTHER, further.tables(rows), ""]) if rows else ""


def of_pairs(rows: Sequence[Row]) -> str:
    """Coverage of pairs, and what is tuned apart."""
    return "\n".join([PAIRS, pairs.tables(rows), ""]) if rows else ""


def speed(rows: Sequence[Row]) -> str:
    """The decomposition, the assessment, and how both grow."""
    parts = [SPEED]
    for part in ("decomposition", "assessment", "growth"):
        chosen = [row for row in rows if row["part"] == part]
        if chosen:
            columns = [c for c in chosen[0] if c not in ("benchmark", "session", "part", "seed")]
            table = record.markdown(columns, [[row.get(c) for c in columns] for row in chosen])
            parts += [f"### {part.capitalize()}\n", table, ""]
    if (PAGE.parent / "speed.svg").exists():
        parts.append("![Seconds and memory against runs](speed.svg)\n")
    return "\n".join(parts)


def origin(kept: Mapping[str, Sequence[Row]]) -> str:
    """At which commits the figures were measured: estimates change, the page may lag behind."""
    lines = [[what, ", ".join(record.commits(rows))] for what, rows in kept.items()]
    return "## Measured at\n\n" + record.markdown(["figures", "commits"], lines) + "\n"


def _parted(rows: Sequence[Row]) -> tuple[list[Row], list[Row]]:
    """The truths that the analysis was developed on, and those it was not."""
    ordered = _ordered(rows)
    new = [row for row in ordered if _group(row) == HELD_OUT]
    return [row for row in ordered if _group(row) != HELD_OUT], new


def _ordered(rows: Sequence[Row]) -> list[Row]:
    names = list(dict.fromkeys(row["truth"] for row in rows))
    return sorted(rows, key=lambda row: (names.index(row["truth"]), _size(row)))


def _size(row: Row) -> int:
    n = row["n"]
    assert isinstance(n, int)
    return n


def main() -> None:
    accurate = record.newest("accuracy", key=("truth", "n", "method", "sampler"))
    judgements = record.newest("judged", key=("truth", "n", "sampler"))
    rows = [row for row in judgements if row.get("sampler") != "tpe"]
    crowded = [row for row in judgements if row.get("sampler") == "tpe"]
    noise, more = record.latest("noise"), record.latest("further")
    wide = record.newest("widths", key=("truth", "n"))
    together = record.newest("pairs", key=("truth", "n", "sampler"))
    fast = record.newest("speed", key=("part", "n", "d", "workers"))
    kept = {
        "errors, ours": [row for row in accurate if row["method"] in accuracy.OWN],
        "errors, others": [row for row in accurate if row["method"] not in accuracy.OWN],
        "coverage and verdicts": rows,
        "coverage and verdicts, TPE": crowded,
        "widths, others": wide,
        "pure noise": noise,
        "twenty more": more,
        "pairs": together,
        "speed": fast,
    }
    PAGE.parent.mkdir(parents=True, exist_ok=True)
    parts = [HEAD + errors(accurate), intervals(rows), beside_peers(wide)]
    parts += [judged(rows, noise), by_tpe(crowded), with_further(more), of_pairs(together)]
    parts += [speed(fast), origin(kept)]
    PAGE.write_text("\n".join(parts))
    print(PAGE)


if __name__ == "__main__":
    main()
