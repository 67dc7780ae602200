"""The assessment: from a frame to the whole answer, or to the reason why there is none.

The main path of the analysis, top to bottom: scale and blocks, findings, surrogates and noise
(`fitted`), skill, components, intervals and risks (`study`), verdicts and failures (`judging`),
groups, plan.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from numbers import Real

import numpy as np

from analysis import answers, summary
from analysis.accumulation import accumulation
from analysis.blocking import block_settings, blocks_of_runs, confounded, without_blocks
from analysis.checks import checks
from analysis.classical import Classical
from analysis.enough import require_enough, require_skill
from analysis.errors import Misused, Withheld, require_kind, shown
from analysis.failures import failure_findings, known_to_fail, see_them, with_hazards
from analysis.findings import findings, ordered
from analysis.fitted import Fitted, fitted
from analysis.frame import Frame
from analysis.interplay import block_named
from analysis.judging import Judge, constant, why_failed
from analysis.options import PLANNED, SHARE_MARGIN
from analysis.passing import times
from analysis.planner import plan
from analysis.poor_corners import corners
from analysis.regions import n_active
from analysis.results import Failures, Finding, Margin, Metric, Report, RunCounts
from analysis.results_runs import Scalar
from analysis.sentences import said
from analysis.study import Study, study
from analysis.threads import one_thread
from analysis.together import surface
from analysis.transform import How, transformed
from analysis.usable import require_count, require_working

Progress = Callable[[str, float], None]
"""Called with what is being done and the fraction done so far (0 to 1)."""

Asked = tuple[tuple[str, Scalar], ...]
PLAIN = Classical()


@one_thread
def assess(
    frame: Frame,
    *,
    rng: int | np.integer | np.random.Generator = 0,
    margin: float | None = None,
    share_margin: float = SHARE_MARGIN,
    transform: How = "auto",
    workers: int = 1,
    progress: Progress | None = None,
    command: str = "",
    planned: int = PLANNED,
    classical: Classical = PLAIN,
) -> Report:
    """Which parameters are critical, which negligible, and what to do next?

    rng: a seed, or a generator. transform: the scale of the objective: "auto" by stated rules
    (`analysis.transform`), "none", "log10" or "rank". workers: pieces of work side by side, by
    joblib's backend. progress: called with what is being done and the part done. command: kept in
    the report, as what made it.
    margin: the smallest loss that would change a decision, in the metric's unit (default: the noise
    near the best); share_margin: the same for shares of variance; planned: runs to propose;
    classical: which classical tests are made, and which levels compared. The same frame, seed and
    settings give the same report, whatever the number of workers.
    Raises `Misused` for unusable settings; too little evidence is an answer, not an error.
    """
    _require_kinds(frame, classical, command)
    _require_margins(margin, share_margin)
    require_working(rng, workers=workers, progress=progress)
    require_count(planned, where="planned", least=0)
    seed = int(rng) if isinstance(rng, int | np.integer) else None
    study_rng, judge_rng, plan_rng, growth_rng = np.random.default_rng(rng).spawn(4)
    tell = progress or _silent
    tell("reading the design", 0.0)
    classical.check(frame)
    rescaled, of_scale = transformed(frame, transform)
    level, of_blocks = without_blocks(rescaled)
    seen = findings(rescaled, logged=frame) if rescaled.measurable else ()
    found = (*seen, *of_scale, *of_blocks)
    asked = _asked(frame, margin, share_margin, transform, seed)
    report = _unanswered(level, found, seed=seed, command=command, asked=asked)
    there = whole = None
    try:
        require_enough(level)
        tell("fitting", 0.1)
        there = fitted(level, study_rng, workers=workers)
        bar = summary.margin(margin, share_margin, raw=frame, rescaled=rescaled, there=there)
        report = _described(report, there, bar, summary.logged(frame, level))
        require_skill(there, apart_in=block_named(of_blocks))
        whole = study(there, workers=workers, corners=corners(level), times=times(level))
        judge = Judge(
            whole, level, frame, bar, judge_rng, workers, classical(rescaled), confounded(rescaled)
        )
        grown = accumulation(whole, growth_rng, workers=workers, without=judge.apart)
        report = replace(report, accumulation=grown)
        report = _answered(report, whole, judge, tell)
    except Withheld as reason:
        failed = why_failed(level, judge_rng, workers=workers)
        report = _withheld(report, reason, failed, where=see_them(level))
    report = _pictured(report, there)
    tell("planning", 0.9)
    if planned:
        report = _planned(report, whole, level, planned, plan_rng, rescaled=rescaled)
    tell("done", 1.0)
    return report


def _require_kinds(frame: object, classical: object, command: object) -> None:
    """Raises `Misused` for what is of another kind."""
    require_kind(frame, Frame, what="what is assessed", hint="see Frame.from_table")
    require_kind(classical, Classical, what="classical", hint='Classical.of(["robust"])')
    require_kind(command, str, what="command", hint="what made the report, to be kept in it")


def _require_margins(margin: object, share_margin: object) -> None:
    """Raises `Misused` for a margin that no analysis can be made with."""
    number = isinstance(margin, Real) and not isinstance(margin, bool)
    if margin is not None and not (number and 0 < float(margin) < float("inf")):  # type: ignore[arg-type]
        raise Misused(f"a margin must be above 0 and finite, not {shown(margin)}", where="margin")
    if not (isinstance(share_margin, Real) and 0 < float(share_margin) < 1):
        raise Misused(
            f"a share margin lies between 0 and 1, not {shown(share_margin)}", where="share_margin"
        )


def _withheld(report: Report, reason: Withheld, failed: Failures | None, *, where: str) -> Report:
    """The report with the reason why it has no answer, and what can be said all the same."""
    return replace(
        report,
        failures=failed,
        findings=ordered((*report.findings, *failure_findings(failed, where=where))),
        withheld_because=reason.message,
        withheld_cure=reason.hint,
        withheld_says=reason.says,
    )


def _silent(what: str, done: float) -> None:
    """No progress is wanted."""


def _described(report: Report, there: Fitted, margin: Margin, logged: summary.Logged) -> Report:
    """The report with all that holds whether or not an answer can be given."""
    return replace(
        report,
        noise=there.noise.summary(),
        margin=margin,
        surrogate=summary.surrogate(there),
        best=summary.best_runs(there, logged),
    )


def _pictured(report: Report, there: Fitted | None) -> Report:
    """The report with its runs for the pictures, where something fits them."""
    if there is None:
        return report
    return replace(report, points=summary.points(there, report.parameters))


def _answered(report: Report, whole: Study, judge: Judge, tell: Progress) -> Report:
    """The report with verdicts, groups and failures."""
    tell("judging", 0.5)
    results = judge.parameters()
    measured = judge.pairs()
    told_apart = [p for p in measured if judge.apart.keys().isdisjoint(p.interaction.parameters)]
    ties = {pair.interaction.parameters: pair.high for pair in measured}
    ties |= {(name, other): 1.0 for name, others in judge.apart.items() for other in others}
    tell("asking why runs fail", 0.7)
    failed = why_failed(judge.frame, judge.rng, workers=judge.workers)
    where = see_them(judge.frame)
    told = {item.code for item in report.findings if item.code == "two_groups"}
    special = [item for item in known_to_fail(judge.findings(), failed) if item.code not in told]
    kept = [item for item in report.findings if item.code not in {one.code for one in special}]
    report = replace(
        report,
        answer="given",
        classical=judge.classical,
        strata=judge.strata,
        parameters=with_hazards(results, failed, failed=judge.frame.failed),
        interactions=tuple(pair.interaction for pair in told_apart),
        surface=surface(told_apart),
        groups=answers.groups(results, ties, share_margin=judge.margin.share),
        variance_by_order=whole.decomposition.by_order,
        failures=failed,
        findings=ordered((*kept, *special, *failure_findings(failed, where=where))),
    )
    return replace(report, checks=checks(report, whole, noise=whole.noise))


def _planned(
    report: Report,
    whole: Study | None,
    frame: Frame,
    n: int,
    rng: np.random.Generator,
    *,
    rescaled: Frame,
) -> Report:
    """The report with what to run next; without an answer, no surrogate is trusted to choose.

    rescaled: the frame with its blocks, which runs are to be made in.
    """
    trusted = whole if report.answer == "given" else None
    return replace(
        report,
        plan=plan(
            trusted.frame if trusted else frame,
            report,
            surrogate=trusted.choice.for_shares if trusted else None,
            n=n,
            rng=rng,
            blocks=block_settings(rescaled),
            block_of=dict(zip(rescaled.run_ids, blocks_of_runs(rescaled), strict=True)),
        ),
    )


def _asked(
    frame: Frame, margin: float | None, share_margin: float, transform: How, seed: int | None
) -> Asked:
    """What was asked, as options of a command; nothing where the runs are of no journal."""
    own: Asked = (("margin", margin), ("share_margin", share_margin), ("transform", transform))
    plain = (None, SHARE_MARGIN, "auto")
    changed = [told for told, usual in zip(own, plain, strict=True) if told[1] != usual]
    changed += [("seed", seed)] if seed else []
    return (*frame.asked, *changed) if frame.source else ()


def _unanswered(
    frame: Frame, found: tuple[Finding, ...], *, seed: int | None, command: str, asked: Asked
) -> Report:
    """A report with everything but the answer."""
    why = said("silent.withheld")
    silent = [
        answers.silent_result(item, because=why, estimable=True, n=n_active(frame, item))
        for item in frame.space.parameters
    ]
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
        parameters=(*silent, *(constant(frame, parameter) for parameter in frame.constants)),
        interactions=(),
        surface=None,
        groups=(),
        failures=None,
        findings=ordered(found),
        checks=(),
        best=(),
        plan=None,
        points=(),
        provenance=replace(summary.provenance(frame, seed=seed, command=command), asked=asked),
    )
