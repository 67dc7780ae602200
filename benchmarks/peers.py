"""Other tools on the same runs, in an environment of their own.

    python -m benchmarks.peers FOLDER      makes the environment (KNOBWISE_PEERS points to it)
    python -m benchmarks.peers --ax        with Ax too, which brings PyTorch: 5 GB

The package's own environment never sees a peer; requests go through a pipe as JSON lines.
"""

from __future__ import annotations

import json
import math
import os
import subprocess
import sys
from collections.abc import Mapping
from dataclasses import asdict
from pathlib import Path
from types import TracebackType
from typing import Any, Self

import numpy as np
import pandas as pd

from benchmarks import truths
from benchmarks.truths.grids import Grid, grid
from benchmarks.truths.truth import METRIC, Answered, Truth

ROOT = Path(__file__).parents[1]
DEFAULT = ROOT / "benchmarks" / ".cache" / "peers"
CPUS = dict.fromkeys(("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS"), "1")


def find(name: str) -> Truth | Grid:
    """A function or a grid by name."""
    return truths.function(name) if name in truths.FUNCTIONS else grid(name)


class Peers:
    """A worker in the peers' environment; use as a context manager."""

    def __init__(self, folder: Path | None = None) -> None:
        place = folder or Path(os.environ.get("KNOBWISE_PEERS", DEFAULT))
        self._python = place / "bin" / "python"

    @property
    def there(self) -> bool:
        """Whether the environment exists."""
        return self._python.exists()

    def __enter__(self) -> Self:
        if not self.there:
            raise SystemExit(f"no {self._python}: run python -m benchmarks.peers, which makes it")
        self._process = subprocess.Popen(
            [self._python, "-m", "benchmarks.peer_worker"],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            cwd=ROOT,
            env={**os.environ, **CPUS},
            text=True,
        )
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        try:
            self._process.communicate(timeout=60)
        except subprocess.TimeoutExpired:  # PyTorch's threads may not end; all was answered
            self._process.kill()
            self._process.communicate()

    def ask(self, peer: str, truth: Answered, *, table: pd.DataFrame, seed: int) -> dict[str, Any]:
        """A peer's answer on a table: "first_order", "total", "cpu"; or "refused"."""
        return self._send(
            {
                "peer": peer,
                "seed": seed,
                "space": [asdict(axis) for axis in truth.axes],
                "columns": {name: plain(table[name]) for name in truth.names},
                "y": plain(table[METRIC] * (1 if truth.direction == "maximize" else -1)),
            }
        )

    def tpe(self, truth: Truth | Grid, n: int, *, seed: int) -> pd.DataFrame:
        """`n` runs chosen by Optuna's TPE sampler, as a table like `truth.table`, a seed each."""
        request: dict[str, object] = {"peer": "tpe", "truth": truth.name, "n": n, "seed": seed}
        if isinstance(truth, Truth):
            request["noise_share"] = truth.noise_share
        reply = self._send(request)
        table = truth.look(np.array(reply["unit"]))
        return table.assign(**{METRIC: reply["y"], "seed": range(n)})

    def _send(self, request: Mapping[str, object]) -> dict[str, Any]:
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        self._process.stdin.write(json.dumps(request) + "\n")
        self._process.stdin.flush()
        line = self._process.stdout.readline()
        if not line:
            raise RuntimeError(f"the peers' worker ended: {self._process.wait()}")
        reply: dict[str, Any] = json.loads(line)
        return reply


def plain(column: pd.Series[Any]) -> list[Any]:
    """JSON values; NaN becomes None."""
    return [
        None if isinstance(value, float) and math.isnan(value) else value
        for value in column.tolist()
    ]


def install(folder: Path, *more: str) -> None:
    """Make the peers' environment, with packages beside the listed ones."""
    subprocess.run([sys.executable, "-m", "venv", folder], check=True)
    requirements = str(ROOT / "benchmarks" / "peers.txt")
    subprocess.run([folder / "bin" / "pip", "install", "-q", "-r", requirements, *more], check=True)


if __name__ == "__main__":
    folders = [word for word in sys.argv[1:] if word != "--ax"]
    install(
        Path(folders[0]) if folders else DEFAULT,
        *(["ax-platform>=1.3"] if "--ax" in sys.argv else []),
    )
