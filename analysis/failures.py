"""Which parameters make runs fail? Failure as a yes/no objective of its own.

The objective is 1 for a run that failed (by status, or by ending with NaN, an infinity or a number
that stands for no result) and 0 for one that was used. `failure_frame` gives it as a frame, so that
any method reads it; `failures` asks such a method for total shares if one is given. Without one, it
gives the share of the variance of the configurations' failure rates that lies between the levels
(or fifths) of each parameter, corrected for bias (ε², Kelley 1935), its interval by resampling
configurations. Whatever the method, a share's lower end lies above 0 exactly where a test of the
parameter given the others says that failures depend on it (`analysis.failure_causes`).
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace

import numpy as np
import pandas as pd
from scipy.stats import binom

from analysis.failure_causes import causes
from analysis.failure_corners import corners
from analysis.failure_groups import binned, epsilon_squared, spanned
from analysis.fitted import canonical
from analysis.frame import Frame
from analysis.indices import RESOLUTION
from analysis.results import (
    FailureParameter,
    Failures,
    Finding,
    ParameterResult,
    Recommendation,
    Said,
    Share,
)
from analysis.results_runs import FailureCorner
from analysis.runs import FailedRuns
from analysis.sentences import finding, said
from analysis.space import NONE
from journal.facts import FACTS
from journal.filter_writer import filter_text

MIN_FAILED = 3
MIN_CONFIGURATIONS = 10
N_RESAMPLES = 200
BY_CHANCE = 0.05
"""Runs of a recommendation fail more often than all if lot lets them do so less often than this."""

Decompose = Callable[[Frame], Mapping[str, Share]]
"""Total shares by parameter of a frame's objective."""


def failure_frame(frame: Frame) -> Frame | None:
    """Used and failed runs with objective 1 (failed) or 0; None where no run failed.

    Its space is that of all these runs: a level or a range in which every run failed is in it.
    """
    failed = frame.failed
    if failed is None:
        return None
    n = len(failed.failed)
    return replace(
        frame,
        space=failed.space,
        metric="failed",
        direction="minimize",
        codes=failed.codes,
        objective=failed.failed.astype(float),
        order=np.arange(n, dtype=float),
        run_ids=tuple(str(row) for row in range(n)),
        values=failed.values,
        seeds=(None,) * n,
        seconds=np.full(n, np.nan),
        blocks=pd.DataFrame(index=range(n)),
        constants=(),
        nuisance=(),
        failed=None,
        excluded=(),
        notes=(),
        other_metrics={},
        context=(),
        transform="none",
        unit=None,
        unlike=None,
        taken_df=0.0,
        step=None,
    )


def failures(
    frame: Frame,
    *,
    rng: np.random.Generator,
    decompose: Decompose | None = None,
    workers: int = 1,
) -> Failures | None:
    """How many runs fail, and which parameters drive it; None where none failed.

    With fewer than three failed runs or ten configurations only the share is given.
    """
    failed, yes_no = frame.failed, failure_frame(frame)
    if failed is None or yes_no is None:
        return None
    share = float(failed.failed.mean())
    few = failed.failed.sum() < MIN_FAILED or yes_no.n_configurations < MIN_CONFIGURATIONS
    if few or share == 1.0:
        return Failures(share=share, parameters=())
    ordered = canonical(yes_no)
    totals = decompose(ordered) if decompose is not None else between_shares(ordered, rng=rng)
    found = causes(ordered, rng=rng.spawn(1)[0], workers=workers)
    parameters = [
        FailureParameter(
            name=name,
            total=_tested(total, real=name in found),
            rates=failure_rates(failed, name),
            worst=_where_most(failed, name, among=np.ones_like(failed.failed)),
        )
        for name, total in totals.items()
    ]
    parameters.sort(key=lambda parameter: (-parameter.total.share, parameter.name))
    drivers = [parameter.name for parameter in parameters if parameter.name in found]
    together = corners(ordered, drivers)
    return Failures(share=share, parameters=tuple(parameters), together=together)


def see_them(frame: Frame) -> str:
    """A filter that keeps most of the runs without a result: by status, or by what they gave."""
    failed = frame.failed
    if failed is None or failed.value is None or 2 * failed.reported >= failed.failed.sum():
        return "status=failed"
    taken = {*FACTS, *frame.space.names, *(p.name for p in (*frame.constants, *frame.nuisance))}
    kind = "metrics" if failed.metric in taken else ""
    return filter_text(failed.metric, "=", value=failed.value, kind=kind)


def failure_findings(found: Failures | None, *, where: str) -> list[Finding]:
    """One sentence: how many give no result, and on which parameters it depends.

    where: a filter that shows them.
    """
    if found is None:
        return []
    together = {name for both in found.together for name, _ in both.parameters}
    drivers = [p for p in found.parameters if p.total.low > 0 or p.name in together]
    if not drivers:
        return [finding("failures.unknown", level="note", share=found.share, where=where)]
    told = tuple(
        said("failures.driver", name=p.name, failed=p.worst[1], n=p.worst[2], at=p.worst[0])
        for p in drivers
    )
    names = [p.name for p in drivers]
    if not found.together:
        return [
            finding("failures.driven", *names, share=found.share, drivers=told[:3], where=where)
        ]
    met = tuple(map(_met, found.together))
    return [
        finding("failures.driven.together", *names, share=found.share, drivers=told[:3],
                corners=met, where=where)
    ]  # fmt: skip


