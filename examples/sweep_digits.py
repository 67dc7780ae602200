"""A random search over the digits network, every run kept in a Knobwise journal.

    python -m examples.sweep_digits --journal build/digits

400 configurations are drawn at random, each parameter uniformly on its own scale; every fourth is
trained with two seeds, every eighth with three: 550 runs. No two runs share a seed, so that what a
seed does (initial weights, data order, dropout masks) is not mistaken for what a setting does.
Runs that diverge are kept as failed, with the reason. This made `data/digits`.
"""

import argparse
import math
import subprocess
import sys
import time
from collections.abc import Iterator
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import partial
from multiprocessing import get_context
from pathlib import Path
from typing import Literal

import numpy as np
from threadpoolctl import threadpool_limits

import journal
from examples.train_digits import EPOCHS, DivergedError, Settings, train

Value = float | int | str


@dataclass(frozen=True, kw_only=True)
class Choice:
    """A parameter, what is searched of it, and on which scale."""

    name: str
    low: float = 0.0
    high: float = 0.0
    scale: Literal["linear", "log"] = "linear"
    whole: bool = False
    levels: tuple[Value, ...] = ()

    def draw(self, rng: np.random.Generator) -> Value:
        """Draw one value, uniformly on the scale; three significant digits are enough."""
        if self.levels:
            return self.levels[int(rng.integers(len(self.levels)))]
        low, high = self.low, self.high
        if self.scale == "log":
            drawn = math.exp(rng.uniform(math.log(low), math.log(high)))
        else:
            drawn = rng.uniform(low, high)
        return round(drawn) if self.whole else min(max(float(f"{drawn:.3g}"), low), high)


SPACE = (
    Choice(name="lr", low=1e-4, high=1.0, scale="log"),
    Choice(name="batch", levels=(8, 16, 32, 64, 128, 256)),
    Choice(name="depth", levels=(1, 2, 3, 4)),
    Choice(name="width", low=8, high=128, scale="log", whole=True),
    Choice(name="act", levels=("tanh", "relu", "leaky_relu")),
    Choice(name="slope", low=1e-3, high=0.3, scale="log"),
    Choice(name="wd", low=1e-7, high=1e-1, scale="log"),
    Choice(name="dropout", low=0.0, high=0.6),
    Choice(name="init", low=0.3, high=3.0, scale="log"),
    Choice(name="momentum", low=0.0, high=0.99),
)


@dataclass(frozen=True)
class Planned:
    """A run to do."""

    settings: Settings
    seed: int


def draw_settings(rng: np.random.Generator) -> Settings:
    """Draw one configuration; the slope is kept only where the activation has one."""
    drawn = {choice.name: choice.draw(rng) for choice in SPACE}
    if drawn["act"] != "leaky_relu":
        del drawn["slope"]
    return Settings(**drawn)  # type: ignore[arg-type]  # the names are Settings' own, by a test


def plan(n_configurations: int, *, rng: np.random.Generator) -> Iterator[Planned]:
    """Yield the runs of a sweep: one seed as a rule, two or three for every fourth."""
    seed = 0
    for number in range(n_configurations):
        settings = draw_settings(rng)
        n_seeds = 3 if number % 8 == 0 else 2 if number % 4 == 0 else 1
        for _ in range(n_seeds):
            yield Planned(settings, seed)
            seed += 1


def perform(planned: Planned, *, path: str, epochs: int) -> bool:
    """Train once and keep the run, however it ends; return whether it finished."""
    began, started = datetime.now(UTC), time.perf_counter()
    metrics: dict[str, float] = {}
    failure: str | None = None
    try:
        # Matrices this small gain nothing from threads, and two workers' threads would fight over
        # two cores.
        with threadpool_limits(1):
            metrics = train(planned.settings, seed=planned.seed, epochs=epochs)
    except DivergedError as error:
        failure = str(error)
    with journal.open(path) as book:
        book.log(
            planned.settings.parameters(),
            metrics=metrics,
            seed=planned.seed,
            status="failed" if failure else "finished",
            note=failure,
            at=began,
            seconds=round(time.perf_counter() - started, 4),
        )
    return failure is None


def declare(path: str) -> None:
    """Write down what is known before any run: directions, units, ranges, scales, the condition."""
    share, nats = "share of images", "nats"
    command("declare", "metric", "val_error", "--direction=minimize", f"--unit={share}", path=path)
    command(
        "declare", "metric", "val_accuracy", "--direction=maximize", f"--unit={share}", path=path
    )
    for loss in ("val_loss", "train_loss"):
        command("declare", "metric", loss, "--direction=minimize", f"--unit={nats}", path=path)
    for choice in SPACE:
        if choice.levels:
            searched = [f"--levels={','.join(map(str, choice.levels))}"]
        else:
            searched = [f"--domain={choice.low}:{choice.high}", f"--scale={choice.scale}"]
        when = ["--when=act=leaky_relu"] if choice.name == "slope" else []
        command("declare", "parameter", choice.name, *searched, *when, path=path)


def command(*words: str, path: str) -> None:
    """Run one `knobwise` command, as a shell would."""
    subprocess.run([sys.executable, "-m", "journal", *words, f"--journal={path}"], check=True)


def main(arguments: list[str] | None = None) -> int:
    """Run the command line; return the exit code."""
    parser = argparse.ArgumentParser(description="Search the digits network at random.")
    parser.add_argument("--journal", default="build/digits", help="folder of the new journal")
    parser.add_argument("--configurations", type=int, default=400)
    parser.add_argument("--epochs", type=int, default=EPOCHS)
    parser.add_argument("--workers", type=int, default=2)
    parser.add_argument("--seed", type=int, default=0, help="decides which settings are drawn")
    given = parser.parse_args(arguments)
    if Path(given.journal).exists():
        parser.error(f"{given.journal} exists already: name a new folder, or remove it")
    runs = list(plan(given.configurations, rng=np.random.default_rng(given.seed)))
    declare(given.journal)
    started = time.perf_counter()
    work = partial(perform, path=given.journal, epochs=given.epochs)
    with ProcessPoolExecutor(given.workers, mp_context=get_context("spawn")) as workers:
        finished = sum(workers.map(work, runs))
    seconds = time.perf_counter() - started
    print(f"{len(runs)} runs, {len(runs) - finished} failed, {seconds:.0f} s: {given.journal}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
