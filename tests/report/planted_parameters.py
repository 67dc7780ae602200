"""The ten parameters of the planted report: every kind, every scale, all six verdicts."""

from __future__ import annotations

import math
from dataclasses import replace

from analysis.results import (
    AnovaRow,
    Claim,
    Effect,
    Marginal,
    ParameterResult,
    Recommendation,
    Scalar,
    Share,
    TuningRisk,
)
from analysis.sentences import said

ACTS = ("leaky_relu", "relu", "tanh")
BATCHES = (16, 32, 64, 128, 256)


def log_grid(low: float, high: float, n: int = 21) -> tuple[float, ...]:
    a, b = math.log(low), math.log(high)
    return tuple(math.exp(a + (b - a) * i / (n - 1)) for i in range(n))


def _grid(low: float, high: float, n: int = 21) -> tuple[float, ...]:
    return tuple(low + (high - low) * i / (n - 1) for i in range(n))


def _curve(values: tuple[Scalar, ...], depth: float, best: float, band: float = 0.0022) -> Marginal:
    """A valley of the given depth with its bottom at the fraction `best` of the axis."""
    last = max(len(values) - 1, 1)
    mean = tuple(0.048 + depth * (i / last - best) ** 2 * 2 for i in range(len(values)))
    return Marginal(
        values=values,
        mean=mean,
        low=tuple(value - band for value in mean),
        high=tuple(value + band for value in mean),
    )


def share(value: float, low: float, high: float) -> Share:
    return Share(share=value, low=low, high=high)


def _anova(df: int, f: float, p: float, omega: float) -> AnovaRow:
    return AnovaRow(
        df=df,
        F=f,
        p=p,
        p_adjusted=min(1.0, p * 9),
        omega_squared=omega,
        omega_low=max(0.0, omega - 0.05),
        omega_high=min(0.99, omega + 0.1),
        partial_eta_squared=min(0.99, omega + 0.05),
        partial_eta_low=max(0.0, omega - 0.04),
        partial_eta_high=min(0.99, omega + 0.13),
    )


def _risk(mean: float, low: float, high: float, worst: float, value: Scalar) -> TuningRisk:
    return TuningRisk(mean=mean, low=low, high=high, worst=worst, best_value=value, of=20)


def _lr() -> ParameterResult:
    return ParameterResult(
        name="lr", kind="continuous", scale="log", domain=(1e-5, 0.3), levels=(), role="studied",
        condition=None, configurations=150, first_order=share(0.57, 0.49, 0.63),
        total=share(0.66, 0.60, 0.72), shapley=0.61, effect=Effect(sd=0.031, range=0.0913),
        anova=_anova(2, 46.6, 3.1e-17, 0.5),
        tuning_risk=_risk(0.0183, 0.0150, 0.0211, 0.0574, 0.0211), verdict="critical",
        because="Never tuning it costs 0.0183 [0.0150, 0.0211], above the margin 0.0021, and its "
        "share .66 [.60, .72] is above .05 (150 configurations).",
        more_runs=None,
        recommendation=Recommendation(
            value=0.0211, low=0.008, high=0.061, values=(), cost=0.0, at_edge=None
        ),
        marginal=_curve(log_grid(1e-5, 0.3), 0.0913, 0.74), rank_low=1, rank_high=1,
    )  # fmt: skip


def _act() -> ParameterResult:
    return ParameterResult(
        name="act", kind="categorical", scale="levels", domain=None, levels=ACTS, role="studied",
        condition=None, configurations=150, first_order=share(0.14, 0.09, 0.19),
        total=share(0.21, 0.15, 0.28), shapley=0.17, effect=Effect(sd=0.012, range=0.027),
        anova=_anova(2, 22.0, 4.4e-9, 0.19),
        tuning_risk=_risk(0.0061, 0.0044, 0.0080, 0.0117, "leaky_relu"), verdict="critical",
        because="Never tuning it costs 0.0061 [0.0044, 0.0080], above the margin 0.0021, and its "
        "share .21 [.15, .28] is above .05 (150 configurations).",
        more_runs=None,
        recommendation=Recommendation(
            value="leaky_relu", low=None, high=None, values=("leaky_relu", "relu"), cost=0.0,
            at_edge=None,
        ),
        marginal=Marginal(
            values=ACTS, mean=(0.047, 0.049, 0.074), low=(0.044, 0.046, 0.070),
            high=(0.050, 0.052, 0.078),
        ),
        rank_low=2, rank_high=2,
    )  # fmt: skip


