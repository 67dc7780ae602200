"""The parts of a report beside the numbers of each parameter: runs, trust, provenance."""

from __future__ import annotations

import platform
from collections.abc import Sequence
from datetime import UTC, datetime
from importlib import metadata

import numpy as np

from analysis.frame import Frame
from analysis.noise import NoiseModel
from analysis.results import (
    BestRun,
    Check,
    ParameterResult,
    Provenance,
    Report,
    RunPoint,
    SurrogateResult,
)
from analysis.study import Study

MOST_POINTS = 2000
"""Runs kept for the pictures; a report of more shows an even sample of them."""
MOST_BEST = 8
VERSIONS = ("numpy", "pandas", "scikit-learn", "scipy", "statsmodels")


def margin_in_objective(
    margin: float | None, raw: Frame, frame: Frame, noise_near_best: float
) -> float:
    """The margin on the analysed scale: a declared one is taken at the best configuration."""
    if margin is None:
        return max(noise_near_best, 1e-12 * max(1.0, float(np.abs(frame.objective).max())))
    if frame.transform == "none":
        return margin
    best = float(raw.objective[np.argmax(raw.sign * raw.objective)])
    worse = best - raw.sign * margin
    if frame.transform == "log10":
        return abs(float(np.log10(best / worse))) if worse > 0 else 1.0
    between = (raw.objective >= min(best, worse)) & (raw.objective <= max(best, worse))
    return max(float(between.mean()), 1 / raw.n_runs)


def points(study: Study, parameters: Sequence[ParameterResult]) -> tuple[RunPoint, ...]:
    """Runs for the pictures, in the order they were made; values in the parameters' order."""
    frame = study.frame
    rows = np.argsort(frame.order, kind="stable")
    if len(rows) > MOST_POINTS:
        rows = rows[np.linspace(0, len(rows) - 1, MOST_POINTS).astype(int)]
    predicted = study.choice.for_shares.mean(frame.codes[rows])
    place = {name: column for column, name in enumerate(frame.space.names)}
    columns = [place.get(parameter.name) for parameter in parameters]
    return tuple(
        RunPoint(
            values=tuple(
                None if column is None else frame.values[row][column] for column in columns
            ),
            objective=float(frame.objective[row]),
            predicted=float(guess),
            configuration=int(frame.configuration[row]),
            order=float(frame.order[row]),
        )
        for row, guess in zip(rows, predicted, strict=True)
    )


def best_runs(study: Study) -> tuple[BestRun, ...]:
    """Configurations whose mean the noise does not separate from the best one's.

    Chosen on the mean of run and prediction, each weighted by what it knows, so that one lucky seed
    does not lead the list.
    """
    frame, noise = study.frame, study.noise
    predicted = study.choice.for_shares.mean(frame.configuration_codes)
    own = noise.variance / frame.replicates
    misfit = max(float(np.mean((frame.means - predicted) ** 2)), 1e-300)
    weight = misfit / (misfit + own)
    believed = frame.sign * (weight * frame.means + (1 - weight) * predicted)
    best = int(np.argmax(believed))
    spread = np.sqrt(own * weight**2 + own[best] * weight[best] ** 2)
    order = np.argsort(-believed, kind="stable")
    near = [row for row in order if believed[best] - believed[row] <= 2 * spread[row]]
    return tuple(
        BestRun(
            run_id=frame.run_ids[frame.first_rows[row]],
            parameters=tuple(
                sorted(zip(frame.space.names, frame.values[frame.first_rows[row]], strict=True))
            ),
            seeds=int(frame.replicates[row]),
            value=float(frame.means[row]),
            predicted=float(predicted[row]),
            commit=None,
            command=None,
        )
        for row in near[:MOST_BEST]
    )


