"""More findings, planted: a level run in a poor corner alone, a bad end, a range that is left."""

from collections.abc import Sequence
from dataclasses import replace
from functools import partial
from typing import Literal

import numpy as np
import pandas as pd

import journal
from analysis.assessment import assess
from analysis.bad_ends import only_expected
from analysis.declaration import Declaration
from analysis.findings import findings
from analysis.frame import Frame
from analysis.results import Finding
from analysis.several import Question, several
from analysis.space import Condition
from journal.events import Declared
from tests.analysis.planted import clean, framed, score
from tests.analysis.planted_findings import PLANTED, plants, seen

__all__ = ["PLANTED", "collapsed", "cornered", "costly", "of_both"]


def cornered(rng: np.random.Generator, *, by_lot: bool = False) -> tuple[pd.DataFrame, np.ndarray]:
    """Settings and accuracies: of 60 runs 4 have adam, all where lr is too large, unless by lot."""
    lr = rng.uniform(-5, -1, 60)
    lr[:4] = rng.uniform(-5, -1, 4) if by_lot else rng.uniform(-1.5, -1, 4)
    names = np.where(np.arange(60) < 4, "adam", rng.choice(["sgd", "lion"], 60))
    best = np.where(names == "adam", -4.0, -3.0)  # adam wants smaller steps, and is as good there
    table = pd.DataFrame({"lr": 10**lr, "opt": names, "drop": rng.random(60)})
    y = 0.1 + 0.8 * np.exp(-((lr - best) ** 2)) - 0.05 * (table["drop"] - 0.5) ** 2
    return table, y.to_numpy() + rng.normal(0, 0.005, 60)


@plants("poor_corner")
def _(rng, fault):
    return seen(*cornered(rng, by_lot=not fault))


def collapsed(
    rng: np.random.Generator, n: int = 45, *, tried: bool = False
) -> tuple[pd.DataFrame, np.ndarray]:
    """Learning rates and two optimizers; above 1 every run collapses, and only adam was run there.

    tried: sgd was run there as well, and does not collapse.
    """
    lr = 10 ** np.concatenate([rng.uniform(-4, 0, n - 6), rng.uniform(0.05, 1, 6)])
    opt = np.where(np.arange(n) < n - 6, rng.choice(["sgd", "adam"], n), "adam")
    if tried:
        opt[-3:] = "sgd"
    table = pd.DataFrame({"lr": lr, "opt": opt, "drop": rng.random(n), "mix": rng.random(n)})
    good = 0.95 - 0.1 * (table["drop"] - 0.3) ** 2
    y = np.where((lr > 1) & (opt == "adam"), 0.1, good)
    return table, y + rng.normal(0, 0.01, n)


@plants("bad_end")
def _(rng, fault):
    frame = framed(*collapsed(rng, tried=not fault), direction="maximize")
    index = frame.space.index("lr")
    codes = np.linspace(0, 1, 17)
    return only_expected(frame, index, codes=codes, expected=np.full(17, 0.9), margin=0.05)


@plants("condition_range")
def _(rng, fault):
    depth = rng.integers(1, 200 if fault else 9, 100)
    table = pd.DataFrame({"depth": depth, "x": rng.random(100)})
    table["w"] = np.where(depth <= 4, rng.random(100), np.nan)
    said = {"w": Declaration(condition=Condition("depth", (1, 2, 3, 4)))}
    return seen(table, table["x"] + rng.normal(0, 0.1, 100), declarations=said)


@plants("seed_name")
def _(rng, fault):
    table = clean(rng).assign(**{"random_state" if fault else "seed": np.arange(100) % 5})
    return seen(table, score(table, rng))


@plants("same_seed")
def _(rng, fault):
    table = clean(rng).assign(seed=np.arange(100))
    again = pd.concat([table, table.iloc[:5].assign(seed=range(0 if fault else 100, 105)[:5])])
    again = again.reset_index(drop=True)
    y = np.append(*[score(table, rng)] * 2)[:105]
    return seen(again, y + rng.normal(0, 0.01, 105))


@plants("stopped")
def _(rng, fault):
    table = clean(rng)
    table["y"] = score(table, rng, 0.1)
    poor = np.argsort(table["y"].to_numpy() if fault else rng.random(100))[:40]
    table["status"] = np.where(np.isin(np.arange(100), poor), "pruned", "finished")
    return findings(framed(table))