def _batch() -> ParameterResult:
    return ParameterResult(
        name="batch", kind="ordinal", scale="levels", domain=None, levels=BATCHES, role="studied",
        condition=None, configurations=150, first_order=share(0.06, 0.04, 0.09),
        total=share(0.11, 0.07, 0.15), shapley=0.08, effect=Effect(sd=0.0061, range=0.0154),
        anova=_anova(4, 8.2, 5.5e-6, 0.1),
        tuning_risk=_risk(0.0009, 0.0003, 0.0017, 0.0029, 64), verdict="forgiving",
        because="Its share .11 [.07, .15] is above .05, but the other parameters make up for it: "
        "never tuning it costs 0.0009 [0.0003, 0.0017], below the margin 0.0021 "
        "(150 configurations).",
        more_runs=None,
        recommendation=Recommendation(
            value=64, low=None, high=None, values=(32, 64, 128), cost=0.0, at_edge=None
        ),
        marginal=_curve(BATCHES, 0.0154, 0.5), rank_low=3, rank_high=4,
    )  # fmt: skip


def _slope() -> ParameterResult:
    return ParameterResult(
        name="slope", kind="continuous", scale="log", domain=(0.001, 0.3), levels=(),
        role="studied", condition="act = leaky_relu", configurations=52,
        first_order=share(0.01, 0.0, 0.03), total=share(0.02, 0.0, 0.04), shapley=0.01,
        effect=Effect(sd=0.0004, range=0.0012), anova=_anova(2, 0.4, 0.67, 0.0),
        tuning_risk=_risk(0.0003, 0.0, 0.0012, 0.0005, 0.01), verdict="negligible",
        because="Where act = leaky_relu, never tuning it costs 0.0003 [0.0000, 0.0012], below the "
        "margin 0.0021, and its share .02 [.00, .04] is below .05 (52 configurations).",
        more_runs=None,
        recommendation=Recommendation(
            value=0.01, low=0.001, high=0.3, values=(), cost=0.0, at_edge=None
        ),
        marginal=_curve(log_grid(0.001, 0.3), 0.0012, 0.4, 0.003), rank_low=7, rank_high=9,
    )  # fmt: skip


def _depth() -> ParameterResult:
    return ParameterResult(
        name="depth", kind="integer", scale="linear", domain=(1.0, 6.0), levels=(), role="studied",
        condition=None, configurations=150, first_order=share(0.02, 0.01, 0.03),
        total=share(0.03, 0.02, 0.04), shapley=0.025, effect=Effect(sd=0.0038, range=0.0107),
        anova=_anova(2, 12.0, 1.5e-5, 0.11),
        tuning_risk=_risk(0.0034, 0.0024, 0.0047, 0.0079, 1), verdict="fine",
        because="Its share .03 [.02, .04] is below .05, but never tuning it costs 0.0034 [0.0024, "
        "0.0047], above the margin 0.0021 (150 configurations).",
        more_runs=None,
        recommendation=Recommendation(
            value=1, low=1.0, high=2.0, values=(), cost=0.0, at_edge="low"
        ),
        marginal=_curve(tuple(range(1, 7)), 0.0107, 0.0), rank_low=5, rank_high=6,
    )  # fmt: skip


def _width() -> ParameterResult:
    return ParameterResult(
        name="width", kind="integer", scale="log", domain=(16.0, 256.0), levels=(), role="studied",
        condition=None, configurations=150, first_order=share(0.01, 0.0, 0.03),
        total=share(0.05, 0.02, 0.08), shapley=0.03, effect=Effect(sd=0.0019, range=0.0052),
        anova=_anova(2, 3.1, 0.048, 0.02),
        tuning_risk=_risk(0.0019, 0.0008, 0.0031, 0.0044, 171), verdict="undetermined",
        because="The intervals of its share .05 [.02, .08] and of its risk 0.0019 [0.0008, 0.0031] "
        "cross their margins .05 and 0.0021 (150 configurations).",
        more_runs=60,
        recommendation=Recommendation(
            value=171, low=96.0, high=256.0, values=(), cost=0.0, at_edge="high"
        ),
        marginal=_curve(tuple(round(v) for v in log_grid(16, 256, 15)), 0.0052, 0.9, 0.003),
        rank_low=4, rank_high=6,
    )  # fmt: skip


