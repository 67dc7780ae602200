"""Every finding of docs/methods/findings.md, planted, and beside it a control."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from itertools import product
from pathlib import Path

import numpy as np
import pandas as pd

import journal
from analysis import Frame
from analysis.blocking import without_blocks
from analysis.failures import failure_findings, failures
from analysis.findings import findings
from analysis.residual_groups import two_groups
from analysis.results import Finding
from analysis.transform import transformed
from tests.analysis.planted import clean, climb, framed, score

Look = Callable[[np.random.Generator, bool], Sequence[Finding]]
PLANTED: dict[str, Look] = {}


def plants(code: str) -> Callable[[Look], Look]:
    def keep(look: Look) -> Look:
        PLANTED[code] = look
        return look

    return keep


def seen(table: pd.DataFrame, y: np.ndarray, **options) -> Sequence[Finding]:
    return findings(framed(table, y, **options))


# --- the design -----------------------------------------------------------------------------------


@plants("aliased")
def _(rng, fault):
    table = clean(rng)
    table["twin"] = table["p02"].map({"a": "x", "b": "y", "c": "z"})
    table["twin"] = table["twin"] if fault else rng.permutation(table["twin"])
    return seen(table, score(table, rng))


@plants("collinear")
def _(rng, fault):
    table = clean(rng, 200)
    table["opt"] = np.where(table["p00"] > 0.5, "adam", "sgd")
    table["opt"] = table["opt"] if fault else rng.permutation(table["opt"])
    return seen(table, score(table, rng))


@plants("one_at_a_time")
def _(rng, fault):
    base, others = (0.1, 64, "relu"), ((0.01, 0.3), (16, 32), ("tanh", "elu"))
    rows = [(*base[:j], v, *base[j + 1 :]) for j in range(3) for v in others[j]]
    every = list(product(*[(b, *o) for b, o in zip(base, others, strict=True)]))
    table = pd.DataFrame([base, *rows] if fault else every, columns=["lr", "width", "act"])
    return seen(table, rng.normal(size=len(table)))


@plants("few_configurations")
def _(rng, fault):
    table = clean(rng, 18 if fault else 200, 15 if fault else 5)
    return seen(table, score(table, rng))


@plants("unbalanced")
def _(rng, fault):
    grid = pd.DataFrame(list(product("abc", [1, 2, 4], "xyz")), columns=["p", "q", "r"])
    grid = grid.iloc[:-3] if fault else grid
    return seen(grid, rng.normal(size=len(grid)))


@plants("gaps")
def _(rng, fault):
    table = clean(rng, 400)
    if fault:
        table = table[~((table["p02"] == "a") & (table["p03"] == 128))].reset_index(drop=True)
    return seen(table, score(table, rng))


@plants("crowded")
def _(rng, fault):
    table, y = climb(rng)
    return seen(table, y) if fault else seen(clean(rng, 200), rng.normal(size=200))


@plants("scale")
def _(rng, fault):
    table = clean(rng, 200)
    low, high = 16.0, 1000.0
    even = low * (high / low) ** rng.random(200)
    table["width"] = even if fault else rng.uniform(low, high, 200)
    return seen(table, score(table, rng))


@plants("fruitless")
def _(rng, fault):
    table = clean(rng).assign(batch=rng.choice([32, 64, 512], 100))
    dead = (table["batch"] == 512) & (fault | (np.arange(100) % 2 == 0))
    table = table.assign(y=score(table, rng), status=np.where(dead, "killed", "finished"))
    return findings(framed(table, status="status"))


@plants("spellings")
def _(rng, fault):
    table = clean(rng).assign(opt=rng.choice(["SGD", " sgd" if fault else "adam"], 100))
    return seen(table, score(table, rng))


@plants("constant_parameter")
def _(rng, fault):
    table = clean(rng).assign(epochs=10 if fault else rng.choice([10, 11], 100))
    return seen(table, score(table, rng))


@plants("one_level")
def _(rng, fault):
    table = clean(rng)
    table["amp"] = np.arange(100) % 5 == 0
    failed = table["amp"] if fault else rng.permutation(table["amp"])
    table["status"] = np.where(failed, "failed", "finished")
    return seen(table, score(table, rng))


@plants("edge")
def _(rng, fault):
    table = clean(rng, 200)
    x = table["p00"].to_numpy()
    return seen(table, (x if fault else -((x - 0.5) ** 2)) + rng.normal(0, 0.02, 200))


def _book(tmp: Path, rng, *, n: int = 60, log: Callable[[int, dict[str, object]], None]) -> Frame:
    with journal.open(tmp) as book:
        for i in range(n):
            params: dict[str, object] = {"lr": float(rng.random()), "act": "ab"[i % 2]}
            log(i, params)
            book.append([book.logged(params, metrics={"loss": float(rng.normal())})])
    return Frame.from_journal(tmp, metric="loss", direction="minimize")


@plants("absent")
def _(rng, fault, tmp_path):
    def log(i: int, params: dict[str, object]) -> None:
        if not fault or i % 3:
            params["clip"] = float(rng.random())

    return findings(_book(tmp_path, rng, log=log))


@plants("identifier")
def _(rng, fault):
    names = [f"run-{i}" if fault else f"kind-{i % 3}" for i in range(100)]
    table = clean(rng).assign(name=names)
    return seen(table, score(table, rng))


# --- the objective --------------------------------------------------------------------------------


@plants("constant_metric")
def _(rng, fault):
    table = clean(rng)
    return seen(table, np.ones(100) if fault else score(table, rng))


def _with(value: float) -> Look:
    def look(rng: np.random.Generator, fault: bool) -> Sequence[Finding]:
        table = clean(rng)
        y = score(table, rng)
        if fault:
            y[:4] = value
        return seen(table, y)

    return look


PLANTED |= {
    "nan_success": _with(math.nan),
    "infinite": _with(math.inf),
    "sentinel": _with(2**31 - 1),
}


@plants("duplicates")
def _(rng, fault):
    table = clean(rng).assign(seed=0)
    again = pd.concat([table, table.iloc[:5]], ignore_index=True)
    y = np.append(*[score(table, rng)] * 2)[:105]
    return seen(again, y if fault else y + rng.normal(0, 0.01, 105))


@plants("heavy_tails")
def _(rng, fault):
    table = clean(rng, 200)
    return seen(table, np.exp(rng.normal(0, 2.5, 200)) if fault else rng.normal(size=200))


@plants("leverage")
def _(rng, fault):
    table = clean(rng, 120)
    y = score(table, rng)
    y[:15] -= 30.0 if fault else 1.0
    return seen(table, y)


@plants("two_groups")
def _(rng, fault):
    table = clean(rng)
    residuals = rng.normal(size=100)
    residuals[:20] -= 12.0 if fault else 0.5
    return two_groups(framed(table, score(table, rng)), residuals)


@plants("drift")
def _(rng, fault):
    table = clean(rng, 150)
    return seen(table, score(table, rng) + np.linspace(0, 1.0 if fault else 0.0, 150))


@plants("versions")
def _(rng, fault, tmp_path):
    with journal.open(tmp_path) as book:
        for i in range(90):
            lr, old = float(rng.random()), i % 3 == 0
            loss = lr + float(rng.normal()) * 0.2 + (0.6 if old and fault else 0.0)
            context = {"git": {"commit": "old" if old else "new"}}
            book.append([book.logged({"lr": lr}, metrics={"loss": loss}, context=context)])
    return findings(Frame.from_journal(tmp_path, metric="loss", direction="minimize"))


@plants("shared_seeds")
def _(rng, fault):
    table = clean(rng, 20)
    table = pd.concat([table] * 3, ignore_index=True).assign(seed=np.repeat([0, 1, 2], 20))
    own = table["seed"].map({0: 0.0, 1: 0.5, 2: 0.9}) if fault else rng.normal(0, 0.4, 60)
    return seen(table, score(table, rng) + own)


@plants("unequal_noise")
def _(rng, fault):
    table = clean(rng, 60)
    table = pd.concat([table, table], ignore_index=True).assign(seed=np.repeat([0, 1], 60))
    noisy = (table["p02"] == "b") & fault
    return seen(table, score(table, rng, 0.1) + np.where(noisy, 1.0, 0.0) * rng.normal(size=120))


@plants("acts_apart")
def _(rng, fault):
    table = clean(rng, 40)
    table = pd.concat([table] * 3, ignore_index=True).assign(data=np.repeat(list("pqr"), 40))
    way = table["data"].map({"p": -1.0, "q": 0.0, "r": 1.0}) * fault
    y = score(table, rng) + 2 * way * table["p00"] + table["data"].map({"p": 0, "q": 3, "r": 9})
    return without_blocks(framed(table, y.to_numpy(), blocks=["data"]))[1]


@plants("budgets")
def _(rng, fault):
    table = clean(rng).assign(epochs=rng.choice([5, 10, 20] if fault else [10, 11], 100))
    return seen(table, score(table, rng))


@plants("transform")
def _(rng, fault):
    table = clean(rng, 200)
    y = score(table, rng)
    return transformed(framed(table, 10 ** (3 * y) if fault else y), "auto")[1]


@plants("failures")
def _(rng, fault):
    table = clean(rng, 150)
    failed = (table["p00"] > 0.7) & (rng.random(150) < 0.6)
    table["status"] = np.where(failed & fault, "failed", "finished")
    return failure_findings(
        failures(framed(table, score(table, rng)), rng=rng), where="status=failed"
    )


@plants("damage")
def _(rng, fault, tmp_path):
    _book(tmp_path, rng, log=lambda i, params: None)
    if fault:
        (segment,) = tmp_path.glob("*.jsonl")
        text = segment.read_bytes()
        segment.write_bytes(text[:300] + b"?" + text[301:])
    return findings(Frame.from_journal(tmp_path, metric="loss", direction="minimize"))


@plants("blocks")
def _(rng, fault):
    table = clean(rng, 90).assign(data=list("pqr") * 30)
    blocks = ["data"] if fault else []
    return without_blocks(framed(table, score(table, rng), blocks=blocks))[1]