@plants("outside")
def _(rng, fault):
    table = clean(rng).assign(lr=rng.uniform(0.1, 0.9, 100))
    said = {"lr": Declaration(domain=(0.2 if fault else 0.05, 1.0))}
    return seen(table, score(table, rng), declarations=said)


@plants("direction")
def _(rng, fault, tmp_path):
    way = "maximize" if fault else "minimize"
    with journal.open(tmp_path) as book:
        for i in range(20):
            book.append([book.logged({"lr": float(rng.random())}, metrics={"loss": float(i)})])
        at = book.logged({}, metrics={})
        book.append([Declared(id=at.id, run=None, at=at.at, metric="loss", direction=way)])
    return Frame.from_journal(tmp_path, metric="loss", direction="minimize").notes


@plants("percents")
def _(rng, fault):
    table = clean(rng)
    y = 0.5 + 0.4 * rng.random(100)
    y[7] = 61.0 if fault else 0.99
    return seen(table, y)


@plants("text_number")
def _(rng, fault):
    table = clean(rng)
    y = score(table, rng)
    table["p00"] = table["p00"].astype(object)
    table.loc[[3, 8], "p00"] = ["0,001", "1e-3x"] if fault else "auto"
    return seen(table, y)


@plants("metric_name")
def _(rng, fault, tmp_path):
    with journal.open(tmp_path) as book:
        for i in range(40):
            slip = "val_acurracy" if fault else "val_loss"
            params = {"lr": float(rng.random()), "width": float(rng.random())}
            name = slip if i % 13 == 3 else "val_accuracy"
            book.log(params, metrics={name: params["lr"]})
    return findings(Frame.from_journal(tmp_path, metric="val_accuracy", direction="maximize"))


def lost_seeds(
    rng: np.random.Generator, *, lost: bool, n: int = 25
) -> tuple[pd.DataFrame, np.ndarray]:
    """Settings of 4 seeds; a quarter of the seeds never learn, or all of one level do not."""
    table = clean(rng, n)
    table = pd.concat([table] * 4, ignore_index=True).assign(seed=np.repeat(np.arange(4), n))
    never = rng.random(4 * n) < 0.25 if lost else (table["p02"] == "b").to_numpy()
    learnt = 400 - 80 * table["p00"].to_numpy() + rng.normal(0, 12, 4 * n)
    return table, np.where(never, 20 + rng.normal(0, 4, 4 * n), learnt)


@plants("two_outcomes")
def _(rng, fault):
    return seen(*lost_seeds(rng, lost=fault), direction="maximize")


@plants("unit")
def _(rng, fault):
    table = clean(rng, 80)
    table["timeout"] = rng.uniform(0.5, 5, 80)
    table.loc[(np.arange(80) >= 40) if fault else (np.arange(80) % 2 == 0), "timeout"] *= 1000
    return seen(table, score(table, rng))


Measured = tuple[str, np.ndarray, Literal["minimize", "maximize"]]


def costly(
    rng: np.random.Generator, price: float, n: int = 80
) -> tuple[pd.DataFrame, tuple[Measured, Measured]]:
    """Settings, their accuracy and their latency, which grows with the width times the price.

    Both are best where lr is in the middle, and drop does nothing.
    """
    table = pd.DataFrame({"width": rng.uniform(16, 128, n), "lr": rng.random(n)})
    table["drop"] = rng.random(n)
    size, off = table["width"].to_numpy() / 128, (table["lr"].to_numpy() - 0.5) ** 2
    accuracy = 0.7 + 0.2 * size - 0.4 * off + rng.normal(0, 0.01, n)
    latency = 5 + 10 * price * size + 20 * off + rng.normal(0, 0.3, n)
    return table, (("accuracy", accuracy, "maximize"), ("latency", latency, "minimize"))


def of_both(table: pd.DataFrame, metrics: Sequence[Measured]) -> list[Finding]:
    """The trade-offs that are told where the metrics are asked about in one call."""
    questions = [
        Question(replace(framed(table, y, direction=direction), metric=name))
        for name, y, direction in metrics
    ]
    reports = several(questions, ask=partial(assess, planned=0))
    return [one for report in reports for one in report.findings if one.code == "trade_off"]


@plants("trade_off")
def _(rng, fault):
    return of_both(*costly(rng, 1.0 if fault else 0.0))
