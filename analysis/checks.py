"""Can you trust this? Each check is one line: pass, look or fail, with the number behind it."""

from __future__ import annotations

import numpy as np
from scipy.stats import spearmanr

from analysis.noise import FEWEST, NoiseModel
from analysis.results import Accumulation, Check, Report, Said, Status, Transform
from analysis.sentences import english, said, told
from analysis.study import Study

FOUND = {
    "coverage": ("gaps", "unbalanced"),
    "aliasing": ("aliased", "collinear", "one_at_a_time"),
    "crowding": ("crowded",),
    "failures": ("failures", "nan_success", "infinite", "sentinel"),
}
"""Checks that repeat findings, in the order they are read: their codes."""
OF_RESIDUALS = ("two_groups", "heavy_tails", "leverage", "drift", "versions")
HALFWAY = 0.5
"""A skill that reaches this part of what noise leaves is good enough; of all, if nobody knows."""
SURE, UNSURE, LARGE = 0.01, 0.2, 0.1
"""The classical test and the surrogate differ on a parameter whose p lies below the first though
its share is too small, or above the second though its share is surely beyond the third."""
FUNNEL = 0.5
"""Residuals form a funnel from this rank correlation of their size with the prediction."""
MOVED = 0.1
"""A total share that changes by more when the last runs are added is not stable yet."""


def checks(report: Report, study: Study, *, noise: NoiseModel) -> tuple[Check, ...]:
    """The lines, in the order they are read."""
    return (
        _evidence(study),
        _noise(noise, report.metric.transform),
        _skill(report, study),
        _residuals(report, study),
        *(_found(report, name, codes) for name, codes in FOUND.items()),
        _agreement(report),
        _stability(report),
    )


def _check(name: str, status: Status, says: Said) -> Check:
    return Check(name=name, status=status, detail=english(says), says=says)


def _evidence(study: Study) -> Check:
    n, d = study.frame.n_configurations, max(len(study.frame.space), 1)
    if study.frame.complete:
        return _check("configurations", "pass", said("check.configurations.complete", n=n))
    status: Status = "pass" if n / d >= 10 else "look" if n / d >= 5 else "fail"
    return _check("configurations", status, said("check.configurations", n=n, d=d, each=n / d))


def _noise(noise: NoiseModel, transform: Transform) -> Check:
    """One standard deviation, in the unit that the head says it in: a factor where it is log10."""
    status: Status = "pass" if noise.source == "replicates" and noise.df >= 10 else "look"
    if transform == "log10":
        factor = 10.0 ** min(noise.sd, 300.0)
        says = said(f"check.noise.{noise.source}.log10", factor=factor, df=noise.df)
        return _check("noise", status, says)
    key = f"check.noise.{noise.source}" + (".rank" if transform == "rank" else "")
    return _check("noise", status, said(key, sd=noise.sd, df=noise.df))


def _skill(report: Report, study: Study) -> Check:
    assert report.surrogate is not None
    choice, ceiling = study.choice, report.surrogate.ceiling
    if study.frame.complete and study.frame.n_configurations < FEWEST:
        return _check("skill", "pass", said("check.skill.complete"))
    says = said("check.skill", skill=choice.skill, ceiling=ceiling)
    if study.noise.source == "residual":
        says = said("check.skill.alone", skill=choice.skill)
    return _check("skill", "pass" if choice.skill >= HALFWAY * ceiling else "look", says)


def _residuals(report: Report, study: Study) -> Check:
    """Two groups, tails, a trend in time; and a funnel: do residuals grow with the level?"""
    found = _found(report, "residuals", OF_RESIDUALS)
    predicted = study.choice.held_out
    size = np.abs(study.choice.target - predicted)
    few = len(size) < FEWEST
    if few or found.status != "pass" or np.ptp(predicted) == 0 or np.ptp(size) == 0:
        return found
    rho = float(spearmanr(predicted, size).statistic)
    if abs(rho) < FUNNEL:
        return found
    side = "high" if rho > 0 else "low"
    return _check("residuals", "look", said(f"check.residuals.funnel.{side}", rho=abs(rho)))


def _found(report: Report, name: str, codes: tuple[str, ...]) -> Check:
    """The worst of some findings as one line."""
    found = told([item for item in report.findings if item.code in codes])
    worst = {item.level for item in found}
    status: Status = "fail" if "error" in worst else "look" if "warning" in worst else "pass"
    heard = tuple(item.says for item in found if item.says is not None)
    says = said("check.found", told=heard) if heard else said(f"check.{name}.clear")
    return _check(name, status, says)


def _agreement(report: Report) -> Check:
    """Do the classical ANOVA and the surrogate contradict each other, and how much do both find?

    What acts only together with others has no main effect for the one and a share for the other;
    so has what bends, where the test has straight lines alone.
    A p between `SURE` and `UNSURE` contradicts nothing, and is no agreement either.
    """
    pairs = {p.name: (p.anova, p.total) for p in report.parameters if p.anova and p.total}
    if not pairs:
        return _check("agreement", "look", said("check.agreement.none"))
    missed = [n for n, (t, total) in pairs.items() if t.p_adjusted > UNSURE and total.low > LARGE]
    more = [
        name
        for name, (test, total) in pairs.items()
        if test.p_adjusted < SURE and test.omega_low > total.high
    ]
    odd = tuple(
        said(f"check.agreement.{way}", odd=tuple(names))
        for way, names in (("missed", missed), ("more", more))
        if names
    )
    if odd:
        return _check("agreement", "look", said("check.agreement.odd", told=odd))
    margin = report.margin.share if report.margin else LARGE
    found = [(t.p_adjusted < SURE, total.low > margin) for t, total in pairs.values()]
    silent = [(t.p_adjusted > UNSURE, total.low <= margin) for t, total in pairs.values()]
    both, neither = sum(map(all, found)), sum(map(all, silent))
    counted = {"both": both, "neither": neither, "open": len(pairs) - both - neither}
    facts = {"n": len(pairs), "sure": SURE, "unsure": UNSURE, "margin": margin}
    return _check("agreement", "pass", said("check.agreement.counted", **facts, **counted))


def _stability(report: Report) -> Check:
    """Do ranks hold when the runs are drawn again, and shares when the last runs are added?

    Those that hold next to nothing change places for nothing: their ranks are not counted.
    """
    margin = report.margin.share if report.margin else 0.0
    widths = [
        p.rank_high - p.rank_low
        for p in report.parameters
        if p.rank_low is not None and p.rank_high is not None
        if p.total is None or p.total.high >= margin
    ]
    width = float(np.median(widths)) if widths else 0.0
    held = (p.rank_stability for p in report.parameters if p.rank_stability is not None)
    first = next(held, 0.0)
    moved = _moved(report.accumulation)
    facts = {"width": width, "first": first, "margin": margin}
    says = (
        said("check.stability.ranks", **facts)
        if moved is None
        else said("check.stability.grown", **facts, name=moved[0], change=moved[1], n=moved[2])
    )
    stable = width <= 2 and (moved is None or moved[1] <= MOVED)
    return _check("stability", "pass" if stable else "look", says)


def _moved(grown: Accumulation | None) -> tuple[str, float, int] | None:
    """The parameter whose total share moved most with the last runs, by how much, from how many."""
    if grown is None or len(grown.configurations) < 2 or not grown.parameters:
        return None
    before, after = (np.array(row) for row in grown.total[-2:])
    most = int(np.argmax(np.abs(after - before)))
    change = float(abs(after[most] - before[most]))
    return grown.parameters[most], change, grown.configurations[-2]