def _momentum() -> ParameterResult:
    return ParameterResult(
        name="momentum", kind="continuous", scale="linear", domain=(0.5, 0.99), levels=(),
        role="studied", condition=None, configurations=150, first_order=share(0.01, 0.0, 0.03),
        total=share(0.04, 0.01, 0.08), shapley=0.02, effect=Effect(sd=0.0016, range=0.0047),
        anova=_anova(2, 1.5, 0.226, 0.01),
        tuning_risk=_risk(0.0015, 0.0006, 0.0028, 0.0036, 0.9), verdict="undetermined",
        because="The intervals of its share .04 [.01, .08] and of its risk 0.0015 [0.0006, 0.0028] "
        "cross their margins .05 and 0.0021 (150 configurations).",
        more_runs=40,
        recommendation=Recommendation(
            value=0.9, low=0.82, high=0.97, values=(), cost=0.0, at_edge=None
        ),
        marginal=_curve(_grid(0.5, 0.99), 0.0047, 0.8, 0.003), rank_low=5, rank_high=8,
    )  # fmt: skip


def _dropout() -> ParameterResult:
    return ParameterResult(
        name="dropout", kind="continuous", scale="linear", domain=(0.0, 0.5), levels=(),
        role="studied", condition=None, configurations=150, first_order=share(0.0, 0.0, 0.01),
        total=share(0.01, 0.0, 0.02), shapley=0.005, effect=Effect(sd=0.0003, range=0.0008),
        anova=_anova(1, 0.5, 0.48, 0.0),
        tuning_risk=_risk(0.0003, 0.0, 0.0011, 0.0006, 0.1), verdict="negligible",
        because="Never tuning it costs 0.0003 [0.0000, 0.0011], below the margin 0.0021, and its "
        "share .01 [.00, .02] is below .05 (150 configurations).",
        more_runs=None,
        recommendation=Recommendation(
            value=0.1, low=0.0, high=0.5, values=(), cost=0.0, at_edge=None
        ),
        marginal=_curve(_grid(0.0, 0.5), 0.0008, 0.2, 0.002), rank_low=8, rank_high=10,
    )  # fmt: skip


def _wd() -> ParameterResult:
    return ParameterResult(
        name="wd", kind="continuous", scale="log", domain=(1e-6, 1e-2), levels=(), role="studied",
        condition=None, configurations=150, first_order=share(0.0, 0.0, 0.01),
        total=share(0.0, 0.0, 0.02), shapley=0.001, effect=Effect(sd=0.0002, range=0.0006),
        anova=_anova(2, 0.1, 0.939, 0.0),
        tuning_risk=_risk(0.0002, 0.0, 0.0009, 0.0004, 1e-4), verdict="negligible",
        because="Never tuning it costs 0.0002 [0.0000, 0.0009], below the margin 0.0021, and its "
        "share .00 [.00, .02] is below .05 (150 configurations).",
        more_runs=None,
        recommendation=Recommendation(
            value=1e-4, low=1e-6, high=1e-2, values=(), cost=0.0, at_edge=None
        ),
        marginal=_curve(log_grid(1e-6, 1e-2), 0.0006, 0.5, 0.002), rank_low=8, rank_high=10,
    )  # fmt: skip


def _nesterov() -> ParameterResult:
    return ParameterResult(
        name="nesterov", kind="boolean", scale="levels", domain=None, levels=(False, True),
        role="studied", condition=None, configurations=150, first_order=None, total=None,
        shapley=None, effect=None, anova=None, tuning_risk=None, verdict="not_estimable",
        because="These runs cannot tell it from momentum.",
        says=said("silent.aliased", others=("momentum",)),
        more_runs=None, recommendation=None, marginal=None, rank_low=None, rank_high=None,
    )  # fmt: skip


def parameters() -> tuple[ParameterResult, ...]:
    """Sorted by total effect, as a report has them."""
    makers = (_lr, _act, _batch, _width, _momentum, _depth, _slope, _dropout, _wd, _nesterov)
    made = [make() for make in makers]
    return tuple(
        replace(
            row,
            claim=_claim(row),
            rank_stability=None if row.rank_low is None else 1 - 0.08 * place,
        )
        for place, row in enumerate(made)
    )


def _claim(row: ParameterResult) -> Claim | None:
    """Intervals of which each end reaches 84 % as far as the 95 % one's."""
    total, loss = row.total, row.tuning_risk
    if total is None or loss is None:
        return None
    return Claim(
        level=0.9,
        share_low=total.share - 0.84 * (total.share - total.low),
        share_high=total.share + 0.84 * (total.high - total.share),
        risk_low=loss.mean - 0.84 * (loss.mean - loss.low),
        risk_high=loss.mean + 0.84 * (loss.high - loss.mean),
    )
