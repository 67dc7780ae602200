"""What an import understood, in words: for ``--dry-run``."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from functools import reduce

from journal.counts import counted
from journal.declarations import Declarations, declare
from journal.identity import key
from journal.importers import Understood
from journal.importers_declared import described
from journal.times import zoned
from journal.values import Scalar, write_scalar


def told(understood: Understood) -> Iterator[str]:
    """The runs, what each parameter and metric is, what was left out; a line each."""
    runs = understood.runs
    states = Counter(run.status for run in runs)
    told = ", ".join(f"{count:,} {status}" for status, count in states.items())
    yield f"{understood.source}: {counted(len(runs), 'run')}" + (f": {told}" if told else "")
    begun = sorted(run.began for run in runs if run.began)
    if begun:
        first, last = (f"{zoned(at):%Y-%m-%d %H:%M %z}" for at in (begun[0], begun[-1]))
        yield f"  from {first} to {last}"
    for kind, columns in (("parameter", _params(understood)), ("metric", _metrics(understood))):
        for name, found in columns.items():
            absent = len(runs) - len(found)
            missing = f", absent in {absent:,}" if absent else ""
            yield f"  {kind:<9}  {name}: {summary(found)}{missing}"
    seeds: list[Scalar] = [run.seed for run in runs if run.seed is not None]
    if seeds:
        yield f"  {'seed':<9}  {summary(seeds)}"
    for name in () if seeds else ("seed", "random_state"):
        if name in _params(understood):
            yield f"  {name} may be the replicate's number, not a parameter: --seed {name}"
    known = reduce(declare, understood.declared, Declarations())
    yield from (f"  declared   {line}" for line in described(known))
    yield from (f"  {line}" for line in understood.remarks)
    yield from (f"left out: {line}" for line in understood.left_out)
    yield from (f"not understood: {line}" for line in understood.refused)


def summary(found: Sequence[Scalar]) -> str:
    """Kinds, number and range of these values."""
    if not found:
        return "no value"
    names = {bool: "boolean", int: "integer", float: "number", str: "text", type(None): "null"}
    kinds = sorted({names[type(value)] for value in found})
    first: dict[object, Scalar] = {}
    for value in found:
        first.setdefault(key(value), value)
    distinct = list(first.values())
    told = " and ".join(kinds) + f", {len(distinct):,} distinct"
    numbers = [v for v in distinct if isinstance(v, int | float) and not isinstance(v, bool)]
    if len(distinct) > 6 and len(numbers) == len(distinct):
        ordered = [number for number in numbers if number == number]
        absent = " and nan" if len(ordered) < len(numbers) else ""
        return f"{told}, {_short(min(ordered))} to {_short(max(ordered))}{absent}"
    few = ", ".join(write_scalar(value) for value in distinct[:6])
    return f"{told}: {few}" + (" …" if len(distinct) > 6 else "")


def _short(number: float) -> str:
    try:
        return f"{number:g}"
    except OverflowError:  # an integer beyond all floats
        from decimal import Decimal

        return f"{Decimal(number).normalize():.6g}"


def _params(understood: Understood) -> dict[str, list[Scalar]]:
    columns: dict[str, list[Scalar]] = {}
    for run in understood.runs:
        for name, value in run.params.items():
            columns.setdefault(name, []).append(value)
    return columns


def _metrics(understood: Understood) -> dict[str, list[Scalar]]:
    columns: dict[str, list[Scalar]] = {}
    for run in understood.runs:
        last = {name: points[-1][1] for name, points in run.series.items() if points}
        for name, value in (last | dict(run.metrics)).items():
            columns.setdefault(name, []).append(value)
    return columns
