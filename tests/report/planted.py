"""Reports made by hand, for the tests and benchmarks of the renderings.

Nothing here is computed by the analyst: the numbers are written down, and the cloud of runs is
drawn from a formula that roughly agrees with them.
"""

from __future__ import annotations

import math
import random
from dataclasses import replace

from analysis.results import (
    Accumulation,
    BestRun,
    Check,
    Exclusion,
    FailureParameter,
    Failures,
    Finding,
    Interaction,
    Margin,
    Metric,
    Noise,
    ParameterResult,
    Plan,
    PlannedRun,
    Provenance,
    Report,
    RunCounts,
    RunPoint,
    Said,
    Scalar,
    Status,
    Surface,
    SurrogateResult,
)
from analysis.sentences import english, english_hint, finding, said
from tests.report.planted_parameters import ACTS, BATCHES, log_grid, parameters, share


def _points(n_runs: int, n_configurations: int) -> tuple[RunPoint, ...]:
    """A cloud of runs in the order of `parameters()`."""
    draw = random.Random(20240229)
    settings: list[tuple[tuple[Scalar, ...], float]] = []
    for _ in range(n_configurations):
        lr = 10 ** draw.uniform(-5, math.log10(0.3))
        act = draw.choice(ACTS)
        batch = draw.choice(BATCHES)
        slope = 10 ** draw.uniform(-3, -0.5) if act == "leaky_relu" else None
        depth, width = draw.randint(1, 6), round(2 ** draw.uniform(4, 8))
        momentum, dropout = draw.uniform(0.5, 0.99), draw.uniform(0, 0.5)
        wd = 10 ** draw.uniform(-6, -2)
        away = (math.log10(lr) + 1.68) / 4.5
        stuck = 0.3 if draw.random() < 0.06 and lr > 0.1 else 0.0
        mean = 0.028 + 0.18 * away**2 + 0.012 * (act == "tanh") * (1 + 3 * abs(away))
        mean += 0.0016 * depth + stuck
        nesterov = momentum > 0.8
        row = (lr, act, batch, width, momentum, depth, slope, dropout, wd, nesterov)
        settings.append((row, mean))
    points = []
    for order in range(n_runs):
        index = order if order < n_configurations else draw.randrange(n_configurations)
        values, mean = settings[index]
        points.append(
            RunPoint(
                values=values,
                objective=mean + draw.gauss(0, 0.0021 + 0.1 * max(0.0, mean - 0.05)),
                predicted=mean,
                configuration=index,
                order=float(order),
            )
        )
    return tuple(points)


def _findings() -> tuple[Finding, ...]:
    return (
        finding("two_groups", metric="val_error", lower=141, upper=9, gap=0.31),
        finding("aliased", "momentum", "nesterov", a="momentum", b="nesterov", strength=1.0, n=150),
        finding("edge.low", "depth", level="note", name="depth", hits=9, top=15, low=1, high=6),
    )


def _checks() -> tuple[Check, ...]:
    found = {item.code: item.says for item in _findings()}
    grown = {"width": 2, "first": 0.97, "margin": 0.05, "name": "width", "change": 0.02, "n": 112}
    agreed = {"n": 9, "both": 4, "neither": 4, "open": 1, "sure": 0.01, "unsure": 0.2}
    rows: tuple[tuple[str, Status, Said], ...] = (
        ("configurations", "pass", said("check.configurations", n=150, d=10, each=15.0)),
        ("noise", "pass", said("check.noise.replicates", sd=0.0034, df=30)),
        ("skill", "pass", said("check.skill", skill=0.71, ceiling=0.93)),
        ("residuals", "look", said("check.found", told=(found["two_groups"],))),
        ("coverage", "pass", said("check.coverage.clear")),
        ("aliasing", "fail", said("check.found", told=(found["aliased"],))),
        ("crowding", "pass", said("check.crowding.clear")),
        ("failures", "look", said("check.found", told=(said("failures.unknown", share=0.0625),))),
        ("agreement", "pass", said("check.agreement.counted", margin=0.05, **agreed)),
        ("stability", "pass", said("check.stability.grown", **grown)),
    )
    return tuple(Check(name=n, status=s, detail=english(told), says=told) for n, s, told in rows)


