"""What differs between two runs: parameters, results, code, environment."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from journal.facts import MISSING, flat
from journal.identity import same
from journal.listing import json_scalar
from journal.packing import Json
from journal.runs import Run
from journal.times import stamp
from journal.values import Scalar

CODE = ("git", "command")
"""Parts of the context that say which code ran; the rest is its environment."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Section:
    """One kind of facts: those that differ by name, as (in a, in b), and names of equal ones.

    A run that does not have the fact has ``facts.MISSING`` there.
    """

    title: str
    differing: Mapping[str, tuple[object, object]]
    equal: tuple[str, ...]


def diff(a: Run, b: Run) -> Iterator[Section]:
    """How the runs compare, section by section."""
    facts_a, facts_b = _facts(a), _facts(b)
    for title in facts_a:
        yield _section(title, facts_a[title], facts_b[title])


def as_json(a: Run, b: Run) -> dict[str, Json]:
    """The same as JSON: {title: {"differing": {name: {"a": …, "b": …}}, "equal": [names]}}.

    A run that does not have the fact lacks the key.
    """
    told: dict[str, Json] = {"a": a.id, "b": b.id}
    for section in diff(a, b):
        differing: dict[str, Json] = {
            name: {
                key: json_scalar(value)  # type: ignore[arg-type] # facts are scalars
                for key, value in zip("ab", pair, strict=True)
                if value is not MISSING
            }
            for name, pair in section.differing.items()
        }
        told[section.title] = {"differing": differing, "equal": list(section.equal)}
    return told


def _section(title: str, one: Mapping[str, Scalar], other: Mapping[str, Scalar]) -> Section:
    differing: dict[str, tuple[object, object]] = {}
    equal: list[str] = []
    for name in dict.fromkeys([*one, *other]):
        if name in one and name in other and same(one[name], other[name]):
            equal.append(name)
        else:
            differing[name] = (one.get(name, MISSING), other.get(name, MISSING))
    return Section(title=title, differing=differing, equal=tuple(equal))


def _facts(run: Run) -> dict[str, dict[str, Scalar]]:
    """Everything about the run by section and name."""
    general: dict[str, Scalar] = {
        "status": run.status, "seed": run.seed, "started": stamp(run.started_at),
        "seconds": run.seconds, "exit_code": run.exit_code, "error": run.error,
        "retracted": run.retracted, "tags": ", ".join(run.tags) or None,
        "notes": " | ".join(run.notes) or None,
    }  # fmt: skip
    context = flat(run.context)
    code = {name for name in context if name.partition(".")[0] in CODE}
    return {
        "run": {name: value for name, value in general.items() if value is not None},
        "parameters": dict(run.params),
        "metrics": dict(run.metrics),
        "code": {name: value for name, value in context.items() if name in code},
        "environment": {name: value for name, value in context.items() if name not in code},
    }
