"""What was declared about metrics and parameters, as the analysis wants to know it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace

from journal.events import Declared
from journal.identity import is_seed
from journal.values import Scalar


@dataclass(frozen=True, slots=True, kw_only=True)
class MetricDeclaration:
    """Which way a metric is better (``minimize``, ``maximize``), and its unit; None: not said."""

    name: str
    direction: str | None = None
    unit: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class ParameterDeclaration:
    """What a parameter may be and what it is for; None and empty: not said.

    domain: (low, high) of a numeric parameter. levels: the values of one that has only those.
    scale: ``linear`` or ``log``. role: ``studied``, ``block``, ``nuisance`` or ``constant``.
    condition: active only where each named parameter has one of the values given.
    """

    name: str
    domain: tuple[float, float] | None = None
    levels: tuple[Scalar, ...] = ()
    scale: str | None = None
    role: str | None = None
    condition: Mapping[str, tuple[Scalar, ...]] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Declarations:
    """All that was declared, by name.

    names: what parameters are called that had another name; empty for a name that two had in turn.
    """

    metrics: Mapping[str, MetricDeclaration] = field(default_factory=dict)
    parameters: Mapping[str, ParameterDeclaration] = field(default_factory=dict)
    names: Mapping[str, str] = field(default_factory=dict)

    def renamed(self, old: str, new: str) -> Declarations:
        """The same after parameter ``old`` is called ``new`` (which keeps its own, if it has)."""
        parameters = {
            name: replace(
                known,
                condition={new if n == old else n: v for n, v in known.condition.items()},
            )
            for name, known in self.parameters.items()
        }
        moved = parameters.pop(old, None)
        if moved is not None and new not in parameters:
            parameters[new] = replace(moved, name=new)
        names = {was: new if now == old else now for was, now in self.names.items()}
        names[old] = "" if old in names else new  # it stood for two, one after the other
        names = {was: now for was, now in names.items() if was != now}
        return replace(self, parameters=parameters, names=names)


def declare(known: Declarations, event: Declared) -> Declarations:
    """The declarations with one more: what it says replaces, what it leaves open stays.

    Levels take the place of domain and scale, and these of levels: a parameter has one or the
    other. One that says nothing at all of its name takes back what was said before.
    """
    if _says_nothing(event):
        metrics = {name: m for name, m in known.metrics.items() if name != event.metric}
        parameters = {name: p for name, p in known.parameters.items() if name != event.parameter}
        return replace(known, metrics=metrics, parameters=parameters)
    if event.metric is not None:
        metric = known.metrics.get(event.metric, MetricDeclaration(name=event.metric))
        metric = replace(
            metric,
            direction=event.direction or metric.direction,
            unit=metric.unit if event.unit is None else event.unit,
        )
        return replace(known, metrics={**known.metrics, event.metric: metric})
    name = str(event.parameter)
    parameter = known.parameters.get(name, ParameterDeclaration(name=name))
    if event.levels:
        parameter = replace(parameter, domain=None, scale=None)
    elif event.domain or event.scale:
        parameter = replace(parameter, levels=())
    parameter = replace(
        parameter,
        domain=event.domain or parameter.domain,
        levels=event.levels or parameter.levels,
        scale=event.scale or parameter.scale,
        role=event.role or parameter.role,
        condition=event.condition or parameter.condition,
    )
    return replace(known, parameters={**known.parameters, name: parameter})


def _says_nothing(event: Declared) -> bool:
    of_metric = event.direction is None and event.unit is None
    told = (event.domain, event.levels, event.scale, event.role, event.condition)
    return of_metric and not any(told)


def set_aside(names: Iterable[str], declared: Declarations | None) -> set[str]:
    """The nuisances among some parameters: those declared, and seeds of which nothing was said."""
    known = declared.parameters if declared else {}
    role = {name: known[name].role if name in known else None for name in {*names}}
    return {n for n, said in role.items() if said == "nuisance" or (said is None and is_seed(n))}


def seed_among(params: Mapping[str, Scalar], aside: Iterable[str]) -> int | None:
    """The seed that a run was told by a parameter called so, of those that are set aside."""
    told = (params.get(name) for name in sorted(aside) if is_seed(name))
    numbers = (v for v in told if isinstance(v, int | float) and not isinstance(v, bool))
    finite = (v for v in numbers if v - v == 0)  # an integer may be larger than all floats
    return next((int(v) for v in finite if v == int(v)), None)