def _exclusions() -> tuple[Exclusion, ...]:
    rows = ((said("excluded.running"), 2), (said("excluded.missing", metric="val_error"), 1))
    return tuple(
        Exclusion(reason=english(says), count=n, failed=False, says=says) for says, n in rows
    )


def _accumulation() -> Accumulation:
    names = tuple(p.name for p in parameters() if p.total and not p.condition)
    last = [p.total.share for p in parameters() if p.total and not p.condition]
    rows = [[value + (-1) ** i * 0.2 / k for i, value in enumerate(last)] for k in (2, 4, 8, 16)]
    total = (*(tuple(min(max(v, 0.0), 1.0) for v in row) for row in rows), tuple(last))
    sizes = (20, 36, 64, 112, 150)
    return Accumulation(configurations=sizes, parameters=names, total=total, says=None)


def _interactions() -> tuple[Interaction, ...]:
    rows = (
        ("lr", "act", 0.066, 0.041, 0.092),
        ("lr", "batch", 0.035, 0.016, 0.055),
        ("lr", "width", 0.012, 0.0, 0.03),
        ("act", "batch", 0.01, 0.0, 0.022),
        ("lr", "momentum", 0.009, 0.0, 0.02),
        ("batch", "width", 0.004, 0.0, 0.012),
        ("lr", "depth", 0.003, 0.0, 0.008),
        ("act", "depth", 0.001, 0.0, 0.004),
        ("lr", "wd", 0.0, 0.0, 0.003),
    )
    return tuple(Interaction(parameters=(a, b), share=s, low=lo, high=hi)
                 for a, b, s, lo, hi in rows)  # fmt: skip


def _surface() -> Surface:
    lrs = log_grid(1e-5, 0.3, 15)
    rows = tuple(
        tuple(0.046 + 0.1 * (i / 14 - 0.74) ** 2 * (1 + k) + 0.004 * k for i in range(15))
        for k in range(3)
    )
    return Surface(x="lr", y="act", x_values=lrs, y_values=ACTS, mean=rows)


def _best() -> tuple[BestRun, ...]:
    made = []
    for i, (lr, batch, value) in enumerate(((0.0211, 64, 0.0251), (0.018, 32, 0.0259),
                                            (0.031, 128, 0.0270))):  # fmt: skip
        parameters: tuple[tuple[str, Scalar], ...] = (
            ("lr", lr), ("act", "leaky_relu"), ("batch", batch), ("slope", 0.01), ("depth", 1),
            ("width", 171), ("wd", 1e-4), ("dropout", 0.1), ("momentum", 0.9), ("nesterov", True),
        )  # fmt: skip
        made.append(
            BestRun(
                run_id=f"0192f3c4-7a1b-7c3d-8e4f-00000000000{i}", parameters=parameters,
                seeds=3 - i, value=value, predicted=value + 0.001,
                commit="3f2a91c0d6b4b7a3a0e5d1f2c3b4a59687766554" if i < 2 else None,
                command=f"python train.py --lr {lr} --act leaky_relu --batch {batch} --slope 0.01 "
                "--depth 1 --width 171 --wd 0.0001 --dropout 0.1 --momentum 0.9 --seed 3",
            )
        )  # fmt: skip
    return tuple(made)


def _plan() -> Plan:
    draw = random.Random(7)
    runs = tuple(
        PlannedRun(
            parameters=(
                ("lr", round(10 ** draw.uniform(-2.2, -1.2), 5)), ("act", "leaky_relu"),
                ("batch", 64), ("slope", 0.01), ("depth", 1), ("width", draw.choice((32, 96, 256))),
                ("wd", 1e-4), ("dropout", 0.1), ("momentum", round(draw.uniform(0.6, 0.99), 2)),
                ("nesterov", bool(i % 2)),
            ),
            seed=i, reason=english(why), says=why,
        )
        for i in range(12)
        for why in (said("plan.settle", name="width") if i < 9 else said("plan.second_seed"),)
    )  # fmt: skip
    return Plan(runs=runs, settles=("width", "momentum"), seconds=240.0)


