"""The parts of a report beside the numbers of each parameter: runs, trust, provenance."""

from __future__ import annotations

import platform
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from importlib import metadata

import numpy as np

from analysis.blocking import blocks_of_runs
from analysis.fitted import Fitted
from analysis.frame import Frame
from analysis.noise import metric_step
from analysis.results import (
    BestRun,
    Margin,
    ParameterResult,
    Provenance,
    RunPoint,
    SurrogateResult,
)
from analysis.results_runs import Setting

MOST_POINTS = 2000
"""Runs kept for the pictures; a report of more shows an even sample of them."""
MOST_BEST = 8
MOST_CANDIDATES = 512
"""Configurations looked at for the best: those with the best means."""
TIMES = (946_684_800.0, 4_102_444_800.0)
"""Seconds of the years 2000 to 2099: other numbers that runs are ordered by are no times."""
VERSIONS = ("numpy", "pandas", "scikit-learn", "scipy", "statsmodels")


def margin(
    declared: float | None, share: float, *, raw: Frame, rescaled: Frame, there: Fitted
) -> Margin:
    """The margins: what was declared, in the metric's unit, or the noise near the best.

    raw: the runs as they were logged; rescaled: those on the analysed scale, with their blocks.
    No margin is finer than the metric's own steps; of ranks, which ties set far apart, their noise.
    """
    if declared is not None:
        return Margin(share=share, metric=_on_scale(declared, raw, there.frame), source="declared")
    least = 1e-12 * float(np.abs(there.frame.objective).max())
    step = 0.0 if rescaled.transform == "rank" else metric_step(rescaled)
    noise = max(there.noise.sd_near_best, step, least)
    return Margin(share=share, metric=noise, source="noise near the best")


def _on_scale(margin: float, raw: Frame, frame: Frame) -> float:
    """A margin of the metric on the analysed scale, taken at the best configuration.

    On a log scale one that nothing lies below is as large as all results lie apart, and more.
    """
    if frame.transform == "none":
        return margin
    best = float(raw.means[np.argmax(raw.sign * raw.means)])
    worse = best - raw.sign * margin
    if frame.transform == "log10":
        most = 1.0 + float(np.ptp(frame.objective))
        return abs(float(np.log10(best / worse))) if worse > 0 else most
    between = (raw.objective >= min(best, worse)) & (raw.objective <= max(best, worse))
    return max(float(between.mean()), 1 / raw.n_runs)


def points(there: Fitted, parameters: Sequence[ParameterResult]) -> tuple[RunPoint, ...]:
    """Runs for the pictures, in the order they were made; values in the parameters' order."""
    frame = there.frame
    rows = np.argsort(frame.order, kind="stable")
    if len(rows) > MOST_POINTS:
        rows = rows[np.linspace(0, len(rows) - 1, MOST_POINTS).astype(int)]
    predicted = there.choice.for_shares.mean(frame.codes[rows])
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


Run = tuple[str, float, float]
"""Its name, when it was made, and its objective on the analysed scale: a name alone does not stand
for one run, since a table may call many the same."""
Logged = Mapping[Run, tuple[float, Setting]]
"""Of each run the metric as it was logged, and its blocks that a run can be given."""


def _run(frame: Frame, row: int) -> Run:
    return frame.run_ids[row], float(frame.order[row]), float(frame.objective[row])


def logged(raw: Frame, level: Frame) -> Logged:
    """What each run logged, by what became of it; both frames have their runs in one order."""
    runs = zip(level.run_ids, level.order.tolist(), level.objective.tolist(), strict=True)
    told = zip(raw.objective.tolist(), blocks_of_runs(raw), strict=True)
    return dict(zip(runs, told, strict=True))


def best_runs(there: Fitted, logged: Logged) -> tuple[BestRun, ...]:
    """The best configurations by what runs and the surrogate say together, best first.

    Chosen on the mean of run and prediction, each weighted by what it knows, so that one lucky seed
    does not lead the list; those within two standard deviations of the first, each on its own. By
    their own runs alone, and all at once, more may be the best: `journal.best` holds them so.
    """
    frame, noise = there.frame, there.noise
    order = np.argsort(-frame.sign * frame.means, kind="stable")[:MOST_CANDIDATES]
    means = frame.means[order]
    predicted = there.choice.for_shares.mean(frame.configuration_codes[order])
    own = noise.of_means(frame.replicates)[order]
    misfit = max(float(np.mean((there.choice.target - there.choice.held_out) ** 2)), 0.0)
    weight = misfit / np.maximum(misfit + own, 1e-300)
    believed = frame.sign * (weight * means + (1 - weight) * predicted)
    best = int(np.argmax(believed))
    spread = np.sqrt(own * weight**2 + own[best] * weight[best] ** 2)
    ranked = np.argsort(-believed, kind="stable")
    near = [at for at in ranked if believed[best] - believed[at] <= 2 * spread[at]]
    return tuple(
        _best_run(frame, int(order[at]), float(predicted[at]), logged) for at in near[:MOST_BEST]
    )


def _best_run(frame: Frame, configuration: int, predicted: float, logged: Logged) -> BestRun:
    row = int(frame.first_rows[configuration])
    runs = np.flatnonzero(frame.configuration == configuration)
    measured = [logged[_run(frame, i)][0] for i in runs.tolist()]
    context = frame.context[row] if frame.context else {}

    def recorded(name: str) -> str | None:
        value = context.get(name)
        return None if value is None else str(value)

    return BestRun(
        run_id=frame.run_ids[row],
        parameters=tuple(sorted(zip(frame.space.names, frame.values[row], strict=True))),
        seeds=int(frame.replicates[configuration]),
        value=float(frame.means[configuration]),
        predicted=predicted,
        commit=recorded("git.commit"),
        command=recorded("command"),
        seed=frame.seeds[row],
        dirty=context.get("git.dirty") is True,
        python=recorded("python"),
        host=recorded("host"),
        measured=float(np.mean(measured)),
        block=logged[_run(frame, row)][1],
    )


def surrogate(there: Fitted) -> SurrogateResult:
    """Which surrogate answers for the shares, how well it predicts, and what noise leaves it.

    Without repetitions nobody knows that: the noise is what predictions miss, and may be none.
    """
    variance, left = there.spread, there.noise_of_means
    if there.noise.source == "residual" or variance <= 0:
        left, variance = 0.0, 1.0
    return SurrogateResult(
        name=there.choice.for_shares.name,
        skill=there.choice.skill,
        ceiling=float(np.clip(1 - left / variance, 0.0, 1.0)),
        candidates=there.choice.candidates,
    )


def provenance(frame: Frame, *, seed: int | None, command: str) -> Provenance:
    """What is needed to make the same report again.

    `created` is the last run's time, so that the same journal gives the same bytes.
    """
    scales = "uniform over each numeric range on its own scale; equal weight on every level"
    return Provenance(
        knobwise=metadata.version("knobwise"),
        journal=frame.source,
        digest=frame.digest,
        created=_created(frame),
        command=command,
        seed=seed,
        measure=scales,
        versions=(
            ("python", platform.python_version()),
            *((name, metadata.version(name)) for name in VERSIONS),
        ),
    )


def _created(frame: Frame) -> str:
    """When the last run began; nothing where runs are numbered, by steps or by rows."""
    last = float(frame.order.max()) if frame.n_runs else 0.0
    first_moment, last_moment = TIMES
    if not first_moment <= last <= last_moment:
        return ""
    return datetime.fromtimestamp(last, UTC).isoformat(timespec="seconds")
