"""What is each parameter? Inferred from the values that were run, by rules that can be stated.

What was declared wins over everything inferred. In order:

1. *Role.* By its name, or by text that names runs; one that never changes is a constant
   (`analysis.roles`). A number that counts the runs is a nuisance (`analysis.counters`).
2. *Condition.* Absent in some runs, and its absence is settled exactly by the level of one other
   parameter, to a degree that chance would reach less than once in a hundred times.
3. *Levels* for truth values, for text, for a mixture of kinds, and for numbers of which few
   different ones were run (`MAX_LEVELS`, `GRID_LEVELS`), also where they are all integers of a
   declared range; no value is then a level of its own.
4. Otherwise an *interval*: integer if every number is whole, else continuous. One special value
   beside the numbers (None, "auto", 0 on a log scale, -1) is an atom of it.
5. *Scale* log if all numbers are positive, span two decades (`analysis.scale`), and lie closer to
   uniform in log than in linear (Kolmogorov's distance); where an optimizer crowded the later ones,
   as the first ones say.
6. *Domain*: smallest to largest number run.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace

import numpy as np

from analysis.commands import named
from analysis.conditions import conditions
from analysis.counters import counters
from analysis.declaration import Declaration
from analysis.errors import InputError
from analysis.levels import GRID_LEVELS, as_levels, declared_levels, level_axis
from analysis.results import Role, Scalar
from analysis.roles import role_of
from analysis.scale import infer_scale
from analysis.space import (
    Condition,
    Parameter,
    factorize,
    firsts,
    group_rows,
    is_missing,
    numbers_of,
)

MAX_LEVELS = 12
"""At most so many different numbers are levels, if each was run three times on average."""
PER_LEVEL = 3
PER_GRID_LEVEL = 10
"""Up to `levels.GRID_LEVELS` too, if each was run so often and they are no run of integers."""


@dataclass(frozen=True, kw_only=True)
class Inference:
    """Every parameter exactly once: none is dropped."""

    studied: tuple[Parameter, ...]
    constants: tuple[Parameter, ...]
    nuisance: tuple[Parameter, ...]
    blocks: tuple[str, ...]
    codes: Mapping[str, np.ndarray] = field(default_factory=dict)
    """name -> (n_runs,) int: which of its different values each run has."""
    ranged: Mapping[str, str] = field(default_factory=dict)
    """What was declared to exist at single values of another -> that one, which is a range."""


def infer(
    columns: Mapping[str, Sequence[Scalar]],
    *,
    declarations: Mapping[str, Declaration] | None = None,
    elsewhere: Mapping[str, Condition] | None = None,
    order: np.ndarray | None = None,
) -> Inference:
    """What is each parameter, given its value in every run?

    columns: name -> (n_runs,) values; all of one length. elsewhere: conditions seen in more runs.
    order: (n_runs,) when each was run; without it, they are taken to be in order.
    Raises `InputError` where a declaration contradicts the values.
    """
    said = declarations or {}
    coded = {name: factorize(columns[name]) for name in sorted(columns)}
    roles = {
        name: role_of(name, found, said=said.get(name, Declaration()).role)
        for name, found in coded.items()
    }
    n_runs = len(next(iter(columns.values()), ()))
    time = np.arange(n_runs) if order is None else order
    varying = [name for name, role in roles.items() if role == "studied"]
    counted = counters(coded, studied=varying, said=said, time=time)
    roles |= dict.fromkeys(counted, "nuisance")
    varying = [name for name in varying if name not in counted]
    parts = [coded[name][0] for name in varying]
    first = firsts(group_rows(parts, n_runs))
    first = first[np.argsort(time[first], kind="stable")]
    distinct = {name: list(map(columns[name].__getitem__, first.tolist())) for name in varying}
    different = {name: coded[name][1] for name in varying}
    axes, ranged = _axes(distinct, different, said, elsewhere or {})
    constants = [p for p in axes if p.role == "constant"]
    constants += [
        replace(
            _plain(name, columns[name], role="constant"),
            condition=said.get(name, Declaration()).condition,
            declared=name in said,
        )
        for name, role in roles.items()
        if role == "constant"
    ]
    return Inference(
        studied=tuple(p for p in axes if p.role != "constant"),
        constants=tuple(sorted(constants, key=lambda parameter: parameter.name)),
        nuisance=tuple(
            replace(_plain(name, columns[name], role="nuisance"), declared=name in said)
            for name, role in roles.items()
            if role == "nuisance"
        ),
        blocks=tuple(name for name, role in roles.items() if role == "block"),
        codes={name: codes for name, (codes, _) in coded.items()},
        ranged=ranged,
    )


def _axes(
    distinct: Mapping[str, Sequence[Scalar]],
    values: Mapping[str, Sequence[Scalar]],
    said: Mapping[str, Declaration],
    elsewhere: Mapping[str, Condition],
) -> tuple[list[Parameter], dict[str, str]]:
    """Axes where their conditions hold; and what is declared to hang on single values of a range.

    distinct: per configuration; values: different ones. What something is declared to hang on has
    levels if it can; of a range no value can be named, and the declaration is left out.
    """
    declared = {name: said.get(name, Declaration()) for name in distinct}
    told = {name: d.condition for name, d in declared.items() if d.condition}
    switches = {part.parent for condition in told.values() for part in condition.parts}
    switches -= {name for name, d in declared.items() if d.domain or d.scale}  # declared a range

    def made(name: str, condition: Condition | None) -> Parameter:
        active = [v for v in distinct[name] if condition is None or not is_missing(v)]
        different = None if condition else values[name]
        found = axis(name, active, declaration=declared[name], distinct=different)
        return as_levels(found, active) if name in switches else found

    whole = {name: made(name, told.get(name)) for name in distinct}
    ranged = {
        name: part.parent
        for name, condition in told.items()
        for part in condition.parts
        if part.parent in whole and whole[part.parent].numeric
    }
    whole |= {name: made(name, None) for name in ranged}
    told = {name: condition for name, condition in told.items() if name not in ranged}
    parents = {name: distinct[name] for name in distinct if not whole[name].numeric}
    known = conditions(distinct, parents=parents, said=told, elsewhere=elsewhere)
    axes = []
    for name in distinct:
        condition = known.get(name)
        parameter = made(name, condition) if condition else whole[name]
        axes.append(replace(parameter, condition=condition, declared=name in said))
    return axes, ranged


def axis(
    name: str,
    values: Sequence[Scalar],
    *,
    declaration: Declaration,
    distinct: Sequence[Scalar] | None = None,
) -> Parameter:
    """The axis of one parameter from its value in each configuration; rules 3 to 6.

    distinct: the different ones, in order of first appearance, where they are known.
    """
    distinct = factorize(values)[1] if distinct is None else distinct
    if len(distinct) <= 1:
        return _plain(name, values, role="constant")
    if declaration.levels:
        return declared_levels(name, distinct, declared=declaration.levels)
    numbers = numbers_of(values)
    inside = np.isfinite(numbers)
    finite = numbers[inside]
    others = factorize([values[row] for row in np.flatnonzero(~inside).tolist()])[1]
    interval_said = declaration.scale != "levels" and bool(declaration.scale or declaration.domain)
    if interval_said and (len(finite) == 0 or len(others) > 1):
        raise InputError(
            f"{name} is declared an interval, but its values are "
            f"{', '.join(str(value) for value in distinct[:4])}",
            where=name,
            hint="declare its levels instead, or leave out the runs",
            typed=f"declare its levels instead, or leave out the runs: --where '{name}>0'",
        )
    levels = declaration.scale == "levels" or _is_levels(finite, others)
    if levels and (not interval_said or _every_integer(finite, declaration)):
        return level_axis(name, distinct)
    return _interval(name, finite, others, n_values=len(values), declaration=declaration)


def _is_levels(finite: np.ndarray, others: Sequence[Scalar]) -> bool:
    """Rule 3."""
    real = [value for value in others if not is_missing(value)]
    if len(finite) == 0 or len(others) > 1 or any(isinstance(value, bool) for value in real):
        return True
    unique = np.unique(finite)
    each = len(finite) / len(unique)
    if len(unique) <= 2 or (len(unique) <= MAX_LEVELS and each >= PER_LEVEL):
        return True
    unbroken = _whole(unique) and unique[-1] == unique[0] + len(unique) - 1
    return len(unique) <= GRID_LEVELS and each >= PER_GRID_LEVEL and not unbroken


def _every_integer(finite: np.ndarray, declaration: Declaration) -> bool:
    """Whether a declared range of integers was run whole: 1 to 4 are four levels, said or not."""
    if declaration.domain is None or declaration.scale is not None:
        return False
    run, (low, high) = np.unique(finite), declaration.domain
    whole = _whole(np.append(run, [low, high]))
    return whole and run[0] == low and run[-1] == high and len(run) == high - low + 1 > 2


def _interval(
    name: str, finite: np.ndarray, others: Sequence[Scalar], *, n_values: int,
    declaration: Declaration,
) -> Parameter:  # fmt: skip
    """Rules 4 to 6."""
    atom: Scalar = others[0] if others else None
    positive = finite[finite > 0]
    zeros = len(finite) - len(positive)
    asked = declaration.scale == "log"
    zero_atom = not others and 0 < zeros == int((finite == 0).sum())
    if zeros and zero_atom and (asked or infer_scale(positive) == "log"):
        # Weight decay 0 among 1e-6..1e-2: no place on a log axis, so a place beside it.
        finite, atom = positive, 0 if _whole(positive) else 0.0
    elif not others and declaration.domain is None and _stands_for_off(finite):
        finite, atom = positive, -1
    if asked and (finite <= 0).any():
        raise InputError(
            f"{name} is declared log, but {finite.min():g} was run",
            where=name,
            hint='declare it scale="linear"',
            typed=f"knobwise declare parameter {named(name)} --scale linear",
        )
    scale = declaration.scale or infer_scale(finite)
    low, high = declaration.domain or (float(finite.min()), float(finite.max()))
    if scale == "log" and low <= 0:
        raise InputError(
            f"{name} has a log scale, but its domain starts at {low:g}",
            where=name,
            hint="declare a domain that starts above 0, or a linear scale",
        )
    if not np.isfinite([low, high]).all():
        raise InputError(
            f"{name} is declared from {low:g} to {high:g}, which are no ends of a range",
            where=name,
            hint="declare a domain of two finite numbers",
        )
    return Parameter(
        name=name,
        kind="integer" if _whole(finite) and abs(finite).max() < 2**53 else "continuous",
        scale=scale,
        domain=(float(low), float(high)),
        none_share=1.0 - len(finite) / n_values,
        atom=atom,
    )


def _whole(numbers: np.ndarray) -> bool:
    return bool((numbers == np.round(numbers)).all())


def _stands_for_off(finite: np.ndarray) -> bool:
    """Whether -1 means "no limit", no neighbour of 1: run twice or more, all others above 0."""
    low = finite[finite <= 0]
    return len(finite) > len(low) >= 2 and bool((low == -1).all())


def _plain(name: str, values: Sequence[Scalar], *, role: Role) -> Parameter:
    """A parameter set aside: what it is, without a claim about its axis."""
    distinct = factorize(values)[1]
    return replace(level_axis(name, distinct[:MAX_LEVELS]), role=role)
