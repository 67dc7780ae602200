"""Reports at the edges: none of them may break a rendering, each has to read well."""

from __future__ import annotations

from dataclasses import replace

from analysis.results import (
    Exclusion,
    Interaction,
    Marginal,
    Report,
    RunCounts,
    RunPoint,
)
from tests.report.planted import planted, unjudged, withheld


def no_runs() -> Report:
    """Nothing was logged yet."""
    report = withheld(
        because="No finished run has a usable val_error.", cure="Log some runs that finish."
    )
    return replace(
        report, runs=RunCounts(used=0, configurations=0, failed=0, excluded=()), noise=None,
        surrogate=None, parameters=(), findings=(), checks=(), best=(), plan=None, points=(),
        failures=None, provenance=replace(report.provenance, created="", digest=""),
    )  # fmt: skip


def all_failed() -> Report:
    """Every run crashed: the failures are the finding."""
    report = no_runs()
    return replace(
        report,
        runs=RunCounts(used=0, configurations=0, failed=40,
                       excluded=(Exclusion(reason="no val_error", count=3),)),
        failures=planted().failures, parameters=tuple(map(unjudged, planted().parameters)),
    )  # fmt: skip


def one_run() -> Report:
    """A single run."""
    report = withheld(because="1 configuration is too few for 10 parameters.", cure="11 more.")
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
        groups=tuple((parameter.name,) for parameter in made), failures=None,
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
        best=tuple(replace(run, parameters=pairs(run.parameters)) for run in report.best),
        plan=plan
        and replace(
            plan,
            runs=tuple(replace(run, parameters=pairs(run.parameters)) for run in plan.runs),
            settles=tuple(map(new, plan.settles)),
        ),
    )


def long_names() -> Report:
    """Names of 200 characters, which differ only at their ends."""
    names = {p.name: f"{'optimizer.schedule.warmup.' * 8}"[:190] + p.name.rjust(10, "_")
             for p in planted().parameters}  # fmt: skip
    return renamed(planted(), names | {"val_error": "m" * 200})


def hostile(text: str) -> Report:
    """One text wherever a name, a value or a note may stand."""
    report = renamed(planted(), {"lr": text, "val_error": text})
    act = report.parameters[1]
    assert act.marginal is not None
    levels = (text, *act.levels[1:])
    act = replace(act, levels=levels, condition=text, because=text,
                  marginal=replace(act.marginal, values=levels))  # fmt: skip
    return replace(
        report, parameters=(report.parameters[0], act, *report.parameters[2:]),
        metric=replace(report.metric, unit=text),
        runs=replace(report.runs, excluded=(Exclusion(reason=text, count=1),)),
        findings=tuple(replace(f, message=text, hint=text, code=text) for f in report.findings),
        checks=tuple(replace(c, name=text, detail=text) for c in report.checks),
        best=tuple(replace(b, run_id=text, command=text, commit=text) for b in report.best),
        plan=report.plan and replace(
            report.plan, runs=tuple(replace(r, reason=text) for r in report.plan.runs)),
        provenance=replace(report.provenance, journal=text, command=text, digest=text,
                           measure=text, created=text, versions=((text, text),)),
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


EDGES = {
    "given": planted,
    "withheld": withheld,
    "no runs": no_runs,
    "all failed": all_failed,
    "one run": one_run,
    "one parameter": one_parameter,
    "sixty parameters": many_parameters,
    "names of 200 characters": long_names,
    "values near 1e-300": lambda: scaled(planted(), 1e-298),
    "values near 1e300": lambda: scaled(planted(), 1e300),
    "settings from 1e-300 to 1e300": extreme_settings,
    "log scale": lambda: replace(
        scaled(planted(), 10.0), metric=replace(planted().metric, transform="log10", unit="s")
    ),
    "ranks": lambda: replace(planted(), metric=replace(planted().metric, transform="rank")),
    "no noise": lambda: replace(planted(), noise=None, margin=None),
    "maximize": lambda: replace(
        scaled(planted(), -1.0),
        metric=replace(planted().metric, direction="maximize"),
        noise=planted().noise, margin=planted().margin,
    ),
}  # fmt: skip
