"""The assessment: from a frame to the whole answer, or to the reason why there is none.

The main path of the analysis, top to bottom: transform, noise, surrogate, decomposition, intervals,
risks, verdicts, groups, findings, failures, plan. Every step is a function of its own module.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace

import numpy as np
from threadpoolctl import threadpool_limits

from analysis import answers, summary
from analysis.anova import Anova
from analysis.errors import ConstantObjective, InputError, TooFewRuns, Withheld
from analysis.failures import between_shares, failure_findings, failures
from analysis.findings import findings, ordered
from analysis.frame import Frame
from analysis.planner import plan
from analysis.residual_groups import two_groups
from analysis.results import (
    AnovaRow,
    Finding,
    Margin,
    Metric,
    ParameterResult,
    Report,
    RunCounts,
    Share,
    SurrogateResult,
)
from analysis.study import FEWEST, Study, active_frames, study
from analysis.transform import How, transformed

Progress = Callable[[str, float], None]
"""Called with what is being done and the fraction done so far (0 to 1)."""

SHARE_MARGIN = 0.05
EVIDENCE = 2.5
"""Standard errors by which predictions must beat the mean before anything is said."""


def assess(
    frame: Frame,
    *,
    rng: int | np.random.Generator = 0,
    margin: float | None = None,
    share_margin: float = SHARE_MARGIN,
    transform: How = "auto",
    workers: int = 1,
    progress: Progress | None = None,
    command: str = "",
) -> Report:
    """Which parameters are critical, which negligible, and what to do next?

    margin: the smallest loss that would change a decision, in the metric's unit (default: the noise
    near the best); share_margin: the same for shares of variance. The same frame, seed and
    settings give the same report, whatever the number of workers.
    Raises `InputError` for unusable settings; too little evidence is an answer, not an error.
    """
    return assessed(
        frame,
        rng=rng,
        margin=margin,
        share_margin=share_margin,
        transform=transform,
        workers=workers,
        progress=progress,
        command=command,
    )[0]


def assessed(
    frame: Frame,
    *,
    rng: int | np.random.Generator = 0,
    margin: float | None = None,
    share_margin: float = SHARE_MARGIN,
    transform: How = "auto",
    workers: int = 1,
    progress: Progress | None = None,
    command: str = "",
    n_planned: int = 12,
) -> tuple[Report, Study | None]:
    """The report, and the study behind it (None where nothing could be fitted)."""
    if margin is not None and not margin > 0:
        raise InputError(f"a margin must be above 0, not {margin:g}", where="--margin")
    if not 0 < share_margin < 1:
        raise InputError(f"a share margin lies between 0 and 1, not {share_margin:g}")
    seed = rng if isinstance(rng, int) else -1
    stream = np.random.default_rng(rng)
    tell = progress or _silent
    # One thread per linear-algebra call: the same sums in the same order, on any machine.
    with threadpool_limits(limits=1):
        tell("reading the design", 0.0)
        raw, said = transformed(frame, transform)
        report = _empty(raw, ordered((*findings(raw), *said)), seed=seed, command=command)
        whole = None
        try:
            _require_enough(raw)
            tell("fitting", 0.1)
            whole = study(raw, stream.spawn(1)[0], workers=workers)
            report = _given(report, whole, raw, frame, stream, margin, share_margin, workers, tell)
        except Withheld as reason:
            report = replace(report, withheld_because=reason.message, withheld_cure=reason.hint)
        tell("planning", 0.95)
        report = _planned(report, whole, raw, n_planned, stream.spawn(1)[0])
    tell("done", 1.0)
    return report, whole


def _planned(
    report: Report, whole: Study | None, frame: Frame, n: int, rng: np.random.Generator
) -> Report:
    """The report with what to run next, where there is a space to run in."""
    given = whole is not None and report.answer == "given"
    ordered_frame = whole.frame if whole is not None else frame
    surrogate = whole.choice.for_shares if given and whole is not None else None
    return replace(report, plan=plan(ordered_frame, report, surrogate, n=n, rng=rng))


def _silent(what: str, done: float) -> None:
    """No progress is wanted."""


def _require_enough(frame: Frame) -> None:
    if frame.n_runs == 0:
        raise TooFewRuns(
            f"no finished run has a usable {frame.metric}", hint="log some runs that finish"
        )
    if not len(frame.space):
        raise TooFewRuns("no parameter varies", hint="log runs with different settings")
    needed = max(FEWEST, len(frame.space) + 2)
    if frame.n_configurations < needed:
        raise TooFewRuns(
            f"{frame.n_configurations} different configurations are too few "
            f"for {len(frame.space)} parameters",
            hint=f"log at least {needed - frame.n_configurations} more, at random settings",
        )
    if np.ptp(frame.objective) == 0:
        raise ConstantObjective(
            f"{frame.metric} is {frame.objective[0]:g} in every run",
            hint="choose a metric that changes, or widen the ranges",
        )


def _given(
    report: Report,
    whole: Study,
    frame: Frame,
    untransformed: Frame,
    stream: np.random.Generator,
    margin: float | None,
    share_margin: float,
    workers: int,
    tell: Progress,
) -> Report:
    bar = Margin(
        share=share_margin,
        metric=summary.margin_in_objective(margin, untransformed, frame, whole.noise.sd_near_best),
        source="noise near the best" if margin is None else "declared",
    )
    report = replace(
        report,
        noise=whole.noise.summary(),
        margin=bar,
        surrogate=_surrogate(whole),
        points=summary.points(whole, report.parameters),
        best=summary.best_runs(whole),
    )
    if whole.choice.evidence < EVIDENCE:
        return replace(
            report,
            withheld_because="predictions of unseen configurations are no better than the mean "
            f"(skill {whole.choice.skill:.2f})",
            withheld_cure="log more configurations, widen the ranges, or repeat some with other "
            "seeds",
        )
    tell("judging", 0.5)
    results = _parameters(whole, frame, bar, classical(frame), stream, workers, tell)
    pairs = answers.interactions(whole)
    estimable = [pair for pair in pairs if pair.share > 0]
    tell("asking why runs fail", 0.85)
    failed = failures(frame, rng=stream.spawn(1)[0], decompose=_failure_totals(stream, workers))
    report = replace(
        report,
        answer="given",
        parameters=results,
        points=summary.points(whole, results),
        interactions=pairs,
        surface=answers.surface(whole, estimable[0]) if estimable else None,
        groups=answers.groups(results, pairs, share_margin),
        variance_by_order=whole.decomposition.by_order,
        failures=failed,
        findings=ordered((*report.findings, *failure_findings(failed), *_residuals(whole))),
    )
    return replace(report, checks=summary.checks(report, whole, whole.noise))


def _parameters(
    whole: Study,
    frame: Frame,
    margin: Margin,
    anova: dict[str, AnovaRow],
    stream: np.random.Generator,
    workers: int,
    tell: Progress,
) -> tuple[ParameterResult, ...]:
    """All parameters, by total effect; conditional ones from a study of where they are active."""
    active = active_frames(frame)
    governed = {name for names, _ in active for name in names}
    results = [
        answers.parameter_result(whole, name, asked=frame.space[name], margin=margin, anova=anova)
        for name in frame.space.names
        if name not in governed
    ]
    for position, (names, part) in enumerate(active):
        tell(f"where {frame.space[names[0]].condition}", 0.65 + 0.2 * position / len(active))
        results += _conditional(names, part, frame, margin, anova, stream.spawn(1)[0], workers)
    results += [
        answers.silent_result(
            parameter, because="it has one value in all used runs", estimable=False
        )
        for parameter in frame.constants
    ]
    return tuple(
        sorted(results, key=lambda item: (-(item.total.share if item.total else -1), item.name))
    )


def _conditional(
    names: tuple[str, ...],
    part: Frame,
    frame: Frame,
    margin: Margin,
    anova: dict[str, AnovaRow],
    rng: np.random.Generator,
    workers: int,
) -> list[ParameterResult]:
    """Parameters of one condition, judged on the runs where it holds."""
    if part.n_configurations < max(FEWEST, len(part.space) + 2):
        why = f"only {part.n_configurations} configurations where it is active"
        return [
            answers.silent_result(frame.space[name], because=why, estimable=True) for name in names
        ]
    there = study(part, rng, workers=workers)
    if there.choice.evidence < EVIDENCE:
        why = f"no skill among the {part.n_configurations} configurations where it is active"
        return [
            answers.silent_result(frame.space[name], because=why, estimable=True) for name in names
        ]
    return [
        answers.parameter_result(there, name, asked=frame.space[name], margin=margin, anova=anova)
        for name in names
    ]


def classical(frame: Frame) -> dict[str, AnovaRow]:
    """The classical table's row of every parameter it can test; empty where runs are too few."""
    try:
        table = Anova()(frame)
    except Withheld:
        return {}
    rows = {name: table.row(name) for name in frame.space.names}
    return {name: row for name, row in rows.items() if row is not None}