def known_to_fail(findings: Sequence[Finding], found: Failures | None) -> list[Finding]:
    """The findings, without advice (`bad_end`) to try once more what fails where two meet.

    The corner is named instead: half of its failures, at least, may lie at that end.
    """
    return [_in_corner(item, found.together) if found else item for item in findings]


def _in_corner(item: Finding, corners: Sequence[FailureCorner]) -> Finding:
    if item.code != "bad_end" or item.says is None:
        return item
    facts, side = dict(item.says.facts), item.says.key.rpartition(".")[2]
    for corner in corners:
        names = [name for name, _ in corner.parameters]
        if facts["name"] in names and 2 * int(str(facts["failed"])) >= corner.failed:
            facts["corner"] = _met(corner)
            return finding(f"bad_end.corner.{side}", *item.parameters, level="warning", **facts)
    return item


def _met(corner: FailureCorner) -> Said:
    """Where two parameters make runs fail together."""
    (a, at), (b, beside) = corner.parameters
    return said(
        "failures.corner", a=a, at=at, b=b, beside=beside, failed=corner.failed, n=corner.runs
    )


def with_hazards(
    results: Sequence[ParameterResult], found: Failures | None, *, failed: FailedRuns | None
) -> tuple[ParameterResult, ...]:
    """The parameters, each with where what is recommended of it reaches into what fails most.

    Of those that failures depend on; a recommendation is made of the runs that did not fail.
    """
    if found is None or failed is None:
        return tuple(results)
    drivers = {parameter.name for parameter in found.parameters if parameter.total.low > 0}
    return tuple(
        replace(one, recommendation=replace(best, hazard=_hazard(failed, one.name, best)))
        if (best := one.recommendation) and one.name in drivers
        else one
        for one in results
    )


def _hazard(failed: FailedRuns, name: str, best: Recommendation) -> tuple[str, int, int] | None:
    """Where most of the recommended fail, if more often than all runs, and not by chance."""
    column, overall = failed.space.index(name), float(failed.failed.mean())
    held = np.array([best.holds(row[column]) for row in failed.values])
    if failed.failed[held].sum() < MIN_FAILED:
        return None
    at, fails, runs = _where_most(failed, name, among=held)
    parts = len(failure_rates(failed, name))
    by_chance = float(binom.sf(fails - 1, runs, overall)) * parts
    return (at, fails, runs) if by_chance < BY_CHANCE else None


def failure_rates(failed: FailedRuns, name: str) -> tuple[tuple[str, int, int], ...]:
    """(setting or range, failed runs, all runs) along one parameter."""
    parameter = failed.space[name]
    groups, labels = binned(failed.codes[:, failed.space.index(name)], parameter)
    return tuple(
        (label, int(failed.failed[groups == group].sum()), int((groups == group).sum()))
        for group, label in enumerate(labels)
    )


def _where_most(failed: FailedRuns, name: str, *, among: np.ndarray) -> tuple[str, int, int]:
    """The same where most fail: a group, and those beside it in an order that fail much alike.

    They do if their rate lies nearer to the highest than to that of all runs. Each is taken as if
    two more runs had failed as often as all: one run of one level is not the worst.
    among: (n,) bool, the runs that are looked at; some of them failed.
    """
    parameter, column = failed.space[name], failed.codes[:, failed.space.index(name)]
    groups, labels = binned(column, parameter)
    overall = float(failed.failed.mean())
    there = [(groups == group) & among for group in range(len(labels))]
    smooth = np.array([(failed.failed[at].sum() + 2 * overall) / (at.sum() + 2) for at in there])
    first = last = int(np.argmax(smooth * [at.any() for at in there]))
    alike = smooth >= (overall + smooth[first]) / 2
    n_ordered = len(labels) - bool((column == NONE).any() or None in parameter.levels)
    if parameter.ordered and first < n_ordered:
        while first > 0 and alike[first - 1]:
            first -= 1
        while last < n_ordered - 1 and alike[last + 1]:
            last += 1
    inside = (first <= groups) & (groups <= last) & among
    label = labels[first] if first == last and among.all() else spanned(column[inside], parameter)
    return label, int(failed.failed[inside].sum()), int(inside.sum())


def _tested(total: Share, *, real: bool) -> Share:
    """The share, above 0 where the test says that there is one, by no less than is told apart."""
    low = min(max(total.low, RESOLUTION), total.share) if real else 0.0
    return replace(total, low=low)


def between_shares(yes_no: Frame, *, rng: np.random.Generator) -> dict[str, Share]:
    """Share of the variance of failure rates that lies between levels or fifths; see above."""
    rates, names = yes_no.means, yes_no.space.names
    groups = [
        binned(yes_no.configuration_codes[:, j], parameter)[0]
        for j, parameter in enumerate(yes_no.space.parameters)
    ]
    observed = np.array([epsilon_squared(rates, group) for group in groups])
    draws = rng.integers(0, len(rates), (N_RESAMPLES, len(rates)))
    resampled = np.array([[epsilon_squared(rates[d], g[d]) for g in groups] for d in draws])
    low, high = np.quantile(resampled, [0.025, 0.975], axis=0)
    return {
        name: Share(
            share=float(observed[j]),
            low=float(min(low[j], observed[j])),
            high=float(max(high[j], observed[j])),
        )
        for j, name in enumerate(names)
    }
