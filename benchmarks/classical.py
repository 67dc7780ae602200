"""How long do the classical table, the findings and the reading of runs take?

    python -m benchmarks.classical            1,000 and 100,000 runs of 20 parameters
    python -m benchmarks.classical --small    1,000 runs only, not kept

CPU seconds, the least of a few repetitions, each size in a process of its own, one numeric thread;
peak memory of that process. Beside ours, statsmodels' `ols` and `anova_lm` (type II) on as many
coefficients, where it ends within a minute or so.
"""

from __future__ import annotations

import argparse
import json
import resource
import subprocess
import sys
from collections.abc import Callable

import numpy as np
import pandas as pd
import statsmodels.api as sm
import statsmodels.formula.api as smf
from threadpoolctl import threadpool_limits

from analysis.anova import Anova
from analysis.anova_contrasts import Tukey
from analysis.findings import findings
from analysis.frame import Frame
from benchmarks import record
from benchmarks.speed import cpu

SIZES = ((1_000, 20), (100_000, 20))
PEER_RUNS = 10_000
Row = dict[str, object]


def table(n: int, d: int) -> pd.DataFrame:
    """Linear, log, categorical, ordinal and boolean parameters in turn, and five seeds."""
    rng = np.random.default_rng(0)
    makers: tuple[Callable[[], np.ndarray], ...] = (
        lambda: rng.uniform(0, 1, n),
        lambda: 10 ** rng.uniform(-5, -1, n),
        lambda: rng.choice(["a", "b", "c"], n),
        lambda: rng.choice([16, 32, 64, 128], n),
        lambda: rng.random(n) < 0.5,
    )
    made = pd.DataFrame({f"p{j:02d}": makers[j % 5]() for j in range(d)})
    signal = made["p00"] + 0.3 * np.log10(made["p01"]) + (made["p02"] == "a") * made["p00"]
    return made.assign(seed=np.arange(n) % 5, y=signal + rng.normal(size=n) * 0.3)


def measured(n: int, d: int) -> Row:
    """One size: seconds of each step."""
    runs = table(n, d)
    names = [str(name) for name in runs if str(name).startswith("p")]
    times = 3 if n < 10_000 else 1

    def read() -> Frame:
        return Frame.from_table(
            runs, parameters=names, metric="y", direction="maximize", seed="seed"
        )

    frame = read()
    assert frame.n_configurations == n  # what is cached is not what is measured
    row: Row = {
        "n": n,
        "d": d,
        "from_table": cpu(read, times=times),
        "anova": cpu(lambda: Anova()(frame), times=times),
        "anova_robust": cpu(lambda: Anova(covariance="robust")(frame), times=times),
        "tukey": cpu(lambda: Tukey()(frame, "p02"), times=times),
        "findings": cpu(lambda: findings(frame), times=times),
        "peak_gb": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 2**20,
    }
    if n <= PEER_RUNS:
        row["statsmodels"] = cpu(lambda: _statsmodels(runs, names), times=1)
    return row


def _statsmodels(runs: pd.DataFrame, names: list[str]) -> object:
    """Cubics and factors, type II: what our main effects are."""
    terms = [
        f"{n} + I({n}**2) + I({n}**3)" if j % 5 < 2 else f"C({n})" for j, n in enumerate(names)
    ]
    log = {name: np.log10(runs[name]) for j, name in enumerate(names) if j % 5 == 1}
    fit = smf.ols("y ~ " + " + ".join(terms), runs.assign(**log)).fit()
    return sm.stats.anova_lm(fit, typ=2)


def main() -> None:
    """Measure every size in a process of its own, print and keep."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--small", action="store_true")
    parser.add_argument("--one", nargs=2, type=int)
    chosen = parser.parse_args()
    if chosen.one:
        with threadpool_limits(limits=1):
            print(json.dumps(measured(*chosen.one)))
        return
    rows = []
    for n, d in SIZES[:1] if chosen.small else SIZES:
        command = [sys.executable, "-m", "benchmarks.classical", "--one", str(n), str(d)]
        done = subprocess.run(command, capture_output=True, text=True, check=True)
        rows.append(json.loads(done.stdout.splitlines()[-1]))
    record.keep("classical", rows, small=chosen.small)
    columns = list(rows[0])
    shown = [[row.get(column) for column in columns] for row in rows]
    record.show("Classical", record.markdown(columns, shown))


if __name__ == "__main__":
    main()