def surrogate(study: Study) -> SurrogateResult:
    """Which surrogate answers for the shares, how well it predicts, and what noise leaves it."""
    variance = float(np.var(study.frame.means))
    left = float(np.mean(study.noise.variance / study.frame.replicates))
    return SurrogateResult(
        name=study.choice.for_shares.name,
        skill=study.choice.skill,
        ceiling=float(np.clip(1 - left / variance, 0.0, 1.0)) if variance > 0 else 0.0,
        candidates=study.choice.candidates,
    )


def checks(report: Report, study: Study, noise: NoiseModel) -> tuple[Check, ...]:
    """Can you trust this? One line each: pass, look or fail."""
    choice, frame = study.choice, study.frame
    per_term = frame.n_configurations / max(len(frame.space), 1)
    assert report.surrogate is not None
    ceiling = report.surrogate.ceiling
    stable = [
        item.rank_high - item.rank_low
        for item in report.parameters
        if item.rank_low is not None and item.rank_high is not None
    ]
    lines = [
        Check(
            name="configurations",
            status="pass" if per_term >= 10 else "look" if per_term >= 5 else "fail",
            detail=f"{frame.n_configurations} configurations for {len(frame.space)} parameters "
            f"({per_term:.0f} each)",
        ),
        Check(
            name="noise",
            status="pass" if noise.source == "replicates" and noise.df >= 10 else "look",
            detail=f"sd {noise.sd:.3g} with {noise.df} degrees of freedom from {noise.source}",
        ),
        Check(
            name="skill",
            status="pass" if choice.skill >= 0.5 * ceiling else "look",
            detail=f"out-of-sample R2 {choice.skill:.2f} of at most {ceiling:.2f} "
            f"({choice.for_shares.name})",
        ),
        Check(
            name="stability",
            status="pass" if not stable or np.median(stable) <= 2 else "look",
            detail="median width of a parameter's rank interval: "
            f"{np.median(stable) if stable else 0:.0f} places",
        ),
        _agreement(report),
    ]
    named = {
        "aliasing": ("aliased", "collinear", "one_at_a_time"),
        "coverage": ("gaps", "unbalanced", "crowded"),
        "residuals": ("two_groups", "heavy_tails", "leverage", "drift"),
    }
    for name, codes in named.items():
        found = [item for item in report.findings if item.code in codes]
        worst = {item.level for item in found}
        lines.append(
            Check(
                name=name,
                status="fail" if "error" in worst else "look" if "warning" in worst else "pass",
                detail=" ".join(item.message for item in found) or "nothing found",
            )
        )
    return tuple(lines)


def _agreement(report: Report) -> Check:
    """Do the classical ANOVA and the surrogate name the same parameters?"""
    judged = [item for item in report.parameters if item.anova and item.first_order]
    odd = [
        item.name
        for item in judged
        if item.anova and item.first_order and item.total
        if ((item.anova.p_adjusted < 0.01) and item.total.high < 0.02)
        or ((item.anova.p_adjusted > 0.2) and item.first_order.low > 0.1)
    ]
    return Check(
        name="agreement",
        status="look" if odd else "pass",
        detail=f"ANOVA and surrogate disagree on {', '.join(odd)}"
        if odd
        else f"ANOVA and surrogate agree on {len(judged)} parameters",
    )


def provenance(frame: Frame, *, seed: int, command: str) -> Provenance:
    """What is needed to make the same report again.

    `created` is the last run's time, so that the same journal gives the same bytes.
    """
    last = float(frame.order.max()) if frame.n_runs else 0.0
    moment = datetime.fromtimestamp(last, UTC) if last > 1e8 else datetime.fromtimestamp(0, UTC)
    scales = "uniform over each numeric range on its own scale; equal weight on every level"
    return Provenance(
        knobwise=metadata.version("knobwise"),
        journal=frame.source,
        digest=frame.digest,
        created=moment.isoformat(timespec="seconds") if last > 1e8 else "",
        command=command,
        seed=seed,
        measure=scales,
        versions=(
            ("python", platform.python_version()),
            *((name, metadata.version(name)) for name in VERSIONS),
        ),
    )