def _failures() -> Failures:
    rates = (("1e-5 … 1e-3", 0, 84), ("1e-3 … 0.1", 1, 83), ("0.1 … 0.3", 11, 25))
    acts = (("leaky_relu", 3, 66), ("relu", 8, 63), ("tanh", 1, 63))
    return Failures(
        share=0.0625,
        parameters=(
            FailureParameter(
                name="lr", total=share(0.81, 0.62, 0.93), rates=rates, worst=rates[-1]
            ),
            FailureParameter(name="act", total=share(0.2, 0.05, 0.38), rates=acts, worst=acts[0]),
        ),
    )


def planted(*, n_runs: int = 180, n_configurations: int = 150) -> Report:
    """Ten parameters with all six verdicts."""
    return Report(
        metric=Metric(name="val_error", direction="minimize", transform="none", unit=None),
        runs=RunCounts(
            used=n_runs, configurations=n_configurations, failed=12,
            excluded=_exclusions(),
        ),
        answer="given", withheld_because=None, withheld_cure=None,
        noise=Noise(sd=0.0034, df=30, source="replicates", share_of_single_run=0.09,
                    sd_near_best=0.0021),
        surrogate=SurrogateResult(
            name="gaussian process", skill=0.71, ceiling=0.93,
            candidates=(("gaussian process", 0.71), ("gaussian process of normal scores", 0.66),
                        ("random forest", 0.52)),
        ),
        margin=Margin(share=0.05, metric=0.0021, source="noise near the best"),
        variance_by_order=(0.84, 0.14),
        parameters=parameters(),
        interactions=_interactions(), surface=_surface(),
        groups=(("lr", "act", "batch"), ("depth",), ("width",), ("momentum",)),
        failures=_failures(), findings=_findings(), checks=_checks(), best=_best(), plan=_plan(),
        points=_points(n_runs, n_configurations),
        provenance=Provenance(
            knobwise="0.1.0", journal="data/digits",
            digest="9f2c4be1a7d05c6d3e8b90f1427a6c5be3d1f0a988776655443322110ffeeddc",
            created="2026-11-01T08:10:00Z",
            command="knobwise report -m val_error -o report.html", seed=0,
            measure="uniform over each numeric range on its own scale; equal weight on every level",
            versions=(("python", "3.11.7"), ("pandas", "2.2.3"), ("statsmodels", "0.14.4")),
        ),
        accumulation=_accumulation(),
    )  # fmt: skip


def unjudged(parameter: ParameterResult) -> ParameterResult:
    """The parameter as it stands in a report that is withheld."""
    return replace(
        parameter, first_order=None, total=None, shapley=None, effect=None, anova=None,
        tuning_risk=None, verdict="undetermined", because="The answer is withheld.",
        more_runs=None, recommendation=None, marginal=None, rank_low=None, rank_high=None,
        rank_stability=None, says=said("silent.withheld"),
    )  # fmt: skip


NO_SKILL = said("withheld.skill", skill=-0.03)


def withheld(why: Said = NO_SKILL) -> Report:
    """The answer withheld: no shares, no risks."""
    report = planted()
    return replace(
        report, answer="withheld", withheld_because=english(why), withheld_cure=english_hint(why),
        withheld_says=why, margin=None, variance_by_order=(), interactions=(), surface=None,
        groups=(), parameters=tuple(unjudged(parameter) for parameter in report.parameters),
        surrogate=SurrogateResult(name="random forest", skill=-0.03, ceiling=0.4,
                                  candidates=(("random forest", -0.03),)),
        checks=(), accumulation=None,
    )  # fmt: skip
