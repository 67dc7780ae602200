"""Run the benchmarks one after the other: `python -m benchmarks [--small] [NAME ...]`.

Without `--small` the analysis is measured beside its peers, whose environment is made if it is not
there; that takes hours. With it, everything runs in a few minutes and without peers.
"""

from __future__ import annotations

import argparse
import os
import subprocess
import sys
from pathlib import Path

from benchmarks.peers import CPUS, DEFAULT, Peers, install

ANALYSIS = ("accuracy", "further", "coverage", "pairs", "verdicts", "speed", "classical")


def main() -> int:
    folder = Path(__file__).parent
    others = sorted(p.stem for p in folder.glob("journal_*.py")) + sorted(
        p.stem for p in folder.glob("report_*.py")
    )
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--small", action="store_true")
    parser.add_argument("names", nargs="*", help=f"of {', '.join((*ANALYSIS, *others))}")
    chosen = parser.parse_args()
    names = chosen.names or (ANALYSIS if chosen.small else (*ANALYSIS, "widths", *others))
    if not chosen.small and not Peers().there:
        install(DEFAULT)
    failed = []
    for name in names:
        command = [sys.executable, "-m", f"benchmarks.{name}", *(["--small"] * chosen.small)]
        environment = {**os.environ, **CPUS}
        if subprocess.run(command, env=environment, check=False).returncode:
            failed.append(name)
    if failed:
        print(f"failed: {', '.join(failed)}", file=sys.stderr)
    return 1 if failed else 0


if __name__ == "__main__":
    raise SystemExit(main())