def _failure_totals(
    stream: np.random.Generator, workers: int
) -> Callable[[Frame], Mapping[str, Share]]:
    """Total shares of the yes/no objective by the same machinery, or by rates where it is blind."""

    def totals(yes_no: Frame) -> Mapping[str, Share]:
        if yes_no.n_configurations >= FEWEST:
            there = study(yes_no, stream.spawn(1)[0], workers=workers)
            if there.choice.evidence >= EVIDENCE:
                return {
                    name: answers.total_share(there, index)
                    for index, name in enumerate(there.frame.space.names)
                }
        return between_shares(yes_no, rng=stream.spawn(1)[0])

    return totals


def _residuals(whole: Study) -> list[Finding]:
    """Findings that need the surrogate's residuals."""
    choice, frame = whole.choice, whole.frame
    if len(choice.target) < frame.n_configurations:
        return []
    return two_groups(frame, frame.means - choice.for_shares.held_out)


def _surrogate(whole: Study) -> SurrogateResult:
    variance = float(np.var(whole.frame.means))
    left = float(np.mean(whole.noise.variance / whole.frame.replicates))
    return SurrogateResult(
        name=whole.choice.for_shares.name,
        skill=whole.choice.skill,
        ceiling=float(np.clip(1 - left / variance, 0.0, 1.0)) if variance > 0 else 0.0,
        candidates=whole.choice.candidates,
    )


def _empty(frame: Frame, found: tuple[Finding, ...], *, seed: int, command: str) -> Report:
    """A report with everything but the answer."""
    because = "the answer is withheld"
    return Report(
        metric=Metric(
            name=frame.metric,
            direction=frame.direction,
            transform=frame.transform,
            unit=frame.unit,
        ),
        runs=RunCounts(
            used=frame.n_runs,
            configurations=frame.n_configurations,
            failed=frame.n_failed,
            excluded=frame.excluded,
        ),
        answer="withheld",
        withheld_because=None,
        withheld_cure=None,
        noise=None,
        surrogate=None,
        margin=None,
        variance_by_order=(),
        parameters=(
            *(
                answers.silent_result(parameter, because=because, estimable=True)
                for parameter in frame.space.parameters
            ),
            *(
                answers.silent_result(
                    parameter, because="it has one value in all used runs", estimable=False
                )
                for parameter in frame.constants
            ),
        ),
        interactions=(),
        surface=None,
        groups=(),
        failures=None,
        findings=found,
        checks=(),
        best=(),
        plan=None,
        points=(),
        provenance=summary.provenance(frame, seed=seed, command=command),
    )
