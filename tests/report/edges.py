"""Reports at the edges: none of them may break a rendering, each has to read well."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from itertools import cycle

from analysis.results import (
    Accumulation,
    Check,
    Exclusion,
    Interaction,
    Marginal,
    Report,
    RunCounts,
    RunPoint,
)
from analysis.sentences import english, english_hint, said
from tests.report.planted import planted, unjudged, withheld
from tests.report.planted_detail import detailed


def no_runs() -> Report:
    """Nothing was logged yet."""
    report = withheld(said("withheld.no_runs", metric="val_error"))
    return replace(
        report, runs=RunCounts(used=0, configurations=0, failed=0, excluded=()), noise=None,
        surrogate=None, parameters=(), findings=(), checks=(), best=(), plan=None, points=(),
        failures=None, provenance=replace(report.provenance, created="", digest=""),
    )  # fmt: skip


def all_failed() -> Report:
    """Every run crashed: the failures are the finding."""
    report = no_runs()
    why = said("withheld.all_failed", metric="val_error", n=40)
    return replace(
        report, withheld_says=why, withheld_because=english(why), withheld_cure=english_hint(why),
        runs=RunCounts(used=0, configurations=0, failed=40,
                       excluded=planted().runs.excluded[1:]),
        failures=planted().failures, parameters=tuple(map(unjudged, planted().parameters)),
    )  # fmt: skip


def one_run() -> Report:
    """A single run."""
    report = withheld(said("withheld.too_few", n=1, d=10, more=11))
    return replace(
        report, runs=RunCounts(used=1, configurations=1, failed=0, excluded=()), noise=None,
        surrogate=None, points=report.points[:1], best=report.best[:1], failures=None, plan=None,
    )  # fmt: skip


def one_parameter() -> Report:
    """Only the learning rate was varied."""
    report = planted()
    points = tuple(replace(point, values=point.values[:1]) for point in report.points)
    return replace(
        report, parameters=report.parameters[:1], interactions=(), surface=None, groups=(("lr",),),
        points=points, variance_by_order=(1.0,), failures=None,
        accumulation=kept(report, {"lr"}), plan=None, findings=(),
    )  # fmt: skip


def many_parameters(n: int = 60) -> Report:
    """Sixty parameters, most of them of no account."""
    report = planted()
    made = [
        replace(report.parameters[i % 10], name=f"{report.parameters[i % 10].name}_{i}")
        for i in range(n)
    ]
    points = tuple(
        replace(point, values=tuple(point.values[i % 10] for i in range(n)))
        for point in report.points
    )
    pairs = tuple(
        Interaction(parameters=(made[i].name, made[j].name), share=0.06 / (1 + i + j), low=0.0,
                    high=0.1 / (1 + i + j))
        for i in range(20) for j in range(i + 1, 20)
    )  # fmt: skip
    return replace(
        report, parameters=tuple(made), points=points, interactions=pairs, surface=None,
        groups=tuple((parameter.name,) for parameter in made), failures=None, accumulation=None,
    )  # fmt: skip


def monstrous() -> Report:
    """520 parameters, eleven thousand pairs, a name as a parameter with 5,000 levels."""
    report = many_parameters(520)
    act = report.parameters[1]
    levels = tuple(f"experiment {i:05d}" for i in range(5000))
    numbers = tuple(0.05 + i / 1e6 for i in range(5000))
    assert act.recommendation is not None
    act = replace(
        act, levels=levels, recommendation=replace(act.recommendation, values=levels[:3000]),
        marginal=Marginal(values=levels, mean=numbers, low=numbers, high=numbers),
    )  # fmt: skip
    names = [p.name for p in report.parameters]
    pairs = tuple(
        Interaction(parameters=(a, b), share=1e-4, low=0.0, high=1e-3)
        for i, a in enumerate(names[:150]) for b in names[i + 1 : 150]
    )  # fmt: skip
    first, *others = report.parameters
    best = tuple(replace(run, parameters=tuple((n, 0.1) for n in names)) for run in report.best)
    return replace(
        report, parameters=(first, act, *others[1:]), interactions=pairs, best=best,
        findings=report.findings * 40,
    )  # fmt: skip


def renamed(report: Report, names: dict[str, str]) -> Report:
    """The same report with other names, everywhere a name occurs."""

    def new(name: str) -> str:
        return names.get(name, name)

    def pairs(items):
        return tuple((new(name), value) for name, value in items)

    surface, plan, failures = report.surface, report.plan, report.failures
    return replace(
        report,
        metric=replace(report.metric, name=new(report.metric.name)),
        parameters=tuple(replace(p, name=new(p.name)) for p in report.parameters),
        interactions=tuple(
            replace(i, parameters=(new(i.parameters[0]), new(i.parameters[1])))
            for i in report.interactions
        ),
        surface=surface and replace(surface, x=new(surface.x), y=new(surface.y)),
        groups=tuple(tuple(map(new, group)) for group in report.groups),
        failures=failures
        and replace(
            failures, parameters=tuple(replace(p, name=new(p.name)) for p in failures.parameters)
        ),
        accumulation=report.accumulation
        and replace(
            report.accumulation, parameters=tuple(map(new, report.accumulation.parameters))
        ),
        best=tuple(replace(run, parameters=pairs(run.parameters)) for run in report.best),
        plan=plan
        and replace(
            plan,
            runs=tuple(replace(run, parameters=pairs(run.parameters)) for run in plan.runs),
            settles=tuple(map(new, plan.settles)),
        ),
    )


def small(report: Report, n: int = 3) -> Report:
    """The same with its first parameters only: enough for what does not depend on their number."""
    names = {p.name for p in report.parameters[:n]}
    points = tuple(replace(point, values=point.values[:n]) for point in report.points)
    pairs = tuple(i for i in report.interactions if set(i.parameters) <= names)
    return replace(
        report, parameters=report.parameters[:n], points=points, interactions=pairs,
        accumulation=kept(report, names),
    )  # fmt: skip


def kept(report: Report, names: set[str]) -> Accumulation | None:
    """The total shares of some parameters only."""
    grown = report.accumulation
    if grown is None:
        return None
    places = [i for i, name in enumerate(grown.parameters) if name in names]
    return replace(
        grown, parameters=tuple(grown.parameters[i] for i in places),
        total=tuple(tuple(row[i] for i in places) for row in grown.total),
    )  # fmt: skip


def long_names() -> Report:
    """Names of 200 characters, which differ only at their ends."""
    names = {p.name: f"{'optimizer.schedule.warmup.' * 8}"[:190] + p.name.rjust(10, "_")
             for p in planted().parameters}  # fmt: skip
    return renamed(planted(), names | {"val_error": "m" * 200})


def hostile(*texts: str) -> Report:
    """At most ten texts wherever a name, a value or a note may stand."""
    report = planted()
    names = dict(zip((p.name for p in report.parameters), texts, strict=False))
    report = renamed(report, names | {"val_error": texts[0]})
    turn = cycle(texts)
    parameters = tuple(
        replace(p, condition=p.condition and next(turn), because=next(turn),
                says=None, marginal=p.marginal if i < 2 else None,
                levels=tuple(next(turn) if isinstance(v, str) else v for v in p.levels),
                recommendation=p.recommendation and replace(p.recommendation, values=tuple(
                    next(turn) if isinstance(v, str) else v for v in p.recommendation.values)))
        for i, p in enumerate(report.parameters)
    )  # fmt: skip
    return replace(
        report, parameters=parameters,
        metric=replace(report.metric, unit=texts[-1]),
        runs=replace(report.runs, excluded=tuple(
            Exclusion(reason=text, count=1, failed=False) for text in texts)),
        findings=tuple(
            replace(report.findings[0], level="warning" if i < 5 else "note", message=text,
                    hint=text, code=text, says=said("one_level.tried", name=text, value=text)
                    if i % 2 else None)
            for i, text in enumerate(texts)),
        checks=tuple(Check(name=text, status="look", detail=text) for text in texts),
        best=tuple(replace(b, run_id=next(turn), command=next(turn), commit=next(turn))
                   for b in report.best),
        plan=report.plan and replace(
            report.plan, runs=tuple(
                replace(r, reason=next(turn), says=None) for r in report.plan.runs)),
        provenance=replace(report.provenance, journal=texts[0], command=texts[1], digest=texts[2],
                           measure=texts[3], created=texts[4], versions=((texts[5], texts[6]),)),
    )  # fmt: skip


def scaled(report: Report, factor: float) -> Report:
    """The objective times a factor: the same answer in another unit."""

    def size(value):
        return None if value is None else value * factor

    def marginal(found: Marginal) -> Marginal:
        times = {k: tuple(map(size, getattr(found, k))) for k in ("mean", "low", "high")}
        return replace(found, **times)

    parameters = []
    for row in report.parameters:
        risk, effect = row.tuning_risk, row.effect
        parameters.append(replace(
            row,
            tuning_risk=risk and replace(risk, mean=size(risk.mean), low=size(risk.low),
                                         high=size(risk.high), worst=size(risk.worst)),
            effect=effect and replace(effect, sd=size(effect.sd), range=size(effect.range)),
            marginal=row.marginal and marginal(row.marginal),
        ))  # fmt: skip
    noise, margin, surface = report.noise, report.margin, report.surface
    return replace(
        report,
        parameters=tuple(parameters),
        noise=noise and replace(noise, sd=size(noise.sd), sd_near_best=size(noise.sd_near_best)),
        margin=margin and replace(margin, metric=size(margin.metric)),
        surface=surface
        and replace(surface, mean=tuple(tuple(map(size, row)) for row in surface.mean)),
        best=tuple(
            replace(run, value=size(run.value), predicted=size(run.predicted))
            for run in report.best
        ),
        points=tuple(
            replace(point, objective=size(point.objective), predicted=size(point.predicted))
            for point in report.points
        ),
    )


def extreme_settings() -> Report:
    """A parameter from 1e-300 to 1e300, and values a plot cannot place."""
    report = planted()
    lr = report.parameters[0]
    assert lr.marginal is not None
    values = tuple(10.0**power for power in range(-300, 301, 30))
    domain = (1e-300, 1e300)
    lr = replace(lr, domain=domain, marginal=replace(lr.marginal, values=values))
    odd: tuple[RunPoint, ...] = tuple(
        replace(point, values=((1e-300, 1e300, None, float("inf"), 0.0, "auto")[i % 6],
                               *point.values[1:]))
        for i, point in enumerate(report.points)
    )  # fmt: skip
    return replace(report, parameters=(lr, *report.parameters[1:]), points=odd)


EDGES: dict[str, Callable[[], Report]] = {
    "given": planted,
    "withheld": withheld,
    "everything asked for": lambda: small(detailed()),
    "no runs": no_runs,
    "all failed": all_failed,
    "one run": one_run,
    "one parameter": one_parameter,
    "sixty parameters": many_parameters,
    "names of 200 characters": long_names,
    "values near 1e-300": lambda: small(scaled(planted(), 1e-298)),
    "values near 1e300": lambda: small(scaled(planted(), 1e300)),
    "settings from 1e-300 to 1e300": lambda: small(extreme_settings()),
    "log scale": lambda: replace(
        small(scaled(planted(), 10.0)),
        metric=replace(planted().metric, transform="log10", unit="s"),
    ),
    "ranks": lambda: replace(small(planted()), metric=replace(planted().metric, transform="rank")),
    "no noise": lambda: replace(small(planted()), noise=None, margin=None),
    "maximize": lambda: replace(
        small(scaled(planted(), -1.0)),
        metric=replace(planted().metric, direction="maximize"),
        noise=planted().noise, margin=planted().margin,
    ),
}  # fmt: skip
